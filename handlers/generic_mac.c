/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_mac - see the header. */
#include "handlers/generic_mac.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/moment.h"
#include "handlers/publicurl.h"
#include "handlers/signature.h"

#define GIVEN_MAX 1024
#define KEY_BYTES_MAX 512
#define SECRETS 2         /* current and previous */
#define GIVENS_MAX 8      /* signatures in one header, while secrets are changed */
#define ENTRY_SIGNS ",; " /* between the entries of a header such as "t=1,v1=2" */

struct given {
    struct buf text; /* what the signature spans are borrowed from */
    struct span signatures[GIVENS_MAX];
    size_t count;
    char timestamp[GIVEN_MAX];
};

static enum mac_kind hash_of(const struct settings *settings)
{
    static const struct {
        const char *word;
        enum mac_kind kind;
    } hashes[] = { { "sha1", MAC_SHA1 }, { "sha512", MAC_SHA512 }, { "sha384", MAC_SHA384 }, { "md5", MAC_MD5 } };
    for (size_t i = 0; i < STR_COUNT(hashes); i++) {
        if (str_equal(settings_text(settings, "hash"), hashes[i].word))
            return hashes[i].kind;
    }
    return MAC_SHA256;
}

static bool is_hash(const struct settings *settings)
{
    return str_equal(settings_text(settings, "auth"), "hash");
}

/* ---- what the request brings ----------------------------------------------------------------------------------- */

/* The entries of a value that begin with the prefix, without it; the whole value when it begins so itself. */
static size_t find_entries(struct span value, const char *prefix, struct span *out, size_t max)
{
    size_t len = strlen(prefix), count = 0;
    for (size_t at = 0; at < value.len && count < max;) {
        bool is_ours = value.len - at >= len && memcmp(value.data + at, prefix, len) == 0;
        size_t start = is_ours ? at + len : at, end = start;
        while (end < value.len && !(len && value.data[end] && strchr(ENTRY_SIGNS, value.data[end])))
            end++;
        if (is_ours && end > start)
            out[count++] = (struct span){ value.data + start, end - start };
        at = end + 1;
    }
    return count;
}

static bool find_signatures(const struct generic_source *source, struct given *given)
{
    const struct settings *settings = source->settings;
    const char *field = settings_text(settings, "signature_field");
    const char *header = request_header(source->request, settings_text(settings, "auth_header"));
    if (*field && generic_source_get(source, field, &given->text))
        return false;
    if (!*field)
        buf_add_text(&given->text, header ? header : "");
    if (buf_check(&given->text))
        return false;
    given->count =
        find_entries(buf_span(&given->text), settings_text(settings, "auth_prefix"), given->signatures, GIVENS_MAX);
    return given->count > 0;
}

/* true also when no time is asked for. */
static bool find_timestamp(const struct generic_source *source, struct given *given)
{
    const struct settings *settings = source->settings;
    const char *header = settings_text(settings, "timestamp_header"),
               *field = settings_text(settings, "timestamp_field");
    AUTO_BUF value;
    struct span entry;
    buf_init(&value, GIVEN_MAX);
    given->timestamp[0] = '\0';
    if (!*header && !*field)
        return true;
    if (*header)
        buf_add_text(&value, request_header(source->request, header));
    else if (generic_source_get(source, field, &value))
        return false;
    if (buf_check(&value) || !find_entries(buf_span(&value), settings_text(settings, "timestamp_prefix"), &entry, 1))
        return false;
    return str_copy_span(given->timestamp, sizeof given->timestamp, entry);
}

/* ---- comparing ------------------------------------------------------------------------------------------------- */

/* The bytes of a secret as they are a key; false when it is not written so. */
static bool decode_key(const struct settings *settings, const char *secret, struct buf *out)
{
    const char *encoding = settings_text(settings, "secret_encoding");
    int rc = 0;
    if (str_equal(encoding, "hex"))
        rc = str_hex_decode(out, span_of(secret));
    else if (str_equal(encoding, "base64"))
        rc = str_base64_decode(out, span_of(secret));
    else
        buf_add_text(out, secret);
    return rc == 0 && buf_check(out) == 0 && out->len > 0;
}

int generic_mac_make(const struct generic_signed *signed_by, struct buf *out)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    AUTO_BUF text;
    AUTO_BUF key;
    const struct settings *settings = signed_by->source->settings;
    buf_init(&text, GENERIC_SIGNED_MAX);
    buf_init(&key, KEY_BYTES_MAX);
    int rc = generic_signed_build(signed_by, &text);
    if (!rc && !decode_key(settings, signed_by->secret, &key))
        rc = ERR_INVALID;
    if (!rc)
        rc = is_hash(settings) ? mac_digest(hash_of(settings), buf_span(&text), mac, &len)
                               : mac_compute(hash_of(settings), buf_span(&key), buf_span(&text), mac, &len);
    if (rc)
        return rc;
    str_hex_encode(out, mac, len);
    return buf_check(out);
}

static bool is_right(const struct settings *settings, const char *secret, struct span text, const struct given *given)
{
    AUTO_BUF key;
    buf_init(&key, KEY_BYTES_MAX);
    bool is_valid = false;
    if (!*secret || !decode_key(settings, secret, &key))
        return false;
    for (size_t i = 0; i < given->count; i++)
        is_valid |= is_hash(settings) ? signature_is_digest(hash_of(settings), text, given->signatures[i])
                                      : signature_is_any(hash_of(settings), buf_span(&key), text, given->signatures[i]);
    return is_valid;
}

static bool is_valid_for(struct generic_signed *signed_by, const struct given *given)
{
    const struct settings *settings = signed_by->source->settings;
    const char *secrets[SECRETS] = { settings_text(settings, "secret"), settings_text(settings, "secret_previous") };
    bool is_valid = false;
    for (size_t i = 0; i < SECRETS; i++) {
        AUTO_BUF text;
        buf_init(&text, GENERIC_SIGNED_MAX);
        signed_by->secret = secrets[i];
        if (generic_signed_build(signed_by, &text) == 0)
            is_valid |= is_right(settings, secrets[i], buf_span(&text), given);
    }
    return is_valid;
}

/* A proxy may have changed the address, so more than one may be the right one. */
static bool is_valid(const struct generic_source *source, const struct given *given)
{
    struct generic_signed signed_by = { .source = source, .timestamp = given->timestamp };
    AUTO_PUBLICURL urls;
    publicurl_init(&urls);
    publicurl_find(source->settings, source->request, &urls);
    signed_by.query = urls.query;
    bool is_found = false;
    for (size_t i = 0; i < urls.count; i++) {
        signed_by.base = buf_span(&urls.bases[i]);
        is_found |= is_valid_for(&signed_by, given);
    }
    return urls.count ? is_found : is_valid_for(&signed_by, given);
}

/* ---- what is covered ------------------------------------------------------------------------------------------- */

bool generic_mac_covers_query(const struct settings *settings)
{
    return generic_signed_has(settings, "query") || generic_signed_has(settings, "url_query");
}

/* {field:PATH} with the path that the text is read from. */
static bool signs_text_field(const struct settings *settings)
{
    AUTO_BUF piece;
    buf_init(&piece, GENERIC_PATH_MAX);
    buf_add_format(&piece, "field:%s", settings_text(settings, "field_text"));
    return buf_check(&piece) == 0 && generic_signed_has(settings, piece.data);
}

static bool is_covered(const struct generic_source *source)
{
    const struct settings *settings = source->settings;
    bool is_get = str_equal(source->request->method, "GET");
    bool is_query = is_get || str_equal(settings_text(settings, "format"), "query") || source->request->body.len == 0;
    bool has_params = generic_signed_has(settings, "params");
    if (signs_text_field(settings))
        return true;
    if (is_query && (generic_mac_covers_query(settings) || (is_get && has_params)))
        return true;
    if (is_get)
        return false;
    if (generic_signed_has(settings, "body") || generic_signed_has(settings, "body_sha256"))
        return true;
    return has_params && source->is_form;
}

static bool is_timely(const struct settings *settings, const char *timestamp, int64_t now_ms)
{
    int64_t at = moment_read(span_of(timestamp), NULL);
    int64_t window = settings_int(settings, "replay_window");
    return at != 0 && at >= now_ms - window && at <= now_ms + window;
}

enum verdict generic_mac_verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    AUTO_SOURCE source;
    struct given given = { .count = 0 };
    buf_init(&given.text, GIVEN_MAX);
    generic_source_init(&source, settings, request);
    /* A body that cannot be read may still be authentic: then it is malformed, and not forged. */
    int rc = generic_source_read(&source, generic_mac_covers_query(settings) ? FIELDS_WITH_QUERY : 0);
    bool is_found = rc != ERR_NOMEM && is_covered(&source) && find_signatures(&source, &given) &&
                    find_timestamp(&source, &given) && is_valid(&source, &given);
    buf_done(&given.text);
    if (!is_found)
        return VERDICT_INVALID;
    return !*given.timestamp || is_timely(settings, given.timestamp, now_ms) ? VERDICT_VALID : VERDICT_LATE;
}

int64_t generic_mac_signed_at(const struct generic_source *source)
{
    struct given given = { .count = 0 };
    return find_timestamp(source, &given) ? moment_read(span_of(given.timestamp), NULL) : 0;
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static int check_time(const struct settings *settings, struct error *error)
{
    bool has_header = *settings_text(settings, "timestamp_header") != '\0';
    const char *field = settings_text(settings, "timestamp_field");
    bool signs_time = generic_signed_has(settings, "timestamp");
    bool signs_all = *field && (generic_signed_has(settings, "body") || generic_signed_has(settings, "params"));
    if (has_header && *field)
        return error_set(error, ERR_INVALID, "timestamp_header and timestamp_field: only one can hold the time");
    if (signs_time && !has_header && !*field)
        return error_set(
            error, ERR_INVALID, "signed_text has {timestamp}: set timestamp_header or timestamp_field too");
    if ((has_header || *field) && !signs_time && !signs_all)
        return error_set(error, ERR_INVALID,
            "%s is set, but signed_text has no {timestamp}: anybody could change the time",
            has_header ? "timestamp_header" : "timestamp_field");
    return 0;
}

static int check_content(const struct settings *settings, struct error *error)
{
    bool signs_body = generic_signed_has(settings, "body") || generic_signed_has(settings, "body_sha256") ||
                      generic_signed_has(settings, "params") || signs_text_field(settings);
    if (!signs_body && !generic_mac_covers_query(settings))
        return error_set(
            error, ERR_INVALID, "signed_text: without {body}, {params} or {query} nothing of the message is signed");
    bool needs_url = generic_signed_has(settings, "url") || generic_signed_has(settings, "url_query");
    if (needs_url && !*settings_text(settings, "public_url"))
        return error_set(
            error, ERR_INVALID, "signed_text has the address in it: set public_url to what was typed at the provider");
    if (is_hash(settings) != generic_signed_has(settings, "secret"))
        return error_set(error, ERR_INVALID,
            is_hash(settings)
                ? "auth is \"hash\": signed_text needs {secret}, or anybody could make the hash"
                : "signed_text has {secret}: an HMAC has it as its key already; leave it out, or set auth = \"hash\"");
    return 0;
}

static int check_secrets(const struct settings *settings, struct error *error)
{
    static const char *const keys[] = { "secret", "secret_previous" };
    for (size_t i = 0; i < STR_COUNT(keys); i++) {
        AUTO_BUF key;
        buf_init(&key, KEY_BYTES_MAX);
        const char *secret = settings_text(settings, keys[i]);
        if (*secret && !decode_key(settings, secret, &key))
            return error_set(error, ERR_INVALID, "%s: this is not %s, as secret_encoding says", keys[i],
                settings_text(settings, "secret_encoding"));
    }
    return 0;
}

int generic_mac_check(const struct settings *settings, struct error *error)
{
    int rc = generic_signed_check(settings, error);
    if (!rc)
        rc = check_time(settings, error);
    if (!rc)
        rc = check_content(settings, error);
    return rc ? rc : check_secrets(settings, error);
}
