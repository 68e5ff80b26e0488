/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_auth - one small function a scheme, chosen by the word in `auth`; signatures are in generic_mac. */
#include "handlers/generic_auth.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/contentid.h"
#include "handlers/generic_mac.h"
#include "handlers/generic_source.h"
#include "handlers/login.h"
#include "handlers/signature.h"
#include "handlers/standardhook.h"

#define GIVEN_MAX 1024

typedef enum verdict (*verify_fn)(const struct settings *settings, const struct request *request, int64_t now_ms);

static enum verdict verdict_of(bool is_valid)
{
    return is_valid ? VERDICT_VALID : VERDICT_INVALID;
}

static bool is_one_of(const struct settings *settings, struct span given)
{
    bool is_current = signature_is_secret(span_of(settings_text(settings, "secret")), given);
    bool is_previous = signature_is_secret(span_of(settings_text(settings, "secret_previous")), given);
    return is_current || is_previous;
}

static enum verdict verify_none(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)settings, (void)request, (void)now_ms;
    return VERDICT_VALID;
}

/* In the query of any request, else in its fields. */
static int find_token(const struct settings *settings, const struct request *request, struct buf *out)
{
    const char *name = settings_text(settings, "auth_field");
    AUTO_FIELDS query;
    AUTO_SOURCE source;
    fields_init(&query);
    generic_source_init(&source, settings, request);
    int rc = fields_read(&query, request, FIELDS_QUERY, 0);
    if (!rc)
        rc = fields_get(&query, name, out);
    if (rc != ERR_NOT_FOUND)
        return rc;
    rc = generic_source_read(&source, 0);
    return rc ? rc : generic_source_get(&source, name, out);
}

static enum verdict verify_token(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    AUTO_BUF given;
    buf_init(&given, GIVEN_MAX);
    int rc = find_token(settings, request, &given);
    return verdict_of(rc == 0 && is_one_of(settings, buf_span(&given)));
}

static enum verdict verify_path(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    AUTO_BUF given;
    buf_init(&given, GIVEN_MAX);
    const char *slash = strrchr(request->path, '/');
    str_percent_decode(&given, span_of(slash ? slash + 1 : ""), false);
    return verdict_of(buf_check(&given) == 0 && is_one_of(settings, buf_span(&given)));
}

static enum verdict verify_header(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    const char *value = request_header(request, settings_text(settings, "auth_header"));
    const char *prefix = settings_text(settings, "auth_prefix");
    bool is_prefixed = value && str_starts(value, prefix);
    return verdict_of(is_prefixed && is_one_of(settings, span_of(value + strlen(prefix))));
}

static enum verdict verify_basic(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    const char *passwords[] = { settings_text(settings, "secret"), settings_text(settings, "secret_previous"), NULL };
    return verdict_of(login_is_basic(request, settings_text(settings, "auth_user"), passwords));
}

static enum verdict verify_standard(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    if (str_equal(request->method, "GET"))
        return VERDICT_INVALID;
    enum verdict current = standardhook_verify(settings_text(settings, "secret"), request, now_ms);
    enum verdict previous = standardhook_verify(settings_text(settings, "secret_previous"), request, now_ms);
    return current != VERDICT_INVALID ? current : previous;
}

static const struct {
    const char *word;
    verify_fn verify;
    bool needs_secret, signs;
} schemes[] = {
    { "none", verify_none, false, false },
    { "token", verify_token, true, false },
    { "path", verify_path, true, false },
    { "header", verify_header, true, false },
    { "basic", verify_basic, true, false },
    { "hmac", generic_mac_verify, true, true },
    { "hash", generic_mac_verify, true, true },
    { "standard_webhooks", verify_standard, true, true },
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

static bool is_mac(const struct settings *settings)
{
    size_t scheme = scheme_of(settings);
    return scheme < STR_COUNT(schemes) && schemes[scheme].verify == generic_mac_verify;
}

int64_t generic_auth_signed_at(const struct generic_source *source)
{
    return is_mac(source->settings) ? generic_mac_signed_at(source) : 0;
}

void generic_auth_name(const struct generic_source *source, struct sms_in *sms)
{
    bool is_standard = str_equal(settings_text(source->settings, "auth"), "standard_webhooks");
    const char *id = is_standard ? request_header(source->request, "webhook-id") : NULL;
    if (!str_is_empty(id) && !sms->remote_id[0] && !sms->sent_at)
        contentid_set(span_of(id), sms);
}

static bool is_query_unsigned(const struct settings *settings)
{
    size_t scheme = scheme_of(settings);
    bool signs = scheme < STR_COUNT(schemes) && schemes[scheme].signs;
    return signs && !(is_mac(settings) && generic_mac_covers_query(settings));
}

unsigned generic_auth_fields_flags(const struct settings *settings)
{
    return is_query_unsigned(settings) ? 0 : FIELDS_WITH_QUERY;
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

/* Keys whose path may lead to a place that no signature covers. */
static int check_covered(const struct settings *settings, struct error *error)
{
    static const char *const keys[] = { "field_from", "field_text", "field_id", "field_to", "field_time",
        "field_coding", "field_part", "field_part_total", "field_part_ref", "field_udh", "field_opt_out", "field_type",
        "field_status_id", "field_status", "field_status_code", "field_status_time" };
    size_t scheme = scheme_of(settings);
    for (size_t i = 0; schemes[scheme].signs && i < STR_COUNT(keys); i++) {
        const char *path = settings_text(settings, keys[i]);
        if (str_starts(path, "query:") && is_query_unsigned(settings))
            return error_set(error, ERR_INVALID, "%s reads the query, but the signature does not cover it", keys[i]);
        if (str_starts(path, "header:") && !(is_mac(settings) && generic_signed_has(settings, path)))
            return error_set(error, ERR_INVALID, "%s reads a header, but signed_text has no {%s}", keys[i], path);
    }
    return 0;
}

static int check_basic(const struct settings *settings, struct error *error)
{
    const char *user = settings_text(settings, "auth_user");
    bool is_basic = str_equal(settings_text(settings, "auth"), "basic");
    if (is_basic && !*user)
        return error_set(error, ERR_INVALID, "auth is \"basic\": set auth_user");
    if (is_basic && strchr(user, ':'))
        return error_set(error, ERR_INVALID, "auth_user: a user name of HTTP Basic has no colon");
    return !is_basic && *user ? error_set(error, ERR_INVALID, "auth_user is set, but auth is not \"basic\"") : 0;
}

int generic_auth_check(const struct settings *settings, struct error *error)
{
    size_t scheme = scheme_of(settings);
    if (scheme == STR_COUNT(schemes))
        return error_set(error, ERR_INVALID, "auth: unknown word");
    if (schemes[scheme].needs_secret && !settings_has(settings, "secret"))
        return error_set(error, ERR_INVALID, "auth is \"%s\": set secret", schemes[scheme].word);
    if (check_basic(settings, error) || (is_mac(settings) && generic_mac_check(settings, error)))
        return ERR_INVALID;
    if (is_query_unsigned(settings) && str_equal(settings_text(settings, "format"), "query"))
        return error_set(error, ERR_INVALID, "format is \"query\", but the signature does not cover the query");
    return check_covered(settings, error);
}
