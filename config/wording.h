/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording - what in a text may harm the person or stop the text on its way: signs that cannot be seen, links, numbers,
 * words. Keeps: pure; it answers about the form only, never about the meaning. Not here: which country forbids what
 * (countries.c), what a fixed sentence may hold (replies.c).
 */
#ifndef CONFIG_WORDING_H
#define CONFIG_WORDING_H

#include <stdbool.h>

#include "gateway/base/buf.h"

/* Control characters but the line feed, bidi controls, byte order marks and zero width spaces, invalid UTF-8. Joiners
 * (U+200C, U+200D) are letters' parts in Sinhala and others, and allowed. */
bool wording_has_unseen(struct span text);
/* "https://...", "www....", "name@place", "place.org", "bit.ly/x". */
bool wording_has_link(struct span text);
/* Five digits of any script in a row, seven with a sign or two between them, or a plus before a digit. */
bool wording_has_number(struct span text);
/* The first of the words that the text holds (fold_holds), or NULL. */
const char *wording_find_forbidden(struct span text, const char *const *words, unsigned count);

/* The same text without them: the two that change it append to out and keep all that is no part of a link or number.
 * A link is broken up, so that it can still be read ("place(.)org"); a number becomes "***". True when any was there.
 */
bool wording_break_links(struct span text, struct buf *out);
bool wording_hide_numbers(struct span text, struct buf *out);
/* The word with a star for its second character ("s*x"), wherever it stands. */
bool wording_star_word(struct span text, const char *word, struct buf *out);

#endif
