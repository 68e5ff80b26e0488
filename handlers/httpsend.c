/* SPDX-License-Identifier: GPL-3.0-or-later */
/* httpsend - see the header. */
#include "handlers/httpsend.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/template.h"
#include "handlers/url.h"

#define CUT_MARK "..."
#define MESSAGE_END "/message"
#define STATUS_END "/status"

void httpsend_begin(struct transmit *out, bool is_get, const char *base_url, const char *path, int64_t timeout_ms)
{
    size_t len = strlen(base_url);
    while (len && base_url[len - 1] == '/')
        len--;
    out->kind = TRANSMIT_HTTP;
    out->method = is_get ? "GET" : "POST";
    out->timeout_ms = (unsigned)timeout_ms;
    buf_add(&out->url, base_url, len);
    buf_add_text(&out->url, path);
    buf_add_text(&out->headers, "Accept: application/json\n");
}

int httpsend_add_header(struct transmit *out, const char *name, const char *prefix, const char *value)
{
    const struct template_value values[] = { { "value", span_of(value) }, { NULL, { NULL, 0 } } };
    if (str_is_empty(value))
        return ERR_INVALID;
    buf_add_format(&out->headers, "%s: %s", name, prefix);
    int rc = template_fill(&out->headers, "{value}", values, TEMPLATE_HEADER);
    buf_add_char(&out->headers, '\n');
    return rc ? rc : buf_check(&out->headers);
}

int httpsend_take_json(struct transmit *out, json_t *body)
{
    if (!body)
        return ERR_NOMEM;
    buf_add_text(&out->headers, "Content-Type: application/json\n");
    int rc = json_write(body, &out->body);
    json_decref(body);
    return rc ? rc : httpsend_check(out);
}

void httpsend_add_field(struct transmit *out, const char *name, const char *value)
{
    if (str_is_empty(value))
        return;
    if (out->body.len == 0)
        buf_add_text(&out->headers, "Content-Type: application/x-www-form-urlencoded\n");
    buf_add_format(&out->body, "%s%s=", out->body.len ? "&" : "", name);
    str_percent_encode(&out->body, span_of(value));
}

int httpsend_check(const struct transmit *out)
{
    int rc = buf_check(&out->url);
    if (!rc)
        rc = buf_check(&out->headers);
    return rc ? rc : buf_check(&out->body);
}

bool httpsend_find_recipient(const struct sms_out *message, char *ret)
{
    enum phone_kind kind = phone_normalise(message->to, NULL, ret);
    return (kind == PHONE_E164 || kind == PHONE_SHORT_CODE) && !str_is_empty(message->text);
}

const char *httpsend_sender(const struct settings *settings, const struct sms_out *message)
{
    return str_is_empty(message->from) ? settings_text(settings, "from") : message->from;
}

/* Length of the longest start of the text with at most units_max UTF-16 units. */
static size_t text_room(struct span text, size_t units_max)
{
    size_t at = 0, units = 0;
    while (at < text.len) {
        uint32_t character;
        size_t step = utf8_decode(text.data + at, text.len - at, &character);
        units += character > 0xffff ? 2 : 1;
        if (units > units_max)
            break;
        at += step;
    }
    return at;
}

void httpsend_add_text(struct buf *out, const char *text, int64_t units_max)
{
    struct span whole = span_of(text);
    size_t max = (size_t)units_max, mark = strlen(CUT_MARK);
    if (text_room(whole, max) == whole.len) {
        buf_add_span(out, whole);
        return;
    }
    buf_add(out, text, text_room(whole, max > mark ? max - mark : 0));
    buf_add_text(out, CUT_MARK);
}

/* Where the verb "/message" stands in a path, as its last part or before a secret; NULL when it does not. */
static const char *find_verb(struct span path)
{
    size_t len = strlen(MESSAGE_END);
    for (size_t at = path.len; at-- > 0;) {
        bool is_verb = path.len - at >= len && memcmp(path.data + at, MESSAGE_END, len) == 0;
        if (is_verb && (at + len == path.len || path.data[at + len] == '/'))
            return path.data + at;
    }
    return NULL;
}

void httpsend_add_status_url(const struct settings *settings, struct buf *out)
{
    struct url url;
    const char *status_url = settings_text(settings, "status_url");
    const char *public_url = settings_text(settings, "public_url");
    if (*status_url) {
        buf_add_text(out, status_url);
        return;
    }
    const char *verb = url_split(span_of(public_url), &url) ? NULL : find_verb(url.path);
    if (!verb)
        return;
    const char *rest = verb + strlen(MESSAGE_END);
    buf_add(out, public_url, (size_t)(verb - public_url));
    buf_add_text(out, STATUS_END);
    buf_add(out, rest, (size_t)(url.path.data + url.path.len - rest));
}

static bool ends_with(struct span text, const char *end)
{
    size_t len = strlen(end);
    return text.len >= len && memcmp(text.data + text.len - len, end, len) == 0;
}

void httpsend_add_placed_url(const struct settings *settings, struct buf *out)
{
    const char *secret = settings_text(settings, "path_secret");
    size_t before = out->len;
    httpsend_add_status_url(settings, out);
    bool is_bare = out->len > before && !*settings_text(settings, "status_url") && ends_with(buf_span(out), STATUS_END);
    if (*secret && is_bare) {
        buf_add_char(out, '/');
        str_percent_encode(out, span_of(secret));
    }
}

int httpsend_check_url(const struct settings *settings, const char *key, struct error *error)
{
    const char *value = settings_text(settings, key);
    if (*value && !url_is_protected(value))
        return error_set(error, ERR_INVALID, "%s: use https (http only to this machine)", key);
    return 0;
}

int httpsend_check_api_url(const struct settings *settings, struct error *error)
{
    return httpsend_check_url(settings, "api_url", error);
}
