/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * classify - see classify.h.
 * Why:   the order matters: what is wrong is read first, then whether the text is anything but a request; so a veto can
 * never hide a strong sign of need.
 */
#include "gateway/core/triage/classify.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/controls.h"
#include "gateway/core/triage/reading.h"
#include "gateway/core/triage/vetoes.h"

#define MARGIN_SURE 3.0f /* nats: below, the second language is read as well */
#define WORDS_SURE 3u    /* fewer words are never sure */
#define MARGIN_THIRD 1.0f
/* What the line obeys whatever a text says. */
#define CARE_FLAGS                                                                                                     \
    (FLAG_BIT(do_not_call) | FLAG_BIT(no_reply) | FLAG_BIT(safe_time) | FLAG_BIT(other_number) |                       \
        FLAG_BIT(borrowed_phone) | FLAG_BIT(no_authorities))
#define NOTHING_STEPS 2u
#define REPEAT_WINDOW_MS (72 * INT64_C(3600000))

static void copy_tag(char *ret, const char *word)
{
    str_copy(ret, LANGUAGE_MAX, word);
}

static uint64_t languages_of(const struct lexicon *lexicon, const struct language_guess *guess)
{
    uint64_t mask = lexicon->everywhere;
    if (!lexicon->model || guess->first < 0)
        return lexicon->model ? ~UINT64_C(0) : mask;
    mask |= lexicon->masks[guess->first];
    bool is_sure = guess->margin >= MARGIN_SURE && guess->words >= WORDS_SURE;
    if (!is_sure && guess->second >= 0)
        mask |= lexicon->masks[guess->second];
    if (!is_sure && guess->third >= 0 && (guess->margin < MARGIN_THIRD || guess->words < WORDS_SURE))
        mask |= lexicon->masks[guess->third];
    return mask;
}

/* "3 din" is Hindi, Nepali and Bengali: of so few words, all of them hers, the language that she wrote before is the
 * better guess. */
static void keep_her_language(const struct lexicon *lexicon, int hers, struct reading *r)
{
    struct language_guess *guess = &r->guess;
    if (hers < 0 || guess->first == hers || guess->words == 0 || guess->words >= WORDS_SURE)
        return;
    for (unsigned i = 0; i < r->text.token_count; i++)
        if (r->text.tokens[i].has_letter && !language_knows_word(lexicon->model, hers, &r->text, &r->text.tokens[i]))
            return;
    if (guess->second != hers)
        guess->third = guess->second;
    guess->second = guess->first;
    guess->first = hers;
}

static void read_language(
    const struct lexicon *lexicon, const struct triage_history *history, struct reading *r, struct triage *ret)
{
    r->guess = (struct language_guess){ -1, -1, -1, 0, 0 };
    copy_tag(ret->language, "und");
    ret->second_language[0] = 0;
    if (!lexicon->model)
        return;
    int favoured = history && !str_is_empty(history->language) ? language_tag(lexicon->model, history->language) : -1;
    language_guess(lexicon->model, &r->text, favoured, &r->guess);
    keep_her_language(lexicon, favoured, r);
    copy_tag(ret->language, language_word(lexicon->model, r->guess.first));
    if (r->guess.second >= 0 && r->guess.margin < MARGIN_SURE)
        copy_tag(ret->second_language, language_word(lexicon->model, r->guess.second));
}

static void name_categories(struct reading *r)
{
    r->named = r->strong = 0;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
        if (r->verdict.weight[c] >= RULES_ENOUGH)
            r->named |= 1u << c;
        if (r->verdict.weight[c] >= RULES_STRONG)
            r->strong |= 1u << c;
    }
}

static void add_intent_evidence(struct reading *r, enum intent intent)
{
    unsigned count;
    const struct mark *marks = scene_marks(&r->scene, LABEL_OF_INTENT + (unsigned)intent, &count);
    for (unsigned i = 0; i < count; i++)
        verdict_add_evidence(&r->verdict, LABEL_INTENT, (unsigned)intent, &marks[i]);
}

static bool is_question(const struct reading *r)
{
    unsigned count;
    const struct mark *asks = scene_marks(&r->scene, LABEL_OF_CONCEPT + CONCEPT_ask, &count);
    if (count == 0 || r->text.has_question)
        return count > 0;
    /* "nothing to eat" is "not what to eat" in many languages */
    return asks[0].first <= 2 && !scene_find_near(&r->scene, &asks[0], CONCEPT_neg, NOTHING_STEPS);
}

/* "can my employer cut my salary?": asked from the first word, nothing denied, counted or done to her. */
static bool only_asks(const struct reading *r)
{
    unsigned count;
    const struct mark *asks = scene_marks(&r->scene, LABEL_OF_CONCEPT + CONCEPT_ask, &count);
    return count > 0 && asks[0].first <= 1 && r->text.has_question && !scene_has(&r->scene, CONCEPT_neg) &&
           !scene_has(&r->scene, CONCEPT_sold) && !scene_has(&r->scene, CONCEPT_many) && r->scene.number_count == 0;
}

/* "what is the fastest way to die?" is no question for office hours. */
static bool asks_of_death(const struct reading *r)
{
    static const uint8_t deadly[] = { CONCEPT_kill, CONCEPT_pills, CONCEPT_noose, CONCEPT_weapon, CONCEPT_gone,
        CONCEPT_bleed };
    for (size_t i = 0; i < STR_COUNT(deadly); i++)
        if (scene_has(&r->scene, (enum concept)deadly[i]))
            return true;
    return false;
}

/* A question that holds no strong fact is only a question; what it is about stays as a soft label. */
static void read_question(struct reading *r)
{
    if (!is_question(r) && r->verdict.weight[CATEGORY_info] < RULES_STRONG)
        return;
    category_set soft = CATEGORY_BIT(info) | CATEGORY_BIT(repatriation);
    if (only_asks(r))
        soft |= CATEGORY_BIT(wages) | CATEGORY_BIT(overwork) | CATEGORY_BIT(documents) | CATEGORY_BIT(trafficking);
    if ((r->strong & ~soft) == 0 && !scene_has(&r->scene, CONCEPT_cry) && !asks_of_death(r)) {
        r->named = CATEGORY_BIT(info) | (r->strong & CATEGORY_BIT(repatriation));
        unsigned count;
        const struct mark *asks = scene_marks(&r->scene, LABEL_OF_CONCEPT + CONCEPT_ask, &count);
        if (count)
            verdict_add_evidence(&r->verdict, LABEL_CATEGORY, CATEGORY_info, &asks[0]);
    }
}

static enum urgency worst_urgency(const struct reading *r)
{
    enum urgency worst = URGENCY_routine;
    unsigned count = 0;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++) {
        if (!(r->named >> c & 1))
            continue;
        count++;
        if (category_usual_urgency((enum category)c) > worst)
            worst = category_usual_urgency((enum category)c);
    }
    if ((r->named & CATEGORY_BIT(trafficking)) && count > 1 && worst < URGENCY_urgent)
        worst = URGENCY_urgent;
    if (worst == URGENCY_soon && scene_has(&r->scene, CONCEPT_hurry))
        worst = URGENCY_urgent;
    return worst;
}

static void keep_evidence(const struct reading *r, struct triage *ret)
{
    ret->evidence_count = 0;
    for (unsigned i = 0; i < r->verdict.evidence_count; i++) {
        const struct evidence *e = &r->verdict.evidence[i];
        if ((e->kind == LABEL_CATEGORY && !(ret->categories >> e->label & 1)) ||
            (e->kind == LABEL_INTENT && e->label != ret->intent))
            continue;
        ret->evidence[ret->evidence_count++] = *e;
    }
}

static void keep_facts(const struct reading *r, struct triage *ret)
{
    str_copy(ret->country, sizeof ret->country, r->facts.country);
    for (unsigned i = 0; i < r->facts.count && ret->evidence_count < EVIDENCE_MAX; i++)
        ret->evidence[ret->evidence_count++] = r->facts.items[i];
}

static void decide(
    const struct lexicon *lexicon, const struct triage_history *history, struct reading *r, struct triage *ret)
{
    name_categories(r);
    ret->intent = controls_read(r);
    if (history && history->asked_yes_no && ret->intent != INTENT_stop && ret->intent != INTENT_start) {
        enum intent answer = controls_read_asked(lexicon, history, r, ret);
        if (answer != INTENT_help)
            ret->intent = answer;
    }
    if (ret->intent == INTENT_help && !vetoes_apply(r))
        ret->intent = controls_read_short(lexicon, r, ret);
    if (ret->intent == INTENT_help && vetoes_apply(r))
        ret->intent = INTENT_not_help;
    ret->is_help = ret->intent == INTENT_help;
    ret->flags = r->verdict.flags;
    if (!ret->is_help) {
        add_intent_evidence(r, ret->intent);
        ret->categories = 0;
        ret->urgency = URGENCY_routine;
        if (ret->intent == INTENT_not_help)
            ret->flags &= CARE_FLAGS; /* of whom an advert speaks is nobody's matter */
        return;
    }
    read_question(r);
    r->named &= ~CATEGORY_BIT(unclear);
    if (r->named != CATEGORY_BIT(info) && (r->named & ~CATEGORY_BIT(info)))
        r->named &= ~CATEGORY_BIT(info);
    if (r->named == 0)
        r->named = CATEGORY_BIT(unclear);
    ret->categories = r->named;
    bool is_critical = r->verdict.is_critical && r->named != CATEGORY_BIT(info);
    ret->urgency = is_critical ? URGENCY_critical : worst_urgency(r);
    if (ret->urgency == URGENCY_critical && vetoes_doubt(r))
        ret->urgency = URGENCY_urgent;
}

/* Faces with tears of joy, rolling on the floor, laughing with closed eyes. */
static bool has_laughing_face(struct span text)
{
    static const char *const faces[] = { "\xF0\x9F\x98\x82", "\xF0\x9F\xA4\xA3", "\xF0\x9F\x98\x86" };
    for (size_t i = 0; i < STR_COUNT(faces); i++)
        if (text.len && memmem(text.data, text.len, faces[i], strlen(faces[i])))
            return true;
    return false;
}

void reading_take(const struct lexicon *lexicon, struct span text, const struct triage_history *history, int64_t now_ms,
    struct reading *ret, struct triage *ret_triage)
{
    memset(ret_triage, 0, sizeof *ret_triage);
    normalise_text(lexicon->table, text, &ret->text);
    ret->has_laughing_face = has_laughing_face(text);
    read_language(lexicon, history, ret, ret_triage);
    match_text(lexicon, &ret->text, languages_of(lexicon, &ret->guess), &ret->guess, &ret->matches);
    scene_init(lexicon, &ret->text, &ret->matches, &ret->scene);
    facts_find(lexicon, &ret->text, &ret->scene, &ret->facts);
    rules_apply(&ret->scene, &ret->verdict);
    decide(lexicon, history, ret, ret_triage);
    if (history && history->has_open_case && now_ms - history->last_at >= 0)
        ret_triage->flags |= FLAG_BIT(repeat);
    keep_evidence(ret, ret_triage);
    keep_facts(ret, ret_triage);
}

int triage_classify(const struct lexicon *lexicon, struct span text, const struct triage_history *history,
    int64_t now_ms, struct triage *ret)
{
    struct reading r;
    reading_take(lexicon, text, history, now_ms, &r, ret);
    return r.text.is_cut ? ERR_LIMIT : 0;
}
