/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_auth - one small function a scheme, chosen by the word in `auth`. */
#include "handlers/generic_auth.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/fields.h"
#include "handlers/inbound.h"
#include "handlers/signature.h"
#include "handlers/standardhook.h"
#include "handlers/template.h"

#define GIVEN_MAX 1024
#define SIGNED_MAX (256 * 1024)
#define SECRETS 2 /* current and previous */

static bool is_one_of(const struct settings *settings, struct span given)
{
    bool is_current = signature_is_secret(span_of(settings_text(settings, "secret")), given);
    bool is_previous = signature_is_secret(span_of(settings_text(settings, "secret_previous")), given);
    return is_current || is_previous;
}

/* Without the configured prefix; false when the header is missing or begins otherwise. */
static bool read_header(const struct settings *settings, const struct request *request, struct span *ret_value)
{
    const char *value = request_header(request, settings_text(settings, "auth_header"));
    const char *prefix = settings_text(settings, "auth_prefix");
    if (!value || !str_starts(value, prefix))
        return false;
    *ret_value = span_of(value + strlen(prefix));
    return true;
}

static enum verdict verify_none(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)settings, (void)request, (void)now_ms;
    return VERDICT_VALID;
}

static int find_token(const struct request *request, const char *name, struct buf *out)
{
    AUTO_FIELDS query;
    AUTO_FIELDS body;
    fields_init(&query);
    fields_init(&body);
    int rc = fields_read(&query, request, FIELDS_QUERY, 0);
    if (!rc)
        rc = fields_get(&query, name, out);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = fields_read(&body, request, FIELDS_AUTO, 0);
    return rc ? rc : fields_get(&body, name, out);
}

static enum verdict verify_token(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    AUTO_BUF given;
    buf_init(&given, GIVEN_MAX);
    int rc = find_token(request, settings_text(settings, "auth_field"), &given);
    return rc == 0 && is_one_of(settings, buf_span(&given)) ? VERDICT_VALID : VERDICT_INVALID;
}

static enum verdict verify_path(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    AUTO_BUF given;
    buf_init(&given, GIVEN_MAX);
    const char *slash = strrchr(request->path, '/');
    str_percent_decode(&given, span_of(slash ? slash + 1 : ""), false);
    return buf_check(&given) == 0 && is_one_of(settings, buf_span(&given)) ? VERDICT_VALID : VERDICT_INVALID;
}

static enum verdict verify_header(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    struct span given;
    return read_header(settings, request, &given) && is_one_of(settings, given) ? VERDICT_VALID : VERDICT_INVALID;
}

static bool is_query_signed(const struct settings *settings)
{
    return strstr(settings_text(settings, "signed_text"), "{query}") != NULL;
}

static bool is_timely(const struct settings *settings, const char *timestamp, int64_t now_ms)
{
    int64_t at = inbound_time(span_of(timestamp));
    int64_t window = settings_int(settings, "replay_window");
    return at != 0 && at >= now_ms - window && at <= now_ms + window;
}

static bool is_hmac(const struct settings *settings, const struct request *request, const char *timestamp)
{
    struct span given;
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    const struct template_value values[] = { { "body", request->body }, { "query", span_of(request->query) },
        { "timestamp", span_of(timestamp) }, { NULL, { NULL, 0 } } };
    if (!read_header(settings, request, &given) ||
        template_fill(&text, settings_text(settings, "signed_text"), values, TEMPLATE_PLAIN))
        return false;
    const char *secrets[SECRETS] = { settings_text(settings, "secret"), settings_text(settings, "secret_previous") };
    bool is_valid = false;
    for (size_t i = 0; i < SECRETS; i++)
        is_valid |= signature_is_any(MAC_SHA256, span_of(secrets[i]), buf_span(&text), given);
    return is_valid;
}

static enum verdict verify_hmac(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *header = settings_text(settings, "timestamp_header");
    const char *timestamp = *header ? request_header(request, header) : NULL;
    /* A GET carries its content in the query: a signature that does not cover it proves nothing. */
    bool is_covered = is_query_signed(settings) || !str_equal(request->method, "GET");
    if (!is_covered || (*header && str_is_empty(timestamp)))
        return VERDICT_INVALID;
    if (!is_hmac(settings, request, timestamp))
        return VERDICT_INVALID;
    return !*header || is_timely(settings, timestamp, now_ms) ? VERDICT_VALID : VERDICT_LATE;
}

static enum verdict verify_standard(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    if (str_equal(request->method, "GET"))
        return VERDICT_INVALID;
    enum verdict current = standardhook_verify(settings_text(settings, "secret"), request, now_ms);
    enum verdict previous = standardhook_verify(settings_text(settings, "secret_previous"), request, now_ms);
    return current != VERDICT_INVALID ? current : previous;
}

/* ---- self-test: the same schemes from the other side ----------------------------------------------------------- */

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

static int prove_hmac(const struct settings *settings, int64_t now_ms, struct selftest *out)
{
    char now[24];
    AUTO_BUF text;
    AUTO_BUF mac;
    buf_init(&text, SIGNED_MAX);
    buf_init(&mac, GIVEN_MAX);
    (void)snprintf(now, sizeof now, "%lld", (long long)(now_ms / 1000));
    const struct template_value values[] = { { "body", buf_span(&out->body) }, { "query", buf_span(&out->query) },
        { "timestamp", span_of(now) }, { NULL, { NULL, 0 } } };
    int rc = template_fill(&text, settings_text(settings, "signed_text"), values, TEMPLATE_PLAIN);
    if (!rc)
        rc = selftest_mac(MAC_SHA256, settings_text(settings, "secret"), buf_span(&text), SELFTEST_HEX, &mac);
    if (rc)
        return rc;
    if (*settings_text(settings, "timestamp_header"))
        selftest_header(out, settings_text(settings, "timestamp_header"), "%s", now);
    selftest_header(
        out, settings_text(settings, "auth_header"), "%s%s", settings_text(settings, "auth_prefix"), mac.data);
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
    enum verdict (*verify)(const struct settings *settings, const struct request *request, int64_t now_ms);
    int (*prove)(const struct settings *settings, int64_t now_ms, struct selftest *out);
    bool needs_secret, covers_body_only;
} schemes[] = {
    { "none", verify_none, prove_none, false, false },
    { "token", verify_token, prove_token, true, false },
    { "path", verify_path, prove_path, true, false },
    { "header", verify_header, prove_header, true, false },
    { "hmac", verify_hmac, prove_hmac, true, true },
    { "standard_webhooks", verify_standard, prove_standard, true, true },
};

static size_t scheme_of(const struct settings *settings)
{
    const char *word = settings_text(settings, "auth");
    size_t i = 0;
    while (i < STR_COUNT(schemes) && !str_equal(schemes[i].word, word))
        i++;
    return i;
}

enum verdict generic_auth_verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    size_t scheme = scheme_of(settings);
    return scheme < STR_COUNT(schemes) ? schemes[scheme].verify(settings, request, now_ms) : VERDICT_INVALID;
}

static bool is_query_unsigned(const struct settings *settings)
{
    size_t scheme = scheme_of(settings);
    return scheme < STR_COUNT(schemes) && schemes[scheme].covers_body_only && !is_query_signed(settings);
}

unsigned generic_auth_fields_flags(const struct settings *settings)
{
    return is_query_unsigned(settings) ? 0 : FIELDS_WITH_QUERY;
}

static int check_hmac(const struct settings *settings, struct error *error)
{
    static const struct template_value known[] = { { "body", { "", 0 } }, { "query", { "", 0 } },
        { "timestamp", { "", 0 } }, { NULL, { NULL, 0 } } };
    const char *text = settings_text(settings, "signed_text");
    char unknown[NAME_MAX_LEN];
    bool has_header = *settings_text(settings, "timestamp_header") != '\0';
    bool signs_time = strstr(text, "{timestamp}") != NULL;
    if (template_find_unknown(text, known, unknown, sizeof unknown))
        return error_set(error, ERR_INVALID, "signed_text: {%s} is none of {body}, {query}, {timestamp}", unknown);
    if (!strstr(text, "{body}") && !strstr(text, "{query}"))
        return error_set(error, ERR_INVALID, "signed_text: without {body} or {query} nothing of the message is signed");
    if (signs_time && !has_header)
        return error_set(error, ERR_INVALID, "signed_text has {timestamp}: set timestamp_header too");
    if (has_header && !signs_time)
        return error_set(error, ERR_INVALID,
            "timestamp_header is set, but signed_text has no {timestamp}: anybody could change the time");
    return 0;
}

int generic_auth_check(const struct settings *settings, struct error *error)
{
    size_t scheme = scheme_of(settings);
    if (scheme == STR_COUNT(schemes))
        return error_set(error, ERR_INVALID, "auth: unknown word");
    if (schemes[scheme].needs_secret && !settings_has(settings, "secret"))
        return error_set(error, ERR_INVALID, "auth is \"%s\": set secret", schemes[scheme].word);
    if (schemes[scheme].verify == verify_hmac && check_hmac(settings, error))
        return ERR_INVALID;
    if (is_query_unsigned(settings) && str_equal(settings_text(settings, "format"), "query"))
        return error_set(error, ERR_INVALID, "format is \"query\", but the signature does not cover the query");
    return 0;
}

int generic_auth_prove(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    size_t scheme = scheme_of(settings);
    int rc = scheme < STR_COUNT(schemes) ? schemes[scheme].prove(settings, now_ms, out) : ERR_INVALID;
    if (rc == ERR_UNSUPPORTED)
        return error_set(error, rc,
            "auth is \"%s\" in a form that only the provider can make: send a text to the number",
            schemes[scheme].word);
    return rc;
}
