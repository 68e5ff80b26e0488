/* SPDX-License-Identifier: GPL-3.0-or-later */
/* selftest - see the header. */
#include "handlers/selftest.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/jwt.h"
#include "handlers/publicurl.h"

#define FORM_TYPE "application/x-www-form-urlencoded"
#define JSON_TYPE "application/json"
#define HEADER_MAX (4 * 1024)

void selftest_init(struct selftest *test, const char *channel)
{
    *test = (struct selftest){ .method = "POST" };
    buf_init(&test->path, SELFTEST_BYTES_MAX);
    buf_init(&test->query, SELFTEST_BYTES_MAX);
    buf_init(&test->body, SELFTEST_BYTES_MAX);
    buf_init(&test->pairs, SELFTEST_BYTES_MAX);
    for (size_t i = 0; i < SELFTEST_HEADERS_MAX; i++) {
        buf_init(&test->names[i], HEADER_MAX);
        buf_init(&test->values[i], HEADER_MAX);
    }
    buf_add_format(&test->path, "/in/%s/message", channel);
}

void selftest_done(struct selftest *test)
{
    buf_done(&test->path);
    buf_done(&test->query);
    buf_done(&test->body);
    buf_done(&test->pairs);
    for (size_t i = 0; i < SELFTEST_HEADERS_MAX; i++) {
        buf_done(&test->names[i]);
        buf_done(&test->values[i]);
    }
}

int selftest_request(struct selftest *test, struct request *ret_request)
{
    struct buf *const all[] = { &test->path, &test->query, &test->body, &test->pairs };
    int rc = 0;
    for (size_t i = 0; !rc && i < STR_COUNT(all); i++)
        rc = buf_check(all[i]);
    for (size_t i = 0; !rc && i < test->header_count; i++) {
        rc = buf_check(&test->names[i]);
        if (!rc)
            rc = buf_check(&test->values[i]);
        test->headers[i] = (struct request_header){ test->names[i].data ? test->names[i].data : "",
            test->values[i].data ? test->values[i].data : "" };
    }
    *ret_request = (struct request){ .method = test->method,
        .path = test->path.data,
        .query = test->query.data ? test->query.data : "",
        .headers = test->headers,
        .header_count = test->header_count,
        .body = buf_span(&test->body) };
    return rc;
}

void selftest_header(struct selftest *test, const char *name, const char *format, ...)
{
    char value[HEADER_MAX];
    va_list args;
    if (test->header_count == SELFTEST_HEADERS_MAX)
        return;
    va_start(args, format);
    (void)vsnprintf(value, sizeof value, format, args);
    va_end(args);
    buf_add_text(&test->names[test->header_count], name);
    buf_add_text(&test->values[test->header_count++], value);
}

static void add_pair(struct buf *out, const char *name, const char *value)
{
    buf_add_text(out, out->len ? "&" : "");
    str_percent_encode(out, span_of(name));
    buf_add_char(out, '=');
    str_percent_encode(out, span_of(value));
}

void selftest_field(struct selftest *test, const char *name, const char *value)
{
    if (test->body.len == 0)
        selftest_header(test, "Content-Type", FORM_TYPE);
    add_pair(&test->body, name, value);
    buf_add_text(&test->pairs, name);
    buf_add_text(&test->pairs, value);
}

void selftest_query(struct selftest *test, const char *name, const char *value)
{
    add_pair(&test->query, name, value);
}

void selftest_json(struct selftest *test, json_t *json)
{
    selftest_header(test, "Content-Type", JSON_TYPE);
    if (!json || json_write(json, &test->body))
        test->is_proof_only = true;
    json_decref(json);
}

void selftest_path(struct selftest *test, const char *secret)
{
    buf_add_char(&test->path, '/');
    str_percent_encode(&test->path, span_of(secret));
}

void selftest_basic(struct selftest *test, const char *user, const char *password)
{
    AUTO_BUF plain;
    AUTO_BUF coded;
    buf_init(&plain, HEADER_MAX);
    buf_init(&coded, HEADER_MAX);
    buf_add_format(&plain, "%s:%s", user, password);
    str_base64_encode(&coded, plain.data, plain.len);
    selftest_header(test, "Authorization", "Basic %s", coded.data ? coded.data : "");
}

int selftest_token(struct selftest *test, const char *header, const char *prefix, const char *secret, json_t *claims)
{
    AUTO_JSON *owned = claims;
    AUTO_BUF token;
    buf_init(&token, HEADER_MAX);
    int rc = owned ? jwt_sign(JWT_HS256, span_of(secret), owned, &token) : ERR_NOMEM;
    if (!rc)
        selftest_header(test, header, "%s%s", prefix, token.data);
    return rc;
}

int selftest_mac(enum mac_kind kind, const char *secret, struct span text, enum selftest_code code, struct buf *out)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    int rc = mac_compute(kind, span_of(secret), text, mac, &len);
    if (!rc && code == SELFTEST_HEX)
        str_hex_encode(out, mac, len);
    else if (!rc)
        str_base64_encode(out, mac, len);
    return rc ? rc : buf_check(out);
}

int selftest_digest(struct span text, struct buf *out)
{
    unsigned char digest[MAC_LEN_MAX];
    size_t len = 0;
    int rc = mac_digest(MAC_SHA256, text, digest, &len);
    if (!rc)
        str_hex_encode(out, digest, len);
    return rc ? rc : buf_check(out);
}

int selftest_add_url(struct selftest *test, const struct settings *settings, struct buf *out, struct error *error)
{
    struct request request = { .method = "POST", .path = test->path.data ? test->path.data : "", .query = "" };
    AUTO_PUBLICURL urls;
    publicurl_init(&urls);
    publicurl_find(settings, &request, &urls);
    if (urls.count == 0)
        return error_set(error, ERR_INVALID,
            "`public_url` is not set: write down the address of /message exactly as it is typed at the provider");
    buf_add(out, urls.bases[0].data, urls.bases[0].len);
    if (urls.query.len) {
        buf_add_char(out, '?');
        buf_add_span(out, urls.query);
        buf_add_span(&test->query, urls.query);
    }
    return buf_check(out);
}

int selftest_need(const struct settings *settings, const char *key, struct error *error)
{
    if (*settings_text(settings, key))
        return 0;
    return error_set(error, ERR_INVALID, "`%s` is empty: nothing that comes in can be proved with it", key);
}

int selftest_need_for_acts(const struct settings *settings, const char *key, struct error *error)
{
    if (*settings_text(settings, key))
        return 0;
    return error_set(error, ERR_UNSUPPORTED,
        "`%s` is empty: nothing that contacts do there comes back by a webhook; the link in the alert is their answer",
        key);
}
