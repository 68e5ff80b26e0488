/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * atline - reading one line by hand.
 */
#include "gateway/modem/atline.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"

#define NUMBER_MAX 1000000
#define STATUS_CME 1000
#define STATUS_UNNUMBERED 500
#define MTI_MASK 3
#define MTI_STATUS_REPORT 2

bool atline_starts(struct span line, const char *start)
{
    size_t len = strlen(start);
    return line.len >= len && strncasecmp(line.data, start, len) == 0;
}

bool atline_is_word(struct span line, const char *word)
{
    line = str_trim(line);
    return line.len == strlen(word) && atline_starts(line, word);
}

static struct span skip(struct span text, size_t len)
{
    return (struct span){ text.data + len, text.len - len };
}

bool atline_has_prefix(struct span line, const char *prefix, struct span *ret_rest)
{
    line = str_trim(line);
    if (!atline_starts(line, prefix))
        return false;
    line = str_trim(skip(line, strlen(prefix)));
    if (line.len == 0 || line.data[0] != ':')
        return false;
    *ret_rest = str_trim(skip(line, 1));
    return true;
}

/* Bytes up to the next comma outside quotes, or to the end. */
static size_t field_len(struct span text)
{
    bool is_quoted = false;
    size_t i = 0;
    for (; i < text.len && (is_quoted || text.data[i] != ','); i++)
        if (text.data[i] == '"')
            is_quoted = !is_quoted;
    return i;
}

static struct span bare(struct span field)
{
    field = str_trim(field);
    if (field.len >= 2 && field.data[0] == '"' && field.data[field.len - 1] == '"')
        return (struct span){ field.data + 1, field.len - 2 };
    return field;
}

static bool find_field(struct span rest, unsigned n, struct span *ret_field)
{
    for (;; n--) {
        size_t len = field_len(rest);
        *ret_field = (struct span){ rest.data, len };
        if (n == 0)
            return true;
        if (len == rest.len)
            return false;
        rest = skip(rest, len + 1);
    }
}

bool atline_field(struct span rest, unsigned n, char *ret, size_t ret_size)
{
    struct span field;
    ret[0] = '\0';
    if (!find_field(rest, n, &field))
        return false;
    (void)str_copy_span(ret, ret_size, bare(field));
    return true;
}

static bool to_number(struct span field, int *ret)
{
    char text[16];
    int64_t value = 0;
    if (!str_copy_span(text, sizeof(text), bare(field)) || str_to_int64(text, -1, NUMBER_MAX, &value) != 0)
        return false;
    *ret = (int)value;
    return true;
}

bool atline_number(struct span rest, unsigned n, int *ret)
{
    struct span field;
    return find_field(rest, n, &field) && to_number(field, ret);
}

bool atline_last_number(struct span rest, int *ret)
{
    const char *comma = rest.len > 0 ? memrchr(rest.data, ',', rest.len) : NULL;
    return to_number(comma != NULL ? skip(rest, (size_t)(comma + 1 - rest.data)) : rest, ret);
}

/* With AT+CMEE=2 left by somebody else the number is a sentence (27.007 §9.2). */
static int sentence_number(struct span text)
{
    static const struct {
        const char *text;
        int number;
    } sentences[] = { { "SIM not inserted", 10 }, { "SIM PIN required", 11 }, { "SIM PUK required", 12 },
        { "SIM failure", 13 }, { "SIM busy", 14 }, { "SIM wrong", 15 }, { "incorrect password", 16 },
        { "memory full", 20 } };
    for (size_t i = 0; i < STR_COUNT(sentences); i++)
        if (atline_is_word(text, sentences[i].text))
            return sentences[i].number;
    return -1;
}

static struct atline_final numbered(enum atline_code code, struct span rest)
{
    struct atline_final final = { code, -1 };
    if (!to_number(rest, &final.number))
        final.number = sentence_number(rest);
    return final;
}

struct atline_final atline_final(struct span line)
{
    static const char *const errors[] = { "ERROR", "COMMAND NOT SUPPORT", "TOO MANY PARAMETERS" };
    struct span rest;
    if (atline_is_word(line, "OK"))
        return (struct atline_final){ ATLINE_OK, -1 };
    for (size_t i = 0; i < STR_COUNT(errors); i++)
        if (atline_is_word(line, errors[i]))
            return (struct atline_final){ ATLINE_ERROR, -1 };
    if (atline_has_prefix(line, "+CMS ERROR", &rest))
        return numbered(ATLINE_CMS, rest);
    if (atline_has_prefix(line, "+CME ERROR", &rest))
        return numbered(ATLINE_CME, rest);
    return (struct atline_final){ ATLINE_NOT_FINAL, -1 };
}

int atline_status(struct atline_final final)
{
    if (final.code == ATLINE_OK)
        return 0;
    if (final.number < 0 || (final.number == 0 && final.code != ATLINE_CME))
        return STATUS_UNNUMBERED;
    return final.code == ATLINE_CME ? STATUS_CME + final.number : final.number;
}

bool atline_is_hex(struct span line)
{
    if (line.len < 2 || line.len % 2 != 0)
        return false;
    for (size_t i = 0; i < line.len; i++)
        if (!isxdigit((unsigned char)line.data[i]))
            return false;
    return true;
}

static int hex_octet(struct span line, size_t octet)
{
    int value = 0;
    for (size_t i = octet * 2; i < octet * 2 + 2; i++) {
        char c = line.data[i];
        value = value * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

int atline_tpdu_length(struct span line)
{
    line = str_trim(line);
    if (!atline_is_hex(line) || line.len > 4 * ATLINE_PDU_OCTETS_MAX)
        return -1;
    int length = (int)(line.len / 2) - 1 - hex_octet(line, 0);
    return length > 0 && length <= ATLINE_PDU_OCTETS_MAX ? length : -1;
}

bool atline_is_report(struct span line)
{
    line = str_trim(line);
    return (hex_octet(line, (size_t)hex_octet(line, 0) + 1) & MTI_MASK) == MTI_STATUS_REPORT;
}
