/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexicon - see lexicon.h. This file holds the snapshot: its tables, closing and freeing; lexicon_read.c reads the
 * files into it. Why:   an entry of several words is anchored at its rarest word: only there is it looked at, so that
 * "no" does not pull a hundred phrases out of every text.
 */
#include "gateway/core/triage/lexicon.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "gateway/base/str.h"
#include "gateway/core/triage/lexicon_read.h"

#define FILES_MAX 64u
#define SETS_MAX 65536u      /* different sets of languages */
#define SET_SLOTS (1u << 17) /* of the table in which they are looked up */
#define PATH_BYTES_MAX 4096u
#define MODEL_NAME "language.model"

const char *label_word(unsigned label)
{
    static const char *const concepts[] = {
#define CONCEPT(word, meaning) #word,
#include "gateway/core/triage/concepts.def"
#undef CONCEPT
    };
    if (label < LABEL_OF_FLAG)
        return category_word((enum category)label);
    if (label < LABEL_OF_INTENT)
        return flag_word((enum flag)(label - LABEL_OF_FLAG));
    if (label < LABEL_OF_CONCEPT)
        return intent_word((enum intent)(label - LABEL_OF_INTENT));
    if (label < LABEL_OF_PLACE)
        return concepts[label - LABEL_OF_CONCEPT];
    return label < LABEL_COUNT ? phone_country_at(label - LABEL_OF_PLACE) : "";
}

const char *concept_meaning(enum concept concept)
{
    static const char *const meanings[] = {
#define CONCEPT(word, meaning) meaning,
#include "gateway/core/triage/concepts.def"
#undef CONCEPT
    };
    return meanings[concept];
}

int lexicon_new(struct lexicon **ret_lexicon)
{
    struct lexicon *lexicon = calloc(1, sizeof *lexicon);
    if (!lexicon)
        return ERR_NOMEM;
    lexicon->table = malloc(sizeof *lexicon->table);
    if (!lexicon->table || automaton_new(&lexicon->automaton) || sound_index_new(&lexicon->sounds)) {
        lexicon_free(lexicon);
        return ERR_NOMEM;
    }
    normal_table_init(lexicon->table);
    *ret_lexicon = lexicon;
    return 0;
}

void lexicon_free(struct lexicon *lexicon)
{
    if (!lexicon)
        return;
    free(lexicon->table);
    automaton_free(lexicon->automaton);
    language_model_free(lexicon->model);
    sound_index_free(lexicon->sounds);
    spellings_clear(&lexicon->spellings);
    for (uint32_t i = 0; lexicon->sources && i < lexicon->entry_count; i++)
        free(lexicon->sources[i]);
    free(lexicon->sources);
    free(lexicon->entries);
    free(lexicon->pieces);
    free(lexicon->anchor_offsets);
    free(lexicon->anchors);
    free(lexicon->word_sets);
    free(lexicon->language_sets);
    free(lexicon->word_sides);
    free(lexicon);
}

/* How many entries hold each word: the rarest word of an entry is its anchor. */
static void count_uses(const struct lexicon *lexicon, uint32_t *uses)
{
    for (uint32_t i = 0; i < lexicon->piece_count; i++)
        uses[lexicon->pieces[i].word]++;
}

static uint8_t rarest_piece(const struct lexicon *lexicon, const struct lexicon_entry *entry, const uint32_t *uses)
{
    const struct lexicon_piece *pieces = lexicon->pieces + entry->first_piece;
    uint8_t best = 0;
    for (uint8_t i = 1; i < entry->piece_count; i++)
        if (uses[pieces[i].word] < uses[pieces[best].word])
            best = i;
    return best;
}

static int anchor_entries(struct lexicon *lexicon)
{
    uint32_t words = automaton_word_count(lexicon->automaton);
    AUTO_FREE uint32_t *uses = calloc(words + 1u, sizeof *uses);
    AUTO_FREE uint8_t *chosen = malloc(lexicon->entry_count + 1u);
    lexicon->anchor_offsets = calloc(words + 2u, sizeof *lexicon->anchor_offsets);
    lexicon->anchors = malloc((lexicon->entry_count + 1u) * sizeof *lexicon->anchors);
    if (!uses || !chosen || !lexicon->anchor_offsets || !lexicon->anchors)
        return ERR_NOMEM;
    count_uses(lexicon, uses);
    uint32_t *offsets = lexicon->anchor_offsets;
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        const struct lexicon_entry *entry = &lexicon->entries[i];
        chosen[i] = rarest_piece(lexicon, entry, uses);
        offsets[lexicon->pieces[entry->first_piece + chosen[i]].word + 1]++;
    }
    for (uint32_t w = 0; w < words; w++)
        offsets[w + 1] += offsets[w];
    memset(uses, 0, words * sizeof *uses);
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        uint32_t word = lexicon->pieces[lexicon->entries[i].first_piece + chosen[i]].word;
        lexicon->anchors[offsets[word] + uses[word]++] = (struct lexicon_anchor){ i, chosen[i] };
    }
    return 0;
}

/* Sets of languages, each kept once: there are some hundreds for tens of thousands of words. */
static int share_sets(struct lexicon *lexicon, const uint64_t *sets, uint32_t words)
{
    AUTO_FREE uint32_t *slots = calloc(SET_SLOTS, sizeof *slots); /* places in language_sets, each plus one */
    lexicon->word_sets = malloc((words + 1u) * sizeof *lexicon->word_sets);
    lexicon->language_sets = malloc(SETS_MAX * sizeof *lexicon->language_sets);
    if (!slots || !lexicon->word_sets || !lexicon->language_sets)
        return ERR_NOMEM;
    for (uint32_t word = 0; word < words; word++) {
        uint32_t at = (uint32_t)((sets[word] * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % SET_SLOTS;
        while (slots[at] && lexicon->language_sets[slots[at] - 1] != sets[word])
            at = (at + 1) % SET_SLOTS;
        if (!slots[at] && lexicon->set_count == SETS_MAX)
            return ERR_LIMIT;
        if (!slots[at]) {
            lexicon->language_sets[lexicon->set_count++] = sets[word];
            slots[at] = lexicon->set_count;
        }
        lexicon->word_sets[word] = (uint16_t)(slots[at] - 1);
    }
    uint64_t *kept = realloc(lexicon->language_sets, (lexicon->set_count + 1u) * sizeof *kept);
    lexicon->language_sets = kept ? kept : lexicon->language_sets;
    return 0;
}

/* What a search may skip at once: words of languages that are not asked for, and letters in the middle of a word. */
static int sum_words(struct lexicon *lexicon)
{
    uint32_t words = automaton_word_count(lexicon->automaton);
    AUTO_FREE uint64_t *sets = calloc(words + 1u, sizeof *sets);
    lexicon->word_sides = malloc(words + 1u);
    if (!sets || !lexicon->word_sides)
        return ERR_NOMEM;
    memset(lexicon->word_sides, WORD_NEEDS_LEFT | WORD_NEEDS_RIGHT, words + 1u);
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        const struct lexicon_entry *entry = &lexicon->entries[i];
        for (unsigned k = 0; k < entry->piece_count; k++) {
            const struct lexicon_piece *piece = &lexicon->pieces[entry->first_piece + k];
            sets[piece->word] |= (uint64_t)1 << entry->language;
            if (!piece->needs_left)
                lexicon->word_sides[piece->word] &= (uint8_t)~WORD_NEEDS_LEFT;
            if (!piece->needs_right)
                lexicon->word_sides[piece->word] &= (uint8_t)~WORD_NEEDS_RIGHT;
        }
    }
    return share_sets(lexicon, sets, words);
}

static int set_masks(struct lexicon *lexicon, struct buf *report)
{
    int rc = 0;
    for (unsigned l = 0; l < lexicon->language_count; l++) {
        const struct lexicon_language *language = &lexicon->languages[l];
        uint64_t bit = (uint64_t)1 << l;
        if (language->reads_all || !lexicon->model)
            lexicon->everywhere |= bit;
        for (unsigned i = 0; i < language->reads_count && lexicon->model; i++) {
            int tag = language_tag(lexicon->model, language->reads[i]);
            if (tag >= 0) {
                lexicon->masks[tag] |= bit;
                continue;
            }
            if (report)
                buf_add_format(report, "lexicon of %s: reads \"%s\", which " MODEL_NAME " does not know\n",
                    language->tag, language->reads[i]);
            rc = ERR_INVALID;
        }
    }
    return rc;
}

/* What growing by doubling left over; that it cannot be given back is no error. */
static void shrink_arrays(struct lexicon *lexicon)
{
    struct lexicon_entry *entries = realloc(lexicon->entries, (lexicon->entry_count + 1u) * sizeof *entries);
    if (entries) {
        lexicon->entries = entries;
        lexicon->entry_cap = lexicon->entry_count + 1u;
    }
    struct lexicon_piece *pieces = realloc(lexicon->pieces, (lexicon->piece_count + 1u) * sizeof *pieces);
    if (pieces) {
        lexicon->pieces = pieces;
        lexicon->piece_cap = lexicon->piece_count + 1u;
    }
}

int lexicon_close(struct lexicon *lexicon, struct language_model *model_take, struct buf *report)
{
    lexicon->model = model_take;
    spellings_clear(&lexicon->spellings);
    shrink_arrays(lexicon);
    int rc = set_masks(lexicon, report);
    if (!rc)
        rc = automaton_close(lexicon->automaton);
    if (!rc)
        rc = anchor_entries(lexicon);
    if (!rc)
        rc = sum_words(lexicon);
    return rc ? rc : sound_index_close(lexicon->sounds);
}

struct names {
    char *items[FILES_MAX];
    struct conf *confs[FILES_MAX]; /* NULL when unreadable */
    unsigned count;
};

static void names_done(struct names *names)
{
    for (unsigned i = 0; i < names->count; i++) {
        conf_free(names->confs[i]);
        free(names->items[i]);
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_files(const char *directory, struct names *names)
{
    DIR *dir = opendir(directory);
    if (!dir)
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    int rc = 0;
    const struct dirent *file;
    while (!rc && (file = readdir(dir))) {
        size_t len = strlen(file->d_name);
        if (len < 6 || file->d_name[0] == '.' || strcmp(file->d_name + len - 5, ".conf") != 0)
            continue;
        if (names->count == FILES_MAX)
            rc = ERR_LIMIT;
        else if (!(names->items[names->count] = strdup(file->d_name)))
            rc = ERR_NOMEM;
        else
            names->count++;
    }
    closedir(dir);
    qsort(names->items, names->count, sizeof names->items[0], compare_names);
    return rc;
}

/* Reads all files even after an error: staff wants to see every sentence at once. */
static int open_files(const char *directory, struct names *names, struct buf *report)
{
    int rc = 0;
    for (unsigned i = 0; i < names->count; i++) {
        char path[PATH_BYTES_MAX];
        struct error error = { "" };
        snprintf(path, sizeof path, "%s/%s", directory, names->items[i]);
        int failed = conf_read_file(path, &error, &names->confs[i]);
        if (failed && report)
            buf_add_format(report, "%s\n", error.text);
        rc = rc ? rc : failed;
    }
    return rc;
}

/* Letters first, of all files: a word folds the same wherever it stands. */
static int read_files(struct lexicon *lexicon, struct names *names, struct buf *report)
{
    int rc = 0;
    for (unsigned i = 0; i < names->count; i++) {
        int failed = names->confs[i] ? lexicon_read_letters(lexicon, names->confs[i], report) : 0;
        rc = rc ? rc : failed;
    }
    for (unsigned i = 0; i < names->count; i++) {
        int failed = names->confs[i] ? lexicon_read_conf(lexicon, names->confs[i], report) : 0;
        rc = rc ? rc : failed;
        conf_free(names->confs[i]);
        names->confs[i] = NULL;
    }
    return rc;
}

static int read_model(const char *directory, struct buf *report, struct language_model **ret_model)
{
    char path[PATH_BYTES_MAX];
    struct error error = { "" };
    snprintf(path, sizeof path, "%s/" MODEL_NAME, directory);
    int rc = language_model_read(path, &error, ret_model);
    if (rc && report)
        buf_add_format(report, "%s\n", error.text);
    return rc;
}

/* Only want of memory keeps the lexicon from being used. */
static int read_added(struct lexicon *lexicon, const struct lexicon_added *added, unsigned count, struct buf *report)
{
    int rc = 0;
    for (unsigned i = 0; i < count && rc != ERR_NOMEM; i++)
        rc = lexicon_read_added(lexicon, &added[i], report);
    return rc == ERR_NOMEM ? rc : 0;
}

int lexicon_load_added(const char *directory, bool keeps_sources, const struct lexicon_added *added, unsigned count,
    struct buf *report, struct lexicon **ret_lexicon)
{
    struct names names = { .count = 0 };
    struct lexicon *lexicon = NULL;
    struct language_model *model = NULL;
    int rc = list_files(directory, &names);
    if ((rc || names.count == 0) && report)
        buf_add_format(report, "%s: no lexicon files can be read here\n", directory);
    if (!rc && names.count == 0)
        rc = ERR_NOT_FOUND;
    if (!rc)
        rc = lexicon_new(&lexicon);
    if (!rc) {
        lexicon->keeps_sources = keeps_sources;
        int open_rc = open_files(directory, &names, report);
        rc = read_files(lexicon, &names, report);
        rc = open_rc ? open_rc : rc;
        int added_rc = rc ? 0 : read_added(lexicon, added, count, report);
        rc = rc ? rc : added_rc;
        int model_rc = read_model(directory, report, &model);
        int close_rc = lexicon_close(lexicon, model, report);
        rc = rc ? rc : model_rc ? model_rc : close_rc;
    }
    names_done(&names);
    if (rc) {
        lexicon_free(lexicon);
        return rc;
    }
    *ret_lexicon = lexicon;
    return 0;
}

int lexicon_load(const char *directory, struct buf *report, struct lexicon **ret_lexicon)
{
    return lexicon_load_added(directory, false, NULL, 0, report, ret_lexicon);
}

int lexicon_load_sources(const char *directory, struct buf *report, struct lexicon **ret_lexicon)
{
    return lexicon_load_added(directory, true, NULL, 0, report, ret_lexicon);
}

int lexicon_find_language(const struct lexicon *lexicon, const char *tag)
{
    for (unsigned l = 0; l < lexicon->language_count; l++)
        if (str_equal(lexicon->languages[l].tag, tag))
            return (int)l;
    return -1;
}

size_t lexicon_bytes(const struct lexicon *lexicon)
{
    uint32_t words = automaton_word_count(lexicon->automaton);
    return sizeof *lexicon + sizeof *lexicon->table + automaton_bytes(lexicon->automaton) +
           sound_index_bytes(lexicon->sounds) + (lexicon->model ? language_model_bytes(lexicon->model) : 0) +
           lexicon->entry_cap * sizeof *lexicon->entries + lexicon->piece_cap * sizeof *lexicon->pieces +
           (words + 1u) * (sizeof *lexicon->word_sets + sizeof *lexicon->word_sides) +
           (lexicon->set_count + 1u) * sizeof *lexicon->language_sets + (words + 2u) * sizeof *lexicon->anchor_offsets +
           lexicon->entry_count * sizeof *lexicon->anchors;
}
