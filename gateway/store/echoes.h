/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * echoes - which text came by which channel: what finds the same SMS that arrives by a second path.
 * Keeps: an echo is a tag without words and lives for a day; that a message came by another channel too (an origin)
 *        stays with the message, and its dedupe key for ever.
 * Not here: what counts as the same text, and within which time (core/copies).
 */
#ifndef GATEWAY_STORE_ECHOES_H
#define GATEWAY_STORE_ECHOES_H

#include "gateway/store/db.h"

/* tag: of number and text. at: when it was sent or came. An echo that is there already is left alone. */
int echoes_add(
    struct store *store, const unsigned char *tag, int64_t message_id, const char *channel, int64_t at) MUST_CHECK;
/* The oldest message with that tag within from_ms..to_ms that has not come by that channel; ERR_NOT_FOUND. */
int echoes_find(struct store *store, const unsigned char *tag, const char *channel, int64_t from_ms, int64_t to_ms,
    int64_t *ret_message_id) MUST_CHECK;
int echoes_forget(struct store *store, int64_t before_ms) MUST_CHECK;

struct origin_row {
    int64_t message_id;
    char channel[NAME_MAX_LEN];
    unsigned char dedupe[STORE_TAG_LEN];
    int64_t at;
};
typedef int (*origin_row_fn)(void *context, const struct origin_row *row);
int echoes_add_origin(struct store *store, const struct origin_row *row) MUST_CHECK; /* ERR_EXISTS */
/* In the order in which they came. */
int echoes_list_origins(struct store *store, int64_t message_id, origin_row_fn fn, void *context) MUST_CHECK;

#endif
