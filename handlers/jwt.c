/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jwt - see the header. */
#include "handlers/jwt.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"
#include "gateway/crypto/rsa.h"

#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define ENCODED_MAC_MAX 128

static const struct {
    const char *word;
    enum mac_kind mac;
} algorithms[] = {
    [JWT_HS256] = { "HS256", MAC_SHA256 },
    [JWT_HS384] = { "HS384", MAC_SHA384 },
    [JWT_HS512] = { "HS512", MAC_SHA512 },
    [JWT_RS256] = { "RS256", MAC_SHA256 },
};

struct parts {
    struct span header, claims, signature;
    struct span signed_text; /* header "." claims */
};

static bool take_part(struct span *rest, struct span *ret_part)
{
    size_t len = 0;
    while (len < rest->len && rest->data[len] && strchr(ALPHABET, rest->data[len]))
        len++;
    *ret_part = (struct span){ rest->data, len };
    *rest = (struct span){ rest->data + len, rest->len - len };
    return len > 0;
}

static bool take_dot(struct span *rest)
{
    if (rest->len == 0 || rest->data[0] != '.')
        return false;
    *rest = (struct span){ rest->data + 1, rest->len - 1 };
    return true;
}

static bool split(struct span token, struct parts *ret)
{
    struct span rest = token;
    if (token.len > JWT_TOKEN_MAX || !take_part(&rest, &ret->header) || !take_dot(&rest) ||
        !take_part(&rest, &ret->claims))
        return false;
    ret->signed_text = (struct span){ token.data, (size_t)(rest.data - token.data) };
    return take_dot(&rest) && take_part(&rest, &ret->signature) && rest.len == 0;
}

static json_t *decode_object(struct span part)
{
    struct error error;
    AUTO_BUF text;
    buf_init(&text, JWT_TOKEN_MAX);
    if (str_base64_decode(&text, part) || buf_check(&text))
        return NULL;
    json_t *object = json_read(buf_span(&text), &error);
    if (json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

static bool is_expected_header(struct span part, enum jwt_algorithm algorithm)
{
    AUTO_JSON *header = decode_object(part);
    return header && str_equal(json_text(header, "alg", ""), algorithms[algorithm].word) &&
           !json_object_get(header, "crit");
}

static int add_mac(enum jwt_algorithm algorithm, struct span secret, struct span text, struct buf *out)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t mac_len = 0;
    int rc = mac_compute(algorithms[algorithm].mac, secret, text, mac, &mac_len);
    if (rc)
        return rc;
    str_base64url_encode(out, mac, mac_len);
    return buf_check(out);
}

static bool is_signed(enum jwt_algorithm algorithm, struct span secret, const struct parts *parts)
{
    AUTO_BUF wanted;
    buf_init(&wanted, ENCODED_MAC_MAX);
    return secret.len > 0 && add_mac(algorithm, secret, parts->signed_text, &wanted) == 0 &&
           str_equal_secret(buf_span(&wanted), parts->signature);
}

int jwt_verify(enum jwt_algorithm algorithm, const char *const *secrets, struct span token, json_t **ret_claims)
{
    struct parts parts;
    bool is_valid = false;
    *ret_claims = NULL;
    if (algorithm == JWT_RS256 || !split(token, &parts) || !is_expected_header(parts.header, algorithm))
        return ERR_INVALID;
    for (; *secrets; secrets++) /* all are tried, so that the time does not tell which one fits */
        is_valid |= is_signed(algorithm, span_of(*secrets), &parts);
    if (is_valid)
        *ret_claims = decode_object(parts.claims);
    return *ret_claims ? 0 : ERR_INVALID;
}

static int add_signature(enum jwt_algorithm algorithm, struct span key, struct span text, struct buf *out)
{
    if (algorithm != JWT_RS256)
        return key.len ? add_mac(algorithm, key, text, out) : ERR_INVALID;
    AUTO_BUF raw;
    buf_init(&raw, RSA_SIGNATURE_MAX);
    int rc = rsa_sign(key, text, &raw);
    if (rc)
        return rc;
    str_base64url_encode(out, raw.data, raw.len);
    return buf_check(out);
}

int jwt_sign(enum jwt_algorithm algorithm, struct span key, const json_t *claims, struct buf *out)
{
    AUTO_BUF token;
    AUTO_BUF part;
    buf_init(&token, JWT_TOKEN_MAX);
    buf_init(&part, JWT_TOKEN_MAX);
    buf_add_format(&part, "{\"alg\":\"%s\",\"typ\":\"JWT\"}", algorithms[algorithm].word);
    str_base64url_encode(&token, part.data, part.len);
    buf_add_char(&token, '.');
    buf_clear(&part);
    int rc = json_write(claims, &part);
    if (rc)
        return rc;
    str_base64url_encode(&token, part.data, part.len);
    rc = buf_check(&token);
    buf_clear(&part);
    if (!rc)
        rc = add_signature(algorithm, key, buf_span(&token), &part);
    if (rc)
        return rc;
    buf_add_span(out, buf_span(&token));
    buf_add_char(out, '.');
    buf_add_span(out, buf_span(&part));
    return buf_check(out);
}

bool jwt_has_digest(const json_t *claims, const char *claim, struct span data)
{
    unsigned char digest[MAC_LEN_MAX];
    size_t digest_len = 0;
    AUTO_BUF given;
    buf_init(&given, MAC_LEN_MAX);
    if (mac_digest(MAC_SHA256, data, digest, &digest_len) ||
        str_hex_decode(&given, span_of(json_text(claims, claim, ""))))
        return false;
    return str_equal_secret(buf_span(&given), (struct span){ (const char *)digest, digest_len });
}
