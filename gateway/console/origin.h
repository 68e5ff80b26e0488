/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * origin - was a POST sent by a page of ours?
 * Why:   the token in the address is the only right, so a foreign page that does not know it can do nothing; this is
 * the second lock.
 */
#ifndef GATEWAY_CONSOLE_ORIGIN_H
#define GATEWAY_CONSOLE_ORIGIN_H

#include "gateway/base/model.h"

/* Sec-Fetch-Site must be absent, "same-origin" or "none". Origin must be absent, that of public_url (scheme, host and
 * port; a default port may be left out), or "null": our pages forbid the browser to tell where it comes from
 * (Referrer-Policy: no-referrer), and then a form of ours is sent with "null" (Fetch Standard, "serializing a request
 * origin"). */
bool origin_is_own(const struct request *request, const char *public_url);

/* The same for a page that people reach under other names too (a tunnel, a host of its own behind a proxy): the Origin
 * may also be the Host that was asked. No foreign page can choose the Host with which a browser asks us, and for a name
 * that somebody lets point here a browser has no cookie of ours. */
bool origin_is_here(const struct request *request, const char *public_url);

#endif
