/* SPDX-License-Identifier: GPL-3.0-or-later */
/* waiting - see waiting.h. */
#include "gateway/core/waiting.h"

#include "gateway/base/str.h"
#include "gateway/core/modemwatch.h"

static void look_at_modem(struct dispatch *dispatch, const char *channel, struct waiting_channel *ret)
{
    struct modem_health health;
    (void)!modems_health(dispatch_modems(dispatch), channel, &health); /* filled in any case */
    ret->is_absent = !health.is_connected;
    ret->is_unready = !modemwatch_is_well(&health);
    ret->has_sender = true;
}

void waiting_look(struct core *core, struct dispatch *dispatch, const char *channel, struct waiting_channel *ret)
{
    const struct config_channel *found = config_find_channel(core->config, channel);
    struct dispatch_health health;
    *ret = (struct waiting_channel){ .is_configured = found != NULL };
    if (!found)
        return;
    dispatch_channel_health(dispatch, channel, &health);
    ret->is_on = found->is_enabled && found->sends;
    ret->is_paused = health.is_paused;
    ret->is_resting = health.is_resting;
    if (modemwatch_is_modem(found))
        look_at_modem(dispatch, channel, ret);
    else
        ret->has_sender = str_equal(found->kind, "loopback") || workers_count(dispatch_workers(dispatch), "sender") > 0;
}

static const char *word_of_time(const struct outbox_row *row)
{
    if (str_equal(row->provider_code, OUTBOX_PUT_OFF))
        return "hours";
    return row->attempt > 0 ? "retry" : "later";
}

static const char *word_of_channel(const struct waiting_channel *channel)
{
    if (channel->is_paused)
        return "paused";
    if (channel->is_absent)
        return "modem_absent";
    if (channel->is_unready)
        return "modem_unready";
    if (!channel->has_sender)
        return "no_sender";
    return channel->is_resting ? "resting" : "next";
}

const char *waiting_word(const struct outbox_row *row, const struct waiting_channel *channel, int64_t now_ms)
{
    if (row->state == STATE_outbox_leased)
        return "sending";
    if (row->state == STATE_outbox_dead)
        return "dead";
    if (row->state != STATE_outbox_queued)
        return "";
    if (!channel->is_configured)
        return "no_channel";
    if (!channel->is_on)
        return "channel_off";
    return row->due_at > now_ms ? word_of_time(row) : word_of_channel(channel);
}
