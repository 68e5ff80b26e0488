/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * persons - what we may do to one telephone number of a person who wrote to us.
 * What:  whether she stopped our messages, when the machine last answered her, what it asked her last. Found by the
 *        keyed tag alone.
 * Keeps: one row a number, made by the first persons_put; survives the closing of cases, goes with the purge of her
 *        last case.
 * Not here: the case and its rules (cases); what a message said (messages).
 */
#ifndef GATEWAY_STORE_PERSONS_H
#define GATEWAY_STORE_PERSONS_H

#include "gateway/store/db.h"

enum persons_question { QUESTION_NONE, QUESTION_CONSENT, QUESTION_WHO /* asked a reporter who the worker is */ };

struct person_row {
    unsigned char tag[STORE_TAG_LEN];
    bool is_stopped;             /* she texted STOP: nothing is sent to her */
    int64_t stopped_at;          /* of the last STOP or START, 0 = never */
    int64_t provider_blocked_at; /* a provider said that it blocks her number for us, 0 = never */
    int64_t last_auto_at;        /* the machine's last automatic message to her, 0 = never */
    enum persons_question asked; /* what it asked, until she answered */
    int64_t asked_at;
    int64_t asked_case_id;
    int64_t last_inbound_at;
    char language[LANGUAGE_MAX]; /* of her last sure text */
};
/* Never ERR_NOT_FOUND: an unknown number is all default, with its tag filled in. */
int persons_get(struct store *store, const unsigned char *tag, struct person_row *ret_row) MUST_CHECK;
/* ERR_INVALID: the tag is that of the unknown sender (all zero), or asked_case_id is no case. */
int persons_put(struct store *store, const struct person_row *row) MUST_CHECK;
/* Automatic messages to anybody since since_ms (the daily budget): replies without a contact in the outbox, in whatever
 * state but cancelled. */
int persons_count_auto(struct store *store, int64_t since_ms, int64_t *ret_count) MUST_CHECK;

#endif
