/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chart - see chart.h. Lengths are of the drawing, which is 400 wide and fills the column it stands in. */
#include "gateway/console/figures/chart.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/buf.h"
#include "gateway/base/utf8.h"

#define WIDTH 400
#define ROW_HEIGHT 22
#define BAR_HEIGHT 14
#define LABEL_WIDTH 150
#define LABEL_SIGNS_MAX 64
#define SIGN_WIDTH 6 /* at least, of a label; a longer one is cut, the table has it whole */
#define NUMBER_WIDTH 60
#define PLOT_HEIGHT 120
#define PLOT_LEFT 34
#define PLOT_TOP 12
#define PLOT_WIDTH (WIDTH - PLOT_LEFT - 16)
#define NUMBER_MAX 64
#define SPARK_POINTS_MAX 1024

static int64_t largest(const struct chart *chart)
{
    int64_t max = 1;
    for (size_t i = 0; i < chart->count; i++)
        max = chart->rows[i].value > max ? chart->rows[i].value : max;
    return max;
}

static const char *number(int64_t value, char *ret)
{
    (void)snprintf(ret, NUMBER_MAX, "%lld", (long long)value);
    return ret;
}

static void begin(struct html *html, const struct chart *chart, size_t height, const char *what)
{
    char text[NUMBER_MAX], titled[NUMBER_MAX], described[NUMBER_MAX], both[2 * NUMBER_MAX];
    (void)snprintf(titled, sizeof titled, "%s-title", chart->id);
    (void)snprintf(described, sizeof described, "%s-desc", chart->id);
    (void)snprintf(both, sizeof both, "%s %s", titled, described);
    (void)snprintf(text, sizeof text, "0 0 %d %zu", WIDTH, height);
    H_LIT(html, "<svg class=\"chart\" role=\"img\"");
    H_ATTR(html, "viewBox", text);
    H_ATTR(html, "aria-labelledby", both);
    H_LIT(html, "><title");
    H_ATTR(html, "id", titled);
    H_LIT(html, ">");
    html_string(html, chart->title);
    H_LIT(html, "</title><desc");
    H_ATTR(html, "id", described);
    H_LIT(html, ">");
    html_string(html, what);
    H_LIT(html, " The table beneath holds the same.</desc>\n");
}

static void write_text(struct html *html, int64_t x, int64_t y, const char *anchor, const char *text)
{
    char buffer[NUMBER_MAX];
    H_LIT(html, "<text");
    H_ATTR(html, "x", number(x, buffer));
    H_ATTR(html, "y", number(y, buffer));
    H_ATTR(html, "text-anchor", anchor);
    H_LIT(html, ">");
    html_string(html, text);
    H_LIT(html, "</text>\n");
}

static void write_label(struct html *html, int64_t width, int64_t y, const char *label)
{
    char text[LABEL_SIGNS_MAX * 4 + 4];
    size_t at = 0, len = strlen(label), signs = 0, max = (size_t)width / SIGN_WIDTH - 1;
    for (; at < len && signs < max && signs < LABEL_SIGNS_MAX; signs++) {
        uint32_t c;
        at += utf8_decode(label + at, len - at, &c);
    }
    (void)snprintf(text, sizeof text, "%.*s%s", (int)at, label, at < len ? "\xe2\x80\xa6" : "");
    write_text(html, width, y, "end", text);
}

static void write_bar(struct html *html, int64_t x, int64_t y, int64_t length)
{
    char buffer[NUMBER_MAX];
    H_LIT(html, "<rect");
    H_ATTR(html, "x", number(x, buffer));
    H_ATTR(html, "y", number(y, buffer));
    H_ATTR(html, "width", number(length, buffer));
    H_ATTR(html, "height", number(BAR_HEIGHT, buffer));
    H_LIT(html, "></rect>\n");
}

void chart_write_bars(struct html *html, const struct chart *chart)
{
    char value[NUMBER_MAX];
    size_t count = chart->count < CHART_ROWS_MAX ? chart->count : CHART_ROWS_MAX;
    int64_t max = largest(chart), width = chart->label_width ? chart->label_width : LABEL_WIDTH;
    begin(html, chart, count * ROW_HEIGHT + 4, "A bar for each row.");
    for (size_t i = 0; i < count; i++) {
        const struct chart_row *row = &chart->rows[i];
        int64_t y = (int64_t)i * ROW_HEIGHT + 4;
        int64_t length = row->value > 0 ? row->value * (WIDTH - NUMBER_WIDTH - width) / max : 0;
        bool is_hidden = row->value == CHART_HIDDEN;
        write_label(html, width, y + BAR_HEIGHT - 3, row->label);
        if (!is_hidden)
            write_bar(html, width + 6, y, length ? length : 1);
        write_text(
            html, width + 12 + length, y + BAR_HEIGHT - 3, "start", is_hidden ? "hidden" : number(row->value, value));
    }
    H_LIT(html, "</svg>\n");
}

/* ---- over time ------------------------------------------------------------------------------------------------- */

struct plot {
    const struct chart *chart;
    int64_t max;
};

static int64_t x_of(const struct plot *plot, size_t i)
{
    size_t steps = plot->chart->count > 1 ? plot->chart->count - 1 : 1;
    return PLOT_LEFT + (int64_t)(i * PLOT_WIDTH / steps);
}

static int64_t y_of(const struct plot *plot, size_t i)
{
    return PLOT_TOP + PLOT_HEIGHT - plot->chart->rows[i].value * PLOT_HEIGHT / plot->max;
}

static void write_segment(struct html *html, int64_t x1, int64_t y1, int64_t x2, int64_t y2)
{
    char buffer[NUMBER_MAX];
    H_LIT(html, "<line");
    H_ATTR(html, "x1", number(x1, buffer));
    H_ATTR(html, "y1", number(y1, buffer));
    H_ATTR(html, "x2", number(x2, buffer));
    H_ATTR(html, "y2", number(y2, buffer));
    H_LIT(html, "></line>\n");
}

static void write_point(struct html *html, const struct plot *plot, size_t i)
{
    char buffer[NUMBER_MAX];
    const struct chart_row *rows = plot->chart->rows;
    if (rows[i].value == CHART_HIDDEN)
        return;
    if (i > 0 && rows[i - 1].value != CHART_HIDDEN)
        write_segment(html, x_of(plot, i - 1), y_of(plot, i - 1), x_of(plot, i), y_of(plot, i));
    H_LIT(html, "<circle r=\"3\"");
    H_ATTR(html, "cx", number(x_of(plot, i), buffer));
    H_ATTR(html, "cy", number(y_of(plot, i), buffer));
    H_LIT(html, "></circle>\n");
}

void chart_write_line(struct html *html, const struct chart *chart)
{
    char buffer[NUMBER_MAX];
    struct plot plot = { chart, largest(chart) };
    int64_t bottom = PLOT_TOP + PLOT_HEIGHT;
    if (!chart->count)
        return;
    begin(html, chart, PLOT_TOP + PLOT_HEIGHT + 24, "A point for each month; a gap where the count is hidden.");
    H_LIT(html, "<g class=\"axis\">");
    write_segment(html, PLOT_LEFT, bottom, WIDTH - 16, bottom);
    write_segment(html, PLOT_LEFT, PLOT_TOP, PLOT_LEFT, bottom);
    H_LIT(html, "</g>\n");
    write_text(html, PLOT_LEFT - 5, PLOT_TOP + 4, "end", number(plot.max, buffer));
    write_text(html, PLOT_LEFT - 5, bottom + 3, "end", "0");
    for (size_t i = 0; i < chart->count; i++)
        write_point(html, &plot, i);
    write_text(html, PLOT_LEFT, bottom + 18, "start", chart->rows[0].label);
    if (chart->count > 1)
        write_text(html, WIDTH - 16, bottom + 18, "end", chart->rows[chart->count - 1].label);
    H_LIT(html, "</svg>\n");
}

/* ---- one of many ----------------------------------------------------------------------------------------------- */

static void write_run(struct html *html, const struct buf *points)
{
    H_LIT(html, "<polyline");
    H_ATTR(html, "points", points->data);
    H_LIT(html, "></polyline>\n");
}

void chart_write_spark(struct html *html, const char *title, const int64_t *counts, unsigned count)
{
    AUTO_BUF points;
    int64_t max = 1, steps = count > 1 ? count - 1 : 1;
    buf_init(&points, SPARK_POINTS_MAX);
    for (unsigned i = 0; i < count; i++)
        max = counts[i] > max ? counts[i] : max;
    H_LIT(html, "<svg class=\"spark\" role=\"img\" viewBox=\"0 0 128 36\"");
    H_ATTR(html, "aria-label", title);
    H_LIT(html, "><line x1=\"4\" y1=\"33\" x2=\"124\" y2=\"33\"></line>\n");
    for (unsigned i = 0; i < count; i++) {
        if (counts[i] != CHART_HIDDEN)
            buf_add_format(&points, "%s%lld,%lld", points.len ? " " : "", (long long)(4 + i * 120 / steps),
                (long long)(32 - counts[i] * 28 / max));
        bool is_end = i + 1 == count || counts[i + 1] == CHART_HIDDEN;
        if (is_end && points.len)
            write_run(html, &points);
        if (is_end)
            buf_clear(&points);
    }
    H_LIT(html, "</svg>\n");
}
