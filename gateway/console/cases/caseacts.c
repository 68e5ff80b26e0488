/* SPDX-License-Identifier: GPL-3.0-or-later */
/* caseacts - see caseacts.h. */
#include "gateway/console/cases/caseacts.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/model.h"
#include "gateway/base/str.h"

#define FIELDS_MAX 7
#define WORDS_MAX 1000

struct field {
    const char *name;    /* of the form, and of the verb */
    const char *missing; /* what to say when it is empty; NULL = it may be */
};

static const struct {
    const char *act, *verb;
    struct field fields[FIELDS_MAX];
} deeds[] = {
    { "take", "cases ack", { { "contact", "Choose who takes it." } } },
    { "assign", "cases assign", { { "contact", "Choose who is to hold it." } } },
    { "contacted", "cases contacted", { { NULL, NULL } } },
    { "verify", "cases verify", { { "verification", "Choose a judgement." } } },
    { "note", "cases note", { { "text", "A note needs some words." }, { "after", NULL } } },
    { "preview", "cases preview", { { "text", "There is no text." } } },
    { "say", "cases say", { { "text", "There is no text." }, { "after", NULL } } },
    { "override", "cases say",
        { { "text", "There is no text." }, { "reason", "An override needs a reason." }, { "after", NULL } } },
    { "consent", "cases consent", { { "reason", "An override needs a reason." } } },
    { "flag", "cases flag", { { "flag", "Choose a mark." }, { "off", NULL } } },
    { "correct", "cases correct",
        { { "urgency", NULL }, { "language", NULL }, { "request", NULL }, { "message", NULL }, { "origin", NULL },
            { "sex", NULL }, { "ending", NULL } } },
    { "join", "cases join", { { "other", "The number of the other case is missing." } } },
    { "split", "cases split", { { "message", "Choose a text." } } },
    { "close", "cases close", { { "outcome", "Say in a few words how it ended." }, { "ending", NULL } } },
    { "purge", "cases purge", { { NULL, NULL } } },
};

struct reading {
    caseacts_field_fn field;
    const void *context;
    json_t *args;
};

static int set(struct reading *reading, const char *name, struct span value)
{
    return json_object_set_new(reading->args, name, json_stringn(value.data, value.len)) ? ERR_NOMEM : 0;
}

static int read_fields(struct reading *reading, const struct field *fields, const char **ret_why)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < FIELDS_MAX && fields[i].name; i++) {
        struct span value = str_trim(reading->field(reading->context, fields[i].name));
        *ret_why = fields[i].missing;
        if (!value.len && fields[i].missing)
            return ERR_INVALID;
        if (value.len)
            rc = set(reading, fields[i].name, value);
    }
    return rc;
}

/* ---- labels ---------------------------------------------------------------------------------------------------- */

static bool was_on(struct span list, const char *word)
{
    size_t len = strlen(word);
    for (size_t at = 0; at < list.len;) {
        const char *comma = memchr(list.data + at, ',', list.len - at);
        size_t n = comma ? (size_t)(comma - (list.data + at)) : list.len - at;
        if (n == len && !memcmp(list.data + at, word, n))
            return true;
        at += n + 1;
    }
    return false;
}

/* "+wages,-danger": what the person changed of the labels it saw, and nothing else. */
static int read_boxes(
    struct reading *reading, const char *name, const char *prefix, unsigned count, const char *(*word_of)(unsigned))
{
    AUTO_BUF words;
    char was[16], field[48];
    buf_init(&words, WORDS_MAX);
    snprintf(was, sizeof was, "was_%c", prefix[0]);
    struct span before = reading->field(reading->context, was);
    for (unsigned i = 0; i < count; i++) {
        snprintf(field, sizeof field, "%s%s", prefix, word_of(i));
        bool is_on = reading->field(reading->context, field).len > 0;
        if (is_on != was_on(before, word_of(i)))
            buf_add_format(&words, "%s%c%s", words.len ? "," : "", is_on ? '+' : '-', word_of(i));
    }
    if (buf_check(&words))
        return ERR_NOMEM;
    return words.len ? set(reading, name, buf_span(&words)) : 0;
}

static const char *category_at(unsigned index)
{
    return category_word((enum category)index);
}

static const char *flag_at(unsigned index)
{
    return flag_word((enum flag)index);
}

static int read_labels(struct reading *reading)
{
    int rc = read_boxes(reading, "categories", "c_", CATEGORY_COUNT, category_at);
    return rc ? rc : read_boxes(reading, "flags", "f_", FLAG_COUNT, flag_at);
}

int caseacts_read(const char *act, int64_t case_id, caseacts_field_fn field, const void *context, const char **ret_verb,
    json_t **ret_args, const char **ret_why)
{
    size_t i = 0;
    while (i < STR_COUNT(deeds) && !str_equal(deeds[i].act, act))
        i++;
    if (i == STR_COUNT(deeds))
        return ERR_NOT_FOUND;
    struct reading reading = { field, context, json_pack("{s:I}", "case", (json_int_t)case_id) };
    if (!reading.args)
        return ERR_NOMEM;
    int rc = read_fields(&reading, deeds[i].fields, ret_why);
    if (!rc && str_equal(act, "correct"))
        rc = read_labels(&reading);
    if (rc) {
        json_decref(reading.args);
        return rc;
    }
    *ret_verb = deeds[i].verb;
    *ret_args = reading.args;
    return 0;
}

/* ---- what a form may hold --------------------------------------------------------------------------------------- */

static bool is_box(struct span name, const char *prefix, int (*from_word)(const char *))
{
    char word[48];
    size_t len = strlen(prefix);
    return name.len > len && !memcmp(name.data, prefix, len) &&
           str_copy_span(word, sizeof word, (struct span){ name.data + len, name.len - len }) && from_word(word) >= 0;
}

static bool is_of_labels(struct span name)
{
    return span_equal(name, span_of("was_c")) || span_equal(name, span_of("was_f")) ||
           is_box(name, "c_", category_from_word) || is_box(name, "f_", flag_from_word);
}

bool caseacts_knows(const char *act, struct span name)
{
    if (str_equal(act, "correct") && is_of_labels(name))
        return true;
    if (str_equal(act, "say") && span_equal(name, span_of("do")))
        return true;
    for (size_t i = 0; i < STR_COUNT(deeds); i++)
        for (unsigned k = 0; str_equal(deeds[i].act, act) && k < FIELDS_MAX && deeds[i].fields[k].name; k++)
            if (span_equal(name, span_of(deeds[i].fields[k].name)))
                return true;
    return false;
}
