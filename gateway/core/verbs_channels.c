/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_channels - how the channels are, and whether one of them is set up as it should be. */
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/core/catchup.h"
#include "gateway/core/checkup.h"
#include "gateway/core/verbs.h"
#include "gateway/core/verbs_modems.h"
#include "gateway/store/messages.h"

#define NEWEST_MAX 1000 /* messages that are looked through for when a channel received last */

/* ---- the list -------------------------------------------------------------------------------------------------- */

static const char *signature_word(const struct config_channel *channel)
{
    if (!channel->receives)
        return "";
    return channel->is_shadow ? "shadow" : "enforce";
}

/* What is left empty is not read from a list. */
static int look_at_list(const struct verb_call *call, const struct config_channel *channel, struct poll_row *ret_row)
{
    int rc = catchup_look(call->core, channel, ret_row);
    if (rc == ERR_NOT_FOUND)
        *ret_row = (struct poll_row){ .outcome = OUTCOME_sent };
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

/* By the place of the channel in the configuration; 0 = not among the newest messages. */
struct received {
    const struct config *config;
    int64_t at[CONFIG_CHANNELS_MAX];
};

static int note_received(void *context, const struct message_row *row)
{
    struct received *received = context;
    const struct config_channel *channel =
        row->direction == MESSAGE_IN ? config_find_channel(received->config, row->channel) : NULL;
    int64_t *at = channel ? &received->at[channel - received->config->channels] : NULL;
    if (at && row->received_at > *at)
        *at = row->received_at;
    return 0;
}

/* What a modem says of itself is newer than what the daemon knows. */
static int add_times(json_t *row, int64_t received_at, int64_t sent_at)
{
    bool is_known = !json_is_null(json_object_get(row, "last_received_at"));
    if (!is_known && json_object_set_new(row, "last_received_at", verb_time(received_at)))
        return ERR_NOMEM;
    is_known = !json_is_null(json_object_get(row, "last_sent_at"));
    return !is_known && json_object_set_new(row, "last_sent_at", verb_time(sent_at)) ? ERR_NOMEM : 0;
}

static const char *channel_state(
    const struct verb_call *call, const struct config_channel *channel, const struct dispatch_health *health)
{
    if (!channel->is_enabled)
        return "off";
    if (health->is_paused)
        return "paused";
    return health->is_resting ? "resting" : verbs_modems_state(call, channel);
}

static int add_channel(struct verb_call *call, const struct config_channel *channel, int64_t received_at)
{
    struct dispatch_health health;
    struct poll_row list;
    int64_t unproved = 0;
    dispatch_channel_health(call->dispatch, channel->name, &health);
    int rc = look_at_list(call, channel, &list);
    if (!rc)
        rc = messages_count_unproved(call->core->store, channel->name, &unproved);
    if (rc)
        return rc;
    json_t *row = json_pack("{s:s, s:s, s:s, s:b, s:b, s:s, s:i, s:i, s:o, s:s, s:I, s:s, s:I}", "channel",
        channel->name, "kind", channel->kind, "state", channel_state(call, channel, &health), "receives",
        (int)channel->receives, "sends", (int)channel->sends, "country", channel->country, "in_flight",
        (int)health.in_flight, "failures", (int)health.failures, "last_poll_at", verb_time(list.polled_at),
        "poll_error", list.outcome == OUTCOME_sent ? "" : outcome_word(list.outcome), "late_found",
        (json_int_t)list.late_found, "signature", signature_word(channel), "unproved", (json_int_t)unproved);
    rc = row ? verbs_modems_describe(call, channel, row) : ERR_NOMEM;
    if (!rc)
        rc = add_times(row, received_at, health.last_sent_at);
    if (rc)
        json_decref(row);
    else
        verb_row(call, row);
    return rc;
}

int verb_channels_list(struct verb_call *call)
{
    const struct config *config = call->core->config;
    struct received received = { .config = config };
    struct messages_filter filter = { .limit = NEWEST_MAX };
    int rc = messages_list(call->core->store, &filter, note_received, &received);
    for (unsigned i = 0; !rc && i < config->channel_count; i++)
        rc = add_channel(call, &config->channels[i], received.at[i]);
    return rc;
}

/* ---- one of them ----------------------------------------------------------------------------------------------- */

struct result {
    struct verb_call *call;
    unsigned wrong;
    bool is_out_of_memory;
};

static void add_row(void *context, const char *check, enum checkup_state state, const char *sentence)
{
    struct result *result = context;
    json_t *row = json_pack("{s:s, s:s, s:s}", "check", check, "state", checkup_word(state), "what", sentence);
    result->wrong += state == CHECKUP_WRONG;
    result->is_out_of_memory |= !row;
    if (row)
        verb_row(result->call, row);
}

int verb_channels_test(struct verb_call *call)
{
    const char *name = verb_text(call, "channel");
    const struct config_channel *channel = config_find_channel(call->core->config, name);
    struct result result = { .call = call };
    if (!channel)
        return verb_refuse(call, "there is no channel of that name; channels list names them");
    int rc = checkup_run(call->core, call->dispatch, channel, call->now_ms, add_row, &result);
    if (rc || result.is_out_of_memory)
        return rc ? rc : ERR_NOMEM;
    if (result.wrong)
        return verb_refuse(call, "wrong: %u; put these right and ask again (nothing was sent or stored)", result.wrong);
    bool was_paused = dispatch_resume_channel(call->dispatch, name);
    (void)snprintf(call->why, sizeof call->why, "nothing is wrong (nothing was sent or stored)%s",
        was_paused ? "; it was paused, and is tried again now" : "");
    return VERB_DONE;
}
