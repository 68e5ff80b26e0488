/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline - what happened in a case, newest first: her texts beside what the machine read in them and why, what was
 * sent to her, who was asked and answered, notes, corrections, and who did or read what.
 * Why:   entries are counted from the oldest, so that the address of an older page stays true while new ones come.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/model.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/caseview.h"
#include "gateway/console/cases/highlight.h"
#include "gateway/console/language.h"

#define QUOTE_MAX 60 /* bytes of a reason that are quoted beside its label */

struct entry {
    int64_t at;
    size_t order; /* of the row: keeps what came at one moment in its order */
    const json_t *row;
    const char *kind; /* section, or "answer": of an alert */
    unsigned count;   /* readings in a row by one person */
};

struct entries {
    size_t count;
    struct entry *list;
};

/* ---- gathering ------------------------------------------------------------------------------------------------- */

static const char *time_key(const char *section)
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
    static const char *const starts[] = { "message.", "alert.", "case.note", "case.correct", "reply." };
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

static int compare(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order < b->order ? -1 : 1;
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

/* Every look at the page is recorded; ten of one person in a row are one entry. */
static void fold_readings(struct entries *entries)
{
    size_t kept = 0;
    for (size_t i = 0; i < entries->count; i++) {
        struct entry *entry = &entries->list[i], *last = kept ? &entries->list[kept - 1] : NULL;
        bool is_again = last && is_read(entry) && is_read(last) &&
                        str_equal(json_text(entry->row, "actor", ""), json_text(last->row, "actor", ""));
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
        const char *section = json_text(row, "section", ""), *key = time_key(section);
        if (!key || is_told_elsewhere(row, section))
            continue;
        add(entries, row, section, caseview_time(row, key), order_of(section, i, total));
        if (str_equal(section, "alert"))
            add(entries, row, "answer", caseview_time(row, "answered_at"), order_of(section, i, total));
    }
    qsort(entries->list, entries->count, sizeof *entries->list, compare);
    fold_readings(entries);
    return true;
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

static void write_number(struct html *html, const struct caseview *view, const json_t *row)
{
    const char *number = json_text(row, "from", "");
    char masked[PHONE_MAX];
    if (!number[0])
        return;
    if (view->is_masked)
        phone_mask(number, masked);
    H_LIT(html, " <span class=\"from\"><bdi>");
    html_string(html, view->is_masked ? masked : number);
    H_LIT(html, "</bdi></span>");
}

static void write_when(struct html *html, const struct caseview *view, const struct entry *entry)
{
    const char *key = str_equal(entry->kind, "answer") ? "answered_at" : time_key(entry->kind);
    H_LIT(html, " \xc2\xb7 ");
    caseview_write_time(html, entry->row, key, view->now_ms);
}

static void write_words(struct html *html, const json_t *row, const json_t *evidence, const char *language)
{
    const char *text = json_text(row, "text", NULL);
    if (!text) {
        H_LIT(html, "<p class=\"hint\">The words are gone, or do not open.</p>\n");
        return;
    }
    H_LIT(html, "<blockquote dir=\"auto\"");
    if (language[0] && !str_equal(language, "und"))
        H_ATTR(html, "lang", language);
    H_LIT(html, ">");
    highlight_write(html, span_of(text), evidence);
    H_LIT(html, "</blockquote>\n");
}

static void write_list(struct html *html, const char *title, const json_t *list)
{
    size_t i;
    json_t *word;
    if (!json_array_size(list))
        return;
    H_LIT(html, "<li>");
    html_string(html, title);
    json_array_foreach(list, i, word)
    {
        if (i)
            H_LIT(html, ", ");
        H_LIT(html, "<b>");
        html_string(html, json_string_value(word));
        H_LIT(html, "</b>");
    }
    H_LIT(html, "</li>\n");
}

static bool is_again(const json_t *evidence, size_t index)
{
    const json_t *item = json_array_get(evidence, index);
    for (size_t i = 0; i < index; i++) {
        const json_t *other = json_array_get(evidence, i);
        if (str_equal(json_text(other, "label", ""), json_text(item, "label", "")) &&
            str_equal(json_text(other, "text", ""), json_text(item, "text", "")))
            return true;
    }
    return false;
}

/* Which of her words spoke for which label. */
static void write_reasons(struct html *html, const json_t *evidence)
{
    size_t i;
    json_t *item;
    json_array_foreach(evidence, i, item)
    {
        struct span quote = span_of(json_text(item, "text", ""));
        if (!quote.len || quote.len > QUOTE_MAX || is_again(evidence, i))
            continue;
        H_LIT(html, "<li class=\"why\"><b>");
        html_string(html, json_text(item, "label", ""));
        H_LIT(html, "</b> because of <q dir=\"auto\">");
        html_text(html, quote);
        H_LIT(html, "</q></li>\n");
    }
}

static void write_reading(struct html *html, const json_t *row)
{
    const char *intent = json_text(row, "intent", ""), *second = json_text(row, "second_language", "");
    H_LIT(html, "<ul class=\"reading\" aria-label=\"What the machine read\">\n<li>");
    html_string(html, language_name(json_text(row, "language", "")));
    if (second[0]) {
        H_LIT(html, " with ");
        html_string(html, language_name(second));
    }
    H_LIT(html, ", <b>");
    html_string(html, json_text(row, "urgency", ""));
    H_LIT(html, "</b>");
    if (!str_equal(intent, "help")) {
        H_LIT(html, ", no request: <b>");
        html_string(html, intent);
        H_LIT(html, "</b>");
    }
    H_LIT(html, "</li>\n");
    write_list(html, "About: ", json_object_get(row, "categories"));
    write_list(html, "Marks: ", json_object_get(row, "flags"));
    write_reasons(html, json_object_get(row, "evidence"));
    H_LIT(html, "</ul>\n");
}

static void write_remarks(struct html *html, const struct caseview *view, const json_t *row)
{
    int64_t part = json_int(row, "part", 0), total = json_int(row, "part_total", 0);
    if (json_bool(row, "doubtful", false))
        H_LIT(html, "<p class=\"doubt\">This may not be her: another may have her phone.</p>\n");
    if (json_bool(row, "unproved", false))
        H_LIT(html, "<p class=\"doubt\">It came without a proof of its origin.</p>\n");
    if (part < total) {
        H_LIT(html, "<p class=\"doubt\">So far ");
        html_number(html, part);
        H_LIT(html, " of ");
        html_number(html, total);
        H_LIT(html, " parts have come.</p>\n");
    }
    if (json_int(row, "copies", 0)) {
        H_LIT(html, "<p class=\"hint\">It came ");
        html_number(html, json_int(row, "copies", 0) + 1);
        H_LIT(html, " times.</p>\n");
    }
    if (json_int(row, "case", 0) != view->id) {
        H_LIT(html, "<p class=\"hint\">From case ");
        html_number(html, json_int(row, "case", 0));
        H_LIT(html, ", which was joined to this one.</p>\n");
    }
}

/* How far a person's words to her have come. */
static void write_delivery(struct html *html, const struct caseview *view, const json_t *row)
{
    size_t i;
    json_t *reply;
    json_array_foreach(view->rows, i, reply)
    {
        bool is_its = str_equal(json_text(reply, "section", ""), "reply") && json_text(reply, "author", "")[0] &&
                      json_int(reply, "message", 0) == json_int(row, "message", -1);
        if (!is_its)
            continue;
        H_LIT(html, "<p class=\"hint\">");
        html_string(html, json_text(reply, "state", ""));
        H_LIT(html, "</p>\n");
    }
}

static void write_message(struct html *html, const struct caseview *view, const struct entry *entry)
{
    const json_t *row = entry->row;
    const char *author = json_text(row, "author", "");
    bool is_in = str_equal(json_text(row, "direction", ""), "in"), is_hers = is_in && !author[0];
    H_LIT(html, "<li");
    H_ATTR(html, "class", is_in ? "in" : "out");
    H_LIT(html, ">\n<p class=\"who\"><strong>");
    if (is_hers)
        H_LIT(html, "She wrote");
    else {
        caseview_write_actor(html, view, author);
        html_string(html, is_in ? " wrote to us" : " wrote to her");
    }
    H_LIT(html, "</strong>");
    if (is_hers)
        write_number(html, view, row);
    write_when(html, view, entry);
    H_LIT(html, " <span class=\"hint\">text ");
    html_number(html, json_int(row, "message", 0));
    H_LIT(html, "</span></p>\n");
    write_remarks(html, view, row);
    if (is_hers)
        H_LIT(html, "<div class=\"beside\">\n");
    write_words(
        html, row, is_hers ? json_object_get(row, "evidence") : NULL, is_hers ? json_text(row, "language", "") : "");
    if (is_hers) {
        write_reading(html, row);
        H_LIT(html, "</div>\n");
    } else {
        write_delivery(html, view, row);
    }
    H_LIT(html, "</li>\n");
}

/* ---- everything else ------------------------------------------------------------------------------------------- */

static void write_reply(struct html *html, const struct caseview *view, const struct entry *entry)
{
    H_LIT(html, "<li class=\"out\">\n<p class=\"who\"><strong>Automatic answer to her</strong>");
    write_when(html, view, entry);
    H_LIT(html, " <span class=\"hint\">");
    html_string(html, json_text(entry->row, "state", ""));
    H_LIT(html, "</span></p>\n");
    write_words(html, entry->row, NULL, "");
    H_LIT(html, "</li>\n");
}

static void write_note(struct html *html, const struct caseview *view, const struct entry *entry)
{
    H_LIT(html, "<li class=\"note\">\n<p class=\"who\"><strong>Note of ");
    caseview_write_actor(html, view, json_text(entry->row, "author", ""));
    H_LIT(html, "</strong>");
    write_when(html, view, entry);
    H_LIT(html, "</p>\n");
    write_words(html, entry->row, NULL, "");
    H_LIT(html, "</li>\n");
}

static void begin_line(struct html *html)
{
    H_LIT(html, "<li class=\"line\">");
}

static void end_line(struct html *html, const struct caseview *view, const struct entry *entry)
{
    write_when(html, view, entry);
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
    begin_line(html);
    H_LIT(html, "Alert of ");
    caseview_write_actor(html, view, json_text(entry->row, "contact", ""));
    H_LIT(html, ": <b>");
    html_string(html, json_text(entry->row, "state", ""));
    H_LIT(html, "</b>");
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
    write_when(html, view, entry);
    H_LIT(html, "<br>\n<del>");
    write_labels(html, json_object_get(entry->row, "before"));
    H_LIT(html, "</del> <ins>");
    write_labels(html, json_object_get(entry->row, "after"));
    H_LIT(html, "</ins></li>\n");
}

static const char *act_phrase(const char *action)
{
    static const char *const phrases[][2] = { { "case.read", "read the case" }, { "case.open", "opened the case" },
        { "case.take", "took it" }, { "case.assign", "gave it to" }, { "case.close", "closed it" },
        { "case.contacted", "recorded that she was reached" }, { "case.verify", "judged it" },
        { "case.flag", "changed a mark" }, { "case.join", "joined another case to it" },
        { "case.split", "moved a text into a case of its own" }, { "case.resume", "took the alarm up again" },
        { "case.purge", "destroyed its texts" }, { "person.stop", "stopped our messages" },
        { "person.start", "allowed our messages again" }, { "person.safe", "said that she is well" },
        { "person.say", "wrote to her" }, { "person.say_override", "wrote to her against her rules" } };
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
    } writers[] = { { "message", write_message }, { "reply", write_reply }, { "note", write_note },
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
