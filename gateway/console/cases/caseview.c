/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caseview - see caseview.h. Here: the head of the page and how the case stands. */
#include "gateway/console/cases/caseview.h"

#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "gateway/base/clock.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/ackparts.h"
#include "gateway/console/language.h"

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

int64_t caseview_time(const json_t *row, const char *key)
{
    int64_t at = 0;
    const char *text = json_text(row, key, "");
    return text[0] && !clock_parse(text, &at) ? at : 0;
}

void caseview_write_time(struct html *html, const json_t *row, const char *key, int64_t now_ms)
{
    int64_t at = caseview_time(row, key);
    if (at)
        ackparts_write_time(html, at, now_ms);
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

static void begin_fact(struct html *html, const char *name)
{
    H_LIT(html, "<dt>");
    html_string(html, name);
    H_LIT(html, "</dt>\n<dd>");
}

static void end_fact(struct html *html)
{
    H_LIT(html, "</dd>\n");
}

static void write_fact(struct html *html, const char *name, const char *value)
{
    begin_fact(html, name);
    html_string(html, value);
    end_fact(html);
}

static void write_time_fact(
    struct html *html, const struct caseview *view, const json_t *row, const char *key, const char *name)
{
    if (!caseview_time(row, key))
        return;
    begin_fact(html, name);
    caseview_write_time(html, row, key, view->now_ms);
    end_fact(html);
}

static void write_categories(struct html *html, const json_t *list)
{
    size_t i;
    json_t *word;
    begin_fact(html, "What it is about");
    H_LIT(html, "<ul class=\"plain\">\n");
    json_array_foreach(list, i, word)
    {
        int category = category_from_word(json_string_value(word));
        H_LIT(html, "<li><b>");
        html_string(html, json_string_value(word));
        H_LIT(html, "</b> <span class=\"meaning\">");
        html_string(html, category < 0 ? "" : category_meaning((enum category)category));
        H_LIT(html, "</span></li>\n");
    }
    H_LIT(html, "</ul>");
    end_fact(html);
}

static void write_flags(struct html *html, const json_t *list)
{
    size_t i;
    json_t *word;
    if (!json_array_size(list))
        return;
    begin_fact(html, "Marks");
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
    end_fact(html);
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
        begin_fact(html, "Joined to");
        write_case_link(html, json_int(row, "joined_to", 0));
        end_fact(html);
    }
    if (json_int(row, "split_from", 0)) {
        begin_fact(html, "Split off");
        write_case_link(html, json_int(row, "split_from", 0));
        end_fact(html);
    }
    for (size_t k = 0; k < STR_COUNT(kinds); k++) {
        unsigned count = 0;
        json_array_foreach(view->rows, i, other)
        {
            if (!str_equal(json_text(other, "section", ""), kinds[k].section))
                continue;
            if (!count++)
                begin_fact(html, kinds[k].name);
            else
                H_LIT(html, ", ");
            write_case_link(html, json_int(other, "case", 0));
        }
        if (count)
            end_fact(html);
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
        if (is_waiting && (!next || caseview_time(row, "due_at") < caseview_time(next, "due_at")))
            next = row;
    }
    if (!next)
        return;
    begin_fact(html, "Next alarm");
    caseview_write_time(html, next, "due_at", view->now_ms);
    end_fact(html);
}

static void write_facts(struct html *html, const struct caseview *view, const json_t *row)
{
    const char *country = phone_country_name(json_text(row, "country", ""));
    int urgency = urgency_from_word(json_text(row, "urgency", ""));
    H_LIT(html, "<dl>\n");
    write_categories(html, json_object_get(row, "categories"));
    write_fact(html, "How soon", urgency < 0 ? "" : urgency_meaning((enum urgency)urgency));
    write_flags(html, json_object_get(row, "flags"));
    write_fact(html, "Phone in", country ? country : "unknown");
    write_fact(html, "Language", language_name(json_text(row, "language", "")));
    write_fact(html, "Came by", json_text(row, "channel", ""));
    write_fact(html, "Checked", verification_sentence(json_text(row, "verification", "")));
    write_time_fact(html, view, row, "opened_at", "Open since");
    write_time_fact(html, view, row, "last_message_at", "Last text");
    write_time_fact(html, view, row, "contacted_at", "She was reached");
    write_time_fact(html, view, row, "closed_at", "Closed");
    write_next_step(html, view);
    write_relatives(html, view, row);
    H_LIT(html, "</dl>\n");
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void write_heading(struct html *html, const struct caseview *view, const json_t *row)
{
    H_LIT(html, "<h1>Case ");
    html_number(html, view->id);
    H_LIT(html, " <strong class=\"urgency\"");
    H_ATTR(html, "data-urgency", json_text(row, "urgency", ""));
    H_LIT(html, ">");
    html_string(html, json_text(row, "urgency", ""));
    H_LIT(html, "</strong></h1>\n");
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
        html_string(html, caseview_time(row, "contacted_at") ? ". She was reached." : ". Nobody has reached her yet.");
    }
    H_LIT(html, "</p>\n");
}

void caseview_write(struct html *html, const struct caseview *view)
{
    const json_t *row = caseview_section(view->rows, "case");
    write_heading(html, view, row);
    caseview_write_rules(html, view);
    write_state(html, view, row);
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
