/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * log - one logfmt line an event, written with one write(2) so that lines of several programs never mix.
 * Keeps: a line has at most LINE_MAX_BYTES; a field that does not fit is left out whole, never cut in its quotes.
 */
#include "gateway/base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/str.h"

#define LINE_MAX_BYTES 6000u /* a sentence of struct error with every byte escaped still fits */
#define TAG_BYTES 4u         /* of a keyed tag: enough to follow one number through a log, too few to be one */

static const struct {
    const char *name, *meaning;
} events[] = {
#define EVENT(name, meaning) { #name, meaning },
#include "gateway/base/events.def"
#undef EVENT
};

static enum log_level level_shown = LOG_LEVEL_INFO; /* mutable: one log a process */
static uint64_t counts[EV_COUNT];                   /* mutable: one log a process */

void log_set_level(enum log_level level)
{
    level_shown = level;
}

const char *log_event_name(enum log_event_id event)
{
    return (unsigned)event < EV_COUNT ? events[event].name : "unknown";
}

const char *log_event_meaning(enum log_event_id event)
{
    return (unsigned)event < EV_COUNT ? events[event].meaning : "";
}

uint64_t log_event_count(enum log_event_id event)
{
    return (unsigned)event < EV_COUNT ? counts[event] : 0;
}

/* A backslash alone needs no quotes: outside of them it means itself. */
static bool is_bare(const char *text)
{
    return *text != '\0' && strpbrk(text, " =\"") == NULL;
}

/* A value in logfmt: bare when it has nothing special, else in double quotes with \" and \\ inside. */
static void add_value(struct buf *line, const char *value)
{
    AUTO_BUF visible;

    buf_init(&visible, LINE_MAX_BYTES);
    str_add_visible(&visible, span_of(value));
    if (buf_check(&visible))
        line->is_failed = true;
    value = visible.data ? visible.data : "";
    if (is_bare(value)) {
        buf_add_text(line, value);
        return;
    }
    buf_add_char(line, '"');
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            buf_add_char(line, '\\');
        buf_add_char(line, *value);
    }
    buf_add_char(line, '"');
}

static void add_field(struct buf *line, const struct log_field *field)
{
    buf_add_format(line, " %s=", field->key);
    switch (field->kind) {
    case LOG_FIELD_INT:
        buf_add_format(line, "%" PRId64, field->number);
        break;
    case LOG_FIELD_TAG:
        if (field->tag)
            str_hex_encode(line, field->tag, TAG_BYTES);
        break;
    case LOG_FIELD_WORD:
    case LOG_FIELD_WHY:
        add_value(line, field->word);
        break;
    case LOG_FIELD_END:
        break;
    }
}

void log_write(enum log_level level, enum log_event_id event, const struct log_field *fields)
{
    AUTO_BUF line;
    ssize_t written;

    buf_init(&line, LINE_MAX_BYTES);
    if ((unsigned)event < EV_COUNT)
        counts[event]++;
    if (level > level_shown)
        return;
    buf_add_format(&line, "<%d>event=%s", (int)level, log_event_name(event));
    for (; fields->kind != LOG_FIELD_END; fields++) {
        size_t before = line.len;
        add_field(&line, fields);
        if (buf_check(&line))
            buf_truncate(&line, before);
    }
    line.max++; /* the line end always has room */
    buf_add_char(&line, '\n');
    do
        written = line.data ? write(STDERR_FILENO, line.data, line.len) : 0;
    while (written < 0 && errno == EINTR);
}
