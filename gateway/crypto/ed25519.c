/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ed25519 - see the header. */
#include "gateway/crypto/ed25519.h"

#include <openssl/evp.h>

bool ed25519_is_valid(struct span public_key, struct span data, struct span signature)
{
    if (public_key.len != ED25519_KEY_LEN || signature.len != ED25519_SIGNATURE_LEN)
        return false;
    EVP_PKEY *key =
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, (const unsigned char *)public_key.data, public_key.len);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_valid = key && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
                    EVP_DigestVerify(context, (const unsigned char *)signature.data, signature.len,
                        (const unsigned char *)data.data, data.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return is_valid;
}
