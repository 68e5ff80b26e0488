/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evidence - see evidence.h. Words, not numbers, so that a new category in the middle of the table changes no stored
 * row. */
#include "gateway/store/evidence.h"

#include <string.h>

#include "gateway/base/str.h"

#define WORD_MAX 24

static const struct {
    const char *word;
    int (*from_word)(const char *word);
    int count;
} kinds[] = {
    [LABEL_CATEGORY] = { "category", category_from_word, CATEGORY_COUNT },
    [LABEL_FLAG] = { "flag", flag_from_word, FLAG_COUNT },
    [LABEL_INTENT] = { "intent", intent_from_word, INTENT_COUNT },
    [LABEL_URGENCY] = { "urgency", urgency_from_word, URGENCY_COUNT },
    [LABEL_FACT] = { "fact", fact_from_word, FACT_COUNT },
};

static const char *label_word(const struct evidence *evidence)
{
    switch (evidence->kind) {
    case LABEL_CATEGORY:
        return category_word((enum category)evidence->label);
    case LABEL_FLAG:
        return flag_word((enum flag)evidence->label);
    case LABEL_INTENT:
        return intent_word((enum intent)evidence->label);
    case LABEL_FACT:
        return fact_word((enum fact)evidence->label);
    default:
        return urgency_word((enum urgency)evidence->label);
    }
}

/* Appends without format parsing: this runs for every message. */
static char *add_text(char *at, const char *end, const char *text)
{
    while (at < end && *text != '\0')
        *at++ = *text++;
    return at;
}

static char *add_number(char *at, const char *end, unsigned value)
{
    char digits[12];
    char *first = digits + sizeof digits - 1;
    *first = '\0';
    do {
        *--first = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return add_text(at, end, first);
}

void evidence_print(const struct triage *triage, char *ret_text)
{
    char *at = ret_text;
    const char *end = ret_text + EVIDENCE_TEXT_MAX - 1;
    for (unsigned i = 0; i < triage->evidence_count && i < EVIDENCE_MAX; i++) {
        const struct evidence *evidence = &triage->evidence[i];
        at = add_text(at, end, i == 0 ? "" : " ");
        at = add_text(at, end, kinds[evidence->kind].word);
        at = add_text(at, end, ":");
        at = add_text(at, end, label_word(evidence));
        at = add_text(at, end, ":");
        at = add_number(at, end, evidence->start);
        at = add_text(at, end, "+");
        at = add_number(at, end, evidence->len);
    }
    *at = '\0';
}

/* The text up to stop goes to ret_word; returns what follows stop, or NULL. */
static const char *take_word(const char *text, char stop, char *ret_word)
{
    const char *found = strchr(text, stop);
    if (found == NULL || !str_copy_span(ret_word, WORD_MAX, (struct span){ text, (size_t)(found - text) }))
        return NULL;
    return found + 1;
}

static const char *take_number(const char *text, uint16_t *ret_value)
{
    unsigned value = 0, digits = 0;
    for (; *text >= '0' && *text <= '9' && digits < 6; digits++)
        value = value * 10 + (unsigned)(*text++ - '0');
    *ret_value = (uint16_t)value;
    return digits > 0 && value <= UINT16_MAX ? text : NULL;
}

static int kind_from_word(const char *word)
{
    for (size_t i = 0; i < STR_COUNT(kinds); i++)
        if (str_equal(kinds[i].word, word))
            return (int)i;
    return -1;
}

static const char *parse_one(const char *text, struct evidence *ret_evidence)
{
    char word[WORD_MAX];
    text = take_word(text, ':', word);
    int kind = text == NULL ? -1 : kind_from_word(word);
    if (kind < 0 || (text = take_word(text, ':', word)) == NULL)
        return NULL;
    int label = kinds[kind].from_word(word);
    if (label < 0 || (text = take_number(text, &ret_evidence->start)) == NULL || *text != '+')
        return NULL;
    ret_evidence->kind = (enum label_kind)kind;
    ret_evidence->label = (uint8_t)label;
    return take_number(text + 1, &ret_evidence->len);
}

int evidence_parse(const char *text, struct triage *triage)
{
    triage->evidence_count = 0;
    while (*text != '\0') {
        if (triage->evidence_count == EVIDENCE_MAX)
            return ERR_CORRUPT;
        text = parse_one(text, &triage->evidence[triage->evidence_count]);
        if (text == NULL || (*text != ' ' && *text != '\0'))
            return ERR_CORRUPT;
        triage->evidence_count++;
        if (*text == ' ' && *++text == '\0')
            return ERR_CORRUPT;
    }
    return 0;
}
