/* SPDX-License-Identifier: GPL-3.0-or-later */
/* texts_print - how each fixed sentence travels, one line a sentence: for `helplined --check-config`. */
#ifndef CONFIG_TEXTS_PRINT_H
#define CONFIG_TEXTS_PRINT_H

#include "config/texts.h"

/* "replies ne consent: UCS-2, 1 segment, 58 units, 12 left". Errors stick in the buffer. */
void texts_print(const struct texts *texts, struct buf *out);
const char *texts_purpose_word(enum text_purpose purpose); /* "neutral", "consent", "who" */

#endif
