/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outboxview - see outboxview.h. */
#include "gateway/console/line/outboxview.h"

#include <stdio.h>

#include "config/config.h"
#include "gateway/base/model.h"
#include "gateway/base/str.h"
#include "gateway/console/line/lineparts.h"
#include "gateway/console/parts.h"

const char *outboxview_sentence(const char *why)
{
    static const char *const sentences[][2] = {
        { "sending", "It is being transmitted now." },
        { "dead", "Given up." },
        { "hours", "It waits for the hours at which it may arrive." },
        { "retry", "The last try failed; it is tried again." },
        { "later", "Its time has not come." },
        { "no_channel", "Its channel is not configured any more." },
        { "channel_off", "Its channel is switched off." },
        { "paused", "Its channel is paused, because its settings are wrong: test the channel." },
        { "resting", "Its channel rests after failures, and is tried again within minutes." },
        { "modem_absent", "The modem is not connected." },
        { "modem_unready", "The modem is in trouble." },
        { "no_sender", "No sender is connected, so nothing can leave: start helpline-sender." },
        { "next", "It leaves next." },
    };
    for (size_t i = 0; i < STR_COUNT(sentences); i++)
        if (str_equal(sentences[i][0], why))
            return sentences[i][1];
    return "";
}

/* ---- sums and filter ------------------------------------------------------------------------------------------- */

static void write_sum(struct html *html, const struct outboxview *view, const char *state, const char *name)
{
    char href[64], key[40];
    snprintf(href, sizeof href, "outbox?state=%s", state);
    snprintf(key, sizeof key, "outbox_%s", state);
    int64_t count = json_int(view->health, key, 0);
    H_LIT(html, "<li");
    if (str_equal(view->state, state))
        H_ATTR(html, "class", count ? "here" : "here zero");
    else if (!count)
        H_ATTR(html, "class", "zero");
    H_LIT(html, "><a");
    H_ATTR(html, "href", href);
    H_LIT(html, "><b>");
    html_number(html, count);
    H_LIT(html, "</b> ");
    html_string(html, name);
    H_LIT(html, "</a></li>\n");
}

static bool is_filtered(const struct outboxview *view)
{
    return view->state[0] || view->channel[0];
}

static void write_filter(struct html *html, const struct outboxview *view)
{
    static const struct parts_option states[] = { { "", "all that waits or was given up" }, { "queued", "waiting" },
        { "leased", "being transmitted" }, { "dead", "given up" }, { "all", "all, what has left too" } };
    struct parts_option channels[CONFIG_CHANNELS_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < view->config->channel_count; i++)
        if (view->config->channels[i].sends)
            channels[count++] = (struct parts_option){ view->config->channels[i].name, view->config->channels[i].name };
    H_LIT(html, "<details class=\"filters\"");
    if (is_filtered(view))
        H_LIT(html, " open");
    H_LIT(html, "><summary>Filter</summary>\n");
    parts_begin_filter(html, "outbox", "Filter of the outbox");
    parts_write_select(html, "state", "State", states, STR_COUNT(states), view->state);
    parts_write_choice(html, "channel", "Channel", channels, count, view->channel);
    parts_end_filter(html, is_filtered(view) ? "outbox" : NULL);
    H_LIT(html, "</details>\n");
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

enum column { COLUMN_WHAT, COLUMN_TO, COLUMN_CASE, COLUMN_WHY, COLUMN_TRIES, COLUMN_ACT, COLUMNS };
static const char *const columns[COLUMNS] = { "What", "To", "Case", "Why it waits", "Tries", "" };

static void write_what_cell(struct html *html, const struct outboxview *view, const json_t *row)
{
    static const char *const kinds[][2] = { { "alert", "Alert" }, { "reply", "Message to her" }, { "notice", "Notice" },
        { "loop", "Test of the line" } };
    const char *kind = json_text(row, "kind", "");
    H_LIT(html, "<th scope=\"row\">");
    for (size_t i = 0; i < STR_COUNT(kinds); i++)
        if (str_equal(kinds[i][0], kind))
            html_string(html, kinds[i][1]);
    H_LIT(html, " ");
    if (!str_equal(kind, "loop"))
        parts_write_urgency(html, json_text(row, "urgency", ""));
    H_LIT(html, " <span class=\"hint\">row ");
    html_number(html, json_int(row, "outbox", 0));
    H_LIT(html, " \xc2\xb7 ");
    parts_write_age(html, parts_time_of(row, "created_at"), view->now_ms);
    H_LIT(html, "</span></th>\n");
}

static void write_contact(struct html *html, const struct outboxview *view, const char *name)
{
    const struct config_contact *contact = name[0] ? config_find_contact(view->config, name) : NULL;
    parts_write_name(html, contact ? contact->title : name);
}

static void write_to_cell(struct html *html, const struct outboxview *view, const json_t *row)
{
    const char *kind = json_text(row, "kind", "");
    parts_begin_cell(html, columns[COLUMN_TO]);
    if (str_equal(kind, "reply"))
        H_LIT(html, "her");
    else if (str_equal(kind, "loop"))
        H_LIT(html, "our own number");
    else
        write_contact(html, view, json_text(row, "contact", ""));
    H_LIT(html, " <span class=\"hint\">by ");
    parts_write_name(html, json_text(row, "channel", ""));
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
}

static void write_case_cell(struct html *html, const struct outboxview *view, const json_t *row)
{
    char href[40];
    int64_t id = json_int(row, "case", 0);
    snprintf(href, sizeof href, "cases/%lld", (long long)id);
    parts_begin_cell(html, columns[COLUMN_CASE]);
    if (!id)
        H_LIT(html, "\xe2\x80\x93");
    else if (!view->may_see_case(view->context, id))
        H_LIT(html, "<span class=\"hint\">of another</span>");
    else {
        H_LIT(html, "<a class=\"number\"");
        H_ATTR(html, "href", href);
        H_LIT(html, ">");
        html_number(html, id);
        H_LIT(html, "</a>");
    }
    PARTS_CELL_END(html);
}

static bool waits_for_time(const char *why)
{
    return str_equal(why, "hours") || str_equal(why, "retry") || str_equal(why, "later");
}

static void write_why_cell(struct html *html, const struct outboxview *view, const json_t *row)
{
    const char *why = json_text(row, "why", ""), *state = json_text(row, "state", "");
    bool is_bad = str_equal(why, "dead") || str_equal(why, "no_channel") || str_equal(why, "no_sender") ||
                  str_equal(why, "paused") || str_equal(why, "modem_absent");
    parts_begin_cell(html, columns[COLUMN_WHY]);
    parts_write_chip(html, is_bad ? "alarm" : "", why[0] ? why : state);
    H_LIT(html, " <span class=\"what\">");
    html_string(html, outboxview_sentence(why));
    if (waits_for_time(why)) {
        H_LIT(html, " ");
        parts_write_time(html, parts_time_of(row, "due_at"), view->now_ms);
    } else if (!why[0] && parts_time_of(row, "sent_at")) {
        H_LIT(html, "Left ");
        parts_write_time(html, parts_time_of(row, "sent_at"), view->now_ms);
    }
    H_LIT(html, "</span>");
    if (json_bool(row, "may_be_repeated", false))
        H_LIT(html, "<span class=\"hint\">It may have arrived once already.</span>");
    PARTS_CELL_END(html);
}

static const char *sentence_of(const char *word)
{
    for (int i = 0; i < OUTCOME_COUNT; i++)
        if (str_equal(outcome_word((enum outcome)i), word))
            return outcome_sentence((enum outcome)i);
    return "";
}

static void write_tries_cell(struct html *html, const json_t *row)
{
    const char *outcome = json_text(row, "outcome", ""), *code = json_text(row, "code", "");
    parts_begin_cell(html, columns[COLUMN_TRIES]);
    html_number(html, json_int(row, "attempt", 0));
    if (outcome[0]) {
        H_LIT(html, " <span class=\"hint\">");
        html_string(html, sentence_of(outcome));
        if (code[0]) {
            H_LIT(html, " (");
            parts_write_name(html, code);
            H_LIT(html, ")");
        }
        H_LIT(html, "</span>");
    }
    PARTS_CELL_END(html);
}

/* What may be sent again by hand; a message to her never is. */
static void write_act_cell(struct html *html, const struct outboxview *view, const json_t *row)
{
    const char *kind = json_text(row, "kind", ""), *state = json_text(row, "state", "");
    bool is_stuck = str_equal(state, "dead") || str_equal(state, "queued");
    parts_begin_cell(html, "");
    if (is_stuck && (str_equal(kind, "alert") || str_equal(kind, "notice")))
        view->write_kick(html, view->context, json_int(row, "outbox", 0));
    else if (str_equal(state, "dead") && str_equal(kind, "reply"))
        H_LIT(html, "<span class=\"hint\">Never sent twice: write to her anew.</span>");
    PARTS_CELL_END(html);
}

static void write_row(struct html *html, const struct outboxview *view, const json_t *row)
{
    H_LIT(html, "<tr");
    H_ATTR(html, "data-urgency", json_text(row, "urgency", ""));
    H_LIT(html, ">\n");
    write_what_cell(html, view, row);
    write_to_cell(html, view, row);
    write_case_cell(html, view, row);
    write_why_cell(html, view, row);
    write_tries_cell(html, row);
    write_act_cell(html, view, row);
    H_LIT(html, "</tr>\n");
}

static void write_pages(struct html *html, const struct outboxview *view)
{
    struct lineparts_pages pages = { .address = "outbox",
        .key = "outbox",
        .state = view->state,
        .channel = view->channel,
        .rows = view->rows,
        .page_max = view->page_max,
        .is_further = view->is_further };
    lineparts_write_pages(html, &pages);
}

static void write_rows(struct html *html, const struct outboxview *view)
{
    size_t i;
    json_t *row;
    if (!json_array_size(view->rows)) {
        if (is_filtered(view) || view->is_further)
            parts_write_empty(html, "Nothing fits this filter.", "Take a condition away.");
        else
            parts_write_empty(html, "Nothing waits, and nothing was given up.", "Whatever had to leave has left.");
        return;
    }
    parts_begin_table(html, "cards letters", "Newest first", columns, COLUMNS);
    json_array_foreach(view->rows, i, row)
    {
        if (i < view->page_max)
            write_row(html, view, row);
    }
    parts_end_table(html);
    write_pages(html, view);
}

/* ---- held for consent ------------------------------------------------------------------------------------------ */

static void write_held(struct html *html, const struct outboxview *view)
{
    static const char *const headings[] = { "Authority", "Case", "Since" };
    size_t i;
    json_t *row;
    if (!json_array_size(view->held))
        return;
    H_LIT(html,
        "<section>\n<h2>Held until she agrees</h2>\n<p class=\"hint\">These authorities were not asked, because she has "
        "not said yes. A case where her life is at risk can be decided without her, on its page.</p>\n");
    parts_begin_table(html, "cards", "Newest first", headings, STR_COUNT(headings));
    json_array_foreach(view->held, i, row)
    {
        if (i == view->held_max)
            break;
        H_LIT(html, "<tr><th scope=\"row\">");
        write_contact(html, view, json_text(row, "contact", ""));
        H_LIT(html, "</th>\n");
        write_case_cell(html, view, row);
        parts_begin_cell(html, headings[2]);
        parts_write_time(html, parts_time_of(row, "created_at"), view->now_ms);
        PARTS_CELL_END(html);
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
    if (json_array_size(view->held) > view->held_max)
        H_LIT(html, "<p class=\"hint\">And older ones.</p>\n");
    H_LIT(html, "</section>\n");
}

void outboxview_write(struct html *html, const struct outboxview *view)
{
    H_LIT(html, "<h1>What waits</h1>\n<ul class=\"sums\" aria-label=\"The outbox\">\n");
    write_sum(html, view, "queued", "waiting");
    write_sum(html, view, "leased", "being transmitted");
    write_sum(html, view, "dead", "given up");
    H_LIT(html, "</ul>\n");
    write_filter(html, view);
    write_rows(html, view);
    if (str_equal(view->state, "dead") && json_array_size(view->rows))
        view->write_kick(html, view->context, 0);
    if (!is_filtered(view) && !view->is_further)
        write_held(html, view);
}
