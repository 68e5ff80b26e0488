/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report - one delivery report from raw fields, and a provider's words as a table.
 * Keeps: a word that the provider adds later moves nothing.
 */
#ifndef HANDLERS_REPORT_H
#define HANDLERS_REPORT_H

#include "gateway/base/model.h"

struct report_word {
    const char *word; /* NULL ends the table */
    int status;       /* REPORT_... */
};

/* REPORT_PENDING for an unknown word; case and white space around it do not matter. */
int report_status(const struct report_word *words, const char *word);
/* Is the word in a NULL-terminated list? The same. */
bool report_has_word(const char *const *words, const char *word);
/* The code cut to fit, never in a character; none when it is not UTF-8: codes are printed and stored. */
void report_set_code(struct span code, struct delivery_report *out);
/* id, code and time as the provider wrote them; spans may be empty. */
void report_fill(struct delivery_report *out, int status, struct span id, struct span code, struct span time);

#endif
