/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markup - see markup.h. */
#include "tests/support/markup.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define OPEN_MAX_DEPTH 64
#define NAME_MAX_CHARS 32

static const char *const empty_elements[] = { "!doctype", "meta", "link", "input", "br" };

struct reader {
    const char *at, *end;
    const char *wanted; /* attribute, or NULL */
    bool has_found;
    struct buf *text, *value;
    unsigned depth;
    char open[OPEN_MAX_DEPTH][NAME_MAX_CHARS];
    const char *problem;
};

static bool starts(const struct reader *r, const char *text)
{
    return (size_t)(r->end - r->at) >= strlen(text) && !strncmp(r->at, text, strlen(text));
}

static void fail(struct reader *r, const char *problem)
{
    r->problem = r->problem ? r->problem : problem;
    r->at = r->end;
}

static void read_entity(struct reader *r, struct buf *out)
{
    static const struct {
        const char *written, *means;
    } entities[] = { { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" },
        { "&#13;", "\r" } };
    for (size_t i = 0; i < STR_COUNT(entities); i++) {
        if (!starts(r, entities[i].written))
            continue;
        buf_add_text(out, entities[i].means);
        r->at += strlen(entities[i].written);
        return;
    }
    fail(r, "an entity that nobody writes");
}

static void read_char(struct reader *r, struct buf *out)
{
    if (*r->at == '&')
        read_entity(r, out);
    else if (*r->at == '\r' || *r->at == '\0')
        fail(r, "a character that HTML changes");
    else
        buf_add_char(out, *r->at++);
}

static size_t read_name(struct reader *r, char *ret)
{
    size_t len = 0;
    while (r->at < r->end && len + 1 < NAME_MAX_CHARS &&
           ((*r->at >= 'a' && *r->at <= 'z') || (*r->at >= '0' && *r->at <= '9') || *r->at == '-' || *r->at == '!'))
        ret[len++] = *r->at++;
    ret[len] = '\0';
    return len;
}

static void read_attr(struct reader *r)
{
    char name[NAME_MAX_CHARS];
    AUTO_BUF other;
    buf_init(&other, 1 << 20);
    if (!read_name(r, name)) {
        fail(r, "an attribute without a name");
        return;
    }
    if (r->at == r->end || *r->at != '=')
        return;
    r->at++;
    if (r->at == r->end || *r->at++ != '"') {
        fail(r, "an attribute value without double quotes");
        return;
    }
    bool is_wanted = r->wanted && !r->has_found && str_equal(name, r->wanted);
    r->has_found = r->has_found || is_wanted;
    while (r->at < r->end && *r->at != '"')
        read_char(r, is_wanted ? r->value : &other);
    if (r->at < r->end)
        r->at++;
}

static bool is_empty_element(const char *name)
{
    for (size_t i = 0; i < STR_COUNT(empty_elements); i++)
        if (str_equal(empty_elements[i], name))
            return true;
    return false;
}

static void note_element(struct reader *r, const char *name, bool is_end)
{
    if (is_end) {
        if (!r->depth || !str_equal(r->open[--r->depth], name))
            fail(r, "an end tag that closes nothing");
    } else if (!is_empty_element(name)) {
        if (r->depth == OPEN_MAX_DEPTH)
            fail(r, "too deep");
        else
            str_copy(r->open[r->depth++], NAME_MAX_CHARS, name);
    }
}

static void read_tag(struct reader *r)
{
    char name[NAME_MAX_CHARS];
    bool is_end = ++r->at < r->end && *r->at == '/';
    r->at += is_end;
    if (!read_name(r, name))
        fail(r, "a tag without a name");
    while (r->at < r->end && *r->at != '>') {
        if (*r->at == ' ' || *r->at == '\n')
            r->at++;
        else
            read_attr(r);
    }
    if (r->at == r->end) {
        fail(r, "a tag without an end");
        return;
    }
    r->at++;
    note_element(r, name, is_end);
}

static const char *read_all(struct reader *r)
{
    while (r->at < r->end) {
        if (*r->at == '<')
            read_tag(r);
        else
            read_char(r, r->text);
    }
    return r->problem ? r->problem : r->depth ? "an element without its end tag" : NULL;
}

const char *markup_read_text(struct span page, struct buf *out)
{
    AUTO_BUF ignored;
    buf_init(&ignored, 1 << 20);
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return "out of memory";
    *r = (struct reader){ .at = page.data, .end = page.data + page.len, .text = out, .value = &ignored };
    const char *problem = read_all(r);
    free(r);
    return problem;
}

const char *markup_read_attr(struct span page, const char *name, struct buf *out)
{
    AUTO_BUF ignored;
    buf_init(&ignored, 1 << 20);
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return "out of memory";
    *r =
        (struct reader){ .at = page.data, .end = page.data + page.len, .wanted = name, .text = &ignored, .value = out };
    const char *problem = read_all(r);
    if (!problem && !r->has_found)
        problem = "no such attribute";
    free(r);
    return problem;
}

void markup_expect(struct span text, struct buf *out)
{
    static const char *const turning[] = { "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad",
        "\xe2\x80\xae", "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9" };
    static const char *const shown[] = { "[U+202A]", "[U+202B]", "[U+202C]", "[U+202D]", "[U+202E]", "[U+2066]",
        "[U+2067]", "[U+2068]", "[U+2069]" };
    for (size_t i = 0; i < text.len;) {
        uint32_t c;
        size_t len = utf8_decode(text.data + i, text.len - i, &c), t = 0;
        while (t < STR_COUNT(turning) && (len != 3 || memcmp(turning[t], text.data + i, 3) != 0))
            t++;
        bool is_kept = c == 9 || c == 10 || c == 13 || (c >= 32 && c < 127) || c >= 160;
        bool is_character = !(c >= 0xfdd0 && c <= 0xfdef) && (c & 0xffff) < 0xfffe;
        if (t < STR_COUNT(turning))
            buf_add_text(out, shown[t]);
        else if (is_kept && is_character && !(c == UTF8_REPLACEMENT && len == 1))
            buf_add(out, text.data + i, len);
        else
            buf_add_text(out, "\xef\xbf\xbd");
        i += len;
    }
}
