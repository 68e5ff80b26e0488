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
#define UNLESS_ONLY 1u /* what is named must rest on other words as well */
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
    uint8_t category, options, words[SETTING_WORDS];
} settings[] = {
    /* a doctor whom she may not see is illness, not hunger */
    { CATEGORY_BIT(medical), CATEGORY_deprivation, 0, { WORD(sick), WORD(neg), WORD(medicine) } },
    /* tablets that she means to take are not withheld */
    { CATEGORY_BIT(suicide), CATEGORY_deprivation, 0, { WORD(medicine), WORD(neg) } },
    /* the police in a threat ("if you tell the police I kill you") or in a cry has nothing against her */
    { CATEGORY_BIT(danger) | CATEGORY_BIT(sexual) | CATEGORY_BIT(suicide), CATEGORY_legal, 0, { WORD(police) } },
    /* a cell is locked */
    { CATEGORY_BIT(legal), CATEGORY_confinement, 0, { WORD(police) } },
    /* "the agency has my passport" */
    { ANY, CATEGORY_trafficking, 0, { WORD(agent) } },
    /* "hiding in the bathroom, he has a knife" */
    { CATEGORY_BIT(danger), CATEGORY_escaped, 0, { WORD(hide) } },
    /* "sleep with me, no?", "tired of living" */
    { CATEGORY_BIT(sexual) | CATEGORY_BIT(suicide), CATEGORY_overwork, 0, { WORD(rest), WORD(neg), WORD(weary) } },
    /* "we take him to hospital tomorrow", "they bring me to the police", "to the desert to kill me" */
    { CATEGORY_BIT(medical) | CATEGORY_BIT(legal) | CATEGORY_BIT(danger), CATEGORY_trafficking, 0,
        { WORD(move), WORD(boss) } },
    /* with a knife at my door, tonight */
    { CATEGORY_BIT(danger), CATEGORY_sexual, 0, { WORD(night), WORD(room) } },
    /* "two houses, it is not in the contract" */
    { CATEGORY_BIT(overwork) | CATEGORY_BIT(trafficking) | CATEGORY_BIT(wages) | CATEGORY_BIT(documents),
        CATEGORY_repatriation, 0, { WORD(contract), WORD(neg) } },
    /* the blow that is threatened is told by what it threatens */
    { CATEGORY_BIT(danger) | CATEGORY_BIT(sexual) | CATEGORY_BIT(legal), CATEGORY_violence, 0, { WORD(threat) } },
    /* whom they mean to kill, or who means to die, is no body to be looked for */
    { CATEGORY_BIT(danger) | CATEGORY_BIT(suicide), CATEGORY_missing, 0, { WORD(dead) } },
    /* whoever cut her own wrist bleeds of it */
    { CATEGORY_BIT(suicide), CATEGORY_danger, 0, { WORD(bleed) } },
    /* "he strangles me, I cannot breathe" */
    { CATEGORY_BIT(danger), CATEGORY_medical, UNLESS_ONLY, { WORD(bleed) } },
    /* what follows from rape is told by the flag */
    { CATEGORY_BIT(sexual), CATEGORY_medical, 0, { LABEL_OF_FLAG + FLAG_pregnant } },
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

/* A phrase that holds a word of the setting is of it, but "nothing to eat" is more than the "not" in it. */
static bool is_word_of(const struct scene *scene, const struct evidence *e, unsigned word)
{
    const struct mark whole = { .start = e->start, .len = e->len };
    return word == (WORD(neg)) ? scene_is_inside(scene, &whole, word) : scene_touches(scene, word, e->start, e->len);
}

/* Whether nothing speaks for the category but the words of the setting. */
static bool rests_on_words(const struct scene *scene, const struct verdict *v, unsigned category, const uint8_t *words)
{
    for (unsigned i = 0; i < v->evidence_count; i++) {
        const struct evidence *e = &v->evidence[i];
        if (e->kind != LABEL_CATEGORY || e->label != category)
            continue;
        bool is_met = false;
        for (unsigned k = 0; k < SETTING_WORDS && words[k]; k++)
            is_met |= is_word_of(scene, e, words[k]);
        if (!is_met)
            return false;
    }
    return true;
}

static bool is_setting(const struct scene *scene, const struct verdict *v, const struct setting *setting)
{
    bool is_beside = false;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        is_beside |= c != setting->category && (setting->named >> c & 1) && verdict_names(v, (enum category)c) &&
                     !((setting->options & UNLESS_ONLY) && rests_on_words(scene, v, c, setting->words));
    return is_beside && rests_on_words(scene, v, setting->category, setting->words);
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
    for (size_t i = 0; i < STR_COUNT(settings); i++)
        if (is_setting(scene, verdict, &settings[i]))
            verdict->weight[settings[i].category] = 0;
}
