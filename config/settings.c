/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings - see settings.h and schema.h.
 * Why two text forms: a file gives typed nodes, tables of defaults and tests give written text. Both end in
 * settings_put, so a default that its own key would refuse is found by the first load.
 */
#include "config/settings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

struct slot {
    bool is_written, is_set;
    int64_t number;
    char *text;
    char **items;
    unsigned count;
};

struct settings {
    const struct key *keys;
    unsigned key_count;
    struct slot slots[];
};

/* ---- making and freeing ---------------------------------------------------------------------------------------- */

int settings_new(const struct key *keys, struct settings **ret_settings)
{
    unsigned count = 0;
    while (keys[count].name)
        count++;
    assert(count <= CHECK_KEYS_MAX);
    struct settings *settings = calloc(1, sizeof *settings + count * sizeof settings->slots[0]);
    if (!settings)
        return ERR_NOMEM;
    settings->keys = keys;
    settings->key_count = count;
    *ret_settings = settings;
    return 0;
}

static void free_text(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    free(text);
}

static void clear_slot(struct slot *slot)
{
    free_text(slot->text);
    for (unsigned i = 0; i < slot->count; i++)
        free_text(slot->items[i]);
    free(slot->items);
    *slot = (struct slot){ 0 };
}

void settings_free(struct settings *settings)
{
    if (!settings)
        return;
    for (unsigned i = 0; i < settings->key_count; i++)
        clear_slot(&settings->slots[i]);
    free(settings);
}

/* ---- filling --------------------------------------------------------------------------------------------------- */

const struct key *settings_find_key(const struct key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (str_equal(keys->name, name))
            return keys;
    return NULL;
}

static struct slot *slot_of(struct settings *settings, const struct key *key)
{
    assert(key >= settings->keys && key < settings->keys + settings->key_count);
    return &settings->slots[key - settings->keys];
}

static int copy_items(struct slot *slot, const struct check_value *value)
{
    slot->items = calloc(value->count ? value->count : 1, sizeof slot->items[0]);
    if (!slot->items)
        return ERR_NOMEM;
    for (; slot->count < value->count; slot->count++) {
        slot->items[slot->count] = strdup(value->items[slot->count]);
        if (!slot->items[slot->count])
            return ERR_NOMEM;
    }
    return 0;
}

static int store(struct slot *slot, const struct key *key, const struct check_value *value)
{
    if (check_is_list(key->type))
        return copy_items(slot, value);
    if (key->type == KEY_DURATION)
        return str_to_duration_ms(value->text, &slot->number);
    if (key->type == KEY_INT || key->type == KEY_BOOL) {
        slot->number = value->number;
        return 0;
    }
    slot->text = strdup(value->text);
    return slot->text ? 0 : ERR_NOMEM;
}

int settings_put(struct settings *settings, const struct key *key, const struct check_value *value, struct error *error)
{
    struct slot *slot = slot_of(settings, key);
    int code = check_value(key, value, error);
    if (code)
        return code;
    clear_slot(slot);
    code = store(slot, key, value);
    if (code) {
        clear_slot(slot);
        return error_set(error, code, "no memory for `%s`", key->name);
    }
    slot->is_written = slot->is_set = true;
    return 0;
}

void settings_put_placeholder(struct settings *settings, const struct key *key)
{
    struct slot *slot = slot_of(settings, key);
    clear_slot(slot);
    slot->is_written = slot->is_set = true;
}

/* ---- the written form ------------------------------------------------------------------------------------------ */

static int put_list(struct settings *settings, const struct key *key, const char *written, struct error *error)
{
    AUTO_FREE char *copy = strdup(written);
    if (!copy)
        return error_set(error, ERR_NOMEM, "no memory for `%s`", key->name);
    const char *items[CHECK_ITEMS_MAX + 1];
    struct check_value value = { .items = items };
    for (char *rest = copy, *item; *copy && (item = strsep(&rest, "|"));) {
        if (value.count > CHECK_ITEMS_MAX)
            break;
        items[value.count++] = item;
    }
    return settings_put(settings, key, &value, error);
}

static int put_bool(struct settings *settings, const struct key *key, const char *written, struct error *error)
{
    struct check_value value = { .number = str_equal(written, "true") };
    if (!value.number && !str_equal(written, "false"))
        return error_set(error, ERR_INVALID, "`%s` must be true or false", key->name);
    return settings_put(settings, key, &value, error);
}

int settings_put_written(struct settings *settings, const struct key *key, const char *written, struct error *error)
{
    if (check_is_list(key->type))
        return put_list(settings, key, written, error);
    if (key->type == KEY_BOOL)
        return put_bool(settings, key, written, error);
    struct check_value value = { .text = written };
    if (key->type == KEY_INT && str_to_int64(written, INT64_MIN, INT64_MAX, &value.number))
        return error_set(error, ERR_INVALID, "`%s` must be a whole number", key->name);
    return settings_put(settings, key, &value, error);
}

int settings_apply_defaults(struct settings *settings, struct error *error)
{
    for (unsigned i = 0; i < settings->key_count; i++) {
        const struct key *key = &settings->keys[i];
        struct slot *slot = &settings->slots[i];
        if (slot->is_set || !key->fallback)
            continue;
        int code = settings_put_written(settings, key, key->fallback, error);
        if (code)
            return code;
        slot->is_written = false;
    }
    return 0;
}

static int put_pair(struct settings *settings, const char *pair, struct error *error)
{
    const char *equals = strchr(pair, '=');
    char name[64];
    if (!equals || !str_copy_span(name, sizeof name, (struct span){ pair, (size_t)(equals - pair) }))
        return error_set(error, ERR_INVALID, "a pair must be written name=value");
    const struct key *key = settings_find_key(settings->keys, name);
    if (key)
        return settings_put_written(settings, key, equals + 1, error);
    const char *near = check_nearest_key(name, settings->keys);
    return error_set(error, ERR_INVALID, "unknown key `%s`%s%s%s", name, near ? ", did you mean `" : "",
        near ? near : "", near ? "`?" : "");
}

static int check_required(const struct settings *settings, struct error *error)
{
    for (unsigned i = 0; i < settings->key_count; i++)
        if (settings->keys[i].flags & KEY_REQUIRED && !settings->slots[i].is_set)
            return error_set(error, ERR_INVALID, "the key `%s` is missing", settings->keys[i].name);
    return 0;
}

int settings_from_pairs(
    const struct key *keys, const char *const *pairs, struct error *error, struct settings **ret_settings)
{
    struct settings *settings = NULL;
    int code = settings_new(keys, &settings);
    for (; !code && *pairs; pairs++)
        code = put_pair(settings, *pairs, error);
    if (!code)
        code = settings_apply_defaults(settings, error);
    if (!code)
        code = check_required(settings, error);
    if (code) {
        settings_free(settings);
        return code;
    }
    *ret_settings = settings;
    return 0;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static const struct slot *read_slot(const struct settings *settings, const char *name, unsigned types)
{
    const struct key *key = settings_find_key(settings->keys, name);
    assert(key && (types & 1u << key->type));
    return &settings->slots[key - settings->keys];
}

#define TYPES_TEXT (1u << KEY_TEXT | 1u << KEY_WORD | 1u << KEY_URL)
#define TYPES_LIST (1u << KEY_WORDS | 1u << KEY_TEXTS)

const char *settings_text(const struct settings *settings, const char *name)
{
    const char *text = read_slot(settings, name, TYPES_TEXT)->text;
    return text ? text : "";
}

int64_t settings_int(const struct settings *settings, const char *name)
{
    return read_slot(settings, name, 1u << KEY_INT | 1u << KEY_DURATION)->number;
}

bool settings_bool(const struct settings *settings, const char *name)
{
    return read_slot(settings, name, 1u << KEY_BOOL)->number != 0;
}

unsigned settings_count(const struct settings *settings, const char *name)
{
    return read_slot(settings, name, TYPES_LIST)->count;
}

const char *settings_item(const struct settings *settings, const char *name, unsigned index)
{
    const struct slot *slot = read_slot(settings, name, TYPES_LIST);
    assert(index < slot->count);
    return slot->items[index];
}

const char *const *settings_items(const struct settings *settings, const char *name)
{
    return (const char *const *)read_slot(settings, name, TYPES_LIST)->items;
}

bool settings_has(const struct settings *settings, const char *name)
{
    return read_slot(settings, name, UINT32_MAX)->is_written;
}

const struct key *settings_keys(const struct settings *settings)
{
    return settings->keys;
}
