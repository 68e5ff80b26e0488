/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_replies - the sentences that the machine may send by itself: how each travels, which are missing, when one is
 * sent, and what the networks of her country let through. Not here: the decision for one text (replies), the files
 * (config/texts).
 */
#include <stdio.h>
#include <string.h>

#include "config/daemon.h"
#include "config/texts_print.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/verbs.h"

#define SENTENCES_MAX 1024
#define QUIET_MAX 48

struct sentences {
    struct verb_call *call;
    unsigned count;
    struct {
        const char *language;
        enum text_purpose purpose;
    } list[SENTENCES_MAX];
    int rc;
};

/* ---- sentences ------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct verb_call *call, const char *language)
{
    const char *wanted = verb_text(call, "language");
    size_t len = strlen(wanted);
    return !len || str_equal(wanted, language) || (str_starts(language, wanted) && language[len] == '-');
}

static void add_sentence(void *context, const char *language, enum text_purpose purpose, const char *text)
{
    struct sentences *sentences = context;
    struct gsm7_size size;
    if (sentences->count < SENTENCES_MAX) {
        sentences->list[sentences->count].language = language;
        sentences->list[sentences->count++].purpose = purpose;
    }
    if (sentences->rc || !is_wanted(sentences->call, language))
        return;
    gsm7_measure(span_of(text), &size);
    json_t *row = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:s, s:s}", "language", language, "key",
        texts_purpose_word(purpose), "encoding", size.is_ucs2 ? "UCS-2" : "GSM-7", "segments", (int)size.segments,
        "characters", (int)utf8_count(span_of(text)), "left", (int)size.left, "instead", "", "text", text);
    if (row)
        verb_row(sentences->call, row);
    else
        sentences->rc = ERR_NOMEM;
}

static bool has_sentence(const struct sentences *sentences, struct span language, enum text_purpose purpose)
{
    for (unsigned i = 0; i < sentences->count; i++)
        if (sentences->list[i].purpose == purpose && span_equal(language, span_of(sentences->list[i].language)))
            return true;
    return false;
}

/* A language that is recognised, and whose people are answered in English for want of a sentence. */
static int add_missing(struct sentences *sentences, const char *tag, enum text_purpose purpose)
{
    struct span primary = { tag, strcspn(tag, "-") };
    if (has_sentence(sentences, span_of(tag), purpose) || has_sentence(sentences, primary, purpose) ||
        !is_wanted(sentences->call, tag))
        return 0;
    bool has_english = has_sentence(sentences, span_of("en"), purpose);
    json_t *row =
        json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:s, s:n}", "language", tag, "key", texts_purpose_word(purpose),
            "encoding", "", "segments", 0, "characters", 0, "left", 0, "instead", has_english ? "en" : "", "text");
    if (!row)
        return ERR_NOMEM;
    verb_row(sentences->call, row);
    return 0;
}

int verb_replies_list(struct verb_call *call)
{
    struct sentences sentences = { .call = call };
    const struct language_model *model = call->core->lexicon->model;
    texts_each(call->core->config->texts, add_sentence, &sentences);
    int rc = sentences.rc, tags = model ? (int)language_tag_count(model) : 0;
    for (int tag = 0; tag < tags && !rc; tag++)
        for (int purpose = 0; purpose < TEXT_PURPOSE_COUNT && !rc; purpose++)
            rc = add_missing(&sentences, language_word(model, tag), (enum text_purpose)purpose);
    return rc;
}

/* ---- when one is sent ------------------------------------------------------------------------------------------ */

static json_t *list_texts(const struct config_texts *texts)
{
    json_t *list = json_array();
    for (unsigned i = 0; list && i < texts->count; i++)
        json_array_append_new(list, json_string(texts->items[i]));
    return list;
}

static json_t *list_urgencies(uint32_t urgencies)
{
    json_t *list = json_array();
    for (int i = URGENCY_COUNT - 1; list && i >= 0; i--)
        if (urgencies >> i & 1)
            json_array_append_new(list, json_string(urgency_word((enum urgency)i)));
    return list;
}

static int add_rule(struct verb_call *call, int number, const struct config_reply_rule *rule)
{
    const struct config *config = call->core->config;
    json_t *row = json_pack("{s:i, s:s, s:o, s:o, s:o, s:s}", "rule", number, "mode", daemon_replies_words[rule->mode],
        "urgencies", list_urgencies(rule->urgencies), "languages", list_texts(&rule->languages), "countries",
        list_texts(&rule->countries), "consent", daemon_consent_words[config->consent.mode]);
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return 0;
}

/* The first that fits decides; the last one fits always. */
int verb_replies_rules(struct verb_call *call)
{
    const struct config *config = call->core->config;
    const struct config_reply_rule otherwise = { .urgencies = (1u << URGENCY_COUNT) - 1, .mode = config->replies.mode };
    int rc = 0;
    for (unsigned i = 0; i < config->replies.rule_count && !rc; i++)
        rc = add_rule(call, (int)i + 1, &config->replies.rules[i]);
    return rc ? rc : add_rule(call, (int)config->replies.rule_count + 1, &otherwise);
}

/* ---- where it goes --------------------------------------------------------------------------------------------- */

static void print_quiet(const struct country_rules *rules, char *ret, size_t size)
{
    int from = rules->quiet_from_min, to = rules->quiet_to_min;
    ret[0] = '\0';
    if (from != to)
        snprintf(ret, size, "%02d:%02d-%02d:%02d", from / 60, from % 60, to / 60, to % 60);
}

int verb_replies_countries(struct verb_call *call)
{
    for (unsigned i = 0; phone_country_at(i); i++) {
        const char *country = phone_country_at(i);
        const struct country_rules *rules = texts_country(call->core->config->texts, country);
        char quiet[QUIET_MAX];
        if (!rules)
            continue;
        print_quiet(rules, quiet, sizeof quiet);
        json_t *row = json_pack("{s:s, s:s, s:i, s:b, s:b, s:b, s:s, s:s, s:i}", "country", country, "sender",
            rules->sender, "sender_max", (int)rules->sender_max, "links", (int)rules->allows_links, "numbers",
            (int)rules->allows_numbers, "replies", (int)rules->allows_replies, "quiet", quiet, "zone",
            rules->zone ? zone_name(rules->zone) : "", "forbidden", (int)rules->forbidden_count);
        if (!row)
            return ERR_NOMEM;
        verb_row(call, row);
    }
    return VERB_DONE;
}
