/* SPDX-License-Identifier: GPL-3.0-or-later */
/* messagebird_signature - see the header. */
#include "handlers/messagebird_signature.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/form.h"
#include "handlers/jwt.h"
#include "handlers/signature.h"

#define SIGNED_MAX (64 * 1024)
#define ISSUER "MessageBird"
#define QUERY_UNRESERVED "!'()*" /* left as they are by their libraries, beside RFC 3986's unreserved */

/* ---- JWT ------------------------------------------------------------------------------------------------------- */

static json_t *read_token(const struct messagebird_signature *in, struct span token)
{
    static const enum jwt_algorithm algorithms[] = { JWT_HS256, JWT_HS384, JWT_HS512 };
    json_t *claims = NULL;
    for (size_t i = 0; !claims && i < STR_COUNT(algorithms); i++) {
        if (jwt_verify(algorithms[i], in->secrets, token, &claims))
            claims = NULL;
    }
    return claims;
}

static int add_whole_url(const struct messagebird_signature *in, size_t index, struct buf *out)
{
    buf_add(out, in->urls->bases[index].data, in->urls->bases[index].len);
    buf_add_text(out, in->urls->query.len ? "?" : "");
    buf_add_span(out, in->urls->query);
    return buf_check(out);
}

static bool has_url_digest(const struct messagebird_signature *in, const json_t *claims)
{
    bool is_valid = false;
    for (size_t i = 0; i < in->urls->count; i++) {
        AUTO_BUF url;
        buf_init(&url, SIGNED_MAX);
        is_valid |= add_whole_url(in, i, &url) == 0 && jwt_has_digest(claims, "url_hash", buf_span(&url));
    }
    return is_valid;
}

static bool has_body_digest(const struct messagebird_signature *in, const json_t *claims)
{
    bool has_claim = json_object_get(claims, "payload_hash") != NULL;
    if (in->request->body.len == 0)
        return !has_claim;
    return has_claim && jwt_has_digest(claims, "payload_hash", in->request->body);
}

enum verdict messagebird_signature_jwt(const struct messagebird_signature *in)
{
    const char *token = request_header(in->request, "MessageBird-Signature-JWT");
    AUTO_JSON *claims = token ? read_token(in, span_of(token)) : NULL;
    if (!claims || !str_equal(json_text(claims, "iss", ""), ISSUER) || !has_url_digest(in, claims) ||
        !has_body_digest(in, claims))
        return VERDICT_INVALID;
    int64_t not_before_s = json_int(claims, "nbf", -1), expires_s = json_int(claims, "exp", -1);
    if (not_before_s < 0 || expires_s < 0)
        return VERDICT_INVALID;
    int64_t window_s = in->window_ms / 1000, now_s = in->now_ms / 1000;
    return now_s >= not_before_s - window_s && now_s <= expires_s + window_s ? VERDICT_VALID : VERDICT_LATE;
}

/* ---- the two HMACs --------------------------------------------------------------------------------------------- */

static void add_body_digest(struct buf *out, struct span body)
{
    unsigned char digest[MAC_LEN_MAX];
    size_t digest_len = 0;
    if (mac_digest(MAC_SHA256, body, digest, &digest_len) == 0)
        buf_add(out, digest, digest_len);
}

static bool is_signed(const struct messagebird_signature *in, const struct buf *text)
{
    const char *given = request_header(in->request, "MessageBird-Signature");
    bool is_valid = false;
    for (const char *const *secret = in->secrets; given && *secret; secret++)
        is_valid |= signature_is_base64(MAC_SHA256, span_of(*secret), buf_span(text), span_of(given));
    return is_valid && buf_check(text) == 0;
}

static const char *timestamp_of(const struct messagebird_signature *in)
{
    const char *timestamp = request_header(in->request, "MessageBird-Request-Timestamp");
    return timestamp ? timestamp : "";
}

static enum verdict verdict_of_time(const struct messagebird_signature *in)
{
    int64_t at_s = 0;
    if (str_to_int64(timestamp_of(in), 0, INT64_MAX / 2000, &at_s))
        return VERDICT_INVALID;
    int64_t age_ms = in->now_ms - at_s * 1000;
    return age_ms <= in->window_ms && age_ms >= -in->window_ms ? VERDICT_VALID : VERDICT_LATE;
}

static void add_encoded(struct buf *out, struct span text, bool is_plus)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c && strchr(QUERY_UNRESERVED, c) && !is_plus)
            buf_add_char(out, c);
        else if (c == ' ' && is_plus)
            buf_add_char(out, '+');
        else
            str_percent_encode(out, (struct span){ text.data + i, 1 });
    }
}

/* The query in order of its names, written as one of their libraries does: JavaScript's, or PHP's and Go's (is_plus).
 */
static int add_sorted_query(struct buf *out, const char *query, bool is_plus)
{
    struct form form;
    size_t order[FORM_FIELDS_MAX];
    form_init(&form);
    int rc = form_add(&form, span_of(query));
    if (!rc)
        form_sort(&form, FORM_AS_IT_CAME, order); /* values of one name stay in the order in which they came */
    for (size_t i = 0; !rc && i < form.count; i++) {
        buf_add_text(out, i ? "&" : "");
        add_encoded(out, form_name(&form, order[i]), is_plus);
        buf_add_char(out, '=');
        add_encoded(out, form_value(&form, order[i]), is_plus);
    }
    form_done(&form);
    return rc ? rc : buf_check(out);
}

enum verdict messagebird_signature_legacy(const struct messagebird_signature *in)
{
    bool is_valid = false;
    for (int is_plus = 0; is_plus < 2; is_plus++) {
        AUTO_BUF text;
        buf_init(&text, SIGNED_MAX);
        buf_add_format(&text, "%s\n", timestamp_of(in));
        if (add_sorted_query(&text, in->request->query, is_plus))
            return VERDICT_INVALID;
        buf_add_char(&text, '\n');
        add_body_digest(&text, in->request->body);
        is_valid |= is_signed(in, &text);
    }
    return is_valid ? verdict_of_time(in) : VERDICT_INVALID;
}

enum verdict messagebird_signature_channels(const struct messagebird_signature *in)
{
    bool is_valid = false;
    for (size_t i = 0; i < in->urls->count; i++) {
        AUTO_BUF text;
        buf_init(&text, SIGNED_MAX);
        buf_add_format(&text, "%s\n", timestamp_of(in));
        if (add_whole_url(in, i, &text))
            return VERDICT_INVALID;
        buf_add_char(&text, '\n');
        add_body_digest(&text, in->request->body);
        is_valid |= is_signed(in, &text);
    }
    return is_valid ? verdict_of_time(in) : VERDICT_INVALID;
}
