/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vonage_signature - see the header. */
#include "handlers/vonage_signature.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"
#include "handlers/formhook.h"
#include "handlers/inbound.h"

#define SIGNED_MAX (256 * 1024)
#define SIGNATURE_FIELD "sig"
#define TIME_FIELD "timestamp"

struct method {
    const char *word;
    enum mac_kind kind;
    bool is_digest; /* of text and secret in a row */
};
static const struct method methods[] = {
    { "md5hash", MAC_MD5, true },
    { "md5hmac", MAC_MD5, false },
    { "sha1hmac", MAC_SHA1, false },
    { "sha256hmac", MAC_SHA256, false },
    { "sha512hmac", MAC_SHA512, false },
};

/* JSON as if it had been a form: numbers and booleans as they are written. */
static int add_object(struct form *form, json_t *root)
{
    const char *name;
    json_t *value;
    json_object_foreach(root, name, value)
    {
        AUTO_BUF text;
        AUTO_BUF pair;
        buf_init(&text, FORM_BYTES_MAX);
        buf_init(&pair, 4 * FORM_BYTES_MAX);
        if (json_is_null(value))
            continue;
        int rc = json_scalar_text(value, &text);
        str_percent_encode(&pair, span_of(name));
        buf_add_char(&pair, '=');
        str_percent_encode(&pair, buf_span(&text));
        if (!rc)
            rc = buf_check(&pair);
        if (!rc)
            rc = form_add(form, buf_span(&pair));
        if (rc)
            return rc;
    }
    return json_is_object(root) ? 0 : ERR_INVALID;
}

static void add_value(struct buf *out, struct span value)
{
    for (size_t i = 0; i < value.len; i++)
        buf_add_char(out, value.data[i] == '&' || value.data[i] == '=' ? '_' : value.data[i]);
}

static int add_signed_text(const struct form *form, struct buf *out)
{
    size_t order[FORM_FIELDS_MAX];
    form_sort(form, FORM_AS_IT_CAME, order);
    for (size_t i = 0; i < form->count; i++) {
        if (span_equal(form_name(form, order[i]), span_of(SIGNATURE_FIELD)))
            continue;
        buf_add_char(out, '&');
        buf_add_span(out, form_name(form, order[i]));
        buf_add_char(out, '=');
        add_value(out, form_value(form, order[i]));
    }
    return buf_check(out);
}

static int compute(
    const struct method *method, const char *secret, const struct buf *text, unsigned char *ret_mac, size_t *ret_len)
{
    AUTO_BUF joined;
    buf_init(&joined, SIGNED_MAX);
    buf_add_span(&joined, buf_span(text));
    buf_add_text(&joined, secret);
    if (!*secret || buf_check(&joined))
        return ERR_INVALID;
    return method->is_digest ? mac_digest(method->kind, buf_span(&joined), ret_mac, ret_len)
                             : mac_compute(method->kind, span_of(secret), buf_span(text), ret_mac, ret_len);
}

static bool is_signed(const struct method *method, const char *secret, const struct buf *text, struct span given)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    return compute(method, secret, text, mac, &len) == 0 &&
           str_equal_secret(given, (struct span){ (const char *)mac, len });
}

static const struct method *method_of(const struct settings *settings)
{
    const char *word = settings_text(settings, "signature_method");
    size_t i = STR_COUNT(methods) - 1;
    while (i > 0 && !str_equal(methods[i].word, word))
        i--;
    return &methods[i];
}

static bool is_authentic(const struct settings *settings, const struct form *form)
{
    struct span given;
    AUTO_BUF text;
    AUTO_BUF mac;
    buf_init(&text, SIGNED_MAX);
    buf_init(&mac, MAC_LEN_MAX);
    if (!form_find(form, SIGNATURE_FIELD, &given) || form_is_ambiguous(form, SIGNATURE_FIELD) ||
        str_hex_decode(&mac, given) || buf_check(&mac) || add_signed_text(form, &text))
        return false;
    const struct method *method = method_of(settings);
    bool is_current = is_signed(method, settings_text(settings, "secret"), &text, buf_span(&mac));
    bool is_previous = is_signed(method, settings_text(settings, "secret_previous"), &text, buf_span(&mac));
    return is_current || is_previous;
}

enum verdict vonage_signature_verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    struct span time;
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    if (formhook_read(&hook, request, false) || (hook.root && add_object(&hook.form, hook.root)) ||
        !is_authentic(settings, &hook.form))
        return VERDICT_INVALID;
    int64_t at = form_find(&hook.form, TIME_FIELD, &time) ? inbound_time(time) : 0;
    int64_t window = settings_int(settings, "replay_window");
    return at && now_ms - at <= window && now_ms - at >= -window ? VERDICT_VALID : VERDICT_LATE;
}

int vonage_signature_sign(const struct settings *settings, struct span form, struct buf *out)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    struct form fields;
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    form_init(&fields);
    int rc = form_add(&fields, form);
    if (!rc)
        rc = add_signed_text(&fields, &text);
    form_done(&fields);
    if (!rc)
        rc = compute(method_of(settings), settings_text(settings, "secret"), &text, mac, &len);
    if (rc)
        return rc;
    str_hex_encode(out, mac, len);
    return buf_check(out);
}
