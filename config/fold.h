/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fold - comparing words of any script without their case.
 * What:  simple case folding, one character for one, of the scripts that have cases here: Latin, Greek, Cyrillic.
 * Why:   a word of a file must be found in a text however it is written; the whole of Unicode belongs to triage.
 */
#ifndef CONFIG_FOLD_H
#define CONFIG_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"

uint32_t fold_character(uint32_t character);
/* A letter or digit of a script whose words stand apart by blanks and that is written one sign a letter
 * (Latin, Greek, Cyrillic); a mark that sits on such a letter counts with it. */
bool fold_is_letter(uint32_t character);
bool fold_equal(struct span a, struct span b);
/* Without blanks and ASCII punctuation, and the full stops of other scripts, at both ends. */
struct span fold_trim(struct span text);
/* Is the word in the text? Where its ends are letters in the sense above it must stand alone there; in other scripts,
 * which join words or write without blanks, it is found anywhere. A `*` at its end stands for any ending. */
bool fold_holds(struct span text, const char *word);
/* The first such place as it stands in the text, without what a `*` stands for; len 0 = there is none. */
struct span fold_find(struct span text, const char *word);

#endif
