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
#include "gateway/core/arrivals.h"
#include "gateway/core/auditor.h"
#include "gateway/core/control.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/escalation.h"
#include "gateway/core/flares.h"
#include "gateway/core/house.h"
#include "gateway/core/looptest.h"
#include "gateway/core/modemwatch.h"
#include "gateway/core/outage.h"
#include "gateway/core/scrape.h"
#include "gateway/core/visits.h"
#include "gateway/core/webhooks.h"
#include "gateway/http/server.h"
#include "gateway/store/audit.h"

#define HOUSEKEEPING_MS (60 * 60 * 1000)
#define WAIT_MAX_MS 60000   /* due times are UTC: a clock that is set must be noticed */
#define WAIT_STOPPING_MS 50 /* while it ends: the deadline of the drain is looked at between turns */
#define HEARING_MS 1000     /* while it ends: so long a client that was let in may take to send its request */

struct daemon {
    struct core *core;
    struct loop *loop;
    struct http_server *webhooks, *console;
    struct dispatch *dispatch;
    struct control *control;
    struct modemwatch *modemwatch;
    struct visits *visits;
    struct scrape *scrape;
    struct outage *outage;
    struct arrivals *arrivals;
    int64_t next_step_due, next_housekeeping, next_audit, next_loop;
    int64_t next_watchdog, watchdog_ms;
    struct anchor anchor;
    bool is_stopping;
    bool is_careful; /* this turn is the second try of one that failed */
};

/* ---- requests -------------------------------------------------------------------------------------------------- */

static bool answer_health(const struct daemon *d, struct http_exchange *exchange, const struct request *request)
{
    if (!str_equal(request->path, "/healthz"))
        return false;
    bool is_taking = outage_is_taking(d->outage);
    struct reply reply = { .status = is_taking ? 200 : 503, .content_type = "text/plain; charset=utf-8" };
    str_copy(reply.body, sizeof reply.body, is_taking ? "ok" : "storage");
    reply.body_len = strlen(reply.body);
    http_answer(exchange, &reply);
    return true;
}

static void on_webhook(void *context, struct http_exchange *exchange, const struct request *request)
{
    struct daemon *d = context;
    if (answer_health(d, exchange, request))
        return;
    if (arrivals_add(d->arrivals, exchange, request))
        return;
    struct reply reply;
    webhooks_busy(d->core, request, &reply);
    http_answer(exchange, &reply);
}

static void on_console(void *context, struct http_exchange *exchange, const struct request *request)
{
    struct daemon *d = context;
    if (!answer_health(d, exchange, request))
        visits_add(d->visits, exchange, request, clock_now_ms());
}

/* ---- the turn -------------------------------------------------------------------------------------------------- */

static int keep_house(struct daemon *d, int64_t now_ms)
{
    d->next_housekeeping = now_ms + HOUSEKEEPING_MS;
    return house_keep(d->core, now_ms);
}

static int look_at_modem(const void *context, const char *channel, struct modem_health *ret_health)
{
    return modems_health(context, channel, ret_health);
}

static int audit_line(struct daemon *d, int64_t now_ms)
{
    unsigned open;
    d->next_audit = now_ms + d->core->config->auditor.every_ms;
    int rc = modemwatch_run(d->modemwatch, now_ms);
    return rc ? rc : auditor_run(d->core, now_ms, &open);
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
    if (rc)
        return rc;
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
    int rc = outage_run(d->outage, d->is_careful, now_ms); /* what came before comes first */
    if (!rc)
        rc = arrivals_handle(d->arrivals, d->is_careful, now_ms);
#ifdef CONTROL_ANSWER_BEFORE_COMMIT /* see arrivals */
    http_server_run(d->webhooks);
#endif
    if (!rc)
        rc = visits_handle(d->visits, d->core->store, now_ms);
    if (!rc)
        rc = run_part(d, "settle", settle, now_ms);
    if (!rc) /* after what was sent: a report of it may be among these */
        rc = modems_handle(dispatch_modems(d->dispatch), d->is_careful, now_ms);
    if (!rc)
        rc = control_run(d->control, outage_look(d->outage), now_ms);
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
    scrape_undone(d->scrape);
    d->next_step_due = d->next_loop = 0; /* what the turn had looked up is undone */
    dispatch_abandon(d->dispatch);
}

static void storage_failed(struct daemon *d, int rc, int64_t now_ms)
{
    undo_turn(d);
    outage_failed(d->outage, rc, now_ms);
    arrivals_answer(d->arrivals, d->outage, false, now_ms);
    modems_answer(dispatch_modems(d->dispatch), d->outage, false, now_ms);
    visits_answer(d->visits, false, now_ms);
    control_abandon(d->control);
}

static void storage_worked(struct daemon *d, int64_t now_ms)
{
    outage_worked(d->outage, now_ms);
    dispatch_release(d->dispatch);
    arrivals_answer(d->arrivals, d->outage, true, now_ms);
    modems_answer(dispatch_modems(d->dispatch), d->outage, true, now_ms);
    visits_answer(d->visits, true, now_ms);
    control_release(d->control, outage_look(d->outage), now_ms);
}

/* Ends the transaction by what came of it. */
static int end_transaction(struct daemon *d, int rc)
{
    if (!rc)
        rc = scrape_commit(d->scrape);
    if (rc)
        undo_turn(d);
    return rc;
}

/* Reading works on most disks that take no write, and a transaction that has written nothing can always be committed.
 */
static void serve_readers(struct daemon *d, int64_t now_ms)
{
    if (!visits_waiting(d->visits) && !control_is_waiting(d->control))
        return;
    int rc = store_begin(d->core->store);
    if (!rc)
        rc = visits_handle(d->visits, d->core->store, now_ms);
    if (!rc)
        rc = control_run(d->control, outage_look(d->outage), now_ms);
    rc = end_transaction(d, rc);
    visits_answer(d->visits, !rc, now_ms);
    if (rc)
        control_abandon(d->control);
    else
        control_release(d->control, outage_look(d->outage), now_ms);
}

/* The database has failed a moment ago, and its next try has a time. */
static void serve_without_storage(struct daemon *d, int64_t now_ms)
{
    arrivals_take(d->arrivals);
    arrivals_answer(d->arrivals, d->outage, false, now_ms);
    modems_take(dispatch_modems(d->dispatch));
    modems_answer(dispatch_modems(d->dispatch), d->outage, false, now_ms);
    serve_readers(d, now_ms);
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* When the next turn is due by the clock alone. */
static int64_t next_due(const struct daemon *d, int64_t now_ms)
{
    if (outage_is_resting(d->outage, now_ms))
        return outage_next_due(d->outage);
    int64_t next = earliest(d->next_step_due, dispatch_next_due(d->dispatch));
    next = earliest(earliest(next, d->next_housekeeping), earliest(d->next_audit, d->next_loop));
    return earliest(next, outage_next_due(d->outage));
}

static bool has_frames(const struct daemon *d)
{
    return modems_is_waiting(dispatch_modems(d->dispatch));
}

static bool is_due(const struct daemon *d, int64_t now_ms)
{
    if (arrivals_count(d->arrivals) || visits_waiting(d->visits) || control_is_waiting(d->control) || has_frames(d))
        return true;
    if (outage_is_resting(d->outage, now_ms))
        return false;
    return dispatch_has_results(d->dispatch) || now_ms >= next_due(d, now_ms);
}

static int try_turn(struct daemon *d, int64_t now_ms, bool is_careful)
{
    d->is_careful = is_careful;
    modems_begin(dispatch_modems(d->dispatch));
    int rc = store_begin(d->core->store);
    if (!rc)
        rc = run_transaction(d, now_ms);
    return rc ? rc : scrape_commit(d->scrape);
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
        outage_forget_times(d->outage);
    }
    if (!rc)
        anchor_set(&d->anchor, now_ms, mono_ms);
}

/* Savepoints cost a quarter of the store's time, so only the repetition of a failed turn has them. */
static void run_storage(struct daemon *d, int64_t now_ms)
{
    int rc = try_turn(d, now_ms, false);
    for (bool must_repeat = rc; must_repeat; must_repeat = rc && outage_make_room(d->outage, rc, now_ms)) {
        undo_turn(d);
        rc = try_turn(d, now_ms, true);
    }
    if (rc)
        storage_failed(d, rc, now_ms);
    else
        storage_worked(d, now_ms);
}

static void run_turn(struct daemon *d)
{
    int64_t now_ms = clock_now_ms();
    watch_clock(d, now_ms);
    if (is_due(d, now_ms)) {
        int64_t began_us = clock_mono_us();
        if (outage_is_resting(d->outage, now_ms))
            serve_without_storage(d, now_ms);
        else
            run_storage(d, now_ms);
        http_server_run(d->webhooks);
        if (d->console)
            http_server_run(d->console);
        scrape_turned(d->scrape, began_us);
    }
    flares_run(dispatch_flares(d->dispatch), now_ms);
}

static int wait_ms(const struct daemon *d)
{
    int64_t now_ms = clock_now_ms(), next = next_due(d, now_ms);
    int64_t flare_ms = flares_wait_ms(dispatch_flares(d->dispatch));
    if (is_due(d, now_ms))
        return 0;
    if (flare_ms >= 0)
        next = earliest(next, now_ms + flare_ms);
    if (d->watchdog_ms)
        next = earliest(next, d->next_watchdog);
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
    store_maintain(d->core->store, arrivals_count(d->arrivals) == 0);
    outage_tend(d->outage, clock_now_ms());
    feed_watchdog(d);
    return 0;
}

/* ---- life ------------------------------------------------------------------------------------------------------ */

static int open_servers(
    struct daemon *d, const struct daemon_sockets *sockets, const struct visits_writer *pages, struct error *error)
{
    const struct config *config = d->core->config;
    struct http_options options = {
        .body_max = webhooks_body_max(config),
        .connections_max = config->limits.connections_max,
        .request_deadline_ms = config->limits.request_deadline_ms,
    };
    int rc = http_server_new(d->loop, sockets->webhooks, &options, on_webhook, d, error, &d->webhooks);
    if (!rc)
        rc = visits_new(pages, &d->visits);
    options.body_max = config->limits.body_max;
    options.headers = pages->headers;
    if (!rc && sockets->console >= 0)
        rc = http_server_new(d->loop, sockets->console, &options, on_console, d, error, &d->console);
    if (!rc)
        rc = dispatch_new(d->core, d->loop, sockets->workers, &d->dispatch);
    d->core->dispatch = d->dispatch;
    if (!rc)
        rc = modemwatch_new(d->core, look_at_modem, dispatch_modems(d->dispatch), &d->modemwatch);
    if (!rc)
        rc = outage_new(d->core, dispatch_flares(d->dispatch), clock_now_ms(), &d->outage);
    if (!rc)
        rc = control_new(d->core, d->dispatch, d->loop, sockets->control, &d->control);
    return rc;
}

static int recover_outbox(struct daemon *d, int64_t now_ms)
{
    int rc = store_begin(d->core->store);
    if (!rc)
        rc = dispatch_recover(d->dispatch, now_ms);
    if (!rc)
        rc = looptest_recover(d->core, now_ms);
    return end_transaction(d, rc);
}

/* Where the database takes nothing the line starts nevertheless: the leases of the outbox end by themselves. */
static void recover(struct daemon *d)
{
    int64_t now_ms = clock_now_ms();
    int rc = recover_outbox(d, now_ms);
    if (rc && outage_make_room(d->outage, rc, now_ms))
        rc = recover_outbox(d, now_ms);
    if (rc)
        outage_failed(d->outage, rc, now_ms);
    else
        outage_recover(d->outage, now_ms);
}

int daemon_new(struct core *core, struct loop *loop, const struct daemon_sockets *sockets,
    const struct visits_writer *pages, struct error *error, struct daemon **ret_daemon)
{
    struct daemon *d = calloc(1, sizeof *d);
    if (!d)
        return ERR_NOMEM;
    *d = (struct daemon){ .core = core, .loop = loop };
    d->watchdog_ms = systemd_watchdog_ms();
    int rc = arrivals_new(core, http_answer, &d->arrivals);
    if (!rc)
        rc = open_servers(d, sockets, pages, error);
    struct scrape_sources sources = { core, d->dispatch, d->outage, d->webhooks, d->console };
    if (!rc)
        rc = scrape_new(&sources, &d->scrape);
    if (!rc)
        recover(d);
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
    scrape_free(d->scrape);
    control_free(d->control);
    outage_free(d->outage);
    modemwatch_free(d->modemwatch);
    dispatch_free(d->dispatch);
    arrivals_free(d->arrivals);
    free(d);
}

struct scrape *daemon_scrape(const struct daemon *d)
{
    return d->scrape;
}

int daemon_reconfigure(struct daemon *d)
{
    int rc = store_begin(d->core->store);
    if (!rc)
        rc = audit_case(d->core->store, clock_now_ms(), "daemon", "config.load", 0, "");
    rc = end_transaction(d, rc);
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
    return arrivals_count(d->arrivals) == 0 && http_server_pending(d->webhooks) == 0 &&
           !http_server_is_hearing(d->webhooks, HEARING_MS) && visits_waiting(d->visits) == 0 &&
           (!d->console || http_server_pending(d->console) == 0) && dispatch_in_flight(d->dispatch) == 0 &&
           flares_in_flight(dispatch_flares(d->dispatch)) == 0 && !dispatch_has_results(d->dispatch) &&
           !control_is_waiting(d->control) && !has_frames(d);
}
