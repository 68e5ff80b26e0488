/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * drills - marked tests of a contact: sent like an alert, to be answered like one.
 * Keeps: a drill's number is taken from the sequence of case numbers, so that the same answer ("OK 1050 KTRM") fits
 * both and can never mean two things.
 */
#ifndef GATEWAY_STORE_DRILLS_H
#define GATEWAY_STORE_DRILLS_H

#include "gateway/store/db.h"

struct drill_row {
    int64_t id; /* store_next_id(SEQUENCE_CASE) */
    char contact[NAME_MAX_LEN];
    char public_id[40], code[8];
    int64_t sent_at, answered_at; /* answered_at 0 = not yet */
    char asked_by[NAME_MAX_LEN];
};
int drills_insert(
    struct store *store, const struct drill_row *row) MUST_CHECK; /* ERR_EXISTS: id or public_id is taken */
int drills_get(struct store *store, int64_t id, struct drill_row *ret_row) MUST_CHECK;
int drills_find_public(struct store *store, const char *public_id, struct drill_row *ret_row) MUST_CHECK;
int drills_set_answered(
    struct store *store, int64_t id, int64_t now_ms) MUST_CHECK; /* ERR_CONFLICT when it was already */
int drills_last(
    struct store *store, const char *contact, struct drill_row *ret_row) MUST_CHECK; /* the newest one; ERR_NOT_FOUND */
struct drill_sum {
    int64_t count, missed;
};
/* Of that contact from `since` on; missed: not answered, and sent before `late_at`. */
int drills_sum(
    struct store *store, const char *contact, int64_t since, int64_t late_at, struct drill_sum *ret_sum) MUST_CHECK;
typedef int (*drill_row_fn)(void *context, const struct drill_row *row);
int drills_list(struct store *store, int64_t before_id, unsigned limit, drill_row_fn fn,
    void *context) MUST_CHECK; /* newest first */

#endif
