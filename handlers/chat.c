/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chat - see the header. */
#include "handlers/chat.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define PIECE_MAX 16 /* the longest escape of one character */
#define WAIT_MAX_S 86400
#define JOINER "\xe2\x81\xa0" /* U+2060: invisible, no break */
/* RFC 3986 without what a place could read as the end of the link. */
#define URL_CHARACTERS "-._~:/?#[]@!$&+,;=%"

/* ---- words and link -------------------------------------------------------------------------------------------- */

/* The line of `text` that holds `part`, with its line break; empty when there is none. */
static struct span line_with(struct span text, const char *part)
{
    const char *at = memmem(text.data, text.len, part, strlen(part));
    if (!at)
        return (struct span){ text.data + text.len, 0 };
    size_t start = (size_t)(at - text.data), end = start + strlen(part);
    while (start && text.data[start - 1] != '\n')
        start--;
    while (end < text.len && text.data[end] != '\n')
        end++;
    return (struct span){ text.data + start, end - start + (end < text.len) };
}

struct span chat_words(const struct sms_out *message)
{
    struct span words = span_of(str_is_empty(message->text) ? message->subject : message->text);
    const char *link = chat_link(message);
    struct span line = link ? line_with(words, link) : (struct span){ NULL, 0 };
    if (line.len && line.data + line.len == words.data + words.len)
        words.len -= line.len; /* only the last line: she may have sent us an address of ours */
    while (words.len && words.data[words.len - 1] == '\n')
        words.len--;
    return words;
}

const char *chat_link(const struct sms_out *message)
{
    const char *url = message->alert ? message->alert->ack_url : NULL;
    bool is_link = url && (str_starts_nocase(url, "https://") || str_starts_nocase(url, "http://"));
    return is_link ? url : NULL;
}

bool chat_is_default(const char *to)
{
    return str_is_empty(to) || str_equal(to, "default");
}

/* ---- escaping -------------------------------------------------------------------------------------------------- */

struct escape {
    uint32_t character;
    const char *text;
};

static const struct escape slack_escapes[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { 0, NULL } };
static const struct escape html_escapes[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
    { 0, NULL } };
static const struct escape html_br_escapes[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" },
    { '\n', "<br>" }, { 0, NULL } };
static const struct escape markdown_escapes[] = { { '\\', "\\\\" }, { '`', "\\`" }, { '*', "\\*" }, { '_', "\\_" },
    { '~', "\\~" }, { '[', "\\[" }, { ']', "\\]" }, { '<', "\\<" }, { '>', "\\>" }, { '|', "\\|" }, { '#', "\\#" },
    { '!', "\\!" }, { '@', "@" JOINER }, { 0, NULL } };
static const struct escape rocket_escapes[] = { { '`', "\\`" }, { '*', "\\*" }, { '_', "\\_" }, { '~', "\\~" },
    { '#', "\\#" }, { '[', "[" JOINER }, { ']', "]" JOINER }, { '<', "<" JOINER }, { '|', "|" JOINER },
    { '>', JOINER ">" }, { '@', "@" JOINER }, { 0, NULL } };
static const struct escape no_escapes[] = { { 0, NULL } };

static const struct escape *escapes_of(enum chat_format format)
{
    switch (format) {
    case CHAT_SLACK:
        return slack_escapes;
    case CHAT_HTML:
        return html_escapes;
    case CHAT_HTML_BR:
        return html_br_escapes;
    case CHAT_MARKDOWN:
        return markdown_escapes;
    case CHAT_ROCKET:
        return rocket_escapes;
    case CHAT_PLAIN:
        break;
    }
    return no_escapes;
}

/* Embeddings, overrides and isolates of bidirectional text (UAX 9): left open, they would turn our own words around;
 * without them her words stand in the order of their letters. */
static bool turns_text(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void add_character(struct buf *out, uint32_t character, const struct escape *escapes)
{
    for (; escapes->text; escapes++) {
        if (escapes->character == character) {
            buf_add_text(out, escapes->text);
            return;
        }
    }
    if (character != '\r' && !turns_text(character))
        utf8_encode(out, character ? character : UTF8_REPLACEMENT);
}

/* How much of text fits into max when it is written; all that is written goes to out, if there is one. */
static size_t write_within(
    struct buf *out, struct span text, const struct escape *escapes, enum chat_unit unit, size_t max)
{
    size_t at = 0, used = 0;
    while (at < text.len) {
        uint32_t character;
        AUTO_BUF piece;
        buf_init(&piece, PIECE_MAX);
        size_t step = utf8_decode(text.data + at, text.len - at, &character);
        add_character(&piece, character, escapes);
        used += unit == CHAT_BYTES ? piece.len : utf8_utf16_units(buf_span(&piece));
        if (used > max)
            break;
        if (out)
            buf_add_span(out, buf_span(&piece));
        at += step;
    }
    return at;
}

void chat_add_escaped(struct buf *out, struct span text, enum chat_format format)
{
    (void)write_within(out, text, escapes_of(format), CHAT_BYTES, SIZE_MAX);
}

void chat_add_cut(struct buf *out, struct span text, enum chat_format format, struct chat_limit limit)
{
    const struct escape *escapes = escapes_of(format);
    AUTO_BUF note;
    buf_init(&note, 8 * strlen(CHAT_CUT_NOTE));
    if (write_within(NULL, text, escapes, limit.unit, limit.max) == text.len) {
        chat_add_escaped(out, text, format);
        return;
    }
    chat_add_escaped(&note, span_of(CHAT_CUT_NOTE), format);
    size_t note_len = limit.unit == CHAT_BYTES ? note.len : utf8_utf16_units(buf_span(&note));
    (void)write_within(out, text, escapes, limit.unit, limit.max > note_len ? limit.max - note_len : 0);
    buf_add_span(out, buf_span(&note));
}

/* ---- link ------------------------------------------------------------------------------------------------------ */

static void add_url(struct buf *out, const char *url, enum chat_format format)
{
    for (; *url; url++) {
        bool is_letter = (*url >= 'a' && *url <= 'z') || (*url >= 'A' && *url <= 'Z') || (*url >= '0' && *url <= '9');
        if (!is_letter && !strchr(URL_CHARACTERS, *url))
            buf_add_format(out, "%%%02X", (unsigned char)*url);
        else if (*url == '&' && format != CHAT_PLAIN && format != CHAT_MARKDOWN && format != CHAT_ROCKET)
            buf_add_text(out, "&amp;");
        else
            buf_add_char(out, *url);
    }
}

void chat_add_link(struct buf *out, const char *url, enum chat_format format)
{
    static const struct {
        const char *before, *after;
    } forms[] = {
        [CHAT_PLAIN] = { CHAT_LABEL ": ", "" },
        [CHAT_SLACK] = { "<", "|" CHAT_LABEL ">" },
        [CHAT_HTML] = { "<a href=\"", "\">" CHAT_LABEL "</a>" },
        [CHAT_HTML_BR] = { "<a href=\"", "\">" CHAT_LABEL "</a>" },
        [CHAT_MARKDOWN] = { "[" CHAT_LABEL "](", ")" },
        [CHAT_ROCKET] = { "[" CHAT_LABEL "](", ")" },
    };
    buf_add_text(out, forms[format].before);
    add_url(out, url, format);
    buf_add_text(out, forms[format].after);
}

void chat_add_message(struct buf *out, const struct sms_out *message, enum chat_format format, struct chat_limit limit)
{
    const char *url = chat_link(message);
    AUTO_BUF link;
    buf_init(&link, CHAT_BUF_MAX);
    if (url) {
        chat_add_escaped(&link, span_of("\n"), format);
        chat_add_link(&link, url, format);
    }
    limit.max = limit.max > link.len ? limit.max - link.len : 0; /* a link is ASCII: bytes are units */
    chat_add_cut(out, chat_words(message), format, limit);
    buf_add_span(out, buf_span(&link));
}

/* ---- replies --------------------------------------------------------------------------------------------------- */

json_t *chat_json(const struct buf *text)
{
    return buf_check(text) ? NULL : json_stringn(text->data ? text->data : "", text->len);
}

void chat_set_wait(struct send_result *result, int64_t wait_s)
{
    if (wait_s > 0 && outcome_is_retried(result->outcome))
        result->retry_after_s = wait_s < WAIT_MAX_S ? wait_s : WAIT_MAX_S;
}
