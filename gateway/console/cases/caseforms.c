/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caseforms - what can be done to a case, as forms: the one thing to do now on top, writing to her, and the rest folded
 * away. Keeps: a form shows only what its reader may do; words that were not sent are still in their field.
 */
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/caseforms.h"
#include "gateway/console/parts.h"

#define PATH_MAX_LEN 80

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

void caseforms_begin(struct html *html, const struct caseview *view, const char *act)
{
    char path[PATH_MAX_LEN];
    snprintf(path, sizeof path, "/cases/%lld/%s", (long long)view->id, act);
    view->begin_form(html, view->visit, path);
}

void caseforms_end(struct html *html, const struct caseview *view, const char *label, bool is_first)
{
    H_LIT(html, "<button type=\"submit\"");
    H_ATTR(html, "class", is_first ? "primary" : "");
    H_LIT(html, ">");
    html_string(html, label);
    H_LIT(html, "</button>\n");
    view->end_form(html);
}

void caseforms_begin_fold(struct html *html, const char *title, bool is_open)
{
    if (is_open)
        H_LIT(html, "<details open>\n<summary>");
    else
        H_LIT(html, "<details>\n<summary>");
    html_string(html, title);
    H_LIT(html, "</summary>\n");
}

void caseforms_end_fold(struct html *html)
{
    H_LIT(html, "</details>\n");
}

/* What of hers, or of ours, was seen when the form was made: the same words sent twice by a second touch are sent once.
 */
static void write_seen(struct html *html, const struct caseview *view, const char *section, const char *key)
{
    size_t i;
    json_t *row;
    int64_t newest = 0;
    char text[24];
    json_array_foreach(view->rows, i, row)
    {
        if (str_equal(json_text(row, "section", ""), section) && json_int(row, key, 0) > newest)
            newest = json_int(row, key, 0);
    }
    snprintf(text, sizeof text, "%lld", (long long)newest);
    H_LIT(html, "<input type=\"hidden\" name=\"after\"");
    H_ATTR(html, "value", text);
    H_LIT(html, ">\n");
}

const char *caseforms_word(const struct caseview *view, const char *key)
{
    return json_text(caseview_section(view->rows, "case"), key, "");
}

void caseforms_write_option(struct html *html, const char *value, const char *title, bool is_chosen)
{
    H_LIT(html, "<option");
    H_ATTR(html, "value", value);
    if (is_chosen)
        H_LIT(html, " selected");
    H_LIT(html, ">");
    html_string(html, title);
    H_LIT(html, "</option>\n");
}

static void write_contacts(struct html *html, const struct caseview *view)
{
    H_LIT(html, "name=\"contact\" required>\n");
    for (unsigned i = 0; i < view->config->contact_count; i++) {
        const struct config_contact *contact = &view->config->contacts[i];
        caseforms_write_option(
            html, contact->name, contact->title, str_equal(contact->name, caseforms_word(view, "owner")));
    }
    H_LIT(html, "</select>\n");
}

/* ---- the first thing ------------------------------------------------------------------------------------------- */

static void write_take(struct html *html, const struct caseview *view)
{
    if (view->is_self && !config_find_contact(view->config, view->self)) {
        H_LIT(html,
            "<p class=\"hint\">You are no contact of the configuration, so nobody could be told of her further texts: "
            "a supervisor has to give it to somebody.</p>\n");
        return;
    }
    caseforms_begin(html, view, "take");
    if (view->is_self) {
        caseforms_end(html, view, "I take this case", true);
        H_LIT(html,
            "<p class=\"hint\">Further texts of hers are told to you; the others are told that it is in good hands.</p>\n");
        return;
    }
    H_LIT(html,
        "<label for=\"take\">Who takes it? Further texts of hers are told to this contact; the others are told that "
        "it is in good hands.</label>\n<select id=\"take\" ");
    write_contacts(html, view);
    caseforms_end(html, view, "Take it", true);
}

static void write_contacted(struct html *html, const struct caseview *view)
{
    caseforms_begin(html, view, "contacted");
    caseforms_end(html, view, "She was reached", true);
    H_LIT(html, "<p class=\"hint\">As long as nobody has reached her, the alarm comes back.</p>\n");
}

void caseview_write_first_forms(struct html *html, const struct caseview *view)
{
    bool is_open = str_equal(caseforms_word(view, "state"), "open"),
         is_taken = str_equal(caseforms_word(view, "state"), "taken");
    bool is_reached = parts_time_of(caseview_section(view->rows, "case"), "contacted_at") != 0;
    if (!view->may_act || !(is_open || (is_taken && !is_reached)))
        return;
    H_LIT(html, "<div class=\"first\">\n");
    if (is_open)
        write_take(html, view);
    else
        write_contacted(html, view);
    H_LIT(html, "</div>\n");
}

/* ---- writing to her -------------------------------------------------------------------------------------------- */

static void write_count(struct html *html, const json_t *row, const char *key, const char *one, const char *many)
{
    int64_t count = json_int(row, key, 0);
    html_number(html, count);
    H_LIT(html, " ");
    html_string(html, count == 1 ? one : many);
}

static void write_cost(struct html *html, const json_t *row)
{
    const char *foreign = json_text(row, "first_foreign", "");
    H_LIT(html, "<p>");
    write_count(html, row, "segments", "SMS", "SMS");
    H_LIT(html, ", ");
    write_count(html, row, "characters", "character", "characters");
    H_LIT(html, ", ");
    html_string(html, str_equal(json_text(row, "encoding", ""), "UCS-2") ? "alphabet UCS-2 (70 characters an SMS)"
                                                                         : "alphabet GSM-7 (160 characters an SMS)");
    H_LIT(html, "; ");
    html_number(html, json_int(row, "left", 0));
    H_LIT(html, " left in the last SMS.");
    if (foreign[0]) {
        H_LIT(html, " The first sign that needs the larger alphabet is <q>");
        html_string(html, foreign);
        H_LIT(html, "</q>.");
    }
    H_LIT(html, "</p>\n");
}

static void write_verdict(struct html *html, const struct caseview *view)
{
    const char *verdict = json_text(view->preview, "verdict", ""), *sentence = json_text(view->preview, "sentence", "");
    H_LIT(html, "<p><strong>");
    if (str_equal(verdict, "send"))
        H_LIT(html, "It would go at once.");
    else if (str_equal(verdict, "wait")) {
        H_LIT(html, "It would wait until ");
        caseview_write_time(html, view->preview, "until", view->now_ms);
        H_LIT(html, ": ");
        html_string(html, sentence);
        H_LIT(html, ".");
    } else {
        html_string(html, sentence);
    }
    H_LIT(html, "</strong></p>\n");
}

static void write_preview(struct html *html, const struct caseview *view)
{
    if (view->refusal) {
        H_LIT(html, "<p class=\"answer refused\" role=\"alert\">");
        html_string(html, view->refusal);
        H_LIT(html, "</p>\n");
    }
    if (!view->preview)
        return;
    H_LIT(html, "<div class=\"preview\" role=\"status\">\n<h3>So she would read it</h3>\n<blockquote dir=\"auto\">");
    html_text(html, view->kept);
    H_LIT(html, "</blockquote>\n");
    write_verdict(html, view);
    write_cost(html, view->preview);
    H_LIT(html, "</div>\n");
}

/* The line end behind the tag is the one that browsers drop. */
static void write_kept(struct html *html, struct span kept)
{
    H_LIT(html, "\n");
    html_text(html, kept);
    H_LIT(html, "</textarea>\n");
}

static bool may_force(const struct caseview *view)
{
    const json_t *rules = caseview_section(view->rows, "rules");
    return view->may_act && str_equal(json_text(rules, "verdict", ""), "hold");
}

static void write_force(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Write to her against her rules", view->kept_reason.len > 0);
    caseforms_begin(html, view, "override");
    write_seen(html, view, "message", "message");
    H_LIT(html,
        "<p class=\"hint\">Only when more harm comes of silence. It is kept with your name, and needs a sign-in "
        "of the last minutes.</p>\n<label for=\"force\">The message</label>\n"
        "<textarea id=\"force\" name=\"text\" rows=\"3\" required maxlength=\"1000\" dir=\"auto\">");
    write_kept(html, view->kept);
    H_LIT(html, "<label for=\"reason\">Why it must be sent all the same</label>\n"
                "<textarea id=\"reason\" name=\"reason\" rows=\"2\" required maxlength=\"500\" dir=\"auto\">");
    write_kept(html, view->kept_reason);
    caseforms_end(html, view, "Send to her all the same", false);
    caseforms_end_fold(html);
}

static void write_say(struct html *html, const struct caseview *view)
{
    H_LIT(html, "<section class=\"act\" id=\"write\">\n<h2>Write to her</h2>\n");
    write_preview(html, view);
    caseforms_begin(html, view, "say");
    write_seen(html, view, "message", "message");
    H_LIT(html,
        "<label for=\"say\">Goes as SMS from the number she knows. She does not see yours. Somebody else may read it: "
        "name no organisation, no place, no help line.</label>\n"
        "<textarea id=\"say\" name=\"text\" rows=\"4\" required maxlength=\"1000\" dir=\"auto\">");
    write_kept(html, view->kept);
    H_LIT(html, "<div class=\"buttons\">\n"
                "<button type=\"submit\" name=\"do\" value=\"preview\">Look first: SMS and her rules</button>\n");
    H_LIT(html, "<button type=\"submit\" name=\"do\" value=\"send\" class=\"primary\">Send to her</button>\n</div>\n");
    view->end_form(html);
    if (may_force(view))
        write_force(html, view);
    H_LIT(html, "</section>\n");
}

/* ---- the rest -------------------------------------------------------------------------------------------------- */

static void write_note(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Add a note", false);
    caseforms_begin(html, view, "note");
    write_seen(html, view, "note", "note");
    H_LIT(html,
        "<label for=\"note\">For those who work on the case. She does not see it.</label>\n"
        "<textarea id=\"note\" name=\"text\" rows=\"4\" required maxlength=\"4000\" dir=\"auto\"></textarea>\n");
    caseforms_end(html, view, "Keep the note", false);
    caseforms_end_fold(html);
}

static void write_assign(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Give it to somebody", false);
    caseforms_begin(html, view, "assign");
    H_LIT(html, "<label for=\"assign\">Who holds it from now on</label>\n<select id=\"assign\" ");
    write_contacts(html, view);
    caseforms_end(html, view, "Give it", false);
    caseforms_end_fold(html);
}

static void write_verify(struct html *html, const struct caseview *view)
{
    const char *now = caseforms_word(view, "verification");
    caseforms_begin_fold(html, "Say whether it is true", false);
    caseforms_begin(html, view, "verify");
    H_LIT(html, "<label for=\"verify\">Your judgement</label>\n<select id=\"verify\" name=\"verification\">\n");
    caseforms_write_option(html, "unverified", "nobody knows yet", str_equal(now, "unverified"));
    caseforms_write_option(html, "verified", "confirmed", str_equal(now, "verified"));
    caseforms_write_option(html, "unfounded", "there is no need behind it", str_equal(now, "unfounded"));
    H_LIT(html, "</select>\n");
    caseforms_end(html, view, "Keep the judgement", false);
    caseforms_end_fold(html);
}

/* The marks that a person gives without a look at all labels. */
static void write_flag(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Put a mark on it, or take one off", false);
    caseforms_begin(html, view, "flag");
    H_LIT(html, "<label for=\"flag\">The mark</label>\n<select id=\"flag\" name=\"flag\">\n");
    for (int i = 0; i < FLAG_COUNT; i++)
        caseforms_write_option(html, flag_word((enum flag)i), flag_meaning((enum flag)i), i == FLAG_possible_lure);
    H_LIT(html, "</select>\n<label for=\"off\">What to do with it</label>\n<select id=\"off\" name=\"off\">\n");
    caseforms_write_option(html, "", "put it on", true);
    caseforms_write_option(html, "yes", "take it off", false);
    H_LIT(html, "</select>\n");
    caseforms_end(html, view, "Keep the mark", false);
    caseforms_end_fold(html);
}

static void write_consent(struct html *html, const struct caseview *view)
{
    const char *consent = caseforms_word(view, "consent");
    if (str_equal(consent, "yes") || str_equal(consent, "override"))
        return;
    caseforms_begin_fold(html, "Life is at risk: alert the authorities without her yes", false);
    caseforms_begin(html, view, "consent");
    H_LIT(html,
        "<p class=\"hint\">Police and embassies are not safe for everybody. It is kept with your name, and "
        "needs a sign-in of the last minutes.</p>\n<label for=\"consent\">Why it cannot wait for her</label>\n"
        "<textarea id=\"consent\" name=\"reason\" rows=\"2\" required maxlength=\"500\" dir=\"auto\"></textarea>\n");
    caseforms_end(html, view, "Alert them", false);
    caseforms_end_fold(html);
}

static void write_join(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Another case is of the same person", false);
    caseforms_begin(html, view, "join");
    H_LIT(html,
        "<label for=\"other\">Its number: it is closed, and points here</label>\n"
        "<input id=\"other\" name=\"other\" inputmode=\"numeric\" required maxlength=\"18\" autocomplete=\"off\">\n");
    caseforms_end(html, view, "Join it", false);
    caseforms_end_fold(html);
}

static void write_split(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "A text is of another person", false);
    caseforms_begin(html, view, "split");
    H_LIT(html, "<label for=\"split\">It becomes a case of its own, and its contacts are asked</label>\n");
    caseforms_write_texts(html, view, "split", true);
    caseforms_end(html, view, "Move it out", false);
    caseforms_end_fold(html);
}

static void write_close(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Close the case", false);
    caseforms_begin(html, view, "close");
    H_LIT(html,
        "<label for=\"close\">How did it end? All alarms for it stop.</label>\n"
        "<textarea id=\"close\" name=\"outcome\" rows=\"3\" required maxlength=\"4000\" dir=\"auto\"></textarea>\n");
    caseforms_write_endings(html, "");
    caseforms_end(html, view, "Close the case", false);
    caseforms_end_fold(html);
}

static void write_purge(struct html *html, const struct caseview *view)
{
    caseforms_begin_fold(html, "Destroy its texts", false);
    caseforms_begin(html, view, "purge");
    H_LIT(html,
        "<p class=\"hint\">Texts, numbers and notes are gone for ever; labels and times stay for the figures. It "
        "needs a sign-in of the last minutes, and a second person who does the same.</p>\n");
    caseforms_end(html, view, "Destroy its texts", false);
    caseforms_end_fold(html);
}

void caseview_write_forms(struct html *html, const struct caseview *view)
{
    bool is_closed = str_equal(caseforms_word(view, "state"), "closed");
    if (view->may_act && !is_closed)
        write_say(html, view);
    if (!view->may_act && !view->may_assign && !view->may_override && !view->may_purge)
        return;
    H_LIT(html, "<section class=\"act\">\n<h2>More</h2>\n");
    if (view->may_act)
        write_note(html, view);
    if (view->may_act)
        caseforms_write_correct(html, view);
    if (view->may_act)
        caseforms_write_about(html, view);
    if (view->may_act)
        write_verify(html, view);
    if (view->may_act)
        write_flag(html, view);
    if (view->may_assign && !is_closed)
        write_assign(html, view);
    if (view->may_override && !is_closed)
        write_consent(html, view);
    if (view->may_act && !is_closed)
        write_join(html, view);
    if (view->may_act)
        write_split(html, view);
    if (view->may_act && !is_closed)
        write_close(html, view);
    if (view->may_purge && is_closed)
        write_purge(html, view);
    H_LIT(html, "</section>\n");
}
