/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settle - see settle.h.
 * Why:   "the agency has my passport" is about the passport: whoever is sent the alert must not read three troubles
 * where she wrote one.
 */
#include "gateway/core/triage/settle.h"

#include "gateway/base/str.h"

#define SETTING_WORDS 3u /* 0, a category, ends the list */
#define ANY UINT32_MAX
#define WORD(concept) LABEL_OF_CONCEPT + CONCEPT_##concept

/* One word means one thing: where the first is named, the second does not rest on words that already speak for it. */
static const struct precedence {
    uint8_t winner, loser;
} precedences[] = {
    { CATEGORY_suicide, CATEGORY_danger },
    { CATEGORY_suicide, CATEGORY_escaped },
    { CATEGORY_suicide, CATEGORY_overwork },
    { CATEGORY_danger, CATEGORY_violence },
    { CATEGORY_danger, CATEGORY_legal },
};

/* Where one of `named` is named, the category falls when nothing speaks for it but these words. */
static const struct setting {
    category_set named;
    uint8_t category, words[SETTING_WORDS];
} settings[] = {
    /* a doctor whom she may not see is illness, not hunger */
    { CATEGORY_BIT(medical), CATEGORY_deprivation, { WORD(sick), WORD(neg), WORD(medicine) } },
    /* tablets that she means to take are not withheld */
    { CATEGORY_BIT(suicide), CATEGORY_deprivation, { WORD(medicine), WORD(neg) } },
    /* the police in a threat ("if you tell the police I kill you") or in a cry has nothing against her */
    { CATEGORY_BIT(danger) | CATEGORY_BIT(sexual) | CATEGORY_BIT(suicide), CATEGORY_legal, { WORD(police) } },
    /* a cell is locked */
    { CATEGORY_BIT(legal), CATEGORY_confinement, { WORD(police) } },
    /* "the agency has my passport" */
    { ANY, CATEGORY_trafficking, { WORD(agent) } },
    /* "hiding in the bathroom, he has a knife" */
    { CATEGORY_BIT(danger), CATEGORY_escaped, { WORD(hide) } },
    /* "sleep with me, no?", "tired of living" */
    { CATEGORY_BIT(sexual) | CATEGORY_BIT(suicide), CATEGORY_overwork, { WORD(rest), WORD(neg), WORD(weary) } },
    /* "we take him to hospital tomorrow" */
    { CATEGORY_BIT(medical), CATEGORY_trafficking, { WORD(move) } },
    /* whom they mean to kill, or who means to die, is no body to be looked for */
    { CATEGORY_BIT(danger) | CATEGORY_BIT(suicide), CATEGORY_missing, { WORD(dead) } },
    /* whoever cut her own wrist bleeds of it */
    { CATEGORY_BIT(suicide), CATEGORY_danger, { WORD(bleed) } },
    /* what follows from rape is told by the flag */
    { CATEGORY_BIT(sexual), CATEGORY_medical, { LABEL_OF_FLAG + FLAG_pregnant } },
};

static void settle_shared_words(struct verdict *v)
{
    for (size_t p = 0; p < STR_COUNT(precedences); p++) {
        unsigned winner = precedences[p].winner, loser = precedences[p].loser;
        bool is_shared = v->weight[winner] >= RULES_STRONG && v->weight[loser] > 0;
        for (unsigned i = 0; i < v->evidence_count && is_shared; i++) {
            const struct evidence *e = &v->evidence[i];
            if (e->kind == LABEL_CATEGORY && e->label == loser)
                is_shared = verdict_rests_on(v, (enum category)winner, e->start, e->len);
        }
        if (is_shared)
            v->weight[loser] = 0;
    }
}

static bool is_setting(const struct scene *scene, const struct verdict *v, const struct setting *setting)
{
    for (unsigned i = 0; i < v->evidence_count; i++) {
        const struct evidence *e = &v->evidence[i];
        if (e->kind != LABEL_CATEGORY || e->label != setting->category)
            continue;
        bool is_met = false;
        for (unsigned k = 0; k < SETTING_WORDS && setting->words[k]; k++)
            is_met |= scene_touches(scene, setting->words[k], e->start, e->len);
        if (!is_met)
            return false;
    }
    return true;
}

/* "the agency does not answer": nobody of hers is lost. */
static bool is_unanswered(const struct scene *scene)
{
    return scene_has(scene, CONCEPT_agent) && !scene_has(scene, CONCEPT_relative) && !scene_has(scene, CONCEPT_lost) &&
           !scene_has(scene, CONCEPT_dead);
}

void settle_categories(const struct scene *scene, struct verdict *verdict)
{
    settle_shared_words(verdict);
    if (is_unanswered(scene))
        verdict->weight[CATEGORY_missing] = 0;
    for (size_t i = 0; i < STR_COUNT(settings); i++) {
        category_set named = 0;
        for (unsigned c = 0; c < CATEGORY_COUNT; c++)
            if (c != settings[i].category && verdict_names(verdict, (enum category)c))
                named |= 1u << c;
        if ((named & settings[i].named) && is_setting(scene, verdict, &settings[i]))
            verdict->weight[settings[i].category] = 0;
    }
}
