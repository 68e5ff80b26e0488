/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words - see words.h. */
#include "gateway/core/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/triage/lexcheck.h"

#define REPORT_MAX 65536
#define LOAD_REPORT_MAX (1u << 20)
#define PATH_BYTES_MAX 4096

void words_done(struct words *words)
{
    free(words->items);
    *words = (struct words){ 0 };
}

static void fill(const struct added_word_row *row, struct lexicon_added *ret)
{
    *ret = (struct lexicon_added){ .id = row->id, .weight = row->weight };
    str_copy(ret->language, sizeof ret->language, row->language);
    str_copy(ret->section, sizeof ret->section, row->section);
    str_copy(ret->label, sizeof ret->label, row->label);
    str_copy(ret->words, sizeof ret->words, row->words);
}

static int add_row(void *context, const struct added_word_row *row)
{
    struct words *words = context;
    if (words->count % 64 == 0) {
        struct lexicon_added *grown = realloc(words->items, (words->count + 64) * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        words->items = grown;
    }
    fill(row, &words->items[words->count++]);
    return 0;
}

int words_read(struct store *store, struct words *ret_words)
{
    *ret_words = (struct words){ 0 };
    int rc = addedwords_list(store, add_row, ret_words);
    if (rc)
        words_done(ret_words);
    return rc;
}

int words_load(const char *directory, const struct words *words, struct lexicon **ret_lexicon)
{
    AUTO_BUF report;
    buf_init(&report, LOAD_REPORT_MAX);
    int rc = lexicon_load_added(directory, false, words->items, words->count, &report, ret_lexicon);
    const char *why = report.len ? report.data : error_name(rc);
    if (rc)
        log_event(LOG_LEVEL_ERROR, EV_config_refused, F_WHY(why));
    else if (report.len)
        log_event(LOG_LEVEL_WARNING, EV_config_warning, F_WHY(why));
    return rc;
}

bool words_equal(const struct words *a, const struct words *b)
{
    bool is_same = a->count == b->count;
    for (unsigned i = 0; i < a->count && is_same; i++) {
        const struct lexicon_added *x = &a->items[i], *y = &b->items[i];
        is_same = x->id == y->id && x->weight == y->weight && str_equal(x->language, y->language) &&
                  str_equal(x->section, y->section) && str_equal(x->label, y->label) && str_equal(x->words, y->words);
    }
    return is_same;
}

/* ---- judging --------------------------------------------------------------------------------------------------- */

int words_name(const struct lexicon *lexicon, const char *language, const char *label, struct added_word_row *row,
    struct error *error)
{
    const char *colon = strchr(label, ':');
    if (colon)
        str_copy_span(row->section, sizeof row->section, (struct span){ label, (size_t)(colon - label) });
    str_copy(row->language, sizeof row->language, language);
    str_copy(row->label, sizeof row->label, colon ? colon + 1 : label);
    if (lexicon_find_language(lexicon, row->language) < 0)
        return error_set(
            error, ERR_REFUSED, "there are no words of a language `%.20s`: lexicon list names all", language);
    int number = lexicon_find_label(row->section, row->label);
    if (number < 0)
        return error_set(error, ERR_REFUSED,
            "a word stands for a category, a flag, a concept or a place, as wages, do_not_call, concepts:food or places:SA; "
            "`%.40s` is none of these",
            label);
    str_copy(row->section, sizeof row->section, lexicon_section((unsigned)number));
    if (lexcheck_is_quieting((unsigned)number))
        return error_set(error, ERR_REFUSED,
            "`%s` makes the line quieter or answers for her: such words are added in the files of config/lexicon only",
            row->label);
    return 0;
}

static int check_chat(const struct core *core, const struct lexicon *candidate, struct words_findings *findings)
{
    char path[PATH_BYTES_MAX];
    struct lexcheck found = { 0, 0 };
    snprintf(path, sizeof path, "%s/" WORDS_CHAT_FILE, core->config->lexicon_directory);
    int rc = lexcheck_new_chat(candidate, core->lexicon, path, &findings->report, &found);
    findings->errors += found.errors;
    findings->remarks += found.remarks;
    return rc == ERR_NOT_FOUND ? 0 : rc; /* a folder of one's own words may have no such file */
}

static int check_candidate(
    const struct core *core, const struct lexicon *candidate, const char *language, struct words_findings *findings)
{
    struct lexcheck found = { 0, 0 };
    int index = lexicon_find_language(candidate, language);
    uint32_t own = index >= 0 && candidate->languages[index].has_unmarked ? 2 : 1;
    lexcheck_entries(candidate, candidate->entry_count - own, &findings->report, &found);
    findings->errors = found.errors;
    findings->remarks = found.remarks;
    return check_chat(core, candidate, findings);
}

/* The new word is the last one, of number 0. */
static int read_with(const struct core *core, const struct added_word_row *row, struct words *words)
{
    struct added_word_row last = *row;
    last.id = 0;
    int rc = words_read(core->store, words);
    return rc ? rc : add_row(words, &last);
}

static int load_candidate(
    const struct core *core, const struct words *words, struct lexicon **ret_candidate, struct error *error)
{
    static const char own[] = "added word 0 ";
    AUTO_BUF report;
    buf_init(&report, REPORT_MAX);
    int rc =
        lexicon_load_added(core->config->lexicon_directory, true, words->items, words->count, &report, ret_candidate);
    if (rc)
        return rc == ERR_NOMEM
                   ? rc
                   : error_set(error, ERR_REFUSED, "the files of words have errors at the moment: mend them first");
    const char *line = report.data ? strstr(report.data, own) : NULL;
    if (!line)
        return 0;
    const char *sentence = strstr(line, "): ");
    sentence = sentence ? sentence + 3 : line;
    return error_set(error, ERR_REFUSED, "%.*s", (int)strcspn(sentence, "\n"), sentence);
}

int words_check(
    const struct core *core, const struct added_word_row *row, struct words_findings *findings, struct error *error)
{
    struct lexicon *candidate = NULL;
    struct words words;
    *findings = (struct words_findings){ 0, 0, { 0 } };
    buf_init(&findings->report, REPORT_MAX);
    int rc = read_with(core, row, &words);
    if (!rc)
        rc = load_candidate(core, &words, &candidate, error);
    if (!rc)
        rc = check_candidate(core, candidate, row->language, findings);
    lexicon_free(candidate);
    words_done(&words);
    return rc;
}
