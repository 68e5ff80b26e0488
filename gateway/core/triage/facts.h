/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * facts - what a text names besides its trouble: places, spans of days, telephone numbers.
 * Keeps: every fact is a place in her own text, nothing is made up; a country follows only where all places agree.
 * Not here: what days mean for urgency (scene, rules), whose number it is (intake).
 */
#ifndef GATEWAY_CORE_TRIAGE_FACTS_H
#define GATEWAY_CORE_TRIAGE_FACTS_H

#include "gateway/core/triage/scene.h"

#define FACTS_MAX 12u

struct facts {
    char country[COUNTRY_MAX]; /* of all places that are named; "" = none, or several */
    unsigned count;
    struct evidence items[FACTS_MAX]; /* LABEL_FACT */
};

void facts_find(
    const struct lexicon *lexicon, const struct normal *text, const struct scene *scene, struct facts *ret_facts);
/* Whether these bytes of the original stand in a fact of this kind. */
bool facts_hold(const struct facts *facts, enum fact fact, unsigned start, unsigned len);

#endif
