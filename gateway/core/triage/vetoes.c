/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vetoes - see vetoes.h.
 * Why:   chat, films and adverts use the words of trouble; what tells them apart is who is spoken of, and how.
 */
#include "gateway/core/triage/vetoes.h"

#include "gateway/base/str.h"
#include "gateway/core/triage/quotes.h"

#define VETO_WEIGHT 3u      /* of adverts, chat or news */
#define LAUGHTER 2u         /* "hehe", which many write out of shame, is less */
#define JEST_PIECES 3u      /* words of trouble that laughter may take back */
#define JEST_CHAT_PIECES 4u /* ... where films, games or homework are spoken of as well */
#define HEADLINE_WORDS 3u
#define CHATTER_PIECES 3u
#define TALE_WEIGHT 2u       /* what a question adds to the signs of a tale */
#define NEIGHBOUR_LETTERS 8u /* about a word between "me" and what is done */

static unsigned weight_of(const struct reading *r, enum concept concept)
{
    return scene_weight(&r->scene, LABEL_OF_CONCEPT + concept);
}

/* Every category rests on one word: what a chat may say of anything ("starving", "my boss is killing time"). */
static bool is_thin(const struct reading *r)
{
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if ((r->named >> c & 1) && r->verdict.pieces[c] > 1)
            return false;
    return true;
}

/* "News: police ...": how a headline begins. */
static bool is_headline(const struct reading *r)
{
    unsigned count;
    const struct mark *marks = scene_concept_marks(&r->scene, CONCEPT_news, &count);
    for (unsigned i = 0; i < r->text.token_count && i < HEADLINE_WORDS; i++) {
        unsigned end = r->text.tokens[i].plain_at + r->text.tokens[i].plain_len;
        bool is_colon = end < r->text.plain_len && (r->text.plain[end] == ':' || r->text.plain[end] == 0x17D6);
        for (unsigned k = 0; k < count && is_colon; k++)
            if (marks[k].first <= i)
                return true;
    }
    return false;
}

/* News tell of others: two signs of it, or one where no employer is spoken of. */
static bool is_news(const struct reading *r)
{
    unsigned news = weight_of(r, CONCEPT_news);
    if (scene_has_self(&r->scene) || scene_has(&r->scene, CONCEPT_cry))
        return false;
    bool is_of_hers = scene_has(&r->scene, CONCEPT_boss) || scene_has(&r->scene, CONCEPT_relative);
    return is_headline(r) || news > VETO_WEIGHT || (news == VETO_WEIGHT && !is_of_hers);
}

/* Laughter in writing and in faces; the "555" of Thai chat is none inside a telephone number. */
static unsigned laughter_of(const struct reading *r)
{
    unsigned count, sum = r->has_laughing_face ? LAUGHTER : 0;
    const struct mark *marks = scene_concept_marks(&r->scene, CONCEPT_laugh, &count);
    for (unsigned i = 0; i < count; i++)
        if (!facts_hold(&r->facts, FACT_phones, marks[i].start, marks[i].len))
            sum += marks[i].weight;
    return sum;
}

/* Words that no chat has beside its idioms, its films and games: she is held, flees, calls, or has people of hers. */
static bool is_in_need(const struct reading *r)
{
    static const uint8_t hers[] = { CONCEPT_agent, CONCEPT_cry, CONCEPT_hurry };
    for (size_t i = 0; i < STR_COUNT(hers); i++)
        if (scene_has(&r->scene, (enum concept)hers[i]))
            return true;
    return scene_spans_days(&r->scene);
}

static bool is_within(const struct reading *r, const struct mark *mark, enum concept concept)
{
    return scene_touches(&r->scene, LABEL_OF_CONCEPT + (unsigned)concept, mark->start, mark->len);
}

/* Those whom she serves: an employer or a man of the house, not "he" or "they", and not the "boss" of a game. */
static bool has_master(const struct reading *r)
{
    static const uint8_t masters[] = { CONCEPT_boss, CONCEPT_man };
    for (size_t i = 0; i < STR_COUNT(masters); i++) {
        unsigned count;
        const struct mark *marks = scene_concept_marks(&r->scene, masters[i], &count);
        for (unsigned k = 0; k < count; k++)
            if (!is_within(r, &marks[k], CONCEPT_they) && !is_within(r, &marks[k], CONCEPT_tale))
                return true;
    }
    return false;
}

/* "me" stands beside a word of trouble. */
static bool is_done_to_her(const struct reading *r)
{
    unsigned count;
    const struct mark *selves = scene_concept_marks(&r->scene, CONCEPT_self, &count);
    unsigned bytes = r->text.plain_start[r->text.plain_len];
    unsigned near = r->text.plain_len ? NEIGHBOUR_LETTERS * ((bytes + r->text.plain_len / 2) / r->text.plain_len) : 0;
    for (unsigned i = 0; i < r->verdict.evidence_count; i++) {
        const struct evidence *e = &r->verdict.evidence[i];
        for (unsigned k = 0; k < count && e->kind == LABEL_CATEGORY && (r->named >> e->label & 1); k++)
            if (selves[k].start + selves[k].len + near >= e->start && selves[k].start <= e->start + e->len + near)
                return true;
    }
    return false;
}

/* "haha you nearly killed me": laughter, one word or two of trouble, and nobody whom she serves. */
static bool is_jest(const struct reading *r)
{
    unsigned pieces = 0;
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if (r->named >> c & 1)
            pieces += r->verdict.pieces[c];
    unsigned most = scene_has(&r->scene, CONCEPT_chat) ? JEST_CHAT_PIECES : JEST_PIECES;
    /* "my sister says she will kill me lol" is no "he kills me" */
    bool is_of_hers = scene_has(&r->scene, CONCEPT_relative) && r->named == CATEGORY_BIT(danger);
    bool is_of_others = !has_master(r) && (is_of_hers || !(scene_has(&r->scene, CONCEPT_they) && is_done_to_her(r)));
    return laughter_of(r) >= LAUGHTER && pieces <= most && is_of_others &&
           !(r->named & (CATEGORY_BIT(suicide) | CATEGORY_BIT(sexual)));
}

static unsigned strongest_of(const struct reading *r, enum concept concept)
{
    unsigned count, strongest = 0;
    const struct mark *marks = scene_concept_marks(&r->scene, concept, &count);
    for (unsigned i = 0; i < count; i++)
        strongest = marks[i].weight > strongest ? marks[i].weight : strongest;
    return strongest;
}

/* "did you watch the series?" counts for more: nobody asks us that. */
static unsigned signs_of_tale(const struct reading *r)
{
    bool is_asked = r->text.has_question && strongest_of(r, CONCEPT_tale) >= VETO_WEIGHT;
    return weight_of(r, CONCEPT_tale) + (is_asked ? TALE_WEIGHT : 0);
}

/* What a film, a game or a song tells: it happens to none of hers, or it is a game that kills whoever plays. */
static bool is_tale(const struct reading *r)
{
    const category_set told = CATEGORY_BIT(danger) | CATEGORY_BIT(violence) | CATEGORY_BIT(suicide) |
                              CATEGORY_BIT(confinement) | CATEGORY_BIT(escaped) | CATEGORY_BIT(medical) |
                              CATEGORY_BIT(legal);
    unsigned signs = signs_of_tale(r);
    if (!r->named || (r->named & ~told) || signs < VETO_WEIGHT || is_in_need(r))
        return false;
    bool is_served = has_master(r) || scene_has(&r->scene, CONCEPT_relative);
    if (is_done_to_her(r))
        return r->named == CATEGORY_BIT(danger) && !is_served && !scene_has(&r->scene, CONCEPT_weapon);
    return !is_served || signs > VETO_WEIGHT;
}

/* "without you I cannot live, darling": words of love, and no means to die. */
static bool is_courtship(const struct reading *r)
{
    static const uint8_t means[] = { CONCEPT_pills, CONCEPT_swallow, CONCEPT_height, CONCEPT_leap, CONCEPT_gone,
        CONCEPT_weapon, CONCEPT_hit, CONCEPT_they };
    const category_set told = CATEGORY_BIT(suicide) | CATEGORY_BIT(danger) | CATEGORY_BIT(medical);
    if (!r->named || (r->named & ~told) || strongest_of(r, CONCEPT_love) < VETO_WEIGHT || is_in_need(r) ||
        has_master(r))
        return false;
    for (size_t i = 0; i < STR_COUNT(means); i++)
        if (scene_has(&r->scene, (enum concept)means[i]))
            return false;
    return true;
}

bool vetoes_doubt(const struct reading *r)
{
    unsigned chat = strongest_of(r, CONCEPT_chat), laugh = laughter_of(r), tale = signs_of_tale(r);
    bool is_told = tale >= VETO_WEIGHT || strongest_of(r, CONCEPT_love) >= VETO_WEIGHT;
    if (has_master(r) || is_in_need(r) || is_done_to_her(r))
        return false;
    return r->named & CATEGORY_BIT(suicide) ? is_told : is_told || chat >= VETO_WEIGHT || laugh >= LAUGHTER;
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
    bool is_anybody = scene_has(&r->scene, CONCEPT_boss) || scene_has(&r->scene, CONCEPT_man);
    if (has_master(r) || (is_anybody && !is_told_of_others))
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

/* Only news and jest stand against a strong sign of violence or worse. */
bool vetoes_apply(const struct reading *r)
{
    bool is_cry = scene_has(&r->scene, CONCEPT_cry);
    unsigned spam = weight_of(r, CONCEPT_spam) + weight_of(r, CONCEPT_forward) +
                    scene_weight(&r->scene, LABEL_OF_INTENT + INTENT_not_help);
    unsigned laugh = laughter_of(r), chat = weight_of(r, CONCEPT_chat);
    chat = chat > laugh ? chat : laugh;
    if (is_news(r) || (!is_cry && is_jest(r)) || is_chatter(r) || is_tale(r) || is_courtship(r) || is_quotation(r))
        return true;
    if (r->named == 0) {
        unsigned others = chat + weight_of(r, CONCEPT_news);
        bool is_doubtful = others == 0 ? may_complain(r) : has_master(r) && laugh == 0;
        unsigned enough = is_doubtful ? 2 * VETO_WEIGHT : RULES_ENOUGH;
        return spam + others >= enough && (!is_cry || spam >= 2 * VETO_WEIGHT);
    }
    if ((r->strong & READING_GRAVE) || is_cry)
        return false;
    if (spam >= VETO_WEIGHT && !tells_trouble(r) && !(r->strong && scene_has(&r->scene, CONCEPT_boss)))
        return !may_complain(r) || spam >= 2 * VETO_WEIGHT;
    if (chat >= 2 * VETO_WEIGHT && !has_master(r) && !scene_has(&r->scene, CONCEPT_they) && !is_in_need(r))
        return true;
    return chat >= VETO_WEIGHT && !scene_has(&r->scene, CONCEPT_boss) && (r->strong == 0 || is_thin(r));
}
