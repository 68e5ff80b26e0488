/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scene - see scene.h.
 * Why:   distance is counted in window steps and denial by clause, so that the same question can be asked of a script
 * without spaces and of a text without commas.
 */
#include "gateway/core/triage/scene.h"

#define NUMBER_MAX 99u
#define NEGATION_REACH 8u /* words between a negator and its verb, particles among them */
#define OBJECT_STEPS 2u   /* from "without" to what is lacking */
#define SPAN_STEPS 3u     /* between a number and its "days" */
#define SINCE_STEPS 2u    /* between "since" and its weekday */

const struct mark *scene_marks(const struct scene *scene, unsigned label, unsigned *ret_count)
{
    const struct matches *m = scene->matches;
    *ret_count = m->offsets[label + 1] - m->offsets[label];
    return m->marks + m->offsets[label];
}

const struct mark *scene_concept_marks(const struct scene *scene, unsigned concept, unsigned *ret_count)
{
    return scene_marks(scene, LABEL_OF_CONCEPT + concept, ret_count);
}

bool scene_has(const struct scene *scene, enum concept concept)
{
    unsigned count;
    scene_concept_marks(scene, concept, &count);
    return count > 0;
}

static unsigned distance(const struct mark *a, const struct mark *b)
{
    if (b->first > a->last)
        return (unsigned)(b->first - a->last);
    return a->first > b->last ? (unsigned)(a->first - b->last) : 0;
}

/* Steps between `after` and `before` (both left out) that a mark of the concept covers, as bits. */
static uint32_t steps_between(const struct scene *scene, enum concept concept, unsigned after, unsigned before)
{
    unsigned count;
    uint32_t steps = 0;
    const struct mark *marks = scene_concept_marks(scene, concept, &count);
    for (unsigned i = 0; i < count; i++)
        for (unsigned step = marks[i].first; step <= marks[i].last; step++)
            if (step > after && step < before)
                steps |= UINT32_C(1) << (step - after - 1);
    return steps;
}

/* "never beat, food ok": the negator has its verb already; and what "but" parts from it is not denied. */
static bool is_taken(const struct scene *scene, const struct mark *neg, const struct mark *mark)
{
    if (neg->last >= mark->first)
        return false;
    return steps_between(scene, CONCEPT_hit, neg->last, mark->first) ||
           steps_between(scene, CONCEPT_but, neg->last, mark->first);
}

/* "gaji udah masuk belum?": where "not" stands before what it denies, one right before a question mark only asks. */
static bool is_asking(const struct scene *scene, const struct mark *neg)
{
    const struct normal *text = scene->text;
    if (!text->has_question || scene->lexicon->languages[neg->language].negation != NEGATION_BEFORE)
        return false;
    for (unsigned i = 0; i < text->token_count; i++) {
        unsigned end = text->tokens[i].plain_at + text->tokens[i].plain_len;
        if (text->plain_start[end] != (unsigned)neg->start + neg->len)
            continue;
        while (end < text->plain_len && text->plain[end] == ' ')
            end++;
        return end < text->plain_len && text->plain[end] == '?';
    }
    return false;
}

const struct mark *scene_find_near(
    const struct scene *scene, const struct mark *mark, unsigned concept, unsigned window)
{
    unsigned count;
    const struct mark *others = scene_concept_marks(scene, concept, &count);
    const struct mark *best = NULL;
    for (unsigned i = 0; i < count; i++) {
        if (window && distance(mark, &others[i]) > window)
            continue;
        if (window && concept == CONCEPT_neg &&
            (others[i].clause != mark->clause || is_taken(scene, &others[i], mark) || is_asking(scene, &others[i])))
            continue;
        if (!best || distance(mark, &others[i]) < distance(mark, best))
            best = &others[i];
    }
    return best;
}

bool scene_near(const struct scene *scene, enum concept a, enum concept b, unsigned window)
{
    unsigned count;
    const struct mark *marks = scene_concept_marks(scene, a, &count);
    for (unsigned i = 0; i < count; i++)
        if (scene_find_near(scene, &marks[i], b, window))
            return true;
    return false;
}

unsigned scene_weight(const struct scene *scene, unsigned label)
{
    unsigned count, sum = 0, end = 0;
    const struct mark *marks = scene_marks(scene, label, &count);
    for (unsigned i = 0; i < count; i++) {
        if (i > 0 && marks[i].start < end)
            continue;
        sum += marks[i].weight;
        end = marks[i].start + marks[i].len;
    }
    return sum;
}

bool scene_is_inside(const struct scene *scene, const struct mark *mark, unsigned label)
{
    unsigned count;
    const struct mark *others = scene_marks(scene, label, &count);
    for (unsigned i = 0; i < count; i++)
        if (mark->start >= others[i].start && mark->start + mark->len <= others[i].start + others[i].len)
            return true;
    return false;
}

bool scene_follows(const struct scene *scene, const struct mark *mark, unsigned label, unsigned steps)
{
    unsigned count;
    const struct mark *others = scene_marks(scene, label, &count);
    for (unsigned i = 0; i < count; i++)
        if (others[i].clause == mark->clause && others[i].first <= mark->first && mark->first <= others[i].last + steps)
            return true;
    return scene_is_inside(scene, mark, label);
}

bool scene_touches(const struct scene *scene, unsigned label, unsigned start, unsigned len)
{
    unsigned count;
    const struct mark *marks = scene_marks(scene, label, &count);
    for (unsigned i = 0; i < count; i++)
        if (marks[i].start < start + len && start < (unsigned)marks[i].start + marks[i].len)
            return true;
    return false;
}

/* "hindi naman po ako sinasaktan": pronouns and particles do not part a negator from its verb; but in "they do not
 * feed me, hit me" it belongs to the food, and "never late but he hits me" begins anew at "but". */
static bool negates(const struct scene *scene, const struct mark *left, const struct mark *right, unsigned window)
{
    static const uint8_t owners[] = { CONCEPT_food, CONCEPT_water, CONCEPT_pay, CONCEPT_out, CONCEPT_rest,
        CONCEPT_phone, CONCEPT_medicine, CONCEPT_allow, CONCEPT_contact, CONCEPT_but };
    unsigned after = left->last, before = right->first;
    unsigned gap = before > after ? before - after - 1 : 0; /* unspaced scripts hold several words in one step */
    if (gap >= NEGATION_REACH)
        return false;
    for (size_t i = 0; i < sizeof owners && gap; i++)
        if (steps_between(scene, (enum concept)owners[i], after, before))
            return false;
    uint32_t light =
        steps_between(scene, CONCEPT_self, after, before) | steps_between(scene, CONCEPT_polite, after, before);
    return gap - (unsigned)__builtin_popcount(light) < window;
}

/* The "not" of "do not call" says nothing of the rest. */
static bool is_request(const struct scene *scene, const struct mark *neg)
{
    return scene_is_inside(scene, neg, LABEL_OF_FLAG + FLAG_do_not_call) ||
           scene_is_inside(scene, neg, LABEL_OF_FLAG + FLAG_no_reply) ||
           scene_is_inside(scene, neg, LABEL_OF_FLAG + FLAG_no_authorities);
}

/* "enfermee sans rien a manger": where "not" may stand on either side, one that is followed by what it denies does not
 * reach back. */
static bool has_object(const struct scene *scene, const struct mark *neg)
{
    static const uint8_t objects[] = { CONCEPT_food, CONCEPT_water, CONCEPT_pay, CONCEPT_rest, CONCEPT_medicine };
    for (size_t i = 0; i < sizeof objects; i++) {
        unsigned count;
        const struct mark *marks = scene_concept_marks(scene, objects[i], &count);
        for (unsigned k = 0; k < count; k++)
            if (marks[k].clause == neg->clause && marks[k].first >= neg->last &&
                marks[k].first <= neg->last + OBJECT_STEPS)
                return true;
    }
    return false;
}

const struct mark *scene_negator(const struct scene *scene, const struct mark *mark)
{
    const struct lexicon_language *language = &scene->lexicon->languages[mark->language];
    unsigned count;
    const struct mark *negs = scene_concept_marks(scene, CONCEPT_neg, &count);
    for (unsigned i = 0; i < count; i++) {
        const struct mark *neg = &negs[i];
        if (neg->clause != mark->clause || is_request(scene, neg))
            continue;
        if (neg->start + neg->len <= mark->start && language->negation != NEGATION_AFTER &&
            negates(scene, neg, mark, language->negation_window))
            return neg;
        bool is_after =
            language->negation == NEGATION_AFTER || (language->negation == NEGATION_BOTH && !has_object(scene, neg));
        if (neg->start >= mark->start + mark->len && is_after && negates(scene, mark, neg, language->negation_window))
            return neg;
    }
    return NULL;
}

bool scene_is_negated(const struct scene *scene, const struct mark *mark)
{
    return scene_negator(scene, mark) != NULL;
}

/* Whether a negator stands inside the mark: "no food", or "i am not safe" where the entry is "i am safe" with a gap. */
static bool holds_negator(const struct scene *scene, const struct mark *mark)
{
    unsigned count;
    const struct mark *negs = scene_concept_marks(scene, CONCEPT_neg, &count);
    for (unsigned i = 0; i < count; i++)
        if (negs[i].start >= mark->start && negs[i].start + negs[i].len <= mark->start + mark->len)
            return true;
    return false;
}

/* Whether the entry is a denial itself: "no food", "not allowed out". */
static bool is_denial(const struct lexicon *lexicon, const struct lexicon_entry *entry)
{
    for (unsigned i = 0; i < entry->piece_count; i++) {
        uint32_t word = lexicon->pieces[entry->first_piece + i].word;
        for (uint32_t k = lexicon->anchor_offsets[word]; k < lexicon->anchor_offsets[word + 1]; k++) {
            const struct lexicon_entry *other = &lexicon->entries[lexicon->anchors[k].entry];
            if (other->piece_count == 1 && other->label == LABEL_OF_CONCEPT + CONCEPT_neg &&
                other->language == entry->language)
                return true;
        }
    }
    return false;
}

bool scene_is_denied(const struct scene *scene, const struct mark *mark)
{
    if (!holds_negator(scene, mark))
        return scene_is_negated(scene, mark);
    bool has_gap = mark->last - mark->first + 1u > mark->pieces;
    return has_gap && !is_denial(scene->lexicon, &scene->lexicon->entries[mark->entry]);
}

/* Whether these letters are a word for day that stands by itself in the lexicon. */
static bool is_day_word(const struct lexicon *lexicon, const uint16_t *letters, unsigned len)
{
    int32_t word = len ? automaton_find(lexicon->automaton, letters, len) : -1;
    for (uint32_t k = word < 0 ? 1 : lexicon->anchor_offsets[word]; word >= 0 && k < lexicon->anchor_offsets[word + 1];
         k++) {
        const struct lexicon_entry *entry = &lexicon->entries[lexicon->anchors[k].entry];
        if (entry->piece_count == 1 && entry->label == LABEL_OF_CONCEPT + CONCEPT_day)
            return true;
    }
    return false;
}

bool scene_is_days(const struct scene *scene, const struct normal_token *token)
{
    const uint16_t *letters = scene->text->folded + token->folded_at;
    unsigned len = 0;
    while (len < token->folded_len && letters[len] >= '0' && letters[len] <= '9')
        len++;
    return is_day_word(scene->lexicon, letters + len, token->folded_len - len);
}

static void read_number(struct scene *scene, const struct normal_token *token)
{
    const uint16_t *letters = scene->text->folded + token->folded_at;
    unsigned value = 0, len = 0;
    for (; len < token->folded_len && letters[len] >= '0' && letters[len] <= '9' && len < 3; len++)
        value = value * 10 + (letters[len] - '0');
    if (value == 1 && scene->one_count < SCENE_NUMBERS_MAX)
        scene->ones[scene->one_count++] = token->position;
    if (len == 0 || value < 2 || value > NUMBER_MAX)
        return;
    scene->numbers[scene->number_count++] = token->position;
    scene->has_joined_days |= is_day_word(scene->lexicon, letters + len, token->folded_len - len);
}

void scene_init(
    const struct lexicon *lexicon, const struct normal *text, const struct matches *matches, struct scene *ret_scene)
{
    *ret_scene = (struct scene){ .lexicon = lexicon, .text = text, .matches = matches };
    for (unsigned i = 0; i < text->token_count && ret_scene->number_count < SCENE_NUMBERS_MAX; i++)
        read_number(ret_scene, &text->tokens[i]);
}

bool scene_has_self(const struct scene *scene)
{
    unsigned count;
    const struct mark *selves = scene_concept_marks(scene, CONCEPT_self, &count);
    for (unsigned i = 0; i < count; i++)
        if (!scene_is_inside(scene, &selves[i], LABEL_OF_CONCEPT + CONCEPT_we))
            return true;
    return false;
}

static bool is_near(const uint16_t *places, unsigned count, const struct mark *mark, unsigned steps)
{
    for (unsigned i = 0; i < count; i++)
        if (places[i] + steps >= mark->first && places[i] <= mark->last + steps)
            return true;
    return false;
}

bool scene_has_number(const struct scene *scene, const struct mark *mark, unsigned steps)
{
    return is_near(scene->numbers, scene->number_count, mark, steps);
}

bool scene_has_clock(const struct scene *scene, const struct mark *mark, unsigned steps)
{
    return scene_has_number(scene, mark, steps) || is_near(scene->ones, scene->one_count, mark, steps);
}

bool scene_spans_days(const struct scene *scene)
{
    if (scene->has_joined_days || scene_near(scene, CONCEPT_many, CONCEPT_day, SPAN_STEPS) ||
        scene_near(scene, CONCEPT_weekday, CONCEPT_since, SINCE_STEPS))
        return true;
    unsigned count;
    const struct mark *days = scene_concept_marks(scene, CONCEPT_day, &count);
    for (unsigned i = 0; i < count; i++)
        if (scene_has_number(scene, &days[i], SPAN_STEPS))
            return true;
    return false;
}
