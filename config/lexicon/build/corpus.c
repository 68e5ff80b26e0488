/* SPDX-License-Identifier: GPL-3.0-or-later */
/* corpus - see corpus.h. */
#include "config/lexicon/build/corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "gateway/base/str.h"

#define LINES_MAX 60000u
#define LINE_BYTES_MAX 4096u
#define LINE_TIMES 8u /* so that smoothing matters little against what was really seen */
#define LEXICON_TIMES 20u
#define OWN_TIMES 35u /* less than five lines: one misspelt text makes no usual word (USUAL_WEIGHT of language.c) */
#define FILE_BYTES_MAX (4u * 1024 * 1024)

/* Priors: rare writers on this line must show more before they are believed. */
const struct corpus_tag corpus_tags[CORPUS_TAGS] = {
    { "en", "Latn", 1 },
    { "tl", "Latn", 1 },
    { "ceb", "Latn", 1 },
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
    { "pa-Latn", "Latn", -2 },
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
struct reader {
    struct corpus *corpus;
    unsigned tag;
    corpus_fn fn;
    void *ctx;
    unsigned line;
};

static void give_normal(struct reader *r, int source, uint32_t times)
{
    const struct corpus_text text = { r->tag, source, times, &r->corpus->text };
    r->fn(r->ctx, &text);
}

static void give_text(struct reader *r, struct span bytes, int source, uint32_t times)
{
    normalise_text(&r->corpus->table, bytes, &r->corpus->text);
    give_normal(r, source, times);
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

typedef void (*line_fn)(struct reader *r, struct span line);

static bool each_line(struct reader *r, const char *path, line_fn fn)
{
    AUTO_BUF bytes;
    buf_init(&bytes, FILE_BYTES_MAX);
    AUTO_FREE struct span *lines = calloc(LINES_MAX, sizeof *lines);
    unsigned count = 0;
    if (!lines || read_lines(path, &bytes, lines, &count))
        return false;
    for (r->line = 0; r->line < count; r->line++)
        fn(r, lines[r->line]);
    return count > 0;
}

/* A line of SOURCES.tsv: file, first-last line, bytes, collection, ... */
static void read_source(struct reader *r, struct span line)
{
    struct corpus *c = r->corpus;
    char text[LINE_BYTES_MAX], file[64], name[CORPUS_NAME_MAX];
    struct corpus_range range = { 0 };
    snprintf(text, sizeof text, "%.*s", (int)line.len, line.data);
    if (sscanf(text, "%63[^\t]\t%u-%u\t%*u\t%31[^\t]", file, &range.first, &range.last, name) != 4)
        return;
    file[strcspn(file, ".")] = 0;
    for (range.tag = 0; range.tag < CORPUS_TAGS && !str_equal(corpus_tags[range.tag].word, file); range.tag++)
        ;
    for (range.source = 0; range.source < c->source_count && !str_equal(c->sources[range.source], name); range.source++)
        ;
    if (range.tag == CORPUS_TAGS || range.source == CORPUS_SOURCES_MAX || c->range_count == CORPUS_RANGES_MAX)
        return;
    if (range.source == c->source_count)
        str_copy(c->sources[c->source_count++], CORPUS_NAME_MAX, name);
    c->ranges[c->range_count++] = range;
}

/* Of the letters that common.conf takes as one: pairs of Han, the simplified one first. */
static void pair_han(struct corpus *c, const struct conf_node *letters)
{
    for (unsigned i = 0; i < conf_count(letters); i++) {
        normalise_text(&c->table, span_of(conf_text(conf_at(letters, i))), &c->text);
        for (unsigned k = 1; k < c->text.plain_len && c->text.script_count[SCRIPT_HAN] > 0; k++) {
            c->simple[c->text.plain[k]] = c->text.plain[0];
            if (c->full[c->text.plain[0]] == 0)
                c->full[c->text.plain[0]] = c->text.plain[k];
        }
    }
}

static int read_han(struct corpus *c)
{
    char path[4096];
    struct error error;
    struct conf *conf = NULL;
    snprintf(path, sizeof path, "%s/common.conf", c->lexicon);
    int rc = conf_read_file(path, &error, &conf);
    const struct conf_node *letters = rc ? NULL : conf_find(conf_root(conf), "letters");
    if (letters)
        pair_han(c, letters);
    conf_free(conf);
    return rc;
}

/* The lexicon writes Chinese either way: each tag gets its own. */
static void write_han(struct corpus *c, const char *tag)
{
    const uint16_t *letters = str_equal(tag, "zh-Hans") ? c->simple : str_equal(tag, "zh-Hant") ? c->full : NULL;
    for (unsigned i = 0; letters && i < c->text.plain_len; i++)
        if (letters[c->text.plain[i]])
            c->text.plain[i] = letters[c->text.plain[i]];
}

int corpus_open(struct corpus *corpus, const char *training, const char *lexicon, const char *own)
{
    char path[4096];
    struct reader r = { .corpus = corpus };
    memset(corpus, 0, sizeof *corpus);
    corpus->training = training;
    corpus->lexicon = lexicon;
    corpus->own = own;
    normal_table_init(&corpus->table);
    snprintf(path, sizeof path, "%s/SOURCES.tsv", training);
    if (!each_line(&r, path, read_source) || corpus->source_count == 0)
        return ERR_NOT_FOUND;
    return read_han(corpus);
}

static int source_of(const struct corpus *corpus, unsigned tag, unsigned line)
{
    for (unsigned i = 0; i < corpus->range_count; i++)
        if (corpus->ranges[i].tag == tag && line >= corpus->ranges[i].first && line <= corpus->ranges[i].last)
            return (int)corpus->ranges[i].source;
    return -1;
}

static void read_training_line(struct reader *r, struct span line)
{
    give_text(r, line, source_of(r->corpus, r->tag, r->line + 1), LINE_TIMES);
}

static void read_training(struct reader *r)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.txt", r->corpus->training, corpus_tags[r->tag].word);
    if (!each_line(r, path, read_training_line))
        fprintf(stderr, "no training text for %s\n", corpus_tags[r->tag].word);
}

/* tests/triage/README.md: part, language, ..., text. */
static void read_own_line(struct reader *r, struct span line)
{
    char head[64];
    snprintf(head, sizeof head, "dev\t%s\t", corpus_tags[r->tag].word);
    if (line.len <= strlen(head) || memcmp(line.data, head, strlen(head)) != 0)
        return;
    size_t at = line.len;
    while (line.data[at - 1] != '\t')
        at--;
    give_text(r, (struct span){ line.data + at, line.len - at }, -1, OWN_TIMES);
}

static int is_table(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && str_equal(dot, ".tsv");
}

static void read_own(struct reader *r)
{
    struct dirent **found = NULL;
    int count = scandir(r->corpus->own, &found, is_table, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", r->corpus->own, found[i]->d_name);
        (void)each_line(r, path, read_own_line);
        free(found[i]);
    }
    free(found);
}

enum script corpus_script(const struct normal *text)
{
    enum script best = SCRIPT_OTHER;
    for (unsigned s = 1; s < SCRIPT_COUNT; s++)
        if (text->script_count[s] > text->script_count[best])
            best = (enum script)s;
    return best;
}

uint8_t corpus_tag_script(unsigned tag)
{
    static const struct {
        const char *word;
        enum script script;
    } known[] = { { "Latn", SCRIPT_LATIN }, { "Ethi", SCRIPT_ETHIOPIC }, { "Mymr", SCRIPT_MYANMAR },
        { "Deva", SCRIPT_DEVANAGARI }, { "Arab", SCRIPT_ARABIC }, { "Hani", SCRIPT_HAN } };
    for (size_t i = 0; i < STR_COUNT(known); i++)
        if (str_equal(known[i].word, corpus_tags[tag].script))
            return (uint8_t)known[i].script;
    return SCRIPT_OTHER;
}

static bool is_cantonese(struct corpus *c, const char *phrase)
{
    static const char letters[] = "唔嘅佢咗啲哋喺俾嚟冇嘢嗰嗮噉乜喎瞓攞冚啫嘛咩";
    AUTO_FREE struct normal *only = malloc(sizeof *only);
    if (!only)
        exit(1);
    normalise_text(&c->table, span_of(letters), only);
    normalise_text(&c->table, span_of(phrase), &c->text);
    for (unsigned i = 0; i < c->text.plain_len; i++)
        for (unsigned k = 0; k < only->plain_len; k++)
            if (c->text.plain[i] == only->plain[k])
                return true;
    return false;
}

/* Which tag a phrase of a lexicon file belongs to: the language, its romanised form, or unmarked Vietnamese. */
static bool is_phrase_of(struct corpus *c, const char *language, const char *phrase, const char *tag)
{
    char romanised[LANGUAGE_MAX + 8];
    snprintf(romanised, sizeof romanised, "%s-Latn", language);
    bool has_romanised = false;
    for (unsigned i = 0; i < CORPUS_TAGS; i++)
        has_romanised |= str_equal(corpus_tags[i].word, romanised);
    if (str_equal(language, "zh"))
        return is_cantonese(c, phrase) == str_equal(tag, "yue");
    if (str_equal(language, "vi"))
        return str_equal(tag, "vi") || str_equal(tag, "vi-x-ascii");
    normalise_text(&c->table, span_of(phrase), &c->text);
    if (has_romanised && corpus_script(&c->text) == SCRIPT_LATIN)
        return str_equal(tag, romanised);
    return str_equal(tag, language);
}

static void strip_marks(struct corpus *c, const char *phrase, bool is_ascii, struct buf *out)
{
    if (is_ascii) {
        normalise_text(&c->table, span_of(phrase), &c->text);
        for (unsigned i = 0; i < c->text.plain_len; i++) {
            uint16_t letter = c->table.folded[c->text.plain[i]];
            buf_add_char(out, letter && letter < 0x80 ? (char)letter : ' ');
        }
        return;
    }
    for (; *phrase; phrase++)
        buf_add_char(out, *phrase == '*' || *phrase == '=' || (*phrase == '.' && phrase[1] == '.') ? ' ' : *phrase);
}

static void read_phrases(struct reader *r, const struct conf_node *node, const char *language)
{
    const char *tag = corpus_tags[r->tag].word;
    if (conf_type(node) == CONF_TEXT) {
        if (!is_phrase_of(r->corpus, language, conf_text(node), tag))
            return;
        AUTO_BUF plain;
        buf_init(&plain, LINE_BYTES_MAX);
        strip_marks(r->corpus, conf_text(node), str_equal(tag, "vi-x-ascii"), &plain);
        normalise_text(&r->corpus->table, buf_span(&plain), &r->corpus->text);
        write_han(r->corpus, tag);
        give_normal(r, CORPUS_PHRASE, LEXICON_TIMES);
        return;
    }
    for (unsigned i = 0; i < conf_count(node); i++)
        read_phrases(r, conf_at(node, i), language);
}

static void read_lexicon(struct reader *r)
{
    char path[4096], language[LANGUAGE_MAX];
    static const char *const sections[] = { "categories", "flags", "intents", "concepts" };
    str_copy(language, sizeof language, corpus_tags[r->tag].word);
    language[strcspn(language, "-")] = 0;
    if (str_equal(language, "yue"))
        str_copy(language, sizeof language, "zh");
    snprintf(path, sizeof path, "%s/%s.conf", r->corpus->lexicon, language);
    struct conf *conf = NULL;
    struct error error;
    if (conf_read_file(path, &error, &conf))
        return;
    for (unsigned i = 0; i < STR_COUNT(sections); i++) {
        const struct conf_node *section = conf_find(conf_root(conf), sections[i]);
        if (section)
            read_phrases(r, section, language);
    }
    conf_free(conf);
}

void corpus_read(struct corpus *corpus, unsigned tag, corpus_fn fn, void *ctx)
{
    struct reader r = { corpus, tag, fn, ctx, 0 };
    read_training(&r);
    read_lexicon(&r);
    read_own(&r);
}
