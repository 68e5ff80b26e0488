/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match - see match.h. */
#include "gateway/core/triage/match.h"

#include <string.h>

#include "gateway/base/str.h"

#define CHAINS 512u
#define NO_HIT UINT16_MAX
#define TOLERANT_LEN_MIN 4u
/* The weight that a word loses in each pass. */
#define LOSS_SOUND MATCH_SOUND
#define LOSS_LETTER MATCH_LETTER
#define MYANMAR_ASAT 0x103A
#define KHMER_COENG 0x17D2
#define MYANMAR_VIRAMA 0x1039

struct hit {
    uint32_t word;
    uint16_t begin, end; /* in folded */
    uint16_t next;       /* of the same chain, later in the text first */
    uint8_t tolerance;   /* weight that a hit by sound or by a wrong letter loses */
};

struct search {
    const struct lexicon *lexicon;
    const struct normal *text;
    uint64_t languages;
    const struct language_guess *guess;
    unsigned hit_count;
    struct hit hits[MATCH_HITS_MAX];
    uint16_t chains[CHAINS];
    struct matches *out;
};

static unsigned chain_of(uint32_t word)
{
    return (word * 2654435761u) >> 23;
}

static void add_hit(struct search *s, uint32_t word, unsigned begin, unsigned end, uint8_t tolerance)
{
    if (s->hit_count == MATCH_HITS_MAX)
        return;
    unsigned chain = chain_of(word);
    s->hits[s->hit_count] = (struct hit){ word, (uint16_t)begin, (uint16_t)end, s->chains[chain], tolerance };
    s->chains[chain] = (uint16_t)s->hit_count++;
}

static bool begins_word(const struct normal *text, unsigned begin)
{
    return text->folded[begin - 1] == NORMAL_SPACE;
}

static bool ends_word(const struct normal *text, unsigned end)
{
    return text->folded[end] == NORMAL_SPACE;
}

/* Where words are not spaced a hit must at least not begin or end inside a syllable: no mark may follow it, no vowel
 * that is written before its consonant may precede it, and in Burmese no final consonant may follow. */
static bool splits_syllable(const struct search *s, unsigned begin, unsigned end)
{
    const uint16_t *text = s->text->folded;
    const struct normal_table *table = s->lexicon->table;
    uint16_t next = text[end], before = text[begin - 1];
    if (!script_is_unspaced(table->script[text[begin]]))
        return false;
    if (before == KHMER_COENG || before == MYANMAR_VIRAMA)
        return true; /* the lower half of a stacked consonant */
    if (table->is_mark[next] || (before >= 0x0E40 && before <= 0x0E44) || (before >= 0x0EC0 && before <= 0x0EC4))
        return true;
    return table->script[next] == SCRIPT_MYANMAR && (text[end + 1] == MYANMAR_ASAT || text[end + 1] == MYANMAR_VIRAMA);
}

static void found_word(void *context, uint32_t word, unsigned end)
{
    struct search *s = context;
    const struct lexicon *lx = s->lexicon;
    if (!(lx->language_sets[lx->word_sets[word]] & s->languages))
        return;
    unsigned begin = end - automaton_word_len(lx->automaton, word);
    uint8_t sides = lx->word_sides[word];
    if (((sides & WORD_NEEDS_LEFT) && !begins_word(s->text, begin)) ||
        ((sides & WORD_NEEDS_RIGHT) && !ends_word(s->text, end)))
        return;
    if (!splits_syllable(s, begin, end))
        add_hit(s, word, begin, end, 0);
}

/* The second look, at words that began no hit and that the language does not know either. */
static void find_tolerant(struct search *s)
{
    const struct lexicon *lx = s->lexicon;
    uint64_t begun[(NORMAL_FOLDED_MAX + 63) / 64];
    memset(begun, 0, (s->text->folded_len / 64 + 1) * sizeof begun[0]);
    for (unsigned i = 0; i < s->hit_count; i++)
        begun[s->hits[i].begin / 64] |= (uint64_t)1 << (s->hits[i].begin % 64);
    int english = lx->model ? language_tag(lx->model, "en") : -1;
    for (unsigned i = 0; i < s->text->token_count; i++) {
        const struct normal_token *token = &s->text->tokens[i];
        unsigned at = token->folded_at, len = token->folded_len;
        bool is_begun = begun[at / 64] >> (at % 64) & 1;
        s->out->words_found += is_begun;
        if (is_begun || !token->has_letter || len < TOLERANT_LEN_MIN || script_is_unspaced(token->script))
            continue;
        if (lx->model && (language_knows_word(lx->model, s->guess->first, s->text, token) ||
                             language_knows_word(lx->model, english, s->text, token)))
            continue;
        uint32_t words[SOUND_CANDIDATES_MAX];
        bool is_same_sound;
        unsigned count = sound_index_find(lx->sounds, s->text->folded + at, len, words, &is_same_sound);
        for (unsigned k = 0; k < count; k++)
            if (lx->language_sets[lx->word_sets[words[k]]] & s->languages)
                add_hit(s, words[k], at, at + len, is_same_sound ? LOSS_SOUND : LOSS_LETTER);
    }
}

static bool fits(const struct search *s, const struct lexicon_piece *piece, const struct hit *hit)
{
    return (!piece->needs_left || begins_word(s->text, hit->begin)) &&
           (!piece->needs_right || ends_word(s->text, hit->end));
}

/* The nearest hit of a piece that begins after `end` (direction 1) or ends before `begin` (direction -1) within its
 * gap. */
static const struct hit *find_neighbour(
    const struct search *s, const struct lexicon_piece *piece, const struct hit *from, int direction, unsigned gap)
{
    const struct hit *best = NULL;
    unsigned from_first = s->text->position[from->begin], from_last = s->text->position[from->end - 1];
    for (uint16_t i = s->chains[chain_of(piece->word)]; i != NO_HIT; i = s->hits[i].next) {
        const struct hit *hit = &s->hits[i];
        if (hit->word != piece->word || !fits(s, piece, hit))
            continue;
        unsigned first = s->text->position[hit->begin], last = s->text->position[hit->end - 1];
        if (direction > 0) {
            if (hit->begin >= from->end && first <= from_last + 1 + gap && (!best || hit->begin < best->begin))
                best = hit;
        } else if (hit->end <= from->begin && last + 1 + gap >= from_first && (!best || hit->begin > best->begin)) {
            best = hit;
        }
    }
    return best;
}

static const struct normal_token *token_at(const struct normal *text, unsigned folded)
{
    unsigned low = 0, high = text->token_count;
    while (low + 1 < high) {
        unsigned middle = (low + high) / 2;
        if (text->tokens[middle].folded_at <= folded)
            low = middle;
        else
            high = middle;
    }
    return &text->tokens[low];
}

/* Labels that make a text less of a request: there a chance likeness must not count. */
static bool is_veto(unsigned label)
{
    return label == LABEL_OF_CONCEPT + CONCEPT_spam || label == LABEL_OF_CONCEPT + CONCEPT_chat ||
           label == LABEL_OF_CONCEPT + CONCEPT_news || label == LABEL_OF_INTENT + INTENT_not_help;
}

/* "bet" is a wager in English and a house in romanised Amharic: a word of another lexicon that the text's own language
 * uses as well. */
static bool is_false_friend(const struct search *s, const struct lexicon_entry *entry, unsigned begin)
{
    const struct lexicon *lx = s->lexicon;
    const char *tag = lx->languages[entry->language].tag;
    if (!lx->model || s->guess->first < 0 || entry->piece_count > 1 || !is_veto(entry->label) ||
        lx->languages[entry->language].reads_all ||
        strncmp(language_word(lx->model, s->guess->first), tag, strlen(tag)) == 0)
        return false;
    return s->text->token_count && language_knows_word(lx->model, s->guess->first, s->text, token_at(s->text, begin));
}

static void add_mark(struct search *s, uint32_t index, unsigned begin, unsigned end, unsigned tolerance, unsigned pass)
{
    struct matches *m = s->out;
    const struct lexicon_entry *entry = &s->lexicon->entries[index];
    const struct normal *text = s->text;
    if (m->count == MATCH_MARKS_MAX)
        return;
    tolerance = is_false_friend(s, entry, begin) ? entry->weight : tolerance;
    unsigned start = text->plain_start[text->folded_from[begin]];
    unsigned stop = text->plain_start[text->folded_from[end - 1] + 1];
    m->marks[m->count++] = (struct mark){
        .entry = index,
        .first = text->position[begin],
        .last = text->position[end - 1],
        .start = (uint16_t)start,
        .len = (uint16_t)(stop - start),
        .clause = text->token_count ? token_at(text, begin)->clause : 0,
        .label = entry->label,
        .weight = entry->weight > tolerance ? (uint8_t)(entry->weight - tolerance) : 1,
        .language = entry->language,
        .pieces = entry->piece_count,
        .pass = (uint8_t)pass,
        .is_tolerant = pass != MATCH_EXACT,
    };
}

static bool is_stop(uint16_t c)
{
    static const uint16_t stops[] = { ',', '.', '!', '?', ';', 0x060C, 0x061F, 0x06D4, 0x0964, 0x104A, 0x104B, 0x1362,
        0x1363, 0x17D4, 0x3001, 0x3002 };
    for (size_t i = 0; i < STR_COUNT(stops); i++)
        if (c == stops[i])
            return true;
    return false;
}

/* "no salary, reply to ..." is no "no reply": a word and a stop between two words of a phrase part them. */
static bool is_parted(const struct search *s, unsigned pieces, unsigned begin, unsigned end)
{
    const struct normal *text = s->text;
    if (text->position[end - 1] - text->position[begin] + 1u <= pieces)
        return false;
    for (unsigned i = text->folded_from[begin], last = text->folded_from[end - 1]; i < last; i++)
        if (is_stop(text->plain[i]))
            return true;
    return false;
}

static void try_entry(struct search *s, const struct hit *hit, const struct lexicon_anchor *anchor)
{
    const struct lexicon_entry *entry = &s->lexicon->entries[anchor->entry];
    const struct lexicon_piece *pieces = s->lexicon->pieces + entry->first_piece;
    if (!(s->languages >> entry->language & 1) || !fits(s, &pieces[anchor->piece], hit))
        return;
    unsigned begin = hit->begin, end = hit->end;
    unsigned tolerance = hit->tolerance;
    const struct hit *at = hit;
    for (unsigned i = anchor->piece; i > 0; i--) {
        at = find_neighbour(s, &pieces[i - 1], at, -1, pieces[i].gap);
        if (!at)
            return;
        begin = at->begin;
        tolerance = at->tolerance > tolerance ? at->tolerance : tolerance;
    }
    at = hit;
    for (unsigned i = anchor->piece + 1u; i < entry->piece_count; i++) {
        at = find_neighbour(s, &pieces[i], at, 1, pieces[i].gap);
        if (!at)
            return;
        end = at->end;
        tolerance = at->tolerance > tolerance ? at->tolerance : tolerance;
    }
    if (entry->piece_count > 1 && is_parted(s, entry->piece_count, begin, end))
        return;
    unsigned loss = entry->piece_count > 1 && tolerance ? LOSS_SOUND : tolerance;
    add_mark(s, anchor->entry, begin, end, loss, tolerance);
}

static bool comes_before(const struct mark *a, const struct mark *b)
{
    if (a->label != b->label)
        return a->label < b->label;
    if (a->start != b->start)
        return a->start < b->start;
    return a->len > b->len;
}

/* Few marks: insertion sort is the fastest, and stable. */
static void group_marks(struct matches *m)
{
    for (unsigned i = 1; i < m->count; i++) {
        struct mark mark = m->marks[i];
        unsigned k = i;
        for (; k > 0 && comes_before(&mark, &m->marks[k - 1]); k--)
            m->marks[k] = m->marks[k - 1];
        m->marks[k] = mark;
    }
    unsigned at = 0;
    for (unsigned label = 0; label < LABEL_COUNT; label++) {
        m->offsets[label] = (uint16_t)at;
        while (at < m->count && m->marks[at].label == label)
            at++;
    }
    m->offsets[LABEL_COUNT] = (uint16_t)at;
}

void match_text(const struct lexicon *lexicon, const struct normal *text, uint64_t languages,
    const struct language_guess *guess, struct matches *ret)
{
    struct search s;
    s.lexicon = lexicon;
    s.text = text;
    s.languages = languages;
    s.guess = guess;
    s.hit_count = 0;
    s.out = ret;
    memset(s.chains, 0xFF, sizeof s.chains);
    ret->count = ret->words_found = 0;
    automaton_search(lexicon->automaton, text->folded, text->folded_len, found_word, &s);
    find_tolerant(&s);
    for (unsigned i = 0; i < s.hit_count; i++) {
        uint32_t word = s.hits[i].word;
        for (uint32_t k = lexicon->anchor_offsets[word]; k < lexicon->anchor_offsets[word + 1]; k++)
            try_entry(&s, &s.hits[i], &lexicon->anchors[k]);
    }
    group_marks(ret);
}
