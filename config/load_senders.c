/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_senders - what a channel shows as its sender, by country; and the index of the contacts' numbers.
 * Why:   in a country where only registered names show, a message from a number is dropped or comes from a stranger.
 */
#include <stdlib.h>
#include <string.h>

#include "config/load.h"
#include "config/settings.h"
#include "config/texts.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"

#define SENDER_AT 3 /* behind "SA=" */
#define NAME_SIGNS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 #&+-._"
#define DIGITS "0123456789"

/* ---- senders --------------------------------------------------------------------------------------------------- */

static bool is_number(const char *sender)
{
    size_t len = strlen(sender + 1);
    return sender[0] == '+' && strspn(sender + 1, DIGITS) == len && len >= 7 && len <= 15;
}

static bool is_name(const char *sender)
{
    size_t len = strlen(sender);
    return len > 0 && len <= TEXTS_SENDER_MAX && strspn(sender, NAME_SIGNS) == len && strspn(sender, DIGITS) < len &&
           sender[0] != ' ' && sender[len - 1] != ' ' && sender[0] != '+';
}

static const char *fault(const char *entry)
{
    char country[COUNTRY_MAX] = { entry[0], entry[1], '\0' };
    if (entry[2] != '=')
        return "is not a country, an equals sign and a sender, such as \"SA=Line\"";
    if (!phone_country_name(country))
        return "does not begin with an ISO 3166 code known here, such as \"SA\"";
    if (!is_number(entry + SENDER_AT) && !is_name(entry + SENDER_AT))
        return "holds neither a name of at most 11 letters and digits nor a number with + and country code";
    return NULL;
}

void load_senders(struct load *load, const struct conf_node *node, const char *where, const struct settings *settings,
    struct config_channel *channel)
{
    struct config_texts senders = load_texts(settings, "senders");
    unsigned errors = load->report->error_count;
    for (unsigned i = 0; i < senders.count; i++) {
        const char *why = fault(senders.items[i]);
        if (why)
            report_error(load->report, load_line(node, "senders"), where, "`senders`: entry %u %s", i, why);
    }
    if (load->report->error_count == errors)
        channel->senders = senders;
}

static void check_channel(struct load *load, const struct config_channel *channel)
{
    for (unsigned i = 0; i < channel->senders.count; i++) {
        const char *entry = channel->senders.items[i], *sender = entry + SENDER_AT;
        char country[COUNTRY_MAX] = { entry[0], entry[1], '\0' };
        const struct country_rules *rules = texts_country(load->config->texts, country);
        if (!rules || is_number(sender))
            continue;
        if (strlen(sender) > rules->sender_max)
            report_error(load->report, 0, channel->name,
                "`senders`: the name for %s has %zu letters; allowed there are %u (countries.conf)", country,
                strlen(sender), rules->sender_max);
        if (str_equal(rules->sender, "number"))
            report_warn(load->report, 0, channel->name,
                "`senders`: names do not show in %s (countries.conf): give a number with + and country code", country);
    }
}

void load_check_senders(struct load *load)
{
    for (unsigned i = 0; i < load->config->channel_count; i++)
        check_channel(load, &load->config->channels[i]);
}

/* ---- the contacts' numbers ------------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const struct config_number *left = a, *right = b;
    int order = strcmp(left->number, right->number);
    if (order)
        return order;
    return (left->contact > right->contact) - (left->contact < right->contact);
}

int load_numbers(struct load *load)
{
    struct config *config = load->config;
    size_t room = (size_t)config->contact_count * CONFIG_ADDRESSES_MAX + 1;
    struct config_number *numbers = memory_alloc(load->memory, room * sizeof numbers[0]);
    if (!numbers)
        return ERR_NOMEM;
    for (unsigned c = 0; c < config->contact_count; c++)
        for (unsigned a = 0; a < config->contacts[c].address_count; a++) {
            const struct config_address *address = &config->contacts[c].addresses[a];
            if (address->channel && address->channel->is_sms && !str_is_empty(address->to))
                numbers[config->number_count++] = (struct config_number){ address->to, c };
        }
    qsort(numbers, config->number_count, sizeof numbers[0], compare);
    config->numbers = numbers;
    return 0;
}
