/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * storm - five SMS providers, a telephone, a few hundred workers and their responders, in virtual time.
 * What:  the simulator keeps what every provider holds (sms), what it has to tell the daemon (hook) and what it took
 *        from it (handed), and works through one queue of events. The daemon is told nothing of all this: it sees
 * signed requests and answers to its own. Keeps: everything random comes from one seed, and nothing depends on real
 * time: a run can be repeated. Not here: the process of the daemon (house), the bytes of a provider (provider), what
 * must hold at the end (ledger).
 */
#ifndef TESTS_STORM_STORM_H
#define TESTS_STORM_STORM_H

#include "tests/storm/house.h"

#define SECOND_MS 1000LL
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)

#define PROVIDERS 6 /* the last one is the telephone, which only receives */
#define PHONE_PROVIDER 5
#define WORKERS_IN_ALL 400
#define UTTERANCES_MAX 8000
#define SMS_MAX 30000
#define HOOKS_MAX 120000
#define HANDED_MAX 40000
#define EVENTS_MAX 200000
#define CALLS_MAX 48
#define SMS_TEXT_MAX 512
#define ID_MAX 64
#define REQUEST_MAX 8192

/* ---- what is said ---------------------------------------------------------------------------------------------- */

struct utterance { /* one text of one worker; an honest repetition is said again */
    unsigned worker;
    unsigned said; /* times */
    char text[SMS_TEXT_MAX];
};

struct sms { /* as a provider holds it: a whole text, a part of one, a copy by another path, or a responder's answer */
    unsigned provider;
    int utterance;    /* -1 = a responder's */
    unsigned telling; /* of its utterance: 1 for the first time */
    unsigned part, part_total, part_ref;
    char from[24], text[SMS_TEXT_MAX], id[ID_MAX];
    int64_t sent_at;
    bool is_taken;      /* the provider heard 2xx for it, or gave it in a listing */
    bool may_have_come; /* it was sent to us and the answer was lost */
    bool is_given_up;
    bool is_listed; /* in a list that gives it once */
};

/* ---- what a provider tells us ---------------------------------------------------------------------------------- */

enum report_word { WORD_PENDING, WORD_SENT, WORD_DELIVERED, WORD_ABSENT, WORD_FAILED };

struct hook { /* one webhook: a message, or a report of what was handed over */
    bool is_report, is_of_storm;
    unsigned about; /* index of the sms, or of the handed one */
    enum report_word word;
    char id[ID_MAX];         /* of a report, as this provider writes it this time */
    char message_id[ID_MAX]; /* of a message, where it is not that of the sms */
    unsigned tries, busy;
    int64_t first_at;
};

/* ---- what a provider took from us ------------------------------------------------------------------------------ */

struct handed {
    unsigned provider;
    int64_t row; /* of the outbox */
    int attempt;
    char to[24], id[ID_MAX];
    int64_t at;
    enum report_word truth; /* how it ends */
    bool is_told;           /* we heard 2xx for the report of that end */
    bool is_answered;       /* the daemon got our answer */
};

enum event_kind {
    EVENT_TALK,   /* a worker says something: a */
    EVENT_HOOK,   /* a webhook is due: a */
    EVENT_RESULT, /* an answer to a job is due: a = index in results */
    EVENT_KILL,
    EVENT_START,
    EVENT_STOP,
    EVENT_CHECK /* in-between: stop, look, start */
};

struct event {
    int64_t at;
    uint64_t order;
    enum event_kind kind;
    unsigned a;
};

struct result {     /* what will be answered to a job */
    unsigned start; /* of the daemon that gave it: another one knows nothing of it */
    char *frame;
    int handed; /* index, -1 = nothing was taken */
};

struct call { /* a webhook under way */
    int fd;
    unsigned hook;
    bool loses_answer;
    size_t len;
    char answer[2048];
};

struct counts {
    unsigned messages, duplicates, copies, parts, repetitions, altered, lost, refused, jobs, throttled, troubled,
        vanished, reports, early_reports, strange_reports, polls, given_up, answers;
};

struct storm {
    struct house house;
    uint64_t random;
    int64_t now_ms, begin_ms, end_ms;
    unsigned workers;
    bool is_calm;                                         /* the drain: nobody speaks, nothing is lost any more */
    int64_t outage_from[PROVIDERS], outage_to[PROVIDERS]; /* the provider itself is down */
    uint64_t next_order;
    unsigned next_id;
    struct event *events;
    unsigned event_count;
    struct utterance *utterances;
    unsigned utterance_count;
    struct sms *sms;
    unsigned sms_count;
    struct hook *hooks;
    unsigned hook_count, hooks_open;
    struct handed *handed;
    unsigned handed_count;
    struct result *results;
    unsigned result_count;
    struct call calls[CALLS_MAX];
    unsigned call_count;
    struct buf from_worker;  /* bytes of frames that are not complete yet */
    signed char *row_states; /* by id of the outbox row, as seen at the last look; -1 = never seen */
    unsigned violations;
    bool is_control; /* a mistake is made: violations are what is looked for */
    struct counts counts;
};

/* ---- world ---- */
uint64_t storm_random(struct storm *storm, uint64_t below);
bool storm_chance(struct storm *storm, unsigned percent);
void storm_plan(struct storm *storm, int64_t at, enum event_kind kind, unsigned a);
void storm_violation(struct storm *storm, const char *format, ...) PRINTF_LIKE(2, 3);
bool storm_is_out(const struct storm *storm, unsigned provider);
void storm_worker_number(unsigned worker, char *ret); /* 24 bytes */
unsigned storm_add_hook(struct storm *storm, const struct hook *hook, int64_t at);
unsigned storm_add_sms(struct storm *storm, const struct sms *sms, int64_t at); /* and its hook */
void storm_run(struct storm *storm);

/* ---- people ---- */
void people_talk(struct storm *storm, unsigned worker);
/* What a responder does with an alert on her telephone. */
void people_read_alert(struct storm *storm, const struct handed *handed, const char *text);

/* ---- calls: the webhooks ---- */
void calls_begin(struct storm *storm, unsigned hook);
void calls_settle(struct storm *storm); /* turns the daemon until every call has ended */

/* ---- carrier: the jobs ---- */
void carrier_work(struct storm *storm); /* takes what the daemon hands over now */
void carrier_answer(struct storm *storm, unsigned result);

/* ---- provider ---- */
struct provider {
    const char *channel, *host; /* host: of its API, for jobs */
    void (*write_message)(const struct storm *storm, const struct sms *sms, const struct hook *hook, struct buf *out);
    void (*write_report)(
        const struct storm *storm, const struct handed *handed, const struct hook *hook, struct buf *out);
    int64_t (*next_try_ms)(unsigned tries, int64_t since_first_ms); /* after so many; -1 = it gives up */
    bool has_hex_ids;
    bool has_list; /* read again and again: what it holds is never lost */
};
extern const struct provider providers[PROVIDERS];
extern const char storm_config[];
int provider_find(const char *url); /* by host, -1 = none of them */
/* What a job says: number, text, and our own id where it names one; false when it is no SMS. */
bool provider_read_job(unsigned provider, struct span body, char *ret_to, char *ret_text, char *ret_own_id);
/* The answer to it: 0 accepted, 1 throttled, 2 in trouble, 3 known already. Returns the status. */
enum provider_answer { ANSWERS_ACCEPTED, ANSWERS_THROTTLED, ANSWERS_TROUBLE, ANSWERS_KNOWN };
int provider_write_answer(unsigned provider, enum provider_answer answer, const char *id, struct buf *out);

/* ---- lists ---- */
#define LIST_MAX (256u << 10)
/* The answer to a request for a list; false when that provider has none. */
bool lists_write(struct storm *storm, unsigned provider, const char *url, struct buf *out);

/* ---- ledger ---- */
void ledger_look(struct storm *storm, bool is_end); /* while the daemon does not run */

#endif
