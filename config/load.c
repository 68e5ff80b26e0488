/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load - see load.h: the tools of the loader's parts. */
#include "config/load.h"

#include <stdio.h>
#include <string.h>

#include "config/settings.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-_"

/* Only a contact's kind has words that are refused for a reason. */
static const char *explain_contact(const struct key *key, const char *word)
{
    return key->words == contact_kind_words ? contact_explain_kind(word) : NULL;
}

void load_where(
    char *ret_where, const char *parent_where, const char *list, unsigned index, const struct conf_node *node)
{
    const struct conf_node *name = conf_type(node) == CONF_GROUP ? conf_find(node, "name") : NULL;
    const char *dot = *parent_where ? "." : "";
    char shown[NAME_MAX_LEN] = "";
    if (name && conf_type(name) == CONF_TEXT && strspn(conf_text(name), NAME_CHARACTERS) == strlen(conf_text(name)))
        (void)str_copy(shown, sizeof shown, conf_text(name));
    if (*shown)
        snprintf(ret_where, LOAD_WHERE_MAX, "%s%s%s[%u] (%s)", parent_where, dot, list, index, shown);
    else
        snprintf(ret_where, LOAD_WHERE_MAX, "%s%s%s[%u]", parent_where, dot, list, index);
}

const struct conf_node *load_list(
    struct load *load, const struct conf_node *parent, const char *parent_where, enum daemon_group group, unsigned max)
{
    const struct daemon_table *table = daemon_table(group);
    const struct conf_node *list = parent ? conf_find(parent, table->name) : NULL;
    int line = (int)conf_line(list ? list : parent);
    if (!list && table->is_required)
        report_error(load->report, line, parent_where, "the list `%s` is missing: %s = ( { ... }, { ... } );",
            table->name, table->name);
    if (!list)
        return NULL;
    if (conf_type(list) != CONF_LIST) {
        report_error(load->report, line, parent_where,
            "`%s` must be a list of groups in round brackets: ( { ... }, { ... } )", table->name);
        return NULL;
    }
    if (conf_count(list) == 0 || conf_count(list) > max) {
        report_error(load->report, line, parent_where, "`%s` has %u entries; allowed are 1 to %u", table->name,
            conf_count(list), max);
        return NULL;
    }
    return list;
}

int load_group(struct load *load, const struct conf_node *node, const char *where, enum daemon_group group,
    const char *const *nested, struct settings **ret_settings)
{
    *ret_settings = NULL;
    if (node && conf_type(node) != CONF_GROUP) {
        report_error(
            load->report, (int)conf_line(node), where, "this must be a group in braces: { name = value; ... }");
        return 0;
    }
    struct settings *settings = memory_settings(load->memory, daemon_table(group)->keys);
    if (!settings)
        return ERR_NOMEM;
    struct reader_group read = { .node = node,
        .where = where,
        .tables = { { daemon_table(group)->keys, settings } },
        .table_count = 1,
        .groups = nested };
    if (group == DAEMON_CONTACTS)
        read.explain = explain_contact;
    int code = reader_read(&load->reader, &read);
    *ret_settings = code ? NULL : settings;
    return code;
}

int load_line(const struct conf_node *node, const char *key)
{
    const struct conf_node *child = conf_find(node, key);
    return (int)conf_line(child ? child : node);
}

const char *load_name(
    struct load *load, const struct conf_node *node, const char *where, const struct settings *settings)
{
    const char *name = settings_text(settings, "name");
    if (strspn(name, NAME_CHARACTERS) == strlen(name) && *name != '-' && *name != '_')
        return name;
    report_error(load->report, load_line(node, "name"), where,
        "`name` may hold small letters, digits, '-' and '_', and begins with a letter or digit");
    return "";
}

void load_refuse_name(struct load *load, int line, const char *where, const char *what, const char *name,
    const char *const *names, size_t count)
{
    AUTO_BUF shown;
    buf_init(&shown, 256);
    str_add_visible(&shown, (struct span){ name, strnlen(name, NAME_MAX_LEN - 1) });
    const char *visible = buf_check(&shown) || !shown.data ? "" : shown.data;
    const char *near = str_nearest(name, names, count);
    if (near)
        report_error(load->report, line, where, "there is no %s `%s`, did you mean `%s`?", what, visible, near);
    else
        report_error(load->report, line, where, "there is no %s `%s`", what, visible);
}

struct config_texts load_texts(const struct settings *settings, const char *key)
{
    return (struct config_texts){ settings_count(settings, key), settings_items(settings, key) };
}

/* The shape of RFC 5646 2.1 as far as this project uses it: a language and parts of 2 to 8 letters and digits. */
static bool is_language_tag(const char *tag)
{
    size_t len = strspn(tag, "abcdefghijklmnopqrstuvwxyz");
    if (len < 2 || len > 3)
        return false;
    for (tag += len; *tag == '-'; tag += len) {
        tag++;
        len = strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        if (len < 2 || len > 8)
            return false;
    }
    return *tag == '\0';
}

void load_check_languages(struct load *load, const struct conf_node *node, const char *where, struct config_texts texts)
{
    for (unsigned i = 0; i < texts.count; i++)
        if (!is_language_tag(texts.items[i]))
            report_error(load->report, load_line(node, "languages"), where,
                "`languages`: entry %u is not a language tag such as \"tl\" or \"ne-Latn\"", i);
}

void load_check_countries(
    struct load *load, const struct conf_node *node, const char *where, struct config_texts texts, bool may_be_unknown)
{
    for (unsigned i = 0; i < texts.count; i++) {
        bool is_known = phone_country_name(texts.items[i]) || (may_be_unknown && str_equal(texts.items[i], "??"));
        if (!is_known)
            report_error(load->report, load_line(node, "countries"), where,
                "`countries`: entry %u is not an ISO 3166 code known here, such as \"SA\"%s", i,
                may_be_unknown ? ", or \"??\"" : "");
    }
}

int load_word(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (str_equal(words[i], word))
            return i;
    return 0;
}

uint32_t load_word_set(const struct settings *settings, const char *key)
{
    const char *const *words = settings_find_key(settings_keys(settings), key)->words;
    uint32_t set = 0;
    for (unsigned i = 0; i < settings_count(settings, key); i++)
        set |= 1u << load_word(words, settings_item(settings, key, i));
    return set;
}

static void refuse_contact(struct load *load, const struct conf_node *node, const char *where, const char *name)
{
    const char *names[CONFIG_CONTACTS_MAX];
    for (unsigned i = 0; i < load->config->contact_count; i++)
        names[i] = load->config->contacts[i].name;
    load_refuse_name(load, load_line(node, "contacts"), where, "contact", name, names, load->config->contact_count);
}

unsigned load_contact_list(struct load *load, const struct conf_node *node, const char *where,
    const struct settings *settings, const struct config_contact **ret_contacts)
{
    struct config_texts texts = load_texts(settings, "contacts");
    unsigned count = 0;
    if (texts.count > CONFIG_STEP_CONTACTS_MAX)
        report_error(load->report, load_line(node, "contacts"), where, "`contacts` has more than %d entries",
            CONFIG_STEP_CONTACTS_MAX);
    for (unsigned i = 0; i < texts.count && i < CONFIG_STEP_CONTACTS_MAX; i++) {
        const struct config_contact *contact = config_find_contact(load->config, texts.items[i]);
        if (contact)
            ret_contacts[count++] = contact;
        else
            refuse_contact(load, node, where, texts.items[i]);
    }
    return count;
}

int load_path(struct load *load, const char *path, const char **ret_path)
{
    AUTO_BUF whole;
    buf_init(&whole, 8192);
    if (*path != '/')
        buf_add_format(&whole, "%s/", load->reader.directory);
    buf_add_text(&whole, path);
    *ret_path = buf_check(&whole) ? NULL : memory_copy(load->memory, whole.data);
    return *ret_path ? 0 : ERR_NOMEM;
}
