/* SPDX-License-Identifier: GPL-3.0-or-later */
/* html - see html.h. The places are those of WHATWG HTML 13.2.5 (data, tag, double-quoted attribute value), no more. */
#include "gateway/console/html.h"

#include <stdlib.h>
#include <strings.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

enum place { PLACE_TEXT, PLACE_TAG, PLACE_VALUE };

struct html {
    struct buf out;
    enum place place;
    bool is_misused;
};

/* After these a browser stops reading entities or tags, so escaping would no longer hold. */
static const char *const opaque_elements[] = { "script", "style", "!--", "iframe", "xmp", "noembed", "noframes",
    "noscript", "plaintext", "math" };

struct html *html_new(size_t max)
{
    struct html *html = calloc(1, sizeof *html);
    if (html)
        buf_init(&html->out, max);
    return html;
}

void html_free(struct html *html)
{
    if (!html)
        return;
    buf_done(&html->out);
    free(html);
}

void html_auto_free(struct html **html)
{
    html_free(*html);
}

int html_finish(struct html *html, struct buf *out)
{
    if (html->is_misused || html->place != PLACE_TEXT)
        return ERR_INVALID;
    int rc = buf_check(&html->out);
    if (rc)
        return rc;
    buf_add_span(out, buf_span(&html->out));
    return buf_check(out);
}

/* ---- markup ---------------------------------------------------------------------------------------------------- */

static bool opens_opaque(const char *after, size_t len)
{
    for (size_t i = 0; i < STR_COUNT(opaque_elements); i++) {
        size_t n = span_of(opaque_elements[i]).len;
        if (n <= len && !strncasecmp(after, opaque_elements[i], n))
            return true;
    }
    return false;
}

static enum place after(struct html *html, const char *at, size_t left)
{
    switch (html->place) {
    case PLACE_TEXT:
        if (*at != '<')
            return PLACE_TEXT;
        html->is_misused = html->is_misused || opens_opaque(at + 1, left - 1);
        return PLACE_TAG;
    case PLACE_TAG:
        html->is_misused = html->is_misused || *at == '\'' || *at == '<';
        return *at == '"' ? PLACE_VALUE : *at == '>' ? PLACE_TEXT : PLACE_TAG;
    default:
        return *at == '"' ? PLACE_TAG : PLACE_VALUE;
    }
}

void html_put_literal(struct html *html, const char *literal, size_t len)
{
    for (size_t i = 0; i < len; i++)
        html->place = after(html, literal + i, len - i);
    buf_add(&html->out, literal, len);
}

/* ---- text ------------------------------------------------------------------------------------------------------ */

static const char *entity_of(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\r':
        return "&#13;"; /* a bare one would be read as a line end */
    default:
        return NULL;
    }
}

static bool is_unwritable(uint32_t c)
{
    bool is_control = (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7f && c <= 0x9f);
    return is_control || (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static bool turns_direction(uint32_t c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static void escape(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len;) {
        uint32_t c;
        i += utf8_decode(text.data + i, text.len - i, &c);
        const char *entity = entity_of(c);
        if (entity)
            buf_add_text(out, entity);
        else if (turns_direction(c))
            buf_add_format(out, "[U+%04X]", (unsigned)c);
        else
            utf8_encode(out, is_unwritable(c) ? UTF8_REPLACEMENT : c);
    }
}

void html_text(struct html *html, struct span text)
{
    html->is_misused = html->is_misused || html->place != PLACE_TEXT;
    if (!html->is_misused)
        escape(&html->out, text);
}

void html_string(struct html *html, const char *text)
{
    html_text(html, span_of(text));
}

void html_put_attr(struct html *html, const char *literal, size_t len, const char *value)
{
    html->is_misused = html->is_misused || html->place != PLACE_TAG;
    html_put_literal(html, literal, len);
    html->is_misused = html->is_misused || html->place != PLACE_VALUE;
    if (!html->is_misused)
        escape(&html->out, span_of(value));
    H_LIT(html, "\"");
}

void html_number(struct html *html, int64_t number)
{
    html->is_misused = html->is_misused || html->place != PLACE_TEXT;
    buf_add_format(&html->out, "%lld", (long long)number);
}
