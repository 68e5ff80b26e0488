/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alerts - one contact asked to act on one case; and the steps of a policy that are still to come.
 * Keeps: public_id is unique for ever, a code within its case (whose number is never reused); a due time is a row, so a
 * restart forgets nothing.
 */
#ifndef GATEWAY_STORE_ALERTS_H
#define GATEWAY_STORE_ALERTS_H

#include "gateway/store/db.h"

struct alert_row {
    int64_t id, case_id;
    int64_t message_id; /* the message that caused it */
    char contact[NAME_MAX_LEN];
    char policy[NAME_MAX_LEN];
    int step;           /* from 0 */
    char public_id[40]; /* random, constant over retries, used in links and as webhook-id */
    char code[8];       /* "" = this alert takes no code */
    enum state state;   /* machine alert */
    int wrong_tries;
    int64_t created_at, answered_at;
};
int alerts_insert(
    struct store *store, const struct alert_row *row) MUST_CHECK; /* ERR_EXISTS: public_id or code is taken */
int alerts_get(struct store *store, int64_t id, struct alert_row *ret_row) MUST_CHECK;
int alerts_find_public(struct store *store, const char *public_id, struct alert_row *ret_row) MUST_CHECK;
/* The alert of that case with that code, in any state; ERR_NOT_FOUND. "" is no code and finds nothing. */
int alerts_find_code(struct store *store, int64_t case_id, const char *code, struct alert_row *ret_row) MUST_CHECK;
/* One wrong try more; *ret_tries is the new count. */
int alerts_count_wrong(struct store *store, int64_t id, int *ret_tries) MUST_CHECK;
int alerts_set_state(struct store *store, int64_t id, enum state state, int64_t now_ms) MUST_CHECK;
/* An alert that was held tells what has come meanwhile too: up to that message. */
int alerts_set_message(struct store *store, int64_t id, int64_t message_id) MUST_CHECK;
/* Ends (state `ended`) all alerts of the case that are open or held. */
int alerts_end_case(struct store *store, int64_t case_id, int64_t now_ms) MUST_CHECK;
typedef int (*alert_row_fn)(void *context, const struct alert_row *row);
/* case_id 0 = all cases; state NULL = any; newest first. */
int alerts_list(struct store *store, int64_t case_id, const char *state, int64_t before_id, unsigned limit,
    alert_row_fn fn, void *context) MUST_CHECK;

struct step_row {
    int64_t id; /* given by the store */
    int64_t case_id;
    char policy[NAME_MAX_LEN];
    int step;
    enum state state; /* machine step */
    int64_t due_at, done_at;
};
int steps_insert(struct store *store, struct step_row *row) MUST_CHECK; /* fills id */
/* The waiting steps due at now_ms, earliest first, at most limit. */
typedef int (*step_row_fn)(void *context, const struct step_row *row);
int steps_due(struct store *store, int64_t now_ms, unsigned limit, step_row_fn fn, void *context) MUST_CHECK;
int steps_set_state(struct store *store, int64_t id, enum state state, int64_t now_ms) MUST_CHECK;
int steps_cancel_case(struct store *store, int64_t case_id, int64_t now_ms) MUST_CHECK; /* waiting ones only */
int steps_list(struct store *store, int64_t case_id, step_row_fn fn, void *context) MUST_CHECK;
/* due_at of the earliest waiting step; ERR_NOT_FOUND. */
int steps_next_due(struct store *store, int64_t *ret_due_at) MUST_CHECK;
/* The same of one case. */
int steps_next_of(struct store *store, int64_t case_id, int64_t *ret_due_at) MUST_CHECK;

#endif
