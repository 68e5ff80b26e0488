/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signature - see the header. */
#include "handlers/signature.h"

#include "gateway/base/str.h"

#define ENCODED_MAX 256

bool signature_is_base64(enum mac_kind kind, struct span key, struct span data, struct span given)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t mac_len = 0;
    if (key.len == 0 || mac_compute(kind, key, data, mac, &mac_len))
        return false;
    AUTO_BUF text;
    buf_init(&text, ENCODED_MAX);
    str_base64_encode(&text, mac, mac_len);
    return buf_check(&text) == 0 && str_equal_secret(buf_span(&text), given);
}

/* The length tells hex from base64: 2 characters a byte against 4 for 3. */
static bool is_written(const unsigned char *mac, size_t mac_len, struct span given)
{
    AUTO_BUF decoded;
    buf_init(&decoded, ENCODED_MAX);
    int rc = given.len == 2 * mac_len ? str_hex_decode(&decoded, given) : str_base64_decode(&decoded, given);
    if (rc || buf_check(&decoded))
        return false;
    return str_equal_secret(buf_span(&decoded), (struct span){ (const char *)mac, mac_len });
}

bool signature_is_any(enum mac_kind kind, struct span key, struct span data, struct span given)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t mac_len = 0;
    if (key.len == 0 || given.len > ENCODED_MAX || mac_compute(kind, key, data, mac, &mac_len))
        return false;
    return is_written(mac, mac_len, given);
}

bool signature_is_digest(enum mac_kind kind, struct span data, struct span given)
{
    unsigned char digest[MAC_LEN_MAX];
    size_t len = 0;
    if (given.len > ENCODED_MAX || mac_digest(kind, data, digest, &len))
        return false;
    return is_written(digest, len, given);
}

bool signature_is_secret(struct span secret, struct span given)
{
    return secret.len > 0 && str_equal_secret(secret, given);
}
