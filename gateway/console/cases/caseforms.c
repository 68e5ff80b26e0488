/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caseforms - what can be done to a case, as forms: the one thing to do now on top, writing to her, and the rest folded
 * away. Keeps: a form shows only what its reader may do; words that were not sent are still in their field.
 */
#include <stdio.h>
#include <string.h>

#include "config/config.h"
#include "gateway/base/str.h"
#include "gateway/console/cases/caseview.h"
#include "gateway/console/parts.h"

#define PATH_MAX_LEN 80

/* ---- pieces ---------------------------------------------------------------------------------------------------- */

static void begin(struct html *html, const struct caseview *view, const char *act)
{
    char path[PATH_MAX_LEN];
    snprintf(path, sizeof path, "/cases/%lld/%s", (long long)view->id, act);
    view->begin_form(html, view->visit, path);
}

static void end(struct html *html, const struct caseview *view, const char *label, bool is_first)
{
    H_LIT(html, "<button type=\"submit\"");
    H_ATTR(html, "class", is_first ? "primary" : "");
    H_LIT(html, ">");
    html_string(html, label);
    H_LIT(html, "</button>\n");
    view->end_form(html);
}

static void begin_fold(struct html *html, const char *title, bool is_open)
{
    if (is_open)
        H_LIT(html, "<details open>\n<summary>");
    else
        H_LIT(html, "<details>\n<summary>");
    html_string(html, title);
    H_LIT(html, "</summary>\n");
}

static void end_fold(struct html *html)
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

static const char *case_word(const struct caseview *view, const char *key)
{
    return json_text(caseview_section(view->rows, "case"), key, "");
}

static void write_option(struct html *html, const char *value, const char *title, bool is_chosen)
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
        write_option(html, contact->name, contact->title, str_equal(contact->name, case_word(view, "owner")));
    }
    H_LIT(html, "</select>\n");
}

/* ---- the first thing ------------------------------------------------------------------------------------------- */

static void write_take(struct html *html, const struct caseview *view)
{
    begin(html, view, "take");
    H_LIT(html,
        "<label for=\"take\">Who takes it? Further texts of hers are told to this contact; the others are told that "
        "it is in good hands.</label>\n<select id=\"take\" ");
    write_contacts(html, view);
    end(html, view, "Take it", true);
}

static void write_contacted(struct html *html, const struct caseview *view)
{
    begin(html, view, "contacted");
    end(html, view, "She was reached", true);
    H_LIT(html, "<p class=\"hint\">As long as nobody has reached her, the alarm comes back.</p>\n");
}

void caseview_write_first_forms(struct html *html, const struct caseview *view)
{
    bool is_open = str_equal(case_word(view, "state"), "open"), is_taken = str_equal(case_word(view, "state"), "taken");
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
    begin_fold(html, "Write to her against her rules", view->kept_reason.len > 0);
    begin(html, view, "override");
    write_seen(html, view, "message", "message");
    H_LIT(html,
        "<p class=\"hint\">Only when more harm comes of silence. It is kept with your name, and you are asked for "
        "your code.</p>\n<label for=\"force\">The message</label>\n"
        "<textarea id=\"force\" name=\"text\" rows=\"3\" required maxlength=\"1000\" dir=\"auto\">");
    write_kept(html, view->kept);
    H_LIT(html, "<label for=\"reason\">Why it must be sent all the same</label>\n"
                "<textarea id=\"reason\" name=\"reason\" rows=\"2\" required maxlength=\"500\" dir=\"auto\">");
    write_kept(html, view->kept_reason);
    end(html, view, "Send to her all the same", false);
    end_fold(html);
}

static void write_say(struct html *html, const struct caseview *view)
{
    H_LIT(html, "<section class=\"act\" id=\"write\">\n<h2>Write to her</h2>\n");
    write_preview(html, view);
    begin(html, view, "say");
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

/* ---- labels ---------------------------------------------------------------------------------------------------- */

static bool has_word(const json_t *list, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        if (str_equal(json_string_value(item), word))
            return true;
    }
    return false;
}

static void write_box(struct html *html, const char *prefix, const char *word, const char *meaning, bool is_on)
{
    char name[40];
    snprintf(name, sizeof name, "%s%s", prefix, word);
    H_LIT(html, "<label class=\"box\"><input type=\"checkbox\" value=\"1\"");
    H_ATTR(html, "name", name);
    if (is_on)
        H_LIT(html, " checked");
    H_LIT(html, "> <b>");
    html_string(html, word);
    H_LIT(html, "</b> <span class=\"meaning\">");
    html_string(html, meaning);
    H_LIT(html, "</span></label>\n");
}

/* The labels as they are now: only what the reader changes of them is changed, whatever came meanwhile. */
static void write_was(struct html *html, const char *name, const json_t *list)
{
    AUTO_BUF words;
    buf_init(&words, 1000);
    for (size_t i = 0; i < json_array_size(list); i++)
        buf_add_format(&words, "%s%s", i ? "," : "", json_string_value(json_array_get(list, i)));
    H_LIT(html, "<input type=\"hidden\"");
    H_ATTR(html, "name", name);
    H_ATTR(html, "value", words.data ? words.data : "");
    H_LIT(html, ">\n");
}

static void write_boxes(struct html *html, const struct caseview *view)
{
    const json_t *row = caseview_section(view->rows, "case");
    write_was(html, "was_c", json_object_get(row, "categories"));
    write_was(html, "was_f", json_object_get(row, "flags"));
    H_LIT(html, "<fieldset>\n<legend>What it is about</legend>\n");
    for (int i = 0; i < CATEGORY_COUNT; i++)
        write_box(html, "c_", category_word((enum category)i), category_meaning((enum category)i),
            has_word(json_object_get(row, "categories"), category_word((enum category)i)));
    H_LIT(html, "</fieldset>\n<fieldset>\n<legend>Marks</legend>\n");
    for (int i = 0; i < FLAG_COUNT; i++)
        write_box(html, "f_", flag_word((enum flag)i), flag_meaning((enum flag)i),
            has_word(json_object_get(row, "flags"), flag_word((enum flag)i)));
    H_LIT(html, "</fieldset>\n");
}

static void write_text_choice(struct html *html, const struct caseview *view, const char *id, bool is_required)
{
    size_t i;
    json_t *row;
    H_LIT(html, "<select name=\"message\"");
    H_ATTR(html, "id", id);
    H_LIT(html, ">\n");
    if (!is_required)
        write_option(html, "", "the case as a whole", true);
    json_array_foreach(view->rows, i, row)
    {
        char number[24], title[64];
        bool is_hers = str_equal(json_text(row, "section", ""), "message") &&
                       str_equal(json_text(row, "direction", ""), "in") && !json_text(row, "author", "")[0];
        if (!is_hers)
            continue;
        snprintf(number, sizeof number, "%lld", (long long)json_int(row, "message", 0));
        snprintf(title, sizeof title, "text %s of %.16s", number, json_text(row, "received_at", ""));
        write_option(html, number, title, false);
    }
    H_LIT(html, "</select>\n");
}

static void write_correct(struct html *html, const struct caseview *view)
{
    begin_fold(html, "Correct the labels, the urgency, the language", false);
    begin(html, view, "correct");
    H_LIT(html,
        "<p class=\"hint\">What stood there before is kept, and helps to improve the words of the machine.</p>\n");
    write_boxes(html, view);
    H_LIT(html, "<label for=\"urgency\">How soon (if it rises, people are alerted)</label>\n"
                "<select id=\"urgency\" name=\"urgency\">\n");
    write_option(html, "", "as it is, or worse by what is marked above", true);
    for (int i = URGENCY_COUNT - 1; i >= 0; i--)
        write_option(html, urgency_word((enum urgency)i), urgency_word((enum urgency)i), false);
    H_LIT(html, "</select>\n<label for=\"language\">Language (a tag: tl, ne-Latn, ar ...)</label>\n"
                "<input id=\"language\" name=\"language\" maxlength=\"15\" autocomplete=\"off\" spellcheck=\"false\"");
    H_ATTR(html, "value", case_word(view, "language"));
    H_LIT(html,
        ">\n<label for=\"request\">Is it a request for help?</label>\n<select id=\"request\" name=\"request\">\n");
    write_option(html, "", "as it is", true);
    write_option(html, "yes", "yes", false);
    write_option(html, "no", "no: advert, joke, wrong number", false);
    H_LIT(html, "</select>\n<label for=\"shows\">Which text shows it?</label>\n");
    write_text_choice(html, view, "shows", false);
    end(html, view, "Keep the correction", false);
    end_fold(html);
}

/* ---- the rest -------------------------------------------------------------------------------------------------- */

static void write_note(struct html *html, const struct caseview *view)
{
    begin_fold(html, "Add a note", false);
    begin(html, view, "note");
    write_seen(html, view, "note", "note");
    H_LIT(html,
        "<label for=\"note\">For those who work on the case. She does not see it.</label>\n"
        "<textarea id=\"note\" name=\"text\" rows=\"4\" required maxlength=\"4000\" dir=\"auto\"></textarea>\n");
    end(html, view, "Keep the note", false);
    end_fold(html);
}

static void write_assign(struct html *html, const struct caseview *view)
{
    begin_fold(html, "Give it to somebody", false);
    begin(html, view, "assign");
    H_LIT(html, "<label for=\"assign\">Who holds it from now on</label>\n<select id=\"assign\" ");
    write_contacts(html, view);
    end(html, view, "Give it", false);
    end_fold(html);
}

static void write_verify(struct html *html, const struct caseview *view)
{
    const char *now = case_word(view, "verification");
    begin_fold(html, "Say whether it is true", false);
    begin(html, view, "verify");
    H_LIT(html, "<label for=\"verify\">Your judgement</label>\n<select id=\"verify\" name=\"verification\">\n");
    write_option(html, "unverified", "nobody knows yet", str_equal(now, "unverified"));
    write_option(html, "verified", "confirmed", str_equal(now, "verified"));
    write_option(html, "unfounded", "there is no need behind it", str_equal(now, "unfounded"));
    H_LIT(html, "</select>\n");
    end(html, view, "Keep the judgement", false);
    end_fold(html);
}

static void write_consent(struct html *html, const struct caseview *view)
{
    const char *consent = case_word(view, "consent");
    if (str_equal(consent, "yes") || str_equal(consent, "override"))
        return;
    begin_fold(html, "Life is at risk: alert the authorities without her yes", false);
    begin(html, view, "consent");
    H_LIT(html,
        "<p class=\"hint\">Police and embassies are not safe for everybody. It is kept with your name, and you are "
        "asked for your code.</p>\n<label for=\"consent\">Why it cannot wait for her</label>\n"
        "<textarea id=\"consent\" name=\"reason\" rows=\"2\" required maxlength=\"500\" dir=\"auto\"></textarea>\n");
    end(html, view, "Alert them", false);
    end_fold(html);
}

static void write_join(struct html *html, const struct caseview *view)
{
    begin_fold(html, "Another case is of the same person", false);
    begin(html, view, "join");
    H_LIT(html,
        "<label for=\"other\">Its number: it is closed, and points here</label>\n"
        "<input id=\"other\" name=\"other\" inputmode=\"numeric\" required maxlength=\"18\" autocomplete=\"off\">\n");
    end(html, view, "Join it", false);
    end_fold(html);
}

static void write_split(struct html *html, const struct caseview *view)
{
    begin_fold(html, "A text is of another person", false);
    begin(html, view, "split");
    H_LIT(html, "<label for=\"split\">It becomes a case of its own, and its contacts are asked</label>\n");
    write_text_choice(html, view, "split", true);
    end(html, view, "Move it out", false);
    end_fold(html);
}

static void write_close(struct html *html, const struct caseview *view)
{
    begin_fold(html, "Close the case", false);
    begin(html, view, "close");
    H_LIT(html,
        "<label for=\"close\">How did it end? All alarms for it stop.</label>\n"
        "<textarea id=\"close\" name=\"outcome\" rows=\"3\" required maxlength=\"4000\" dir=\"auto\"></textarea>\n");
    end(html, view, "Close the case", false);
    end_fold(html);
}

static void write_purge(struct html *html, const struct caseview *view)
{
    begin_fold(html, "Destroy its texts", false);
    begin(html, view, "purge");
    H_LIT(html,
        "<p class=\"hint\">Texts, numbers and notes are gone for ever; labels and times stay for the figures. You are "
        "asked for your code, and a second person has to agree.</p>\n");
    end(html, view, "Destroy its texts", false);
    end_fold(html);
}

void caseview_write_forms(struct html *html, const struct caseview *view)
{
    bool is_closed = str_equal(case_word(view, "state"), "closed");
    if (view->may_act && !is_closed)
        write_say(html, view);
    if (!view->may_act && !view->may_assign && !view->may_override && !view->may_purge)
        return;
    H_LIT(html, "<section class=\"act\">\n<h2>More</h2>\n");
    if (view->may_act)
        write_note(html, view);
    if (view->may_act)
        write_correct(html, view);
    if (view->may_act)
        write_verify(html, view);
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
