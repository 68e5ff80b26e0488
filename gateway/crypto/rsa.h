/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rsa - RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2), over libcrypto: what RS256 tokens are signed with.
 * Keeps: keys under RSA_BITS_MIN are refused; a key under a passphrase is refused instead of asking a terminal.
 */
#ifndef GATEWAY_CRYPTO_RSA_H
#define GATEWAY_CRYPTO_RSA_H

#include <stdbool.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"

#define RSA_BITS_MIN 2048
#define RSA_SIGNATURE_MAX 1024 /* bytes: a key of 8192 bits */

/* Is it a private RSA key in PEM (PKCS #1 or PKCS #8) that can sign? */
bool rsa_is_private_key(struct span pem);
/* Appends the raw signature. ERR_INVALID when pem is no such key, ERR_CRYPTO. */
int rsa_sign(struct span pem, struct span data, struct buf *out) MUST_CHECK;
/* pem is the public key ("BEGIN PUBLIC KEY"). */
bool rsa_is_valid(struct span pem, struct span data, struct span signature);

#endif
