/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plivo_signature - see the header. */
#include "handlers/plivo_signature.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/form.h"
#include "handlers/signature.h"

#define SIGNED_MAX (256 * 1024)
#define HEADERS 2 /* of a sub-account, of the main account */

static const char *const v2_headers[HEADERS] = { "X-Plivo-Signature-V2", "X-Plivo-Signature-Ma-V2" };
static const char *const v3_headers[HEADERS] = { "X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3" };

/* The decoded pairs in order of name and value: name, equals, value, with a separator between pairs. */
static int add_sorted(struct buf *out, struct span encoded, const char *equals, const char *separator)
{
    struct form form;
    size_t order[FORM_FIELDS_MAX];
    form_init(&form);
    int rc = form_add(&form, encoded);
    if (!rc)
        form_sort(&form, FORM_BY_VALUE, order);
    for (size_t i = 0; !rc && i < form.count; i++) {
        buf_add_text(out, i ? separator : "");
        buf_add_span(out, form_name(&form, order[i]));
        buf_add_text(out, equals);
        buf_add_span(out, form_value(&form, order[i]));
    }
    form_done(&form);
    return rc ? rc : buf_check(out);
}

/* A header may hold several signatures with commas between them. */
static bool has_signature(const char *header, const char *token, struct span text)
{
    bool is_valid = false;
    while (*header) {
        header += strspn(header, ", ");
        size_t len = strcspn(header, ", ");
        is_valid |= len && signature_is_base64(MAC_SHA256, span_of(token), text, (struct span){ header, len });
        header += len;
    }
    return is_valid;
}

static bool is_signed(
    const char *const *names, const char *const *tokens, const struct request *request, const struct buf *text)
{
    bool is_valid = false;
    for (size_t i = 0; i < HEADERS; i++) {
        const char *header = request_header(request, names[i]);
        for (const char *const *token = tokens; header && *token; token++)
            is_valid |= has_signature(header, *token, buf_span(text));
    }
    return is_valid && buf_check(text) == 0;
}

static int add_v3_text(struct buf *out, const struct buf *base, struct span query, const struct request *request)
{
    bool has_body = !str_equal(request->method, "GET") && request->body.len > 0;
    buf_add(out, base->data, base->len);
    if (query.len || has_body)
        buf_add_char(out, '?');
    int rc = add_sorted(out, query, "=", "&");
    if (query.len && has_body)
        buf_add_char(out, '.');
    if (!rc && has_body)
        rc = add_sorted(out, request->body, "", "");
    return rc;
}

static bool is_v3(const struct publicurl *urls, const char *const *tokens, const struct request *request)
{
    const char *nonce = request_header(request, "X-Plivo-Signature-V3-Nonce");
    bool is_valid = false;
    for (size_t i = 0; nonce && i < urls->count; i++) {
        AUTO_BUF text;
        buf_init(&text, SIGNED_MAX);
        if (add_v3_text(&text, &urls->bases[i], urls->query, request))
            return false;
        buf_add_format(&text, ".%s", nonce);
        is_valid |= is_signed(v3_headers, tokens, request, &text);
    }
    return is_valid;
}

static bool is_v2(const struct publicurl *urls, const char *const *tokens, const struct request *request)
{
    const char *nonce = request_header(request, "X-Plivo-Signature-V2-Nonce");
    bool is_valid = false;
    for (size_t i = 0; nonce && i < urls->count; i++) {
        AUTO_BUF text;
        buf_init(&text, SIGNED_MAX);
        buf_add(&text, urls->bases[i].data, urls->bases[i].len);
        buf_add_text(&text, nonce);
        is_valid |= is_signed(v2_headers, tokens, request, &text);
    }
    return is_valid;
}

bool plivo_signature_is_valid(
    const struct publicurl *urls, const char *const *tokens, bool is_v2_accepted, const struct request *request)
{
    for (size_t i = 0; i < HEADERS; i++) {
        if (request_header(request, v3_headers[i]))
            return is_v3(urls, tokens, request);
    }
    return is_v2_accepted && is_v2(urls, tokens, request);
}

int plivo_signature_sign(
    const struct publicurl *urls, const char *token, const char *nonce, const struct request *request, struct buf *out)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    int rc = urls->count ? add_v3_text(&text, &urls->bases[0], urls->query, request) : ERR_INVALID;
    buf_add_format(&text, ".%s", nonce);
    if (!rc)
        rc = buf_check(&text);
    if (!rc)
        rc = mac_compute(MAC_SHA256, span_of(token), buf_span(&text), mac, &len);
    if (rc)
        return rc;
    str_base64_encode(out, mac, len);
    return buf_check(out);
}
