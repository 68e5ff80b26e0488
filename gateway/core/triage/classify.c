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
#include "gateway/core/triage/quotes.h"
#include "gateway/core/triage/reading.h"

#define MARGIN_SURE 3.0f /* nats: below, the second language is read as well */
#define WORDS_SURE 3u    /* fewer words are never sure */
#define MARGIN_THIRD 1.0f
#define VETO_WEIGHT 3u /* of adverts, chat or news */
#define JEST_PIECES 3u /* words of trouble that laughter may take back */
#define CHATTER_PIECES 3u
#define JEST_CHAT_PIECES 4u /* ... where films, games or homework are spoken of as well */
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

static unsigned weight_of(const struct reading *r, enum concept concept)
{
    return scene_weight(&r->scene, LABEL_OF_CONCEPT + concept);
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

/* Every category rests on one word: what a chat may say of anything ("starving", "my boss is killing time"). */
static bool is_thin(const struct reading *r)
{
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if ((r->named >> c & 1) && r->verdict.pieces[c] > 1)
            return false;
    return true;
}

/* News tell of others: two signs of it, or one where no employer is spoken of. */
static bool is_news(const struct reading *r)
{
    unsigned news = weight_of(r, CONCEPT_news);
    if (scene_has_self(&r->scene) || scene_has(&r->scene, CONCEPT_cry))
        return false;
    return news > VETO_WEIGHT || (news == VETO_WEIGHT && !scene_has(&r->scene, CONCEPT_boss));
}

/* Laughter in writing; the "555" of Thai chat is none inside a telephone number. */
static unsigned laughter_of(const struct reading *r)
{
    unsigned count, sum = 0;
    const struct mark *marks = scene_concept_marks(&r->scene, CONCEPT_laugh, &count);
    for (unsigned i = 0; i < count; i++)
        if (!facts_hold(&r->facts, FACT_phones, marks[i].start, marks[i].len))
            sum += marks[i].weight;
    return sum;
}

/* "haha you nearly killed me": laughter, one word or two of trouble, and nobody whom she serves. */
static bool is_jest(const struct reading *r)
{
    unsigned pieces = 0;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if (r->named >> c & 1)
            pieces += r->verdict.pieces[c];
    unsigned most = scene_has(&r->scene, CONCEPT_chat) ? JEST_CHAT_PIECES : JEST_PIECES;
    return laughter_of(r) > 0 && pieces <= most && !scene_has(&r->scene, CONCEPT_boss) &&
           !(r->named & (CATEGORY_BIT(suicide) | CATEGORY_BIT(sexual)));
}

/* Love, films and games told in few words of trouble, by nobody who serves, flees or calls: two signs of them ("without
 * you I cannot breathe, baby, listen to my playlist"), or one beside plain hunger ("so hungry, pizza?"). What she would
 * do to herself, what is done to her body and how she is made to work is never chatter. */
static bool is_chatter(const struct reading *r)
{
    static const uint8_t hers[] = { CONCEPT_agent, CONCEPT_cry, CONCEPT_hurry, CONCEPT_relative, CONCEPT_lock,
        CONCEPT_hide, CONCEPT_weapon, CONCEPT_police, CONCEPT_run };
    const category_set hunger = CATEGORY_BIT(deprivation);
    const category_set told = hunger | CATEGORY_BIT(danger) | CATEGORY_BIT(violence) | CATEGORY_BIT(medical);
    unsigned pieces = 0, chat = weight_of(r, CONCEPT_chat);
    if (!r->named || (r->named & ~told) || scene_spans_days(&r->scene) ||
        ((r->named & hunger) && scene_has(&r->scene, CONCEPT_neg)))
        return false;
    /* "she" and "they" are those whom she serves, unless nobody says I: then they are people of a film */
    bool is_told_of_others = chat >= 2 * VETO_WEIGHT && !scene_has_self(&r->scene);
    if (!is_told_of_others && (scene_has(&r->scene, CONCEPT_boss) || scene_has(&r->scene, CONCEPT_man)))
        return false;
    for (size_t i = 0; i < sizeof hers; i++)
        if (scene_has(&r->scene, (enum concept)hers[i]))
            return false;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if (r->named >> c & 1)
            pieces += r->verdict.pieces[c];
    return pieces <= CHATTER_PIECES && chat >= (r->named == hunger ? VETO_WEIGHT : 2 * VETO_WEIGHT);
}

/* "the minister said "they kill women" on television": news or films are spoken of, all that is told stands between
 * quotation marks, and nobody of hers stands outside them. A threat is quoted too, but with nothing of news beside it.
 */
static bool is_quotation(const struct reading *r)
{
    static const uint8_t hers[] = { CONCEPT_self, CONCEPT_boss, CONCEPT_agent, CONCEPT_cry, CONCEPT_relative,
        CONCEPT_hurry };
    struct quotes quotes;
    quotes_find(&r->text, &quotes);
    if (quotes.count == 0 || !r->named || weight_of(r, CONCEPT_news) + weight_of(r, CONCEPT_chat) < VETO_WEIGHT)
        return false;
    for (unsigned i = 0; i < r->verdict.evidence_count; i++) {
        const struct evidence *e = &r->verdict.evidence[i];
        if (e->kind == LABEL_CATEGORY && (r->named >> e->label & 1) && !quotes_hold(&quotes, e->start, e->len))
            return false;
    }
    for (size_t i = 0; i < sizeof hers; i++) {
        unsigned count;
        const struct mark *marks = scene_concept_marks(&r->scene, hers[i], &count);
        for (unsigned k = 0; k < count; k++)
            if (!quotes_hold(&quotes, marks[k].start, marks[k].len))
                return false;
    }
    return true;
}

/* To whom things happen: herself, her people, those she serves or who sold her. */
static bool speaks_of_somebody(const struct reading *r)
{
    if (scene_has(&r->scene, CONCEPT_agent) &&
        (scene_has(&r->scene, CONCEPT_sold) || scene_has(&r->scene, CONCEPT_move)))
        return true;
    return scene_has_self(&r->scene) || scene_has(&r->scene, CONCEPT_boss) || scene_has(&r->scene, CONCEPT_relative);
}

/* A strong category out of two words or more, and somebody to whom it happens. An advert names wages, papers and
 * agencies too, but of nobody: "agency", "money" and "sold" in a complaint do not make it an advert. */
static bool tells_trouble(const struct reading *r)
{
    if (!speaks_of_somebody(r))
        return false;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if ((r->strong & ~CATEGORY_BIT(info)) >> c & 1 && r->verdict.pieces[c] > 1)
            return true;
    /* "they said good salary and free visa, but I got half" */
    return r->named && scene_has_self(&r->scene) && scene_has(&r->scene, CONCEPT_but) &&
           scene_has(&r->scene, CONCEPT_boss);
}

/* She and those she serves or loves in one text: a single word of adverts ("the shop", "my account") proves nothing. */
static bool may_complain(const struct reading *r)
{
    return scene_has_self(&r->scene) && (scene_has(&r->scene, CONCEPT_boss) || scene_has(&r->scene, CONCEPT_agent) ||
                                            scene_has(&r->scene, CONCEPT_relative));
}

/* Adverts, chat and news: only positive evidence, and only news and jest against a strong sign of violence or worse. */
static bool is_not_help(const struct reading *r)
{
    bool is_cry = scene_has(&r->scene, CONCEPT_cry);
    unsigned spam = weight_of(r, CONCEPT_spam) + weight_of(r, CONCEPT_forward) +
                    scene_weight(&r->scene, LABEL_OF_INTENT + INTENT_not_help);
    unsigned laugh = laughter_of(r), chat = weight_of(r, CONCEPT_chat);
    chat = chat > laugh ? chat : laugh;
    if (is_news(r) || (!is_cry && is_jest(r)) || is_chatter(r) || is_quotation(r))
        return true;
    if (r->named == 0) {
        unsigned others = chat + weight_of(r, CONCEPT_news);
        unsigned enough = others == 0 && may_complain(r) ? 2 * VETO_WEIGHT : RULES_ENOUGH;
        return spam + others >= enough && (!is_cry || spam >= 2 * VETO_WEIGHT);
    }
    if ((r->strong & READING_GRAVE) || is_cry)
        return false;
    if (spam >= VETO_WEIGHT && !tells_trouble(r) && !(r->strong && scene_has(&r->scene, CONCEPT_boss)))
        return !may_complain(r) || spam >= 2 * VETO_WEIGHT;
    return chat >= VETO_WEIGHT && !scene_has(&r->scene, CONCEPT_boss) && (r->strong == 0 || is_thin(r));
}

static bool is_question(const struct reading *r)
{
    unsigned count;
    const struct mark *asks = scene_marks(&r->scene, LABEL_OF_CONCEPT + CONCEPT_ask, &count);
    return count > 0 && (r->text.has_question || asks[0].first <= 2);
}

/* "can my employer cut my salary?": asked from the first word, nothing denied, counted or done to her. */
static bool only_asks(const struct reading *r)
{
    unsigned count;
    const struct mark *asks = scene_marks(&r->scene, LABEL_OF_CONCEPT + CONCEPT_ask, &count);
    return count > 0 && asks[0].first <= 1 && r->text.has_question && !scene_has(&r->scene, CONCEPT_neg) &&
           !scene_has(&r->scene, CONCEPT_sold) && !scene_has(&r->scene, CONCEPT_many) && r->scene.number_count == 0;
}

/* A question that holds no strong fact is only a question; what it is about stays as a soft label. */
static void read_question(struct reading *r)
{
    if (!is_question(r) && r->verdict.weight[CATEGORY_info] < RULES_STRONG)
        return;
    category_set soft = CATEGORY_BIT(info) | CATEGORY_BIT(repatriation);
    if (only_asks(r))
        soft |= CATEGORY_BIT(wages) | CATEGORY_BIT(overwork) | CATEGORY_BIT(documents) | CATEGORY_BIT(trafficking);
    if ((r->strong & ~soft) == 0 && !scene_has(&r->scene, CONCEPT_cry)) {
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
    if (ret->intent == INTENT_help && !is_not_help(r))
        ret->intent = controls_read_short(lexicon, r, ret);
    if (ret->intent == INTENT_help && is_not_help(r))
        ret->intent = INTENT_not_help;
    ret->is_help = ret->intent == INTENT_help;
    ret->flags = r->verdict.flags;
    if (!ret->is_help) {
        add_intent_evidence(r, ret->intent);
        ret->categories = 0;
        ret->urgency = URGENCY_routine;
        return;
    }
    read_question(r);
    r->named &= ~CATEGORY_BIT(unclear);
    if (r->named != CATEGORY_BIT(info) && (r->named & ~CATEGORY_BIT(info)))
        r->named &= ~CATEGORY_BIT(info);
    if (r->named == 0)
        r->named = CATEGORY_BIT(unclear);
    ret->categories = r->named;
    ret->urgency = r->verdict.is_critical && r->named != CATEGORY_BIT(info) ? URGENCY_critical : worst_urgency(r);
}

void reading_take(const struct lexicon *lexicon, struct span text, const struct triage_history *history, int64_t now_ms,
    struct reading *ret, struct triage *ret_triage)
{
    memset(ret_triage, 0, sizeof *ret_triage);
    normalise_text(lexicon->table, text, &ret->text);
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
