/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexicon_read - see lexicon_read.h; the format is explained in config/lexicon/README.md.
 * Why:   words go through the same normaliser as messages, so that staff may type them as they like.
 */
#include "gateway/core/triage/lexicon_read.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

#define PHRASE_BYTES_MAX 256u
#define WEIGHT_USUAL 3
#define WEIGHT_WEAK 1
#define UNMARKED_TELLING 7u /* letters of an unmarked word that cannot be many others */
#define WORD_NOTE_MAX 40    /* bytes of a phrase that an error sentence repeats */

struct reader {
    struct lexicon *lexicon;
    const struct conf *conf;
    struct buf *report;
    struct lexicon_language *language;
    unsigned language_index;
    struct normal *scratch;
    int rc;
};

static void complain(struct reader *r, const struct conf_node *node, int code, const char *sentence, const char *about)
{
    r->rc = r->rc ? r->rc : code;
    if (r->report)
        buf_add_format(r->report, "%s:%u: %s%s%.*s%s\n", conf_file(r->conf), conf_line(node), sentence,
            about ? " \"" : "", WORD_NOTE_MAX, about ? about : "", about ? "\"" : "");
}

static int grow_array(void **array, uint32_t *cap, uint32_t count, size_t size)
{
    if (count < *cap)
        return 0;
    uint32_t wanted = *cap ? *cap * 2 : 4096;
    void *grown = realloc(*array, wanted * size);
    if (!grown)
        return ERR_NOMEM;
    *array = grown;
    *cap = wanted;
    return 0;
}

/* The pieces of the entry that is being read, before it is known to be good. */
struct draft {
    struct lexicon_piece pieces[LEXICON_PIECES_MAX];
    unsigned count;
    uint8_t next_gap;
    enum script script; /* of the last word */
    bool is_unmarked;   /* a Vietnamese word without its marks */
};

struct word_sides {
    bool is_open_left, is_open_right, is_exact;
};

static int put_piece(struct reader *r, uint32_t word, enum script script, struct word_sides sides, struct draft *draft)
{
    if (draft->count == LEXICON_PIECES_MAX)
        return ERR_LIMIT;
    bool is_unspaced = script_is_unspaced(script);
    draft->script = script;
    const struct lexicon_language *l = r->language;
    unsigned len = automaton_word_len(r->lexicon->automaton, word);
    bool may_left = !sides.is_exact && l->prefix_from && len >= l->prefix_from;
    bool may_right = !sides.is_exact && l->suffix_from && len >= l->suffix_from;
    draft->pieces[draft->count++] = (struct lexicon_piece){
        .word = word,
        .gap = draft->next_gap,
        .needs_left = !is_unspaced && !sides.is_open_left && !may_left,
        .needs_right = !is_unspaced && !sides.is_open_right && !may_right,
    };
    draft->next_gap = LEXICON_GAP_USUAL;
    return 0;
}

/* The letters of one word as the automaton knows it. */
static int learn_token(struct reader *r, const struct normal_token *token, bool is_marked, uint32_t *ret_word)
{
    const struct normal *n = r->scratch;
    uint16_t letters[AUTOMATON_WORD_MAX];
    unsigned len = 0;
    for (unsigned k = 0; k < token->folded_len && k < AUTOMATON_WORD_MAX; k++) {
        uint16_t plain = n->plain[n->folded_from[token->folded_at + k]];
        uint16_t letter = token->script != SCRIPT_LATIN ? n->folded[token->folded_at + k]
                          : is_marked                   ? plain
                                                        : r->lexicon->table->folded[plain];
        if (letter)
            letters[len++] = letter;
    }
    uint32_t known = automaton_word_count(r->lexicon->automaton);
    int rc = automaton_add(r->lexicon->automaton, letters, len, ret_word);
    if (rc || script_is_unspaced(token->script) || *ret_word < known)
        return rc;
    return sound_index_add(r->lexicon->sounds, letters, len, *ret_word);
}

static struct word_sides read_sides(struct span *word)
{
    struct word_sides sides = { false, false, false };
    if (word->len && word->data[0] == '=') {
        sides.is_exact = true;
        *word = (struct span){ word->data + 1, word->len - 1 };
    }
    if (word->len && word->data[0] == '*') {
        sides.is_open_left = true;
        *word = (struct span){ word->data + 1, word->len - 1 };
    }
    if (word->len && word->data[word->len - 1] == '*') {
        sides.is_open_right = true;
        word->len--;
    }
    return sides;
}

/* One word as written, between spaces; a hyphenated word gives several pieces that must stand together. */
static int add_word(struct reader *r, struct span word, bool is_marked, struct draft *draft)
{
    struct word_sides sides = read_sides(&word);
    struct spelling *spelling = spellings_at(&r->lexicon->spellings, word, is_marked);
    if (spelling && spelling->is_known)
        return put_piece(r, spelling->word, (enum script)spelling->script, sides, draft);
    struct normal *n = r->scratch;
    normalise_text(r->lexicon->table, word, n);
    if (n->token_count == 0)
        return ERR_INVALID;
    for (unsigned i = 0; i < n->token_count; i++) {
        const struct normal_token *token = &n->tokens[i];
        uint32_t learnt;
        if (i > 0)
            draft->next_gap = 0;
        int rc = learn_token(r, token, is_marked, &learnt);
        if (!rc)
            rc = put_piece(r, learnt, token->script, sides, draft);
        if (rc)
            return rc;
        if (spelling && n->token_count == 1)
            *spelling = (struct spelling){ .word = learnt & 0xFFFFF, .script = token->script, .is_known = 1 };
    }
    return 0;
}

static int read_phrase(struct reader *r, const char *text, bool is_marked, struct draft *draft)
{
    *draft = (struct draft){ .count = 0, .next_gap = 0, .is_unmarked = r->language->has_unmarked && !is_marked };
    size_t len = strlen(text), at = 0;
    if (len > PHRASE_BYTES_MAX)
        return ERR_LIMIT;
    while (at < len) {
        const char *space = memchr(text + at, ' ', len - at);
        size_t end = space ? (size_t)(space - text) : len;
        struct span word = { text + at, end - at };
        if (span_equal(word, span_of("..")))
            draft->next_gap = LEXICON_GAP_WIDE;
        else if (word.len) {
            int rc = add_word(r, word, is_marked, draft);
            if (rc)
                return rc;
        }
        at = end + 1;
    }
    return draft->count ? 0 : ERR_INVALID;
}

/* Letters from which a word of an unspaced script means something by itself; shorter ones sit inside other words. */
static unsigned telling_letters(enum script script)
{
    return script == SCRIPT_HAN ? 2 : 4;
}

/* A word that is too short for its script, or ambiguous without its marks, never decides alone. */
static bool is_weak_alone(const struct reader *r, const struct draft *draft)
{
    if (draft->count != 1)
        return false;
    unsigned len = automaton_word_len(r->lexicon->automaton, draft->pieces[0].word);
    if (script_is_unspaced(draft->script))
        return len < telling_letters(draft->script);
    return draft->is_unmarked && len < UNMARKED_TELLING;
}

static int keep_source(struct lexicon *lx, const char *text)
{
    if (!lx->keeps_sources)
        return 0;
    if (grow_array((void **)&lx->sources, &lx->source_cap, lx->entry_count, sizeof *lx->sources))
        return ERR_NOMEM;
    lx->sources[lx->entry_count] = strdup(text);
    return lx->sources[lx->entry_count] ? 0 : ERR_NOMEM;
}

static int store_entry(
    struct reader *r, const struct draft *draft, unsigned label, int weight, const char *text, unsigned line)
{
    struct lexicon *lx = r->lexicon;
    if (lx->entry_count >= LEXICON_ENTRIES_MAX)
        return ERR_LIMIT;
    if (grow_array((void **)&lx->entries, &lx->entry_cap, lx->entry_count, sizeof *lx->entries) ||
        grow_array((void **)&lx->pieces, &lx->piece_cap, lx->piece_count + LEXICON_PIECES_MAX, sizeof *lx->pieces))
        return ERR_NOMEM;
    if (keep_source(lx, text))
        return ERR_NOMEM;
    bool is_lowered = is_weak_alone(r, draft) && weight > WEIGHT_WEAK;
    lx->entries[lx->entry_count++] = (struct lexicon_entry){
        .first_piece = lx->piece_count,
        .line = (uint16_t)(line > UINT16_MAX ? UINT16_MAX : line),
        .piece_count = (uint8_t)draft->count,
        .label = (uint16_t)label,
        .weight = is_lowered ? WEIGHT_WEAK : (uint8_t)weight,
        .is_lowered = is_lowered,
        .language = (uint8_t)r->language_index,
    };
    memcpy(lx->pieces + lx->piece_count, draft->pieces, draft->count * sizeof draft->pieces[0]);
    lx->piece_count += draft->count;
    return 0;
}

/* As it is written, and where the language is written without its marks too, without them. */
static int put_entry(struct reader *r, const char *text, unsigned label, int weight, unsigned line)
{
    struct draft draft;
    int rc = read_phrase(r, text, false, &draft);
    if (!rc)
        rc = store_entry(r, &draft, label, weight, text, line);
    if (rc || !r->language->has_unmarked)
        return rc;
    rc = read_phrase(r, text, true, &draft);
    return rc ? rc : store_entry(r, &draft, label, weight, text, line);
}

static void add_entry(struct reader *r, const struct conf_node *node, const char *text, unsigned label, int weight)
{
    int rc = put_entry(r, text, label, weight, conf_line(node));
    if (rc)
        complain(r, node, rc, rc == ERR_INVALID ? "no word in the entry" : "too long an entry", text);
}

/* "phrase" or ("phrase", weight). */
static void read_entry(struct reader *r, const struct conf_node *node, unsigned label)
{
    if (conf_type(node) == CONF_TEXT) {
        add_entry(r, node, conf_text(node), label, WEIGHT_USUAL);
        return;
    }
    const struct conf_node *text = conf_at(node, 0), *weight = conf_at(node, 1);
    if (conf_type(node) != CONF_LIST || conf_count(node) != 2 || conf_type(text) != CONF_TEXT ||
        conf_type(weight) != CONF_INT || conf_int(weight) < 1 || conf_int(weight) > 3)
        complain(r, node, ERR_INVALID, "an entry is \"words\" or (\"words\", weight) with a weight of 1, 2 or 3", NULL);
    else
        add_entry(r, node, conf_text(text), label, (int)conf_int(weight));
}

static void read_list(struct reader *r, const struct conf_node *list, unsigned label)
{
    if (conf_type(list) != CONF_LIST && conf_type(list) != CONF_ARRAY) {
        complain(r, list, ERR_INVALID, "a list of entries ( ) is wanted for", conf_name(list));
        return;
    }
    for (unsigned i = 0; i < conf_count(list); i++)
        read_entry(r, conf_at(list, i), label);
}

static int label_in(const char *word, unsigned first, unsigned end)
{
    for (unsigned label = first; label < end; label++)
        if (str_equal(label_word(label), word))
            return (int)label;
    return -1;
}

static const struct section {
    const char *name;
    unsigned first, end;
} sections[] = {
    { "categories", 0, LABEL_OF_FLAG },
    { "flags", LABEL_OF_FLAG, LABEL_OF_INTENT },
    { "intents", LABEL_OF_INTENT, LABEL_OF_CONCEPT },
    { "concepts", LABEL_OF_CONCEPT, LABEL_OF_PLACE },
    { "places", LABEL_OF_PLACE, LABEL_COUNT },
};

int lexicon_find_label(const char *section, const char *word)
{
    int label = -1;
    for (size_t i = 0; i < STR_COUNT(sections) && label < 0; i++)
        if (!section[0] || str_equal(sections[i].name, section))
            label = label_in(word, sections[i].first, sections[i].end);
    return label;
}

const char *lexicon_section(unsigned label)
{
    size_t i = 0;
    while (i + 1 < STR_COUNT(sections) && label >= sections[i].end)
        i++;
    return sections[i].name;
}

static void read_section(struct reader *r, const struct conf_node *group, const struct section *section)
{
    if (conf_type(group) != CONF_GROUP) {
        complain(r, group, ERR_INVALID, "a group { } is wanted for", section->name);
        return;
    }
    for (unsigned i = 0; i < conf_count(group); i++) {
        const struct conf_node *list = conf_at(group, i);
        int label = label_in(conf_name(list), section->first, section->end);
        if (label < 0)
            complain(r, list, ERR_INVALID, "unknown word", conf_name(list));
        else
            read_list(r, list, (unsigned)label);
    }
}

static void read_reads(struct reader *r, const struct conf_node *node)
{
    struct lexicon_language *l = r->language;
    for (unsigned i = 0; i < conf_count(node); i++) {
        const char *tag = conf_text(conf_at(node, i));
        if (str_equal(tag, "*"))
            l->reads_all = true;
        else if (l->reads_count == LEXICON_READS_MAX || str_is_empty(tag) ||
                 !str_copy(l->reads[l->reads_count], LANGUAGE_MAX, tag))
            complain(r, node, ERR_INVALID, "not a language tag", tag);
        else
            l->reads_count++;
    }
}

int lexicon_read_letters(struct lexicon *lexicon, const struct conf *conf, struct buf *report)
{
    struct reader r = { .lexicon = lexicon, .conf = conf, .report = report };
    const struct conf_node *node = conf_find(conf_root(conf), "letters");
    for (unsigned i = 0; node && i < conf_count(node); i++)
        if (normal_table_merge(lexicon->table, conf_text(conf_at(node, i))))
            complain(&r, conf_at(node, i), ERR_INVALID,
                "letters to be taken as one: at least two, none of them a-z:", conf_text(conf_at(node, i)));
    return r.rc;
}

static uint8_t read_small(struct reader *r, const struct conf_node *node)
{
    int64_t value = conf_int(node);
    if (conf_type(node) == CONF_INT && value >= 0 && value <= 20)
        return (uint8_t)value;
    complain(r, node, ERR_INVALID, "a whole number from 0 to 20 is wanted for", conf_name(node));
    return 0;
}

static void read_negation(struct reader *r, const struct conf_node *node)
{
    static const char *const words[] = {
        [NEGATION_BEFORE] = "before", [NEGATION_AFTER] = "after", [NEGATION_BOTH] = "both"
    };
    for (unsigned i = 0; i < STR_COUNT(words); i++) {
        if (str_equal(conf_text(node), words[i])) {
            r->language->negation = (enum negation)i;
            return;
        }
    }
    complain(r, node, ERR_INVALID, "negation is before, after or both, not", conf_text(node));
}

/* What must be known before any word is read; the rest of the file may stand in any order. */
static void read_head(struct reader *r, const struct conf_node *root)
{
    struct lexicon_language *l = r->language;
    for (unsigned i = 0; i < conf_count(root); i++) {
        const struct conf_node *node = conf_at(root, i);
        const char *name = conf_name(node);
        if (str_equal(name, "language")) {
            if (str_is_empty(conf_text(node)) || !str_copy(l->tag, sizeof l->tag, conf_text(node)))
                complain(r, node, ERR_INVALID, "not a language tag", conf_text(node));
        } else if (str_equal(name, "reviewed")) {
            str_copy(l->reviewed, sizeof l->reviewed, conf_text(node));
        } else if (str_equal(name, "reads")) {
            read_reads(r, node);
        } else if (str_equal(name, "negation")) {
            read_negation(r, node);
        } else if (str_equal(name, "negation_window")) {
            l->negation_window = read_small(r, node);
        } else if (str_equal(name, "prefix_from")) {
            l->prefix_from = read_small(r, node);
        } else if (str_equal(name, "suffix_from")) {
            l->suffix_from = read_small(r, node);
        } else if (str_equal(name, "owner_after")) {
            l->owner_after = conf_bool(node);
        } else if (str_equal(name, "unmarked")) {
            l->has_unmarked = conf_bool(node);
        }
    }
    if (str_is_empty(l->tag))
        complain(r, root, ERR_INVALID, "language = \"...\" is missing", NULL);
}

static const char *const head_keys[] = { "language", "name", "reviewed", "reads", "letters", "negation",
    "negation_window", "prefix_from", "suffix_from", "owner_after", "unmarked" };

static void read_body(struct reader *r, const struct conf_node *root)
{
    for (unsigned i = 0; i < conf_count(root); i++) {
        const struct conf_node *node = conf_at(root, i);
        bool is_known = false;
        for (unsigned k = 0; k < STR_COUNT(head_keys); k++)
            is_known |= str_equal(conf_name(node), head_keys[k]);
        for (unsigned k = 0; k < STR_COUNT(sections); k++) {
            if (str_equal(conf_name(node), sections[k].name)) {
                is_known = true;
                read_section(r, node, &sections[k]);
            }
        }
        if (!is_known)
            complain(r, node, ERR_INVALID, "unknown key", conf_name(node));
    }
}

int lexicon_read_conf(struct lexicon *lexicon, const struct conf *conf, struct buf *report)
{
    struct reader r = { .lexicon = lexicon, .conf = conf, .report = report };
    if (lexicon->language_count == LEXICON_LANGUAGES_MAX) {
        complain(&r, conf_root(conf), ERR_LIMIT, "too many languages", NULL);
        return ERR_LIMIT;
    }
    r.scratch = malloc(sizeof *r.scratch);
    if (!r.scratch)
        return ERR_NOMEM;
    spellings_reset(&lexicon->spellings); /* languages share few, and letters may have been merged since */
    r.language_index = lexicon->language_count++;
    r.language = &lexicon->languages[r.language_index];
    *r.language = (struct lexicon_language){ .negation_window = 2 };
    const char *slash = strrchr(conf_file(conf), '/');
    str_copy(r.language->file, sizeof r.language->file, slash ? slash + 1 : conf_file(conf));
    read_head(&r, conf_root(conf));
    read_body(&r, conf_root(conf));
    free(r.scratch);
    return r.rc;
}

int lexicon_add_text(struct lexicon *lexicon, struct span text, const char *name, struct buf *report)
{
    struct error error = { "" };
    struct conf *conf = NULL;
    int rc = conf_read_text(text, name, &error, &conf);
    if (rc) {
        if (report)
            buf_add_format(report, "%s\n", error.text);
        return rc;
    }
    rc = lexicon_read_letters(lexicon, conf, report);
    int words_rc = lexicon_read_conf(lexicon, conf, report);
    conf_free(conf);
    return rc ? rc : words_rc;
}

/* ---- words of staff -------------------------------------------------------------------------------------------- */

static int refuse_added(const struct lexicon_added *added, int code, const char *sentence, struct buf *report)
{
    if (report)
        buf_add_format(
            report, "added word %lld (%s, %s): %s\n", (long long)added->id, added->language, added->label, sentence);
    return code;
}

int lexicon_read_added(struct lexicon *lexicon, const struct lexicon_added *added, struct buf *report)
{
    struct reader r = { .lexicon = lexicon };
    int language = lexicon_find_language(lexicon, added->language);
    int label = lexicon_find_label(added->section, added->label);
    if (language < 0)
        return refuse_added(added, ERR_NOT_FOUND, "there are no words of that language", report);
    if (label < 0)
        return refuse_added(added, ERR_NOT_FOUND, "there is no such label", report);
    r.language_index = (unsigned)language;
    r.language = &lexicon->languages[language];
    r.scratch = malloc(sizeof *r.scratch);
    if (!r.scratch)
        return ERR_NOMEM;
    int rc = put_entry(&r, added->words, (unsigned)label, added->weight, 0);
    free(r.scratch);
    if (rc == ERR_INVALID)
        return refuse_added(added, rc, "there is no word in it", report);
    return rc == ERR_LIMIT ? refuse_added(added, rc, "it is too long, or has more than six words", report) : rc;
}
