/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * print_example - the example configuration: a small, working help line with fictitious people and numbers.
 * What:  the story says which values are shown; the tables say everything else. A key that the story
 *        does not set is shown commented out with its default. Lists document their keys at their first entry.
 */
#include <stdio.h>
#include <string.h>

#include "config/check.h"
#include "config/daemon.h"
#include "config/print.h"
#include "config/story.h"
#include "gateway/base/str.h"

#define COLUMNS 110
#define STORY_PAIRS_MAX 16

/* ---- keys ------------------------------------------------------------------------------------------------------ */

/* Where lines go, and whether the keys of this entry are explained. */
struct page {
    struct buf *out;
    const struct config_registry *registry;
    unsigned indent;
    bool is_explained;
};

static const char *find_pair(const struct story_entry *entry, const char *name)
{
    size_t len = strlen(name);
    for (unsigned i = 0; entry && i < STORY_PAIRS_MAX && entry->pairs[i]; i++)
        if (str_starts(entry->pairs[i], name) && entry->pairs[i][len] == '=')
            return entry->pairs[i] + len + 1;
    return NULL;
}

static void add_line(const struct page *page, const char *text)
{
    buf_add_format(page->out, "%*s%s\n", (int)page->indent, "", text);
}

static void add_comment(const struct page *page, const char *text)
{
    char prefix[64];
    (void)str_copy(prefix, sizeof prefix, "                                        # ");
    print_wrapped(prefix + 40 - page->indent, text, COLUMNS, page->out);
}

static void add_doc(const struct page *page, const struct key *key)
{
    AUTO_BUF text;
    buf_init(&text, 8192);
    buf_add_text(&text, key->doc);
    if (key->words) {
        buf_add_text(&text, " Words:");
        for (unsigned i = 0; key->words[i]; i++)
            buf_add_format(&text, "%s %s", i ? "," : "", key->words[i]);
        buf_add_char(&text, '.');
    }
    add_comment(page, buf_check(&text) ? key->doc : text.data);
}

/* The story's value or the key's example; else the default commented out, "..." where there is none. */
static void add_key(
    const struct page *page, const struct key *key, const struct story_entry *entry, bool is_first_of_kind)
{
    const char *value = find_pair(entry, key->name);
    bool is_shown = value != NULL;
    if (!value && key->example && is_first_of_kind) {
        value = key->example;
        is_shown = true;
    }
    if (!is_shown && !page->is_explained)
        return;
    if (page->is_explained)
        add_doc(page, key);
    buf_add_format(page->out, "%*s%s%s = ", (int)page->indent, "", is_shown ? "" : "# ", key->name);
    if (!value && !key->fallback && !check_is_list(key->type))
        buf_add_text(page->out, "...");
    else
        print_value(key, value ? value : key->fallback ? key->fallback : "", page->out);
    buf_add_text(page->out, ";\n");
}

/* ---- groups ---------------------------------------------------------------------------------------------------- */

static void add_entry(const struct page *page, enum daemon_group group, const struct story_entry *entry, bool is_last);

/* The story's entries of a list inside a group that stands once. */
static void add_inner_list(const struct page *page, const struct story *story)
{
    add_comment(page, daemon_table(story->group)->doc);
    buf_add_format(page->out, "%*s%s = (\n", (int)page->indent, "", daemon_table(story->group)->name);
    for (unsigned i = 0; i < story->count; i++) {
        struct page inner = { page->out, page->registry, page->indent + 4, i == 0 };
        add_entry(&inner, story->group, &story->entries[i], i + 1 == story->count);
    }
    add_line(page, ");");
}

static void add_group(const struct page *page, enum daemon_group group)
{
    const struct daemon_table *table = daemon_table(group);
    struct page inner = { page->out, page->registry, page->indent + 4, true };
    buf_add_char(page->out, '\n');
    add_comment(page, table->doc);
    buf_add_format(page->out, "%s = {\n", table->name);
    for (const struct key *key = table->keys; key->name; key++)
        add_key(&inner, key, NULL, true);
    for (size_t i = 0; story_at(i); i++)
        if (daemon_table(story_at(i)->group)->parent == group)
            add_inner_list(&inner, story_at(i));
    buf_add_text(page->out, "};\n");
}

static void add_kind_keys(const struct page *page, const struct story_entry *entry)
{
    struct config_kind kind;
    struct page explained = *page;
    explained.is_explained = true;
    for (size_t i = 0; page->registry->kind_at(i, &kind); i++) {
        if (!str_equal(kind.kind, find_pair(entry, "kind")))
            continue;
        buf_add_format(page->out, "%*s# --- keys of kind %s: %s\n", (int)page->indent, "", kind.kind, kind.summary);
        for (const struct key *key = kind.keys; key->name; key++)
            add_key(&explained, key, entry, true);
    }
}

static void add_nested(const struct page *page, enum daemon_group group, const struct story_entry *entry)
{
    for (int nested = 0; nested < DAEMON_GROUP_COUNT; nested++) {
        const struct daemon_table *table = daemon_table((enum daemon_group)nested);
        if (nested == DAEMON_ROOT || table->parent != group)
            continue;
        if (page->is_explained)
            add_comment(page, table->doc);
        buf_add_format(page->out, "%*s%s = (\n", (int)page->indent, "", table->name);
        for (unsigned i = 0; i < entry->nested_count; i++) {
            struct page inner = { page->out, page->registry, page->indent + 4, page->is_explained && i == 0 };
            add_entry(&inner, (enum daemon_group)nested, &entry->nested[i], i + 1 == entry->nested_count);
        }
        add_line(page, ");");
    }
}

static void add_entry(const struct page *page, enum daemon_group group, const struct story_entry *entry, bool is_last)
{
    struct page inner = *page;
    inner.indent += 4;
    add_line(page, "{");
    for (const struct key *key = daemon_table(group)->keys; key->name; key++)
        add_key(&inner, key, entry, false);
    if (group == DAEMON_CHANNELS)
        add_kind_keys(&inner, entry);
    else
        add_nested(&inner, group, entry);
    add_line(page, is_last ? "}" : "},");
}

static bool has_story(const char *kind)
{
    for (size_t i = 0; story_at(i); i++)
        for (unsigned e = 0; story_at(i)->group == DAEMON_CHANNELS && e < story_at(i)->count; e++)
            if (str_equal(find_pair(&story_at(i)->entries[e], "kind"), kind))
                return true;
    return false;
}

static bool is_known_kind(const struct config_registry *registry, const char *word)
{
    struct config_kind kind;
    for (size_t i = 0; registry->kind_at(i, &kind); i++)
        if (str_equal(kind.kind, word))
            return true;
    return false;
}

/* A kind without a story is shown switched off, under its own name. */
static void add_other_kinds(const struct page *page)
{
    struct config_kind kind;
    for (size_t i = 0; page->registry->kind_at(i, &kind); i++) {
        char name[96], word[96];
        if (has_story(kind.kind))
            continue;
        snprintf(name, sizeof name, "name=%s", kind.kind);
        snprintf(word, sizeof word, "kind=%s", kind.kind);
        buf_add_text(page->out, "    ,\n");
        add_entry(page, DAEMON_CHANNELS, &(struct story_entry){ .pairs = { name, word, "enabled=false" } }, true);
    }
}

static void add_story(const struct page *page, const struct story *story)
{
    enum daemon_group group = story->group;
    struct page inner = { page->out, page->registry, page->indent + 4, true };
    buf_add_char(page->out, '\n');
    add_comment(page, daemon_table(group)->doc);
    buf_add_format(page->out, "%s = (\n", daemon_table(group)->name);
    for (unsigned i = 0; i < story->count; i++) {
        if (group == DAEMON_CHANNELS && !is_known_kind(page->registry, find_pair(&story->entries[i], "kind")))
            continue;
        add_entry(&inner, group, &story->entries[i], i + 1 == story->count);
        inner.is_explained = false;
    }
    if (group == DAEMON_CHANNELS)
        add_other_kinds(&inner);
    buf_add_text(page->out, ");\n");
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static const char *const head[] = {
    "helplined.conf - an example: a help line with one number, three organisations, a shelter and a consulate.",
    "People, organisations, numbers and addresses are invented. This file is printed by `helplined --print-example`; "
    "helplined.conf(5) explains the same keys. Check a changed file with `helplined --config FILE --check-config`.",
    "The form is that of libconfig: name = value; groups in braces, lists of groups in round brackets. What is commented out "
    "shows the default; \"...\" means that there is none. Durations have a unit: ms, s, min, h, d. Relative paths start at the folder of this file.",
    "Secrets never stand here: \"@credential:NAME\" is read from the folder of systemd credentials (LoadCredential= in the "
    "unit), \"@file:PATH\" from a file of mode 0600 that belongs to root or to the service's user. For a trial: "
    "head -c 32 /dev/urandom > keys/hot.key; chmod 600 keys/hot.key; and hot = \"@file:keys/hot.key\";",
};

void print_example(const struct config_registry *registry, struct buf *out)
{
    struct page page = { out, registry, 0, true };
    buf_add_text(out, "# SPDX-License-Identifier: GPL-3.0-or-later\n");
    for (size_t i = 0; i < STR_COUNT(head); i++) {
        add_comment(&page, head[i]);
        buf_add_text(out, i + 1 < STR_COUNT(head) ? "#\n" : "\n");
    }
    for (const struct key *key = daemon_table(DAEMON_ROOT)->keys; key->name; key++)
        add_key(&page, key, NULL, true);
    for (int group = DAEMON_LISTEN; group < DAEMON_GROUP_COUNT; group++) {
        if (daemon_table((enum daemon_group)group)->is_list ||
            daemon_table((enum daemon_group)group)->parent != DAEMON_ROOT)
            continue;
        add_group(&page, (enum daemon_group)group);
    }
    for (size_t i = 0; story_at(i); i++)
        if (daemon_table(story_at(i)->group)->parent == DAEMON_ROOT)
            add_story(&page, story_at(i));
}
