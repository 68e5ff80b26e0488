/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules - what marks mean together: "pay" near "not" is wages, in every language.
 * What:  a table of rules over the concepts of the lexicon, evaluated on the marks of one text, and what is critical.
 * Keeps: no rule knows a language; every weight given to a category leaves its evidence.
 * Not here: flags (flags), intents (controls), what is not a request (vetoes).
 */
#ifndef GATEWAY_CORE_TRIAGE_RULES_H
#define GATEWAY_CORE_TRIAGE_RULES_H

#include "gateway/core/triage/scene.h"

#define RULES_STRONG 3u /* weight from which a category stands by itself */
#define RULES_ENOUGH 2u /* weight from which a category is named */
#define RULES_FIRED_MAX 64u

/* A rule that fired: the words it rests on. */
struct fired {
    const struct mark *first, *second; /* second NULL when one is enough */
    uint8_t category, weight;
};

struct verdict {
    uint8_t weight[CATEGORY_COUNT];
    uint8_t pieces[CATEGORY_COUNT]; /* words of the text that speak for it, each counted once */
    bool is_critical;
    flag_set flags;
    unsigned evidence_count;
    struct evidence evidence[EVIDENCE_MAX];
    unsigned fired_count;
    struct fired fired[RULES_FIRED_MAX];
};

void rules_apply(const struct scene *scene, struct verdict *ret_verdict);
/* Whether the text is of the category. */
bool verdict_names(const struct verdict *verdict, enum category category);
/* Whether one of these bytes of the original speaks for the category. */
bool verdict_rests_on(const struct verdict *verdict, enum category category, unsigned start, unsigned len);
/* Adds a reason unless the list is full or holds it. */
void verdict_add_evidence(struct verdict *verdict, enum label_kind kind, unsigned label, const struct mark *mark);

#endif
