/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lexcheck - see lexcheck.h. */
#include "gateway/core/triage/lexcheck.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/reading.h"

#define LINE_BYTES_MAX 8192
#define COLUMNS 7u

/* "tl.conf:12"; a word of staff stands in no file. */
static void add_place(const struct lexicon *lexicon, const struct lexicon_entry *entry, struct buf *report)
{
    if (entry->line)
        buf_add_format(report, "%s:%u", lexicon->languages[entry->language].file, (unsigned)entry->line);
    else
        buf_add_format(report, "the words added to %s", lexicon->languages[entry->language].tag);
}

static void note(const struct lexicon *lexicon, uint32_t index, struct buf *report, unsigned *counter)
{
    const struct lexicon_entry *entry = &lexicon->entries[index];
    if (entry->line)
        add_place(lexicon, entry, report);
    buf_add_format(report, "%s\"%s\" (%s)", entry->line ? ": " : "", lexicon->sources[index], label_word(entry->label));
    ++*counter;
}

static bool has_same_words(const struct lexicon *lexicon, const struct lexicon_entry *a, const struct lexicon_entry *b)
{
    if (a->piece_count != b->piece_count)
        return false;
    for (unsigned i = 0; i < a->piece_count; i++) {
        const struct lexicon_piece *x = &lexicon->pieces[a->first_piece + i], *y = &lexicon->pieces[b->first_piece + i];
        if (x->word != y->word || x->gap != y->gap || x->needs_left != y->needs_left ||
            x->needs_right != y->needs_right)
            return false;
    }
    return true;
}

static bool is_pair_of(const struct lexicon_entry *a, const struct lexicon_entry *b, unsigned x, unsigned y)
{
    return (a->label == x && b->label == y) || (a->label == y && b->label == x);
}

static bool is_contradiction(const struct lexicon_entry *a, const struct lexicon_entry *b)
{
    return is_pair_of(a, b, LABEL_OF_INTENT + INTENT_yes, LABEL_OF_INTENT + INTENT_no) ||
           is_pair_of(a, b, LABEL_OF_INTENT + INTENT_stop, LABEL_OF_INTENT + INTENT_start);
}

/* Labels that speak against a request. */
static bool is_ordinary(unsigned label)
{
    return label == LABEL_OF_CONCEPT + CONCEPT_chat || label == LABEL_OF_CONCEPT + CONCEPT_spam ||
           label == LABEL_OF_CONCEPT + CONCEPT_news || label == LABEL_OF_CONCEPT + CONCEPT_greeting ||
           label == LABEL_OF_CONCEPT + CONCEPT_polite || label == LABEL_OF_CONCEPT + CONCEPT_laugh ||
           label == LABEL_OF_INTENT + INTENT_thanks || label == LABEL_OF_INTENT + INTENT_not_help;
}

bool lexcheck_is_quieting(unsigned label)
{
    static const enum concept quiet[] = { CONCEPT_neg, CONCEPT_but, CONCEPT_past, CONCEPT_forward, CONCEPT_well,
        CONCEPT_ask };
    bool is_intent = label >= LABEL_OF_INTENT && label < LABEL_OF_CONCEPT;
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
        if (label == LABEL_OF_CONCEPT + quiet[i])
            return true;
    return is_intent || is_ordinary(label);
}

static bool is_category(const struct lexicon_entry *entry)
{
    return entry->label < LABEL_OF_FLAG && entry->weight >= RULES_ENOUGH;
}

/* Whether some text is looked through for the words of both. */
static bool are_read_together(const struct lexicon *lexicon, unsigned a, unsigned b)
{
    uint64_t both = (uint64_t)1 << a | (uint64_t)1 << b;
    unsigned tags = lexicon->model ? language_tag_count(lexicon->model) : 0;
    for (unsigned t = 0; t < tags; t++)
        if (((lexicon->masks[t] | lexicon->everywhere) & both) == both)
            return true;
    return tags == 0;
}

static void add_other(const struct lexicon *lexicon, uint32_t index, const char *sentence, struct buf *report)
{
    const struct lexicon_entry *entry = &lexicon->entries[index];
    buf_add_format(report, ": %s ", sentence);
    add_place(lexicon, entry, report);
    buf_add_format(report, " (%s)\n", label_word(entry->label));
}

static void compare_entries(
    const struct lexicon *lexicon, uint32_t i, uint32_t k, struct buf *report, struct lexcheck *found)
{
    const struct lexicon_entry *a = &lexicon->entries[i], *b = &lexicon->entries[k];
    if (!has_same_words(lexicon, a, b))
        return;
    bool is_same_source = a->line == b->line && str_equal(lexicon->sources[i], lexicon->sources[k]);
    if (a->language == b->language && a->label == b->label) {
        if (is_same_source && i + 1 == k && a->weight == b->weight && lexicon->languages[a->language].has_unmarked)
            return; /* one entry with and without its marks */
        note(lexicon, k, report, &found->remarks);
        add_other(lexicon, i, a->weight != b->weight ? "stands with another weight at" : "stands already at", report);
    } else if (a->language == b->language && is_contradiction(a, b) && !a->is_lowered && !b->is_lowered) {
        note(lexicon, k, report, &found->errors);
        add_other(lexicon, i, "error, is the opposite at", report);
    } else if ((is_contradiction(a, b) || (is_category(a) && is_ordinary(b->label)) ||
                   (is_category(b) && is_ordinary(a->label))) &&
               are_read_together(lexicon, a->language, b->language)) {
        note(lexicon, k, report, &found->remarks);
        add_other(lexicon, i, "means something else at", report);
    }
}

static void check_alone(const struct lexicon *lexicon, uint32_t index, struct buf *report, struct lexcheck *found)
{
    const struct lexicon_entry *entry = &lexicon->entries[index];
    if (!entry->is_lowered || entry->label >= LABEL_OF_CONCEPT)
        return;
    note(lexicon, index, report, &found->remarks);
    buf_add_text(report, ": too short or ambiguous to stand alone, weighs 1\n");
}

/* "18+" is read as 18: a sign beside a number is no part of a word. The marks of the format itself are no signs. */
static bool is_number_with_sign(const char *source)
{
    bool has_digit = false, has_sign = false;
    for (; *source; source++) {
        bool is_digit = *source >= '0' && *source <= '9';
        if (!is_digit && (!isascii((unsigned char)*source) || isalpha((unsigned char)*source)))
            return false;
        has_digit |= is_digit;
        has_sign |= !is_digit && !strchr(" *=", *source);
    }
    return has_digit && has_sign;
}

static void check_number(const struct lexicon *lexicon, uint32_t index, struct buf *report, struct lexcheck *found)
{
    if (!is_number_with_sign(lexicon->sources[index]))
        return;
    note(lexicon, index, report, &found->remarks);
    buf_add_text(report, ": signs are not read, it is found wherever the bare number stands\n");
}

static void check_concepts(const struct lexicon *lexicon, struct buf *report, struct lexcheck *found)
{
    uint64_t has[CONCEPT_COUNT] = { 0 };
    for (uint32_t i = 0; i < lexicon->entry_count; i++)
        if (lexicon->entries[i].label >= LABEL_OF_CONCEPT && lexicon->entries[i].label < LABEL_OF_PLACE)
            has[lexicon->entries[i].label - LABEL_OF_CONCEPT] |= (uint64_t)1 << lexicon->entries[i].language;
    for (unsigned l = 0; l < lexicon->language_count; l++) {
        unsigned count = 0;
        for (unsigned c = 0; c < CONCEPT_COUNT && !lexicon->languages[l].reads_all; c++) {
            if (has[c] >> l & 1)
                continue;
            if (count++ == 0)
                buf_add_format(
                    report, "%s:1: no words for %s", lexicon->languages[l].file, label_word(LABEL_OF_CONCEPT + c));
            else
                buf_add_format(report, ", %s", label_word(LABEL_OF_CONCEPT + c));
        }
        buf_add_text(report, count ? "\n" : "");
        found->remarks += count > 0;
    }
    for (unsigned c = 0; c < CONCEPT_COUNT; c++) {
        if (has[c])
            continue;
        buf_add_format(report, "concept %s (%s) has no words in any language\n", label_word(LABEL_OF_CONCEPT + c),
            concept_meaning((enum concept)c));
        found->remarks++;
    }
}

void lexcheck_words(const struct lexicon *lexicon, struct buf *report, struct lexcheck *found)
{
    uint32_t words = automaton_word_count(lexicon->automaton);
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        check_alone(lexicon, i, report, found);
        check_number(lexicon, i, report, found);
    }
    /* entries of the same words have the same anchor */
    for (uint32_t w = 0; w < words; w++)
        for (uint32_t i = lexicon->anchor_offsets[w]; i < lexicon->anchor_offsets[w + 1]; i++)
            for (uint32_t k = i + 1; k < lexicon->anchor_offsets[w + 1]; k++)
                compare_entries(lexicon, lexicon->anchors[i].entry, lexicon->anchors[k].entry, report, found);
    check_concepts(lexicon, report, found);
}

/* Of the two that are compared the later one is noted: entries from `first` on are the last ones. */
void lexcheck_entries(const struct lexicon *lexicon, uint32_t first, struct buf *report, struct lexcheck *found)
{
    uint32_t words = automaton_word_count(lexicon->automaton);
    for (uint32_t i = first; i < lexicon->entry_count; i++) {
        check_alone(lexicon, i, report, found);
        check_number(lexicon, i, report, found);
    }
    for (uint32_t w = 0; w < words; w++) {
        uint32_t from = lexicon->anchor_offsets[w], k = lexicon->anchor_offsets[w + 1];
        for (; k > from && lexicon->anchors[k - 1].entry >= first; k--)
            for (uint32_t i = from; i + 1 < k; i++)
                compare_entries(lexicon, lexicon->anchors[i].entry, lexicon->anchors[k - 1].entry, report, found);
    }
}

static void add_culprit(const struct lexicon *lexicon, const struct mark *mark, bool is_first, struct buf *report)
{
    const struct lexicon_entry *entry = &lexicon->entries[mark->entry];
    buf_add_text(report, is_first ? " by " : ", ");
    if (entry->line) {
        add_place(lexicon, entry, report);
        buf_add_char(report, ' ');
    }
    buf_add_format(report, "\"%s\"", lexicon->sources[mark->entry]);
}

/* The words that made a category, each with its place in the lexicon. */
static void add_culprits(const struct lexicon *lexicon, const struct reading *r, struct buf *report)
{
    unsigned count = 0;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
        unsigned marks;
        const struct mark *mark = scene_marks(&r->scene, c, &marks);
        for (unsigned i = 0; i < marks && (r->named >> c & 1); i++)
            add_culprit(lexicon, &mark[i], count++ == 0, report);
    }
    for (unsigned i = 0; i < r->verdict.fired_count; i++)
        if (r->named >> r->verdict.fired[i].category & 1)
            add_culprit(lexicon, r->verdict.fired[i].first, count++ == 0, report);
}

/* What chat should not be given. */
static category_set take_alarms(const struct lexicon *lexicon, struct span text, struct reading *r, struct triage *t)
{
    reading_take(lexicon, text, NULL, 0, r, t);
    return t->categories & ~(CATEGORY_BIT(unclear) | CATEGORY_BIT(info));
}

/* What another lexicon says as well, at the same urgency, is left out. */
static category_set alarms_before(const struct lexicon *before, struct span text, const struct triage *now)
{
    struct reading r;
    struct triage t;
    category_set alarms = before ? take_alarms(before, text, &r, &t) : 0;
    return before && t.urgency >= now->urgency ? alarms : 0;
}

struct chat {
    const struct lexicon *lexicon, *before; /* before: NULL = everything is told */
    const char *path, *name;                /* name: in sentences */
    unsigned number;
};

static void check_line(const struct chat *chat, struct span text, struct buf *report, struct lexcheck *found)
{
    struct reading r;
    struct triage t;
    category_set alarms = take_alarms(chat->lexicon, text, &r, &t);
    alarms &= alarms ? ~alarms_before(chat->before, text, &t) : 0;
    if (!alarms)
        return;
    bool is_error = t.urgency >= (chat->before ? URGENCY_urgent : URGENCY_critical);
    if (is_error)
        found->errors++;
    else
        found->remarks++;
    buf_add_format(report, "%s:%u: %schat is read as", chat->name, chat->number, is_error ? "error, " : "");
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if (alarms >> c & 1)
            buf_add_format(report, " %s", category_word((enum category)c));
    buf_add_format(report, ", %s,", urgency_word(t.urgency));
    add_culprits(chat->lexicon, &r, report);
    buf_add_char(report, '\n');
}

/* The text of a line; of a table's row only when it is no request. */
static struct span chat_text(char *line)
{
    char *column[COLUMNS], *rest = line;
    unsigned count = 0;
    for (const char *c = line; *c; c++)
        count += *c == '\t';
    if (count + 1 != COLUMNS)
        return span_of(line);
    for (unsigned i = 0; i < COLUMNS; i++)
        column[i] = strsep(&rest, "\t");
    return str_equal(column[2], "not_help") ? span_of(column[COLUMNS - 1]) : span_of(NULL);
}

static int check_file(struct chat *chat, struct buf *report, struct lexcheck *found)
{
    char line[LINE_BYTES_MAX];
    FILE *file = fopen(chat->path, "re");
    if (!file)
        return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    for (chat->number = 1; fgets(line, sizeof line, file); chat->number++) {
        line[strcspn(line, "\r\n")] = 0;
        struct span text = chat_text(line);
        if (text.len)
            check_line(chat, text, report, found);
    }
    int rc = ferror(file) ? ERR_IO : 0;
    fclose(file);
    return rc;
}

int lexcheck_chat(const struct lexicon *lexicon, const char *path, struct buf *report, struct lexcheck *found)
{
    struct chat chat = { .lexicon = lexicon, .path = path, .name = path };
    return check_file(&chat, report, found);
}

int lexcheck_new_chat(const struct lexicon *lexicon, const struct lexicon *before, const char *path, struct buf *report,
    struct lexcheck *found)
{
    const char *slash = strrchr(path, '/');
    struct chat chat = { .lexicon = lexicon, .before = before, .path = path, .name = slash ? slash + 1 : path };
    return check_file(&chat, report, found);
}
