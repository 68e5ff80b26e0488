/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * channelcase - the tables of a channel test, and what runs over them: signatures, messages, reports, replies,
 * requests. Keeps: a failure names the label of its row and what came instead.
 */
#ifndef TESTS_SUPPORT_CHANNELCASE_H
#define TESTS_SUPPORT_CHANNELCASE_H

#include "tests/support/channels.h"

/* Judges every committed vector of the scheme, with its secret as the current and as the previous one. */
typedef struct settings *(*channelcase_settings_fn)(const json_t *vector, bool is_previous);
void channelcase_check_vectors(const char *kind, channelcase_settings_fn make, size_t at_least);

/* A body that begins with a brace or a bracket goes as JSON, one that begins with "?" as the query of a GET, any other
 * as a form. */
struct channelcase_message {
    const char *label, *body;
    int want;                          /* messages, or an error */
    const char *from, *to, *id, *text; /* of the first one; NULL = not looked at */
    const char *time;                  /* RFC 3339, NULL = not looked at, "" = unknown */
    enum intent intent;                /* 0 (INTENT_help) where the provider read no word */
    unsigned part, part_total;
    const char *part_ref;
    bool is_call;
};
void channelcase_check_messages(
    const char *kind, const char *const *pairs, const struct channelcase_message *cases, size_t count);

struct channelcase_report {
    const char *label, *body;
    int want, status;
    const char *id, *code, *time;
};
void channelcase_check_reports(
    const char *kind, const char *const *pairs, const struct channelcase_report *cases, size_t count);

struct channelcase_reply {
    const char *label;
    int reply, status; /* REPLY_..., HTTP status */
    const char *body;
    enum outcome want;
    const char *id, *code;
};
void channelcase_check_replies(
    const char *kind, const char *const *pairs, const struct channelcase_reply *cases, size_t count);

/* What is sent for a text to a number; NULL = not looked at, `header` is one whole line that must be there. */
struct channelcase_request {
    const char *label, *to, *text;
    int want;
    const char *method, *url, *header, *body, *username;
};
void channelcase_check_sends(
    const char *kind, const char *const *pairs, const struct channelcase_request *cases, size_t count);
/* The same for the listing since 2026-01-01T00:00:00Z; `text` is the cursor, NULL = none. */
void channelcase_check_poll(const char *kind, const char *const *pairs, const struct channelcase_request *want);
/* The listing that came back: as channelcase_check_messages, with status 200. */
void channelcase_check_listings(
    const char *kind, const char *const *pairs, const struct channelcase_message *cases, size_t count);

/* One page of a listing, and where it leads; `next` NULL = nothing more. kept: the cursor when nothing more comes. */
struct channelcase_page {
    const char *label, *cursor; /* that asked for it, NULL = "" */
    int status;
    const char *body;
    enum outcome want;
    int count;
    const char *next, *kept;
    unsigned unread;
    const char *from, *id, *text; /* of the first message, NULL = not looked at */
};
void channelcase_check_pages(
    const char *kind, const char *const *pairs, const struct channelcase_page *cases, size_t count);

struct channelcase_refusal {
    const char *label;
    const char *pairs[8];
    const char *word; /* of the sentence */
};
void channelcase_check_refusals(const char *kind, const struct channelcase_refusal *cases, size_t count);

#endif
