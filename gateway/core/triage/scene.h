/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scene - the marks of one text, and the questions that rules ask of them: who is spoken of, what stands near what,
 * what is denied, how many days. Keeps: pure; no question knows a language beyond its habits of negation. Not here:
 * what the answers mean (rules), finding the marks (match).
 */
#ifndef GATEWAY_CORE_TRIAGE_SCENE_H
#define GATEWAY_CORE_TRIAGE_SCENE_H

#include "gateway/core/triage/match.h"

#define SCENE_NUMBERS_MAX 32u

/* What the rules look at. */
struct scene {
    const struct lexicon *lexicon;
    const struct normal *text;
    const struct matches *matches;
    bool has_joined_days; /* "3days" */
    unsigned number_count;
    uint16_t numbers[SCENE_NUMBERS_MAX]; /* window steps of numbers from 2 to 99 */
    unsigned one_count;
    uint16_t ones[SCENE_NUMBERS_MAX]; /* of the number 1: an hour ("1am"), but no span of days */
};

void scene_init(
    const struct lexicon *lexicon, const struct normal *text, const struct matches *matches, struct scene *ret_scene);
/* Marks of a label; *ret_count of them. */
const struct mark *scene_marks(const struct scene *scene, unsigned label, unsigned *ret_count);
/* The same for a concept. */
const struct mark *scene_concept_marks(const struct scene *scene, unsigned concept, unsigned *ret_count);
bool scene_has(const struct scene *scene, enum concept concept);
/* Somebody says I; "we" alone is also what a shop says. */
bool scene_has_self(const struct scene *scene);
/* Whether two concepts stand within so many window steps of each other. */
bool scene_near(const struct scene *scene, enum concept a, enum concept b, unsigned window);
/* The nearest mark of the concept within so many steps (0 = anywhere); a negator only of the same clause. NULL = none.
 */
const struct mark *scene_find_near(
    const struct scene *scene, const struct mark *mark, unsigned concept, unsigned window);
/* Whether a mark of the label holds all of this one. */
bool scene_is_inside(const struct scene *scene, const struct mark *mark, unsigned label);
/* Whether the mark lies in a mark of the label, or begins at most so many steps after one in the same clause. */
bool scene_follows(const struct scene *scene, const struct mark *mark, unsigned label, unsigned steps);
/* "3days" in one word. */
bool scene_is_days(const struct scene *scene, const struct normal_token *token);
/* A number from 2 to 99 at most so many steps away. */
bool scene_has_number(const struct scene *scene, const struct mark *mark, unsigned steps);
bool scene_has_clock(const struct scene *scene, const struct mark *mark, unsigned steps); /* the same, and 1 */
/* Whether a mark of the label holds some of these bytes of the original. */
bool scene_touches(const struct scene *scene, unsigned label, unsigned start, unsigned len);
/* "3 days", "tatlong araw", "3days", "since Monday": two days or more are spoken of. */
bool scene_spans_days(const struct scene *scene);
/* Sum of the weights of a label's marks, at most one per place. */
unsigned scene_weight(const struct scene *scene, unsigned label);
/* The negator of the mark in its window, by the habits of the mark's language; NULL = none. */
const struct mark *scene_negator(const struct scene *scene, const struct mark *mark);
bool scene_is_negated(const struct scene *scene, const struct mark *mark);

/* Whether a negator takes the mark back: before or after it, or in a gap of a phrase that is no denial itself ("i am
 * not safe" where the entry is "i am safe"). */
bool scene_is_denied(const struct scene *scene, const struct mark *mark);

#endif
