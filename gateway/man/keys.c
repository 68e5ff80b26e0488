/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys - see keys.h. */
#include "gateway/man/keys.h"

#include <inttypes.h>
#include <stdio.h>

#include "config/daemon.h"
#include "config/texts_parts.h"
#include "gateway/base/buf.h"
#include "gateway/base/str.h"
#include "gateway/man/mdoc.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define NOTE_MAX 1024

static const struct {
    unsigned cap;
    const char *sentence;
} capabilities[] = {
    { CHANNEL_RECEIVES, "receives" },
    { CHANNEL_SENDS, "sends" },
    { CHANNEL_REPORTS, "takes delivery reports" },
    { CHANNEL_POLLS, "catches up after an outage" },
    { CHANNEL_SPLITS, "joins and splits long texts" },
    { CHANNEL_SMS, "reaches telephone numbers" },
    { CHANNEL_ALERTS, "carries alerts to contacts" },
    { CHANNEL_ACTS, "takes the answers of contacts" },
};

void keys_print_channels(void)
{
    const struct channel_ops *ops;

    mdoc_begin_list("loopback");
    for (size_t i = 0; (ops = registry_at(i)) != NULL; i++) {
        AUTO_BUF note;
        buf_init(&note, NOTE_MAX);
        for (size_t c = 0; c < STR_COUNT(capabilities); c++)
            if (ops->caps & capabilities[c].cap)
                buf_add_format(&note, "%s%s", note.len > 0 ? ", " : "", capabilities[c].sentence);
        mdoc_print_item(ops->kind, note.len > 0 ? note.data : "", ops->summary);
    }
    mdoc_end_list();
}

static const char *type_word(enum key_type type)
{
    static const char *const words[] = {
        [KEY_TEXT] = "text",
        [KEY_INT] = "whole number",
        [KEY_BOOL] = "true or false",
        [KEY_DURATION] = "duration",
        [KEY_WORD] = "one of",
        [KEY_WORDS] = "list of",
        [KEY_TEXTS] = "list of texts",
        [KEY_URL] = "URL",
    };

    return words[type];
}

/* A bound as a person would write it: durations in their largest whole unit. */
static void add_bound(struct buf *out, enum key_type type, int64_t bound)
{
    static const struct {
        int64_t ms;
        const char *unit;
    } units[] = { { 86400000, "d" }, { 3600000, "h" }, { 60000, "min" }, { 1000, "s" }, { 1, "ms" } };
    size_t i = 0;

    if (type != KEY_DURATION) {
        buf_add_format(out, "%" PRId64, bound);
        return;
    }
    while (bound % units[i].ms != 0 || (bound == 0 && i < STR_COUNT(units) - 2))
        i++;
    buf_add_format(out, "%" PRId64 " %s", bound / units[i].ms, units[i].unit);
}

/* "duration, 1 s to 5 min, default 90 s" */
static void describe_key(const struct key *key, struct buf *out)
{
    buf_add_text(out, type_word(key->type));
    for (size_t i = 0; key->words && key->words[i]; i++)
        buf_add_format(out, "%s %s", i > 0 ? "," : "", key->words[i]);
    if (key->max != 0) {
        buf_add_text(out, ", ");
        add_bound(out, key->type, key->min);
        buf_add_text(out, " to ");
        add_bound(out, key->type, key->max);
        buf_add_text(out, key->type == KEY_TEXT || key->type == KEY_URL ? " bytes" : "");
    }
    if (key->flags & KEY_REQUIRED)
        buf_add_text(out, ", required");
    if (key->flags & KEY_SECRET)
        buf_add_text(out, ", secret");
    if (key->fallback)
        buf_add_format(out, ", default %s", key->fallback);
}

static void print_keys(const struct key *keys)
{
    mdoc_begin_list("signature_header");
    for (; keys->name; keys++) {
        AUTO_BUF note;
        buf_init(&note, NOTE_MAX);
        describe_key(keys, &note);
        mdoc_print_item(keys->name, note.data, keys->doc);
    }
    mdoc_end_list();
}

/* "listen", "contacts.addresses"; "" for the keys outside any group. */
static void add_group_path(struct buf *out, enum daemon_group group)
{
    const struct daemon_table *table = daemon_table(group);

    if (table->parent != DAEMON_ROOT)
        buf_add_format(out, "%s.", daemon_table(table->parent)->name);
    buf_add_text(out, table->name);
}

void keys_print_config(void)
{
    printf(".Sh GROUPS AND KEYS\n");
    for (int group = 0; group < DAEMON_GROUP_COUNT; group++) {
        const struct daemon_table *table = daemon_table(group);
        AUTO_BUF path;

        buf_init(&path, NOTE_MAX);
        add_group_path(&path, group);
        if (group == DAEMON_ROOT)
            printf(".Ss Keys outside any group\n");
        else
            printf(
                ".Ss %s %s%s\n", table->is_list ? "List" : "Group", path.data, table->is_required ? " (required)" : "");
        if (group != DAEMON_ROOT)
            mdoc_print_sentence(table->doc);
        print_keys(table->keys);
    }
}

void keys_print_channel_keys(void)
{
    const struct channel_ops *ops;

    for (size_t i = 0; (ops = registry_at(i)) != NULL; i++) {
        printf(".Ss Channels of kind %s\n", ops->kind);
        mdoc_print_sentence(ops->summary);
        if (ops->keys && ops->keys->name)
            print_keys(ops->keys);
    }
}

void keys_print_replies(void)
{
    print_keys(replies_keys);
}

void keys_print_countries(void)
{
    print_keys(countries_keys);
}

void keys_print_commands(void)
{
    print_keys(commands_keys);
}
