/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_health - is the line well? One record of the whole, then one of each modem. */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/core/catchup.h"
#include "gateway/core/modemwatch.h"
#include "gateway/core/verbs.h"
#include "gateway/core/verbs_loops.h"
#include "gateway/core/verbs_modems.h"
#include "gateway/store/outbox.h"

/* Lists that are not read although they should be: what no webhook brings is not noticed then. */
static int count_failing_lists(const struct verb_call *call, int *ret_count)
{
    const struct config *config = call->core->config;
    int rc = 0;
    *ret_count = 0;
    for (unsigned i = 0; !rc && i < config->channel_count; i++) {
        struct poll_row list;
        rc = catchup_look(call->core, &config->channels[i], &list);
        *ret_count += !rc && list.failures > 0;
        rc = rc == ERR_NOT_FOUND ? 0 : rc;
    }
    return rc;
}

/* Channels that take in what nobody has proved. */
static unsigned count_shadows(const struct config *config)
{
    unsigned count = 0;
    for (unsigned i = 0; i < config->channel_count; i++)
        count += config->channels[i].is_enabled && config->channels[i].receives && config->channels[i].is_shadow;
    return count;
}

static int add_storage(const struct outage_state *storage, json_t *row)
{
    static const char *const ballast[] = {
        [BALLAST_OFF] = "off", [BALLAST_KEPT] = "kept", [BALLAST_MISSING] = "missing"
    };
    json_t *more = json_pack("{s:b, s:o, s:i, s:i, s:i, s:s, s:s}", "degraded", (int)(storage->since_ms != 0),
        "degraded_since", verb_time(storage->since_ms), "spooled", (int)storage->waiting, "spool_aside",
        (int)storage->aside, "refused", (int)storage->refused, "spool", storage->is_spool_well ? "ok" : "failing",
        "ballast", ballast[storage->ballast]);
    int rc = more && json_object_update(row, more) == 0 ? 0 : ERR_NOMEM;
    json_decref(more);
    return rc;
}

/* A line of modems alone has nothing for a sender to do. */
static bool needs_sender(const struct config *config)
{
    for (unsigned i = 0; i < config->channel_count; i++) {
        const struct config_channel *channel = &config->channels[i];
        bool is_in_house = modemwatch_is_modem(channel) || str_equal(channel->kind, "loopback");
        if (channel->is_enabled && !is_in_house && (channel->sends || channel->polls))
            return true;
    }
    return false;
}

struct line_health {
    int64_t counts[STATE_COUNT];
    int failing_lists;
    struct loops_health loops;
    struct modems_summary modems;
    unsigned senders;
};

static int look_at_line(const struct verb_call *call, struct line_health *line)
{
    int rc = outbox_count(call->core->store, line->counts);
    if (!rc)
        rc = count_failing_lists(call, &line->failing_lists);
    if (!rc)
        rc = verbs_loops_health(call, &line->loops);
    verbs_modems_sum_up(call, &line->modems);
    line->senders = workers_count(dispatch_workers(call->dispatch), "sender");
    return rc;
}

/* Nothing when it is well. */
static void write_trouble(struct verb_call *call, const struct line_health *line)
{
    const char *what = NULL;
    if (call->storage->is_failing)
        what = "the database does not take writes";
    else if (!line->senders && needs_sender(call->core->config))
        what = "no sender is connected: nothing can go out";
    else if (call->storage->since_ms)
        what = "what was kept in the spool is being taken in";
    if (what)
        (void)snprintf(call->why, sizeof call->why, "%s", what);
    else if (line->modems.troubled[0])
        (void)snprintf(call->why, sizeof call->why, "modem %s is not ready: see its problem in channels list",
            line->modems.troubled);
}

static json_t *describe_line(const struct verb_call *call, const struct line_health *line)
{
    const struct config *config = call->core->config;
    const int64_t *counts = line->counts;
    json_int_t gone = counts[STATE_outbox_sent] + counts[STATE_outbox_delivered];
    return json_pack("{s:s, s:s, s:i, s:I, s:I, s:I, s:I, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o, s:i, s:i}", "line",
        call->why[0] ? "in trouble" : "ok", "storage",
        call->storage->is_failing ? store_last_error(call->core->store) : "ok", "senders", (int)line->senders,
        "outbox_queued", (json_int_t)counts[STATE_outbox_queued], "outbox_leased",
        (json_int_t)counts[STATE_outbox_leased], "outbox_sent", gone, "outbox_dead",
        (json_int_t)counts[STATE_outbox_dead], "channels", (int)config->channel_count, "contacts",
        (int)config->contact_count, "lists_failing", line->failing_lists, "shadow", (int)count_shadows(config), "loops",
        (int)line->loops.count, "loops_failing", (int)line->loops.failing, "loop_passed_at",
        verb_time(line->loops.passed_at), "loop_latency_ms",
        line->loops.latency_ms < 0 ? json_null() : json_integer(line->loops.latency_ms), "modems",
        (int)line->modems.count, "modems_ready", (int)line->modems.well);
}

int verb_health(struct verb_call *call)
{
    struct line_health line = { .failing_lists = 0 };
    int rc = look_at_line(call, &line);
    if (rc)
        return rc;
    write_trouble(call, &line);
    json_t *row = describe_line(call, &line);
    rc = row ? add_storage(call->storage, row) : ERR_NOMEM;
    if (rc) {
        json_decref(row);
        return rc;
    }
    verb_row(call, row);
    rc = verbs_modems_health(call);
    return rc ? rc : call->why[0] ? VERB_REFUSED : VERB_DONE;
}
