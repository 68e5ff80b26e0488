/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rsa - see the header. */
#include "gateway/crypto/rsa.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

/* Without this libcrypto would ask for a passphrase at the terminal and the daemon would hang. */
static int refuse_passphrase(char *text, int size, int is_writing, void *context)
{
    (void)text, (void)size, (void)is_writing, (void)context;
    return -1;
}

static EVP_PKEY *read_key(struct span pem, bool is_private)
{
    if (pem.len == 0 || pem.len > INT_MAX)
        return NULL;
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.len);
    EVP_PKEY *key = NULL;
    if (bio && is_private)
        key = PEM_read_bio_PrivateKey(bio, NULL, refuse_passphrase, NULL);
    else if (bio)
        key = PEM_read_bio_PUBKEY(bio, NULL, refuse_passphrase, NULL);
    BIO_free(bio);
    ERR_clear_error();
    if (key && (EVP_PKEY_base_id(key) != EVP_PKEY_RSA || EVP_PKEY_bits(key) < RSA_BITS_MIN ||
                   EVP_PKEY_size(key) > RSA_SIGNATURE_MAX)) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

bool rsa_is_private_key(struct span pem)
{
    EVP_PKEY *key = read_key(pem, true);
    EVP_PKEY_free(key);
    return key != NULL;
}

int rsa_sign(struct span pem, struct span data, struct buf *out)
{
    unsigned char signature[RSA_SIGNATURE_MAX];
    size_t len = sizeof signature;
    EVP_PKEY *key = read_key(pem, true);
    if (!key)
        return ERR_INVALID;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool is_signed = context && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                     EVP_DigestSign(context, signature, &len, (const unsigned char *)data.data, data.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    if (!is_signed)
        return ERR_CRYPTO;
    buf_add(out, signature, len);
    return buf_check(out);
}

bool rsa_is_valid(struct span pem, struct span data, struct span signature)
{
    EVP_PKEY *key = read_key(pem, false);
    EVP_MD_CTX *context = key ? EVP_MD_CTX_new() : NULL;
    bool is_valid = context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                    EVP_DigestVerify(context, (const unsigned char *)signature.data, signature.len,
                        (const unsigned char *)data.data, data.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    ERR_clear_error();
    return is_valid;
}
