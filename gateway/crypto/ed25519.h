/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ed25519 - checking public-key signatures of providers (RFC 8032), over libcrypto.
 * Keeps: the strict verification of libcrypto, which refuses the malleated form (S + L).
 */
#ifndef GATEWAY_CRYPTO_ED25519_H
#define GATEWAY_CRYPTO_ED25519_H

#include <stdbool.h>

#include "gateway/base/buf.h"

#define ED25519_KEY_LEN 32
#define ED25519_SIGNATURE_LEN 64

/* False also for a key or a signature of another length. */
bool ed25519_is_valid(struct span public_key, struct span data, struct span signature);

#endif
