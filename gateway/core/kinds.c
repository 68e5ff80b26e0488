/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds - see kinds.h.
 * Why an address is tried by building a message to it: the channel alone knows what it can send to, and this is the
 * code that will have to do it.
 */
#include "gateway/core/kinds.h"

#include "handlers/registry.h"

static bool kind_at(size_t index, struct config_kind *ret_kind)
{
    const struct channel_ops *ops = registry_at(index);
    if (!ops)
        return false;
    *ret_kind = (struct config_kind){ .kind = ops->kind,
        .summary = ops->summary,
        .receives = ops->caps & CHANNEL_RECEIVES,
        .sends = ops->caps & CHANNEL_SENDS,
        .is_sms = ops->caps & CHANNEL_SMS,
        .takes_contacts = ops->caps & CHANNEL_ALERTS,
        .polls = ops->caps & CHANNEL_POLLS,
        .keys = ops->keys,
        .check = ops->check };
    return true;
}

int kinds_probe(const struct channel_ops *ops, const struct settings *settings, const char *to, struct transmit *out)
{
    const struct alert_view alert = { .case_id = 1000,
        .alert_id = "probe",
        .code = "BCDF",
        .urgency = URGENCY_urgent,
        .categories = CATEGORY_BIT(unclear),
        .language = "und",
        .country = "",
        .verification = "unverified",
        .message_count = 1 };
    const struct sms_out probe = {
        .id = "probe", .from = "", .to = to, .subject = "probe", .text = "probe", .alert = &alert, .attempt = 1
    };
    return ops->build_send ? ops->build_send(settings, &probe, out) : ERR_UNSUPPORTED;
}

static int check_address(const char *kind, const struct settings *settings, const char *to, struct error *error)
{
    const struct channel_ops *ops = registry_find(kind);
    struct transmit built;
    if (!ops || !ops->build_send)
        return error_set(error, ERR_INVALID, "a channel of kind `%s` cannot send", kind);
    transmit_init(&built);
    int code = kinds_probe(ops, settings, to, &built);
    transmit_done(&built);
    return code ? error_set(error, ERR_INVALID, "a channel of kind `%s` cannot send to this address", kind) : 0;
}

const struct config_registry kinds_registry = { kind_at, check_address };
