/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mend - see the header. */
#include "gateway/xml/mend.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define CHARSET_MAX 32
#define DECLARATION_MAX 200 /* bytes that are searched for encoding="..." */
#define REFERENCE_MAX 12    /* bytes of "&#1114111;" and its relatives */
#define CDATA_BEGIN "<![CDATA["
#define CDATA_END "]]>"

/* encoding="..." of <?xml ... ?>; "" when there is none. */
static void find_declared(struct span text, char ret[CHARSET_MAX])
{
    char head[DECLARATION_MAX + 1];
    *ret = '\0';
    str_copy_span(
        head, sizeof head, (struct span){ text.data, text.len < DECLARATION_MAX ? text.len : DECLARATION_MAX });
    char *end = strstr(head, "?>");
    if (!end || strncmp(head, "<?xml", strlen("<?xml")) != 0)
        return;
    *end = '\0';
    const char *at = strstr(head, "encoding");
    if (!at)
        return;
    at += strlen("encoding");
    at += strspn(at, " =\"'");
    if (!str_copy_span(ret, CHARSET_MAX, (struct span){ at, strcspn(at, "\"' ") }))
        *ret = '\0';
}

static bool begins(struct span text, const char *bytes, size_t len)
{
    return text.len >= len && memcmp(text.data, bytes, len) == 0;
}

/* What the first bytes give away: markup begins with an ASCII character. */
static const char *guess(struct span text)
{
    if (begins(text, "\xfe\xff", 2) || begins(text, "\0<", 2))
        return "utf-16be";
    if (begins(text, "\xff\xfe", 2) || begins(text, "<\0", 2))
        return "utf-16le";
    if (begins(text, "\xef\xbb\xbf", 3))
        return "utf-8";
    return "";
}

static bool is_utf8_name(const char *charset)
{
    return str_equal_nocase(charset, "utf-8") || str_equal_nocase(charset, "utf8");
}

void mend_decode(struct buf *out, struct span text, const char *charset)
{
    char declared[CHARSET_MAX];
    size_t before = out->len;
    const char *guessed = guess(text);
    find_declared(text, declared);
    const char *name = *guessed ? guessed : *charset ? charset : declared;
    /* Whoever says UTF-8 and sends Latin-1 is not taken at the word. */
    bool is_named = *name && !is_utf8_name(name);
    if (!is_named || utf8_from_charset(out, text, name)) {
        buf_truncate(out, before);
        bool is_utf8 = utf8_is_valid(text) || begins(text, "\xef\xbb\xbf", 3);
        if (utf8_from_charset(out, text, is_utf8 ? "utf-8" : "windows-1252"))
            return;
    }
    if (begins(buf_span(out), "\xef\xbb\xbf", 3))
        buf_consume(out, 3);
}

/* The number of the reference at text ("&#233;", "&#xe9;"), its length out; -1 when it is none. */
static int64_t reference_at(struct span text, size_t at, size_t *ret_len)
{
    char copy[REFERENCE_MAX + 1];
    if (at + 3 >= text.len || text.data[at] != '&' || text.data[at + 1] != '#')
        return -1;
    size_t room = text.len - at < REFERENCE_MAX ? text.len - at : REFERENCE_MAX;
    const char *end = memchr(text.data + at, ';', room);
    if (!end)
        return -1;
    *ret_len = (size_t)(end - (text.data + at)) + 1;
    bool is_hex = text.data[at + 2] == 'x';
    size_t start = is_hex ? 3 : 2;
    str_copy_span(copy, sizeof copy, (struct span){ text.data + at + start, *ret_len - start - 1 });
    const char *digits = is_hex ? "0123456789abcdefABCDEF" : "0123456789";
    if (!*copy || copy[strspn(copy, digits)])
        return -1;
    int64_t value = 0;
    for (const char *c = copy; *c; c++)
        value = value * (is_hex ? 16 : 10) + (*c <= '9' ? *c - '0' : (*c | 0x20) - 'a' + 10);
    return value;
}

static bool is_xml_character(int64_t c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= ' ' && c < 0xd800) || (c >= 0xe000 && c <= 0xfffd) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

/* Adds what the numeric reference means; the bytes that were used up. */
static size_t add_reference(struct buf *out, struct span text, size_t at, int64_t value, size_t len)
{
    size_t next_len = 0;
    bool is_high = value >= 0xd800 && value < 0xdc00;
    int64_t next = is_high ? reference_at(text, at + len, &next_len) : -1;
    if (next >= 0xdc00 && next < 0xe000) {
        utf8_encode(out, (uint32_t)(0x10000 + ((value - 0xd800) << 10) + (next - 0xdc00)));
        return len + next_len;
    }
    if (is_xml_character(value))
        buf_add(out, text.data + at, len);
    else
        utf8_encode(out, UTF8_REPLACEMENT);
    return len;
}

static bool is_known_entity(struct span text, size_t at)
{
    static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;", "&apos;" };
    struct span rest = { text.data + at, text.len - at };
    for (size_t i = 0; i < STR_COUNT(known); i++) {
        if (begins(rest, known[i], strlen(known[i])))
            return true;
    }
    return false;
}

static size_t add_ampersand(struct buf *out, struct span text, size_t at)
{
    size_t len = 0;
    int64_t value = reference_at(text, at, &len);
    if (value >= 0)
        return add_reference(out, text, at, value, len);
    buf_add_text(out, is_known_entity(text, at) ? "&" : "&amp;");
    return 1;
}

static size_t add_character(struct buf *out, struct span text, size_t at)
{
    uint32_t c;
    size_t len = utf8_decode(text.data + at, text.len - at, &c);
    utf8_encode(out, is_xml_character(c) ? c : UTF8_REPLACEMENT);
    return len;
}

void mend_references(struct buf *out, struct span text)
{
    bool is_literal = false;
    for (size_t at = 0; at < text.len;) {
        struct span rest = { text.data + at, text.len - at };
        if (begins(rest, CDATA_BEGIN, strlen(CDATA_BEGIN)))
            is_literal = true;
        else if (begins(rest, CDATA_END, strlen(CDATA_END)))
            is_literal = false;
        at += *rest.data == '&' && !is_literal ? add_ampersand(out, text, at) : add_character(out, text, at);
    }
}
