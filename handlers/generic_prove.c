/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_prove - see the header. */
#include "handlers/generic_prove.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/generic_mac.h"
#include "handlers/publicurl.h"
#include "handlers/selftest.h"
#include "handlers/standardhook.h"

#define GIVEN_MAX 1024
#define NUMBER_MAX 24
#define HEADER_PIECE "{header:"

static int prove_none(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    (void)settings, (void)now_ms, (void)out;
    return 0;
}

static int prove_token(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    (void)now_ms;
    const char *name = settings_text(settings, "auth_field"), *secret = settings_text(settings, "secret");
    if (*name == '/') /* a pointer into JSON */
        return ERR_UNSUPPORTED;
    selftest_query(out, name, secret);
    return 0;
}

static int prove_path(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    (void)now_ms;
    selftest_path(out, settings_text(settings, "secret"));
    return 0;
}

static int prove_header(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    (void)now_ms;
    selftest_header(out, settings_text(settings, "auth_header"), "%s%s", settings_text(settings, "auth_prefix"),
        settings_text(settings, "secret"));
    return 0;
}

static int prove_basic(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    (void)now_ms;
    selftest_basic(out, settings_text(settings, "auth_user"), settings_text(settings, "secret"));
    return 0;
}

/* ---- signatures ------------------------------------------------------------------------------------------------ */

static int add_field(const struct settings *settings, const char *name, const char *value, struct selftest *out)
{
    const char *format = settings_text(settings, "format");
    if (strpbrk(name, "/:{") || str_equal(format, "json") || str_equal(format, "xml"))
        return ERR_UNSUPPORTED;
    if (str_equal(format, "query"))
        selftest_query(out, name, value);
    else
        selftest_field(out, name, value);
    return 0;
}

/* Headers that are signed, each with some value; the time has its own. */
static int add_signed_headers(const struct settings *settings, struct selftest *out)
{
    char name[GENERIC_PATH_MAX];
    const char *at = settings_text(settings, "signed_text");
    for (at = strstr(at, HEADER_PIECE); at; at = strstr(at, HEADER_PIECE)) {
        at += strlen(HEADER_PIECE);
        str_copy_span(name, sizeof name, (struct span){ at, strcspn(at, "}") });
        if (str_equal_nocase(name, "Content-Type"))
            return ERR_UNSUPPORTED;
        if (!str_equal_nocase(name, settings_text(settings, "timestamp_header")))
            selftest_header(out, name, SELFTEST_NONCE);
    }
    return 0;
}

/* The time where it is asked for, but not in the header of the signature, which is made last. */
static int add_time(const struct settings *settings, const char *now, struct selftest *out)
{
    const char *header = settings_text(settings, "timestamp_header"),
               *field = settings_text(settings, "timestamp_field");
    if (*header && !str_equal_nocase(header, settings_text(settings, "auth_header")))
        selftest_header(out, header, "%s%s", settings_text(settings, "timestamp_prefix"), now);
    return *field ? add_field(settings, field, now, out) : 0;
}

static int sign(const struct settings *settings, const char *now, struct selftest *out, struct buf *ret_mac)
{
    struct request request;
    AUTO_SOURCE source;
    AUTO_PUBLICURL urls;
    publicurl_init(&urls);
    int rc = selftest_request(out, &request);
    generic_source_init(&source, settings, &request);
    if (!rc)
        rc = generic_source_read(&source, generic_mac_covers_query(settings) ? FIELDS_WITH_QUERY : 0);
    if (rc == ERR_INVALID) /* a body of no shape that could be read can be signed all the same */
        rc = 0;
    publicurl_find(settings, &request, &urls);
    const struct generic_signed signed_by = { .source = &source,
        .base = urls.count ? buf_span(&urls.bases[0]) : (struct span){ "", 0 },
        .query = urls.query,
        .timestamp = now,
        .secret = settings_text(settings, "secret") };
    return rc ? rc : generic_mac_make(&signed_by, ret_mac);
}

static int prove_mac(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    char now[NUMBER_MAX];
    AUTO_BUF mac;
    buf_init(&mac, GIVEN_MAX);
    (void)snprintf(now, sizeof now, "%lld", (long long)(now_ms / 1000));
    const char *field = settings_text(settings, "signature_field"), *header = settings_text(settings, "auth_header");
    const char *prefix = settings_text(settings, "auth_prefix");
    bool is_shared = str_equal_nocase(header, settings_text(settings, "timestamp_header"));
    int rc = add_signed_headers(settings, out);
    if (!rc)
        rc = add_time(settings, now, out);
    if (!rc)
        rc = sign(settings, now, out, &mac);
    if (rc)
        return rc == ERR_NOT_FOUND ? ERR_UNSUPPORTED : rc;
    if (*field)
        return generic_signed_has(settings, "body") ? ERR_UNSUPPORTED : add_field(settings, field, mac.data, out);
    if (is_shared)
        selftest_header(out, header, "%s%s,%s%s", settings_text(settings, "timestamp_prefix"), now, prefix, mac.data);
    else
        selftest_header(out, header, "%s%s", prefix, mac.data);
    return 0;
}

static int prove_standard(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    AUTO_BUF signature;
    buf_init(&signature, GIVEN_MAX);
    const char *secret = settings_text(settings, "secret");
    if (!standardhook_is_secret(secret)) /* a public key: whpk_ */
        return ERR_UNSUPPORTED;
    int rc = standardhook_sign(secret, SELFTEST_ID, now_ms / 1000, buf_span(&out->body), &signature);
    if (rc)
        return rc;
    selftest_header(out, "webhook-id", SELFTEST_ID);
    selftest_header(out, "webhook-timestamp", "%lld", (long long)(now_ms / 1000));
    selftest_header(out, "webhook-signature", "%s", signature.data);
    return 0;
}

/* ---- the schemes ----------------------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    int (*prove)(const struct settings *settings, int64_t now_ms, struct selftest *out);
} schemes[] = {
    { "none", prove_none },
    { "token", prove_token },
    { "path", prove_path },
    { "header", prove_header },
    { "basic", prove_basic },
    { "hmac", prove_mac },
    { "hash", prove_mac },
    { "standard_webhooks", prove_standard },
};

int generic_prove(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    const char *word = settings_text(settings, "auth");
    size_t i = 0;
    while (i + 1 < STR_COUNT(schemes) && !str_equal(schemes[i].word, word))
        i++;
    int rc = schemes[i].prove(settings, now_ms, out);
    if (rc == ERR_UNSUPPORTED)
        return error_set(
            error, rc, "auth is \"%s\" in a form that only the provider can make: send a text to the number", word);
    return rc;
}
