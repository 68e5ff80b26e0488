/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keptview - see keptview.h. */
#include "gateway/console/line/keptview.h"

#include "config/config.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/console/line/decoded.h"
#include "gateway/console/line/lineparts.h"
#include "gateway/console/parts.h"

#define VALUE_SHOWN_MAX 1600 /* bytes of one field */
#define SHOWN_MAX 24000      /* bytes of a whole request */
#define TEXTS_SHOWN 8

const char *keptview_reason(const char *reason)
{
    static const char *const reasons[][2] = {
        { "signature", "It is not proved to come from the provider: the secret or the address differs from ours, or "
                       "somebody forges." },
        { "malformed", "It came from the provider, but is not written as its channel expects." },
        { "unknown_channel", "It came to the address of a channel that is not configured." },
        { "unknown_sender", "An act came from somebody who is no contact: perhaps somebody in need." },
        { "unproved_report", "A report of delivery without a proof of its origin: anybody could have written it." },
        { "spooled", "It was taken while the database failed, and could not be let in afterwards." },
    };
    for (size_t i = 0; i < STR_COUNT(reasons); i++)
        if (str_equal(reasons[i][0], reason))
            return reasons[i][1];
    return "It could not be read, or was refused.";
}

/* ---- the list -------------------------------------------------------------------------------------------------- */

enum column { COLUMN_REQUEST, COLUMN_WHY, COLUMN_CHANNEL, COLUMN_SIZE, COLUMNS };
static const char *const columns[COLUMNS] = { "Request", "Why it was kept back", "Channel", "Bytes" };

static bool is_filtered(const struct keptview *view)
{
    return view->state[0] || view->channel[0];
}

static void write_filter(struct html *html, const struct keptview *view)
{
    static const struct parts_option states[] = { { "", "kept: nobody has decided" }, { "released", "let in" },
        { "dropped", "thrown away" } };
    struct parts_option channels[CONFIG_CHANNELS_MAX];
    size_t count = 0;
    for (unsigned i = 0; i < view->config->channel_count; i++)
        if (view->config->channels[i].receives)
            channels[count++] = (struct parts_option){ view->config->channels[i].name, view->config->channels[i].name };
    H_LIT(html, "<details class=\"filters\"");
    if (is_filtered(view))
        H_LIT(html, " open");
    H_LIT(html, "><summary>Filter</summary>\n");
    parts_begin_filter(html, "quarantine", "Filter of kept requests");
    parts_write_select(html, "state", "Decision", states, STR_COUNT(states), view->state);
    parts_write_choice(html, "channel", "Channel", channels, count, view->channel);
    parts_end_filter(html, is_filtered(view) ? "quarantine" : NULL);
    H_LIT(html, "</details>\n");
}

static void write_request_cell(struct html *html, const struct keptview *view, const json_t *row)
{
    struct lineparts_record record = { .address = "quarantine",
        .noun = "Request",
        .id = json_int(row, "id", 0),
        .at = parts_time_of(row, "at"),
        .is_link = view->may_read };
    lineparts_write_record_cell(html, &record, view->now_ms);
}

static void write_decision(struct html *html, const json_t *row, int64_t now_ms)
{
    const char *state = json_text(row, "state", "");
    if (str_equal(state, "kept"))
        return;
    H_LIT(html, "<span class=\"hint\">");
    html_string(html, str_equal(state, "released") ? "let in by " : "thrown away by ");
    parts_write_name(html, json_text(row, "resolved_by", ""));
    H_LIT(html, ", ");
    parts_write_time(html, parts_time_of(row, "resolved_at"), now_ms);
    H_LIT(html, "</span>");
}

static void write_row(struct html *html, const struct keptview *view, const json_t *row)
{
    const char *reason = json_text(row, "reason", "");
    H_LIT(html, "<tr>\n");
    write_request_cell(html, view, row);
    parts_begin_cell(html, "");
    parts_write_chip(html, str_equal(reason, "signature") ? "alarm" : "", reason);
    H_LIT(html, " <span class=\"what\">");
    html_string(html, keptview_reason(reason));
    H_LIT(html, "</span>");
    write_decision(html, row, view->now_ms);
    PARTS_CELL_END(html);
    parts_write_cell(html, columns[COLUMN_CHANNEL], json_text(row, "channel", ""));
    parts_begin_cell(html, columns[COLUMN_SIZE]);
    html_number(html, json_int(row, "size", 0));
    PARTS_CELL_END(html);
    H_LIT(html, "</tr>\n");
}

static void write_pages(struct html *html, const struct keptview *view)
{
    struct lineparts_pages pages = { .address = "quarantine",
        .key = "id",
        .state = view->state,
        .channel = view->channel,
        .rows = view->rows,
        .page_max = view->page_max,
        .is_further = view->is_further };
    lineparts_write_pages(html, &pages);
}

void keptview_write_list(struct html *html, const struct keptview *view)
{
    size_t i;
    json_t *row;
    H_LIT(html,
        "<h1>Kept back</h1>\n<p class=\"lead\">What came in and was not believed, or could not be read. A text of "
        "somebody in need may be among it.</p>\n");
    write_filter(html, view);
    if (!json_array_size(view->rows)) {
        if (is_filtered(view) || view->is_further)
            parts_write_empty(html, "Nothing fits this filter.", "Take a condition away.");
        else
            parts_write_empty(html, "Nothing is kept back.",
                "Every request was believed and read. What is forged or unreadable will stand here, byte for byte.");
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

/* ---- one request ----------------------------------------------------------------------------------------------- */

static void write_text(struct html *html, const json_t *row)
{
    H_LIT(html, "<li>\n<p class=\"who\"><strong>");
    html_string(html, json_text(row, "text", "")[0] ? "A text" : "No words");
    H_LIT(html, "</strong> from <span class=\"from\">");
    parts_write_name(html, json_text(row, "from", "")[0] ? json_text(row, "from", "") : "nobody named");
    H_LIT(html, "</span></p>\n");
    parts_begin_words(html, "");
    html_string(html, json_text(row, "text", ""));
    PARTS_WORDS_END(html);
    H_LIT(html, "</li>\n");
}

/* What its channel reads in it. */
static void write_texts(struct html *html, const json_t *rows)
{
    size_t i;
    unsigned count = 0;
    json_t *row;
    H_LIT(html, "<section>\n<h2>What its channel reads in it</h2>\n<ol class=\"texts\">\n");
    json_array_foreach(rows, i, row)
    {
        if (str_equal(json_text(row, "section", ""), "text") && count++ < TEXTS_SHOWN)
            write_text(html, row);
    }
    H_LIT(html, "</ol>\n");
    if (count > TEXTS_SHOWN)
        H_LIT(html, "<p class=\"hint\">And more, which are not shown here.</p>\n");
    if (!count)
        H_LIT(html, "<p>No text. Perhaps it is a report of delivery, or the provider writes otherwise than its channel "
                    "expects.</p>\n");
    H_LIT(html, "</section>\n");
}

struct table {
    struct html *html;
    size_t bytes; /* of values so far */
    unsigned rows;
};

static void write_field(void *context, struct span name, const struct span *value)
{
    struct table *table = context;
    struct html *html = table->html;
    static const char *const headings[] = { "Field", "Value" };
    if (table->bytes > SHOWN_MAX)
        return;
    if (!table->rows++)
        parts_begin_table(html, "cards", "Its fields", headings, STR_COUNT(headings));
    H_LIT(html, "<tr><th scope=\"row\"><bdi>");
    html_text(html, name);
    H_LIT(html, "</bdi></th>\n");
    parts_begin_cell(html, "");
    if (value) {
        size_t len = utf8_prefix(*value, VALUE_SHOWN_MAX);
        H_LIT(html, "<bdi>");
        html_text(html, (struct span){ value->data, len });
        H_LIT(html, "</bdi>");
        if (len < value->len)
            H_LIT(html, " \xe2\x80\xa6");
        table->bytes += len;
    } else {
        H_LIT(html, "<span class=\"hint\">not shown: a secret, or a proof of origin</span>");
    }
    PARTS_CELL_END(html);
    H_LIT(html, "</tr>\n");
}

static void write_dump(struct html *html, const json_t *parts)
{
    AUTO_BUF dump;
    buf_init(&dump, (size_t)8 * DECODED_BYTES_MAX);
    decoded_dump(span_of(json_text(parts, "hex", "")), &dump);
    H_LIT(html,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Its bytes\"><pre class=\"dump\" dir=\"ltr\">");
    html_text(html, buf_span(&dump));
    H_LIT(html, "</pre></div>\n");
}

static void write_raw(struct html *html, const char *body)
{
    H_LIT(html, "<pre class=\"raw\" dir=\"auto\">");
    html_text(html, (struct span){ body, utf8_prefix(span_of(body), SHOWN_MAX) });
    H_LIT(html, "</pre>\n");
}

/* The fields of the query and of the body; what is no form and no JSON as it is. */
static void write_content(struct html *html, const json_t *parts)
{
    struct table table = { .html = html };
    const char *body = json_text(parts, "body", NULL);
    decoded_list(span_of(json_text(parts, "query", "")), write_field, &table);
    unsigned of_query = table.rows;
    if (body)
        decoded_list(span_of(body), write_field, &table);
    if (table.rows)
        parts_end_table(html);
    if (!body)
        write_dump(html, parts);
    else if (body[0] && table.rows == of_query)
        write_raw(html, body);
}

static void write_parts(struct html *html, const json_t *parts)
{
    const char *type = json_text(parts, "type", "");
    H_LIT(html, "<section>\n<h2>What came</h2>\n<p class=\"hint\">");
    html_string(html, json_text(parts, "method", ""));
    H_LIT(html, ", ");
    html_number(html, json_int(parts, "bytes", 0));
    H_LIT(html, " bytes of ");
    parts_write_name(html, type[0] ? type : "a type that it did not name");
    H_LIT(html, ". Headers are left out; <code>helplinectl quarantine show</code> has all of it.</p>\n");
    write_content(html, parts);
    H_LIT(html, "</section>\n");
}

void keptview_write_request(struct html *html, const json_t *rows, int64_t now_ms)
{
    const json_t *row = json_array_get(rows, 0);
    const char *reason = json_text(row, "reason", "");
    H_LIT(html, "<h1>Request ");
    html_number(html, json_int(row, "id", 0));
    H_LIT(html, " ");
    parts_write_chip(html, str_equal(reason, "signature") ? "alarm" : "", reason);
    H_LIT(html, "</h1>\n<p class=\"state\">");
    html_string(html, keptview_reason(reason));
    H_LIT(html, "</p>\n<p>Came by ");
    parts_write_name(html, json_text(row, "channel", ""));
    H_LIT(html, ", ");
    parts_write_time(html, parts_time_of(row, "at"), now_ms);
    H_LIT(html, " ");
    write_decision(html, row, now_ms);
    H_LIT(html, "</p>\n");
    write_texts(html, rows);
    write_parts(html, json_array_get(rows, json_array_size(rows) - 1));
}
