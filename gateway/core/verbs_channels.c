/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_channels - is a channel set up as it should be? Not here: the list of them (verbs_line). */
#include <stdio.h>

#include "gateway/core/checkup.h"
#include "gateway/core/verbs.h"

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
