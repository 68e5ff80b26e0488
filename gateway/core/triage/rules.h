/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules - what marks mean together: "pay" near "not" is wages, in every language.
 * What:  three tables at the top of rules.c (categories, critical, flags) over the concepts of the lexicon, evaluated
 * on the marks of one text. Keeps: no rule knows a language; every weight given to a category or flag leaves its
 * evidence. Not here: intents and what is not a request (classify).
 */
#ifndef GATEWAY_CORE_TRIAGE_RULES_H
#define GATEWAY_CORE_TRIAGE_RULES_H

#include "gateway/core/triage/match.h"

#define RULES_STRONG 3u /* weight from which a category stands by itself */
#define RULES_ENOUGH 2u /* weight from which a category is named */
#define RULES_NUMBERS_MAX 32u

/* What the rules look at. */
struct scene {
    const struct lexicon *lexicon;
    const struct normal *text;
    const struct matches *matches;
    unsigned number_count;
    uint16_t numbers[RULES_NUMBERS_MAX]; /* window steps of numbers from 2 to 99 */
};

struct verdict {
    uint8_t weight[CATEGORY_COUNT];
    uint8_t pieces[CATEGORY_COUNT];      /* words of the text that speak for it */
    uint16_t read_until[CATEGORY_COUNT]; /* ... counted up to here */
    bool is_critical;
    flag_set flags;
    unsigned evidence_count;
    struct evidence evidence[EVIDENCE_MAX];
};

void scene_init(
    const struct lexicon *lexicon, const struct normal *text, const struct matches *matches, struct scene *ret_scene);
/* Marks of a label; *ret_count of them. */
const struct mark *scene_marks(const struct scene *scene, unsigned label, unsigned *ret_count);
bool scene_has(const struct scene *scene, enum concept concept);
/* Whether two concepts stand within so many window steps of each other. */
bool scene_near(const struct scene *scene, enum concept a, enum concept b, unsigned window);
/* Sum of the weights of a label's marks, at most one per place. */
unsigned scene_weight(const struct scene *scene, unsigned label);
/* Whether a negator of the mark's language stands in its window. */
bool scene_is_negated(const struct scene *scene, const struct mark *mark);

/* Whether a negator stands inside the mark: "no food", or "i am not safe" where the entry is "i am safe" with a gap. */
bool scene_holds_negator(const struct scene *scene, const struct mark *mark);

void rules_apply(const struct scene *scene, struct verdict *ret_verdict);
/* Adds a reason unless the list is full or holds it. */
void verdict_add_evidence(struct verdict *verdict, enum label_kind kind, unsigned label, const struct mark *mark);

#endif
