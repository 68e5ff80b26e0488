/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * twilio_signature - base64(HMAC-SHA1(token, URL, then each POST field's name and value in byte order of the names)).
 * What:  a request with `bodySHA256` in its query signs the URL alone and the query carries the digest of the body.
 * Why:   a repeated field is signed once for each different value, in order, as the official libraries do.
 */
#include "handlers/twilio_signature.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/form.h"
#include "handlers/signature.h"
#include "handlers/url.h"

#define SIGNED_MAX (256 * 1024)
#define QUERY_MAX (64 * 1024)
#define DIGEST_FIELD "bodySHA256"
#define QUERY_UNRESERVED "!'()*" /* left as they are by the old query encoding, beside RFC 3986's unreserved */

struct attempt {
    struct span given;         /* the header */
    struct span fields;        /* sorted names and values */
    const char *const *tokens; /* NULL-terminated */
};

/* Is field `index` of the order the same name and value as the one before? */
static bool is_repeated(const struct form *form, const size_t *order, size_t index)
{
    return index > 0 && span_equal(form_name(form, order[index - 1]), form_name(form, order[index])) &&
           span_equal(form_value(form, order[index - 1]), form_value(form, order[index]));
}

static int add_sorted_fields(struct buf *out, struct span body)
{
    struct form form;
    size_t order[FORM_FIELDS_MAX];
    form_init(&form);
    int rc = form_add(&form, body);
    if (!rc)
        form_sort(&form, FORM_BY_VALUE, order);
    for (size_t i = 0; !rc && i < form.count; i++) {
        if (is_repeated(&form, order, i))
            continue;
        buf_add_span(out, form_name(&form, order[i]));
        buf_add_span(out, form_value(&form, order[i]));
    }
    form_done(&form);
    return rc ? rc : buf_check(out);
}

/* Every token is tried, so that the time does not tell which one fits. */
static bool is_signed(const struct attempt *attempt, const struct buf *url)
{
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    buf_add(&text, url->data, url->len);
    buf_add_span(&text, attempt->fields);
    if (buf_check(url) || buf_check(&text))
        return false;
    bool is_valid = false;
    for (const char *const *token = attempt->tokens; *token; token++)
        is_valid |= signature_is_base64(MAC_SHA1, span_of(*token), buf_span(&text), attempt->given);
    return is_valid;
}

/* As JavaScript's encodeURIComponent writes it. */
static void add_old_encoded(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] && strchr(QUERY_UNRESERVED, text.data[i]))
            buf_add_char(out, text.data[i]);
        else
            str_percent_encode(out, (struct span){ text.data + i, 1 });
    }
}

/* The query decoded and written again: what Twilio signs for some special characters. Repeated names stand together. */
static int rewrite_query(struct buf *out, struct span query)
{
    struct form form;
    form_init(&form);
    int rc = form_add(&form, query);
    bool is_written[FORM_FIELDS_MAX] = { false };
    for (size_t i = 0; !rc && i < form.count; i++) {
        for (size_t k = i; k < form.count; k++) {
            if (is_written[k] || !span_equal(form_name(&form, i), form_name(&form, k)))
                continue;
            is_written[k] = true;
            buf_add_text(out, out->len ? "&" : "");
            add_old_encoded(out, form_name(&form, k));
            buf_add_char(out, '=');
            add_old_encoded(out, form_value(&form, k));
        }
    }
    form_done(&form);
    return rc ? rc : buf_check(out);
}

static bool try_query(const struct attempt *attempt, const struct buf *base, const char *mark, struct span query)
{
    AUTO_BUF url;
    buf_init(&url, SIGNED_MAX);
    buf_add(&url, base->data, base->len);
    buf_add_text(&url, mark);
    buf_add_span(&url, query);
    return is_signed(attempt, &url);
}

static bool try_base(const struct attempt *attempt, const struct buf *base, struct span query)
{
    if (query.len == 0)
        return try_query(attempt, base, "", query) || try_query(attempt, base, "?", query);
    AUTO_BUF rewritten;
    buf_init(&rewritten, QUERY_MAX);
    if (try_query(attempt, base, "?", query))
        return true;
    return rewrite_query(&rewritten, query) == 0 && try_query(attempt, base, "?", buf_span(&rewritten));
}

/* Without a port, and with the one that is configured or else the usual one. */
static bool try_ports(const struct attempt *attempt, const struct url *url, struct span path, struct span query)
{
    struct span usual = span_of(url_has_scheme(url, "https") ? ":443" : ":80");
    struct span ports[] = { span_of(""), url->port.len ? url->port : usual };
    for (size_t i = 0; i < STR_COUNT(ports); i++) {
        AUTO_BUF base;
        buf_init(&base, SIGNED_MAX);
        buf_add_span(&base, url->origin);
        buf_add_span(&base, ports[i]);
        buf_add_span(&base, path);
        if (try_base(attempt, &base, query))
            return true;
    }
    return false;
}

static bool try_urls(
    const struct attempt *attempt, const char *typed_url, const char *origin_url, const struct request *request)
{
    struct url typed, origin;
    struct span query = span_of(request->query);
    bool has_typed = !str_is_empty(typed_url) && url_split(span_of(typed_url), &typed) == 0;
    /* A proxy may drop a query that was typed at Twilio; one that came is what was signed. */
    if (has_typed && try_ports(attempt, &typed, typed.path, query.len ? query : typed.query))
        return true;
    return url_split(span_of(origin_url), &origin) == 0 && try_ports(attempt, &origin, span_of(request->path), query);
}

/* The digest that the query announces; false when it announces none. */
static bool find_digest(const struct request *request, const char *typed_url, struct form *form, struct span *ret)
{
    struct url typed;
    struct span query = span_of(request->query);
    if (query.len == 0 && !str_is_empty(typed_url) && url_split(span_of(typed_url), &typed) == 0)
        query = typed.query;
    return form_add(form, query) == 0 && form_find(form, DIGEST_FIELD, ret);
}

static bool is_digest_of(struct span given, struct span body)
{
    unsigned char digest[MAC_LEN_MAX];
    size_t digest_len = 0;
    AUTO_BUF hex;
    buf_init(&hex, 2 * MAC_LEN_MAX);
    if (mac_digest(MAC_SHA256, body, digest, &digest_len))
        return false;
    str_hex_encode(&hex, digest, digest_len);
    return buf_check(&hex) == 0 && str_equal_secret(buf_span(&hex), given);
}

bool twilio_signature_is_valid(
    const char *typed_url, const char *origin_url, const char *const *tokens, const struct request *request)
{
    const char *header = request_header(request, "X-Twilio-Signature");
    if (str_is_empty(header))
        return false;
    AUTO_BUF fields;
    buf_init(&fields, SIGNED_MAX);
    struct form query;
    struct span digest;
    form_init(&query);
    bool is_url_only = str_equal(request->method, "GET");
    bool is_sound = true;
    if (!is_url_only && find_digest(request, typed_url, &query, &digest)) {
        is_url_only = true;
        is_sound = is_digest_of(digest, request->body);
    }
    if (!is_url_only)
        is_sound = add_sorted_fields(&fields, request->body) == 0;
    form_done(&query);
    struct attempt attempt = { span_of(header), buf_span(&fields), tokens };
    return is_sound && try_urls(&attempt, typed_url, origin_url, request);
}
