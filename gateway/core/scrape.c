/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scrape - see scrape.h. */
#include "gateway/core/scrape.h"

#include <stddef.h>
#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/channelfigures.h"
#include "gateway/core/metrics.h"
#include "gateway/core/verbs.h"
#include "gateway/store/findings.h"
#include "gateway/store/outbox.h"
#include "gateway/store/quarantine.h"

#define FINDINGS_MAX 1000
#define MS 1000

/* What the database says. */
struct figures {
    struct tally_cases cases;
    int64_t outbox[STATE_COUNT], oldest_due_at /* INT64_MAX = nothing is queued */, quarantine, findings;
    struct line_figures line;
};

struct scrape {
    struct scrape_sources sources;
    struct histogram turns, commits;
    struct tally tally, committed; /* the second one: as of the last commit */
    bool has_counted;              /* the two differ */
    bool is_gathered;
    int64_t gathered_at; /* monotonic ms */
    struct figures figures;
};

static const int64_t short_bounds_us[] = { 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000,
    2500000, 5000000, 0 };

int scrape_new(const struct scrape_sources *sources, struct scrape **ret_scrape)
{
    struct scrape *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_NOMEM;
    s->sources = *sources;
    histogram_init(&s->turns, short_bounds_us);
    histogram_init(&s->commits, short_bounds_us);
    tally_init(&s->tally);
    (void)!tally_begin(sources->core->store, &s->tally); /* tried again when somebody asks */
    s->committed = s->tally;
    *ret_scrape = s;
    return 0;
}

void scrape_free(struct scrape *s)
{
    free(s);
}

int scrape_commit(struct scrape *s)
{
    bool is_dirty = store_is_dirty(s->sources.core->store);
    int64_t began_us = clock_mono_us();
    int rc = store_commit(s->sources.core->store);
    if (rc)
        return rc;
    if (is_dirty)
        histogram_add(&s->commits, clock_mono_us() - began_us);
    if (s->has_counted)
        s->committed = s->tally;
    s->has_counted = false;
    return 0;
}

void scrape_undone(struct scrape *s)
{
    if (!s->has_counted)
        return;
    s->tally = s->committed;
    s->has_counted = s->is_gathered = false;
}

void scrape_turned(struct scrape *s, int64_t began_us)
{
    histogram_add(&s->turns, clock_mono_us() - began_us);
}

/* ---- gathering ------------------------------------------------------------------------------------------------- */

static int find_oldest_due(struct store *store, int64_t *ret_due_at)
{
    char channel[NAME_MAX_LEN] = "";
    int rc = 0;
    *ret_due_at = INT64_MAX;
    while (!rc) {
        int64_t due_at = INT64_MAX;
        rc = outbox_next_channel(store, channel, channel);
        if (!rc)
            rc = outbox_next_due(store, channel, &due_at);
        *ret_due_at = due_at < *ret_due_at ? due_at : *ret_due_at;
    }
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int count_finding(void *context, const struct finding_row *row)
{
    int64_t *count = context;
    (void)row;
    ++*count;
    return 0;
}

static int gather(struct scrape *s)
{
    struct core *core = s->sources.core;
    struct figures *f = &s->figures;
    int rc = s->tally.is_begun ? 0 : tally_begin(core->store, &s->tally);
    s->has_counted = true;
    f->findings = 0;
    if (!rc)
        rc = tally_read(core->store, &s->tally);
    if (!rc)
        rc = tally_count_cases(core->store, &f->cases);
    if (!rc)
        rc = outbox_count(core->store, f->outbox);
    if (!rc)
        rc = find_oldest_due(core->store, &f->oldest_due_at);
    if (!rc)
        rc = quarantine_count_since(core->store, 0, &f->quarantine);
    if (!rc)
        rc = findings_list(core->store, true, FINDINGS_MAX, count_finding, &f->findings);
    if (!rc)
        rc = channelfigures_gather(core, s->sources.dispatch, &s->tally, &f->line);
    return rc;
}

static int gather_again(struct scrape *s)
{
    int64_t mono_ms = clock_mono_ms();
    if (s->is_gathered && mono_ms < s->gathered_at + SCRAPE_FRESH_MS)
        return 0;
    int rc = gather(s);
    s->is_gathered = rc == 0;
    s->gathered_at = mono_ms;
    return rc;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void add_by(struct buf *out, enum metric metric, const char *label, const char *value, int64_t count)
{
    const struct metrics_label labels[] = { { label, value }, { NULL, NULL } };
    metrics_add(out, metric, labels, count);
}

static int64_t age_ms(int64_t at, int64_t now_ms)
{
    return at < now_ms ? now_ms - at : 0;
}

static void add_ms(struct buf *out, enum metric metric, int64_t ms)
{
    metrics_begin(out, metric);
    metrics_add_scaled(out, metric, NULL, ms, MS);
}

static void write_messages(const struct tally *tally, struct buf *out)
{
    metrics_begin(out, METRIC_messages_category_total);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        add_by(out, METRIC_messages_category_total, "category", category_word((enum category)i), tally->categories[i]);
    metrics_begin(out, METRIC_messages_urgency_total);
    for (int i = 0; i < URGENCY_COUNT; i++)
        add_by(out, METRIC_messages_urgency_total, "urgency", urgency_word((enum urgency)i), tally->urgencies[i]);
    metrics_add_one(out, METRIC_messages_not_help_total, tally->not_help);
    metrics_begin(out, METRIC_alerts_total);
    for (int i = STATE_alert_open; i < STATE_alert_ended; i++)
        add_by(out, METRIC_alerts_total, "state", state_word((enum state)i), tally->alerts[i]);
    metrics_add_histogram(out, METRIC_case_take_seconds, &tally->taken);
}

static void write_stock(const struct figures *f, int64_t now_ms, struct buf *out)
{
    metrics_begin(out, METRIC_cases_live);
    for (int i = 0; i < URGENCY_COUNT; i++)
        add_by(out, METRIC_cases_live, "urgency", urgency_word((enum urgency)i), f->cases.live[i]);
    metrics_add_one(out, METRIC_cases_untaken_critical, f->cases.untaken_critical);
    add_ms(out, METRIC_cases_untaken_critical_age_seconds, f->cases.oldest_at ? age_ms(f->cases.oldest_at, now_ms) : 0);
    metrics_begin(out, METRIC_outbox_rows);
    for (int i = 0; i < STATE_COUNT; i++)
        if (state_machine_of((enum state)i) == MACHINE_outbox)
            add_by(out, METRIC_outbox_rows, "state", state_word((enum state)i), f->outbox[i]);
    add_ms(out, METRIC_outbox_oldest_due_age_seconds, age_ms(f->oldest_due_at, now_ms));
    metrics_add_one(out, METRIC_quarantine_rows, f->quarantine);
    metrics_add_one(out, METRIC_findings_open, f->findings);
    channelfigures_write(&f->line, out);
}

static void write_storage(const struct outage_state *state, struct buf *out)
{
    metrics_add_one(out, METRIC_storage_failing, state->is_failing);
    metrics_add_one(out, METRIC_storage_degraded, state->since_ms != 0);
    add_ms(out, METRIC_storage_degraded_since_timestamp_seconds, state->since_ms);
    metrics_add_one(out, METRIC_spool_well, state->is_spool_well);
    metrics_add_one(out, METRIC_spool_records, state->waiting);
    metrics_add_one(out, METRIC_spool_aside_records, state->aside);
    metrics_add_one(out, METRIC_storage_refused_requests, state->refused);
}

struct role_sum {
    const char *role;
    int64_t jobs;
};

static void sum_jobs(void *context, const char *name, const char *role, unsigned in_hand, unsigned capacity)
{
    struct role_sum *sum = context;
    (void)name;
    (void)capacity;
    if (str_equal(role, sum->role))
        sum->jobs += in_hand;
}

static void write_workers(const struct workers *workers, struct buf *out)
{
    static const char *const roles[] = { WORKERS_SENDER, WORKERS_MODEM };
    metrics_begin(out, METRIC_workers_connected);
    for (size_t i = 0; i < STR_COUNT(roles); i++)
        add_by(out, METRIC_workers_connected, "role", roles[i], workers_count(workers, roles[i]));
    metrics_begin(out, METRIC_worker_jobs);
    for (size_t i = 0; i < STR_COUNT(roles); i++) {
        struct role_sum sum = { .role = roles[i] };
        workers_each(workers, sum_jobs, &sum);
        add_by(out, METRIC_worker_jobs, "role", roles[i], sum.jobs);
    }
}

/* ---- the listeners --------------------------------------------------------------------------------------------- */

struct listener {
    const char *name;
    const struct http_counters *counters;
};

static void add_http_two(struct buf *out, enum metric metric, const struct listener *listener, const char *label,
    const char *value, uint64_t count)
{
    const struct metrics_label labels[] = { { "listener", listener->name }, { label, value }, { NULL, NULL } };
    metrics_add(out, metric, labels, (int64_t)count);
}

static void write_http_sums(const struct listener *listeners, unsigned count, struct buf *out)
{
    static const struct {
        enum metric metric;
        size_t at;
    } sums[] = {
        { METRIC_http_connections_total, offsetof(struct http_counters, connections) },
        { METRIC_http_requests_total, offsetof(struct http_counters, requests) },
        { METRIC_http_answered_total, offsetof(struct http_counters, answered) },
        { METRIC_http_crowded_out_total, offsetof(struct http_counters, crowded_out) },
        { METRIC_http_aborted_total, offsetof(struct http_counters, aborted) },
        { METRIC_http_no_memory_total, offsetof(struct http_counters, no_memory) },
    };
    for (size_t s = 0; s < STR_COUNT(sums); s++) {
        metrics_begin(out, sums[s].metric);
        for (unsigned i = 0; i < count; i++) {
            const char *bytes = (const char *)listeners[i].counters;
            add_by(out, sums[s].metric, "listener", listeners[i].name,
                (int64_t) * (const uint64_t *)(const void *)(bytes + sums[s].at));
        }
    }
}

static void write_http(const struct scrape *s, struct buf *out)
{
    struct listener listeners[2] = { { "webhooks", http_server_counters(s->sources.webhooks) } };
    unsigned count = 1;
    if (s->sources.console)
        listeners[count++] = (struct listener){ "console", http_server_counters(s->sources.console) };
    metrics_begin(out, METRIC_http_open_connections);
    for (unsigned i = 0; i < count; i++)
        add_by(out, METRIC_http_open_connections, "listener", listeners[i].name, listeners[i].counters->open);
    write_http_sums(listeners, count, out);
    metrics_begin(out, METRIC_http_refused_total);
    for (unsigned i = 0; i < count; i++) {
        for (int v = FRAMING_ok + 1; v < FRAMING_COUNT; v++)
            add_http_two(out, METRIC_http_refused_total, &listeners[i], "reason", framing_word((enum framing_verdict)v),
                listeners[i].counters->refused[v]);
        add_http_two(
            out, METRIC_http_refused_total, &listeners[i], "reason", "unreadable", listeners[i].counters->unreadable);
    }
    metrics_begin(out, METRIC_http_timeouts_total);
    for (unsigned i = 0; i < count; i++) {
        add_http_two(
            out, METRIC_http_timeouts_total, &listeners[i], "kind", "request", listeners[i].counters->request_timeouts);
        add_http_two(
            out, METRIC_http_timeouts_total, &listeners[i], "kind", "idle", listeners[i].counters->idle_timeouts);
    }
}

int scrape_write(struct scrape *s, bool may_read, int64_t now_ms, struct buf *out)
{
    int rc = may_read ? gather_again(s) : 0;
    if (rc)
        return rc;
    metrics_begin(out, METRIC_build_info);
    add_by(out, METRIC_build_info, "version", HELPLINED_VERSION, 1);
    write_storage(outage_look(s->sources.outage), out);
    write_workers(dispatch_workers(s->sources.dispatch), out);
    write_http(s, out);
    metrics_add_histogram(out, METRIC_turn_seconds, &s->turns);
    metrics_add_histogram(out, METRIC_commit_seconds, &s->commits);
    if (s->is_gathered) {
        write_messages(&s->tally, out);
        write_stock(&s->figures, now_ms, out);
    }
    return buf_check(out);
}

static void add_row(void *context, json_t *row)
{
    (void)!json_array_append_new(context, row); /* of a row that finds no memory the document tells by `well` alone */
}

int scrape_write_health(const struct scrape *s, int64_t now_ms, struct buf *out, bool *ret_is_well)
{
    AUTO_JSON *rows = json_array();
    AUTO_JSON *args = json_object();
    if (!rows || !args)
        return ERR_NOMEM;
    struct verb_call call = {
        .core = s->sources.core,
        .dispatch = s->sources.dispatch,
        .actor = "healthz",
        .args = args,
        .now_ms = now_ms,
        .storage = outage_look(s->sources.outage),
        .on_row = add_row,
        .context = rows,
    };
    int rc = verb_health(&call);
    if (rc < 0)
        return rc;
    *ret_is_well = rc == VERB_DONE;
    AUTO_JSON *document = json_pack("{s:b, s:s, s:O}", "well", *ret_is_well, "why", call.why, "rows", rows);
    return document ? json_write(document, out) : ERR_NOMEM;
}
