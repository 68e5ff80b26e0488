/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter - see filter.h.
 * Why:   it reads the descriptor itself and flushes before every read that may wait, so a person or another program
 *        sees each answer at once and a file still goes at full speed.
 */
#include "gateway/core/triage/filter.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/triage/classify.h"
#include "gateway/json/json.h"

#define READ_BYTES 65536u
#define ID_MAX 256u

struct lines {
    int fd;
    FILE *out; /* flushed before waiting */
    char bytes[READ_BYTES];
    size_t at, end;
    bool is_done, has_failed;
};

static bool fill(struct lines *lines)
{
    if (lines->at < lines->end)
        return true;
    if (lines->is_done || fflush(lines->out))
        return false;
    ssize_t got;
    do
        got = read(lines->fd, lines->bytes, sizeof lines->bytes);
    while (got < 0 && errno == EINTR);
    lines->has_failed = got < 0;
    lines->is_done = got <= 0;
    lines->at = 0;
    lines->end = got > 0 ? (size_t)got : 0;
    return got > 0;
}

/* The next line without its end into line; false at the end of the input. What is over the ceiling is read and lost. */
static bool next_line(struct lines *lines, struct buf *line)
{
    bool has_any = false;
    buf_clear(line);
    while (fill(lines)) {
        const char *from = lines->bytes + lines->at;
        size_t left = lines->end - lines->at;
        const char *newline = memchr(from, '\n', left);
        size_t len = newline ? (size_t)(newline - from) : left;
        has_any = true;
        buf_add(line, from, len);
        lines->at += len + (newline != NULL);
        if (newline)
            break;
    }
    return has_any;
}

static int hex_value(const char *text, size_t len)
{
    int value = 0;
    for (size_t i = 0; i < 4; i++) {
        if (i >= len)
            return -1;
        char c = text[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

/* Valid UTF-8, and no escape for NUL or for half a surrogate pair: such a text is still a message. */
static void repair_line(struct span line, struct buf *out)
{
    AUTO_BUF valid;
    buf_init(&valid, 3 * FILTER_LINE_MAX);
    utf8_repair(&valid, line);
    for (size_t i = 0; i < valid.len; i++) {
        const char *at = valid.data + i;
        size_t left = valid.len - i;
        int unit = at[0] == '\\' && left >= 6 && at[1] == 'u' ? hex_value(at + 2, left - 2) : -1;
        if (unit < 0) {
            size_t len = at[0] == '\\' && left >= 2 ? 2 : 1;
            buf_add(out, at, len);
            i += len - 1;
            continue;
        }
        int next = left >= 12 && at[6] == '\\' && at[7] == 'u' ? hex_value(at + 8, left - 8) : -1;
        bool is_pair = unit >= 0xD800 && unit <= 0xDBFF && next >= 0xDC00 && next <= 0xDFFF;
        bool is_bad = unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF && !is_pair);
        if (is_bad)
            buf_add_text(out, "\\ufffd");
        else
            buf_add(out, at, is_pair ? 12 : 6);
        i += is_pair ? 11 : 5;
    }
}

static json_t *read_object(struct span line)
{
    json_t *object = json_read(line, NULL);
    if (object)
        return object;
    AUTO_BUF repaired;
    buf_init(&repaired, 4 * FILTER_LINE_MAX);
    repair_line(line, &repaired);
    return buf_check(&repaired) ? NULL : json_read(buf_span(&repaired), NULL);
}

/* The id of a line that is not JSON, as far as it can be seen: "id": followed by a string or a number. */
static json_t *guess_id(struct span line)
{
    const char *at = line.len ? memmem(line.data, line.len, "\"id\"", 4) : NULL;
    if (!at)
        return json_null();
    const char *end = line.data + line.len;
    at += 4;
    while (at < end && (*at == ' ' || *at == '\t' || *at == ':'))
        at++;
    const char *stop = at;
    if (at < end && *at == '"') {
        for (stop++; stop < end && *stop != '"'; stop++)
            stop += *stop == '\\' && stop + 1 < end;
        stop += stop < end;
    } else {
        while (stop < end && *stop != ',' && *stop != '}' && *stop != ' ')
            stop++;
    }
    if (stop == at || (size_t)(stop - at) > ID_MAX)
        return json_null();
    AUTO_BUF wrapped;
    buf_init(&wrapped, ID_MAX + 16);
    buf_add_format(&wrapped, "[%.*s]", (int)(stop - at), at);
    AUTO_JSON *array = buf_check(&wrapped) ? NULL : json_read(buf_span(&wrapped), NULL);
    json_t *id = array ? json_array_get(array, 0) : NULL;
    return id && !json_is_object(id) && !json_is_array(id) ? json_incref(id) : json_null();
}

static json_t *word_list(uint32_t set, unsigned count, const char *(*word)(unsigned))
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        if (set >> i & 1)
            json_array_append_new(list, json_string(word(i)));
    return list;
}

static const char *category_at(unsigned index)
{
    return category_word((enum category)index);
}

static const char *flag_at(unsigned index)
{
    return flag_word((enum flag)index);
}

static const char *evidence_kind(enum label_kind kind)
{
    static const char *const words[] = { [LABEL_CATEGORY] = "category",
        [LABEL_FLAG] = "flag",
        [LABEL_INTENT] = "intent",
        [LABEL_URGENCY] = "urgency",
        [LABEL_FACT] = "fact" };
    return words[kind];
}

static const char *evidence_label(const struct evidence *e)
{
    switch (e->kind) {
    case LABEL_CATEGORY:
        return category_word((enum category)e->label);
    case LABEL_FLAG:
        return flag_word((enum flag)e->label);
    case LABEL_INTENT:
        return intent_word((enum intent)e->label);
    case LABEL_FACT:
        return fact_word((enum fact)e->label);
    case LABEL_URGENCY:
        break;
    }
    return urgency_word((enum urgency)e->label);
}

static json_t *evidence_list(const struct triage *triage, struct span text)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < triage->evidence_count; i++) {
        const struct evidence *e = &triage->evidence[i];
        if ((size_t)e->start + e->len > text.len || e->kind == LABEL_FACT)
            continue;
        json_t *item = json_object();
        json_object_set_new(item, "label", json_string(evidence_label(e)));
        json_object_set_new(item, "kind", json_string(evidence_kind(e->kind)));
        json_object_set_new(item, "text", json_stringn(text.data + e->start, e->len));
        json_object_set_new(item, "start", json_integer(e->start));
        json_object_set_new(item, "len", json_integer(e->len));
        json_array_append_new(list, item);
    }
    return list;
}

/* {"places": ["Dammam"], "days": ["3 days"], "phones": [], "country": "SA"}: in the words of the text. */
static json_t *facts_of(const struct triage *triage, struct span text)
{
    json_t *facts = json_object();
    for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
        json_t *list = json_array();
        for (unsigned i = 0; i < triage->evidence_count; i++) {
            const struct evidence *e = &triage->evidence[i];
            if (e->kind == LABEL_FACT && e->label == fact && (size_t)e->start + e->len <= text.len)
                json_array_append_new(list, json_stringn(text.data + e->start, e->len));
        }
        json_object_set_new(facts, fact_word((enum fact)fact), list);
    }
    json_object_set_new(facts, "country", json_string(triage->country));
    return facts;
}

static json_t *answer_of(json_t *id_take, const struct triage *triage, struct span text, const char *error)
{
    json_t *answer = json_object();
    json_object_set_new(answer, "id", id_take);
    json_object_set_new(answer, "language", json_string(triage->language));
    json_object_set_new(answer, "help", json_boolean(triage->is_help));
    json_object_set_new(answer, "intent", json_string(intent_word(triage->intent)));
    json_object_set_new(answer, "categories", word_list(triage->categories, CATEGORY_COUNT, category_at));
    json_object_set_new(answer, "urgency", json_string(urgency_word(triage->urgency)));
    json_object_set_new(answer, "flags", word_list(triage->flags, FLAG_COUNT, flag_at));
    json_object_set_new(answer, "evidence", evidence_list(triage, text));
    json_object_set_new(answer, "facts", facts_of(triage, text));
    if (error)
        json_object_set_new(answer, "error", json_string(error));
    return answer;
}

static json_t *answer_line(const struct lexicon *lexicon, struct span line)
{
    struct triage triage;
    AUTO_JSON *object = read_object(line);
    const json_t *text = object ? json_object_get(object, "text") : NULL;
    const char *error = NULL;
    struct span bytes = { "", 0 };
    if (text && json_is_string(text))
        bytes = (struct span){ json_string_value(text), json_string_length(text) };
    else
        error = !object ? "not a JSON object" : "no text";
    if (triage_classify(lexicon, bytes, NULL, 0, &triage) == ERR_LIMIT)
        error = "only the beginning of the text was read";
    json_t *id = object ? json_object_get(object, "id") : NULL;
    id = id ? json_incref(id) : object ? json_null() : guess_id(line);
    return answer_of(id, &triage, bytes, error);
}

static int write_answer(FILE *out, const json_t *answer, struct buf *bytes)
{
    buf_clear(bytes);
    int rc = json_write(answer, bytes);
    if (rc)
        return rc;
    buf_add_char(bytes, '\n');
    rc = buf_check(bytes);
    if (rc)
        return rc;
    return fwrite(bytes->data, 1, bytes->len, out) == bytes->len ? 0 : ERR_IO;
}

int filter_run(FILE *in, FILE *out, const struct lexicon *lexicon)
{
    struct lines lines = { .fd = fileno(in), .out = out };
    AUTO_BUF line, bytes;
    buf_init(&line, FILTER_LINE_MAX);
    buf_init(&bytes, FILTER_LINE_MAX);
    int rc = 0;
    while (!rc && next_line(&lines, &line)) {
        json_t *answer = answer_line(lexicon, buf_span(&line));
        rc = answer ? write_answer(out, answer, &bytes) : ERR_NOMEM;
        json_decref(answer);
    }
    if (fflush(out) && !rc)
        rc = ERR_IO;
    return lines.has_failed && !rc ? ERR_IO : rc;
}
