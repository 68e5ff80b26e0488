/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * train_language - counts training text into config/lexicon/language.model (see README.md beside it).
 * What:  for every tag, the lines of its file, the words of the lexicon and the invented texts of tests/triage (their
 *        part dev) are counted, the latter two many times, because they are what this line is texted about; the most
 *        frequent features are kept with the weight of naive Bayes.
 * Keeps: the same files give the same bytes.
 * Not here: how the model is used (gateway/core/triage/language.c), whose features this program computes with.
 */
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "gateway/base/str.h"
#include "gateway/core/triage/language.h"
#include "gateway/core/triage/normalise.h"

#define LINES_MAX 60000u
#define LINE_BYTES_MAX 4096u
#define TABLE_SIZE (1u << 22)
#define LINE_TIMES 8u /* so that smoothing matters little against what was really seen */
#define LEXICON_TIMES 20u
#define OWN_TIMES 35u /* less than five lines: one misspelt text makes no usual word (USUAL_WEIGHT of language.c) */
#define COUNT_MIN 2u
#define SMOOTHING 0.5
#define FILE_BYTES_MAX (4u * 1024 * 1024)

struct tag_row {
    const char *word, *script;
    double prior; /* nats */
};

/* Priors: rare writers on this line must show more before they are believed. */
static const struct tag_row tags[] = {
    { "en", "Latn", 1 },
    { "tl", "Latn", 1 },
    { "ceb", "Latn", 0 },
    { "war", "Latn", -4 },
    { "id", "Latn", 0 },
    { "ms", "Latn", 0 },
    { "jv", "Latn", -3 },
    { "su", "Latn", -4 },
    { "min", "Latn", -5 },
    { "mad", "Latn", -5 },
    { "om", "Latn", 0 },
    { "so", "Latn", -2.5 },
    { "sw", "Latn", 0 },
    { "tw", "Latn", -4 },
    { "pcm", "Latn", -9 },
    { "yo", "Latn", -4 },
    { "ha", "Latn", -4 },
    { "vi", "Latn", 0 },
    { "vi-x-ascii", "Latn", 0 },
    { "fr", "Latn", 0 },
    { "mg", "Latn", -1 },
    { "es", "Latn", -3 },
    { "tr", "Latn", -3 },
    { "ne-Latn", "Latn", 0 },
    { "bn-Latn", "Latn", 0 },
    { "hi-Latn", "Latn", 0 },
    { "ur-Latn", "Latn", 0 },
    { "si-Latn", "Latn", 0 },
    { "ta-Latn", "Latn", 0 },
    { "te-Latn", "Latn", -0.5 },
    { "ml-Latn", "Latn", -1 },
    { "am-Latn", "Latn", -0.5 },
    { "ar-Latn", "Latn", 0 },
    { "pa-Latn", "Latn", -1 },
    { "am", "Ethi", 0 },
    { "ti", "Ethi", 0 },
    { "my", "Mymr", 0 },
    { "my-Qaag", "Mymr", 0 },
    { "hi", "Deva", 0 },
    { "ne", "Deva", 0 },
    { "ar", "Arab", 0 },
    { "ur", "Arab", 0 },
    { "fa", "Arab", -1 },
    { "zh-Hans", "Hani", 0 },
    { "zh-Hant", "Hani", -1 },
    { "yue", "Hani", -1 },
    /* one language to the script: the script decides, no text is needed */
    { "bn", "Beng", 0 },
    { "pa", "Guru", 0 },
    { "ta", "Taml", 0 },
    { "te", "Telu", 0 },
    { "ml", "Mlym", 0 },
    { "si", "Sinh", 0 },
    { "th", "Thai", 0 },
    { "lo", "Laoo", 0 },
    { "km", "Khmr", 0 },
    { "ja", "Hira", 0 },
    { "ko", "Hang", 0 },
    { "ru", "Cyrl", 0 },
};
#define TAGS STR_COUNT(tags)

/* Open addressing by feature hash. One table a tag, reused; kept features of all tags in another. */
struct cell {
    uint32_t hash, count;
};
struct kept {
    uint32_t hash;
    uint8_t weight[TAGS];
};

struct trainer {
    struct normal_table table;
    struct normal text;
    struct cell *cells; /* of the tag that is being counted */
};

static void count_feature(struct cell *cells, uint32_t hash, uint32_t times)
{
    uint32_t slot = (hash * 2654435761u) >> 10;
    while (cells[slot].count && cells[slot].hash != hash)
        slot = (slot + 1) % TABLE_SIZE;
    cells[slot].hash = hash;
    cells[slot].count += times;
}

static void count_text(struct trainer *t, struct span bytes, uint32_t times)
{
    uint32_t features[LANGUAGE_TOKEN_FEATURES_MAX];
    normalise_text(&t->table, bytes, &t->text);
    for (unsigned i = 0; i < t->text.token_count; i++) {
        if (!t->text.tokens[i].has_letter)
            continue;
        unsigned count = language_features(&t->text, &t->text.tokens[i], features);
        for (unsigned k = 0; k < count; k++)
            count_feature(t->cells, features[k], times);
    }
}

static int read_lines(const char *path, struct buf *bytes, struct span *lines, unsigned *ret_count)
{
    char chunk[65536];
    FILE *file = fopen(path, "re");
    if (!file)
        return ERR_NOT_FOUND;
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(bytes, chunk, got);
    fclose(file);
    *ret_count = 0;
    for (size_t at = 0; at < bytes->len && *ret_count < LINES_MAX;) {
        size_t len = strcspn(bytes->data + at, "\n");
        if (len > 0 && len < LINE_BYTES_MAX)
            lines[(*ret_count)++] = (struct span){ bytes->data + at, len };
        at += len + 1;
    }
    return buf_check(bytes);
}

typedef void (*line_fn)(struct trainer *t, struct span line, const char *tag);

static bool each_line(struct trainer *t, const char *path, const char *tag, line_fn fn)
{
    AUTO_BUF bytes;
    buf_init(&bytes, FILE_BYTES_MAX);
    AUTO_FREE struct span *lines = calloc(LINES_MAX, sizeof *lines);
    unsigned count = 0;
    if (!lines || read_lines(path, &bytes, lines, &count))
        return false;
    for (unsigned i = 0; i < count; i++)
        fn(t, lines[i], tag);
    return count > 0;
}

static void count_line(struct trainer *t, struct span line, const char *tag)
{
    (void)tag;
    count_text(t, line, LINE_TIMES);
}

static void count_training(struct trainer *t, const char *directory, const char *tag)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.txt", directory, tag);
    if (!each_line(t, path, tag, count_line))
        fprintf(stderr, "no training text for %s\n", tag);
}

/* tests/triage/README.md: part, language, ..., text. */
static void count_own_line(struct trainer *t, struct span line, const char *tag)
{
    char head[64];
    snprintf(head, sizeof head, "dev\t%s\t", tag);
    if (line.len <= strlen(head) || memcmp(line.data, head, strlen(head)) != 0)
        return;
    size_t at = line.len;
    while (line.data[at - 1] != '\t')
        at--;
    count_text(t, (struct span){ line.data + at, line.len - at }, OWN_TIMES);
}

static int is_table(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && str_equal(dot, ".tsv");
}

static void count_own(struct trainer *t, const char *directory, const char *tag)
{
    struct dirent **found = NULL;
    int count = scandir(directory, &found, is_table, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", directory, found[i]->d_name);
        (void)each_line(t, path, tag, count_own_line);
        free(found[i]);
    }
    free(found);
}

static enum script script_of(struct trainer *t, const char *phrase)
{
    normalise_text(&t->table, span_of(phrase), &t->text);
    enum script best = SCRIPT_OTHER;
    for (unsigned s = 1; s < SCRIPT_COUNT; s++)
        if (t->text.script_count[s] > t->text.script_count[best])
            best = (enum script)s;
    return best;
}

/* Which tag a phrase of a lexicon file belongs to: the language, its romanised form, or unmarked Vietnamese. */
static bool is_phrase_of(struct trainer *t, const char *language, const char *phrase, const char *tag)
{
    char romanised[LANGUAGE_MAX + 8];
    snprintf(romanised, sizeof romanised, "%s-Latn", language);
    bool has_romanised = false;
    for (unsigned i = 0; i < TAGS; i++)
        has_romanised |= str_equal(tags[i].word, romanised);
    if (str_equal(language, "zh"))
        return str_equal(tag, "zh-Hans");
    if (str_equal(language, "vi"))
        return str_equal(tag, "vi") || str_equal(tag, "vi-x-ascii");
    if (script_of(t, phrase) == SCRIPT_LATIN && has_romanised)
        return str_equal(tag, romanised);
    return str_equal(tag, language);
}

static void strip_marks(struct trainer *t, const char *phrase, bool is_ascii, struct buf *out)
{
    if (is_ascii) {
        normalise_text(&t->table, span_of(phrase), &t->text);
        for (unsigned i = 0; i < t->text.plain_len; i++) {
            uint16_t c = t->table.folded[t->text.plain[i]];
            buf_add_char(out, c && c < 0x80 ? (char)c : ' ');
        }
        return;
    }
    for (; *phrase; phrase++)
        buf_add_char(out, *phrase == '*' || *phrase == '=' || (*phrase == '.' && phrase[1] == '.') ? ' ' : *phrase);
}

static void count_lexicon(struct trainer *t, const struct conf_node *node, const char *language, const char *tag)
{
    if (conf_type(node) == CONF_TEXT) {
        if (!is_phrase_of(t, language, conf_text(node), tag))
            return;
        AUTO_BUF plain;
        buf_init(&plain, LINE_BYTES_MAX);
        strip_marks(t, conf_text(node), str_equal(tag, "vi-x-ascii"), &plain);
        count_text(t, buf_span(&plain), LEXICON_TIMES);
        return;
    }
    for (unsigned i = 0; i < conf_count(node); i++)
        count_lexicon(t, conf_at(node, i), language, tag);
}

static void count_lexicon_of(struct trainer *t, const char *directory, const char *tag)
{
    char path[4096], language[LANGUAGE_MAX];
    static const char *const sections[] = { "categories", "flags", "intents", "concepts" };
    str_copy(language, sizeof language, tag);
    language[strcspn(language, "-")] = 0;
    snprintf(path, sizeof path, "%s/%s.conf", directory, language);
    struct conf *conf = NULL;
    struct error error;
    if (conf_read_file(path, &error, &conf))
        return;
    for (unsigned i = 0; i < STR_COUNT(sections); i++) {
        const struct conf_node *section = conf_find(conf_root(conf), sections[i]);
        if (section)
            count_lexicon(t, section, language, tag);
    }
    conf_free(conf);
}

static int by_count(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static int by_hash(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* The counts of one tag, sorted by frequency. */
struct counts {
    struct cell *cells;
    uint32_t count;
    uint64_t total;
};

/* Folders. */
struct sources {
    const char *training, *lexicon, *own;
};

static void count_tag(const struct tag_row *tag, const struct sources *from, struct trainer *t, struct counts *ret)
{
    memset(t->cells, 0, TABLE_SIZE * sizeof *t->cells);
    count_training(t, from->training, tag->word);
    count_lexicon_of(t, from->lexicon, tag->word);
    count_own(t, from->own, tag->word);
    *ret = (struct counts){ NULL, 0, 0 };
    for (uint32_t i = 0; i < TABLE_SIZE; i++)
        ret->count += t->cells[i].count > 0;
    ret->cells = calloc(ret->count + 1u, sizeof *ret->cells);
    if (!ret->cells)
        exit(1);
    uint32_t at = 0;
    for (uint32_t i = 0; i < TABLE_SIZE; i++) {
        if (t->cells[i].count) {
            ret->cells[at++] = t->cells[i];
            ret->total += t->cells[i].count;
        }
    }
    qsort(ret->cells, ret->count, sizeof *ret->cells, by_count);
}

static struct kept *find_kept(struct kept *kept, uint32_t count, uint32_t hash)
{
    struct kept key = { .hash = hash };
    return bsearch(&key, kept, count, sizeof *kept, by_hash);
}

static uint32_t drop_doubles(struct kept *kept, uint32_t count)
{
    uint32_t unique = 0;
    qsort(kept, count, sizeof *kept, by_hash);
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || kept[i].hash != kept[unique - 1].hash)
            kept[unique++] = kept[i];
    return unique;
}

/* Features that the tags of one script keep; weights are filled for all tags of that script. */
static uint32_t keep_script(const char *script, const struct counts *counts, uint32_t keep, struct kept *all,
    uint32_t all_count, double *unseen)
{
    struct kept *kept = calloc((size_t)keep * TAGS + 1, sizeof *kept);
    uint32_t count = 0;
    if (!kept)
        exit(1);
    for (unsigned t = 0; t < TAGS; t++)
        for (uint32_t i = 0; str_equal(tags[t].script, script) && i < counts[t].count && i < keep; i++)
            if (counts[t].cells[i].count >= COUNT_MIN)
                kept[count++].hash = counts[t].cells[i].hash;
    count = drop_doubles(kept, count);
    for (unsigned t = 0; t < TAGS; t++) {
        if (!str_equal(tags[t].script, script))
            continue;
        unseen[t] = log(SMOOTHING / ((double)counts[t].total + SMOOTHING * count));
        for (uint32_t i = 0; i < counts[t].count; i++) {
            struct kept *row = find_kept(kept, count, counts[t].cells[i].hash);
            double weight = 16 * log(1 + counts[t].cells[i].count / SMOOTHING);
            if (row)
                row->weight[t] = (uint8_t)(weight > 255 ? 255 : lround(weight));
        }
    }
    /* a feature may be kept by two scripts (digits, Latin words in them): their weights do not meet */
    uint32_t sorted = all_count;
    for (uint32_t i = 0; i < count; i++) {
        struct kept *known = find_kept(all, sorted, kept[i].hash);
        for (unsigned t = 0; known && t < TAGS; t++)
            known->weight[t] |= kept[i].weight[t];
        if (!known)
            all[all_count++] = kept[i];
    }
    free(kept);
    qsort(all, all_count, sizeof *all, by_hash);
    return all_count;
}

static void put_u32(FILE *file, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        fputc((int)(value >> (8 * i) & 0xFF), file);
}

static uint32_t postings_of(const struct kept *kept)
{
    uint32_t count = 0;
    for (unsigned t = 0; t < TAGS; t++)
        count += kept->weight[t] > 0;
    return count;
}

static void write_model(FILE *file, const struct kept *kept, uint32_t count, const double *unseen)
{
    uint32_t postings = 0;
    for (uint32_t i = 0; i < count; i++)
        postings += postings_of(&kept[i]);
    fwrite("HLM2", 1, 4, file);
    put_u32(file, TAGS);
    put_u32(file, count);
    put_u32(file, postings);
    for (unsigned t = 0; t < TAGS; t++) {
        char word[LANGUAGE_MAX] = { 0 };
        str_copy(word, sizeof word, tags[t].word);
        fwrite(word, 1, sizeof word, file);
        fwrite(tags[t].script, 1, 4, file);
        put_u32(file, (uint32_t)(int32_t)lround(unseen[t] * 256));
        put_u32(file, (uint32_t)(int32_t)lround(tags[t].prior * 256));
    }
    uint32_t next = 0;
    for (uint32_t bucket = 0; bucket < 0x10000; bucket++) {
        uint32_t first = next;
        while (next < count && kept[next].hash >> 16 == bucket)
            next++;
        if (next - first > UINT8_MAX)
            exit(1);
        fputc((int)(next - first), file);
    }
    for (uint32_t i = 0; i < count; i++) {
        fputc((int)(kept[i].hash & 0xFF), file);
        fputc((int)(kept[i].hash >> 8 & 0xFF), file);
    }
    for (uint32_t i = 0; i < count; i++)
        fputc((int)postings_of(&kept[i]), file);
    for (uint32_t i = 0; i < count; i++) {
        for (unsigned t = 0; t < TAGS; t++) {
            if (kept[i].weight[t]) {
                fputc((int)t, file);
                fputc(kept[i].weight[t], file);
            }
        }
    }
}

int main(int argc, char **argv)
{
    int64_t keep = 8000;
    if (argc < 5 || (argc > 5 && str_to_int64(argv[5], 100, 20000, &keep))) {
        fprintf(stderr,
            "usage: train_language OUT.model TRAINING_DIR LEXICON_DIR OWN_TEXTS_DIR [features kept per tag = 8000]\n");
        return 2;
    }
    const struct sources from = { .training = argv[2], .lexicon = argv[3], .own = argv[4] };
    struct counts counts[TAGS] = { { NULL, 0, 0 } };
    double unseen[TAGS] = { 0 };
    struct trainer *trainer = calloc(1, sizeof *trainer);
    struct cell *cells = calloc(TABLE_SIZE, sizeof *cells);
    struct kept *all = calloc((size_t)keep * TAGS + 1, sizeof *all);
    FILE *file = fopen(argv[1], "we");
    if (!trainer || !cells || !all || !file) {
        fprintf(stderr, "cannot start\n");
        return 1;
    }
    normal_table_init(&trainer->table);
    trainer->cells = cells;
    uint32_t count = 0;
    for (unsigned t = 0; t < TAGS; t++) {
        bool is_shared = false;
        for (unsigned k = 0; k < TAGS; k++)
            is_shared |= k != t && str_equal(tags[k].script, tags[t].script);
        if (is_shared)
            count_tag(&tags[t], &from, trainer, &counts[t]);
    }
    for (unsigned t = 0; t < TAGS; t++)
        if (counts[t].cells && (t == 0 || !str_equal(tags[t].script, tags[t - 1].script)))
            count = keep_script(tags[t].script, counts, (uint32_t)keep, all, count, unseen);
    write_model(file, all, count, unseen);
    for (unsigned t = 0; t < TAGS; t++)
        free(counts[t].cells);
    free(cells);
    free(trainer);
    free(all);
    if (fclose(file)) {
        fprintf(stderr, "cannot write %s\n", argv[1]);
        return 1;
    }
    printf("%s: %zu tags, %u features\n", argv[1], TAGS, count);
    return 0;
}
