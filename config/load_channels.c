/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_channels - the channels: common keys from daemon.c, the others from the kind's own table. */
#include <string.h>

#include "config/load.h"
#include "config/settings.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"

#define KINDS_MAX 64

static bool find_kind(const struct config_registry *registry, const char *word, struct config_kind *ret_kind)
{
    for (size_t i = 0; registry->kind_at(i, ret_kind); i++)
        if (str_equal(ret_kind->kind, word))
            return true;
    return false;
}

static void refuse_kind(struct load *load, int line, const char *where, const char *word)
{
    const char *names[KINDS_MAX];
    struct config_kind kind;
    size_t count = 0;
    for (; count < KINDS_MAX && load->registry->kind_at(count, &kind); count++)
        names[count] = kind.kind;
    load_refuse_name(load, line, where, "channel kind", word, names, count);
}

/* One channel on its way. */
struct entry {
    const struct conf_node *node;
    char where[LOAD_WHERE_MAX];
    bool is_kind_known;
    struct config_kind kind;
    struct settings *common, *own;
};

static int read_entry(struct load *load, struct entry *entry)
{
    const struct key *common = daemon_table(DAEMON_CHANNELS)->keys;
    entry->common = memory_settings(load->memory, common);
    entry->own = entry->is_kind_known ? memory_settings(load->memory, entry->kind.keys) : NULL;
    if (!entry->common || (entry->is_kind_known && !entry->own))
        return ERR_NOMEM;
    return reader_read(&load->reader, &(struct reader_group){ .node = entry->node,
                                          .where = entry->where,
                                          .tables = { { common, entry->common }, { entry->kind.keys, entry->own } },
                                          .table_count = entry->is_kind_known ? 2 : 1,
                                          .any_key = !entry->is_kind_known });
}

static void set_direction(struct load *load, const struct entry *entry, struct config_channel *channel)
{
    const char *direction = settings_text(entry->common, "direction");
    channel->receives = entry->kind.receives && !str_equal(direction, "out");
    channel->sends = entry->kind.sends && !str_equal(direction, "in");
    if (entry->is_kind_known && !channel->receives && !channel->sends)
        report_error(load->report, load_line(entry->node, "direction"), entry->where,
            "`direction` is \"%s\", but a channel of kind `%s` can only %s", direction, entry->kind.kind,
            entry->kind.receives ? "receive" : "send");
}

/* A channel that is only written to has nothing to fetch; a kind that cannot receive may still have answers to fetch.
 */
static void set_catch_up(const struct entry *entry, struct config_channel *channel)
{
    channel->catch_up_ms = settings_int(entry->common, "catch_up");
    channel->catch_up_max_ms = settings_int(entry->common, "catch_up_max");
    channel->polls = entry->kind.polls && channel->catch_up_ms > 0 && (channel->receives || !entry->kind.receives);
}

static void set_common(struct load *load, const struct entry *entry, struct config_channel *channel)
{
    const struct settings *common = entry->common;
    channel->is_enabled = settings_bool(common, "enabled");
    channel->in_flight_max = (unsigned)settings_int(common, "in_flight_max");
    channel->attempts_max = (unsigned)settings_int(common, "attempts_max");
    channel->retry_first_ms = settings_int(common, "retry_first");
    channel->retry_max_ms = settings_int(common, "retry_max");
    if (channel->retry_first_ms > channel->retry_max_ms)
        report_error(load->report, load_line(entry->node, "retry_first"), entry->where,
            "`retry_first` is longer than `retry_max`");
    channel->is_shadow = str_equal(settings_text(common, "signature"), "shadow");
    const char *country = settings_text(common, "country");
    if (*country && !phone_country_name(country))
        report_error(load->report, load_line(entry->node, "country"), entry->where,
            "`country` is not an ISO 3166 code known here, such as \"PH\"");
    (void)str_copy(channel->country, sizeof channel->country, country);
    load_senders(load, entry->node, entry->where, common, channel);
}

/* Some kinds have a key of this name for a purpose of their own; there it need not be a telephone number. */
static int set_number(struct load *load, const struct entry *entry, struct config_channel *channel)
{
    char number[PHONE_MAX];
    const char *written = settings_text(entry->common, "number");
    bool has_own = entry->is_kind_known && settings_find_key(entry->kind.keys, "number");
    channel->number = "";
    if (!*written)
        return 0;
    if (phone_normalise(written, NULL, number) != PHONE_E164) {
        if (!has_own)
            report_error(load->report, load_line(entry->node, "number"), entry->where,
                "`number` is not a telephone number with + and country code, such as \"+639175550100\"");
        return 0;
    }
    channel->number = memory_copy(load->memory, number);
    return channel->number ? 0 : ERR_NOMEM;
}

/* Loud wherever the configuration is read: at start, at a reload, and by --check-config. */
static void warn_shadow(struct load *load, const struct entry *entry, const struct config_channel *channel)
{
    if (channel->is_shadow && channel->receives && channel->is_enabled)
        report_warn(load->report, load_line(entry->node, "signature"), entry->where,
            "`signature` is \"shadow\": whoever knows the address of this channel can send texts in anybody's name; "
            "they are marked as unproved. Set it back to \"enforce\" as soon as `channels test %s` finds nothing wrong",
            channel->name);
}

static void check_duplicate(struct load *load, const struct entry *entry, const char *name, unsigned index)
{
    for (unsigned i = 0; *name && i < index; i++)
        if (str_equal(load->config->channels[i].name, name))
            report_error(
                load->report, load_line(entry->node, "name"), entry->where, "channels[%u] has this name already", i);
}

/* What the kind itself checks is asked only about values that are there and fit. */
static void check_kind(struct load *load, const struct entry *entry, unsigned errors_before)
{
    struct error error = { "" };
    if (!entry->is_kind_known || !entry->kind.check || load->report->error_count != errors_before)
        return;
    if (load->reader.is_out_of_reach)
        return;
    if (entry->kind.check(entry->own, &error))
        report_error(load->report, (int)conf_line(entry->node), entry->where, "%s", error.text);
}

static int load_entry(struct load *load, const struct conf_node *node, unsigned index, struct config_channel *channel)
{
    struct entry entry = { .node = node };
    unsigned errors = load->report->error_count;
    load_where(entry.where, "", "channels", index, node);
    channel->name = channel->kind = channel->number = "";
    if (conf_type(node) != CONF_GROUP) {
        report_error(
            load->report, (int)conf_line(node), entry.where, "this must be a group in braces: { name = value; ... }");
        return 0;
    }
    const struct conf_node *kind = conf_find(node, "kind");
    entry.is_kind_known = kind && find_kind(load->registry, conf_text(kind), &entry.kind);
    if (!entry.is_kind_known)
        entry.kind = (struct config_kind){ .kind = "" };
    if (kind && conf_type(kind) == CONF_TEXT && !entry.is_kind_known)
        refuse_kind(load, (int)conf_line(kind), entry.where, conf_text(kind));
    load->reader.is_out_of_reach = false;
    int code = read_entry(load, &entry);
    if (code)
        return code;
    channel->name = load_name(load, node, entry.where, entry.common);
    channel->kind = settings_text(entry.common, "kind");
    channel->is_sms = entry.kind.is_sms;
    channel->takes_contacts = entry.kind.takes_contacts;
    channel->settings = entry.own;
    channel->is_out_of_reach = load->reader.is_out_of_reach;
    set_common(load, &entry, channel);
    code = set_number(load, &entry, channel);
    if (code)
        return code;
    set_direction(load, &entry, channel);
    set_catch_up(&entry, channel);
    warn_shadow(load, &entry, channel);
    check_duplicate(load, &entry, channel->name, index);
    check_kind(load, &entry, errors);
    if (load->reader.is_out_of_reach)
        load->config->is_complete = false;
    return 0;
}

int load_channels(struct load *load)
{
    const struct conf_node *list = load_list(load, load->root, "", DAEMON_CHANNELS, CONFIG_CHANNELS_MAX);
    unsigned count = list ? conf_count(list) : 0;
    struct config_channel *channels = memory_alloc(load->memory, (count + 1) * sizeof channels[0]);
    if (!channels)
        return ERR_NOMEM;
    load->config->channels = channels;
    for (unsigned i = 0; i < count; i++) {
        int code = load_entry(load, conf_at(list, i), i, &channels[i]);
        if (code)
            return code;
        load->config->channel_count = i + 1;
    }
    return 0;
}
