/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channelview - see channelview.h. */
#include "gateway/console/line/channelview.h"

#include <stdio.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/console/page.h"
#include "gateway/console/parts.h"

#define SIGNAL_MAX 31 /* of +CSQ (3GPP TS 27.007, 8.5); 99 = not known */
#define SECOND_MS 1000

/* ---- words ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *word, *chip, *sentence;
} states[] = {
    { "ok", "good", "" },
    { "off", "", "Switched off in the configuration." },
    { "paused", "alarm",
        "Its settings were refused by the other side. Have them put right, then test it: that ends the pause." },
    { "resting", "alarm", "It failed several times in a row, and is tried again within minutes." },
    { "absent", "alarm", "The modem is not connected: its driver does not run, or the stick is out." },
    { "not_ready", "alarm", "The modem is there, but cannot work." },
};

static void write_state(struct html *html, const json_t *row)
{
    const char *state = json_text(row, "state", "");
    for (size_t i = 0; i < STR_COUNT(states); i++) {
        if (!str_equal(states[i].word, state))
            continue;
        parts_write_chip(html, states[i].chip, state);
        if (states[i].sentence[0]) {
            H_LIT(html, " <span class=\"what\">");
            html_string(html, states[i].sentence);
            H_LIT(html, "</span>");
        }
    }
}

/* ---- troubles -------------------------------------------------------------------------------------------------- */

static void begin_trouble(struct html *html)
{
    H_LIT(html, "<span class=\"what\">");
}
#define TROUBLE_END(html) H_LIT(html, "</span>")

static void write_troubles(struct html *html, const json_t *row)
{
    const char *problem = json_text(row, "problem", ""), *poll = json_text(row, "poll_error", "");
    int64_t failures = json_int(row, "failures", 0), unproved = json_int(row, "unproved", 0);
    if (problem[0] && !str_equal(problem, "none")) {
        begin_trouble(html);
        H_LIT(html, "Problem: ");
        parts_write_word(html, problem);
        TROUBLE_END(html);
    }
    if (failures) {
        begin_trouble(html);
        html_number(html, failures);
        html_string(html, failures == 1 ? " failure" : " failures in a row");
        TROUBLE_END(html);
    }
    if (poll[0]) {
        begin_trouble(html);
        H_LIT(html, "The provider's list is not read: ");
        parts_write_word(html, poll);
        TROUBLE_END(html);
    }
    if (str_equal(json_text(row, "signature", ""), "shadow")) {
        begin_trouble(html);
        H_LIT(html, "Takes in what nobody has proved (shadow mode); so far ");
        html_number(html, unproved);
        TROUBLE_END(html);
    }
}

/* ---- channels -------------------------------------------------------------------------------------------------- */

enum column { COLUMN_CHANNEL, COLUMN_STATE, COLUMN_RECEIVED, COLUMN_SENT, COLUMN_ACT, COLUMNS };
static const char *const columns[COLUMNS] = { "Channel", "How it is", "Last received", "Last sent", "" };

static void write_name_cell(struct html *html, const json_t *row)
{
    const char *code = json_text(row, "country", ""), *country = phone_country_name(code);
    H_LIT(html, "<th scope=\"row\">");
    parts_write_name(html, json_text(row, "channel", ""));
    H_LIT(html, " <span class=\"hint\">");
    parts_write_word(html, json_text(row, "kind", ""));
    if (code[0]) {
        H_LIT(html, ", ");
        html_string(html, country ? country : code);
    }
    H_LIT(html, "</span></th>\n");
}

static void write_state_cell(struct html *html, const json_t *row)
{
    int64_t in_flight = json_int(row, "in_flight", 0);
    parts_begin_cell(html, columns[COLUMN_STATE]);
    write_state(html, row);
    write_troubles(html, row);
    if (in_flight) {
        H_LIT(html, "<span class=\"hint\">");
        html_number(html, in_flight);
        H_LIT(html, " being transmitted</span>");
    }
    PARTS_CELL_END(html);
}

static void write_time_cell(struct html *html, enum column column, const json_t *row, const char *key, bool does,
    const char *never, int64_t now_ms)
{
    int64_t at = parts_time_of(row, key);
    parts_begin_cell(html, columns[column]);
    if (!does)
        H_LIT(html, "\xe2\x80\x93");
    else if (at)
        parts_write_time(html, at, now_ms);
    else {
        H_LIT(html, "<span class=\"hint\">");
        html_string(html, never);
        H_LIT(html, "</span>");
    }
    PARTS_CELL_END(html);
}

static const char *signal_word(int64_t signal)
{
    return signal > SIGNAL_MAX ? "not known"
           : signal >= 20      ? "good"
           : signal >= 10      ? "fair"
           : signal >= 5       ? "weak"
                               : "hardly any";
}

static void write_signal_cell(struct html *html, const char *label, const json_t *row)
{
    char text[48];
    int64_t signal = json_int(row, "signal", SIGNAL_MAX + 1);
    snprintf(text, sizeof text, "%s (%lld of %d)", signal_word(signal), (long long)signal, SIGNAL_MAX);
    parts_write_cell(html, label, signal > SIGNAL_MAX ? signal_word(signal) : text);
}

static void write_told_cell(struct html *html, const char *label, const char *told)
{
    parts_write_cell(html, label, told[0] ? told : "\xe2\x80\x93");
}

static void write_channel(struct html *html, const struct channelview *view, const json_t *row)
{
    H_LIT(html, "<tr>\n");
    write_name_cell(html, row);
    write_state_cell(html, row);
    write_time_cell(html, COLUMN_RECEIVED, row, "last_received_at", json_bool(row, "receives", false), "nothing lately",
        view->now_ms);
    write_time_cell(
        html, COLUMN_SENT, row, "last_sent_at", json_bool(row, "sends", false), "not since the start", view->now_ms);
    if (view->write_test) {
        parts_begin_cell(html, "");
        view->write_test(html, view->context, json_text(row, "channel", ""));
        PARTS_CELL_END(html);
    }
    H_LIT(html, "</tr>\n");
}

static void write_channels(struct html *html, const struct channelview *view)
{
    size_t i;
    json_t *row;
    if (!json_array_size(view->rows)) {
        parts_write_empty(html, "No channel is configured.", "Channels stand in the configuration on the host.");
        return;
    }
    parts_begin_table(html, "cards letters", "As they are now", columns, view->write_test ? COLUMNS : COLUMNS - 1);
    json_array_foreach(view->rows, i, row)
    {
        write_channel(html, view, row);
    }
    parts_end_table(html);
}

/* ---- modems ---------------------------------------------------------------------------------------------------- */

static bool is_modem(const json_t *row)
{
    return str_equal(json_text(row, "kind", ""), "modem");
}

/* What its driver told last. */
static void write_modem(struct html *html, const char *const *labels, const json_t *row)
{
    H_LIT(html, "<tr><th scope=\"row\">");
    parts_write_name(html, json_text(row, "channel", ""));
    H_LIT(html, " <span class=\"hint\">");
    parts_write_name(html, json_text(row, "model", ""));
    H_LIT(html, "</span></th>\n");
    write_told_cell(html, labels[1], json_text(row, "operator", ""));
    write_told_cell(html, labels[2], json_text(row, "registration", ""));
    write_signal_cell(html, labels[3], row);
    write_told_cell(html, labels[4], json_text(row, "credit", ""));
    write_told_cell(html, labels[5], json_text(row, "storage", ""));
    parts_begin_cell(html, labels[6]);
    html_number(html, json_int(row, "restarts", 0));
    PARTS_CELL_END(html);
    H_LIT(html, "</tr>\n");
}

static void write_modems(struct html *html, const struct channelview *view)
{
    static const char *const headings[] = { "Modem", "Operator", "Registered", "Signal", "Credit", "On the card",
        "Restarts" };
    size_t i;
    unsigned count = 0;
    json_t *row;
    json_array_foreach(view->rows, i, row)
    {
        if (!is_modem(row))
            continue;
        if (!count++) {
            H_LIT(html, "<section>\n<h2>Modems</h2>\n");
            parts_begin_table(html, "cards letters", "As their drivers told last", headings, STR_COUNT(headings));
        }
        write_modem(html, headings, row);
    }
    if (!count)
        return;
    parts_end_table(html);
    H_LIT(html, "</section>\n");
}

/* ---- tests of the line ----------------------------------------------------------------------------------------- */

static void write_latency(struct html *html, const json_t *row)
{
    char text[32];
    if (json_is_null(json_object_get(row, "latency_ms"))) {
        H_LIT(html, "\xe2\x80\x93");
        return;
    }
    int64_t seconds = (json_int(row, "latency_ms", 0) + SECOND_MS / 2) / SECOND_MS;
    snprintf(text, sizeof text, "%lld s", (long long)seconds);
    html_string(html, seconds ? text : "under 1 s");
}

static void write_loop(struct html *html, const json_t *row, int64_t now_ms)
{
    static const char *const labels[] = { "State", "Last test", "Came in last", "Took", "Out in a row", "In 30 days" };
    const char *state = json_text(row, "state", "");
    char month[64];
    snprintf(month, sizeof month, "%lld came in, %lld did not", (long long)json_int(row, "passed_30d", 0),
        (long long)json_int(row, "failed_30d", 0));
    H_LIT(html, "<tr><th scope=\"row\">");
    parts_write_name(html, json_text(row, "from", ""));
    H_LIT(html, " to ");
    parts_write_name(html, json_text(row, "to", ""));
    H_LIT(html, "</th>\n");
    parts_begin_cell(html, labels[0]);
    parts_write_chip(html, str_equal(state, "failing") ? "alarm" : str_equal(state, "ok") ? "good" : "", state);
    PARTS_CELL_END(html);
    parts_begin_cell(html, labels[1]);
    parts_write_time(html, parts_time_of(row, "last_at"), now_ms);
    H_LIT(html, " <span class=\"hint\">");
    parts_write_word(html, json_text(row, "last_state", ""));
    H_LIT(html, "</span>");
    PARTS_CELL_END(html);
    parts_begin_cell(html, labels[2]);
    parts_write_time(html, parts_time_of(row, "passed_at"), now_ms);
    PARTS_CELL_END(html);
    parts_begin_cell(html, labels[3]);
    write_latency(html, row);
    PARTS_CELL_END(html);
    parts_begin_cell(html, labels[4]);
    html_number(html, json_int(row, "failures", 0));
    PARTS_CELL_END(html);
    parts_write_cell(html, labels[5], month);
    H_LIT(html, "</tr>\n");
}

static void write_loops(struct html *html, const struct channelview *view)
{
    static const char *const headings[] = { "Way", "State", "Last test", "Came in last", "Took", "Out in a row",
        "In 30 days" };
    size_t i;
    json_t *row;
    H_LIT(html, "<section>\n<h2>The line tests itself</h2>\n");
    if (!json_array_size(view->loops)) {
        H_LIT(html,
            "<p class=\"hint\">No test is configured. A coded text from one channel to the number of another, a few times a "
            "day, is how a silent modem is noticed before somebody in need does.</p>\n</section>\n");
        return;
    }
    parts_begin_table(
        html, "cards letters", "A coded text from one channel to the number of another", headings, STR_COUNT(headings));
    json_array_foreach(view->loops, i, row)
    {
        write_loop(html, row, view->now_ms);
    }
    parts_end_table(html);
    H_LIT(html, "</section>\n");
}

/* ---- the page -------------------------------------------------------------------------------------------------- */

static void write_sum(struct html *html, const struct channelview *view, const char *key, const char *name)
{
    int64_t count = json_int(view->health, key, 0);
    H_LIT(html, "<li");
    if (!count)
        H_ATTR(html, "class", "zero");
    H_LIT(html, "><span><b>");
    html_number(html, count);
    H_LIT(html, "</b> ");
    html_string(html, name);
    H_LIT(html, "</span></li>\n");
}

void channelview_write(struct html *html, const struct channelview *view)
{
    H_LIT(html, "<h1>Channels</h1>\n");
    if (view->trouble[0])
        page_write_answer(html, view->trouble, false);
    H_LIT(html, "<ul class=\"sums\" aria-label=\"The line\">\n");
    write_sum(html, view, "senders", "senders connected");
    write_sum(html, view, "outbox_queued", "waiting to leave");
    write_sum(html, view, "outbox_dead", "given up");
    if (json_int(view->health, "modems", 0))
        write_sum(html, view, "modems_ready", "modems ready");
    H_LIT(html, "</ul>\n");
    write_channels(html, view);
    write_modems(html, view);
    write_loops(html, view);
}

void channelview_write_test(struct html *html, const char *channel, const json_t *rows, const char *sentence)
{
    static const char *const headings[] = { "What was looked at", "Found", "In words" };
    size_t i;
    json_t *row;
    H_LIT(html, "<h1>Test of ");
    parts_write_name(html, channel);
    H_LIT(html, "</h1>\n<p class=\"state\">");
    html_string(html, sentence);
    H_LIT(html, "</p>\n");
    parts_begin_table(html, "cards letters", "What was found", headings, STR_COUNT(headings));
    json_array_foreach(rows, i, row)
    {
        const char *state = json_text(row, "state", "");
        H_LIT(html, "<tr><th scope=\"row\">");
        parts_write_word(html, json_text(row, "check", ""));
        H_LIT(html, "</th>\n");
        parts_begin_cell(html, headings[1]);
        parts_write_chip(html, str_equal(state, "wrong") ? "alarm" : str_equal(state, "ok") ? "good" : "", state);
        PARTS_CELL_END(html);
        parts_write_cell(html, headings[2], json_text(row, "what", ""));
        H_LIT(html, "</tr>\n");
    }
    parts_end_table(html);
}
