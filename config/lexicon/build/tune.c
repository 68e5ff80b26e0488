/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tune - see tune.h. */
#include "config/lexicon/build/tune.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buf.h"

#define EPOCHS 6u
#define TEMPERATURE 6.0 /* nats of naive Bayes are too sure of themselves */
#define RATE 4.0
#define STRANGER_PERMILLE 800u       /* lessons judged without their collection, where the tag has others */
#define STRANGER_FEATURES_MIN 150000 /* so much is left of the tag without that collection */
#define DRAWS 2000u                  /* lessons of a tag in an epoch; of rare writers */
#define DRAWS_RARE 700u
#define RARE_PRIOR (-2.5)
#define SURE 1e-3
#define SEED 88172645463325252u

struct tuner {
    struct tune_weights *w;
    const struct tune_lessons *lessons;
    uint64_t random;
    float *moves, *late;                /* by posting: how far it moved; the same weighted by when */
    uint32_t *own;                      /* by feature: how often the lesson's own line counted it */
    float *strange[CORPUS_SOURCES_MAX]; /* by posting: weights without the source */
    double strange_unseen[CORPUS_SOURCES_MAX][CORPUS_TAGS];
    bool has_others[CORPUS_SOURCES_MAX][CORPUS_TAGS]; /* the tag is known without the source */
    bool has_only[CORPUS_SOURCES_MAX][CORPUS_TAGS];   /* the tag comes from it and is hardly known without */
    uint32_t drawn[CORPUS_TAGS];                      /* lessons there are */
    double now;                                       /* grows with each step */
};

/* One step: a part of a lesson, how it was judged. */
struct step {
    const struct tune_lesson *lesson;
    uint32_t token, token_end;
    bool is_strange;
    unsigned hits;
    double gain[CORPUS_TAGS];
    double share[CORPUS_TAGS]; /* probabilities, then how far each tag's weights go */
};

static uint32_t draw(struct tuner *t)
{
    t->random ^= t->random << 13;
    t->random ^= t->random >> 7;
    t->random ^= t->random << 17;
    return (uint32_t)(t->random >> 16);
}

static float weight_of(const struct tuner *t, double count)
{
    return count > 0 ? (float)log(1 + count / t->w->smoothing) : 0;
}

static uint32_t first_of(const struct tune_weights *w, uint32_t feature)
{
    return feature == TUNE_UNKNOWN ? 0 : w->first[feature];
}

static uint32_t end_of(const struct tune_weights *w, uint32_t feature)
{
    return feature == TUNE_UNKNOWN ? 0 : w->first[feature + 1];
}

/* What the weights would be without one collection. */
static int forget_source(struct tuner *t, int source)
{
    const struct tune_weights *w = t->w;
    float *counts = calloc(w->first[w->feature_count] + 1u, sizeof *counts);
    double left[CORPUS_TAGS] = { 0 }, forgotten[CORPUS_TAGS] = { 0 };
    if (!counts)
        return ERR_NOMEM;
    t->strange[source] = counts;
    for (uint32_t i = 0; i < t->lessons->lesson_count; i++) {
        const struct tune_lesson *lesson = &t->lessons->lessons[i];
        uint32_t f = t->lessons->tokens[lesson->token].feature;
        uint32_t end = t->lessons->tokens[lesson->token + lesson->token_count].feature;
        if (lesson->source >= 0 && lesson->source != source)
            left[lesson->tag] += end - f;
        for (; lesson->source == source && f < end; f++) {
            uint32_t feature = t->lessons->features[f];
            forgotten[lesson->tag] += lesson->times;
            for (uint32_t p = first_of(w, feature); p < end_of(w, feature); p++)
                counts[p] += w->tags[p] == lesson->tag ? lesson->times : 0;
        }
    }
    for (uint32_t p = 0; p < w->first[w->feature_count]; p++)
        counts[p] = weight_of(t, w->counts[p] - counts[p]);
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++) {
        double all = w->smoothing / exp(w->unseen[tag]); /* what the tag's features count, smoothed */
        t->has_others[source][tag] = left[tag] > STRANGER_FEATURES_MIN;
        t->has_only[source][tag] = !t->has_others[source][tag] && forgotten[tag] > 0;
        if (t->has_others[source][tag])
            t->strange_unseen[source][tag] = log(w->smoothing / (all - forgotten[tag]));
    }
    return 0;
}

/* Consecutive words of a lesson, as long as texts are: 6 to 160 characters. */
static void pick_words(struct tuner *t, const struct tune_lesson *lesson, struct step *step)
{
    static const struct {
        uint32_t permille, chars, spread;
    } lengths[] = { { 165, 6, 15 }, { 380, 21, 20 }, { 395, 41, 40 }, { 60, 81, 80 } };
    const struct tune_token *tokens = t->lessons->tokens;
    uint32_t kind = draw(t) % 1000, i = 0, length = 0;
    for (; i + 1 < sizeof lengths / sizeof lengths[0] && kind >= lengths[i].permille; i++)
        kind -= lengths[i].permille;
    uint32_t wanted = lengths[i].chars + draw(t) % lengths[i].spread;
    step->lesson = lesson;
    step->token = step->token_end = lesson->token + draw(t) % lesson->token_count;
    while (step->token_end < lesson->token + lesson->token_count && length < wanted)
        length += tokens[step->token_end++].chars + 1;
    while (step->token > lesson->token && length < wanted)
        length += tokens[--step->token].chars + 1;
    step->is_strange =
        lesson->source >= 0 && t->has_others[lesson->source][lesson->tag] && draw(t) % 1000 < STRANGER_PERMILLE;
}

static void count_own(struct tuner *t, const struct tune_lesson *lesson, uint32_t times)
{
    const struct tune_token *tokens = t->lessons->tokens + lesson->token;
    for (uint32_t i = tokens[0].feature; i < tokens[lesson->token_count].feature; i++) {
        uint32_t feature = t->lessons->features[i];
        if (feature != TUNE_UNKNOWN)
            t->own[feature] = times ? t->own[feature] + times : 0;
    }
}

/* The weight of a posting for one who has not seen this text. */
static float unread_weight(const struct tuner *t, const struct step *step, uint32_t feature, uint32_t posting)
{
    unsigned tag = t->w->tags[posting];
    if (step->is_strange && t->has_others[step->lesson->source][tag])
        return t->strange[step->lesson->source][posting];
    if (!step->is_strange && tag == step->lesson->tag)
        return weight_of(t, (double)t->w->counts[posting] - t->own[feature]);
    return t->w->weights[posting];
}

static void add_gains(const struct tuner *t, struct step *step)
{
    uint32_t end = t->lessons->tokens[step->token_end].feature;
    memset(step->gain, 0, sizeof step->gain);
    step->hits = 0;
    for (uint32_t i = t->lessons->tokens[step->token].feature; i < end; i++) {
        uint32_t feature = t->lessons->features[i];
        step->hits += feature != TUNE_UNKNOWN;
        for (uint32_t p = first_of(t->w, feature); p < end_of(t->w, feature); p++)
            step->gain[t->w->tags[p]] += unread_weight(t, step, feature, p) + t->moves[p];
    }
}

/* A tag that knows nothing but the source that others are judged without would always win. */
static bool is_asked(const struct tuner *t, const struct step *step, unsigned tag)
{
    return t->w->scripts[tag] == t->w->scripts[step->lesson->tag] &&
           !(step->is_strange && t->has_only[step->lesson->source][tag]);
}

/* Probabilities of the tags that compete. */
static void share_out(const struct tuner *t, struct step *step)
{
    double best = -1e30, sum = 0;
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++) {
        bool is_strange = step->is_strange && t->has_others[step->lesson->source][tag];
        double unseen = is_strange ? t->strange_unseen[step->lesson->source][tag] : t->w->unseen[tag];
        step->gain[tag] += step->hits * unseen + corpus_tags[tag].prior;
        if (is_asked(t, step, tag) && step->gain[tag] > best)
            best = step->gain[tag];
    }
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++) {
        step->share[tag] = is_asked(t, step, tag) ? exp((step->gain[tag] - best) / TEMPERATURE) : 0;
        sum += step->share[tag];
    }
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++)
        step->share[tag] /= sum;
}

static void move_weights(struct tuner *t, struct step *step)
{
    double rate = RATE / sqrt((step->hits + 5.0) * 50);
    for (unsigned tag = 0; tag < CORPUS_TAGS; tag++)
        step->share[tag] = rate * ((tag == step->lesson->tag) - step->share[tag]);
    for (uint32_t token = step->token; token < step->token_end; token++) {
        const struct tune_token *at = &t->lessons->tokens[token];
        for (uint32_t i = at[0].feature + 1; i < at[1].feature; i++) {
            uint32_t feature = t->lessons->features[i];
            for (uint32_t p = first_of(t->w, feature); p < end_of(t->w, feature); p++) {
                double move = step->share[t->w->tags[p]];
                t->moves[p] += (float)move;
                t->late[p] += (float)(move * t->now);
            }
        }
    }
}

static void take_lesson(struct tuner *t, const struct tune_lesson *lesson)
{
    double draws = corpus_tags[lesson->tag].prior <= RARE_PRIOR ? DRAWS_RARE : DRAWS;
    if (lesson->token_count == 0 || (lesson->source >= 0 && draw(t) % 10000 > 10000 * draws / t->drawn[lesson->tag]))
        return;
    struct step step;
    pick_words(t, lesson, &step);
    count_own(t, lesson, lesson->times);
    add_gains(t, &step);
    count_own(t, lesson, 0);
    share_out(t, &step);
    if (1 - step.share[lesson->tag] > SURE)
        move_weights(t, &step);
    t->now += 1e-6;
}

static int take_lessons(struct tuner *t)
{
    uint32_t count = t->lessons->lesson_count;
    AUTO_FREE uint32_t *order = calloc(count + 1u, sizeof *order);
    if (!order)
        return ERR_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        order[i] = i;
        t->drawn[t->lessons->lessons[i].tag]++;
    }
    for (unsigned epoch = 0; epoch < EPOCHS; epoch++) {
        for (uint32_t i = count; i-- > 1;) {
            uint32_t other = draw(t) % (i + 1), kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        for (uint32_t i = 0; i < count; i++)
            take_lesson(t, &t->lessons->lessons[order[i]]);
    }
    /* the mean over all steps: a move made late was there for fewer of them */
    for (uint32_t p = 0; t->now > 0 && p < t->w->first[t->w->feature_count]; p++)
        t->w->weights[p] += t->moves[p] - (float)(t->late[p] / t->now);
    return 0;
}

int tune_weights(struct tune_weights *weights, const struct tune_lessons *lessons)
{
    struct tuner *t = calloc(1, sizeof *t);
    if (!t)
        return ERR_NOMEM;
    uint32_t postings = weights->first[weights->feature_count];
    t->w = weights;
    t->lessons = lessons;
    t->random = SEED;
    t->moves = calloc(postings + 1u, sizeof *t->moves);
    t->late = calloc(postings + 1u, sizeof *t->late);
    t->own = calloc(weights->feature_count + 1u, sizeof *t->own);
    int rc = t->moves && t->late && t->own ? 0 : ERR_NOMEM;
    for (int source = 0; !rc && source < (int)CORPUS_SOURCES_MAX; source++)
        rc = forget_source(t, source);
    if (!rc)
        rc = take_lessons(t);
    for (unsigned source = 0; source < CORPUS_SOURCES_MAX; source++)
        free(t->strange[source]);
    free(t->moves);
    free(t->late);
    free(t->own);
    free(t);
    return rc;
}
