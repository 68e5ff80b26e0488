/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs - what a person can ask the daemon: one function a verb, the same for helplinectl and for the console.
 * Keeps: a verb runs inside the transaction of the turn; its rows are sent after the commit; every reading of a text
 * and every change leaves an audit row with the person's name.
 */
#ifndef GATEWAY_CORE_VERBS_H
#define GATEWAY_CORE_VERBS_H

#include "gateway/core/core.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/outage.h"
#include "gateway/json/json.h"

enum verb_end { VERB_DONE = 0, VERB_REFUSED = 1, VERB_USAGE = 2 };

#define VERB_LIMIT_DEFAULT 50
#define VERB_LIMIT_MAX 1000

struct verb_call {
    struct core *core;
    struct dispatch *dispatch;
    const char *actor; /* "uid:1000", "user:maria" */
    const json_t *args;
    int64_t now_ms;
    const struct outage_state *storage;
    void (*on_row)(void *context, json_t *row); /* takes the reference */
    void *context;
    char why[256];
};

/* Returns enum verb_end, or a negative error of storage (the caller undoes it). `why` holds the sentence. */
typedef int (*verb_fn)(struct verb_call *call);

struct verb {
    const char *words, *positional, *options, *layout, *summary;
    verb_fn run;
    bool is_outside; /* must run outside a transaction */
};
/* NULL when there is no such verb. */
const struct verb *verbs_find(const char *words);

/* For the verb files. */
void verb_row(struct verb_call *call, json_t *row);
int verb_refuse(struct verb_call *call, const char *format, ...) PRINTF_LIKE(2, 3);
int verb_usage(struct verb_call *call, const char *format, ...) PRINTF_LIKE(2, 3);
const char *verb_text(const struct verb_call *call, const char *key); /* "" when absent */
/* A positive whole number, written as number or text; 0 when absent; -1 when it is none. */
int64_t verb_id(const struct verb_call *call, const char *key);
unsigned verb_limit(const struct verb_call *call);
int verb_audit(
    struct verb_call *call, const char *action, int64_t case_id, const char *object, const char *detail) MUST_CHECK;
/* ERR_NOT_FOUND becomes "there is no <noun> <id>", other errors stay. */
int verb_missing(struct verb_call *call, int rc, const char *noun, int64_t id);
/* Texts for rows: RFC 3339 or null for 0; sets as arrays. */
json_t *verb_time(int64_t ms);
json_t *verb_categories(category_set set);
json_t *verb_flags(flag_set set);
/* The channels by which a message came, the first one first; NULL on an error of storage. */
struct message_row;
json_t *verb_origins(const struct verb_call *call, const struct message_row *row);

/* The reasons of a reading: kind, label, and the bytes of the original text that say so. */
json_t *verb_evidence(const struct triage *triage, struct span text);

#define VERB(identifier, words, positional, options, layout, summary) int verb_##identifier(struct verb_call *call);
#include "gateway/core/verbs.def"
#undef VERB

#endif
