/* SPDX-License-Identifier: GPL-3.0-or-later */
/* standardhook - see the header. */
#include "handlers/standardhook.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/crypto/ed25519.h"
#include "handlers/signature.h"

#define SECRET_PREFIX "whsec_"
#define PUBLIC_PREFIX "whpk_"
#define KEY_MIN 24
#define KEY_MAX 64
#define SIGNED_MAX (256 * 1024)
#define SIGNATURES_MAX 16 /* in one header */

/* "whsec_" may be missing, as the official libraries allow; "whpk_" may not. */
static int decode_key(const char *secret, const char *prefix, bool is_optional, struct buf *out)
{
    if (str_starts(secret, prefix))
        secret += strlen(prefix);
    else if (!is_optional || str_starts(secret, PUBLIC_PREFIX))
        return ERR_INVALID;
    int rc = str_base64_decode(out, span_of(secret));
    return rc ? rc : buf_check(out);
}

bool standardhook_is_secret(const char *secret)
{
    AUTO_BUF key;
    buf_init(&key, KEY_MAX);
    return str_starts(secret, SECRET_PREFIX) && decode_key(secret, SECRET_PREFIX, false, &key) == 0 &&
           key.len >= KEY_MIN;
}

static void add_signed_text(struct buf *out, const char *id, const char *timestamp, struct span body)
{
    buf_add_text(out, id);
    buf_add_char(out, '.');
    buf_add_text(out, timestamp);
    buf_add_char(out, '.');
    buf_add_span(out, body);
}

int standardhook_sign(const char *secret, const char *id, int64_t timestamp_s, struct span body, struct buf *out)
{
    AUTO_BUF key;
    AUTO_BUF text;
    AUTO_BUF timestamp;
    buf_init(&key, KEY_MAX);
    buf_init(&text, SIGNED_MAX);
    buf_init(&timestamp, 32);
    if (str_is_empty(id) || strchr(id, '.') || decode_key(secret, SECRET_PREFIX, true, &key) || key.len == 0)
        return ERR_INVALID;
    buf_add_format(&timestamp, "%lld", (long long)timestamp_s);
    int rc = buf_check(&timestamp);
    if (rc)
        return rc;
    add_signed_text(&text, id, timestamp.data, body);
    rc = buf_check(&text);
    unsigned char mac[MAC_LEN_MAX];
    size_t mac_len = 0;
    if (!rc)
        rc = mac_compute(MAC_SHA256, buf_span(&key), buf_span(&text), mac, &mac_len);
    if (rc)
        return rc;
    buf_add_text(out, out->len ? " v1," : "v1,");
    str_base64_encode(out, mac, mac_len);
    return buf_check(out);
}

/* Does one element of the header ("v1,..." or "v1a,...") fit? */
static bool is_match(const char *secret, struct span element, struct span text)
{
    AUTO_BUF key;
    buf_init(&key, KEY_MAX);
    if (element.len > 3 && memcmp(element.data, "v1,", 3) == 0) {
        struct span given = { element.data + 3, element.len - 3 };
        return decode_key(secret, SECRET_PREFIX, true, &key) == 0 &&
               signature_is_base64(MAC_SHA256, buf_span(&key), text, given);
    }
    if (element.len > 4 && memcmp(element.data, "v1a,", 4) == 0) {
        AUTO_BUF given;
        buf_init(&given, ED25519_SIGNATURE_LEN + 2);
        return decode_key(secret, PUBLIC_PREFIX, false, &key) == 0 &&
               str_base64_decode(&given, (struct span){ element.data + 4, element.len - 4 }) == 0 &&
               ed25519_is_valid(buf_span(&key), text, buf_span(&given));
    }
    return false;
}

static bool is_any_match(const char *secret, const char *header, struct span text)
{
    for (unsigned i = 0; i < SIGNATURES_MAX && *header; i++) {
        size_t len = strcspn(header, " ");
        if (is_match(secret, (struct span){ header, len }, text))
            return true;
        header += len;
        header += strspn(header, " ");
    }
    return false;
}

enum verdict standardhook_verify(const char *secret, const struct request *request, int64_t now_ms)
{
    const char *id = request_header(request, "webhook-id");
    const char *timestamp = request_header(request, "webhook-timestamp");
    const char *signature = request_header(request, "webhook-signature");
    int64_t timestamp_s = 0;
    if (str_is_empty(secret) || str_is_empty(id) || str_is_empty(timestamp) || str_is_empty(signature) ||
        str_to_int64(timestamp, 0, INT64_MAX / 2000, &timestamp_s))
        return VERDICT_INVALID;
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    add_signed_text(&text, id, timestamp, request->body);
    if (buf_check(&text) || !is_any_match(secret, signature, buf_span(&text)))
        return VERDICT_INVALID;
    int64_t age_ms = now_ms - timestamp_s * 1000;
    bool is_timely = age_ms <= STANDARDHOOK_TOLERANCE_MS && age_ms >= -STANDARDHOOK_TOLERANCE_MS;
    return is_timely ? VERDICT_VALID : VERDICT_LATE;
}
