/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts - the pieces of a long SMS as they came, and what is still to be told of their message.
 * What:  a row of joins stands for one message that comes in parts; it is found by a tag made of sender, channel,
 *        recipient, reference and number of parts. A row of parts is one piece.
 * Keeps: a due time is a row, so a restart forgets nothing; a piece's dedupe key stays for ever, its text only until
 *        the message holds the whole.
 * Not here: the message itself (messages); which piece belongs where and what is told when (core/joining).
 */
#ifndef GATEWAY_STORE_PARTS_H
#define GATEWAY_STORE_PARTS_H

#include "gateway/store/db.h"

struct join_row {
    int64_t message_id;
    unsigned char key[STORE_TAG_LEN];
    unsigned total;
    int64_t newest_at; /* when the newest piece came */
    int64_t due_at;    /* when what came since is told though pieces are missing; 0 = nothing waits */
    bool is_told;      /* something of it was told for its own sake */
    bool is_rise;      /* the urgency of its case rose by it, and that was not told yet */
};
typedef int (*join_row_fn)(void *context, const struct join_row *row);
int joins_insert(struct store *store, const struct join_row *row) MUST_CHECK;
int joins_get(struct store *store, int64_t message_id, struct join_row *ret_row) MUST_CHECK;
/* Writes newest_at, due_at, is_told, is_rise. ERR_NOT_FOUND. */
int joins_update(struct store *store, const struct join_row *row) MUST_CHECK;
/* Rows with that key, newest message first, at most limit. The callback may change them. */
int joins_find(struct store *store, const unsigned char *key, unsigned limit, join_row_fn fn, void *context) MUST_CHECK;
/* Rows due at now_ms, earliest first, at most limit; the callback may change them. */
int joins_due(struct store *store, int64_t now_ms, unsigned limit, join_row_fn fn, void *context) MUST_CHECK;
/* due_at of the earliest; ERR_NOT_FOUND. */
int joins_next_due(struct store *store, int64_t *ret_due_at) MUST_CHECK;

struct part_row {
    int64_t id; /* given by the store */
    int64_t message_id;
    unsigned part; /* from 1 */
    unsigned char dedupe[STORE_TAG_LEN];
    unsigned char content[STORE_TAG_LEN]; /* tag of the text, to tell a copy from another piece */
    struct span text;                     /* sealed; empty when the message holds the whole */
    struct span raw;                      /* sealed octets of a modem, likewise; empty where there are none */
    int64_t received_at;
};
typedef int (*part_row_fn)(void *context, const struct part_row *row);
int parts_insert(struct store *store, const struct part_row *row) MUST_CHECK; /* ERR_EXISTS: the dedupe key is known */
/* In the order of part. */
int parts_list(struct store *store, int64_t message_id, part_row_fn fn, void *context) MUST_CHECK;
/* Writes text and octets anew (another key). ERR_NOT_FOUND. */
int parts_set_text(
    struct store *store, int64_t message_id, unsigned part, struct span text, struct span raw) MUST_CHECK;
/* The message holds the whole: the texts of its pieces are emptied. */
int parts_forget_texts(struct store *store, int64_t message_id) MUST_CHECK;

/* The message from_id turned out to be message to_id by another path: its pieces belong there, and it is removed with
 * its join. No alert and no outbox row may name it. */
int parts_merge(struct store *store, int64_t from_id, int64_t to_id) MUST_CHECK;

#endif
