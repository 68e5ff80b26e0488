/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * normalise - one text in the two forms that triage reads, with the way back to the original bytes.
 * What:  `plain` is NFKC and case-folded, invisible characters gone, runs of three equal letters cut to two: language
 *        identification reads it. `folded` goes further (diacritics, letter variants of config/lexicon/common.conf,
 * apostrophes gone, words separated by one space): words are matched in it. Keeps: any bytes are accepted; digits
 * inside words stay (they are letters in textspeak and Arabizi); no allocation; every folded character knows the bytes
 * it came from. Not here: what a word means (lexicon), spelling tolerance beyond letters (sound).
 */
#ifndef GATEWAY_CORE_TRIAGE_NORMALISE_H
#define GATEWAY_CORE_TRIAGE_NORMALISE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"
#include "gateway/core/triage/marks.h"

#define NORMAL_BYTES_MAX 8192u /* of the original; what follows is not read */
#define NORMAL_CHARS_MAX 8192u
#define NORMAL_TOKENS_MAX 2048u
#define NORMAL_FOLDED_MAX (NORMAL_CHARS_MAX + NORMAL_TOKENS_MAX + 2u)
#define NORMAL_SPACE 0x20 /* between folded words, at the start and at the end */

enum normal_kind { NORMAL_OTHER, NORMAL_LETTER, NORMAL_DIGIT, NORMAL_APOSTROPHE, NORMAL_IGNORED };

/* Scripts that matter for language, word boundaries and windows. */
enum script {
    SCRIPT_OTHER,
    SCRIPT_LATIN,
    SCRIPT_ARABIC,
    SCRIPT_DEVANAGARI,
    SCRIPT_BENGALI,
    SCRIPT_GURMUKHI,
    SCRIPT_TAMIL,
    SCRIPT_TELUGU,
    SCRIPT_MALAYALAM,
    SCRIPT_SINHALA,
    SCRIPT_THAI,
    SCRIPT_LAO,
    SCRIPT_MYANMAR,
    SCRIPT_ETHIOPIC,
    SCRIPT_KHMER,
    SCRIPT_KANA,
    SCRIPT_HAN,
    SCRIPT_HANGUL,
    SCRIPT_CYRILLIC,
    SCRIPT_COUNT
};

/* Per character of the basic plane; immutable after loading. */
struct normal_table {
    uint16_t plain[65536]; /* 0 = dropped, 0xFFFF = expands to several */
    uint16_t folded[65536];
    uint8_t kind[65536];
    uint8_t script[65536];
    uint8_t is_mark[65536]; /* combining: belongs to the character before it */
    struct marks marks;
};

struct normal_token {
    uint16_t plain_at, plain_len;   /* in plain */
    uint16_t folded_at, folded_len; /* in folded; folded_len 0 when it folds to nothing */
    uint16_t position;              /* of its first character, in window steps */
    uint16_t clause;                /* counts sentence ends before it */
    uint8_t script;
    bool has_letter;
};

/* About 140 kB: keep one on the stack of the caller, never zero it. */
struct normal {
    unsigned plain_len, folded_len, token_count;
    uint16_t plain[NORMAL_CHARS_MAX];
    uint16_t plain_start[NORMAL_CHARS_MAX + 1]; /* byte offset in the original; one past the end at [plain_len] */
    uint16_t folded[NORMAL_FOLDED_MAX];
    uint16_t folded_from[NORMAL_FOLDED_MAX]; /* index in plain */
    uint16_t position[NORMAL_FOLDED_MAX];    /* window steps: a word, or a few characters where words are not spaced */
    struct normal_token tokens[NORMAL_TOKENS_MAX];
    unsigned script_count[SCRIPT_COUNT]; /* letters */
    bool has_question, has_exclamation;
    bool keeps_marks; /* Vietnamese letters were seen: diacritics are kept in folded */
    bool is_cut;      /* the text was longer than is read */
};

/* Fills the table with what Unicode says. */
void normal_table_init(struct normal_table *table);
/* Makes every letter of `letters` (UTF-8) fold to the first one. ERR_INVALID when it holds fewer than two characters or
 * one outside the basic plane. */
int normal_table_merge(struct normal_table *table, const char *letters) MUST_CHECK;

void normalise_text(const struct normal_table *table, struct span text, struct normal *ret);

/* A script that does not put spaces between words. */
bool script_is_unspaced(enum script script);

#endif
