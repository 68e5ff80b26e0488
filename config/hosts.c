/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hosts - see hosts.h. */
#include "config/hosts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "config/settings.h"
#include "gateway/base/str.h"

static const struct {
    const char *prefix;
    unsigned port;
} schemes[] = { { "https://", 443 }, { "http://", 80 }, { "smtps://", 465 }, { "smtp://", 587 } };

static const char *skip_scheme(const char *url, unsigned *ret_port)
{
    for (size_t i = 0; i < STR_COUNT(schemes); i++)
        if (str_starts_nocase(url, schemes[i].prefix)) {
            *ret_port = schemes[i].port;
            return url + strlen(schemes[i].prefix);
        }
    return NULL;
}

static bool is_host_char(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '-';
}

/* The name without brackets; at moves behind it. */
static bool read_name(const char **at, char *ret_name)
{
    const char *start = *at;
    if (*start == '[') {
        const char *end = strchr(start, ']');
        *at = end ? end + 1 : start;
        return end && str_copy_span(ret_name, HOSTS_NAME_MAX, (struct span){ start + 1, (size_t)(end - start) - 1 });
    }
    while (is_host_char(**at))
        (*at)++;
    return *at > start && str_copy_span(ret_name, HOSTS_NAME_MAX, (struct span){ start, (size_t)(*at - start) });
}

int hosts_parse_url(const char *url, struct hosts_entry *ret_entry)
{
    struct hosts_entry entry = { "", 0 };
    const char *at = skip_scheme(url, &entry.port);
    if (!at || !read_name(&at, entry.name))
        return ERR_INVALID;
    if (*at == ':') {
        char digits[6];
        int64_t port;
        size_t len = strspn(at + 1, "0123456789");
        if (!str_copy_span(digits, sizeof digits, (struct span){ at + 1, len }) ||
            str_to_int64(digits, 1, 65535, &port))
            return ERR_INVALID;
        entry.port = (unsigned)port;
        at += 1 + len;
    }
    if (*at && !strchr("/?#", *at))
        return ERR_INVALID;
    for (char *c = entry.name; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    *ret_entry = entry;
    return 0;
}

/* Texts that are no URL name no host. */
static int add_url(struct hosts *hosts, const char *url)
{
    struct hosts_entry entry;
    if (hosts_parse_url(url, &entry))
        return 0;
    for (unsigned i = 0; i < hosts->count; i++)
        if (hosts->entries[i].port == entry.port && str_equal(hosts->entries[i].name, entry.name))
            return 0;
    if (hosts->count == CONFIG_HOSTS_MAX)
        return ERR_LIMIT;
    hosts->entries[hosts->count++] = entry;
    return 0;
}

static int add_channel(struct hosts *hosts, const struct config_channel *channel)
{
    int code = 0;
    if (!channel->is_enabled || !(channel->sends || channel->polls) || !channel->settings)
        return 0;
    for (const struct key *key = settings_keys(channel->settings); key->name && !code; key++) {
        bool is_text = key->type == KEY_URL || key->type == KEY_TEXT;
        if (is_text && !(key->flags & KEY_SECRET))
            code = add_url(hosts, settings_text(channel->settings, key->name));
    }
    return code;
}

static int add_contact(struct hosts *hosts, const struct config_contact *contact)
{
    int code = 0;
    for (unsigned i = 0; i < contact->address_count && !code; i++)
        if (contact->addresses[i].channel->is_enabled)
            code = add_url(hosts, contact->addresses[i].to);
    return code;
}

static int compare(const void *a, const void *b)
{
    const struct hosts_entry *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : (left->port > right->port) - (left->port < right->port);
}

int hosts_collect(const struct config *config, struct hosts *ret_hosts)
{
    int code = 0;
    ret_hosts->count = 0;
    for (unsigned i = 0; i < config->channel_count && !code; i++)
        code = add_channel(ret_hosts, &config->channels[i]);
    for (unsigned i = 0; i < config->contact_count && !code; i++)
        code = add_contact(ret_hosts, &config->contacts[i]);
    qsort(ret_hosts->entries, ret_hosts->count, sizeof ret_hosts->entries[0], compare);
    return code;
}
