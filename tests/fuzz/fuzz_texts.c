/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_texts - any file of replies, commands or countries is either taken whole or explained, and what is taken is
 * safe. What:  the first byte chooses the reader (r, c, else countries), the rest is the file. What was taken without
 * an error must keep every rule that the readers promise.
 */
#include <stdlib.h>
#include <string.h>

#include "config/fold.h"
#include "config/texts_parts.h"
#include "config/texts_print.h"
#include "config/wording.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/utf8.h"

#define PRINTED_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static int read_input(struct texts_build *build, char kind, const struct conf *conf)
{
    if (kind == 'r')
        return replies_read(build, conf, "en");
    return kind == 'c' ? commands_read(build, conf) : countries_read(build, conf);
}

static void check_sentence(void *context, const char *language, enum text_purpose purpose, const char *text)
{
    const struct texts *texts = context;
    struct gsm7_size size;
    struct error error;
    gsm7_measure(span_of(text), &size);
    must_be(size.segments >= 1 && size.segments <= TEXTS_SEGMENTS_MAX && purpose < TEXT_PURPOSE_COUNT);
    must_be(!wording_has_link(span_of(text)) && !wording_has_number(span_of(text)));
    must_be(!wording_has_unseen(span_of(text)) && !fold_holds(span_of(text), "police"));
    must_be(texts_find(texts, purpose, language) == text);
    must_be(texts_check(texts, "", span_of(text), &error) == 0);
}

/* A word has one verb, and is found by itself. */
static void check_words(const struct texts *texts)
{
    must_be(texts->word_count >= COMMAND_VERB_COUNT && texts->word_count <= TEXTS_COMMANDS_MAX);
    for (unsigned i = 0; i < texts->word_count; i++)
        must_be(texts_command(texts, span_of(texts->words[i].word)) == (int)texts->words[i].verb);
}

static void check_countries(const struct texts *texts)
{
    struct error error;
    for (unsigned i = 0; i < texts->country_count; i++) {
        const struct country_rules *rules = &texts->countries[i];
        must_be(texts_country(texts, rules->country) == rules && strlen(rules->country) == 2);
        must_be(rules->quiet_from_min >= 0 && rules->quiet_from_min < 1440);
        must_be(rules->quiet_to_min >= 0 && rules->quiet_to_min <= 1440);
        int code = texts_check(texts, rules->country, span_of("see www.place.org"), &error);
        must_be(rules->allows_links || code == ERR_REFUSED);
    }
}

static void check_report(const struct config_report *report)
{
    for (unsigned i = 0; i < report->line_count; i++)
        must_be(report->lines[i].text && utf8_is_valid(span_of(report->lines[i].text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_REPORT *report = report_new();
    struct texts_build build = { .report = report };
    struct conf *conf = NULL;
    AUTO_BUF printed;
    buf_init(&printed, PRINTED_MAX);
    must_be(report && texts_new(&build.texts) == 0);
    int code = size == 0 ? ERR_INVALID
                         : conf_read_text((struct span){ (const char *)data + 1, size - 1 }, "words.conf", NULL, &conf);
    if (code == 0) {
        must_be(read_input(&build, (char)data[0], conf) == 0);
        check_report(report);
        if (report->error_count == 0) {
            texts_each(build.texts, check_sentence, build.texts);
            check_words(build.texts);
            check_countries(build.texts);
            texts_print(build.texts, &printed);
            must_be(buf_check(&printed) == 0);
            must_be(texts_answer(build.texts, "en", span_of("")) == ANSWER_NONE);
        }
    }
    conf_free(conf);
    texts_free(build.texts);
    return 0;
}
