/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_ref - the small model that a whole line is compared with: who has which case, in which state, what she allows.
 * What:  one function for each thing that can happen, and model_ref_check, which looks at every row after it.
 * Why:   it is written from the product's rules and not from the code; it knows no policy, no retry and no wire.
 * Keeps: plain memory without pointers, so a turn that is rolled back is undone by assignment.
 */
#ifndef TESTS_SUPPORT_MODEL_REF_H
#define TESTS_SUPPORT_MODEL_REF_H

#include "gateway/core/command.h"
#include "gateway/store/alerts.h"
#include "gateway/store/cases.h"
#include "gateway/store/outbox.h"
#include "tests/support/model_rig.h"

#define REF_PERSONS 4
#define REF_CASES_MAX 64
#define REF_MESSAGES_MAX 256
#define REF_ROWS_MAX 2048
#define REF_RESULTS_MAX 256
#define REF_AUTOS_MAX 128

struct ref_text { /* one text that a person may write, and what it means */
    const char *text;
    bool is_help;
    enum urgency urgency;
    enum intent intent;
    flag_set flags;
    bool is_automatic; /* reads like an answering machine */
};
extern const struct ref_text model_ref_texts[];
extern const unsigned model_ref_text_count;

struct ref_person {
    const char *number;
    const char *country; /* "" = of origin: a relative writes */
    bool is_answerable, is_stopped;
    int64_t last_auto_at, asked_case; /* 0 = never, none */
};
extern const struct ref_person model_ref_persons[REF_PERSONS];

enum ref_state { REF_OPEN, REF_TAKEN, REF_CLOSED };
struct ref_case {
    int64_t id;
    int person;      /* from whose number it was opened */
    int last_person; /* who wrote last: what is said goes there */
    int64_t joined_to, closed_at;
    enum ref_state state;
    char holder[NAME_MAX_LEN];
    enum state consent;
    enum urgency urgency;
    flag_set flags;
    bool is_in_country; /* one of its numbers says where she is */
    int64_t contact_at; /* somebody reached her, 0 = nobody yet */
    int64_t resume_at;  /* 0 = no alarm is planned */
    int64_t last_text_at;
};
struct ref_row {     /* of the outbox, by id */
    bool may_be_out; /* a worker had it, and did not say that nothing left */
    bool is_forced;  /* a person said it against her rules, with a reason */
};
struct ref_result { /* what the worker said, until the next turn settles it */
    int64_t outbox_id;
    int attempt;
    bool is_sent;
};
struct ref_auto { /* an automatic reply */
    int64_t row_id, message_id, created_at;
    int person;
};
struct model_ref {
    uint64_t random;
    struct ref_person persons[REF_PERSONS];
    unsigned case_count, message_count, result_count, auto_count;
    int64_t last_row; /* of the outbox: those up to here were looked at */
    struct ref_auto autos[REF_AUTOS_MAX];
    struct ref_case cases[REF_CASES_MAX];
    int64_t messages[REF_MESSAGES_MAX]; /* acknowledged: must never be missing */
    struct ref_row rows[REF_ROWS_MAX];
    struct ref_result results[REF_RESULTS_MAX];
    unsigned next_id; /* of the provider */
};

void model_ref_init(struct model_ref *ref, uint64_t seed);
uint32_t model_ref_random(struct model_ref *ref, uint32_t below);

/* Prints the trace of the sequence, then fails the test. */
void model_ref_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void model_ref_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
void model_ref_trace_clear(void);

/* ---- what happens; each is called inside the transaction, after the line has done it ---- */

/* autos_before: model_ref_count_day before this text. Fails when the line queued a reply that the model does not
 * expect, or none where it does. */
void model_ref_text(struct model_ref *ref, struct model_rig *rig, int person, const struct ref_text *text,
    const struct intake_result *result, unsigned autos_before);
/* A command of a contact whose code was right by model_ref_judge. */
void model_ref_command(struct model_ref *ref, struct model_rig *rig, const char *contact, enum command_verb verb,
    int64_t case_id, bool has_text);
/* Has this contact the right to command this case with that code? From the alerts as they are; JUDGED_VOIDS: it is
 * one wrong code too many. */
enum model_judgement { JUDGED_RIGHT, JUDGED_WRONG, JUDGED_VOIDS };
enum model_judgement model_ref_judge(struct model_rig *rig, const char *contact, int64_t case_id, const char *code);
void model_ref_void(struct model_ref *ref, const char *contact, int64_t case_id);
/* The provider says that a row which it had accepted did not arrive. */
void model_ref_undelivered(struct model_ref *ref, const struct outbox_row *row, int64_t now_ms);
void model_ref_take(struct model_ref *ref, struct ref_case *c, const char *holder, int64_t now_ms);
void model_ref_close(struct ref_case *c, int64_t joined_to, int64_t now_ms);
struct ref_case *model_ref_case(struct model_ref *ref, int64_t id);
struct ref_case *model_ref_open_case(struct model_ref *ref, int person);
/* May something be sent to that person now, without a reason? */
bool model_ref_may_send(const struct model_ref *ref, const struct ref_case *c, int person, int64_t now_ms);
/* The end of the requests of a turn: results are settled, alarms resume. */
void model_ref_settle(struct model_ref *ref, struct model_rig *rig);
/* A job has left the daemon: is it allowed? */
void model_ref_job(struct model_ref *ref, struct model_rig *rig, const struct model_job *job);

/* Looks at the rows of the outbox that are new: what they are never changes. */
void model_ref_look(struct model_ref *ref, struct model_rig *rig);
/* Automatic replies to anybody in the last day that were not cancelled. */
unsigned model_ref_count_day(const struct model_ref *ref, struct model_rig *rig);
unsigned model_ref_count_replies(const struct model_ref *ref, int64_t message_id);

/* Every invariant, on every case; the messages too when is_thorough. */
void model_ref_check(struct model_ref *ref, struct model_rig *rig, bool is_thorough);

#endif
