/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flags - see flags.h.
 * Why:   whoever calls her back must know first who reads her phone, when, and of whom she writes.
 */
#include "gateway/core/triage/flags.h"

#define SUBJECT_STEPS 5u /* how near the start a relative is the subject of the text */
#define FAREWELL_STEPS 2u
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

static void set_flag(const struct scene *scene, struct verdict *verdict, enum flag flag)
{
    unsigned count;
    const struct mark *marks = scene_marks(scene, LABEL_OF_FLAG + flag, &count);
    for (unsigned i = 0; i < count; i++) {
        if (flag == FLAG_third_party && !is_written_about(scene, verdict, &marks[i]))
            continue;
        if (marks[i].weight < RULES_ENOUGH || (flag == FLAG_safe_time && !is_time_for_us(scene, &marks[i])))
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

static void find_third_party(const struct scene *scene, struct verdict *verdict)
{
    unsigned count;
    const struct mark *relatives = scene_concept_marks(scene, CONCEPT_relative, &count);
    if (count == 0)
        return;
    if (scene_is_inside(scene, &relatives[0], LABEL_OF_FLAG + FLAG_borrowed_phone))
        return;
    bool is_subject = relatives[0].first <= SUBJECT_STEPS && !starts_with_self(scene, &relatives[0]) &&
                      is_written_about(scene, verdict, &relatives[0]);
    if (!is_subject && !verdict_names(verdict, CATEGORY_missing))
        return;
    verdict->flags |= FLAG_BIT(third_party);
    if (!has_group_phrase(scene))
        verdict->flags &= ~FLAG_BIT(group);
    verdict_add_evidence(verdict, LABEL_FLAG, FLAG_third_party, &relatives[0]);
}

void flags_find(const struct scene *scene, struct verdict *verdict)
{
    for (unsigned flag = 0; flag < FLAG_COUNT; flag++)
        set_flag(scene, verdict, (enum flag)flag);
    find_third_party(scene, verdict);
}
