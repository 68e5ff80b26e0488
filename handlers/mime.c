/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mime - see the header. */
#include "handlers/mime.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define LINE_MAX_LEN 76
#define WORD_BYTES_MAX 39 /* 52 base64 characters */
#define WORD_LEN_MAX 64   /* with "=?utf-8?B?" and "?="; "Subject: " fits before it */
#define LINE_BYTES 57     /* 76 base64 characters */
#define TEXT_MAX (256 * 1024)

/* RFC 5322 atext and the dots between atoms. */
static bool is_local_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr(".!#$%&'*+-/=?^_`{|}~", c));
}

static bool is_domain_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool has_empty_label(const char *text, size_t len)
{
    if (len == 0 || text[0] == '.' || text[len - 1] == '.')
        return true;
    for (size_t i = 1; i < len; i++) {
        if (text[i] == '.' && text[i - 1] == '.')
            return true;
    }
    return false;
}

bool mime_is_address(const char *text)
{
    const char *at = text ? strchr(text, '@') : NULL;
    if (!at || strlen(text) > MIME_ADDRESS_MAX || at - text > 64)
        return false;
    for (const char *c = text; c < at; c++) {
        if (!is_local_char(*c))
            return false;
    }
    for (const char *c = at + 1; *c; c++) {
        if (!is_domain_char(*c))
            return false;
    }
    return !has_empty_label(text, (size_t)(at - text)) && !has_empty_label(at + 1, strlen(at + 1));
}

const char *mime_domain(const char *address)
{
    const char *at = strchr(address, '@');
    return at ? at + 1 : "";
}

/* May the value stand in a header unencoded? "=?" would be read as an encoded word. */
static bool is_plain(const char *value, size_t room)
{
    if (strlen(value) > room || strstr(value, "=?") || value[0] == ' ')
        return false;
    for (const char *c = value; *c; c++) {
        if (*c < ' ' || *c > '~')
            return false;
    }
    return true;
}

static void add_encoded_word(struct buf *out, struct span bytes)
{
    buf_add_text(out, "=?utf-8?B?");
    str_base64_encode(out, bytes.data, bytes.len);
    buf_add_text(out, "?=");
}

/* Encoded words of at most WORD_BYTES_MAX bytes, one a line. White space between them is not part of the text. */
static void add_encoded(struct buf *out, const char *value)
{
    AUTO_BUF text;
    buf_init(&text, TEXT_MAX);
    utf8_repair(&text, span_of(value));
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] < ' ' || text.data[i] == 0x7f)
            text.data[i] = ' ';
    }
    struct span rest = buf_span(&text);
    while (rest.len) {
        size_t len = utf8_prefix(rest, WORD_BYTES_MAX);
        add_encoded_word(out, (struct span){ rest.data, len });
        rest.data += len;
        rest.len -= len;
        if (rest.len)
            buf_add_text(out, "\r\n ");
    }
}

static void add_value(struct buf *out, const char *name, const char *value)
{
    size_t used = strlen(name) + 2;
    if (used < LINE_MAX_LEN && is_plain(value, LINE_MAX_LEN - used))
        buf_add_text(out, value);
    else {
        /* A long name and a full word together would pass the line. */
        buf_add_text(out, used > LINE_MAX_LEN - WORD_LEN_MAX ? "\r\n " : "");
        add_encoded(out, value);
    }
}

void mime_add_header(struct buf *out, const char *name, const char *value)
{
    buf_add_format(out, "%s: ", name);
    add_value(out, name, value);
    buf_add_text(out, "\r\n");
}

void mime_add_mailbox(struct buf *out, const char *name, const char *phrase, const char *address)
{
    buf_add_format(out, "%s: ", name);
    if (!str_is_empty(phrase)) {
        /* Always encoded: in a phrase even "," or "." would need quoting. */
        add_encoded(out, phrase);
        buf_add_text(out, "\r\n ");
        buf_add_format(out, "<%s>", address);
    } else
        buf_add_text(out, address);
    buf_add_text(out, "\r\n");
}

static void add_with_crlf(struct buf *out, const char *text)
{
    for (const char *c = text; *c; c++) {
        if (*c == '\r' || *c == '\n') {
            buf_add_text(out, "\r\n");
            c += c[0] == '\r' && c[1] == '\n';
        } else
            buf_add_char(out, *c);
    }
}

void mime_add_base64_text(struct buf *out, const char *text)
{
    AUTO_BUF lines;
    buf_init(&lines, TEXT_MAX);
    add_with_crlf(&lines, text);
    if (buf_check(&lines)) {
        out->is_failed = true;
        return;
    }
    for (size_t at = 0; at < lines.len; at += LINE_BYTES) {
        size_t len = lines.len - at < LINE_BYTES ? lines.len - at : LINE_BYTES;
        str_base64_encode(out, lines.data + at, len);
        buf_add_text(out, "\r\n");
    }
}
