/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv - rows of a verb as RFC 4180 for a spreadsheet.
 * Keeps: no cell is taken for a formula: one that begins with = + - @, a tab, a CR or a LF gets an apostrophe before
 * it.
 */
#ifndef GATEWAY_CONSOLE_FIGURES_CSV_H
#define GATEWAY_CONSOLE_FIGURES_CSV_H

#include "gateway/core/visits.h"
#include "gateway/json/json.h"

/* The keys of the first row are the headings; sets stand in one cell, with spaces between their words. */
void csv_add_rows(struct buf *out, const json_t *rows);
/* The whole answer, a file of that name (static: `attachment; filename="cases.csv"`). */
int csv_answer(const json_t *rows, const char *disposition, struct visits_page *ret_page) MUST_CHECK;

#endif
