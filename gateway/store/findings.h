/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * findings - what the auditor found wrong, until it is right again.
 * Keeps: at most one open finding of a kind and object; a finding that is seen again is only touched, so it alarms
 * once.
 */
#ifndef GATEWAY_STORE_FINDINGS_H
#define GATEWAY_STORE_FINDINGS_H

#include "gateway/store/db.h"

#define FINDINGS_OBJECT_MAX 160 /* a word and two names */

struct finding_row {
    int64_t id;    /* given by the store */
    char kind[40]; /* fixed word: "case_without_step", "row_overdue", "contact_unreached", "drill_unanswered" ... */
    char object[FINDINGS_OBJECT_MAX]; /* "case:1042", "contact:ngo-desk", "loop:sim>line" */
    int64_t first_at, last_at;
    int64_t told_at; /* the alarm went out, 0 = not yet */
    int64_t resolved_at;
};
/* Makes or touches the open finding; *ret_is_new. ERR_LIMIT: kind or object does not fit the row. */
int findings_see(
    struct store *store, const char *kind, const char *object, int64_t now_ms, bool *ret_is_new) MUST_CHECK;
/* Resolves the open findings that were not seen at or after since_ms. */
int findings_resolve_unseen(struct store *store, int64_t since_ms, int64_t now_ms) MUST_CHECK;
int findings_set_told(struct store *store, int64_t id, int64_t now_ms) MUST_CHECK;
typedef int (*finding_row_fn)(void *context, const struct finding_row *row);
/* is_open: only the unresolved, oldest first (the callback may see and tell findings); else newest first. */
int findings_list(struct store *store, bool is_open, unsigned limit, finding_row_fn fn, void *context) MUST_CHECK;

#endif
