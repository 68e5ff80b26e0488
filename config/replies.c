/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replies - reads one file of config/replies and judges its sentences.
 * Why:   the sentence may be read by the one she fears. So it names nothing and nobody, in any language, and what a
 *        translator changes is judged when the file is loaded, not when it is sent.
 * Not here: which sentence is sent, and whether any is (core).
 */
#include <string.h>

#include "config/fold.h"
#include "config/reader.h"
#include "config/settings.h"
#include "config/texts_parts.h"
#include "config/wording.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"

#define SENTENCE_BYTES_MAX 1500u /* of a report: less than a line of it */

static const char *const alphabet_words[] = { "gsm7", "ucs2", NULL };
const struct key replies_keys[] = {
    { "neutral", KEY_TEXT, 0, 1, 1000, NULL, NULL,
        "The automatic reply: the same words whatever she wrote and whatever became of it.", NULL },
    { "consent", KEY_TEXT, 0, 1, 1000, NULL, NULL,
        "The question whether her message may be passed on to public offices; it holds the words of yes and no.",
        NULL },
    { "who", KEY_TEXT, 0, 1, 1000, NULL, NULL,
        "Asked of somebody who wrote about another person: in which city, with which family or employer?", NULL },
    { "language", KEY_TEXT, KEY_REQUIRED, 2, LANGUAGE_MAX - 1, NULL, NULL, "BCP 47 tag, the name of the file.", NULL },
    { "reviewed", KEY_TEXT, 0, 0, 200, NULL, NULL, "Who checked it, and when; or no.", NULL },
    { "alphabet", KEY_WORD, 0, 0, 0, NULL, alphabet_words,
        "What every sentence must fit: 160 letters a message, or 70.", NULL },
    { "yes", KEY_TEXT, 0, 1, 64, NULL, NULL,
        "The word of agreement that the question asks for; alone, it is taken as her answer.", NULL },
    { "no", KEY_TEXT, 0, 1, 64, NULL, NULL, "The word of refusal, likewise.", NULL },
    { "forbidden", KEY_TEXTS, 0, 2, 64, NULL, NULL,
        "Telling words of the language, beside those that are built in; * at the end stands for any ending.", NULL },
    { .name = NULL },
};
/* Words that tell, and that many languages have borrowed. No file can allow them. */
static const char *const telling[] = { "police", "policeman", "polis", "polisi", "pulis", "polisia", "embassy",
    "embassies", "embahada", "ambassade", "embajada", "kedutaan", "consulate", "consul", "konsulado", "konsulat",
    "case", "cases", "kaso", "kasus", "help", "helpline", "hotline", "abuse*", "rescue*", "complain*", "violen*",
    "rape*", "traffick*", "shelter*", "ngo", "ngos", "agency", "ahensya", "agensi", "escape*", "runaway", "emergency",
    "danger*", "sos", "visa", "passport*", "paspor*", "pasaporte", "lawyer", "court", "organisation*", "organization*",
    "foundation", "ministry", "government" };

/* One sentence on its way. */
struct place {
    struct texts_build *build;
    const struct settings *settings;
    const char *key;
    int line;
    struct span text;
};

static void complain(const struct place *place, const char *sentence)
{
    report_error(place->build->report, place->line, NULL, "`%s`: %s", place->key, sentence);
}

/* ---- judging --------------------------------------------------------------------------------------------------- */

static void check_size(const struct place *place)
{
    const char *alphabet = settings_text(place->settings, "alphabet");
    struct gsm7_size size;
    gsm7_measure(place->text, &size);
    if (size.segments > TEXTS_SEGMENTS_MAX)
        report_error(place->build->report, place->line, NULL, "`%s`: %u segments (%u units of %s); allowed are %u",
            place->key, size.segments, size.units, size.is_ucs2 ? "UCS-2" : "GSM-7", TEXTS_SEGMENTS_MAX);
    if (size.is_ucs2 && str_equal(alphabet, "gsm7")) {
        AUTO_BUF sign;
        buf_init(&sign, 64);
        size_t at = gsm7_first_foreign(place->text);
        size_t used = 1;
        while (at + used < place->text.len && ((unsigned char)place->text.data[at + used] & 0xc0) == 0x80)
            used++;
        str_add_visible(&sign, (struct span){ place->text.data + at, used });
        report_error(place->build->report, place->line, NULL,
            "`%s`: the sign `%s` is not in the GSM-7 alphabet: the text would need UCS-2", place->key,
            buf_check(&sign) || !sign.data ? "" : sign.data);
    }
    if (!size.is_ucs2 && str_equal(alphabet, "ucs2"))
        complain(place, "fits GSM-7: write alphabet = \"gsm7\", or is this another language?");
}

static void check_words(const struct place *place)
{
    const char *word = wording_find_forbidden(place->text, telling, STR_COUNT(telling));
    if (!word)
        word = wording_find_forbidden(
            place->text, settings_items(place->settings, "forbidden"), settings_count(place->settings, "forbidden"));
    if (word)
        report_error(place->build->report, place->line, NULL, "`%s`: holds the telling word `%s`", place->key, word);
}

static void check_form(const struct place *place)
{
    if (wording_has_unseen(place->text) || memchr(place->text.data, '\n', place->text.len))
        complain(place, "holds a control character or a sign that cannot be seen");
    if (wording_has_link(place->text))
        complain(place, "holds a link");
    if (wording_has_number(place->text))
        complain(place, "holds what looks like a telephone number");
    if (place->text.data[0] == ' ' || place->text.data[place->text.len - 1] == ' ')
        complain(place, "begins or ends with a blank");
}

/* The question must say how to answer, in the words that texts_answer takes. */
static void check_answers(const struct place *place)
{
    static const char *const answers[] = { "yes", "no" };
    for (size_t i = 0; i < STR_COUNT(answers); i++) {
        const char *word = settings_text(place->settings, answers[i]);
        if (!*word)
            report_error(place->build->report, place->line, NULL,
                "`consent` needs the key `%s`: the word to answer with", answers[i]);
        else if (!fold_holds(place->text, word))
            report_error(
                place->build->report, place->line, NULL, "`consent` does not hold the word of `%s`", answers[i]);
    }
}

static void check_sentence(const struct place *place, enum text_purpose purpose)
{
    check_form(place);
    check_size(place);
    check_words(place);
    if (purpose == TEXT_CONSENT)
        check_answers(place);
}

/* ---- one file -------------------------------------------------------------------------------------------------- */

static void check_tag(struct texts_build *build, const struct conf_node *root, const char *written, const char *tag)
{
    const struct conf_node *node = conf_find(root, "language");
    if (*written && !str_equal(written, tag))
        report_error(build->report, (int)conf_line(node), NULL,
            "`language` is \"%s\", but the file is named %s.conf: both must be the same tag", written, tag);
}

static int copy_sentences(struct texts_build *build, const struct conf *conf, const struct settings *settings,
    struct texts_language *language)
{
    struct config_memory *memory = build->texts->memory;
    for (int purpose = 0; purpose < TEXT_PURPOSE_COUNT; purpose++) {
        const char *key = replies_keys[purpose].name;
        const char *text = settings_text(settings, key);
        const struct conf_node *node = conf_find(conf_root(conf), key);
        if (!*text)
            continue;
        language->lines[purpose] = node ? (int)conf_line(node) : 0;
        language->sentences[purpose] = memory_copy(memory, text);
        if (!language->sentences[purpose])
            return ERR_NOMEM;
        check_sentence(&(struct place){ build, settings, key, language->lines[purpose], span_of(text) },
            (enum text_purpose)purpose);
    }
    language->path = memory_copy(memory, conf_file(conf));
    language->yes = memory_copy(memory, settings_text(settings, "yes"));
    language->no = memory_copy(memory, settings_text(settings, "no"));
    return language->path && language->yes && language->no ? 0 : ERR_NOMEM;
}

int replies_read(struct texts_build *build, const struct conf *conf, const char *tag)
{
    struct reader reader = { .report = build->report };
    struct texts *texts = build->texts;
    struct texts_language language = { .tag = "" };
    struct settings *settings = memory_settings(texts->memory, replies_keys);
    if (!settings)
        return ERR_NOMEM;
    int code = reader_read(&reader,
        &(struct reader_group){
            .node = conf_root(conf), .where = "", .tables = { { replies_keys, settings } }, .table_count = 1 });
    if (code)
        return code;
    check_tag(build, conf_root(conf), settings_text(settings, "language"), tag);
    (void)str_copy(language.tag, sizeof language.tag, tag);
    code = copy_sentences(build, conf, settings, &language);
    if (code)
        return code;
    if (texts->language_count >= TEXTS_LANGUAGES_MAX)
        report_error(build->report, 0, NULL, "more than %u languages", TEXTS_LANGUAGES_MAX);
    else
        texts->languages[texts->language_count++] = language;
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

/* False when the rules are broken. */
static bool check_country(
    struct texts_build *build, const struct texts_language *language, int purpose, const char *country)
{
    struct error error = { "" };
    const char *name = phone_country_name(country);
    AUTO_BUF place;
    buf_init(&place, SENTENCE_BYTES_MAX);
    if (texts_check(build->texts, country, span_of(language->sentences[purpose]), &error) != ERR_REFUSED)
        return true;
    buf_add_format(&place, "%s:%d: %s: `%s` breaks a rule of %s: %s; say it otherwise, or correct countries.conf",
        language->path, language->lines[purpose], language->tag, replies_keys[purpose].name,
        name ? name : "every country", error.text);
    report_sentence(build->report, buf_check(&place) ? error.text : place.data);
    return false;
}

static void check_language(struct texts_build *build, const struct texts_language *language)
{
    for (int purpose = 0; purpose < TEXT_PURPOSE_COUNT; purpose++) {
        if (!language->sentences[purpose] || !check_country(build, language, purpose, ""))
            continue;
        for (unsigned i = 0; i < build->texts->country_count; i++)
            (void)check_country(build, language, purpose, build->texts->countries[i].country);
    }
}

void replies_check(struct texts_build *build)
{
    for (int purpose = 0; purpose < TEXT_PURPOSE_COUNT; purpose++)
        if (!texts_find(build->texts, (enum text_purpose)purpose, "en"))
            report_error(build->report, 0, NULL,
                "replies: `%s` is missing in English (en.conf), which stands for every "
                "language without one",
                replies_keys[purpose].name);
    for (unsigned i = 0; i < build->texts->language_count; i++)
        check_language(build, &build->texts->languages[i]);
}
