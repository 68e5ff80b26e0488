/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channelfigures - see channelfigures.h. */
#include "gateway/core/channelfigures.h"

#include <stddef.h>

#include "gateway/base/str.h"
#include "gateway/core/catchup.h"
#include "gateway/core/credit.h"
#include "gateway/core/looptest.h"
#include "gateway/core/metrics.h"
#include "gateway/core/modemwatch.h"
#include "gateway/store/loops.h"

#define MS 1000
#define HUNDREDTHS 100

/* ---- gathering ------------------------------------------------------------------------------------------------- */

static int64_t known(int64_t value)
{
    return value < 0 ? FIGURE_NONE : value;
}

static int64_t time_or_none(int64_t at)
{
    return at ? at : FIGURE_NONE;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static void gather_modem(const struct modem_health *health, struct channel_figures *figures)
{
    int64_t credit;
    figures->ready = modemwatch_is_well(health);
    figures->signal = known(health->signal);
    figures->registration = known(health->registration);
    figures->used = known(health->storage_used);
    figures->slots = known(health->storage_total);
    figures->restarts = health->restarts;
    if (credit_read(span_of(health->ussd), &credit))
        figures->credit = credit;
    figures->last_received_at = later(figures->last_received_at, time_or_none(health->last_received_at));
    figures->last_sent_at = later(figures->last_sent_at, time_or_none(health->last_sent_at));
}

static const char *state_of(
    const struct config_channel *channel, const struct dispatch_health *health, const struct modem_health *modem)
{
    if (!channel->is_enabled)
        return "off";
    if (health->is_paused || health->is_resting)
        return health->is_paused ? "paused" : "resting";
    if (!modem || modemwatch_is_well(modem))
        return "ok";
    return modem->is_connected ? "not_ready" : "absent";
}

static int gather_channel(struct core *core, struct dispatch *dispatch, const struct config_channel *channel,
    const struct tally *tally, struct channel_figures *figures)
{
    const struct tally_channel *seen = tally_find_channel(tally, channel->name);
    bool is_modem = channel->is_enabled && modemwatch_is_modem(channel);
    struct dispatch_health health;
    struct modem_health modem;
    struct poll_row list;
    dispatch_channel_health(dispatch, channel->name, &health);
    *figures = (struct channel_figures){ .received = seen ? seen->received : 0,
        .failures = health.failures,
        .in_flight = health.in_flight,
        .last_received_at = seen ? seen->last_received_at : FIGURE_NONE,
        .last_sent_at = time_or_none(health.last_sent_at),
        .list_failures = FIGURE_NONE,
        .ready = FIGURE_NONE,
        .signal = FIGURE_NONE,
        .registration = FIGURE_NONE,
        .credit = FIGURE_NONE,
        .used = FIGURE_NONE,
        .slots = FIGURE_NONE,
        .restarts = FIGURE_NONE };
    str_copy(figures->name, sizeof figures->name, channel->name);
    str_copy(figures->kind, sizeof figures->kind, channel->kind);
    if (!channel->receives)
        figures->received = FIGURE_NONE;
    if (is_modem) {
        (void)!modems_health(dispatch_modems(dispatch), channel->name, &modem); /* filled in any case */
        gather_modem(&modem, figures);
    }
    figures->state = state_of(channel, &health, is_modem ? &modem : NULL);
    int rc = catchup_look(core, channel, &list);
    if (!rc)
        figures->list_failures = list.failures;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int gather_loop(struct core *core, const struct config_loop_test *test, struct loop_figures *figures)
{
    struct loop_summary sum;
    int rc = loops_sum_up(core->store, test->from->name, test->to->name, &sum);
    if (rc)
        return rc;
    *figures = (struct loop_figures){ .failing = looptest_is_failing(&sum),
        .latency_ms = known(looptest_latency_ms(&sum.passed)),
        .passed_at = time_or_none(sum.passed.arrived_at) };
    str_copy(figures->from, sizeof figures->from, test->from->name);
    str_copy(figures->to, sizeof figures->to, test->to->name);
    return 0;
}

int channelfigures_gather(
    struct core *core, struct dispatch *dispatch, const struct tally *tally, struct line_figures *ret_line)
{
    const struct config *config = core->config;
    int rc = 0;
    ret_line->channel_count = ret_line->loop_count = 0;
    for (unsigned i = 0; !rc && i < config->channel_count; i++)
        rc =
            gather_channel(core, dispatch, &config->channels[i], tally, &ret_line->channels[ret_line->channel_count++]);
    for (unsigned i = 0; !rc && i < config->loop_test_count; i++)
        if (looptest_is_on(&config->loop_tests[i]))
            rc = gather_loop(core, &config->loop_tests[i], &ret_line->loops[ret_line->loop_count++]);
    return rc;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

struct column {
    enum metric metric;
    int64_t scale;
    size_t at;
};
#define COLUMN(metric, scale, type, field)                                                                             \
    {                                                                                                                  \
        METRIC_##metric, scale, offsetof(struct type, field)                                                           \
    }

static const struct column channel_columns[] = {
    COLUMN(messages_received_total, 1, channel_figures, received),
    COLUMN(channel_failures, 1, channel_figures, failures),
    COLUMN(channel_in_flight, 1, channel_figures, in_flight),
    COLUMN(channel_last_received_timestamp_seconds, MS, channel_figures, last_received_at),
    COLUMN(channel_last_sent_timestamp_seconds, MS, channel_figures, last_sent_at),
    COLUMN(channel_list_failures, 1, channel_figures, list_failures),
    COLUMN(modem_ready, 1, channel_figures, ready),
    COLUMN(modem_signal, 1, channel_figures, signal),
    COLUMN(modem_registration, 1, channel_figures, registration),
    COLUMN(modem_credit, HUNDREDTHS, channel_figures, credit),
    COLUMN(modem_storage_used, 1, channel_figures, used),
    COLUMN(modem_storage_slots, 1, channel_figures, slots),
    COLUMN(modem_restarts_total, 1, channel_figures, restarts),
};
static const struct column loop_columns[] = {
    COLUMN(loop_test_failing, 1, loop_figures, failing),
    COLUMN(loop_test_latency_seconds, MS, loop_figures, latency_ms),
    COLUMN(loop_test_last_passed_timestamp_seconds, MS, loop_figures, passed_at),
};

static int64_t value_at(const void *row, size_t at)
{
    return *(const int64_t *)(const void *)((const char *)row + at);
}

static void write_states(const struct line_figures *line, struct buf *out)
{
    static const char *const states[] = { "ok", "off", "paused", "resting", "absent", "not_ready" };
    metrics_begin(out, METRIC_channel_info);
    for (unsigned i = 0; i < line->channel_count; i++) {
        const struct metrics_label labels[] = { { "channel", line->channels[i].name },
            { "kind", line->channels[i].kind }, { NULL, NULL } };
        metrics_add(out, METRIC_channel_info, labels, 1);
    }
    metrics_begin(out, METRIC_channel_state);
    for (unsigned i = 0; i < line->channel_count * STR_COUNT(states); i++) {
        const struct channel_figures *channel = &line->channels[i / STR_COUNT(states)];
        const char *state = states[i % STR_COUNT(states)];
        const struct metrics_label labels[] = { { "channel", channel->name }, { "state", state }, { NULL, NULL } };
        metrics_add(out, METRIC_channel_state, labels, str_equal(state, channel->state));
    }
}

void channelfigures_write(const struct line_figures *line, struct buf *out)
{
    write_states(line, out);
    for (size_t c = 0; c < STR_COUNT(channel_columns); c++) {
        const struct column *column = &channel_columns[c];
        metrics_begin(out, column->metric);
        for (unsigned i = 0; i < line->channel_count; i++) {
            const struct metrics_label labels[] = { { "channel", line->channels[i].name }, { NULL, NULL } };
            int64_t value = value_at(&line->channels[i], column->at);
            if (value != FIGURE_NONE)
                metrics_add_scaled(out, column->metric, labels, value, column->scale);
        }
    }
    for (size_t c = 0; c < STR_COUNT(loop_columns); c++) {
        const struct column *column = &loop_columns[c];
        metrics_begin(out, column->metric);
        for (unsigned i = 0; i < line->loop_count; i++) {
            const struct metrics_label labels[] = { { "from", line->loops[i].from }, { "to", line->loops[i].to },
                { NULL, NULL } };
            int64_t value = value_at(&line->loops[i], column->at);
            if (value != FIGURE_NONE)
                metrics_add_scaled(out, column->metric, labels, value, column->scale);
        }
    }
}
