/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * messages - every text in and out, sealed, with what triage read from it.
 * Keeps: a dedupe key is stored once and for ever (also after a purge); a message without a case carries its own
 *        key wrap.
 */
#ifndef GATEWAY_STORE_MESSAGES_H
#define GATEWAY_STORE_MESSAGES_H

#include "gateway/store/db.h"

enum message_direction { MESSAGE_IN, MESSAGE_OUT };

struct message_row {
    int64_t id;
    int64_t case_id; /* 0 = none (not_help) */
    enum message_direction direction;
    char channel[NAME_MAX_LEN];
    unsigned char dedupe[STORE_TAG_LEN];
    unsigned char sender_tag[STORE_TAG_LEN];
    struct span key_wrap;                /* empty when the case's key is used */
    struct span sender, recipient, text; /* sealed */
    int64_t received_at, sent_at;        /* sent_at: the provider's time, 0 = unknown */
    struct triage triage;                /* evidence is stored as offsets, never as words of hers */
    bool is_late;
    unsigned part, part_total; /* how many of how many parts have come; 0, 0 = it came whole */
    unsigned copies;           /* further arrivals of the same content */
    char author[NAME_MAX_LEN]; /* "" = the person herself (in) or the machine (out); else a contact or "uid:N" who wrote
                                  it */
    bool is_doubtful;          /* it may not be she who wrote */
    bool is_unproved;          /* taken without a proof of its origin, by a channel in shadow mode */
};

/* ERR_EXISTS when the dedupe key is known (nothing written). */
int messages_insert(struct store *store, const struct message_row *row) MUST_CHECK;
/* Id of the message with that key, also when it is the key of one of its parts or of its arrival by another channel;
 * ERR_NOT_FOUND. */
int messages_find_dedupe(struct store *store, const unsigned char *dedupe, int64_t *ret_id) MUST_CHECK;
/* A further part came: writes case_id, key_wrap, sender, recipient, text, triage, part, is_doubtful, is_unproved and
 * nothing else. ERR_NOT_FOUND. */
int messages_update(struct store *store, const struct message_row *row) MUST_CHECK;
/* How many of a channel were taken without a proof of their origin. */
int messages_count_unproved(struct store *store, const char *channel, int64_t *ret_count) MUST_CHECK;
int messages_count_copy(struct store *store, int64_t id) MUST_CHECK;
int messages_get(struct store *store, int64_t id, struct message_row *ret_row) MUST_CHECK;
/* The newest inbound message of that number within any case; ERR_NOT_FOUND. For history-aware triage. */
int messages_last_of(struct store *store, const unsigned char *sender_tag, struct message_row *ret_row) MUST_CHECK;

struct messages_filter {
    int64_t case_id;    /* 0 = any */
    bool without_case;  /* only those that opened none */
    const char *intent; /* with without_case: only what was read as this word; NULL = any */
    int64_t before_id;  /* 0 = from the newest */
    bool oldest_first;  /* only with case_id */
    unsigned limit;     /* 1..1000 */
};
typedef int (*message_row_fn)(void *context, const struct message_row *row);
int messages_list(
    struct store *store, const struct messages_filter *filter, message_row_fn fn, void *context) MUST_CHECK;
/* How many opened no case and were read as that; counted up to limit. */
int messages_count_none(struct store *store, enum intent intent, unsigned limit, int64_t *ret_count) MUST_CHECK;

#endif
