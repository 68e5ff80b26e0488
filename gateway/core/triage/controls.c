/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * controls - see controls.h.
 * Why:   one such word is the whole message or nothing: "stop" alone stops us, "stop him" is a cry.
 */
#include "gateway/core/triage/controls.h"

#include <limits.h>
#include <string.h>

#include "gateway/base/str.h"

#define CONTROL_PERCENT 60u     /* share of a whole message that a control word must cover */
#define CONTROL_LETTERS_MAX 30u /* of a whole message besides greetings */
#define WIDE_WORDS_MAX 4u       /* so short a text gives its language away too seldom to trust it */
#define CONTROL_PHRASES 4u      /* stop, start, safe, thanks: also inside a longer text */
#define ASKED_WORDS_MAX 8u      /* an answer to our question is short */
#define ENDING_LETTERS_MAX 4u
#define ANSWER_STEPS 2u /* words before it */
#define WORDS_ANYBODYS 2u
#define THANKED_STEPS 4u /* from "thank you" to the help that it is for */

/* Letters of the text that marks of a label cover, and letters at all; greetings and politeness do not count. */
struct cover {
    unsigned all, covered;
};

/* An entry with an open end ("berhent*") stands for its whole word, as long as what follows is an ending. */
static unsigned end_of_word(const struct reading *r, const struct mark *mark)
{
    const struct lexicon *lexicon = r->scene.lexicon;
    const struct lexicon_entry *entry = &lexicon->entries[mark->entry];
    unsigned end = (unsigned)mark->start + mark->len;
    if (lexicon->pieces[entry->first_piece + entry->piece_count - 1].needs_right)
        return end;
    for (unsigned i = 0; i < r->text.token_count; i++) {
        const struct normal_token *token = &r->text.tokens[i];
        unsigned plain = token->plain_at + token->plain_len, last = plain;
        if (r->text.plain_start[token->plain_at] >= end || r->text.plain_start[plain] <= end ||
            script_is_unspaced((enum script)token->script))
            continue;
        while (r->text.plain_start[last] > end)
            last--;
        return plain - last <= ENDING_LETTERS_MAX ? r->text.plain_start[plain] : end;
    }
    return end;
}

static void cover_label(const struct reading *r, unsigned label, uint8_t *bytes, uint8_t value)
{
    unsigned count;
    const struct mark *marks = scene_marks(&r->scene, label, &count);
    for (unsigned i = 0; i < count; i++)
        for (unsigned b = marks[i].start, end = end_of_word(r, &marks[i]); b < end && b < NORMAL_BYTES_MAX; b++)
            bytes[b] = value;
}

static struct cover cover_text(const struct reading *r, enum intent intent, bool with_self)
{
    uint8_t bytes[NORMAL_BYTES_MAX];
    struct cover cover = { 0, 0 };
    unsigned end = r->text.plain_start[r->text.plain_len];
    memset(bytes, 0, end);
    cover_label(r, LABEL_OF_CONCEPT + CONCEPT_greeting, bytes, 2);
    cover_label(r, LABEL_OF_CONCEPT + CONCEPT_polite, bytes, 2);
    if (with_self)
        cover_label(r, LABEL_OF_CONCEPT + CONCEPT_self, bytes, 2);
    cover_label(r, LABEL_OF_INTENT + (unsigned)intent, bytes, 1);
    for (unsigned i = 1; i + 1 < r->text.folded_len; i++) {
        if (r->text.folded[i] == NORMAL_SPACE)
            continue;
        uint8_t value = bytes[r->text.plain_start[r->text.folded_from[i]]];
        cover.all += value != 2;
        cover.covered += value == 1;
    }
    return cover;
}

static bool has_intent(const struct reading *r, enum intent intent)
{
    return scene_weight(&r->scene, LABEL_OF_INTENT + (unsigned)intent) > 0;
}

/* A clear phrase of several words ("stop messaging me") inside a longer text. */
static bool has_phrase(const struct reading *r, enum intent intent)
{
    unsigned count;
    const struct mark *marks = scene_marks(&r->scene, LABEL_OF_INTENT + (unsigned)intent, &count);
    for (unsigned i = 0; i < count; i++)
        if (marks[i].weight >= 3 && (marks[i].pieces >= 2 || marks[i].last > marks[i].first) && !marks[i].is_tolerant &&
            !(intent == INTENT_safe && scene_is_denied(&r->scene, &marks[i])))
            return true;
    return false;
}

/* How much of the whole message a control word covers, in percent; 0 when the message is more than that word. */
static unsigned whole_percent(const struct reading *r, enum intent intent)
{
    if (!has_intent(r, intent) || (intent == INTENT_safe && !has_phrase(r, intent)))
        return 0;
    struct cover cover = cover_text(r, intent, intent != INTENT_stop);
    if (cover.covered == 0 || cover.all > CONTROL_LETTERS_MAX)
        return 0;
    unsigned percent = cover.covered * 100 / cover.all;
    return percent >= (intent == INTENT_stop ? 100u : CONTROL_PERCENT) ? percent : 0;
}

/* Whether a strong category rests on words outside the phrases of this intent ("no one hits me now" is inside "safe").
 */
static category_set outside(const struct reading *r, enum intent intent, category_set categories)
{
    unsigned count;
    const struct mark *marks = scene_marks(&r->scene, LABEL_OF_INTENT + (unsigned)intent, &count);
    category_set left = 0;
    for (unsigned i = 0; i < r->verdict.evidence_count; i++) {
        const struct evidence *e = &r->verdict.evidence[i];
        if (e->kind != LABEL_CATEGORY || !(categories >> e->label & 1))
            continue;
        bool is_inside = false;
        for (unsigned k = 0; k < count; k++)
            is_inside |= e->start >= marks[k].start && e->start + e->len <= marks[k].start + marks[k].len;
        if (!is_inside)
            left |= 1u << e->label;
    }
    return left;
}

/* Words that go with a control phrase without making it a request: "I am safe, I am back home". */
static category_set blocking(const struct reading *r, enum intent intent, category_set categories)
{
    return outside(r, intent, categories & ~(intent == INTENT_safe ? CATEGORY_BIT(repatriation) : 0u));
}

/* "thank you so much for the help": it follows its thanks, and it is no call of several words ("help me"). */
static bool is_thanked(const struct reading *r, const struct mark *cry)
{
    unsigned count;
    const struct mark *thanks = scene_marks(&r->scene, LABEL_OF_INTENT + INTENT_thanks, &count);
    for (unsigned i = 0; i < count; i++)
        if (cry->pieces == 1 && thanks[i].clause == cry->clause && thanks[i].last < cry->first &&
            (unsigned)(cry->first - thanks[i].last) <= THANKED_STEPS)
            return true;
    return false;
}

/* Help is asked for, not thanked for or done with: "please help me, thank you" is a request. */
static bool has_open_cry(const struct reading *r)
{
    unsigned count;
    const struct mark *cries = scene_concept_marks(&r->scene, CONCEPT_cry, &count);
    for (unsigned i = 0; i < count; i++)
        if (!scene_is_inside(&r->scene, &cries[i], LABEL_OF_INTENT + INTENT_thanks) &&
            !scene_is_inside(&r->scene, &cries[i], LABEL_OF_INTENT + INTENT_safe) &&
            !scene_is_negated(&r->scene, &cries[i]) && !is_thanked(r, &cries[i]))
            return true;
    return false;
}

enum intent controls_read(const struct reading *r)
{
    static const enum intent controls[] = { INTENT_stop, INTENT_start, INTENT_safe, INTENT_thanks, INTENT_yes,
        INTENT_no };
    bool is_cry = scene_has(&r->scene, CONCEPT_cry), is_open = has_open_cry(r);
    enum intent best = INTENT_help;
    unsigned best_percent = 0;
    for (unsigned i = 0; i < STR_COUNT(controls) && !is_cry; i++) {
        unsigned percent = blocking(r, controls[i], r->named) ? 0 : whole_percent(r, controls[i]);
        if (percent > best_percent) {
            best = controls[i];
            best_percent = percent;
        }
    }
    /* "do not write, he reads my phone" asks for care, not for silence */
    bool is_careful = (r->verdict.flags & (FLAG_BIT(no_reply) | FLAG_BIT(do_not_call))) != 0;
    for (unsigned i = 0; i < CONTROL_PHRASES && best == INTENT_help; i++)
        if (!(controls[i] == INTENT_stop && is_careful) && has_phrase(r, controls[i]) &&
            !blocking(r, controls[i], r->strong) &&
            (!is_cry || (!is_open && (controls[i] == INTENT_safe || controls[i] == INTENT_thanks))))
            best = controls[i];
    return best;
}

/* The control word that is the whole message and nothing else. */
static enum intent read_whole(const struct reading *r)
{
    static const enum intent controls[] = { INTENT_yes, INTENT_no, INTENT_thanks, INTENT_safe, INTENT_start,
        INTENT_stop };
    if (scene_has(&r->scene, CONCEPT_cry))
        return INTENT_help;
    for (unsigned i = 0; i < STR_COUNT(controls); i++)
        if (whole_percent(r, controls[i]) == 100)
            return controls[i];
    return INTENT_help;
}

/* The language of the control word, when it is a word of only one. */
static void learn_language(
    const struct lexicon *lexicon, const struct reading *r, enum intent intent, struct triage *ret)
{
    unsigned count;
    const struct mark *marks = scene_marks(&r->scene, LABEL_OF_INTENT + (unsigned)intent, &count);
    for (unsigned i = 1; i < count; i++)
        if (marks[i].language != marks[0].language)
            return;
    if (count == 0 || r->text.script_count[SCRIPT_LATIN] == 0)
        return;
    const struct lexicon_language *language = &lexicon->languages[marks[0].language];
    const char *tag = language->tag;
    for (unsigned i = 0; i < language->reads_count && str_equal(tag, language->tag); i++)
        if (strstr(language->reads[i], "-Latn"))
            tag = language->reads[i];
    if (language_tag(lexicon->model, tag) >= 0) {
        str_copy(ret->language, LANGUAGE_MAX, tag);
        ret->second_language[0] = 0;
    }
}

/* A short answer whose language was guessed wrongly: the control words of all languages, for the whole message. */
enum intent controls_read_short(const struct lexicon *lexicon, struct reading *r, struct triage *ret)
{
    if (r->named || !lexicon->model || r->guess.words == 0 || r->guess.words > WIDE_WORDS_MAX ||
        r->text.folded_len > 2 * CONTROL_LETTERS_MAX)
        return INTENT_help;
    struct matches narrow = r->matches;
    struct verdict wide;
    match_text(lexicon, &r->text, ~UINT64_C(0), &r->guess, &r->matches);
    rules_apply(&r->scene, &wide);
    enum intent intent = read_whole(r);
    for (unsigned c = 0; c < CATEGORY_COUNT; c++)
        if ((READING_GRAVE >> c & 1) && wide.weight[c] >= RULES_STRONG)
            intent = INTENT_help;
    if (intent == INTENT_help)
        r->matches = narrow;
    else
        learn_language(lexicon, r, intent, ret);
    return intent;
}

/* Whether the lexicon is of this tag's language: "hi" of "hi-Latn". */
static bool is_lexicon_of(const struct lexicon_language *language, const char *tag)
{
    size_t len = strlen(language->tag);
    return strncmp(language->tag, tag, len) == 0 && (tag[len] == 0 || tag[len] == '-');
}

/* At which word the first mark of this label stands, in her language or (tag NULL) in any; UINT_MAX = nowhere. */
static unsigned first_step(const struct lexicon *lexicon, const struct reading *r, unsigned label, const char *tag)
{
    unsigned count;
    const struct mark *marks = scene_marks(&r->scene, label, &count);
    for (unsigned i = 0; i < count; i++)
        if (marks[i].weight >= RULES_ENOUGH && !marks[i].is_tolerant &&
            (!tag || is_lexicon_of(&lexicon->languages[marks[i].language], tag)))
            return marks[i].first;
    return UINT_MAX;
}

/* The first of yes and no decides. A yes with any "not" beside it is no consent: a person reads it. */
static enum intent read_yes_no(const struct lexicon *lexicon, const struct reading *r, const char *tag)
{
    unsigned yes = first_step(lexicon, r, LABEL_OF_INTENT + INTENT_yes, tag);
    unsigned no = first_step(lexicon, r, LABEL_OF_INTENT + INTENT_no, tag);
    unsigned neg = first_step(lexicon, r, LABEL_OF_CONCEPT + CONCEPT_neg, tag);
    bool is_clear = no == UINT_MAX && neg == UINT_MAX && !(r->verdict.flags & FLAG_BIT(no_authorities));
    if (no < yes && no <= ANSWER_STEPS)
        return INTENT_no;
    return yes < no && yes <= ANSWER_STEPS && is_clear ? INTENT_yes : INTENT_help;
}

/* She was asked for yes or no: the words of her language, and of a word or two those of any, because such a text gives
 * its language away too seldom. */
enum intent controls_read_asked(
    const struct lexicon *lexicon, const struct triage_history *history, struct reading *r, struct triage *ret)
{
    if (r->named || r->guess.words > ASKED_WORDS_MAX || scene_has(&r->scene, CONCEPT_cry) ||
        scene_has(&r->scene, CONCEPT_ask))
        return INTENT_help;
    const char *hers = !lexicon->model                   ? NULL /* one language alone is not guessed */
                       : str_is_empty(history->language) ? ret->language
                                                         : history->language;
    struct matches narrow = r->matches;
    match_text(lexicon, &r->text, ~UINT64_C(0), &r->guess, &r->matches);
    enum intent answer = read_yes_no(lexicon, r, hers);
    if (answer != INTENT_help && hers && language_tag(lexicon->model, hers) >= 0)
        str_copy(ret->language, LANGUAGE_MAX, hers);
    if (answer == INTENT_help && r->guess.words <= WORDS_ANYBODYS)
        answer = read_yes_no(lexicon, r, NULL);
    if (answer == INTENT_help)
        r->matches = narrow;
    return answer;
}
