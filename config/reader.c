/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader - see reader.h. */
#include "config/reader.h"

#include <stdio.h>
#include <string.h>

#include "config/secret.h"
#include "config/settings.h"
#include "gateway/base/str.h"

#define NAMES_MAX (READER_TABLES_MAX * CHECK_KEYS_MAX + 16)

/* One key of the file on its way into its settings. */
struct place {
    struct reader *reader;
    const struct reader_group *group;
    const struct conf_node *node;
    struct settings *settings;
    const struct key *key;
};

static void complain(const struct place *place, const char *sentence)
{
    report_error(place->reader->report, (int)conf_line(place->node), place->group->where, "%s", sentence);
}

/* ---- types ----------------------------------------------------------------------------------------------------- */

static bool fits_type(enum key_type type, const struct conf_node *node)
{
    enum conf_type is = conf_type(node);
    if (check_is_list(type))
        return is == CONF_ARRAY || is == CONF_LIST;
    if (type == KEY_INT)
        return is == CONF_INT;
    if (type == KEY_BOOL)
        return is == CONF_BOOL;
    return is == CONF_TEXT;
}

static const char *wanted_type(enum key_type type)
{
    static const char *const words[] = {
        [KEY_TEXT] = "a text in double quotes",
        [KEY_INT] = "a whole number",
        [KEY_BOOL] = "true or false",
        [KEY_DURATION] = "a duration in double quotes, such as \"90 s\"",
        [KEY_WORD] = "a word in double quotes",
        [KEY_WORDS] = "a list of words, such as [ \"one\", \"two\" ]",
        [KEY_TEXTS] = "a list of texts, such as [ \"one\", \"two\" ]",
        [KEY_URL] = "a URL in double quotes",
    };
    return words[type];
}

/* What stands there instead, for "..., not X". */
static void add_found(const struct conf_node *node, char *ret_text, size_t size)
{
    const char *word = conf_type_word(conf_type(node));
    snprintf(ret_text, size, "%s%s", conf_type(node) == CONF_BOOL ? "" : strchr("aeiou", word[0]) ? "an " : "a ", word);
}

static bool check_type(const struct place *place)
{
    const struct key *key = place->key;
    int line = (int)conf_line(place->node);
    char found[48];
    if (!fits_type(key->type, place->node)) {
        add_found(place->node, found, sizeof found);
        report_error(place->reader->report, line, place->group->where, "`%s` must be %s, not %s", key->name,
            wanted_type(key->type), found);
        return false;
    }
    for (unsigned i = 0; check_is_list(key->type) && i < conf_count(place->node); i++)
        if (conf_type(conf_at(place->node, i)) != CONF_TEXT) {
            add_found(conf_at(place->node, i), found, sizeof found);
            report_error(place->reader->report, line, place->group->where,
                "`%s` must hold only texts in double quotes, not %s", key->name, found);
            return false;
        }
    return true;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

static int put(const struct place *place, const struct check_value *value)
{
    struct error error = { "" };
    int code = settings_put(place->settings, place->key, value, &error);
    if (code == ERR_NOMEM)
        return code;
    const char *better =
        code && value->text && place->group->explain ? place->group->explain(place->key, value->text) : NULL;
    if (code)
        complain(place, better ? better : error.text);
    return 0;
}

static int put_list(const struct place *place)
{
    const char *items[CHECK_ITEMS_MAX + 1];
    struct check_value value = { .items = items };
    for (unsigned i = 0; i < conf_count(place->node) && i < STR_COUNT(items); i++)
        items[value.count++] = conf_text(conf_at(place->node, i));
    return put(place, &value);
}

static int put_reference(const struct place *place, const char *reference)
{
    struct reader *reader = place->reader;
    struct error error = { "" };
    AUTO_BUF value;
    buf_init(&value, SECRET_BYTES_MAX);
    int code = secret_read(reference, reader->directory, reader->is_check_only, &error, &value);
    if (!code)
        code = secret_trim(&value, &error);
    if (code == ERR_REFUSED && reader->is_check_only) {
        report_warn(reader->report, (int)conf_line(place->node), place->group->where, "`%s`: %s; not checked",
            place->key->name, error.text);
        settings_put_placeholder(place->settings, place->key);
        reader->is_out_of_reach = true;
        return 0;
    }
    if (code) {
        error_prefix(&error, "`%s`", place->key->name);
        complain(place, error.text);
        settings_put_placeholder(place->settings, place->key);
        return 0;
    }
    code = put(place, &(struct check_value){ .text = value.data });
    secret_wipe(&value);
    return code;
}

static int put_secret(const struct place *place)
{
    const char *text = conf_text(place->node);
    if (secret_is_reference(text))
        return put_reference(place, text);
    if (*text)
        report_warn(place->reader->report, (int)conf_line(place->node), place->group->where,
            "`%s` is written out; put it into a file of mode 0600 and write @file:PATH or @credential:NAME",
            place->key->name);
    return put(place, &(struct check_value){ .text = text });
}

static int read_value(const struct place *place)
{
    if (!check_type(place)) {
        settings_put_placeholder(place->settings, place->key);
        return 0;
    }
    switch (place->key->type) {
    case KEY_INT:
        return put(place, &(struct check_value){ .number = conf_int(place->node) });
    case KEY_BOOL:
        return put(place, &(struct check_value){ .number = conf_bool(place->node) });
    case KEY_WORDS:
    case KEY_TEXTS:
        return put_list(place);
    default:
        if (place->key->flags & KEY_SECRET)
            return put_secret(place);
        return put(place, &(struct check_value){ .text = conf_text(place->node) });
    }
}

/* ---- groups ---------------------------------------------------------------------------------------------------- */

static bool is_group_name(const struct reader_group *group, const char *name)
{
    for (const char *const *nested = group->groups; nested && *nested; nested++)
        if (str_equal(*nested, name))
            return true;
    return false;
}

static void refuse_unknown(struct reader *reader, const struct reader_group *group, const struct conf_node *node)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (unsigned t = 0; t < group->table_count; t++)
        for (const struct key *key = group->tables[t].keys; key->name && count < NAMES_MAX; key++)
            names[count++] = key->name;
    for (const char *const *nested = group->groups; nested && *nested && count < NAMES_MAX; nested++)
        names[count++] = *nested;
    const char *near = str_nearest(conf_name(node), names, count);
    if (near)
        report_error(reader->report, (int)conf_line(node), group->where, "unknown key `%s`, did you mean `%s`?",
            conf_name(node), near);
    else
        report_error(reader->report, (int)conf_line(node), group->where, "unknown key `%s`", conf_name(node));
}

static int read_node(struct reader *reader, const struct reader_group *group, const struct conf_node *node)
{
    bool is_known = is_group_name(group, conf_name(node)) || group->any_key;
    for (unsigned t = 0; t < group->table_count; t++) {
        const struct reader_table *table = &group->tables[t];
        const struct key *key = settings_find_key(table->keys, conf_name(node));
        if (!key)
            continue;
        int code = read_value(&(struct place){ reader, group, node, table->settings, key });
        if (code)
            return code;
        is_known = true;
    }
    if (!is_known)
        refuse_unknown(reader, group, node);
    return 0;
}

/* A key whose written value was refused has had its line already; only what is absent is missing. */
static void check_required(struct reader *reader, const struct reader_group *group, const struct reader_table *table)
{
    int line = group->node ? (int)conf_line(group->node) : 0;
    for (const struct key *key = table->keys; key->name; key++)
        if (key->flags & KEY_REQUIRED && !(group->node && conf_find(group->node, key->name)))
            report_error(reader->report, line, group->where, "the key `%s` is missing", key->name);
}

int reader_read(struct reader *reader, const struct reader_group *group)
{
    unsigned count = group->node ? conf_count(group->node) : 0;
    for (unsigned i = 0; i < count; i++) {
        int code = read_node(reader, group, conf_at(group->node, i));
        if (code)
            return code;
    }
    for (unsigned t = 0; t < group->table_count; t++) {
        struct error error = { "" };
        check_required(reader, group, &group->tables[t]);
        int code = settings_apply_defaults(group->tables[t].settings, &error);
        if (code == ERR_NOMEM)
            return code;
        if (code)
            report_error(reader->report, 0, group->where, "the built-in default is refused: %s", error.text);
    }
    return 0;
}
