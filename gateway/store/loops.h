/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loops - tests of the line itself: when each was sent, and whether its text came in.
 * Keeps: a test is found by the keyed tag of its code; a test that has arrived stays so.
 * Not here: when a test is due, and what its absence leads to (core/looptest, core/auditor).
 */
#ifndef GATEWAY_STORE_LOOPS_H
#define GATEWAY_STORE_LOOPS_H

#include "gateway/store/db.h"

struct loop_row {
    int64_t id; /* given by the store */
    char from[NAME_MAX_LEN], to[NAME_MAX_LEN];
    int64_t outbox_id;
    unsigned char tag[STORE_TAG_LEN];    /* of its code */
    unsigned char dedupe[STORE_TAG_LEN]; /* of the message that brought it; zero = none has */
    enum state state;
    int64_t started_at, due_at, arrived_at; /* arrived_at 0 = not yet */
};
int loops_insert(struct store *store, const struct loop_row *row) MUST_CHECK; /* ERR_EXISTS: the code is taken */
int loops_find_tag(struct store *store, const unsigned char *tag, struct loop_row *ret_row) MUST_CHECK;
int loops_find_outbox(struct store *store, int64_t outbox_id, struct loop_row *ret_row) MUST_CHECK;
/* waiting -> passed, missed -> late. ERR_CONFLICT when it has arrived already. */
int loops_set_arrived(struct store *store, const struct loop_row *row, int64_t now_ms) MUST_CHECK;
int loops_set_missed(struct store *store, int64_t id) MUST_CHECK; /* waiting -> missed; ERR_CONFLICT otherwise */
/* The waiting test that is due first; ERR_NOT_FOUND. */
int loops_first_due(struct store *store, struct loop_row *ret_row) MUST_CHECK;
/* Gives the waiting test of that pair, if it is due before until_ms, time until then, but no longer than started_at +
 * most_ms. */
int loops_put_off(struct store *store, const char *from, const char *to, int64_t until_ms, int64_t most_ms) MUST_CHECK;
int loops_forget(struct store *store, int64_t before_ms) MUST_CHECK;

/* How a pair of channels is, over the tests that are kept. */
struct loop_summary {
    struct loop_row last;            /* the newest test; id 0 = there was none */
    struct loop_row settled;         /* the newest that is not waiting; id 0 = none */
    struct loop_row passed;          /* the newest that came in time; id 0 = none */
    int64_t failures;                /* in a row, since then */
    int64_t passed_count, bad_count; /* of all that are kept */
};
int loops_sum_up(struct store *store, const char *from, const char *to, struct loop_summary *ret_summary) MUST_CHECK;

#endif
