/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jsonhook - see the header. */
#include "handlers/jsonhook.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/inbound.h"
#include "handlers/msisdn.h"
#include "handlers/report.h"

#define MEDIA_TYPE_MAX 64
#define POINTER_MAX 96
#define NUMBER_MAX 24
#define MENDED_MAX (512 * 1024)
#define ESCAPE_LEN 6 /* \u1234 */
#define REPLACEMENT_ESCAPE "\\ufffd"

void jsonhook_charset(const struct request *request, char *ret)
{
    const char *type = request_header(request, "Content-Type");
    const char *at = type ? strcasestr(type, "charset=") : NULL;
    *ret = '\0';
    if (!at)
        return;
    at += strlen("charset=");
    at += strspn(at, " \"'");
    if (!str_copy_span(ret, JSONHOOK_CHARSET_MAX, (struct span){ at, strcspn(at, " \"';,") }))
        *ret = '\0';
}

struct span jsonhook_unmarked(struct span body)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t len = strlen(mark);
    bool has_mark = body.len >= len && memcmp(body.data, mark, len) == 0;
    return has_mark ? (struct span){ body.data + len, body.len - len } : body;
}

bool jsonhook_begins(struct span body)
{
    size_t at = 0;
    body = jsonhook_unmarked(body);
    while (at < body.len && body.data[at] && strchr(" \t\r\n", body.data[at]))
        at++;
    return at < body.len && (body.data[at] == '{' || body.data[at] == '[');
}

bool jsonhook_is_json(const struct request *request)
{
    char type[MEDIA_TYPE_MAX];
    request_media_type(request, type, sizeof type);
    size_t len = strlen(type);
    if (strstr(type, "+json") || (len >= strlen("/json") && str_equal(type + len - strlen("/json"), "/json")))
        return true;
    return !str_equal(type, "application/x-www-form-urlencoded") && jsonhook_begins(request->body);
}

/* A JSON text begins with an ASCII character, so two zero bytes tell UTF-16 (RFC 4627, 3). */
static const char *guess_charset(struct span body)
{
    if (body.len >= 2 && body.data[0] == '\0' && body.data[1])
        return "utf-16be";
    if (body.len >= 2 && body.data[0] && body.data[1] == '\0')
        return "utf-16le";
    return "utf-8";
}

static int add_as_utf8(struct buf *out, const struct request *request)
{
    char charset[JSONHOOK_CHARSET_MAX];
    jsonhook_charset(request, charset);
    bool is_utf8 = str_equal_nocase(charset, "utf-8") || str_equal_nocase(charset, "utf8");
    return inbound_decode(out, request->body, *charset && !is_utf8 ? charset : guess_charset(request->body));
}

/* The code unit of an escape \uXXXX at text, or -1. */
static int unit_at(struct span text, size_t at)
{
    int value = 0;
    if (at + ESCAPE_LEN > text.len || text.data[at] != '\\' || text.data[at + 1] != 'u')
        return -1;
    for (size_t i = at + 2; i < at + ESCAPE_LEN; i++) {
        const char *digits = "0123456789abcdef0123456789ABCDEF";
        const char *digit = text.data[i] ? strchr(digits, text.data[i]) : NULL;
        if (!digit)
            return -1;
        value = value * 16 + (int)((digit - digits) % 16);
    }
    return value;
}

/* Halves of surrogate pairs and NUL become U+FFFD; everything else is copied. */
static void mend_escapes(struct buf *out, struct span text)
{
    for (size_t at = 0; at < text.len;) {
        size_t len = text.data[at] == '\\' && at + 1 < text.len ? 2 : 1;
        int unit = unit_at(text, at);
        bool is_high = unit >= 0xd800 && unit < 0xdc00;
        int next = is_high ? unit_at(text, at + ESCAPE_LEN) : -1;
        if (unit >= 0)
            len = is_high && next >= 0xdc00 && next < 0xe000 ? 2 * ESCAPE_LEN : ESCAPE_LEN;
        if (unit == 0 || (unit >= 0xd800 && unit < 0xe000 && len == ESCAPE_LEN))
            buf_add_text(out, REPLACEMENT_ESCAPE);
        else
            buf_add(out, text.data + at, len);
        at += len;
    }
}

static json_t *read_mended(const struct request *request)
{
    struct error error;
    AUTO_BUF text;
    AUTO_BUF mended;
    buf_init(&text, MENDED_MAX);
    buf_init(&mended, MENDED_MAX);
    if (add_as_utf8(&text, request))
        return NULL;
    mend_escapes(&mended, jsonhook_unmarked(buf_span(&text)));
    return buf_check(&mended) ? NULL : json_read(buf_span(&mended), &error);
}

json_t *jsonhook_read(const struct request *request)
{
    struct error error;
    json_t *root = json_read(request->body, &error);
    if (!root)
        root = read_mended(request);
    if (json_is_object(root) || json_is_array(root))
        return root;
    json_decref(root);
    return NULL;
}

int jsonhook_add(json_t *root, const char *path, struct buf *out)
{
    char pointer[POINTER_MAX];
    size_t before = out->len;
    while (path && *path && out->len == before) {
        size_t len = strcspn(path, " ");
        str_copy_span(pointer, sizeof pointer, (struct span){ path, len });
        json_t *value = json_pointer(root, pointer);
        if (value && json_scalar_text(value, out) != 0 && buf_check(out))
            return buf_check(out);
        path += len + strspn(path + len, " ");
    }
    return 0;
}

bool jsonhook_has(json_t *root, const char *pointer)
{
    json_t *value = json_pointer(root, pointer);
    return value && !json_is_null(value);
}

const char *jsonhook_text(json_t *root, const char *pointer)
{
    const char *text = json_string_value(json_pointer(root, pointer));
    return text ? text : "";
}

int64_t jsonhook_int(json_t *root, const char *pointer, int64_t fallback)
{
    int64_t value = fallback;
    AUTO_BUF text;
    buf_init(&text, NUMBER_MAX);
    if (jsonhook_add(root, pointer, &text) || text.len == 0 || str_to_int64(text.data, INT64_MIN, INT64_MAX, &value))
        return fallback;
    return value;
}

static int add_number(json_t *item, const char *path, bool is_msisdn, struct buf *out)
{
    AUTO_BUF raw;
    buf_init(&raw, JSONHOOK_VALUE_MAX);
    int rc = jsonhook_add(item, path, &raw);
    if (rc)
        return rc;
    if (is_msisdn)
        msisdn_add(out, buf_span(&raw));
    else
        buf_add_span(out, buf_span(&raw));
    return buf_check(out);
}

int jsonhook_fill(json_t *item, const struct jsonhook_paths *paths, struct sms_in *ret_sms)
{
    AUTO_BUF from;
    AUTO_BUF to;
    AUTO_BUF id;
    AUTO_BUF text;
    AUTO_BUF time;
    buf_init(&from, JSONHOOK_VALUE_MAX + 1);
    buf_init(&to, JSONHOOK_VALUE_MAX + 1);
    buf_init(&id, JSONHOOK_VALUE_MAX);
    buf_init(&text, INBOUND_TEXT_MAX);
    buf_init(&time, JSONHOOK_VALUE_MAX);
    int rc = add_number(item, paths->from, paths->is_msisdn, &from);
    if (!rc)
        rc = add_number(item, paths->to, paths->is_msisdn, &to);
    if (!rc)
        rc = jsonhook_add(item, paths->id, &id);
    if (!rc)
        rc = jsonhook_add(item, paths->text, &text);
    if (!rc)
        rc = jsonhook_add(item, paths->time, &time);
    if (rc)
        return rc;
    const struct inbound_source source = { .from = buf_span(&from),
        .to = buf_span(&to),
        .id = buf_span(&id),
        .text = buf_span(&text),
        .time = buf_span(&time) };
    return inbound_fill(&source, ret_sms);
}

int jsonhook_fill_report(json_t *item, const char *id_path, const char *code_path, const char *time_path, int status,
    struct delivery_report *out)
{
    AUTO_BUF id;
    AUTO_BUF code;
    AUTO_BUF time;
    buf_init(&id, JSONHOOK_VALUE_MAX);
    buf_init(&code, JSONHOOK_VALUE_MAX);
    buf_init(&time, JSONHOOK_VALUE_MAX);
    int rc = jsonhook_add(item, id_path, &id);
    if (!rc)
        rc = jsonhook_add(item, code_path, &code);
    if (!rc)
        rc = jsonhook_add(item, time_path, &time);
    if (rc || id.len == 0)
        return rc ? rc : ERR_INVALID;
    report_fill(out, status, buf_span(&id), buf_span(&code), buf_span(&time));
    return 0;
}

int jsonhook_give_up(struct sms_in *messages, size_t count, int rc)
{
    for (size_t i = 0; i < count; i++)
        sms_in_done(&messages[i]);
    return rc;
}
