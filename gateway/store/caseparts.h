/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caseparts - what cases.c and caselist.c share: the columns of a case, and how they are read. */
#ifndef GATEWAY_STORE_CASEPARTS_H
#define GATEWAY_STORE_CASEPARTS_H

#include "gateway/store/cases.h"
#include "gateway/store/sql.h"

#define CASEPARTS_CHANGEABLE                                                                                                      \
    "key_wrap, state, verification, urgency, categories, flags, language, country, channel, policy, owner, outcome, updated_at, " \
    "closed_at, last_message_at, message_count, consent, contacted_at, safe_from_min, safe_to_min, joined_to, answered_at, "      \
    "origin, is_origin_stated, sex"
/* As caseparts_read_row takes them. */
#define CASEPARTS_COLUMNS "id, sender_tag, opened_at, split_from, split_tag, read_at, " CASEPARTS_CHANGEABLE

int caseparts_read_row(struct sql *sql, struct case_row *row) MUST_CHECK;

#endif
