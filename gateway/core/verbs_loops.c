/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_loops - the tests of the line itself: the list of them, and what health and figures say of them. */
#include "gateway/core/verbs_loops.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/core/looptest.h"
#include "gateway/store/outbox.h"

static const char *loop_state(const struct config_loop_test *test, const struct loop_summary *summary)
{
    if (!looptest_is_on(test))
        return "off";
    if (looptest_is_failing(summary))
        return "failing";
    return summary->settled.id ? "ok" : "new";
}

static json_t *ms_or_null(int64_t ms)
{
    return ms < 0 ? json_null() : json_integer(ms);
}

/* What became of the sending: tells which of the two channels is to be looked at. */
static int find_sending(const struct verb_call *call, const struct loop_row *row, const char **ret_word)
{
    struct outbox_row out;
    *ret_word = "";
    int rc = row->id ? outbox_get(call->core->store, row->outbox_id, &out) : ERR_NOT_FOUND;
    if (!rc)
        *ret_word = state_word(out.state);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int add_test(struct verb_call *call, const struct config_loop_test *test)
{
    struct loop_summary sum;
    const char *sending;
    int rc = loops_sum_up(call->core->store, test->from->name, test->to->name, &sum);
    if (!rc)
        rc = find_sending(call, &sum.last, &sending);
    if (rc)
        return rc;
    json_t *row = json_pack("{s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:I, s:I, s:I}", "from", test->from->name, "to",
        test->to->name, "state", loop_state(test, &sum), "last_at", verb_time(sum.last.started_at), "last_state",
        sum.last.id ? state_word(sum.last.state) : "", "last_sending", sending, "passed_at",
        verb_time(sum.passed.arrived_at), "latency_ms", ms_or_null(looptest_latency_ms(&sum.passed)), "failures",
        (json_int_t)sum.failures, "passed_30d", (json_int_t)sum.passed_count, "failed_30d", (json_int_t)sum.bad_count);
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return 0;
}

int verb_loops_list(struct verb_call *call)
{
    const struct config *config = call->core->config;
    int rc = 0;
    for (unsigned i = 0; !rc && i < config->loop_test_count; i++)
        rc = add_test(call, &config->loop_tests[i]);
    return rc;
}

int verbs_loops_health(const struct verb_call *call, struct loops_health *ret_health)
{
    const struct config *config = call->core->config;
    struct loops_health *health = ret_health;
    int rc = 0;
    *health = (struct loops_health){ .latency_ms = -1 };
    for (unsigned i = 0; !rc && i < config->loop_test_count; i++) {
        const struct config_loop_test *test = &config->loop_tests[i];
        struct loop_summary sum;
        if (!looptest_is_on(test))
            continue;
        rc = loops_sum_up(call->core->store, test->from->name, test->to->name, &sum);
        if (rc)
            break;
        int64_t latency_ms = looptest_latency_ms(&sum.passed);
        health->count++;
        health->failing += looptest_is_failing(&sum);
        health->latency_ms = latency_ms > health->latency_ms ? latency_ms : health->latency_ms;
        health->passed_at = sum.passed.arrived_at > health->passed_at ? sum.passed.arrived_at : health->passed_at;
    }
    return rc;
}

static int add_figure(struct verb_call *call, const char *by, const struct config_loop_test *test, int64_t count)
{
    char value[2 * NAME_MAX_LEN + 4];
    (void)snprintf(value, sizeof value, "%s > %s", test->from->name, test->to->name);
    json_t *row = json_pack("{s:s, s:s, s:I}", "by", by, "value", value, "cases", (json_int_t)count);
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return 0;
}

int verbs_loops_figures(struct verb_call *call)
{
    const struct config *config = call->core->config;
    int rc = 0;
    for (unsigned i = 0; !rc && i < config->loop_test_count; i++) {
        const struct config_loop_test *test = &config->loop_tests[i];
        struct loop_summary sum;
        rc = loops_sum_up(call->core->store, test->from->name, test->to->name, &sum);
        if (!rc)
            rc = add_figure(call, "loop tests passed, 30 d", test, sum.passed_count);
        if (!rc)
            rc = add_figure(call, "loop tests failed, 30 d", test, sum.bad_count);
        if (!rc && sum.passed.id)
            rc = add_figure(call, "loop test latency, ms", test, looptest_latency_ms(&sum.passed));
    }
    return rc;
}
