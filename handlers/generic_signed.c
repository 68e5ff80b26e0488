/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_signed - see the header. */
#include "handlers/generic_signed.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"

#define PIECE_MAX 280 /* "field:" and a path */
#define HEADER "header:"
#define FIELD "field:"

typedef int (*piece_fn)(const struct generic_signed *request, struct buf *out);

static int add(struct buf *out, struct span value)
{
    buf_add_span(out, value);
    return buf_check(out);
}

static int add_body(const struct generic_signed *request, struct buf *out)
{
    return add(out, request->source->request->body);
}

static int add_body_sha256(const struct generic_signed *request, struct buf *out)
{
    unsigned char digest[MAC_LEN_MAX];
    size_t len = 0;
    int rc = mac_digest(MAC_SHA256, request->source->request->body, digest, &len);
    if (rc)
        return rc;
    str_hex_encode(out, digest, len);
    return buf_check(out);
}

static int add_query(const struct generic_signed *request, struct buf *out)
{
    return add(out, span_of(request->source->request->query));
}

static int add_method(const struct generic_signed *request, struct buf *out)
{
    return add(out, span_of(request->source->request->method));
}

static int add_path(const struct generic_signed *request, struct buf *out)
{
    return add(out, span_of(request->source->request->path));
}

static int add_url(const struct generic_signed *request, struct buf *out)
{
    return request->base.len ? add(out, request->base) : ERR_INVALID;
}

static int add_url_query(const struct generic_signed *request, struct buf *out)
{
    int rc = add_url(request, out);
    if (!rc && request->query.len)
        buf_add_char(out, '?');
    return rc ? rc : add(out, request->query);
}

static int add_timestamp(const struct generic_signed *request, struct buf *out)
{
    return str_is_empty(request->timestamp) ? ERR_NOT_FOUND : add(out, span_of(request->timestamp));
}

static int add_secret(const struct generic_signed *request, struct buf *out)
{
    return add(out, span_of(request->secret));
}

static int add_newline(const struct generic_signed *request, struct buf *out)
{
    (void)request;
    return add(out, span_of("\n"));
}

/* ---- sorted fields --------------------------------------------------------------------------------------------- */

static int compare_spans(struct span a, struct span b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.data, b.data, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static bool is_before(const struct form *form, size_t a, size_t b)
{
    int order = compare_spans(form_name(form, a), form_name(form, b));
    return order < 0 || (order == 0 && compare_spans(form_value(form, a), form_value(form, b)) < 0);
}

/* The fields by name and value, without the signature's own and without exact repetitions; returns how many. */
static size_t sort(const struct generic_signed *request, const struct form *form, size_t order[FORM_FIELDS_MAX])
{
    struct span own = span_of(settings_text(request->source->settings, "signature_field"));
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++) {
        if ((own.len && span_equal(form_name(form, i), own)) || form_is_repeated(form, i))
            continue;
        size_t at = count++;
        for (; at > 0 && is_before(form, i, order[at - 1]); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    return count;
}

static void add_replaced(struct buf *out, struct span value, const char *replaced)
{
    for (size_t i = 0; i < value.len; i++) {
        bool is_replaced = value.data[i] && strchr(replaced, value.data[i]);
        buf_add_char(out, is_replaced ? '_' : value.data[i]);
    }
}

/* The form of a POST, or the query of a GET. */
static int read_params(const struct generic_signed *request, struct form *form)
{
    const struct request *from = request->source->request;
    form_init(form);
    return form_add(form, str_equal(from->method, "GET") ? span_of(from->query) : from->body);
}

static int add_params(const struct generic_signed *request, struct buf *out)
{
    struct form form;
    size_t order[FORM_FIELDS_MAX];
    const struct settings *settings = request->source->settings;
    int rc = read_params(request, &form);
    size_t count = rc ? 0 : sort(request, &form, order);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_add_text(out, settings_text(settings, "params_separator"));
        buf_add_span(out, form_name(&form, order[i]));
        buf_add_text(out, settings_text(settings, "params_equals"));
        add_replaced(out, form_value(&form, order[i]), settings_text(settings, "params_replace"));
    }
    form_done(&form);
    return rc ? rc : buf_check(out);
}

/* ---- the text -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    piece_fn add;
} pieces[] = {
    { "body", add_body },
    { "body_sha256", add_body_sha256 },
    { "query", add_query },
    { "timestamp", add_timestamp },
    { "method", add_method },
    { "path", add_path },
    { "url", add_url },
    { "url_query", add_url_query },
    { "params", add_params },
    { "newline", add_newline },
    { "secret", add_secret },
};

/* The name of a piece that begins at text ("{name}"); empty when none does. A brace before anything but a letter is an
 * ordinary character. */
static struct span piece_at(const char *text)
{
    const char *end = *text == '{' && ((text[1] | 0x20) >= 'a' && (text[1] | 0x20) <= 'z') ? strchr(text, '}') : NULL;
    return end && end - text < PIECE_MAX ? (struct span){ text + 1, (size_t)(end - text - 1) } : (struct span){ "", 0 };
}

static bool has_argument(struct span piece, const char *prefix)
{
    return piece.len > strlen(prefix) && memcmp(piece.data, prefix, strlen(prefix)) == 0;
}

static piece_fn find_piece(struct span piece)
{
    for (size_t i = 0; i < STR_COUNT(pieces); i++) {
        if (span_equal(span_of(pieces[i].name), piece))
            return pieces[i].add;
    }
    return NULL;
}

static int add_piece(const struct generic_signed *request, struct span piece, struct buf *out)
{
    char name[PIECE_MAX];
    piece_fn known = find_piece(piece);
    if (known)
        return known(request, out);
    str_copy_span(name, sizeof name, piece);
    if (has_argument(piece, FIELD))
        return generic_source_get(request->source, name + strlen(FIELD), out);
    const char *value =
        has_argument(piece, HEADER) ? request_header(request->source->request, name + strlen(HEADER)) : NULL;
    return value ? add(out, span_of(value)) : ERR_NOT_FOUND;
}

int generic_signed_build(const struct generic_signed *request, struct buf *out)
{
    for (const char *at = settings_text(request->source->settings, "signed_text"); *at;) {
        struct span piece = piece_at(at);
        if (!piece.len) {
            buf_add_char(out, *at++);
            continue;
        }
        int rc = add_piece(request, piece, out);
        if (rc)
            return rc;
        at += piece.len + 2;
    }
    return buf_check(out);
}

bool generic_signed_has(const struct settings *settings, const char *piece)
{
    for (const char *at = settings_text(settings, "signed_text"); *at; at++) {
        if (span_equal(piece_at(at), span_of(piece)))
            return true;
    }
    return false;
}

int generic_signed_check(const struct settings *settings, struct error *error)
{
    for (const char *at = settings_text(settings, "signed_text"); *at; at++) {
        struct span piece = piece_at(at);
        if (piece.len && !find_piece(piece) && !has_argument(piece, FIELD) && !has_argument(piece, HEADER))
            return error_set(error, ERR_INVALID,
                "signed_text: {%.*s} is none of {body}, {body_sha256}, {query}, {timestamp}, {method}, {path}, {url}, {url_query}, "
                "{header:NAME}, {field:PATH}, {params}, {newline}, {secret}",
                (int)piece.len, piece.data);
    }
    return 0;
}
