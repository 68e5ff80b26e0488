/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_modems - see verbs_modems.h. */
#include "gateway/core/verbs_modems.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/core/credit.h"
#include "gateway/core/modemwatch.h"

static void look(const struct verb_call *call, const struct config_channel *channel, struct modem_health *ret_health)
{
    (void)!modems_health(dispatch_modems(call->dispatch), channel->name, ret_health); /* filled in any case */
}

/* The numbers of +CREG (3GPP TS 27.007, 7.2). */
static const char *registration_word(int registration)
{
    static const char *const words[] = { "none", "home", "searching", "denied", "unknown", "roaming", "home, SMS only",
        "roaming, SMS only", "emergency only", "home", "roaming" };
    return registration >= 0 && (size_t)registration < STR_COUNT(words) ? words[registration] : "";
}

static json_t *number_or_null(int64_t number)
{
    return number < 0 ? json_null() : json_integer(number);
}

static json_t *storage_of(const struct modem_health *health)
{
    char text[48];
    if (health->storage_used < 0 || health->storage_total <= 0)
        return json_null();
    (void)snprintf(text, sizeof text, "%lld/%lld", (long long)health->storage_used, (long long)health->storage_total);
    return json_string(text);
}

/* The amount alone: the rest of the operator's text is its own. */
static json_t *credit_of(const struct modem_health *health)
{
    char text[32];
    int64_t credit;
    if (!credit_read(span_of(health->ussd), &credit))
        return json_null();
    (void)snprintf(text, sizeof text, "%lld.%02lld", (long long)(credit / 100), (long long)(credit % 100));
    return json_string(text);
}

static json_t *describe_modem(const struct modem_health *health)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:s}", "problem", health->problem, "registration",
        registration_word(health->registration), "operator", health->operator_name, "signal",
        number_or_null(health->signal), "storage", storage_of(health), "credit", credit_of(health), "last_received_at",
        verb_time(health->last_received_at), "last_sent_at", verb_time(health->last_sent_at), "restarts",
        (json_int_t)health->restarts, "model", health->model);
}

static json_t *describe_other(void)
{
    return json_pack("{s:s, s:s, s:s, s:n, s:n, s:n, s:n, s:n, s:n, s:s}", "problem", "", "registration", "",
        "operator", "", "signal", "storage", "credit", "last_received_at", "last_sent_at", "restarts", "model", "");
}

int verbs_modems_describe(const struct verb_call *call, const struct config_channel *channel, json_t *row)
{
    struct modem_health health;
    if (modemwatch_is_modem(channel))
        look(call, channel, &health);
    AUTO_JSON *more = modemwatch_is_modem(channel) ? describe_modem(&health) : describe_other();
    return more && json_object_update(row, more) == 0 ? 0 : ERR_NOMEM;
}

const char *verbs_modems_state(const struct verb_call *call, const struct config_channel *channel)
{
    struct modem_health health;
    if (!modemwatch_is_modem(channel))
        return "ok";
    look(call, channel, &health);
    if (!health.is_connected)
        return "absent";
    return modemwatch_is_well(&health) ? "ok" : "not_ready";
}

static bool is_modem_on(const struct config_channel *channel)
{
    return channel->is_enabled && modemwatch_is_modem(channel);
}

void verbs_modems_sum_up(const struct verb_call *call, struct modems_summary *ret_summary)
{
    const struct config *config = call->core->config;
    *ret_summary = (struct modems_summary){ .troubled = "" };
    for (unsigned i = 0; i < config->channel_count; i++) {
        if (!is_modem_on(&config->channels[i]))
            continue;
        bool is_well = str_equal(verbs_modems_state(call, &config->channels[i]), "ok");
        ret_summary->count++;
        ret_summary->well += is_well;
        if (!is_well && !ret_summary->troubled[0])
            str_copy(ret_summary->troubled, sizeof ret_summary->troubled, config->channels[i].name);
    }
}

int verbs_modems_health(struct verb_call *call)
{
    const struct config *config = call->core->config;
    int rc = 0;
    for (unsigned i = 0; !rc && i < config->channel_count; i++) {
        const struct config_channel *channel = &config->channels[i];
        if (!is_modem_on(channel))
            continue;
        json_t *row = json_pack("{s:s, s:s, s:s}", "section", "modem", "channel", channel->name, "state",
            verbs_modems_state(call, channel));
        rc = row ? verbs_modems_describe(call, channel, row) : ERR_NOMEM;
        if (rc)
            json_decref(row);
        else
            verb_row(call, row);
    }
    return rc;
}
