/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_contacts - who may be alerted, and by which addresses.
 * Keeps: no sentence repeats an address: reports end in logs and tickets.
 */
#include <string.h>

#include "config/load.h"
#include "config/settings.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"

static const char *const contact_groups[] = { "addresses", NULL };

/* One contact on its way. */
struct entry {
    const struct conf_node *node;
    char where[LOAD_WHERE_MAX];
    const struct settings *settings;
    struct config_contact *contact;
};

/* ---- duty ------------------------------------------------------------------------------------------------------ */

static void load_windows(struct load *load, const struct entry *entry, struct duty *duty)
{
    struct config_texts texts = load_texts(entry->settings, "duty");
    struct error error;
    if (texts.count > DUTY_WINDOWS_MAX)
        report_error(load->report, load_line(entry->node, "duty"), entry->where, "`duty` has more than %d entries",
            DUTY_WINDOWS_MAX);
    for (unsigned i = 0; i < texts.count && i < DUTY_WINDOWS_MAX; i++) {
        if (duty_parse_window(texts.items[i], &error, &duty->windows[i]))
            report_error(
                load->report, load_line(entry->node, "duty"), entry->where, "`duty`: entry %u: %s", i, error.text);
        duty->window_count = i + 1;
    }
    if (texts.count > 0 && !conf_find(entry->node, "time_zone"))
        report_warn(load->report, load_line(entry->node, "duty"), entry->where,
            "`duty` without `time_zone` is read as UTC: name the zone");
}

static void load_holidays(struct load *load, const struct entry *entry, struct duty *duty)
{
    struct config_texts texts = load_texts(entry->settings, "holidays");
    struct error error;
    for (unsigned i = 0; i < texts.count && i < DUTY_HOLIDAYS_MAX; i++) {
        if (duty_parse_date(texts.items[i], &error, &duty->holidays[i]))
            report_error(load->report, load_line(entry->node, "holidays"), entry->where, "`holidays`: entry %u: %s", i,
                error.text);
        duty->holiday_count = i + 1;
    }
}

static int load_duty(struct load *load, const struct entry *entry)
{
    struct error error = { "" };
    struct duty *duty = &entry->contact->duty;
    load_windows(load, entry, duty);
    load_holidays(load, entry, duty);
    int code = memory_zone(load->memory, settings_text(entry->settings, "time_zone"), &error, &duty->zone);
    if (code && code != ERR_NOMEM)
        report_error(load->report, load_line(entry->node, "time_zone"), entry->where, "`time_zone`: %s", error.text);
    return code == ERR_NOMEM ? code : 0;
}

/* ---- addresses ------------------------------------------------------------------------------------------------- */

static const struct config_channel *find_channel(
    struct load *load, const struct conf_node *node, const char *where, const char *key, const char *name)
{
    const struct config_channel *channel = config_find_channel(load->config, name);
    if (channel || !*name)
        return channel;
    const char *names[CONFIG_CHANNELS_MAX];
    for (unsigned i = 0; i < load->config->channel_count; i++)
        names[i] = load->config->channels[i].name;
    load_refuse_name(load, load_line(node, key), where, "channel", name, names, load->config->channel_count);
    return NULL;
}

/* A number is stored in its normal form, so that an answer from it is recognised. */
static int set_number(
    struct load *load, const struct conf_node *node, const char *where, struct config_address *address)
{
    char number[PHONE_MAX];
    enum phone_kind kind = phone_normalise(address->to, address->channel->country, number);
    if (kind != PHONE_E164 || !phone_is_answerable(number)) {
        report_error(load->report, load_line(node, "to"), where,
            "`to` is not a telephone number with + and country code, which channel `%s` needs", address->channel->name);
        return 0;
    }
    address->to = memory_copy(load->memory, number);
    return address->to ? 0 : ERR_NOMEM;
}

static int check_address(
    struct load *load, const struct conf_node *node, const char *where, struct config_address *address)
{
    const struct config_channel *channel = address->channel;
    int line = load_line(node, "channel");
    struct error error = { "" };
    if (!channel->sends) {
        report_error(load->report, line, where, "channel `%s` cannot send", channel->name);
        return 0;
    }
    if (!channel->takes_contacts && !channel->is_sms) {
        report_error(load->report, line, where, "channel `%s` is not for contacts", channel->name);
        return 0;
    }
    if (channel->is_sms)
        return set_number(load, node, where, address);
    if (!load->registry->check_address || channel->is_out_of_reach)
        return 0;
    if (load->registry->check_address(channel->kind, channel->settings, address->to, &error))
        report_error(load->report, load_line(node, "to"), where, "`to`: %s", error.text);
    return 0;
}

static int load_address(struct load *load, const struct entry *entry, const struct conf_node *node, unsigned index,
    struct config_address *address)
{
    char where[LOAD_WHERE_MAX];
    struct settings *settings;
    load_where(where, entry->where, "addresses", index, node);
    int code = load_group(load, node, where, DAEMON_ADDRESSES, NULL, &settings);
    if (code || !settings)
        return code;
    address->to = settings_text(settings, "to");
    address->channel = find_channel(load, node, where, "channel", settings_text(settings, "channel"));
    if (!address->channel || !*address->to || !address->channel->settings)
        return 0;
    return check_address(load, node, where, address);
}

static int load_addresses(struct load *load, const struct entry *entry)
{
    const struct conf_node *list = load_list(load, entry->node, entry->where, DAEMON_ADDRESSES, CONFIG_ADDRESSES_MAX);
    for (unsigned i = 0; list && i < conf_count(list); i++) {
        int code = load_address(load, entry, conf_at(list, i), i, &entry->contact->addresses[i]);
        if (code)
            return code;
        entry->contact->address_count = i + 1;
    }
    return 0;
}

static void load_reply_channel(struct load *load, const struct entry *entry)
{
    const char *name = settings_text(entry->settings, "reply_channel");
    const struct config_channel *channel = find_channel(load, entry->node, entry->where, "reply_channel", name);
    if (channel && channel->settings && (!channel->receives || !channel->is_sms))
        report_error(load->report, load_line(entry->node, "reply_channel"), entry->where,
            "`reply_channel`: channel `%s` does not receive SMS", name);
    entry->contact->reply_channel = channel;
    for (unsigned i = 0; channel && i < entry->contact->address_count; i++) {
        const struct config_channel *own = entry->contact->addresses[i].channel;
        if (own && own != channel && own->is_sms && own->receives)
            report_warn(load->report, load_line(entry->node, "reply_channel"), entry->where,
                "`reply_channel`: whoever answers an alert of channel `%s` on the phone is not obeyed, because only `%s` counts",
                own->name, channel->name);
    }
}

/* ---- the contact ----------------------------------------------------------------------------------------------- */

static void set_words(const struct entry *entry)
{
    struct config_contact *contact = entry->contact;
    contact->title = settings_text(entry->settings, "title");
    contact->kind = (enum contact_kind)load_word(contact_kind_words, settings_text(entry->settings, "kind"));
    contact->trust = (enum contact_trust)load_word(contact_trust_words, settings_text(entry->settings, "trust"));
    contact->staff_sex = (enum staff_sex)load_word(contact_sex_words, settings_text(entry->settings, "staff_sex"));
    contact->languages = load_texts(entry->settings, "languages");
    contact->countries = load_texts(entry->settings, "countries");
}

static void check_duplicate(struct load *load, const struct entry *entry, unsigned index)
{
    for (unsigned i = 0; *entry->contact->name && i < index; i++)
        if (str_equal(load->config->contacts[i].name, entry->contact->name))
            report_error(
                load->report, load_line(entry->node, "name"), entry->where, "contacts[%u] has this name already", i);
}

static int load_entry(struct load *load, const struct conf_node *node, unsigned index, struct config_contact *contact)
{
    struct entry entry = { .node = node, .contact = contact };
    struct settings *settings;
    contact->name = contact->title = "";
    load_where(entry.where, "", "contacts", index, node);
    int code = load_group(load, node, entry.where, DAEMON_CONTACTS, contact_groups, &settings);
    if (code || !settings)
        return code;
    entry.settings = settings;
    contact->name = load_name(load, node, entry.where, settings);
    contact->line = (int)conf_line(node);
    set_words(&entry);
    check_duplicate(load, &entry, index);
    load_check_languages(load, node, entry.where, contact->languages);
    load_check_countries(load, node, entry.where, contact->countries, false);
    code = load_duty(load, &entry);
    if (!code)
        code = load_addresses(load, &entry);
    load_reply_channel(load, &entry);
    return code;
}

int load_contacts(struct load *load)
{
    const struct conf_node *list = load_list(load, load->root, "", DAEMON_CONTACTS, CONFIG_CONTACTS_MAX);
    unsigned count = list ? conf_count(list) : 0;
    struct config_contact *contacts = memory_alloc(load->memory, (count + 1) * sizeof contacts[0]);
    if (!contacts)
        return ERR_NOMEM;
    load->config->contacts = contacts;
    for (unsigned i = 0; i < count; i++) {
        int code = load_entry(load, conf_at(list, i), i, &contacts[i]);
        if (code)
            return code;
        load->config->contact_count = i + 1;
    }
    return 0;
}
