/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caseforms - what the files with forms of a case share. Private to them. */
#ifndef GATEWAY_CONSOLE_CASES_CASEFORMS_H
#define GATEWAY_CONSOLE_CASES_CASEFORMS_H

#include "gateway/console/cases/caseview.h"

/* act: the last part of the address. */
void caseforms_begin(struct html *html, const struct caseview *view, const char *act);
void caseforms_end(struct html *html, const struct caseview *view, const char *label, bool is_first);
void caseforms_begin_fold(struct html *html, const char *title, bool is_open);
void caseforms_end_fold(struct html *html);
void caseforms_write_option(struct html *html, const char *value, const char *title, bool is_chosen);
/* A word of the case's own row. */
const char *caseforms_word(const struct caseview *view, const char *key);
/* labelform.c: a choice among her texts; and the form of all labels. */
void caseforms_write_texts(struct html *html, const struct caseview *view, const char *id, bool is_required);
/* What is known of her, and how her case ended, for the figures. */
void caseforms_write_about(struct html *html, const struct caseview *view);
void caseforms_write_endings(struct html *html, const char *chosen); /* a <select> named ending */
void caseforms_write_correct(struct html *html, const struct caseview *view);

#endif
