/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sections - what stands on a page of figures, made of the rows of the verb `figures`: lists, corridors, trends, times.
 * Keeps: every picture has its table; what the verb hides is nowhere.
 */
#ifndef GATEWAY_CONSOLE_FIGURES_SECTIONS_H
#define GATEWAY_CONSOLE_FIGURES_SECTIONS_H

#include "gateway/console/figures/chart.h"
#include "gateway/json/json.h"

#define SECTIONS_LABEL_MAX 112

/* The lists of a page; the trends; the times; a report for a funder, which has something of each. */
enum sections_part { SECTIONS_LISTS, SECTIONS_TRENDS, SECTIONS_TIMES, SECTIONS_REPORT };
void sections_write(struct html *html, const json_t *rows, enum sections_part part);

/* ---- for the files of the sections ---- */
/* The count of that row; CHART_HIDDEN also when there is none. */
int64_t sections_value(const json_t *rows, const char *by, const char *value);
/* How people call a value of that list; ret is SECTIONS_LABEL_MAX bytes. */
const char *sections_label(const char *by, const char *value, char *ret);
void sections_begin(struct html *html, const char *title);
#define SECTIONS_END(html) H_LIT(html, "</section>\n")
void sections_write_count(struct html *html, const char *heading, int64_t value); /* a cell; hidden as a word */

/* trends.c: by category_month ...; words and months are the rows of the lists `of` and "month". */
void trends_write(struct html *html, const json_t *rows, const char *by, const char *of, const char *title);
/* times.c */
void times_write(struct html *html, const json_t *rows);
/* of: "category", "language", "corridor", "sex" */
void times_write_by(struct html *html, const json_t *rows, const char *of, const char *title, const char *heading);

#endif
