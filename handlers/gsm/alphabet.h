/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alphabet - the 7-bit alphabets of short messages: the default one with its extension, and the national shift tables
 * (3GPP TS 23.038, 6.2.1 and annex A). Pure.
 * What:  a text is read with one locking table and, after an escape, one single shift table, each named by a national
 *        language identifier (0 = default).
 * Why:   the tables of ten Indian languages follow one plan, so they are written as that plan and its exceptions.
 */
#ifndef HANDLERS_GSM_ALPHABET_H
#define HANDLERS_GSM_ALPHABET_H

#include <stdbool.h>
#include <stdint.h>

#define GSM_LANGUAGES 14 /* identifiers 0 (default) to 13 (Urdu) */
#define GSM_ESCAPE 0x1bu

/* The character of a septet (0-127), or 0 when the table has none there. An identifier that is not assigned, and one
 * without such a table (Spanish has no locking table), reads like 0. */
uint32_t gsm_locking(unsigned language, unsigned septet);
uint32_t gsm_single(unsigned language, unsigned septet);

/* How a character is written with these two tables: 1 or 2 septets into ret, 0 = not at all. */
unsigned gsm_write(unsigned locking, unsigned single, uint32_t character, uint8_t ret[2]);

#endif
