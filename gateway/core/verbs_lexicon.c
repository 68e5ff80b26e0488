/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_lexicon - the words of the line: how many there are of which language, which ones, what they make of a text,
 * what corrections teach, and words that staff adds. Keeps: a text that is tried is neither stored nor logged.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "config/conf.h"
#include "gateway/base/str.h"
#include "gateway/core/candidates.h"
#include "gateway/core/triage/lexicon_read.h"
#include "gateway/core/verbs.h"
#include "gateway/core/words.h"

#define TRIED_MAX 4000 /* bytes of a text that is tried */
#define PATH_BYTES_MAX 4096
#define WEIGHT_USUAL 3
#define WHY_MAX 160 /* bytes of a finding that a refusal repeats */

/* ---- what there is --------------------------------------------------------------------------------------------- */

enum part { PART_CATEGORIES, PART_FLAGS, PART_INTENTS, PART_CONCEPTS, PART_PLACES, PART_COUNT };

static enum part part_of(unsigned label)
{
    return label < LABEL_OF_FLAG      ? PART_CATEGORIES
           : label < LABEL_OF_INTENT  ? PART_FLAGS
           : label < LABEL_OF_CONCEPT ? PART_INTENTS
           : label < LABEL_OF_PLACE   ? PART_CONCEPTS
                                      : PART_PLACES;
}

int verb_lexicon_list(struct verb_call *call)
{
    const struct lexicon *lexicon = call->core->lexicon;
    for (unsigned l = 0; l < lexicon->language_count; l++) {
        const struct lexicon_language *language = &lexicon->languages[l];
        int parts[PART_COUNT] = { 0 }, count = 0, weak = 0, added = 0;
        for (uint32_t i = 0; i < lexicon->entry_count; i++) {
            const struct lexicon_entry *entry = &lexicon->entries[i];
            if (entry->language != l)
                continue;
            parts[part_of(entry->label)]++;
            count++;
            weak += entry->is_lowered;
            added += entry->line == 0;
        }
        json_t *row = json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "language", language->tag,
            "file", language->file, "reviewed", language->reviewed, "entries", count, "categories",
            parts[PART_CATEGORIES], "flags", parts[PART_FLAGS], "intents", parts[PART_INTENTS], "concepts",
            parts[PART_CONCEPTS], "places", parts[PART_PLACES], "weak", weak, "added", added);
        if (!row)
            return ERR_NOMEM;
        verb_row(call, row);
    }
    return VERB_DONE;
}

static const char *meaning_of(unsigned label)
{
    if (label < LABEL_OF_FLAG)
        return category_meaning((enum category)label);
    if (label < LABEL_OF_INTENT)
        return flag_meaning((enum flag)(label - LABEL_OF_FLAG));
    if (label >= LABEL_OF_CONCEPT && label < LABEL_OF_PLACE)
        return concept_meaning((enum concept)(label - LABEL_OF_CONCEPT));
    return "";
}

int verb_lexicon_labels(struct verb_call *call)
{
    const struct lexicon *lexicon = call->core->lexicon;
    int language = lexicon_find_language(lexicon, verb_text(call, "language"));
    int count[LABEL_COUNT] = { 0 }, weak[LABEL_COUNT] = { 0 };
    if (language < 0)
        return verb_refuse(call, "there are no words of that language; lexicon list names all");
    for (uint32_t i = 0; i < lexicon->entry_count; i++) {
        const struct lexicon_entry *entry = &lexicon->entries[i];
        if (entry->language != (unsigned)language)
            continue;
        count[entry->label]++;
        weak[entry->label] += entry->is_lowered;
    }
    for (unsigned label = 0; label < LABEL_COUNT; label++) {
        if (!count[label])
            continue;
        json_t *row = json_pack("{s:s, s:s, s:i, s:i, s:s}", "section", lexicon_section(label), "label",
            label_word(label), "entries", count[label], "weak", weak[label], "meaning", meaning_of(label));
        if (!row)
            return ERR_NOMEM;
        verb_row(call, row);
    }
    return VERB_DONE;
}

/* ---- the words of one language --------------------------------------------------------------------------------- */

/* One file, as it lies there now, with its entries as they were written, and what staff added to it. */
static int read_file(const struct core *core, const struct lexicon_language *language, struct lexicon **ret_lexicon)
{
    char path[PATH_BYTES_MAX];
    struct error error;
    struct conf *conf = NULL;
    struct words added = { 0 };
    snprintf(path, sizeof path, "%s/%s", core->config->lexicon_directory, language->file);
    int rc = conf_read_file(path, &error, &conf);
    if (!rc)
        rc = lexicon_new(ret_lexicon);
    if (!rc) {
        (*ret_lexicon)->keeps_sources = true;
        rc = lexicon_read_conf(*ret_lexicon, conf, NULL);
    }
    conf_free(conf);
    if (!rc)
        rc = words_read(core->store, &added);
    for (unsigned i = 0; i < added.count && !rc; i++)
        if (str_equal(added.items[i].language, language->tag) &&
            lexicon_read_added(*ret_lexicon, &added.items[i], NULL) == ERR_NOMEM)
            rc = ERR_NOMEM;
    words_done(&added);
    return rc;
}

static bool contains(const char *text, const char *wanted)
{
    size_t len = strlen(wanted);
    for (; *text; text++)
        if (!strncasecmp(text, wanted, len))
            return true;
    return !len;
}

/* Written once in the file, an entry may be two: with its marks and without. */
static bool is_second(const struct lexicon *lexicon, uint32_t i)
{
    const struct lexicon_entry *a = &lexicon->entries[i], *b = i ? &lexicon->entries[i - 1] : NULL;
    return b && lexicon->languages[0].has_unmarked && a->line == b->line && a->label == b->label &&
           str_equal(lexicon->sources[i], lexicon->sources[i - 1]);
}

static int list_words(struct verb_call *call, const struct lexicon *lexicon, int label, int64_t after)
{
    const char *find = verb_text(call, "find");
    unsigned left = verb_limit(call);
    for (uint32_t i = 0; i < lexicon->entry_count && left; i++) {
        const struct lexicon_entry *entry = &lexicon->entries[i];
        bool fits = (label < 0 || entry->label == (unsigned)label) && contains(lexicon->sources[i], find) &&
                    !is_second(lexicon, i) && (int64_t)i + 1 > after;
        if (!fits)
            continue;
        json_t *row = json_pack("{s:i, s:s, s:s, s:s, s:i, s:b, s:i}", "entry", (int)i + 1, "words",
            lexicon->sources[i], "section", lexicon_section(entry->label), "label", label_word(entry->label), "weight",
            (int)entry->weight, "weak", (int)entry->is_lowered, "line", (int)entry->line);
        if (!row)
            return ERR_NOMEM;
        verb_row(call, row);
        left--;
    }
    return VERB_DONE;
}

/* "wages" or "concepts:food"; "" = all. */
static bool read_label(const char *text, int *ret_label)
{
    char section[16] = "";
    const char *colon = strchr(text, ':');
    *ret_label = -1;
    if (!text[0])
        return true;
    if (colon)
        str_copy_span(section, sizeof section, (struct span){ text, (size_t)(colon - text) });
    *ret_label = lexicon_find_label(section, colon ? colon + 1 : text);
    return *ret_label >= 0;
}

int verb_lexicon_words(struct verb_call *call)
{
    int language = lexicon_find_language(call->core->lexicon, verb_text(call, "language")), label;
    int64_t after = verb_id(call, "after");
    struct lexicon *lexicon = NULL;
    if (language < 0)
        return verb_refuse(call, "there are no words of that language; lexicon list names all");
    if (!read_label(verb_text(call, "label"), &label) || after < 0)
        return verb_usage(call, "--label takes a word such as wages or concepts:food, --after the number of an entry");
    int rc = read_file(call->core, &call->core->lexicon->languages[language], &lexicon);
    if (!rc)
        rc = list_words(call, lexicon, label, after);
    else if (rc == ERR_INVALID || rc == ERR_NOT_FOUND || rc == ERR_IO)
        rc = verb_refuse(
            call, "the file of that language cannot be read; the words in force are those of the last reload");
    lexicon_free(lexicon);
    return rc;
}

/* ---- a text is tried ------------------------------------------------------------------------------------------- */

int verb_lexicon_read(struct verb_call *call)
{
    struct triage triage;
    struct span text = span_of(verb_text(call, "text"));
    if (!text.len || text.len > TRIED_MAX)
        return verb_usage(call, "a text of at most %d bytes is wanted", TRIED_MAX);
    int rc = triage_classify(call->core->lexicon, text, NULL, call->now_ms, &triage);
    if (rc && rc != ERR_LIMIT)
        return rc;
    json_t *row = json_pack("{s:s, s:b, s:s, s:s, s:o, s:o, s:o}", "language", triage.language, "request",
        (int)triage.is_help, "intent", intent_word(triage.intent), "urgency", urgency_word(triage.urgency),
        "categories", verb_categories(triage.categories), "flags", verb_flags(triage.flags), "evidence",
        verb_evidence(&triage, text));
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return VERB_DONE;
}

/* ---- words of staff -------------------------------------------------------------------------------------------- */

static int list_added(void *context, const struct added_word_row *row)
{
    struct verb_call *call = context;
    bool is_in_force = lexicon_find_language(call->core->lexicon, row->language) >= 0 &&
                       lexicon_find_label(row->section, row->label) >= 0;
    json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:s, s:i, s:o, s:s, s:b}", "added", (json_int_t)row->id, "language",
        row->language, "section", row->section, "label", row->label, "words", row->words, "weight", row->weight, "at",
        verb_time(row->added_at), "by", row->added_by, "in_force", (int)is_in_force);
    if (!json)
        return ERR_NOMEM;
    verb_row(call, json);
    return 0;
}

int verb_lexicon_added(struct verb_call *call)
{
    return addedwords_page(call->core->store, verb_id(call, "before"), verb_limit(call), list_added, call);
}

static int audit_word(struct verb_call *call, const char *action, const struct added_word_row *row)
{
    char object[80];
    snprintf(object, sizeof object, "%s %s:%s", row->language, row->section, row->label);
    return verb_audit(call, action, 0, object, row->words);
}

/* The first finding, and how many follow it. */
static int refuse_findings(struct verb_call *call, const struct words_findings *findings)
{
    const char *report = findings->report.data ? findings->report.data : "";
    unsigned others = findings->errors + findings->remarks - 1;
    char first[WHY_MAX], more[32] = "";
    str_copy_span(first, sizeof first, (struct span){ report, strcspn(report, "\n") });
    if (others)
        snprintf(more, sizeof more, " (and %u more)", others);
    bool is_told = findings->errors || str_starts(call->actor, "user:"); /* a page has a box for that */
    return verb_refuse(call, "not added: %s%s%s", first, more, is_told ? "" : ". --anyway yes adds it all the same");
}

static int insert_word(struct verb_call *call, struct added_word_row *row)
{
    int rc = addedwords_insert(call->core->store, row);
    if (rc == ERR_EXISTS)
        return verb_refuse(call, "these words were added for that label before");
    if (rc == ERR_LIMIT)
        return verb_refuse(
            call, "there are %d added words: let some of them go into the files of config/lexicon", ADDED_WORDS_MAX);
    if (!rc)
        rc = audit_word(call, "lexicon.add", row);
    if (rc)
        return rc;
    call->core->words_changed = true;
    snprintf(call->why, sizeof call->why, "added word %lld is read from the next text on", (long long)row->id);
    return VERB_DONE;
}

int verb_lexicon_add(struct verb_call *call)
{
    struct added_word_row row = { .added_at = call->now_ms };
    struct words_findings findings = { 0 };
    struct error error = { "" };
    const char *words = verb_text(call, "words");
    int64_t weight = verb_text(call, "weight")[0] || verb_id(call, "weight") ? verb_id(call, "weight") : WEIGHT_USUAL;
    row.weight = (int)(weight > 3 ? -1 : weight);
    str_copy(row.added_by, sizeof row.added_by, call->actor);
    if (!words[0] || !str_copy(row.words, sizeof row.words, words) || row.weight < 1 || row.weight > 3)
        return verb_usage(call, "words of at most %zu bytes are wanted, --weight is 1, 2 or 3", sizeof row.words - 1);
    int rc = words_name(call->core->lexicon, verb_text(call, "language"), verb_text(call, "label"), &row, &error);
    if (!rc)
        rc = words_check(call->core, &row, &findings, &error);
    bool is_doubtful = findings.errors || (findings.remarks && !str_equal(verb_text(call, "anyway"), "yes"));
    if (rc == ERR_REFUSED)
        rc = verb_refuse(call, "not added: %.200s", error.text);
    else if (!rc)
        rc = is_doubtful ? refuse_findings(call, &findings) : insert_word(call, &row);
    buf_done(&findings.report);
    return rc;
}

int verb_lexicon_remove(struct verb_call *call)
{
    struct added_word_row row;
    int64_t id = verb_id(call, "added");
    if (id <= 0)
        return verb_usage(call, "ADDED must be the number of an added word: lexicon added lists them");
    int rc = addedwords_get(call->core->store, id, &row);
    if (rc)
        return verb_missing(call, rc, "added word", id);
    rc = addedwords_delete(call->core->store, id);
    if (!rc)
        rc = audit_word(call, "lexicon.remove", &row);
    if (rc)
        return rc;
    call->core->words_changed = true;
    snprintf(call->why, sizeof call->why, "added word %lld is no longer read from the next text on", (long long)id);
    return VERB_DONE;
}

/* ---- what corrections teach ------------------------------------------------------------------------------------ */

static int add_candidate(void *context, const struct candidate *candidate)
{
    struct verb_call *call = context;
    json_t *row = json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:i}", "word", candidate->word, "language",
        candidate->language, "kind", candidate->kind, "label", candidate->label, "change",
        candidate->is_doubt ? "doubt" : "add", "corrections", (int)candidate->count, "of", (int)candidate->seen);
    if (!row)
        return ERR_NOMEM;
    verb_row(call, row);
    return 0;
}

int verb_lexicon_candidates(struct verb_call *call)
{
    int rc = candidates_list(call->core, verb_text(call, "language"), verb_limit(call), add_candidate, call);
    return rc ? rc : verb_audit(call, "lexicon.candidates", 0, "", verb_text(call, "language"));
}
