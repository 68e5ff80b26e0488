/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * url - cuts an absolute URL into its parts without changing a byte of them.
 * Why:   signatures are made over the bytes of a URL, so nothing is normalised.
 * Keeps: no white space, no control character; scheme and host are never empty.
 */
#ifndef HANDLERS_URL_H
#define HANDLERS_URL_H

#include "gateway/base/buf.h"

struct url {
    struct span scheme; /* "https" */
    struct span origin; /* "https://user@host", everything before the port */
    struct span host;   /* "host" or "[::1]" */
    struct span port;   /* ":8443", "" when absent */
    struct span path;   /* "/in/x/message", "" when absent */
    struct span query;  /* without "?" */
    bool has_query;     /* also for a lone "?" */
};

/* The parts are borrowed from text; a fragment is left out. ERR_INVALID. */
int url_split(struct span text, struct url *ret_url) MUST_CHECK;
bool url_has_scheme(const struct url *url, const char *scheme);
/* localhost, 127.0.0.0/8 or [::1] */
bool url_is_loopback(const struct url *url);
/* https to anywhere, http only to loopback: what may carry a text or a secret. */
bool url_is_protected(const char *text);

#endif
