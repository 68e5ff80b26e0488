/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ackview - see ackview.h. What can be done (the forms) is in ackforms.c, what was written in acktexts.c. */
#include "gateway/console/ackview.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/ackparts.h"
#include "gateway/console/language.h"
#include "gateway/console/page.h"
#include "gateway/console/parts.h"
#include "gateway/core/render.h"

#define MINUTE_MS 60000LL
#define HOUR_MIN 60
#define DAY_MIN (24 * HOUR_MIN)
#define TWO_DAYS_MIN (2 * DAY_MIN)

/* ---- small parts ----------------------------------------------------------------------------------------------- */

static void write_age(struct html *html, int64_t age_ms)
{
    int64_t minutes = age_ms / MINUTE_MS;
    if (minutes < 1) {
        H_LIT(html, "just now");
        return;
    }
    int64_t count = minutes < HOUR_MIN ? minutes : minutes < TWO_DAYS_MIN ? minutes / HOUR_MIN : minutes / DAY_MIN;
    html_number(html, count);
    html_string(html, minutes < HOUR_MIN       ? (count == 1 ? " minute ago" : " minutes ago")
                      : minutes < TWO_DAYS_MIN ? (count == 1 ? " hour ago" : " hours ago")
                                               : " days ago");
}

void ackparts_write_time(struct html *html, int64_t at, int64_t now_ms)
{
    parts_write_moment(html, at);
    H_LIT(html, " <span class=\"age\">(");
    write_age(html, now_ms - at);
    H_LIT(html, ")</span>");
}

static void write_sentence(struct html *html, const struct ackview *view)
{
    if (view->sentence)
        page_write_answer(html, view->sentence, view->is_done);
}

static const char *title_of(const struct core *core, const char *name)
{
    const struct config_contact *contact = config_find_contact(core->config, name);
    return contact ? contact->title : "an administrator";
}

static void write_heading(struct html *html, const struct ackview *view)
{
    H_LIT(html, "<h1>Case ");
    html_number(html, view->row->id);
    if (view->is_live) {
        H_LIT(html, " ");
        parts_write_urgency(html, urgency_word(view->row->urgency));
    }
    H_LIT(html, "</h1>\n");
}

/* ---- her rules ------------------------------------------------------------------------------------------------- */

static void write_hours(struct html *html, const struct case_row *row)
{
    char hours[80];
    if (!(row->flags & FLAG_BIT(safe_time)) || row->safe_from_min < 0 || row->safe_to_min < 0)
        return;
    snprintf(hours, sizeof hours, "Her safe hours, by her clock: %02d:%02d to %02d:%02d.",
        row->safe_from_min / HOUR_MIN, row->safe_from_min % HOUR_MIN, row->safe_to_min / HOUR_MIN,
        row->safe_to_min % HOUR_MIN);
    H_LIT(html, "<li>");
    html_string(html, hours);
    H_LIT(html, "</li>\n");
}

static void write_rules(struct html *html, const struct case_row *row)
{
    const char *sentence = render_rule(row->flags, 0);
    if (!sentence)
        return;
    H_LIT(html, "<section class=\"rules\">\n<h2>First of all</h2>\n<ul>\n");
    for (unsigned i = 0; (sentence = render_rule(row->flags, i)); i++) {
        H_LIT(html, "<li>");
        html_string(html, sentence);
        H_LIT(html, "</li>\n");
    }
    write_hours(html, row);
    H_LIT(html, "</ul>\n</section>\n");
}

/* ---- the case -------------------------------------------------------------------------------------------------- */

static void write_state(struct html *html, const struct ackview *view)
{
    const struct case_row *row = view->row;
    H_LIT(html, "<p class=\"state\">");
    if (row->state == STATE_case_open)
        html_string(html, view->alert->state == STATE_alert_declined
                              ? "You said that you cannot take it. Nobody has taken it yet."
                              : "Nobody has taken it yet.");
    else if (row->state == STATE_case_taken && str_equal(row->owner, view->contact->name))
        html_string(html, row->contacted_at ? "You hold this case. She was reached." : "You hold this case.");
    else {
        H_LIT(html, "Held by ");
        html_string(html, title_of(view->core, row->owner));
        H_LIT(html, ".");
    }
    H_LIT(html, "</p>\n");
}

static void write_categories(struct html *html, category_set set)
{
    H_LIT(html, "<dt>What it is about</dt>\n<dd><ul class=\"plain\">\n");
    for (int i = 0; i < CATEGORY_COUNT; i++) {
        if (!(set & (1u << i)))
            continue;
        H_LIT(html, "<li><b>");
        html_string(html, category_word((enum category)i));
        H_LIT(html, "</b> <span class=\"meaning\">");
        html_string(html, category_meaning((enum category)i));
        H_LIT(html, "</span></li>\n");
    }
    H_LIT(html, "</ul></dd>\n");
}

#define FACT(html, name, value)                                                                                        \
    do {                                                                                                               \
        H_LIT(html, "<dt>" name "</dt>\n<dd>");                                                                        \
        html_string(html, value);                                                                                      \
        H_LIT(html, "</dd>\n");                                                                                        \
    } while (0)

static void write_verification(struct html *html, enum state verification)
{
    switch (verification) {
    case STATE_verification_verified:
        FACT(html, "Checked", "Yes: a person has confirmed it.");
        break;
    case STATE_verification_unfounded:
        FACT(html, "Checked", "A person found no need behind it.");
        break;
    default:
        FACT(html, "Checked", "Not yet: nobody has verified this. Be careful.");
    }
}

static void write_facts(struct html *html, const struct ackview *view)
{
    const struct case_row *row = view->row;
    const char *country = phone_country_name(row->country);
    H_LIT(html, "<dl>\n");
    write_categories(html, row->categories);
    FACT(html, "How soon", urgency_meaning(row->urgency));
    FACT(html, "Phone in", country ? country : "unknown");
    FACT(html, "Language", language_name(row->language));
    H_LIT(html, "<dt>Last text</dt>\n<dd>");
    ackparts_write_time(html, row->last_message_at, view->now_ms);
    H_LIT(html, "</dd>\n");
    write_verification(html, row->verification);
    H_LIT(html, "</dl>\n");
}

static void write_ended(struct html *html, const struct ackview *view)
{
    const struct case_row *row = view->row;
    bool is_taken = row->state == STATE_case_taken;
    H_LIT(html, "<p class=\"lead\">This alert has ended");
    if (row->state == STATE_case_closed) {
        H_LIT(html, ": the case is closed.</p>\n<p>There is nothing left to do here. Thank you.</p>\n");
    } else if (is_taken && str_equal(row->owner, view->contact->name)) {
        H_LIT(html, ": you hold the case. Use the link of a newer alert, or answer from your phone.</p>\n");
    } else if (is_taken) {
        H_LIT(html, ": the case is held by ");
        html_string(html, title_of(view->core, row->owner));
        H_LIT(html, ".</p>\n<p>There is nothing left to do for you. Thank you.</p>\n");
    } else {
        H_LIT(html, ", but nobody holds the case now.</p>\n"
                    "<p>If you are asked again, a newer alert has a link of its own.</p>\n");
    }
}

int ackview_write(struct html *html, const struct ackview *view, unsigned *ret_texts)
{
    char title[64];
    int rc = 0;
    *ret_texts = 0;
    snprintf(title, sizeof title, "Case %lld", (long long)view->row->id);
    page_begin(html, view->path, title);
    write_sentence(html, view);
    write_heading(html, view);
    if (view->is_live) {
        write_rules(html, view->row);
        write_state(html, view);
        rc = ackparts_write_first_forms(html, view);
        write_facts(html, view);
        if (!rc)
            rc = ackparts_write_texts(html, view, ret_texts);
        if (!rc)
            rc = ackparts_write_more_forms(html, view);
    } else {
        write_ended(html, view);
    }
    page_end(html);
    return rc;
}

/* ---- drills ---------------------------------------------------------------------------------------------------- */

void ackview_write_drill(struct html *html, const char *path, const struct drill_row *drill, const char *sentence)
{
    page_begin(html, path, "A test");
    if (sentence) {
        H_LIT(html, "<p class=\"answer done\" role=\"status\">");
        html_string(html, sentence);
        H_LIT(html, "</p>\n");
    }
    H_LIT(html, "<h1>A test</h1>\n<p class=\"lead\">No one is in danger. This only shows that alerts reach you.</p>\n");
    if (!drill->answered_at && !sentence)
        H_LIT(html, "<form method=\"post\">\n<input type=\"hidden\" name=\"action\" value=\"take\">\n"
                    "<button type=\"submit\" class=\"primary\">It has reached me</button>\n</form>\n");
    else if (!sentence)
        H_LIT(html, "<p>Your answer was counted. Thank you.</p>\n");
    page_end(html);
}
