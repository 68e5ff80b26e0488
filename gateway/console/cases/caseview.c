/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caseview - see caseview.h. Here: the head of the page and how the case stands. */
#include "gateway/console/cases/caseview.h"

#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/language.h"
#include "gateway/console/parts.h"

const json_t *caseview_section(const json_t *rows, const char *section)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (str_equal(json_text(row, "section", ""), section))
            return row;
    }
    return NULL;
}

void caseview_write_time(struct html *html, const json_t *row, const char *key, int64_t now_ms)
{
    int64_t at = parts_time_of(row, key);
    if (at)
        parts_write_time(html, at, now_ms);
}

void caseview_write_actor(struct html *html, const struct caseview *view, const char *actor)
{
    const char *colon = actor[0] ? strchr(actor, ':') : NULL;
    const char *name = colon ? colon + 1 : actor;
    const struct config_contact *contact = config_find_contact(view->config, name);
    H_LIT(html, "<bdi>");
    if (contact && !str_starts(actor, "user:"))
        html_string(html, contact->title);
    else if (!actor[0] || str_equal(actor, "daemon"))
        H_LIT(html, "the machine");
    else if (str_starts(actor, "uid:"))
        H_LIT(html, "the administrator of the host");
    else if (str_equal(actor, "person"))
        H_LIT(html, "she herself");
    else
        html_string(html, name);
    H_LIT(html, "</bdi>");
}

/* ---- facts ----------------------------------------------------------------------------------------------------- */

static void write_time_fact(
    struct html *html, const struct caseview *view, const json_t *row, const char *key, const char *name)
{
    if (!parts_time_of(row, key))
        return;
    parts_begin_fact(html, name);
    caseview_write_time(html, row, key, view->now_ms);
    PARTS_FACT_END(html);
}

static void write_categories(struct html *html, const json_t *list)
{
    size_t i;
    json_t *word;
    parts_begin_fact(html, "What it is about");
    H_LIT(html, "<ul class=\"plain\">\n");
    json_array_foreach(list, i, word)
    {
        int category = category_from_word(json_string_value(word));
        H_LIT(html, "<li><b>");
        parts_write_word(html, json_string_value(word));
        H_LIT(html, "</b> <span class=\"meaning\">");
        html_string(html, category < 0 ? "" : category_meaning((enum category)category));
        H_LIT(html, "</span></li>\n");
    }
    H_LIT(html, "</ul>");
    PARTS_FACT_END(html);
}

static void write_flags(struct html *html, const json_t *list)
{
    size_t i;
    json_t *word;
    if (!json_array_size(list))
        return;
    parts_begin_fact(html, "Marks");
    H_LIT(html, "<ul class=\"plain\">\n");
    json_array_foreach(list, i, word)
    {
        int flag = flag_from_word(json_string_value(word));
        H_LIT(html, "<li>");
        html_string(html, flag < 0 ? "" : flag_meaning((enum flag)flag));
        H_LIT(html, " <span class=\"hint\">");
        html_string(html, json_string_value(word));
        H_LIT(html, "</span></li>\n");
    }
    H_LIT(html, "</ul>");
    PARTS_FACT_END(html);
}

static void write_case_link(struct html *html, int64_t id)
{
    char path[40];
    snprintf(path, sizeof path, "../cases/%lld", (long long)id);
    H_LIT(html, "<a");
    H_ATTR(html, "href", path);
    H_LIT(html, ">case ");
    html_number(html, id);
    H_LIT(html, "</a>");
}

static void write_relatives(struct html *html, const struct caseview *view, const json_t *row)
{
    static const struct {
        const char *section, *name;
    } kinds[] = { { "joined", "Joined to it" }, { "split", "Split off it" } };
    size_t i;
    json_t *other;
    if (json_int(row, "joined_to", 0)) {
        parts_begin_fact(html, "Joined to");
        write_case_link(html, json_int(row, "joined_to", 0));
        PARTS_FACT_END(html);
    }
    if (json_int(row, "split_from", 0)) {
        parts_begin_fact(html, "Split off");
        write_case_link(html, json_int(row, "split_from", 0));
        PARTS_FACT_END(html);
    }
    for (size_t k = 0; k < STR_COUNT(kinds); k++) {
        unsigned count = 0;
        json_array_foreach(view->rows, i, other)
        {
            if (!str_equal(json_text(other, "section", ""), kinds[k].section))
                continue;
            if (!count++)
                parts_begin_fact(html, kinds[k].name);
            else
                H_LIT(html, ", ");
            write_case_link(html, json_int(other, "case", 0));
        }
        if (count)
            PARTS_FACT_END(html);
    }
}

static const char *verification_sentence(const char *word)
{
    if (str_equal(word, "verified"))
        return "Yes: a person has confirmed it.";
    return str_equal(word, "unfounded") ? "A person found no need behind it."
                                        : "Not yet: nobody has verified this. Be careful.";
}

/* The next thing that happens by itself. */
static void write_next_step(struct html *html, const struct caseview *view)
{
    size_t i;
    json_t *row;
    const json_t *next = NULL;
    json_array_foreach(view->rows, i, row)
    {
        bool is_waiting =
            str_equal(json_text(row, "section", ""), "step") && str_equal(json_text(row, "state", ""), "waiting");
        if (is_waiting && (!next || parts_time_of(row, "due_at") < parts_time_of(next, "due_at")))
            next = row;
    }
    if (!next)
        return;
    parts_begin_fact(html, "Next alarm");
    caseview_write_time(html, next, "due_at", view->now_ms);
    PARTS_FACT_END(html);
}

static void write_origin(struct html *html, const json_t *row)
{
    char text[80];
    const char *name = phone_country_name(json_text(row, "origin", ""));
    bool is_guess = str_equal(json_text(row, "origin_basis", ""), "probable");
    snprintf(text, sizeof text, "%s%s", name ? name : "unknown", name && is_guess ? ", probably" : "");
    parts_write_fact(html, "She is from", text);
}

static void write_ending(struct html *html, const json_t *row)
{
    int ending = ending_from_word(json_text(row, "ending", ""));
    if (ending >= 0)
        parts_write_fact(html, "It ended", ending_meaning((enum ending)ending));
}

static void write_facts(struct html *html, const struct caseview *view, const json_t *row)
{
    const char *country = phone_country_name(json_text(row, "country", ""));
    int urgency = urgency_from_word(json_text(row, "urgency", ""));
    PARTS_FACTS_BEGIN(html);
    write_categories(html, json_object_get(row, "categories"));
    parts_write_fact(html, "How soon", urgency < 0 ? "" : urgency_meaning((enum urgency)urgency));
    write_flags(html, json_object_get(row, "flags"));
    parts_write_fact(html, "Phone in", country ? country : "unknown");
    parts_write_fact(html, "Language", language_name(json_text(row, "language", "")));
    write_origin(html, row);
    if (json_text(row, "sex", "")[0])
        parts_write_fact(html, "Sex", json_text(row, "sex", ""));
    parts_write_fact(html, "Came by", json_text(row, "channel", ""));
    parts_write_fact(html, "Checked", verification_sentence(json_text(row, "verification", "")));
    write_time_fact(html, view, row, "opened_at", "Open since");
    write_time_fact(html, view, row, "last_message_at", "Last text");
    write_time_fact(html, view, row, "contacted_at", "She was reached");
    write_time_fact(html, view, row, "closed_at", "Closed");
    write_ending(html, row);
    write_next_step(html, view);
    write_relatives(html, view, row);
    PARTS_FACTS_END(html);
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void write_heading(struct html *html, const struct caseview *view, const json_t *row)
{
    H_LIT(html, "<h1>Case ");
    html_number(html, view->id);
    H_LIT(html, " ");
    parts_write_urgency(html, json_text(row, "urgency", ""));
    H_LIT(html, "</h1>\n");
}

static void write_state(struct html *html, const struct caseview *view, const json_t *row)
{
    const char *state = json_text(row, "state", "");
    H_LIT(html, "<p class=\"state\">");
    if (str_equal(state, "open"))
        H_LIT(html, "Nobody has taken it yet.");
    else if (str_equal(state, "closed"))
        H_LIT(html, "It is closed.");
    else {
        H_LIT(html, "Held by ");
        caseview_write_actor(html, view, json_text(row, "owner", ""));
        html_string(html, parts_time_of(row, "contacted_at") ? ". She was reached." : ". Nobody has reached her yet.");
    }
    H_LIT(html, "</p>\n");
}

void caseview_write(struct html *html, const struct caseview *view)
{
    const json_t *row = caseview_section(view->rows, "case");
    write_heading(html, view, row);
    caseview_write_rules(html, view);
    write_state(html, view, row);
    if (view->is_stale)
        H_LIT(html,
            "<p class=\"hint\">The words of a closed case need a proof of the last minutes that it is you.</p>\n");
    if (!view->upto)
        caseview_write_first_forms(html, view);
    H_LIT(html, "<div class=\"columns\">\n<div>\n");
    caseview_write_timeline(html, view);
    H_LIT(html, "</div>\n<div>\n<section>\n<h2>How it stands</h2>\n");
    write_facts(html, view, row);
    H_LIT(html, "</section>\n</div>\n</div>\n");
    if (!view->upto)
        caseview_write_forms(html, view);
}
