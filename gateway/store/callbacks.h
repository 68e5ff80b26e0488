/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * callbacks - which acts of contacts have come back from chats and pagers, so that none counts twice.
 * Keeps: a row is a keyed tag of the provider's id, without words, and lives for some days.
 * Not here: what an act does (core/callbacks).
 */
#ifndef GATEWAY_STORE_CALLBACKS_H
#define GATEWAY_STORE_CALLBACKS_H

#include "gateway/store/db.h"

/* tag is STORE_TAG_LEN bytes. ERR_EXISTS: it was noted before. */
int callbacks_note(struct store *store, const unsigned char *tag, int64_t now_ms) MUST_CHECK;
int callbacks_forget(struct store *store, int64_t before_ms) MUST_CHECK;

#endif
