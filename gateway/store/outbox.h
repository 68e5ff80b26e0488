/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox - everything that is to be transmitted, as rows with a due time.
 *
 *   queued --lease--> leased --sent--> sent --report--> delivered
 *     ^                 |
 *     +---- retry ------+------------> dead --kick--> queued         (cancel: queued --> cancelled)
 *                       sent --report of failure--> dead --report--> delivered
 *
 * Keeps: a row is leased before anything leaves the machine, so after a crash it is known to be uncertain, not
 *        forgotten; a state never moves backwards by a late delivery report.
 * Not here: which row may be repeated and when (core/dispatch, core/retry).
 */
#ifndef GATEWAY_STORE_OUTBOX_H
#define GATEWAY_STORE_OUTBOX_H

#include "gateway/store/db.h"

enum outbox_kind {
    OUTBOX_ALERT,
    OUTBOX_REPLY /* to the person: never repeated */,
    OUTBOX_NOTICE, /* to a contact or the administrator */
    OUTBOX_LOOP    /* a test of the line, to its own number: never repeated */
};

#define OUTBOX_REPLY_FORCED 1 /* address of a reply for which a person overrode her rules, with a reason */

struct outbox_row {
    int64_t id;
    enum outbox_kind kind;
    int64_t case_id, alert_id, message_id; /* 0 = none */
    char contact[NAME_MAX_LEN];            /* of a reply: who said it, "" = the machine */
    int address;                           /* index in the contact's addresses; of a reply: see OUTBOX_REPLY_FORCED */
    char channel[NAME_MAX_LEN];
    enum urgency urgency; /* orders the queue */
    enum state state;
    int64_t due_at, lease_until; /* lease_until 0 = not leased */
    int attempt;                 /* tries begun so far */
    char worker[NAME_MAX_LEN];
    bool may_be_repeated;
    int outcome; /* enum outcome of the last try, -1 = none yet */
    char provider_code[32];
    char remote_id[REMOTE_ID_MAX];
    int64_t created_at, sent_at, delivered_at;
    struct span payload; /* sealed text where it cannot be rendered anew (replies, notices); may be empty */
};

int outbox_insert(struct store *store, const struct outbox_row *row) MUST_CHECK;
int outbox_get(struct store *store, int64_t id, struct outbox_row *ret_row) MUST_CHECK;
typedef int (*outbox_row_fn)(void *context, const struct outbox_row *row);

/* Leases up to limit rows of one channel that are queued and due, worst urgency first, then oldest due: state leased,
 * attempt + 1, lease_until, worker. Calls fn with each row as it is after leasing. */
int outbox_lease(struct store *store, const char *channel, int64_t now_ms, int64_t lease_until, const char *worker,
    unsigned limit, outbox_row_fn fn, void *context) MUST_CHECK;
/* The rows whose lease has ended at now_ms (worker NULL) or that this worker holds, whatever their lease (it died). */
int outbox_list_expired(
    struct store *store, int64_t now_ms, const char *worker, outbox_row_fn fn, void *context) MUST_CHECK;

/* What became of a leased row: sent (remote_id, outcome), queued again (due_at, may_be_repeated) or dead. ERR_CONFLICT
 * when it is not leased any more. */
struct outbox_settlement {
    int64_t id;
    enum state state;
    enum outcome outcome;
    const char *provider_code, *remote_id; /* "" when none */
    int64_t due_at, now_ms;
    bool may_be_repeated;
};
int outbox_settle(struct store *store, const struct outbox_settlement *settlement) MUST_CHECK;
/* The job goes on: its lease ends later. Nothing when it is not leased any more. */
int outbox_renew(struct store *store, int64_t id, int64_t lease_until) MUST_CHECK;
/* Un-leases without counting the try: the job never left the daemon. */
int outbox_return(struct store *store, int64_t id) MUST_CHECK;

/* The same, for a row whose time has not come: queued until due_at. Its provider_code is OUTBOX_PUT_OFF until it is
 * tried. ERR_CONFLICT when it is not leased. */
#define OUTBOX_PUT_OFF "put_off"
int outbox_put_off(struct store *store, int64_t id, int64_t due_at) MUST_CHECK;

/* The row of a delivery report, newest first when an id came twice; ERR_NOT_FOUND. */
int outbox_find_remote(
    struct store *store, const char *channel, const char *remote_id, struct outbox_row *ret_row) MUST_CHECK;
/* sent -> delivered; also from dead, when it had been sent: the provider gave it up, and it came after all.
 * ERR_CONFLICT otherwise. */
int outbox_set_delivered(struct store *store, int64_t id, int64_t now_ms) MUST_CHECK;
/* sent -> dead, by a delivery report of failure. ERR_CONFLICT when it is delivered or not sent. */
int outbox_set_failed(struct store *store, int64_t id, const char *provider_code) MUST_CHECK;
/* dead or queued -> queued, due now, attempts from zero. ERR_CONFLICT otherwise. */
int outbox_kick(struct store *store, int64_t id, int64_t now_ms) MUST_CHECK;
/* queued -> cancelled: its time is over. ERR_CONFLICT when it is not queued. */
int outbox_drop(struct store *store, int64_t id) MUST_CHECK;
/* leased -> cancelled: when its turn came it was no longer wanted. ERR_CONFLICT when it is not leased. */
int outbox_cancel(struct store *store, int64_t id) MUST_CHECK;
int outbox_cancel_case(struct store *store, int64_t case_id) MUST_CHECK; /* queued alerts of the case */
int outbox_cancel_replies(
    struct store *store, int64_t case_id) MUST_CHECK; /* queued replies of the case, whoever said them */

/* The alerts queued after that id are perhaps not the first that their contacts hear of it. */
int outbox_mark_repeated(struct store *store, int64_t after_id) MUST_CHECK;

/* Is there a row for that alert and address already, in any state? */
int outbox_has(struct store *store, int64_t alert_id, int address, bool *ret_has) MUST_CHECK;
/* How many rows of that alert and address are older than this one: the provider knows as many messages of it. */
int outbox_count_before(struct store *store, const struct outbox_row *row, int64_t *ret_count) MUST_CHECK;
/* Is there a later row of the same alert and address, by which this one was tried again? False for what is no alert. */
int outbox_is_followed(struct store *store, const struct outbox_row *row, bool *ret_is_followed) MUST_CHECK;
/* Earliest due_at of a queued row of that channel; ERR_NOT_FOUND. Earliest lease_until likewise over all channels. */
int outbox_next_due(struct store *store, const char *channel, int64_t *ret_due_at) MUST_CHECK;
/* The first channel behind `after` ("" = the very first), by name, that has queued rows; ERR_NOT_FOUND. ret_name holds
 * NAME_MAX_LEN bytes and may be `after`. */
int outbox_next_channel(struct store *store, const char *after, char *ret_name) MUST_CHECK;
int outbox_next_lease_end(struct store *store, int64_t *ret_lease_until) MUST_CHECK;

struct outbox_filter {
    const char *state;         /* NULL = all that are not settled (queued, leased, dead); "all" */
    const char *channel;       /* NULL = any */
    int64_t case_id, alert_id; /* 0 = any */
    int64_t before_id;
    unsigned limit;
};
int outbox_list(struct store *store, const struct outbox_filter *filter, outbox_row_fn fn, void *context) MUST_CHECK;
/* Rows per state, indexed by enum state (STATE_COUNT entries). */
int outbox_count(struct store *store, int64_t *ret_counts) MUST_CHECK;

/* A delivery report whose id is not known (yet): kept, and taken when the row appears. */
int reports_keep(
    struct store *store, const char *channel, const struct delivery_report *report, int64_t now_ms) MUST_CHECK;
int reports_take(struct store *store, const char *channel, const char *remote_id,
    struct delivery_report *ret_report) MUST_CHECK; /* ERR_NOT_FOUND */
int reports_forget(struct store *store, int64_t before_ms) MUST_CHECK;

#endif
