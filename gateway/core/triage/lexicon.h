/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexicon - the words of all languages as one immutable snapshot, read from a directory of config files.
 * What:  every entry is one word or a phrase of up to LEXICON_PIECES_MAX words with gaps; it stands for a category, a
 *        flag, an intent or a concept. All words sit in one automaton.
 * Keeps: files are read in the order of their names, so that two loads are identical; every error is reported with
 *        file:line and nothing of a directory with an error is used.
 * Not here: finding the entries in a text (match), what they mean together (rules). Format: config/lexicon/README.md.
 */
#ifndef GATEWAY_CORE_TRIAGE_LEXICON_H
#define GATEWAY_CORE_TRIAGE_LEXICON_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/model.h"
#include "gateway/base/phone.h"
#include "gateway/core/triage/automaton.h"
#include "gateway/core/triage/language.h"
#include "gateway/core/triage/normalise.h"
#include "gateway/core/triage/sound.h"
#include "gateway/core/triage/spellings.h"

#define LEXICON_LANGUAGES_MAX 63u
#define LEXICON_READS_MAX 64u
#define LEXICON_PIECES_MAX 6u
#define LEXICON_FILE_MAX 64u
#define LEXICON_ENTRIES_MAX 200000u
#define LEXICON_GAP_USUAL 1u /* words that may stand between two words of a phrase */
#define LEXICON_GAP_WIDE 4u  /* ... where the phrase is written with ".." */

enum concept {
#define CONCEPT(word, meaning) CONCEPT_##word,
#include "gateway/core/triage/concepts.def"
#undef CONCEPT
    CONCEPT_COUNT
};

/* What an entry can stand for: categories, flags, intents, concepts and places in one row of numbers. */
enum {
    LABEL_OF_FLAG = CATEGORY_COUNT,
    LABEL_OF_INTENT = LABEL_OF_FLAG + FLAG_COUNT,
    LABEL_OF_CONCEPT = LABEL_OF_INTENT + INTENT_COUNT,
    LABEL_OF_PLACE = LABEL_OF_CONCEPT + CONCEPT_COUNT, /* a place in the country of that number (phone) */
    LABEL_COUNT = LABEL_OF_PLACE + PHONE_COUNTRIES
};

enum negation { NEGATION_BEFORE, NEGATION_AFTER, NEGATION_BOTH };

struct lexicon_language {
    char tag[LANGUAGE_MAX];
    char file[LEXICON_FILE_MAX]; /* its last part, for sentences: "en.conf" */
    char reviewed[64];
    enum negation negation;
    uint8_t negation_window;
    uint8_t prefix_from, suffix_from; /* words of so many letters may have anything before / after; 0 = none */
    bool owner_after;                 /* "the son of the boss", not "the boss's son" */
    bool has_unmarked;                /* also written without its diacritics (Vietnamese) */
    bool reads_all;                   /* looked for in every text */
    unsigned reads_count;             /* else in texts of these tags */
    char reads[LEXICON_READS_MAX][LANGUAGE_MAX];
};

/* There are tens of thousands of each of these three: their fields are as narrow as the ceilings above allow. */
struct lexicon_piece {
    uint32_t word : 20;
    uint32_t gap : 3;         /* words that may stand between the piece before and this one */
    uint32_t needs_left : 1;  /* must begin where a word does */
    uint32_t needs_right : 1; /* must end where a word does */
};

struct lexicon_entry {
    uint64_t first_piece : 21;
    uint64_t line : 16;
    uint64_t label : 10;
    uint64_t language : 6;
    uint64_t piece_count : 3;
    uint64_t weight : 2;
    uint64_t is_lowered : 1; /* weighs 1 although it was written with more: too short, or ambiguous without its marks */
};

struct lexicon_anchor {
    uint32_t entry : 18;
    uint32_t piece : 3;
};

_Static_assert(AUTOMATON_NODES_MAX <= 1u << 20 && LEXICON_GAP_WIDE < 1u << 3, "a piece holds its word and gap");
_Static_assert((LEXICON_ENTRIES_MAX * LEXICON_PIECES_MAX) <= 1u << 21 && LABEL_COUNT <= 1u << 10 &&
                   LEXICON_LANGUAGES_MAX <= 1u << 6 && LEXICON_PIECES_MAX < 1u << 3,
    "an entry holds its numbers");
_Static_assert(LEXICON_ENTRIES_MAX <= 1u << 18, "an anchor holds its entry");

enum { WORD_NEEDS_LEFT = 1, WORD_NEEDS_RIGHT = 2 };

struct lexicon {
    struct normal_table *table;
    struct automaton *automaton;
    struct language_model *model; /* NULL when the directory has none: then the tag is "und" */
    struct sound_index *sounds;
    struct spellings spellings; /* while files are read */
    unsigned language_count;
    struct lexicon_language languages[LEXICON_LANGUAGES_MAX];
    struct lexicon_entry *entries;
    uint32_t entry_count, entry_cap;
    bool keeps_sources; /* set before reading: for tools that show entries as they were written */
    char **sources;     /* by entry; NULL unless kept */
    uint32_t source_cap;
    struct lexicon_piece *pieces;
    uint32_t piece_count, piece_cap;
    uint32_t *anchor_offsets; /* by word; one more than words */
    struct lexicon_anchor *anchors;
    uint16_t *word_sets;     /* by word: the place in language_sets of the languages with an entry of it */
    uint64_t *language_sets; /* as many as there are different ones */
    uint32_t set_count;
    uint8_t *word_sides;               /* by word: WORD_NEEDS_LEFT | WORD_NEEDS_RIGHT when every use of it does */
    uint64_t masks[LANGUAGE_TAGS_MAX]; /* languages to look into, by model tag */
    uint64_t everywhere;               /* languages that are always looked into */
};

#define LEXICON_WORDS_MAX 256u /* bytes of one added entry, with NUL */

/* Words that staff added: read after the files, as if they stood in the file of that language. */
struct lexicon_added {
    int64_t id;
    char language[LANGUAGE_MAX], section[16], label[32]; /* "tl", "categories", "wages" */
    char words[LEXICON_WORDS_MAX];
    int weight; /* 1 to 3 */
};

/* Loads every *.conf of the directory and language.model. Errors are added to report, one line each
 * ("path:line: sentence"). report may be NULL. */
int lexicon_load(const char *directory, struct buf *report, struct lexicon **ret_lexicon) MUST_CHECK;
/* The same, keeping every entry as it was written: for tools. */
int lexicon_load_sources(const char *directory, struct buf *report, struct lexicon **ret_lexicon) MUST_CHECK;
/* The same with added words. One that fits no file any more is told in the report and left out: a word of staff must
 * not keep a line from starting. The entry of the last one is the last one of the lexicon, at line 0 of its file. */
int lexicon_load_added(const char *directory, bool keeps_sources, const struct lexicon_added *added, unsigned count,
    struct buf *report, struct lexicon **ret_lexicon) MUST_CHECK;
/* The number of a label, -1 = there is none. section: "categories", "flags", "intents", "concepts", "places"; "" = the
 * first of these that has it. */
int lexicon_find_label(const char *section, const char *word);
const char *lexicon_section(unsigned label);
/* The index of a language by its tag ("tl"), or -1. */
int lexicon_find_language(const struct lexicon *lexicon, const char *tag);
void lexicon_free(struct lexicon *lexicon);

/* The same step by step, for tests and fuzzing: new, add texts, close. The model is taken (also on failure); NULL =
 * none. */
int lexicon_new(struct lexicon **ret_lexicon) MUST_CHECK;
int lexicon_add_text(struct lexicon *lexicon, struct span text, const char *name, struct buf *report) MUST_CHECK;
int lexicon_close(struct lexicon *lexicon, struct language_model *model_take, struct buf *report) MUST_CHECK;

/* Memory of all tables. */
size_t lexicon_bytes(const struct lexicon *lexicon);

/* "pay", "do_not_call", "wages": the word for a label number. */
const char *label_word(unsigned label);
const char *concept_meaning(enum concept concept);

#endif
