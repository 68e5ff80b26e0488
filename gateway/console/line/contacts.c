/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contacts - who is alerted: on duty now and next, for whom, by which way, and whether tests are answered.
 * Keeps: shows no address and no number of a contact; who sees the page without being a supervisor changes nothing.
 */
#include <stdio.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/language.h"
#include "gateway/console/line/dutyparts.h"
#include "gateway/console/page.h"
#include "gateway/console/pages.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

#define PAGE 12
#define DRILLS_SHOWN 12
#define NAME_MAX_BYTES 80
#define MINUTE_MS 60000

enum column { COLUMN_CONTACT, COLUMN_DUTY, COLUMN_SERVES, COLUMN_WAYS, COLUMN_TESTS, COLUMNS };
static const char *const columns[COLUMNS] = { "Contact", "Duty", "For whom", "Reached by", "Tests" };

struct contacts {
    struct visit *visit;
    const json_t *all, *gaps, *drills; /* all contacts, those on duty first */
    size_t from;                       /* the first one of this page */
};

static bool may_act(const struct visit *visit)
{
    return visit->who->role == ROLE_supervisor;
}

static bool is_on(const json_t *row)
{
    return str_starts(json_text(row, "duty", ""), "on");
}

static bool is_by_hand(const json_t *row)
{
    const char *duty = json_text(row, "duty", "");
    return !str_equal(duty, "on") && !str_equal(duty, "off");
}

/* ---- one contact ----------------------------------------------------------------------------------------------- */

static void write_contact_cell(struct html *html, const json_t *row)
{
    H_LIT(html, "<th scope=\"row\">");
    parts_write_name(html, json_text(row, "title", ""));
    H_LIT(html, " <span class=\"hint\">");
    parts_write_name(html, json_text(row, "contact", ""));
    H_LIT(html, ", ");
    parts_write_word(html, json_text(row, "kind", ""));
    H_LIT(html, ", trust ");
    parts_write_word(html, json_text(row, "trust", ""));
    H_LIT(html, "</span></th>\n");
}

/* "13:05" on the wall of that zone. */
static void write_wall(struct html *html, const json_t *row, int64_t now_ms)
{
    char text[16];
    int64_t minute = (now_ms / 1000 + json_int(row, "offset_s", 0)) / 60 % (24 * 60);
    snprintf(text, sizeof text, "%02d:%02d", (int)(minute / 60), (int)(minute % 60));
    html_string(html, text);
}

static void write_hours(struct html *html, const json_t *row, int64_t now_ms)
{
    size_t i;
    json_t *hours;
    H_LIT(html, "<span class=\"hint\">");
    if (!json_array_size(json_object_get(row, "hours")))
        H_LIT(html, "all hours");
    json_array_foreach(json_object_get(row, "hours"), i, hours)
    {
        if (i)
            H_LIT(html, "; ");
        html_string(html, json_string_value(hours));
    }
    H_LIT(html, ", ");
    html_string(html, json_text(row, "zone", ""));
    H_LIT(html, ", now ");
    write_wall(html, row, now_ms);
    H_LIT(html, "</span>");
}

static void write_duty_cell(struct html *html, const json_t *row, int64_t now_ms)
{
    int64_t next = parts_time_of(row, "changes_at");
    parts_begin_cell(html, columns[COLUMN_DUTY]);
    parts_write_chip(html, is_on(row) ? "good" : "", is_on(row) ? "on duty" : "off duty");
    if (is_by_hand(row))
        H_LIT(html, " by hand");
    if (next) {
        html_string(html, is_on(row) ? " until " : " on again ");
        parts_write_time(html, next, now_ms);
    }
    H_LIT(html, " ");
    write_hours(html, row, now_ms);
    PARTS_CELL_END(html);
}

static const char *country_of(const char *code)
{
    const char *name = phone_country_name(code);
    return name ? name : code;
}

static void write_names(struct html *html, const json_t *list, const char *(*name_of)(const char *), const char *any)
{
    size_t i;
    json_t *item;
    if (!json_array_size(list))
        html_string(html, any);
    json_array_foreach(list, i, item)
    {
        if (i)
            H_LIT(html, ", ");
        parts_write_name(html, name_of ? name_of(json_string_value(item)) : json_string_value(item));
    }
}

static void write_serves_cell(struct html *html, const json_t *row)
{
    parts_begin_cell(html, columns[COLUMN_SERVES]);
    write_names(html, json_object_get(row, "languages"), language_name, "any language");
    H_LIT(html, " <span class=\"hint\">");
    write_names(html, json_object_get(row, "countries"), country_of, "any country");
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
}

static void write_ways_cell(struct html *html, const json_t *row, int64_t now_ms)
{
    parts_begin_cell(html, columns[COLUMN_WAYS]);
    if (!json_array_size(json_object_get(row, "channels")))
        parts_write_chip(html, "alarm", "by no channel that is on");
    else
        write_names(html, json_object_get(row, "channels"), NULL, "");
    H_LIT(html, " <span class=\"hint\">last answer ");
    if (parts_time_of(row, "last_answer_at"))
        parts_write_age(html, parts_time_of(row, "last_answer_at"), now_ms);
    else
        H_LIT(html, "never");
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

static void write_after(struct html *html, int64_t span_ms)
{
    int64_t minutes = span_ms / MINUTE_MS;
    if (minutes == 0) {
        H_LIT(html, "answered within a minute");
        return;
    }
    H_LIT(html, "answered after ");
    html_number(html, minutes);
    html_string(html, minutes == 1 ? " minute" : " minutes");
}

/* Not answered within the hour is missed, until the answer comes. */
static void write_outcome(struct html *html, int64_t sent_at, int64_t answered_at, int64_t now_ms)
{
    if (answered_at)
        write_after(html, answered_at - sent_at);
    else if (now_ms - sent_at > 60 * MINUTE_MS)
        parts_write_chip(html, "alarm", "not answered");
    else
        H_LIT(html, "waiting for the answer");
}

static void write_tests_cell(struct html *html, const json_t *row, int64_t now_ms)
{
    int64_t sent = parts_time_of(row, "drill_sent_at"), missed = json_int(row, "missed", 0);
    parts_begin_cell(html, columns[COLUMN_TESTS]);
    if (!sent) {
        H_LIT(html, "never tested");
        PARTS_CELL_END(html);
        return;
    }
    parts_write_age(html, sent, now_ms);
    H_LIT(html, ": ");
    write_outcome(html, sent, parts_time_of(row, "drill_answered_at"), now_ms);
    H_LIT(html, " <span class=\"hint\">");
    html_number(html, missed);
    H_LIT(html, " of ");
    html_number(html, json_int(row, "drills", 0));
    H_LIT(html, " missed in 90 days</span>");
    PARTS_CELL_END(html);
}

static void write_button(struct html *html, const char *what, const char *label)
{
    H_LIT(html, "<button class=\"small\" type=\"submit\" name=\"do\"");
    H_ATTR(html, "value", what);
    H_LIT(html, ">");
    html_string(html, label);
    H_LIT(html, "</button>\n");
}

static void write_acts_cell(struct html *html, const struct contacts *contacts, const json_t *row)
{
    H_LIT(html, "<td data-label=\"\">");
    shell_form_begin(html, contacts->visit, "/contacts");
    H_LIT(html, "<input type=\"hidden\" name=\"contact\"");
    H_ATTR(html, "value", json_text(row, "contact", ""));
    H_LIT(html, ">\n<div class=\"buttons\">");
    write_button(html, "drill", "Send a test");
    if (is_by_hand(row))
        write_button(html, "auto", "By hours again");
    if (is_on(row))
        write_button(html, "off", "Off duty");
    else
        write_button(html, "on", "On duty");
    H_LIT(html, "</div>\n");
    shell_form_end(html);
    H_LIT(html, "</td>\n");
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void write_row(struct html *html, const struct contacts *contacts, const json_t *row)
{
    int64_t now_ms = contacts->visit->now_ms;
    H_LIT(html, "<tr>\n");
    write_contact_cell(html, row);
    write_duty_cell(html, row, now_ms);
    write_serves_cell(html, row);
    write_ways_cell(html, row, now_ms);
    write_tests_cell(html, row, now_ms);
    if (may_act(contacts->visit))
        write_acts_cell(html, contacts, row);
    H_LIT(html, "</tr>\n");
}

static void write_sums(struct html *html, const struct contacts *contacts)
{
    int64_t on = 0, missed = 0;
    size_t i;
    json_t *row;
    json_array_foreach(contacts->all, i, row)
    {
        on += is_on(row);
        missed += json_int(row, "missed", 0);
    }
    H_LIT(html, "<ul class=\"sums\" aria-label=\"At a glance\">\n");
    dutyparts_write_sum(html, on, "#roster", "on duty now");
    dutyparts_write_sum(html, (int64_t)json_array_size(contacts->all) - on, "#roster", "off duty");
    dutyparts_write_sum(html, (int64_t)json_array_size(contacts->gaps), "#gaps", "urgencies with gaps");
    dutyparts_write_sum(html, missed, "#tests", "tests missed in 90 days");
    H_LIT(html, "</ul>\n");
}

static void write_gap(struct html *html, const json_t *row)
{
    const char *country = json_text(row, "country", "");
    H_LIT(html, "<tr>\n<th scope=\"row\">");
    parts_write_urgency(html, json_text(row, "urgency", ""));
    H_LIT(html, "</th>\n");
    parts_begin_cell(html, "Reached");
    html_number(html, json_int(row, "reached", 0));
    PARTS_CELL_END(html);
    parts_begin_cell(html, "When");
    html_string(html, json_text(row, "first", ""));
    H_LIT(html, " <span class=\"hint\">");
    html_number(html, json_int(row, "hours", 0));
    H_LIT(html, " of 168 hours</span>");
    PARTS_CELL_END(html);
    parts_begin_cell(html, "By");
    parts_write_name(html, json_text(row, "policy", ""));
    H_LIT(html, " <span class=\"hint\">phone in ");
    html_string(html, str_equal(country, "ZZ")        ? "a country that nobody names"
                      : str_equal(country, "unknown") ? "an unknown country"
                                                      : country_of(country));
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
    parts_begin_cell(html, "Others");
    html_number(html, json_int(row, "others", 0));
    PARTS_CELL_END(html);
    H_LIT(html, "</tr>\n");
}

static void write_gaps(struct html *html, const struct contacts *contacts)
{
    static const char *const headings[] = { "Urgency", "Reached", "When", "By", "Others" };
    size_t i;
    json_t *row;
    H_LIT(html, "<section id=\"gaps\">\n<h2>Hours in which fewer than two are reached</h2>\n");
    if (!json_array_size(contacts->gaps)) {
        H_LIT(html,
            "<p>There are none: at every hour of the week a case of every urgency reaches at least two contacts "
            "who may be asked without her consent.</p>\n</section>\n");
        return;
    }
    parts_begin_table(html, "cards", "The worst gap of each urgency; contacts that need her consent do not count",
        headings, STR_COUNT(headings));
    json_array_foreach(contacts->gaps, i, row)
    {
        write_gap(html, row);
    }
    parts_end_table(html);
    H_LIT(html, "<p class=\"hint\">Others: further combinations of policy and country with gaps. Hours, contacts and "
                "policies stand in the configuration.</p>\n</section>\n");
}

static void write_roster(struct html *html, const struct contacts *contacts)
{
    const char *headings[COLUMNS + 1];
    size_t count = json_array_size(contacts->all), end = contacts->from + PAGE < count ? contacts->from + PAGE : count;
    char next[PARTS_HREF_MAX] = "";
    for (int i = 0; i < COLUMNS; i++)
        headings[i] = columns[i];
    headings[COLUMNS] = "";
    H_LIT(html, "<section id=\"roster\">\n<h2>Roster</h2>\n");
    parts_begin_table(html, "cards roster", "Who is on duty stands first", headings,
        may_act(contacts->visit) ? COLUMNS + 1 : COLUMNS);
    for (size_t i = contacts->from; i < end; i++)
        write_row(html, contacts, json_array_get(contacts->all, i));
    parts_end_table(html);
    if (end < count)
        snprintf(
            next, sizeof next, "contacts?after=%s", json_text(json_array_get(contacts->all, end - 1), "contact", ""));
    parts_write_pager(html, contacts->from ? "contacts" : NULL, next[0] ? next : NULL);
    H_LIT(html, "</section>\n");
}

static void write_drill(struct html *html, const json_t *row, int64_t now_ms)
{
    int64_t sent = parts_time_of(row, "sent_at");
    H_LIT(html, "<tr>\n");
    parts_begin_cell(html, "Sent");
    parts_write_time(html, sent, now_ms);
    PARTS_CELL_END(html);
    parts_write_cell(html, "To", json_text(row, "contact", ""));
    parts_begin_cell(html, "Came of it");
    write_outcome(html, sent, parts_time_of(row, "answered_at"), now_ms);
    PARTS_CELL_END(html);
    parts_write_cell(html, "Asked by", json_text(row, "asked_by", ""));
    H_LIT(html, "</tr>\n");
}

static void write_drills(struct html *html, const struct contacts *contacts)
{
    static const char *const headings[] = { "Sent", "To", "Came of it", "Asked by" };
    size_t i;
    json_t *row;
    H_LIT(html, "<section id=\"tests\">\n<h2>Last tests</h2>\n");
    if (!json_array_size(contacts->drills)) {
        parts_write_empty(html, "No contact was ever tested.",
            "A test is marked as one, opens no case, and shows whether an alert would be answered.");
    } else {
        parts_begin_table(html, "cards", "Tests, newest first", headings, STR_COUNT(headings));
        json_array_foreach(contacts->drills, i, row)
        {
            write_drill(html, row, contacts->visit->now_ms);
        }
        parts_end_table(html);
    }
    if (may_act(contacts->visit)) {
        shell_form_begin(html, contacts->visit, "/contacts");
        H_LIT(html, "<input type=\"hidden\" name=\"contact\" value=\"all\">\n<div class=\"buttons\">");
        H_LIT(html, "<button type=\"submit\" name=\"do\" value=\"drill\">Send a test to everybody</button></div>\n");
        shell_form_end(html);
    }
    H_LIT(html, "</section>\n");
}

static int show(const struct contacts *contacts, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    shell_begin(html, contacts->visit, "Contacts", DUTYPARTS_HERE);
    dutyparts_write_tabs(html, contacts->visit, "/contacts");
    H_LIT(html,
        "<h1>Contacts</h1>\n<p class=\"lead\">Who is asked when a case opens. Outside their hours they are asked for "
        "critical cases only.</p>\n");
    write_sums(html, contacts);
    write_roster(html, contacts);
    write_gaps(html, contacts);
    write_drills(html, contacts);
    shell_end(html);
    return page_finish(html, 200, ret_page);
}

/* Where the page begins that follows this contact; false: there is no such contact. */
static bool find_start(const json_t *all, const char *after, size_t *ret_from)
{
    size_t i;
    json_t *row;
    *ret_from = 0;
    if (!after[0])
        return true;
    json_array_foreach(all, i, row)
    {
        if (str_equal(json_text(row, "contact", ""), after))
            *ret_from = i + 1;
    }
    return *ret_from > 0 && *ret_from < json_array_size(all);
}

int page_contacts(struct visit *visit, struct visits_page *ret_page)
{
    char after[NAME_MAX_BYTES];
    AUTO_ANSWER rows = { .rows = NULL };
    AUTO_ANSWER gaps = { .rows = NULL };
    AUTO_ANSWER drills = { .rows = NULL };
    struct contacts contacts = { .visit = visit };
    visit_text(visit, "after", after, sizeof after);
    int rc = visit_verb(visit, "contacts roster", json_pack("{s:i}", "limit", CONFIG_CONTACTS_MAX), &rows);
    if (!rc && !find_start(rows.rows, after, &contacts.from))
        return shell_say(visit, 400, "Not understood", "There is no such page of contacts.",
            "Go back to the beginning of the list.", ret_page);
    if (!rc)
        rc = visit_verb(visit, "contacts gaps", json_object(), &gaps);
    if (!rc)
        rc = visit_verb(visit, "drills list", json_pack("{s:i}", "limit", DRILLS_SHOWN), &drills);
    if (rc)
        return rc;
    contacts.all = rows.rows;
    contacts.gaps = gaps.rows;
    contacts.drills = drills.rows;
    return show(&contacts, ret_page);
}

int page_contacts_act(struct visit *visit, struct visits_page *ret_page)
{
    static const struct {
        const char *what, *verb, *sentence;
    } acts[] = {
        { "drill", "contacts drill", NULL },
        { "on", "contacts on", "On duty until you say otherwise." },
        { "off", "contacts off",
            "Off duty until you say otherwise. A critical case still asks when nobody else is left." },
        { "auto", "contacts auto", "The duty hours decide again." },
    };
    char contact[NAME_MAX_BYTES];
    AUTO_ANSWER answer = { .rows = NULL };
    visit_text(visit, "contact", contact, sizeof contact);
    for (size_t i = 0; i < STR_COUNT(acts); i++) {
        if (!span_equal(visit_field(visit, "do"), span_of(acts[i].what)))
            continue;
        int rc = visit_verb(visit, acts[i].verb, json_pack("{s:s}", "contact", contact), &answer);
        bool is_done = answer.end == VERB_DONE;
        const char *sentence = is_done && acts[i].sentence ? acts[i].sentence : answer.why;
        return rc ? rc : visit_go(visit, "/contacts", sentence, !is_done, ret_page);
    }
    return shell_say(visit, 400, "Not understood", "This is no form of ours, so nothing was done.", NULL, ret_page);
}
