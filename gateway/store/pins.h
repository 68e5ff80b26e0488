/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pins - which PIN a modem is trying, or tried in vain.
 * Why:   three wrong PINs lock a SIM, and a line without its number is no line: one is tried once, ever.
 * Keeps: a row stands from before the try until the SIM took it; of the PIN it has a keyed tag alone.
 */
#ifndef GATEWAY_STORE_PINS_H
#define GATEWAY_STORE_PINS_H

#include "gateway/store/db.h"

/* The tag that was tried for that channel (STORE_TAG_LEN bytes); ERR_NOT_FOUND. */
int pins_get(struct store *store, const char *channel, unsigned char *ret_tag) MUST_CHECK;
int pins_put(struct store *store, const char *channel, const unsigned char *tag, int64_t now_ms) MUST_CHECK;
int pins_delete(struct store *store, const char *channel) MUST_CHECK;

#endif
