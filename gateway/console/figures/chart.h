/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chart - a picture of counts as inline SVG: bars, or a line over months.
 * Keeps: says to a screen reader what it shows (title and description) and never stands alone: the table beneath holds
 *        the same; a hidden count is written as a word and has no length; no colour and no style stands in the markup.
 */
#ifndef GATEWAY_CONSOLE_FIGURES_CHART_H
#define GATEWAY_CONSOLE_FIGURES_CHART_H

#include "gateway/console/html.h"

#define CHART_ROWS_MAX 24 /* further ones are in the table only */
#define CHART_HIDDEN (-1) /* as a value: too few to be shown */

struct chart_row {
    const char *label; /* borrowed */
    int64_t value;
};
struct chart {
    const char *id, *title; /* id: a word, once on a page */
    const struct chart_row *rows;
    size_t count;
    int64_t label_width; /* of the bars; 0 = as is usual */
};
void chart_write_bars(struct html *html, const struct chart *chart);
/* In the order of the rows; a hidden value interrupts the line. */
void chart_write_line(struct html *html, const struct chart *chart);

/* A small line without numbers, for one of many beside each other; title: what it shows. */
void chart_write_spark(struct html *html, const char *title, const int64_t *counts, unsigned count);

#endif
