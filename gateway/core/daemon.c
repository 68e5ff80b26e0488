/* SPDX-License-Identifier: GPL-3.0-or-later */
/* daemon - see daemon.h. */
#include "gateway/core/daemon.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/base/systemd.h"
#include "gateway/core/anchor.h"
#include "gateway/core/auditor.h"
#include "gateway/core/control.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/escalation.h"
#include "gateway/core/house.h"
#include "gateway/core/looptest.h"
#include "gateway/core/visits.h"
#include "gateway/core/webhooks.h"
#include "gateway/http/server.h"
#include "gateway/store/audit.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define RETRY_TURN_MS 1000 /* after a failed commit, unless a request comes first */
#define HOUSEKEEPING_MS (60 * 60 * 1000)
#define WAIT_MAX_MS 60000   /* due times are UTC: a clock that is set must be noticed */
#define WAIT_STOPPING_MS 50 /* while it ends: the deadline of the drain is looked at between turns */
#define HEARING_MS 1000     /* while it ends: so long a client that was let in may take to send its request */

struct arrival { /* one request that waits for its turn or for its commit */
    struct http_exchange *exchange;
    const struct request *request;
    struct reply reply;
};

struct daemon {
    struct core *core;
    struct loop *loop;
    struct http_server *webhooks, *console;
    struct dispatch *dispatch;
    struct control *control;
    struct visits *visits;
    struct arrival *queue; /* ring of DAEMON_QUEUE_MAX */
    unsigned queue_first, queue_count;
    unsigned handled; /* of this turn: the first ones of the queue */
    int64_t next_step_due, next_housekeeping, next_audit, next_loop, retry_at;
    int64_t next_watchdog, watchdog_ms;
    struct anchor anchor;
    bool is_storage_well, is_stopping;
    bool is_careful; /* this turn is the second try of one that failed */
};

/* ---- requests -------------------------------------------------------------------------------------------------- */

static struct arrival *queue_at(struct daemon *d, unsigned index)
{
    return &d->queue[(d->queue_first + index) % DAEMON_QUEUE_MAX];
}

static void answer_plain(struct http_exchange *exchange, int status, const char *body)
{
    struct reply reply = { .status = status, .content_type = "text/plain; charset=utf-8" };
    str_copy(reply.body, sizeof reply.body, body);
    reply.body_len = strlen(reply.body);
    http_answer(exchange, &reply);
}

static bool answer_health(const struct daemon *d, struct http_exchange *exchange, const struct request *request)
{
    if (!str_equal(request->path, "/healthz"))
        return false;
    answer_plain(exchange, d->is_storage_well ? 200 : 503, d->is_storage_well ? "ok" : "storage");
    return true;
}

static void on_webhook(void *context, struct http_exchange *exchange, const struct request *request)
{
    struct daemon *d = context;
    if (answer_health(d, exchange, request))
        return;
    if (d->queue_count == DAEMON_QUEUE_MAX) {
        struct reply reply;
        webhooks_busy(d->core, request, &reply);
        http_answer(exchange, &reply);
        return;
    }
    *queue_at(d, d->queue_count++) = (struct arrival){ .exchange = exchange, .request = request };
}

static void on_console(void *context, struct http_exchange *exchange, const struct request *request)
{
    struct daemon *d = context;
    if (!answer_health(d, exchange, request))
        visits_add(d->visits, exchange, request, clock_now_ms());
}

/* A careful turn gives each request a savepoint, so that one that cannot be stored does not spoil the others. */
static int handle(struct daemon *d, struct arrival *arrival, int64_t now_ms)
{
    unsigned messages;
    int rc = d->is_careful ? store_savepoint(d->core->store) : 0;
    if (!rc)
        rc = webhooks_handle(d->core, arrival->request, now_ms, &arrival->reply, &messages);
    if (!d->is_careful)
        return rc;
    if (!rc)
        return store_release(d->core->store);
    store_undo(d->core->store);
    log_event(
        LOG_LEVEL_ERROR, EV_request_failed, F_WORD("error", error_name(rc)), F_WHY(store_last_error(d->core->store)));
    webhooks_busy(d->core, arrival->request, &arrival->reply);
    return 0;
}

static int handle_requests(struct daemon *d, int64_t now_ms)
{
    int rc = 0;
    while (!rc && d->handled < d->queue_count && d->handled < DAEMON_TURN_MAX) {
        rc = handle(d, queue_at(d, d->handled++), now_ms);
#ifdef CONTROL_ANSWER_BEFORE_COMMIT /* the deliberate mistake that `make crash-control` must detect */
        struct arrival *early = queue_at(d, d->handled - 1);
        if (early->exchange)
            http_answer(early->exchange, &early->reply);
        early->exchange = NULL;
        http_server_run(d->webhooks);
#endif
    }
    return rc;
}

static void answer_requests(struct daemon *d, bool is_committed)
{
    for (unsigned i = 0; i < d->handled; i++) {
        struct arrival *arrival = queue_at(d, i);
        if (!arrival->exchange)
            continue;
        if (!is_committed)
            webhooks_busy(d->core, arrival->request, &arrival->reply);
        http_answer(arrival->exchange, &arrival->reply);
    }
    d->queue_first = (d->queue_first + d->handled) % DAEMON_QUEUE_MAX;
    d->queue_count -= d->handled;
    d->handled = 0;
}

/* ---- the turn -------------------------------------------------------------------------------------------------- */

static int keep_house(struct daemon *d, int64_t now_ms)
{
    d->next_housekeeping = now_ms + HOUSEKEEPING_MS;
    return house_keep(d->core, now_ms);
}

static int audit_line(struct daemon *d, int64_t now_ms)
{
    unsigned open;
    d->next_audit = now_ms + d->core->config->auditor.every_ms;
    return auditor_run(d->core, now_ms, &open);
}

static int test_line(struct daemon *d, int64_t now_ms)
{
    return looptest_run(d->core, now_ms, &d->next_loop);
}

static int escalate(struct daemon *d, int64_t now_ms)
{
    if (!store_is_dirty(d->core->store) && now_ms < d->next_step_due)
        return 0;
    return escalation_run(d->core, now_ms, &d->next_step_due);
}

static int settle(struct daemon *d, int64_t now_ms)
{
    return dispatch_settle(d->dispatch, now_ms);
}

static int lease(struct daemon *d, int64_t now_ms)
{
    int rc = dispatch_lease(d->dispatch, store_is_dirty(d->core->store), now_ms);
    if (rc)
        dispatch_abandon(d->dispatch);
    return rc;
}

/* In a careful turn a part that fails is undone alone: one bad row must not stop the line. */
static int run_part(struct daemon *d, const char *name, int (*part)(struct daemon *, int64_t), int64_t now_ms)
{
    int rc = d->is_careful ? store_savepoint(d->core->store) : 0;
    if (!rc)
        rc = part(d, now_ms);
    if (!d->is_careful)
        return rc;
    if (!rc)
        return store_release(d->core->store);
    store_undo(d->core->store);
    log_event(LOG_LEVEL_ERROR, EV_part_failed, F_WORD("part", name), F_WORD("error", error_name(rc)),
        F_WHY(store_last_error(d->core->store)));
    return 0;
}

static int run_transaction(struct daemon *d, int64_t now_ms)
{
    int rc = handle_requests(d, now_ms);
    if (!rc)
        rc = visits_handle(d->visits, d->core->store, now_ms);
    if (!rc)
        rc = run_part(d, "settle", settle, now_ms);
    if (!rc) /* after what was sent: a report of it may be among these */
        rc = modems_handle(dispatch_modems(d->dispatch), d->is_careful, now_ms);
    if (!rc)
        rc = control_run(d->control, d->is_storage_well, now_ms);
    if (!rc)
        rc = run_part(d, "escalate", escalate, now_ms);
    if (!rc && now_ms >= d->next_loop)
        rc = run_part(d, "looptest", test_line, now_ms);
    if (!rc && (now_ms >= d->next_audit || dispatch_take_alarm(d->dispatch)))
        rc = run_part(d, "audit", audit_line, now_ms);
    if (!rc && now_ms >= d->next_housekeeping)
        rc = run_part(d, "housekeeping", keep_house, now_ms);
    if (!rc)
        rc = run_part(d, "lease", lease, now_ms);
    return rc;
}

static void undo_turn(struct daemon *d)
{
    if (store_is_in_transaction(d->core->store))
        store_rollback(d->core->store);
    d->next_step_due = d->next_loop = 0; /* what the turn had looked up is undone */
    dispatch_abandon(d->dispatch);
}

static void storage_failed(struct daemon *d, int rc)
{
    log_event(
        LOG_LEVEL_ERROR, EV_storage_failed, F_WORD("error", error_name(rc)), F_WHY(store_last_error(d->core->store)));
    undo_turn(d);
    d->is_storage_well = false;
    d->retry_at = clock_now_ms() + RETRY_TURN_MS;
    answer_requests(d, false);
    modems_answer(dispatch_modems(d->dispatch), false);
    visits_answer(d->visits, false, clock_now_ms());
    control_abandon(d->control);
}

static void storage_worked(struct daemon *d, int64_t now_ms)
{
    if (!d->is_storage_well)
        log_event(LOG_LEVEL_NOTICE, EV_storage_recovered);
    d->is_storage_well = true;
    d->retry_at = 0;
    dispatch_release(d->dispatch);
    answer_requests(d, true);
    modems_answer(dispatch_modems(d->dispatch), true);
    visits_answer(d->visits, true, now_ms);
    control_release(d->control, d->is_storage_well, now_ms);
}

static bool has_frames(const struct daemon *d)
{
    return modems_is_waiting(dispatch_modems(d->dispatch));
}

static bool is_due(const struct daemon *d, int64_t now_ms)
{
    if (d->queue_count || visits_waiting(d->visits) || control_is_waiting(d->control) || has_frames(d))
        return true;
    if (now_ms < d->retry_at)
        return false;
    return d->retry_at || dispatch_has_results(d->dispatch) || now_ms >= d->next_step_due ||
           now_ms >= d->next_housekeeping || now_ms >= d->next_audit || now_ms >= d->next_loop ||
           now_ms >= dispatch_next_due(d->dispatch);
}

static int try_turn(struct daemon *d, int64_t now_ms, bool is_careful)
{
    d->is_careful = is_careful;
    d->handled = 0;
    modems_begin(dispatch_modems(d->dispatch));
    int rc = store_begin(d->core->store);
    if (!rc)
        rc = run_transaction(d, now_ms);
    return rc ? rc : store_commit(d->core->store);
}

/* What fails is tried again in the next turn: the anchor stays. */
static void watch_clock(struct daemon *d, int64_t now_ms)
{
    int64_t mono_ms = clock_mono_ms(), back_ms = anchor_look(&d->anchor, now_ms, mono_ms);
    int rc = back_ms ? store_begin(d->core->store) : 0;
    if (!rc && back_ms)
        rc = anchor_mend(d->core, now_ms, back_ms);
    if (!rc && back_ms)
        rc = store_commit(d->core->store);
    if (back_ms) {
        undo_turn(d); /* every time that was looked up is another now */
        d->next_housekeeping = d->next_audit = d->next_watchdog = 0;
        d->retry_at = d->retry_at ? now_ms : 0;
    }
    if (!rc)
        anchor_set(&d->anchor, now_ms, mono_ms);
}

/* Savepoints cost a quarter of the store's time, so only the repetition of a failed turn has them. */
static void run_turn(struct daemon *d)
{
    int64_t now_ms = clock_now_ms();
    watch_clock(d, now_ms);
    if (!is_due(d, now_ms))
        return;
    int rc = try_turn(d, now_ms, false);
    if (rc) {
        undo_turn(d);
        rc = try_turn(d, now_ms, true);
    }
    if (rc)
        storage_failed(d, rc);
    else
        storage_worked(d, now_ms);
    http_server_run(d->webhooks);
    if (d->console)
        http_server_run(d->console);
}

static int wait_ms(const struct daemon *d)
{
    int64_t now_ms = clock_now_ms(), next = d->next_step_due;
    if (d->queue_count || visits_waiting(d->visits) || dispatch_has_results(d->dispatch) ||
        control_is_waiting(d->control) || has_frames(d))
        return 0;
    int64_t lease = dispatch_next_due(d->dispatch);
    next = lease < next ? lease : next;
    next = d->next_housekeeping < next ? d->next_housekeeping : next;
    next = d->next_audit < next ? d->next_audit : next;
    next = d->next_loop < next ? d->next_loop : next;
    if (d->retry_at)
        next = d->retry_at;
    if (d->watchdog_ms && d->next_watchdog < next)
        next = d->next_watchdog;
    if (next <= now_ms)
        return 0;
    int64_t longest = d->is_stopping ? WAIT_STOPPING_MS : WAIT_MAX_MS;
    return (int)(next - now_ms > longest ? longest : next - now_ms);
}

static void feed_watchdog(struct daemon *d)
{
    int64_t now_ms = clock_now_ms();
    if (!d->watchdog_ms || (now_ms < d->next_watchdog && now_ms >= d->next_watchdog - d->watchdog_ms))
        return;
    d->next_watchdog = now_ms + d->watchdog_ms;
    (void)!systemd_notify("WATCHDOG=1");
}

int daemon_turn(struct daemon *d)
{
    int rc = loop_wait(d->loop, wait_ms(d));
    if (rc < 0)
        return rc;
    run_turn(d);
    store_maintain(d->core->store, d->queue_count == 0);
    feed_watchdog(d);
    return 0;
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

/* A list that a provider makes is not ours to shorten: refused for its length, it would be lost as a whole. */
static size_t body_max(const struct config *config)
{
    size_t max = config->limits.body_max;
    for (unsigned i = 0; i < config->channel_count; i++) {
        const struct channel_ops *ops = registry_find(config->channels[i].kind);
        bool has_lists = ops && (ops->caps & CHANNEL_LISTS) && config->channels[i].is_enabled;
        if (has_lists && max < CHANNEL_LIST_BYTES)
            max = CHANNEL_LIST_BYTES;
    }
    return max;
}

static int open_servers(
    struct daemon *d, const struct daemon_sockets *sockets, const struct visits_writer *pages, struct error *error)
{
    const struct config *config = d->core->config;
    struct http_options options = {
        .body_max = config->limits.body_max,
        .connections_max = config->limits.connections_max,
        .request_deadline_ms = config->limits.request_deadline_ms,
    };
    options.body_max = body_max(config);
    int rc = http_server_new(d->loop, sockets->webhooks, &options, on_webhook, d, error, &d->webhooks);
    if (!rc)
        rc = visits_new(pages, &d->visits);
    options.body_max = config->limits.body_max;
    options.headers = pages->headers;
    if (!rc && sockets->console >= 0)
        rc = http_server_new(d->loop, sockets->console, &options, on_console, d, error, &d->console);
    if (!rc)
        rc = dispatch_new(d->core, d->loop, sockets->workers, &d->dispatch);
    if (!rc)
        rc = control_new(d->core, d->dispatch, d->loop, sockets->control, &d->control);
    return rc;
}

static int recover(struct daemon *d, struct error *error)
{
    int64_t now_ms = clock_now_ms();
    int rc = store_begin(d->core->store);
    if (!rc)
        rc = dispatch_recover(d->dispatch, now_ms);
    if (!rc)
        rc = looptest_recover(d->core, now_ms);
    if (!rc)
        rc = store_commit(d->core->store);
    if (rc && store_is_in_transaction(d->core->store))
        store_rollback(d->core->store);
    return rc ? error_set(error, rc, "the outbox could not be recovered: %s", store_last_error(d->core->store)) : 0;
}

int daemon_new(struct core *core, struct loop *loop, const struct daemon_sockets *sockets,
    const struct visits_writer *pages, struct error *error, struct daemon **ret_daemon)
{
    struct daemon *d = calloc(1, sizeof *d);
    if (!d)
        return ERR_NOMEM;
    *d = (struct daemon){ .core = core, .loop = loop, .is_storage_well = true };
    d->watchdog_ms = systemd_watchdog_ms();
    d->queue = calloc(DAEMON_QUEUE_MAX, sizeof *d->queue);
    int rc = d->queue ? open_servers(d, sockets, pages, error) : ERR_NOMEM;
    if (!rc)
        rc = recover(d, error);
    if (!rc)
        rc = dispatch_configure(d->dispatch);
    if (rc) {
        daemon_free(d);
        return rc;
    }
    *ret_daemon = d;
    return 0;
}

void daemon_free(struct daemon *d)
{
    if (!d)
        return;
    http_server_free(d->webhooks);
    http_server_free(d->console);
    visits_free(d->visits);
    control_free(d->control);
    dispatch_free(d->dispatch);
    free(d->queue);
    free(d);
}

int daemon_reconfigure(struct daemon *d)
{
    int rc = store_begin(d->core->store);
    if (!rc)
        rc = audit_case(d->core->store, clock_now_ms(), "daemon", "config.load", 0, "");
    if (!rc)
        rc = store_commit(d->core->store);
    if (rc && store_is_in_transaction(d->core->store))
        store_rollback(d->core->store);
    d->next_loop = 0;
    int configured = dispatch_configure(d->dispatch);
    return configured ? configured : rc;
}

void daemon_stop(struct daemon *d)
{
    d->is_stopping = true;
    http_server_quiesce(d->webhooks);
    if (d->console)
        http_server_quiesce(d->console);
    dispatch_stop(d->dispatch);
}

bool daemon_is_settled(const struct daemon *d)
{
    return d->queue_count == 0 && http_server_pending(d->webhooks) == 0 &&
           !http_server_is_hearing(d->webhooks, HEARING_MS) && visits_waiting(d->visits) == 0 &&
           (!d->console || http_server_pending(d->console) == 0) && dispatch_in_flight(d->dispatch) == 0 &&
           !dispatch_has_results(d->dispatch) && !control_is_waiting(d->control) && !has_frames(d);
}
