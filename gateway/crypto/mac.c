/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mac - HMAC and digests as providers demand them, one call each over libcrypto.
 */
#include "gateway/crypto/mac.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

_Static_assert(MAC_LEN_MAX >= EVP_MAX_MD_SIZE, "every digest fits");

static const EVP_MD *digest_of(enum mac_kind kind)
{
    switch (kind) {
    case MAC_SHA1:
        return EVP_sha1();
    case MAC_SHA256:
        return EVP_sha256();
    case MAC_SHA512:
        return EVP_sha512();
    case MAC_SHA384:
        return EVP_sha384();
    case MAC_MD5: /* one provider's oldest scheme; chosen by the operator alone */
        return EVP_md5();
    }
    return NULL;
}

int mac_compute(enum mac_kind kind, struct span key, struct span data, unsigned char *ret_mac, size_t *ret_len)
{
    const EVP_MD *digest = digest_of(kind);
    const unsigned char *bytes = (const unsigned char *)data.data;
    unsigned len = 0;

    if (!digest || key.len > INT_MAX)
        return ERR_CRYPTO;
    /* A NULL key means "the key of the last call" to libcrypto: an empty key must not be NULL. */
    if (!HMAC(digest, key.len ? key.data : "", (int)key.len, bytes, data.len, ret_mac, &len))
        return ERR_CRYPTO;
    *ret_len = len;
    return 0;
}

int mac_digest(enum mac_kind kind, struct span data, unsigned char *ret_digest, size_t *ret_len)
{
    const EVP_MD *digest = digest_of(kind);
    unsigned len = 0;

    if (!digest || EVP_Digest(data.data, data.len, ret_digest, &len, digest, NULL) != 1)
        return ERR_CRYPTO;
    *ret_len = len;
    return 0;
}
