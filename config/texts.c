/* SPDX-License-Identifier: GPL-3.0-or-later */
/* texts - see texts.h: the set, its files, and what is looked up in it. */
#include "config/texts.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/fold.h"
#include "config/texts_parts.h"
#include "config/wording.h"
#include "gateway/base/str.h"

#define FILE_SUFFIX ".conf"
#define FILES_MAX 512 /* entries of the directory that are looked at */
#define PATH_BYTES_MAX 4096

/* ---- life ------------------------------------------------------------------------------------------------------ */

int texts_new(struct texts **ret_texts)
{
    struct config_memory *memory = memory_new();
    struct texts *texts = memory ? memory_alloc(memory, sizeof *texts) : NULL;
    if (!texts) {
        memory_free(memory);
        return ERR_NOMEM;
    }
    texts->memory = memory;
    texts->everywhere.allows_links = texts->everywhere.allows_numbers = texts->everywhere.allows_replies = true;
    (void)str_copy(texts->everywhere.sender, sizeof texts->everywhere.sender, "any");
    texts->everywhere.sender_max = TEXTS_SENDER_MAX;
    if (commands_add_usual(texts)) {
        memory_free(memory);
        return ERR_NOMEM;
    }
    *ret_texts = texts;
    return 0;
}

void texts_free(struct texts *texts)
{
    if (texts)
        memory_free(texts->memory);
}

/* ---- files ----------------------------------------------------------------------------------------------------- */

/* Until it is given back, the report's lines begin with the name of this file. */
static void enter_file(struct config_report *report, const char *path, char *ret_previous)
{
    memcpy(ret_previous, report->file, sizeof report->file);
    (void)str_copy(report->file, sizeof report->file, path);
}

static void leave_file(struct config_report *report, const char *previous)
{
    memcpy(report->file, previous, sizeof report->file);
}

typedef int (*read_fn)(struct texts_build *build, const struct conf *conf, const char *tag);

static int read_commands(struct texts_build *build, const struct conf *conf, const char *tag)
{
    (void)tag;
    return commands_read(build, conf);
}

static int read_countries(struct texts_build *build, const struct conf *conf, const char *tag)
{
    (void)tag;
    return countries_read(build, conf);
}

static int read_file(struct texts_build *build, const char *path, const char *tag, read_fn read)
{
    char previous[sizeof build->report->file];
    struct error error = { "" };
    struct conf *conf = NULL;
    int code = conf_read_file(path, &error, &conf);
    if (code) {
        if (code != ERR_NOMEM)
            report_sentence(build->report, error.text);
        return code == ERR_NOMEM ? code : 0;
    }
    enter_file(build->report, path, previous);
    code = read(build, conf, tag);
    leave_file(build->report, previous);
    conf_free(conf);
    return code;
}

static bool is_reply_file(const char *name)
{
    size_t len = strlen(name), suffix = strlen(FILE_SUFFIX);
    return name[0] != '.' && len > suffix && str_equal(name + len - suffix, FILE_SUFFIX);
}

static int read_reply_file(struct texts_build *build, const char *directory, const char *name)
{
    char tag[LANGUAGE_MAX];
    AUTO_BUF path;
    buf_init(&path, PATH_BYTES_MAX);
    buf_add_format(&path, "%s/%s", directory, name);
    if (buf_check(&path))
        return buf_check(&path) == ERR_NOMEM ? ERR_NOMEM : 0;
    if (!str_copy_span(tag, sizeof tag, (struct span){ name, strlen(name) - strlen(FILE_SUFFIX) })) {
        report_error(build->report, 0, path.data, "the name of the file is not a language tag");
        return 0;
    }
    return read_file(build, path.data, tag, replies_read);
}

static int read_names(struct texts_build *build, const char *directory, struct dirent **entries, int count)
{
    int code = 0;
    for (int i = 0; i < count && !code; i++)
        if (i < FILES_MAX && is_reply_file(entries[i]->d_name))
            code = read_reply_file(build, directory, entries[i]->d_name);
    return code;
}

static int read_directory(struct texts_build *build, const char *directory)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, NULL, alphasort);
    if (count < 0 && errno == ENOMEM)
        return ERR_NOMEM;
    if (count < 0) {
        report_error(build->report, 0, NULL, "the folder of replies %s cannot be read: %s", directory, strerror(errno));
        return 0;
    }
    int code = read_names(build, directory, entries, count);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    if (!code)
        replies_check(build);
    return code;
}

int texts_load(const char *replies_directory, const char *commands_file, const char *countries_file,
    struct config_report *report, struct texts **ret_texts)
{
    struct texts_build build = { .report = report };
    unsigned errors = report->error_count;
    int code = texts_new(&build.texts);
    if (!code && !str_is_empty(countries_file))
        code = read_file(&build, countries_file, "", read_countries);
    if (!code && !str_is_empty(commands_file))
        code = read_file(&build, commands_file, "", read_commands);
    if (!code && !str_is_empty(replies_directory))
        code = read_directory(&build, replies_directory);
    if (!code && report->error_count > errors)
        code = ERR_INVALID;
    if (code) {
        texts_free(build.texts);
        return code;
    }
    *ret_texts = build.texts;
    return 0;
}

/* ---- looking up ------------------------------------------------------------------------------------------------ */

static const char *sentence_of(const struct texts *texts, enum text_purpose purpose, struct span tag)
{
    for (unsigned i = 0; i < texts->language_count; i++)
        if (strlen(texts->languages[i].tag) == tag.len && strncasecmp(texts->languages[i].tag, tag.data, tag.len) == 0)
            return texts->languages[i].sentences[purpose];
    return NULL;
}

const char *texts_find(const struct texts *texts, enum text_purpose purpose, const char *language)
{
    struct span tag = span_of(language);
    const char *found = sentence_of(texts, purpose, tag);
    if (!found && tag.len > 0)
        found = sentence_of(texts, purpose, (struct span){ tag.data, strcspn(tag.data, "-") });
    return found ? found : sentence_of(texts, purpose, span_of("en"));
}

static enum texts_answer answer_in(const struct texts_language *language, struct span word)
{
    if (*language->yes && fold_equal(span_of(language->yes), word))
        return ANSWER_YES;
    return *language->no && fold_equal(span_of(language->no), word) ? ANSWER_NO : ANSWER_NONE;
}

enum texts_answer texts_answer(const struct texts *texts, const char *language, struct span text)
{
    struct span word = fold_trim(text);
    bool is_yes = false, is_no = false;
    for (unsigned i = 0; i < texts->language_count; i++) {
        enum texts_answer answer = answer_in(&texts->languages[i], word);
        if (answer != ANSWER_NONE && str_equal_nocase(texts->languages[i].tag, language))
            return answer;
        is_yes = is_yes || answer == ANSWER_YES;
        is_no = is_no || answer == ANSWER_NO;
    }
    return is_yes == is_no ? ANSWER_NONE : is_yes ? ANSWER_YES : ANSWER_NO;
}

void texts_each(const struct texts *texts, texts_fn fn, void *context)
{
    for (unsigned i = 0; i < texts->language_count; i++)
        for (int purpose = 0; purpose < TEXT_PURPOSE_COUNT; purpose++)
            if (texts->languages[i].sentences[purpose])
                fn(context, texts->languages[i].tag, (enum text_purpose)purpose,
                    texts->languages[i].sentences[purpose]);
}

const struct country_rules *texts_country(const struct texts *texts, const char *country)
{
    for (unsigned i = 0; i < texts->country_count; i++)
        if (str_equal(texts->countries[i].country, country))
            return &texts->countries[i];
    return NULL;
}

static int check_rules(const struct country_rules *rules, struct span text, struct error *error)
{
    const char *at = *rules->country ? rules->country : "every country";
    const char *word = wording_find_forbidden(text, (const char *const *)rules->forbidden, rules->forbidden_count);
    if (!rules->allows_links && wording_has_link(text))
        return error_set(error, ERR_REFUSED, "%s: a link is not allowed", at);
    if (!rules->allows_numbers && wording_has_number(text))
        return error_set(error, ERR_REFUSED, "%s: what looks like a telephone number is not allowed", at);
    if (word)
        return error_set(error, ERR_REFUSED, "%s: the word `%s` is not allowed", at, word);
    return 0;
}

int texts_check(const struct texts *texts, const char *country, struct span text, struct error *error)
{
    const struct country_rules *rules = texts_country(texts, country);
    if (wording_has_unseen(text))
        return error_set(error, ERR_REFUSED, "the text holds a sign that cannot be seen");
    int code = check_rules(&texts->everywhere, text, error);
    return code || !rules ? code : check_rules(rules, text, error);
}
