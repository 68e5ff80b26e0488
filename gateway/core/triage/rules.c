/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules - see rules.h.
 * Why:   people write facts ("salary 4 months not give"), never the name of a category; a handful of rules over
 * concepts reads them in every language that has the concept words.
 */
#include "gateway/core/triage/rules.h"

#include <string.h>

#include "gateway/core/triage/flags.h"
#include "gateway/core/triage/settle.h"

#define NONE CONCEPT_COUNT
#define WARNING_STEPS 6u /* from "do not tell" to "the police" */
#define HYPERBOLE_STEPS 2u
#define JEST_STEPS 4u /* ... where somebody laughs or chats */
#define WEIGHT_MAX 9u

enum rule_option {
    UNLESS_NEGATED = 1, /* a negator at the first concept cancels it */
    UNLESS_AWAY = 4,    /* she has left the house: nobody keeps her in, nobody is at the door she hides behind */
    UNLESS_MOVED = 2,   /* the words are those of being passed on: "sold me to another house" */
};

/* first, and second within `window` steps of it (0 = anywhere), and third anywhere. */
struct rule {
    uint8_t category, weight, first, second, window, third, options;
};

#define ALONE(category, weight, first, options)                                                                        \
    {                                                                                                                  \
        CATEGORY_##category, weight, CONCEPT_##first, NONE, 0, NONE, options                                           \
    }
#define PAIR(category, weight, first, second, window, options)                                                         \
    {                                                                                                                  \
        CATEGORY_##category, weight, CONCEPT_##first, CONCEPT_##second, window, NONE, options                          \
    }
#define TRIPLE(category, weight, first, second, window, third)                                                         \
    {                                                                                                                  \
        CATEGORY_##category, weight, CONCEPT_##first, CONCEPT_##second, window, CONCEPT_##third, 0                     \
    }

static const struct rule rules[] = {
    PAIR(danger, 3, weapon, boss, 0, UNLESS_NEGATED),
    PAIR(danger, 3, weapon, man, 0, UNLESS_NEGATED),
    PAIR(danger, 3, weapon, now, 0, 0),
    PAIR(danger, 3, weapon, neck, 4, UNLESS_NEGATED),
    PAIR(danger, 3, weapon, hide, 0, 0),
    PAIR(danger, 3, kill, boss, 6, UNLESS_NEGATED),
    PAIR(danger, 3, kill, man, 6, UNLESS_NEGATED),
    PAIR(danger, 3, kill, weapon, 0, 0),
    PAIR(danger, 3, kill, hide, 0, 0),
    PAIR(danger, 3, hide, hit, 0, 0),
    PAIR(danger, 3, hide, now, 0, UNLESS_AWAY),
    TRIPLE(danger, 3, hide, man, 8, night),
    ALONE(danger, 3, bleed, UNLESS_NEGATED),
    ALONE(danger, 2, fire, UNLESS_NEGATED),
    PAIR(suicide, 3, swallow, pills, 4, UNLESS_NEGATED),
    PAIR(suicide, 3, leap, height, 6, UNLESS_NEGATED),
    PAIR(suicide, 3, height, weary, 0, 0),
    PAIR(suicide, 3, gone, weary, 0, 0),
    PAIR(suicide, 3, pills, weary, 0, 0),
    PAIR(suicide, 3, pills, gone, 0, 0),
    PAIR(suicide, 3, pills, ready, 4, UNLESS_NEGATED),
    PAIR(suicide, 3, noose, ready, 4, UNLESS_NEGATED),
    PAIR(suicide, 3, noose, weary, 0, 0),
    PAIR(suicide, 3, farewell, pills, 0, 0),
    PAIR(suicide, 3, farewell, noose, 0, 0),
    PAIR(suicide, 3, farewell, height, 0, 0),
    PAIR(suicide, 3, farewell, gone, 0, 0),
    PAIR(suicide, 3, farewell, weary, 0, 0),
    ALONE(sexual, 3, sex, 0),
    PAIR(sexual, 3, touch, body, 4, UNLESS_NEGATED),
    PAIR(sexual, 3, touch, man, 8, UNLESS_NEGATED),
    PAIR(sexual, 3, touch, night, 8, UNLESS_NEGATED),
    TRIPLE(sexual, 3, night, room, 0, man),
    ALONE(violence, 3, hit, UNLESS_NEGATED),
    ALONE(confinement, 3, lock, UNLESS_NEGATED),
    PAIR(confinement, 3, out, neg, 4, UNLESS_AWAY),
    PAIR(confinement, 3, phone, take, 4, UNLESS_NEGATED),
    PAIR(confinement, 3, phone, allow, 3, 0),
    ALONE(deprivation, 3, hungry, UNLESS_NEGATED),
    PAIR(deprivation, 3, food, neg, 3, 0),
    PAIR(deprivation, 3, water, neg, 2, 0),
    PAIR(deprivation, 3, medicine, neg, 3, 0),
    TRIPLE(deprivation, 2, water, but, 2, day), /* "2 days only water" */
    TRIPLE(deprivation, 2, food, but, 2, day),
    ALONE(medical, 3, sick, UNLESS_NEGATED),
    ALONE(medical, 3, bleed, UNLESS_NEGATED),
    ALONE(escaped, 3, run, UNLESS_NEGATED),
    ALONE(escaped, 2, street, UNLESS_NEGATED),
    ALONE(escaped, 2, shelter, 0),
    ALONE(legal, 2, police, UNLESS_NEGATED),
    ALONE(legal, 3, accuse, UNLESS_NEGATED),
    PAIR(missing, 3, relative, lost, 0, 0),
    TRIPLE(missing, 3, contact, neg, 4, relative),
    PAIR(missing, 3, relative, dead, 6, 0),
    ALONE(trafficking, 3, sold, UNLESS_NEGATED),
    PAIR(trafficking, 3, agent, fee, 8, 0),
    PAIR(trafficking, 3, agent, deceive, 10, 0),
    PAIR(trafficking, 3, deceive, work, 8, 0),
    PAIR(trafficking, 2, move, boss, 0, 0),
    PAIR(trafficking, 2, move, agent, 0, 0),
    ALONE(trafficking, 2, move, UNLESS_NEGATED),
    PAIR(wages, 3, pay, neg, 4, 0),
    PAIR(wages, 3, pay, fee, 3, 0),
    PAIR(wages, 2, pay, month, 5, 0),
    PAIR(overwork, 3, rest, neg, 4, UNLESS_AWAY),
    ALONE(overwork, 3, houses, UNLESS_MOVED),
    PAIR(overwork, 2, hour, work, 6, 0),
    PAIR(documents, 3, doc, take, 5, 0),
    PAIR(documents, 3, doc, expire, 4, 0),
    PAIR(documents, 3, doc, neg, 3, 0),
    ALONE(repatriation, 3, home, 0),
    PAIR(repatriation, 3, contract, neg, 5, 0),
};

void verdict_add_evidence(struct verdict *verdict, enum label_kind kind, unsigned label, const struct mark *mark)
{
    for (unsigned i = 0; i < verdict->evidence_count; i++) {
        const struct evidence *known = &verdict->evidence[i];
        if (known->kind == kind && known->label == label && known->start == mark->start && known->len == mark->len)
            return;
    }
    if (verdict->evidence_count < EVIDENCE_MAX)
        verdict->evidence[verdict->evidence_count++] =
            (struct evidence){ kind, (uint8_t)label, mark->start, mark->len };
}

bool verdict_rests_on(const struct verdict *verdict, enum category category, unsigned start, unsigned len)
{
    for (unsigned i = 0; i < verdict->evidence_count; i++) {
        const struct evidence *e = &verdict->evidence[i];
        if (e->kind == LABEL_CATEGORY && e->label == category && e->start < start + len &&
            start < (unsigned)e->start + e->len)
            return true;
    }
    return false;
}

bool verdict_names(const struct verdict *verdict, enum category category)
{
    return verdict->weight[category] >= RULES_ENOUGH;
}

static void give(struct verdict *verdict, unsigned category, unsigned weight, const struct mark *mark)
{
    unsigned sum = verdict->weight[category] + weight;
    verdict->weight[category] = (uint8_t)(sum > WEIGHT_MAX ? WEIGHT_MAX : sum);
    if (!verdict_rests_on(verdict, category, mark->start, mark->len)) {
        unsigned pieces = verdict->pieces[category] + (unsigned)(mark->last - mark->first) + 1;
        verdict->pieces[category] = (uint8_t)(pieces > UINT8_MAX ? UINT8_MAX : pieces);
    }
    verdict_add_evidence(verdict, LABEL_CATEGORY, category, mark);
}

/* One word is worth what it weighs; two that belong together are worth the rule, less one when the first is weak. */
static unsigned rule_weight(const struct rule *rule, const struct mark *first, const struct mark *second)
{
    if (!second)
        return first->weight < rule->weight ? first->weight : rule->weight;
    unsigned loss = (first->weight < RULES_ENOUGH) + first->is_tolerant;
    return rule->weight > loss ? rule->weight - loss : 1;
}

/* What she asks of us is no trouble of hers: "do not tell the police", "do not call, my phone is not free", "do not
 * answer". */
static bool is_warning(const struct scene *scene, unsigned category, const struct mark *mark)
{
    if (category == CATEGORY_legal)
        return scene_follows(scene, mark, LABEL_OF_FLAG + FLAG_no_authorities, WARNING_STEPS);
    if (category == CATEGORY_missing)
        return scene_touches(scene, LABEL_OF_FLAG + FLAG_no_reply, mark->start, mark->len);
    return category == CATEGORY_confinement && (scene_is_inside(scene, mark, LABEL_OF_FLAG + FLAG_do_not_call) ||
                                                   scene_is_inside(scene, mark, LABEL_OF_FLAG + FLAG_no_reply));
}

/* "I am dying of hunger" is hunger, as long as nothing else says that life is at risk. */
static bool is_hyperbole(const struct scene *scene, unsigned category, const struct mark *mark)
{
    bool is_chat = scene_has(scene, CONCEPT_chat) || scene_has(scene, CONCEPT_laugh);
    bool is_dying =
        category == CATEGORY_danger || (is_chat && (category == CATEGORY_suicide || category == CATEGORY_violence));
    return is_dying && !scene_has(scene, CONCEPT_boss) &&
           scene_find_near(scene, mark, CONCEPT_hungry, is_chat ? JEST_STEPS : HYPERBOLE_STEPS);
}

static bool is_away(const struct scene *scene)
{
    unsigned count;
    const struct mark *runs = scene_concept_marks(scene, CONCEPT_run, &count);
    for (unsigned i = 0; i < count; i++)
        if (!scene_is_negated(scene, &runs[i]))
            return true;
    return scene_has(scene, CONCEPT_street);
}

/* "two houses" is work, "another house" after "sold" or "tomorrow" is where she is taken. */
static bool is_passed_on(const struct scene *scene, const struct mark *mark)
{
    if (scene_has(scene, CONCEPT_sold))
        return true;
    unsigned count;
    const struct mark *moves = scene_concept_marks(scene, CONCEPT_move, &count);
    for (unsigned i = 0; i < count; i++)
        if (moves[i].start < mark->start + mark->len && mark->start < moves[i].start + moves[i].len)
            return scene_has(scene, CONCEPT_soon) || scene_has(scene, CONCEPT_agent);
    return false;
}

static bool is_part_of(const struct scene *scene, enum concept concept, const struct mark *mark, unsigned longer)
{
    unsigned count;
    const struct mark *phrases = scene_concept_marks(scene, concept, &count);
    for (unsigned i = 0; i < count; i++)
        if (phrases[i].len >= mark->len + longer && mark->start >= phrases[i].start &&
            mark->start + mark->len <= phrases[i].start + phrases[i].len)
            return true;
    return false;
}

/* "hit me up", "dying of laughter": words of a phrase of chat name nothing by themselves; nor do "an" (to eat) in
 * "cong an" (police) and other pieces of a longer word. */
static bool is_idiom(const struct scene *scene, unsigned category, const struct mark *mark)
{
    return is_part_of(scene, CONCEPT_chat, mark, 0) ||
           (category != CATEGORY_legal && is_part_of(scene, CONCEPT_police, mark, 1)) ||
           (category == CATEGORY_confinement && is_part_of(scene, CONCEPT_contract, mark, 1)) ||
           (category == CATEGORY_medical && is_part_of(scene, CONCEPT_hungry, mark, 1));
}

/* "they do not take me to hospital": care that is denied is no health. */
static bool is_withheld(const struct scene *scene, unsigned category, const struct mark *mark)
{
    return category == CATEGORY_medical &&
           scene_touches(scene, LABEL_OF_CONCEPT + CONCEPT_medicine, mark->start, mark->len);
}

static bool is_no_fact(const struct scene *scene, unsigned category, const struct mark *mark)
{
    return is_warning(scene, category, mark) || is_hyperbole(scene, category, mark) || is_idiom(scene, category, mark);
}

/* "the blood stops not", "breath comes not": where "not" stands after its verb it denies the end of what is told. */
static bool is_going_on(const struct scene *scene, const struct mark *mark, const struct mark *neg)
{
    return neg->start >= mark->start + mark->len &&
           scene_touches(scene, LABEL_OF_CONCEPT + CONCEPT_bleed, mark->start, mark->len);
}

static bool is_told_not(const struct scene *scene, const struct mark *mark)
{
    const struct mark *neg = scene_negator(scene, mark);
    return neg && !is_going_on(scene, mark, neg);
}

static void apply_rule(const struct scene *scene, const struct rule *rule, struct verdict *verdict)
{
    unsigned count;
    const struct mark *marks = scene_concept_marks(scene, rule->first, &count);
    if (count == 0 || (rule->third != NONE && !scene_has(scene, (enum concept)rule->third)))
        return;
    for (unsigned i = 0; i < count; i++) {
        const struct mark *second = NULL;
        if (rule->second != NONE && !(second = scene_find_near(scene, &marks[i], rule->second, rule->window)))
            continue;
        if ((rule->options & UNLESS_NEGATED) && is_told_not(scene, &marks[i]) &&
            !is_withheld(scene, rule->category, &marks[i]))
            continue;
        if ((rule->options & UNLESS_AWAY) && is_away(scene))
            continue;
        if ((rule->options & UNLESS_MOVED) && is_passed_on(scene, &marks[i]))
            continue;
        if (is_no_fact(scene, rule->category, &marks[i]))
            continue;
        unsigned weight = rule_weight(rule, &marks[i], second);
        give(verdict, rule->category, weight, &marks[i]);
        if (second)
            give(verdict, rule->category, 0, second);
        if (verdict->fired_count < RULES_FIRED_MAX)
            verdict->fired[verdict->fired_count++] =
                (struct fired){ &marks[i], second, rule->category, (uint8_t)weight };
        return;
    }
}

/* Only what is done to her can be negated away; "no salary" is what she writes about, and "if I do not sleep with him"
 * is a threat. */
static bool is_negatable(unsigned category)
{
    return category == CATEGORY_violence || category == CATEGORY_confinement || category == CATEGORY_danger ||
           category == CATEGORY_medical;
}

static void apply_direct(const struct scene *scene, struct verdict *verdict)
{
    for (unsigned category = 0; category < CATEGORY_COUNT; category++) {
        unsigned count, end = 0;
        const struct mark *marks = scene_marks(scene, category, &count);
        for (unsigned i = 0; i < count; i++) {
            if (end > marks[i].start || is_no_fact(scene, category, &marks[i]))
                continue;
            const struct mark *neg = scene_negator(scene, &marks[i]);
            if (is_negatable(category) && scene_is_denied(scene, &marks[i]) &&
                !is_withheld(scene, category, &marks[i]) && !(neg && is_going_on(scene, &marks[i], neg)))
                continue;
            end = marks[i].start + marks[i].len;
            give(verdict, category, marks[i].weight, &marks[i]);
        }
    }
}

static bool lacks_food(const struct scene *s)
{
    return scene_has(s, CONCEPT_food) || scene_has(s, CONCEPT_hungry) || scene_has(s, CONCEPT_water);
}

/* product.md: body or life at risk within a day. */
static bool is_critical(const struct scene *s, const struct verdict *v)
{
    bool is_soon = scene_has(s, CONCEPT_now) || scene_has(s, CONCEPT_soon);
    if (verdict_names(v, CATEGORY_danger) || verdict_names(v, CATEGORY_suicide))
        return true;
    if ((verdict_names(v, CATEGORY_violence) || verdict_names(v, CATEGORY_sexual)) && scene_has(s, CONCEPT_now) &&
        !scene_has(s, CONCEPT_past))
        return true;
    if (verdict_names(v, CATEGORY_sexual) && scene_has(s, CONCEPT_night))
        return true;
    if (verdict_names(v, CATEGORY_deprivation) && scene_spans_days(s) && lacks_food(s))
        return true;
    /* whom they lock in is alone behind that door, whether or not she says so */
    if (verdict_names(v, CATEGORY_deprivation) && verdict_names(v, CATEGORY_confinement) &&
        (scene_has(s, CONCEPT_alone) || (scene_has(s, CONCEPT_lock) && lacks_food(s))))
        return true;
    return (scene_has(s, CONCEPT_sold) || scene_has(s, CONCEPT_move)) && verdict_names(v, CATEGORY_trafficking) &&
           is_soon;
}

/* She says how she may be answered: nobody does so in news. */
static bool asks_for_care(const struct scene *s)
{
    static const uint8_t asked[] = { FLAG_do_not_call, FLAG_no_reply, FLAG_safe_time, FLAG_no_authorities };
    for (size_t i = 0; i < sizeof asked; i++)
        if (scene_weight(s, LABEL_OF_FLAG + asked[i]) >= RULES_STRONG)
            return true;
    return false;
}

/* Somebody speaks of herself, of her people, or calls for help. */
static bool is_personal(const struct scene *s)
{
    return scene_has(s, CONCEPT_self) || scene_has(s, CONCEPT_cry) || scene_has(s, CONCEPT_boss) ||
           scene_has(s, CONCEPT_relative) || scene_has(s, CONCEPT_hurry) || asks_for_care(s);
}

/* Where she leaves herself out ("locked in the laundry, nothing to eat"), a fact of two words speaks for her, unless it
 * may be news or chat. */
static bool tells_fact(const struct scene *scene, const struct verdict *verdict)
{
    bool is_told = false;
    for (unsigned category = 0; category < CATEGORY_COUNT; category++)
        is_told |= verdict->pieces[category] > 1 && verdict->weight[category] >= RULES_STRONG;
    return is_told && !scene_has(scene, CONCEPT_news) && !scene_has(scene, CONCEPT_chat) &&
           !scene_has(scene, CONCEPT_spam) && !scene_has(scene, CONCEPT_laugh);
}

/* Where nobody is spoken of, one word names no category: "hospital", "police" and "fire" stand in any news. */
static void mistrust_single_words(const struct scene *scene, struct verdict *verdict)
{
    const category_set done_to_her = CATEGORY_BIT(confinement) | CATEGORY_BIT(deprivation) | CATEGORY_BIT(violence) |
                                     CATEGORY_BIT(sexual) | CATEGORY_BIT(danger) | CATEGORY_BIT(suicide);
    const category_set trusted = tells_fact(scene, verdict) ? done_to_her : 0;
    for (unsigned category = 0; category < CATEGORY_COUNT; category++)
        if (!(trusted >> category & 1) && verdict->pieces[category] <= 1 && verdict->weight[category] >= RULES_ENOUGH)
            verdict->weight[category] = RULES_ENOUGH - 1;
}

void rules_apply(const struct scene *scene, struct verdict *ret_verdict)
{
    memset(ret_verdict, 0, sizeof *ret_verdict);
    if (scene->matches->count == 0)
        return;
    apply_direct(scene, ret_verdict);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        apply_rule(scene, &rules[i], ret_verdict);
    settle_categories(scene, ret_verdict);
    if (!is_personal(scene))
        mistrust_single_words(scene, ret_verdict);
    flags_find(scene, ret_verdict);
    ret_verdict->is_critical = is_critical(scene, ret_verdict);
}
