/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * candidates - see candidates.h.
 * Why:   each word of each correction becomes a small entry; sorted, equal ones lie side by side and are counted, so
 * the work is that of one sort, whatever the number of different words.
 */
#include "gateway/core/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/casefile.h"
#include "gateway/core/triage/reading.h"
#include "gateway/store/corrections.h"
#include "gateway/store/messages.h"

#define CORRECTIONS_MAX 1000 /* the newest ones */
#define TEXTS_MAX 20         /* of a correction of the case as a whole */
#define ENTRIES_MAX 32768
#define SHORTEST 3   /* characters of a word where words are spaced */
#define LONGEST 24   /* characters: what is longer is no word, and might be a sentence */
#define DIGITS_MAX 3 /* a word with more may be a number of hers */

enum kind { KIND_SEEN, KIND_CATEGORY, KIND_FLAG, KIND_INTENT, KIND_URGENCY, KIND_LANGUAGE };

struct entry {
    char word[CANDIDATES_WORD_MAX];
    char language[LANGUAGE_MAX];
    char label[32];
    uint8_t kind;
    bool is_doubt;
    int64_t correction_id;
};

struct gathering {
    struct core *core;
    const char *language;
    struct entry *entries;
    unsigned count;
    unsigned text_count;
    int64_t text_ids[TEXTS_MAX];
    const struct correction_row *correction; /* at hand */
};

/* ---- words ----------------------------------------------------------------------------------------------------- */

static void add_entry(struct gathering *g, const char *word, enum kind kind, const char *label, bool is_doubt)
{
    if (g->count == ENTRIES_MAX)
        return;
    struct entry *entry = &g->entries[g->count++];
    memset(entry, 0, sizeof *entry);
    str_copy(entry->word, sizeof entry->word, word);
    str_copy(entry->language, sizeof entry->language, g->correction->after.language);
    str_copy(entry->label, sizeof entry->label, label);
    entry->kind = (uint8_t)kind;
    entry->is_doubt = is_doubt;
    entry->correction_id = g->correction->id;
}

static void add_set(
    struct gathering *g, const char *word, enum kind kind, uint32_t set, bool is_doubt, const char *(*name)(unsigned))
{
    for (unsigned i = 0; i < 32; i++)
        if (set >> i & 1)
            add_entry(g, word, kind, name(i), is_doubt);
}

static const char *category_at(unsigned index)
{
    return category_word((enum category)index);
}

static const char *flag_at(unsigned index)
{
    return flag_word((enum flag)index);
}

/* Every label that the person gave is one that this word may stand for. */
static void support(struct gathering *g, const char *word)
{
    const struct labels *before = &g->correction->before, *after = &g->correction->after;
    category_set added = after->categories & ~before->categories & ~CATEGORY_BIT(unclear);
    add_entry(g, word, KIND_SEEN, "", false);
    add_set(g, word, KIND_CATEGORY, added, false, category_at);
    add_set(g, word, KIND_FLAG, after->flags & ~before->flags, false, flag_at);
    if (before->is_help && !after->is_help)
        add_entry(g, word, KIND_INTENT, intent_word(INTENT_not_help), false);
    if (after->urgency > before->urgency)
        add_entry(g, word, KIND_URGENCY, urgency_word(after->urgency), false);
    if (!str_equal(before->language, after->language))
        add_entry(g, word, KIND_LANGUAGE, after->language, false);
}

static bool is_covered(const struct reading *r, unsigned from, unsigned to)
{
    for (unsigned i = 0; i < r->matches.count; i++) {
        const struct mark *mark = &r->matches.marks[i];
        if (mark->start < to && from < (unsigned)mark->start + mark->len)
            return true;
    }
    return false;
}

static bool is_digit(uint16_t c)
{
    return c >= '0' && c <= '9';
}

/* Characters [at, at + count) of the plain form. */
static void take_word(struct gathering *g, const struct normal *text, unsigned at, unsigned count, unsigned shortest)
{
    AUTO_BUF word;
    unsigned digits = 0;
    buf_init(&word, CANDIDATES_WORD_MAX - 1);
    for (unsigned i = at; i < at + count; i++) {
        digits += is_digit(text->plain[i]);
        utf8_encode(&word, text->plain[i]);
    }
    if (count >= shortest && count <= LONGEST && digits <= DIGITS_MAX && !buf_check(&word))
        support(g, word.data);
}

/* Where words are not spaced a token is a sentence: what lies between the entries' words is taken. */
static void take_token(struct gathering *g, const struct reading *r, const struct normal_token *token)
{
    const struct normal *text = &r->text;
    bool is_unspaced = script_is_unspaced((enum script)token->script);
    unsigned end = token->plain_at + token->plain_len, from = token->plain_at;
    if (!token->has_letter)
        return;
    if (!is_unspaced) {
        if (!is_covered(r, text->plain_start[from], text->plain_start[end]))
            take_word(g, text, from, token->plain_len, SHORTEST);
        return;
    }
    for (unsigned i = from; i <= end; i++) {
        if (i < end && !is_covered(r, text->plain_start[i], text->plain_start[i + 1]))
            continue;
        if (i > from)
            take_word(g, text, from, i - from, 2);
        from = i + 1;
    }
}

/* The words whose entries spoke for what the person took off. */
static void doubt(struct gathering *g, const struct triage *triage, struct span text)
{
    const struct labels *before = &g->correction->before, *after = &g->correction->after;
    category_set categories = before->categories & ~after->categories;
    flag_set flags = before->flags & ~after->flags;
    for (unsigned i = 0; i < triage->evidence_count; i++) {
        const struct evidence *e = &triage->evidence[i];
        char word[CANDIDATES_WORD_MAX];
        bool is_inside = (size_t)e->start + e->len <= text.len;
        if (!is_inside || !str_copy_span(word, sizeof word, (struct span){ text.data + e->start, e->len }))
            continue;
        if (e->kind == LABEL_CATEGORY && (categories & 1u << e->label))
            add_entry(g, word, KIND_CATEGORY, category_word((enum category)e->label), true);
        else if (e->kind == LABEL_FLAG && (flags & 1u << e->label))
            add_entry(g, word, KIND_FLAG, flag_word((enum flag)e->label), true);
    }
}

/* ---- texts ----------------------------------------------------------------------------------------------------- */

static void read_words(struct gathering *g, struct span text)
{
    struct reading reading;
    struct triage triage;
    reading_take(g->core->lexicon, text, NULL, 0, &reading, &triage);
    for (unsigned i = 0; i < reading.text.token_count; i++)
        take_token(g, &reading, &reading.text.tokens[i]);
}

/* A text that was shredded, or does not open, teaches nothing. */
static int read_message(struct gathering *g, int64_t message_id)
{
    AUTO_KEY key = { { 0 } };
    AUTO_BUF text;
    struct message_row row;
    buf_init(&text, VAULT_PLAIN_MAX);
    int rc = messages_get(g->core->store, message_id, &row);
    if (!rc)
        rc = casefile_message_key(g->core, &row, &key);
    if (!rc)
        rc = messages_get(g->core->store, message_id, &row);
    if (!rc)
        rc = casefile_open_message(g->core, &key, &row, MESSAGE_TEXT, &text);
    if (rc)
        return rc == ERR_NOT_FOUND || rc == ERR_CRYPTO ? 0 : rc;
    read_words(g, buf_span(&text));
    doubt(g, &row.triage, buf_span(&text));
    return 0;
}

static int note_text(void *context, const struct message_row *row)
{
    struct gathering *g = context;
    if (row->direction == MESSAGE_IN && !row->author[0] && g->text_count < TEXTS_MAX)
        g->text_ids[g->text_count++] = row->id;
    return 0;
}

static bool is_wanted(const char *wanted, const char *tag)
{
    size_t len = strlen(wanted);
    return !len || str_equal(wanted, tag) || (str_starts(tag, wanted) && tag[len] == '-');
}

static int read_correction(struct gathering *g)
{
    const struct correction_row *row = g->correction;
    int rc = 0;
    g->text_count = 0;
    if (!is_wanted(g->language, row->after.language))
        return 0;
    if (row->message_id)
        g->text_ids[g->text_count++] = row->message_id;
    else {
        struct messages_filter filter = { .case_id = row->case_id, .limit = TEXTS_MAX };
        rc = messages_list(g->core->store, &filter, note_text, g);
    }
    for (unsigned i = 0; !rc && i < g->text_count; i++)
        rc = read_message(g, g->text_ids[i]);
    return rc;
}

/* ---- counting -------------------------------------------------------------------------------------------------- */

static int compare_words(const struct entry *a, const struct entry *b)
{
    int order = strcmp(a->language, b->language);
    return order ? order : strcmp(a->word, b->word);
}

static int compare_labels(const struct entry *a, const struct entry *b)
{
    int order = compare_words(a, b);
    if (!order)
        order = (int)a->kind - (int)b->kind;
    if (!order)
        order = strcmp(a->label, b->label);
    return order ? order : (int)a->is_doubt - (int)b->is_doubt;
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = compare_labels(a, b);
    return order ? order : (a->correction_id > b->correction_id) - (a->correction_id < b->correction_id);
}

/* Different corrections among entries [at, end). */
static unsigned count_corrections(const struct entry *entries, unsigned at, unsigned end)
{
    unsigned count = 0;
    for (unsigned i = at; i < end; i++)
        count += i == at || entries[i].correction_id != entries[i - 1].correction_id;
    return count;
}

static unsigned group_end(const struct gathering *g, unsigned at)
{
    unsigned end = at + 1;
    while (end < g->count && !compare_labels(&g->entries[at], &g->entries[end]))
        end++;
    return end;
}

static const char *kind_word(uint8_t kind)
{
    static const char *const words[] = { [KIND_CATEGORY] = "category",
        [KIND_FLAG] = "flag",
        [KIND_INTENT] = "intent",
        [KIND_URGENCY] = "urgency",
        [KIND_LANGUAGE] = "language" };
    return words[kind];
}

static unsigned count_groups(struct gathering *g, struct candidate *ret)
{
    unsigned count = 0, seen = 0;
    for (unsigned at = 0, end; at < g->count; at = end) {
        const struct entry *entry = &g->entries[at];
        end = group_end(g, at);
        unsigned corrections = count_corrections(g->entries, at, end);
        if (at == 0 || compare_words(entry, &g->entries[at - 1]))
            seen = 0;
        if (entry->kind == KIND_SEEN) {
            seen = corrections;
            continue;
        }
        struct candidate *candidate = &ret[count++];
        *candidate = (struct candidate){ .kind = kind_word(entry->kind),
            .is_doubt = entry->is_doubt,
            .count = corrections,
            .seen = seen > corrections ? seen : corrections };
        str_copy(candidate->label, sizeof candidate->label, entry->label);
        str_copy(candidate->word, sizeof candidate->word, entry->word);
        str_copy(candidate->language, sizeof candidate->language, entry->language);
    }
    return count;
}

static int compare_candidates(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    int order = (int)a->seen - (int)b->seen; /* what stands everywhere says little */
    if (!order)
        order = strcmp(a->word, b->word);
    return order ? order : strcmp(a->label, b->label);
}

static int hand_out(struct gathering *g, unsigned limit, candidate_fn fn, void *context)
{
    if (g->count == 0)
        return 0;
    struct candidate *candidates = calloc(g->count, sizeof *candidates);
    int rc = candidates ? 0 : ERR_NOMEM;
    qsort(g->entries, g->count, sizeof *g->entries, compare_entries);
    unsigned count = candidates ? count_groups(g, candidates) : 0;
    if (count)
        qsort(candidates, count, sizeof *candidates, compare_candidates);
    for (unsigned i = 0; !rc && i < count && i < limit; i++)
        rc = fn(context, &candidates[i]);
    free(candidates);
    return rc;
}

struct page { /* one correction after the other: reading a text uses the store too */
    struct correction_row row;
    bool has_row;
};

static int note_row(void *context, const struct correction_row *row)
{
    *(struct page *)context = (struct page){ *row, true };
    return 0;
}

int candidates_list(struct core *core, const char *language, unsigned limit, candidate_fn fn, void *context)
{
    struct gathering g = { .core = core, .language = language };
    struct page page;
    int rc = 0;
    int64_t before = 0;
    g.entries = malloc(ENTRIES_MAX * sizeof *g.entries);
    if (!g.entries)
        return ERR_NOMEM;
    for (unsigned i = 0; !rc && i < CORRECTIONS_MAX; i++) {
        page.has_row = false;
        rc = corrections_list(core->store, 0, before, 1, note_row, &page);
        if (rc || !page.has_row)
            break;
        before = page.row.id;
        g.correction = &page.row;
        rc = read_correction(&g);
    }
    if (!rc)
        rc = hand_out(&g, limit, fn, context);
    free(g.entries);
    return rc;
}
