/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flags - see flags.h.
 * Why:   whoever calls her back must know first who reads her phone, when, and of whom she writes.
 */
#include "gateway/core/triage/flags.h"

#define SUBJECT_STEPS 5u /* how near the start a relative is the subject of the text */
#define FAREWELL_STEPS 2u
#define HERS_STEPS 1u  /* from "my" to "sister" */
#define OWNER_STEPS 3u /* from "son" to the "madam" whose son he is, particles between */
#define STATE_STEPS 2u /* from "madam" to "pregnant" */
#define PHONE_DIGITS 7u
#define REPLY_STEPS 3u /* from "reply to" to "my friend" */
#define TIME_STEPS 4u  /* from a time to its number */
#define BUSY_STEPS 8u  /* ... to the work that it is the time of */

/* A time is hers to be written to where calling is spoken of, or where it is a time of day and no work or meal is
 * spoken of beside it: "work until 1 at night", "when they leave". */
static bool is_time_for_us(const struct scene *scene, const struct mark *mark)
{
    static const uint8_t ours[] = { LABEL_OF_FLAG + FLAG_do_not_call, LABEL_OF_FLAG + FLAG_no_reply,
        LABEL_OF_FLAG + FLAG_other_number, LABEL_OF_CONCEPT + CONCEPT_contact, LABEL_OF_CONCEPT + CONCEPT_phone };
    static const uint8_t theirs[] = { CONCEPT_work, CONCEPT_food };
    for (size_t i = 0; i < sizeof ours; i++)
        if (scene_weight(scene, ours[i]))
            return true;
    for (size_t i = 0; i < sizeof theirs; i++)
        if (scene_find_near(scene, mark, theirs[i], BUSY_STEPS))
            return false;
    return scene_has_clock(scene, mark, TIME_STEPS) || scene_find_near(scene, mark, CONCEPT_night, TIME_STEPS) ||
           scene_find_near(scene, mark, CONCEPT_hour, TIME_STEPS);
}

/* Of whom she takes leave ("goodbye to my children"), and by whose number we are to answer, she does not write. */
static bool is_written_about(const struct scene *scene, const struct verdict *verdict, const struct mark *relative)
{
    return !(verdict_names(verdict, CATEGORY_suicide) && relative->first > FAREWELL_STEPS) &&
           !scene_follows(scene, relative, LABEL_OF_FLAG + FLAG_other_number, REPLY_STEPS);
}

/* "my" stands at this mark or in it; behind it only in languages that put the owner there: "biwi mujhe ..." is no "my
 * wife". */
static bool is_hers(const struct scene *scene, const struct mark *relative)
{
    unsigned count;
    const struct mark *selves = scene_concept_marks(scene, CONCEPT_self, &count);
    bool is_behind = scene->lexicon->languages[relative->language].owner_after;
    for (unsigned i = 0; i < count; i++) {
        bool is_near = selves[i].first <= relative->last + HERS_STEPS && relative->first <= selves[i].last + HERS_STEPS;
        if (is_near && (is_behind || selves[i].start < relative->start + relative->len))
            return true;
    }
    return false;
}

/* Something is told between the two: a deed, or another person. */
static bool is_parted(const struct scene *scene, const struct mark *left, const struct mark *right)
{
    static const uint8_t deeds[] = { CONCEPT_hit, CONCEPT_kill, CONCEPT_touch, CONCEPT_lock, CONCEPT_take, CONCEPT_neg,
        CONCEPT_work, CONCEPT_they, CONCEPT_relative, CONCEPT_but };
    for (size_t i = 0; i < sizeof deeds; i++) {
        unsigned count;
        const struct mark *marks = scene_concept_marks(scene, deeds[i], &count);
        for (unsigned k = 0; k < count; k++)
            if (marks[k].first > left->last && marks[k].last < right->first)
                return true;
    }
    return false;
}

/* Whether the owner stands where the language puts whose something is, with nothing but particles between. */
static bool is_owner(const struct scene *scene, const struct mark *owner, const struct mark *relative)
{
    bool is_after = scene->lexicon->languages[relative->language].owner_after;
    const struct mark *left = is_after ? relative : owner, *right = is_after ? owner : relative;
    return left->start + left->len <= right->start && left->clause == right->clause &&
           right->first <= left->last + OWNER_STEPS && !is_parted(scene, left, right);
}

/* An employer or man of the house whose kin it is, or a longer name for one that holds it: not "zawj" in "zawjati", nor
 * "adik majikan" in "adik dipukul majikan". */
static bool has_owner(const struct scene *scene, enum concept concept, const struct mark *relative)
{
    unsigned count;
    const struct mark *marks = scene_concept_marks(scene, concept, &count);
    for (unsigned i = 0; i < count; i++) {
        bool is_around = marks[i].start <= relative->start &&
                         marks[i].start + marks[i].len >= relative->start + relative->len &&
                         marks[i].last - marks[i].first < marks[i].pieces;
        if (is_around || is_owner(scene, &marks[i], relative))
            return true;
    }
    return false;
}

/* "the son of the employer", "her husband": the kin of those she serves. */
static bool is_theirs(const struct scene *scene, const struct mark *relative)
{
    return !is_hers(scene, relative) &&
           (has_owner(scene, CONCEPT_boss, relative) || has_owner(scene, CONCEPT_man, relative));
}

/* "madam is pregnant", "her son of 16 years": who stands before it is named, is no "she", and is not "I". */
static bool is_of_theirs(const struct scene *scene, const struct mark *mark)
{
    static const uint8_t people[] = { CONCEPT_boss, CONCEPT_man, CONCEPT_self, CONCEPT_they, CONCEPT_relative };
    const struct mark *last = NULL;
    enum concept whose = CONCEPT_self;
    for (size_t i = 0; i < sizeof people; i++) {
        unsigned count;
        const struct mark *marks = scene_concept_marks(scene, people[i], &count);
        for (unsigned k = 0; k < count; k++)
            if (marks[k].last < mark->first && marks[k].last + STATE_STEPS >= mark->first &&
                (!last || marks[k].last >= last->last)) {
                last = &marks[k];
                whose = (enum concept)people[i];
            }
    }
    return last && (whose == CONCEPT_boss || whose == CONCEPT_man);
}

/* "sister, help me": a word of respect for whoever reads, where she speaks of herself. */
static bool is_address(const struct scene *scene, const struct mark *relative)
{
    return !is_hers(scene, relative) && scene_has_self(scene) &&
           scene_touches(scene, LABEL_OF_CONCEPT + CONCEPT_polite, relative->start, relative->len);
}

/* A number is written, long enough to be called. */
static bool has_phone(const struct scene *scene)
{
    for (unsigned i = 0; i < scene->text->token_count; i++) {
        const struct normal_token *token = &scene->text->tokens[i];
        if (!token->has_letter && token->folded_len >= PHONE_DIGITS)
            return true;
    }
    return false;
}

/* "do not answer on this number" names no other; and one word ("whatsapp") names one only beside its digits. */
static bool is_other_number(const struct scene *scene, const struct mark *mark)
{
    static const uint8_t closed[] = { FLAG_no_reply, FLAG_do_not_call };
    if (has_phone(scene))
        return true;
    for (size_t i = 0; i < sizeof closed; i++)
        if (scene_follows(scene, mark, LABEL_OF_FLAG + closed[i], REPLY_STEPS))
            return false;
    return mark->pieces > 1;
}

static bool is_meant(const struct scene *scene, const struct verdict *verdict, enum flag flag, const struct mark *mark)
{
    switch (flag) {
    case FLAG_third_party:
        return is_written_about(scene, verdict, mark) && !is_theirs(scene, mark) && !is_address(scene, mark);
    case FLAG_pregnant:
    case FLAG_minor:
        return !scene_is_inside(scene, mark, LABEL_OF_CONCEPT + CONCEPT_hungry) &&
               (verdict_names(verdict, CATEGORY_sexual) || !is_of_theirs(scene, mark));
    case FLAG_safe_time:
        return is_time_for_us(scene, mark);
    case FLAG_other_number:
        return is_other_number(scene, mark);
    default:
        return true;
    }
}

static void set_flag(const struct scene *scene, struct verdict *verdict, enum flag flag)
{
    unsigned count;
    const struct mark *marks = scene_marks(scene, LABEL_OF_FLAG + flag, &count);
    for (unsigned i = 0; i < count; i++) {
        if (marks[i].weight < RULES_ENOUGH || !is_meant(scene, verdict, flag, &marks[i]))
            continue;
        verdict->flags |= 1u << flag;
        verdict_add_evidence(verdict, LABEL_FLAG, flag, &marks[i]);
    }
}

/* The first word that says I: a relative after it is somebody she writes about, not whom the text is about. */
static bool starts_with_self(const struct scene *scene, const struct mark *relative)
{
    unsigned count;
    const struct mark *selves = scene_concept_marks(scene, CONCEPT_self, &count);
    return count > 0 && selves[0].last + 1 < relative->first;
}

/* "we" alone is the family that writes; "we are four girls" is a group of workers. */
static bool has_group_phrase(const struct scene *scene)
{
    unsigned count;
    const struct mark *marks = scene_marks(scene, LABEL_OF_FLAG + FLAG_group, &count);
    for (unsigned i = 0; i < count; i++)
        if (marks[i].pieces > 1)
            return true;
    return false;
}

/* "the mother slaps me": kin that nobody calls hers, in a text that speaks of herself and asks nothing for anybody. */
static bool is_somebodys(const struct scene *scene, const struct mark *relative)
{
    unsigned count;
    const struct mark *selves = scene_concept_marks(scene, CONCEPT_self, &count);
    bool is_self = false;
    for (unsigned i = 0; i < count; i++)
        is_self |= !scene_is_inside(scene, &selves[i], LABEL_OF_CONCEPT + CONCEPT_cry);
    return is_self && !is_hers(scene, relative) &&
           !scene_touches(scene, LABEL_OF_FLAG + FLAG_third_party, relative->start, relative->len);
}

/* The first of hers that is spoken of; NULL = none. */
static const struct mark *first_relative(const struct scene *scene, const struct verdict *verdict)
{
    bool is_missing = verdict_names(verdict, CATEGORY_missing);
    unsigned count;
    const struct mark *relatives = scene_concept_marks(scene, CONCEPT_relative, &count);
    for (unsigned i = 0; i < count; i++)
        if (!is_theirs(scene, &relatives[i]) && !is_address(scene, &relatives[i]) &&
            (is_missing || relatives[i].pieces > 1 || !is_somebodys(scene, &relatives[i])))
            return &relatives[i];
    return NULL;
}

static void find_third_party(const struct scene *scene, struct verdict *verdict)
{
    const struct mark *relative = first_relative(scene, verdict);
    if (!relative || scene_is_inside(scene, relative, LABEL_OF_FLAG + FLAG_borrowed_phone))
        return;
    bool is_subject = relative->first <= SUBJECT_STEPS && !starts_with_self(scene, relative) &&
                      is_written_about(scene, verdict, relative);
    if (!is_subject && !verdict_names(verdict, CATEGORY_missing))
        return;
    verdict->flags |= FLAG_BIT(third_party);
    if (!has_group_phrase(scene))
        verdict->flags &= ~FLAG_BIT(group);
    verdict_add_evidence(verdict, LABEL_FLAG, FLAG_third_party, relative);
}

void flags_find(const struct scene *scene, struct verdict *verdict)
{
    for (unsigned flag = 0; flag < FLAG_COUNT; flag++)
        set_flag(scene, verdict, (enum flag)flag);
    find_third_party(scene, verdict);
}
