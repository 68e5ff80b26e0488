/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts - see facts.h.
 * Why:   she is where the place is that she names, also when the text comes from her sister's phone at home.
 */
#include "gateway/core/triage/facts.h"

#include <string.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"

#define PHONE_DIGITS_MIN 7u
#define PHONE_DIGITS_BARE 8u /* without "+" and 0 a shorter run is money or a code */
#define PHONE_DIGITS_MAX 15u /* ITU-T E.164 */
#define DAY_STEPS 2u         /* from a number to its "days" */

static void add_fact(struct facts *facts, enum fact fact, unsigned start, unsigned end)
{
    for (unsigned i = 0; i < facts->count; i++) {
        struct evidence *known = &facts->items[i];
        bool is_met = known->kind == LABEL_FACT && known->label == fact &&
                      start < (unsigned)known->start + known->len && known->start < end;
        if (is_met && end - start > known->len)
            *known = (struct evidence){ LABEL_FACT, (uint8_t)fact, (uint16_t)start, (uint16_t)(end - start) };
        if (is_met)
            return;
    }
    if (facts->count < FACTS_MAX)
        facts->items[facts->count++] =
            (struct evidence){ LABEL_FACT, (uint8_t)fact, (uint16_t)start, (uint16_t)(end - start) };
}

static void find_places(const struct scene *scene, struct facts *facts)
{
    const char *country = NULL;
    bool is_agreed = true;
    for (unsigned i = 0; i < PHONE_COUNTRIES; i++) {
        unsigned count, found = 0;
        const struct mark *marks = scene_marks(scene, LABEL_OF_PLACE + i, &count);
        for (unsigned k = 0; k < count; k++) {
            if (marks[k].is_tolerant)
                continue;
            found++;
            add_fact(facts, FACT_places, marks[k].start, (unsigned)marks[k].start + marks[k].len);
        }
        is_agreed &= !found || !country;
        country = found ? phone_country_at(i) : country;
    }
    str_copy(facts->country, sizeof facts->country, country && is_agreed ? country : "");
}

static void add_span(struct facts *facts, unsigned a_start, unsigned a_end, unsigned b_start, unsigned b_end)
{
    add_fact(facts, FACT_days, a_start < b_start ? a_start : b_start, a_end > b_end ? a_end : b_end);
}

/* "3 days", "tatlong araw", "since Monday". */
static void find_spans(
    const struct scene *scene, enum concept count_word, enum concept unit, unsigned steps, struct facts *facts)
{
    unsigned count;
    const struct mark *units = scene_concept_marks(scene, unit, &count);
    for (unsigned i = 0; i < count; i++) {
        const struct mark *number = scene_find_near(scene, &units[i], count_word, steps);
        if (number)
            add_span(facts, number->start, (unsigned)number->start + number->len, units[i].start,
                (unsigned)units[i].start + units[i].len);
    }
}

static unsigned start_of(const struct normal *text, unsigned plain)
{
    return text->plain_start[plain];
}

static bool is_digit(const struct lexicon *lexicon, const struct normal *text, unsigned plain)
{
    return plain < text->plain_len && lexicon->table->kind[text->plain[plain]] == NORMAL_DIGIT;
}

static void find_days(
    const struct lexicon *lexicon, const struct normal *text, const struct scene *scene, struct facts *facts)
{
    unsigned count;
    const struct mark *days = scene_concept_marks(scene, CONCEPT_day, &count);
    for (unsigned i = 0; i < text->token_count; i++) {
        const struct normal_token *token = &text->tokens[i];
        unsigned start = start_of(text, token->plain_at), end = start_of(text, token->plain_at + token->plain_len);
        if (!is_digit(lexicon, text, token->plain_at))
            continue;
        if (token->has_letter && scene_is_days(scene, token))
            add_fact(facts, FACT_days, start, end);
        for (unsigned k = 0; k < count && !token->has_letter; k++)
            if (token->position + DAY_STEPS >= days[k].first && token->position <= days[k].last + DAY_STEPS)
                add_span(facts, start, end, days[k].start, (unsigned)days[k].start + days[k].len);
    }
    find_spans(scene, CONCEPT_many, CONCEPT_day, DAY_STEPS, facts);
    find_spans(scene, CONCEPT_since, CONCEPT_weekday, DAY_STEPS, facts);
}

/* Digits from here on, one separator between two of them allowed; returns where they end. */
static unsigned read_digits(
    const struct lexicon *lexicon, const struct normal *text, unsigned at, bool with_separators, unsigned *ret_digits)
{
    *ret_digits = 0;
    while (at < text->plain_len) {
        if (is_digit(lexicon, text, at))
            ++*ret_digits;
        else if (!with_separators || !strchr(" -.()", (int)(text->plain[at] < 0x80 ? text->plain[at] : 'x')) ||
                 !is_digit(lexicon, text, at + 1))
            break;
        at++;
    }
    return at;
}

static void find_phones(const struct lexicon *lexicon, const struct normal *text, struct facts *facts)
{
    for (unsigned at = 0, digits; at < text->plain_len; at++) {
        bool has_plus = text->plain[at] == '+';
        if (!is_digit(lexicon, text, at + has_plus) || (!has_plus && !is_digit(lexicon, text, at)))
            continue;
        bool is_dialled = has_plus || text->plain[at] == '0';
        unsigned end = read_digits(lexicon, text, at + has_plus, is_dialled, &digits);
        if (digits >= (is_dialled ? PHONE_DIGITS_MIN : PHONE_DIGITS_BARE) && digits <= PHONE_DIGITS_MAX)
            add_fact(facts, FACT_phones, start_of(text, at), start_of(text, end));
        at = end - 1;
    }
}

void facts_find(
    const struct lexicon *lexicon, const struct normal *text, const struct scene *scene, struct facts *ret_facts)
{
    ret_facts->count = 0;
    find_places(scene, ret_facts);
    find_days(lexicon, text, scene, ret_facts);
    find_phones(lexicon, text, ret_facts);
}

bool facts_hold(const struct facts *facts, enum fact fact, unsigned start, unsigned len)
{
    for (unsigned i = 0; i < facts->count; i++) {
        const struct evidence *e = &facts->items[i];
        if (e->label == fact && start >= e->start && start + len <= (unsigned)e->start + e->len)
            return true;
    }
    return false;
}
