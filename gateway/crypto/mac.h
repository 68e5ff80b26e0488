/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mac - message authentication as providers demand it, over libcrypto. Nobody else includes <openssl/...>.
 * Not here: encryption at rest and our own tags (vault, libsodium).
 */
#ifndef GATEWAY_CRYPTO_MAC_H
#define GATEWAY_CRYPTO_MAC_H

#include <stddef.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"

enum mac_kind { MAC_SHA1, MAC_SHA256, MAC_SHA512, MAC_SHA384, MAC_MD5 };
#define MAC_LEN_MAX 64

/* HMAC (RFC 2104) of data under key into ret_mac (MAC_LEN_MAX bytes); the length comes back in *ret_len. ERR_CRYPTO. */
int mac_compute(
    enum mac_kind kind, struct span key, struct span data, unsigned char *ret_mac, size_t *ret_len) MUST_CHECK;
/* Plain digest, same shapes. */
int mac_digest(enum mac_kind kind, struct span data, unsigned char *ret_digest, size_t *ret_len) MUST_CHECK;

#endif
