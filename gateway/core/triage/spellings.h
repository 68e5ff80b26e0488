/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spellings - words as they are written in the files, and which word of the automaton each became.
 * Why:   two words of three were written before, and normalising one costs ten times what looking it up does.
 * Keeps: only a memory: without it, or when it is full, the same words are read.
 */
#ifndef GATEWAY_CORE_TRIAGE_SPELLINGS_H
#define GATEWAY_CORE_TRIAGE_SPELLINGS_H

#include <stdbool.h>

#include "gateway/base/buf.h"
#include "gateway/core/triage/wordset.h"

struct spelling {
    uint32_t word : 20;
    uint32_t script : 8; /* enum script */
    uint32_t is_known : 1;
};

/* Zeroed = empty. */
struct spellings {
    struct wordset written;
    struct spelling *items;
    uint32_t cap;
};

/* The place of what was written, to be read or filled in; NULL when it is too long or nothing more can be kept.
 * keeps_marks: it was read with its diacritics. Borrowed until the next call. */
struct spelling *spellings_at(struct spellings *spellings, struct span written, bool keeps_marks);
void spellings_reset(struct spellings *spellings); /* keeps the memory */
void spellings_clear(struct spellings *spellings);

#endif
