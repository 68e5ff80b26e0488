/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline - what happened in a case, newest first: her texts beside what the machine read in them and why, what was
 * sent to her, who was asked and answered, notes, corrections, and who did or read what.
 * Why:   entries are counted from the oldest, so that the address of an older page stays true while new ones come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/cases/timeline.h"
#include "gateway/console/language.h"
#include "gateway/console/parts.h"

struct entries {
    size_t count;
    struct entry *list;
};

/* ---- gathering ------------------------------------------------------------------------------------------------- */

const char *timeline_time_key(const char *section)
{
    static const char *const keys[][2] = { { "message", "received_at" }, { "reply", "created_at" },
        { "alert", "created_at" }, { "note", "at" }, { "correction", "at" }, { "act", "at" } };
    for (size_t i = 0; i < STR_COUNT(keys); i++)
        if (str_equal(keys[i][0], section))
            return keys[i][1];
    return NULL;
}

/* What has an entry of its own, by its own row. */
static bool is_told_elsewhere(const json_t *row, const char *section)
{
    static const char *const starts[] = { "message.", "alert.", "notice.", "reply.", "case.note", "case.correct",
        "case.take" };
    if (str_equal(section, "reply"))
        return json_text(row, "author", "")[0] != '\0'; /* a person's words: a message */
    if (!str_equal(section, "act"))
        return false;
    for (size_t i = 0; i < STR_COUNT(starts); i++)
        if (str_starts(json_text(row, "action", ""), starts[i]))
            return true;
    return false;
}

static void add(struct entries *entries, const json_t *row, const char *kind, int64_t at, size_t order)
{
    if (at)
        entries->list[entries->count++] = (struct entry){ at, order, row, kind, 1 };
}

/* What comes of what: of one moment the text stands before the alerts that it caused. */
static size_t rank_of(const char *kind)
{
    static const char *const kinds[] = { "message", "note", "correction", "act", "answer", "alert", "reply" };
    size_t i = 0;
    while (i < STR_COUNT(kinds) && !str_equal(kinds[i], kind))
        i++;
    return i;
}

static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    size_t first = rank_of(a->kind), second = rank_of(b->kind);
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (first != second)
        return first < second ? -1 : 1;
    int order = strcmp(json_text(a->row, "contact", ""), json_text(b->row, "contact", ""));
    return order ? order : a->order < b->order ? -1 : 1;
}

static bool is_read(const struct entry *entry)
{
    return str_equal(entry->kind, "act") && str_equal(json_text(entry->row, "action", ""), "case.read");
}

/* The audit gives the newest first, so of one moment the later row comes first there. */
static size_t order_of(const char *section, size_t index, size_t total)
{
    return str_equal(section, "act") || str_equal(section, "correction") || str_equal(section, "alert")
               ? 2 * total - index
               : index;
}

static bool is_read_again(const struct entry *a, const struct entry *b)
{
    return is_read(a) && is_read(b) && str_equal(json_text(a->row, "actor", ""), json_text(b->row, "actor", ""));
}

/* One contact has an alert for each text that it was told; it answers all of them at once. */
static bool is_same_alert(const struct entry *a, const struct entry *b)
{
    bool is_alert = str_equal(a->kind, "answer") || str_equal(a->kind, "alert");
    return is_alert && a->at == b->at && str_equal(a->kind, b->kind) &&
           str_equal(json_text(a->row, "contact", ""), json_text(b->row, "contact", "")) &&
           str_equal(json_text(a->row, "state", ""), json_text(b->row, "state", ""));
}

/* Every look at the page is recorded; ten of one person in a row are one entry. */
static void fold(struct entries *entries)
{
    size_t kept = 0;
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->list[i], *last = kept ? &entries->list[kept - 1] : NULL;
        bool is_again = last && (is_read_again(last, entry) || is_same_alert(last, entry));
        if (!is_again) {
            entries->list[kept++] = *entry;
            continue;
        }
        unsigned count = last->count + 1;
        *last = *entry;
        last->count = count;
    }
    entries->count = kept;
}

/* What ends because another took the case was answered by nobody. */
static bool is_answer(const json_t *row)
{
    const char *state = json_text(row, "state", "");
    return str_equal(state, "acknowledged") || str_equal(state, "declined") || str_equal(state, "voided");
}

static bool gather(const json_t *rows, struct entries *entries)
{
    size_t i, total = json_array_size(rows);
    json_t *row;
    entries->count = 0;
    entries->list = calloc(2 * total + 1, sizeof *entries->list);
    if (!entries->list)
        return false;
    json_array_foreach(rows, i, row)
    {
        const char *section = json_text(row, "section", ""), *key = timeline_time_key(section);
        if (!key || is_told_elsewhere(row, section))
            continue;
        add(entries, row, section, parts_time_of(row, key), order_of(section, i, total));
        if (str_equal(section, "alert") && is_answer(row))
            add(entries, row, "answer", parts_time_of(row, "answered_at"), order_of(section, i, total));
    }
    qsort(entries->list, entries->count, sizeof *entries->list, compare);
    fold(entries);
    return true;
}

/* ---- everything else ------------------------------------------------------------------------------------------- */

void timeline_write_when(struct html *html, const struct caseview *view, const struct entry *entry)
{
    const char *key = str_equal(entry->kind, "answer") ? "answered_at" : timeline_time_key(entry->kind);
    H_LIT(html, " \xc2\xb7 ");
    caseview_write_time(html, entry->row, key, view->now_ms);
}

static void write_reply(struct html *html, const struct caseview *view, const struct entry *entry)
{
    H_LIT(html, "<li class=\"out\">\n<p class=\"who\"><strong>Automatic answer to her</strong>");
    timeline_write_when(html, view, entry);
    H_LIT(html, " <span class=\"hint\">");
    html_string(html, json_text(entry->row, "state", ""));
    H_LIT(html, "</span></p>\n");
    timeline_write_words(html, view, entry->row, NULL, "");
    H_LIT(html, "</li>\n");
}

static void write_note(struct html *html, const struct caseview *view, const struct entry *entry)
{
    H_LIT(html, "<li class=\"note\">\n<p class=\"who\"><strong>Note of ");
    caseview_write_actor(html, view, json_text(entry->row, "author", ""));
    H_LIT(html, "</strong>");
    timeline_write_when(html, view, entry);
    H_LIT(html, "</p>\n");
    timeline_write_words(html, view, entry->row, NULL, "");
    H_LIT(html, "</li>\n");
}

static void begin_line(struct html *html)
{
    H_LIT(html, "<li class=\"line\">");
}

static void end_line(struct html *html, const struct caseview *view, const struct entry *entry)
{
    timeline_write_when(html, view, entry);
    H_LIT(html, "</li>\n");
}

static void write_alert(struct html *html, const struct caseview *view, const struct entry *entry)
{
    const char *state = json_text(entry->row, "state", "");
    begin_line(html);
    caseview_write_actor(html, view, json_text(entry->row, "contact", ""));
    html_string(html, str_equal(state, "held") ? " is to be asked: held until she consents" : " was asked");
    end_line(html, view, entry);
}

static void write_answer(struct html *html, const struct caseview *view, const struct entry *entry)
{
    const char *state = json_text(entry->row, "state", "");
    begin_line(html);
    caseview_write_actor(html, view, json_text(entry->row, "contact", ""));
    if (str_equal(state, "acknowledged"))
        H_LIT(html, " <b>took it</b>");
    else if (str_equal(state, "declined"))
        H_LIT(html, " <b>declined</b>");
    else
        H_LIT(html, " gave wrong codes: the alert is void");
    end_line(html, view, entry);
}

static void write_labels(struct html *html, const json_t *labels)
{
    html_string(html, json_text(labels, "urgency", ""));
    H_LIT(html, ", ");
    html_string(html, language_name(json_text(labels, "language", "")));
    static const char *const sets[] = { "categories", "flags" };
    for (size_t k = 0; k < STR_COUNT(sets); k++) {
        size_t i;
        json_t *word;
        json_array_foreach(json_object_get(labels, sets[k]), i, word)
        {
            H_LIT(html, ", ");
            html_string(html, json_string_value(word));
        }
    }
    if (!json_bool(labels, "request", true))
        H_LIT(html, ", no request");
}

static void write_correction(struct html *html, const struct caseview *view, const struct entry *entry)
{
    begin_line(html);
    caseview_write_actor(html, view, json_text(entry->row, "author", ""));
    H_LIT(html, " corrected the labels");
    timeline_write_when(html, view, entry);
    H_LIT(html, "<br>\n<del>");
    write_labels(html, json_object_get(entry->row, "before"));
    H_LIT(html, "</del> <ins>");
    write_labels(html, json_object_get(entry->row, "after"));
    H_LIT(html, "</ins></li>\n");
}

static const char *act_phrase(const char *action)
{
    static const char *const phrases[][2] = { { "case.read", "read the case" },
        { "case.look", "looked at it without the texts" }, { "case.open", "opened the case" },
        { "case.take", "took it" }, { "case.assign", "gave it to" }, { "case.close", "closed it" },
        { "case.contacted", "recorded that she was reached" }, { "case.verify", "judged it" },
        { "case.flag", "changed a mark" }, { "case.describe", "said what is known of her" },
        { "export.dossier", "took a dossier away" }, { "case.join", "joined another case to it" },
        { "case.split", "moved a text into a case of its own" }, { "case.resume", "took the alarm up again" },
        { "case.purge", "destroyed its texts" }, { "case.purge_asked", "asked that its texts be destroyed" },
        { "person.stop", "stopped our messages" }, { "person.start", "allowed our messages again" },
        { "person.safe", "said that she is well" }, { "person.say", "wrote to her" },
        { "person.say_override", "wrote to her against her rules" } };
    for (size_t i = 0; i < STR_COUNT(phrases); i++)
        if (str_equal(phrases[i][0], action))
            return phrases[i][1];
    return action;
}

static void write_act(struct html *html, const struct caseview *view, const struct entry *entry)
{
    const char *detail = json_text(entry->row, "detail", "");
    begin_line(html);
    caseview_write_actor(html, view, json_text(entry->row, "actor", ""));
    H_LIT(html, " ");
    html_string(html, act_phrase(json_text(entry->row, "action", "")));
    if (entry->count > 1) {
        H_LIT(html, ", ");
        html_number(html, entry->count);
        H_LIT(html, " times");
    }
    if (detail[0]) {
        H_LIT(html, " <span class=\"hint\">");
        html_string(html, detail);
        H_LIT(html, "</span>");
    }
    end_line(html, view, entry);
}

/* ---- one page -------------------------------------------------------------------------------------------------- */

static void write_entry(struct html *html, const struct caseview *view, const struct entry *entry)
{
    static const struct {
        const char *kind;
        void (*write)(struct html *, const struct caseview *, const struct entry *);
    } writers[] = { { "message", timeline_write_message }, { "reply", write_reply }, { "note", write_note },
        { "alert", write_alert }, { "answer", write_answer }, { "correction", write_correction },
        { "act", write_act } };
    for (size_t i = 0; i < STR_COUNT(writers); i++)
        if (str_equal(writers[i].kind, entry->kind))
            writers[i].write(html, view, entry);
}

static void write_link(struct html *html, const struct caseview *view, size_t upto)
{
    char path[80];
    if (upto)
        snprintf(path, sizeof path, "%lld?upto=%zu", (long long)view->id, upto);
    else
        snprintf(path, sizeof path, "%lld", (long long)view->id);
    H_LIT(html, "<a");
    H_ATTR(html, "href", path);
    H_LIT(html, ">");
    html_string(html, upto ? "Older entries" : "The newest entries");
    H_LIT(html, "</a>");
}

static void write_pages(struct html *html, const struct caseview *view, size_t older)
{
    if (!older && !view->upto)
        return;
    H_LIT(html, "<p class=\"pages\">");
    if (older)
        write_link(html, view, older);
    if (older && view->upto)
        H_LIT(html, " \xc2\xb7 ");
    if (view->upto)
        write_link(html, view, 0);
    H_LIT(html, "</p>\n");
}

/* Three bytes of a script are about two of markup beside: the reading costs as much as a short text. */
static size_t weight_of(const struct entry *entry)
{
    return strlen(json_text(entry->row, "text", "")) + 60 * json_array_size(json_object_get(entry->row, "evidence"));
}

void caseview_write_timeline(struct html *html, const struct caseview *view)
{
    struct entries entries;
    H_LIT(html, "<section>\n<h2>What happened, newest first</h2>\n");
    if (!gather(view->rows, &entries)) {
        H_LIT(html, "<p>There is too much to show at this moment.</p>\n</section>\n");
        return;
    }
    size_t at = view->upto > 0 && (size_t)view->upto < entries.count ? (size_t)view->upto : entries.count;
    size_t shown = 0, bytes = 0;
    H_LIT(html, "<ol class=\"texts timeline\">\n");
    for (; at > 0 && shown < CASEVIEW_ENTRIES_MAX; at--, shown++) {
        bytes += weight_of(&entries.list[at - 1]);
        if (shown && bytes > CASEVIEW_TEXTS_MAX)
            break;
        write_entry(html, view, &entries.list[at - 1]);
    }
    H_LIT(html, "</ol>\n");
    write_pages(html, view, at);
    H_LIT(html, "</section>\n");
    free(entries.list);
}
