/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jwt - signed tokens (RFC 7515 compact form, RFC 7519 claims), small and strict.
 * Why:   general libraries let the token say how it wants to be checked; here the caller names the one algorithm, and
 *        a token that says anything else - `none`, another length, RS256 over a public text - is no token.
 * Keeps: a token has exactly three parts of the URL-safe alphabet without padding; `crit` is refused; comparing takes
 *        constant time; an empty secret verifies nothing.
 * Not here: what the claims mean. Issuer, times, audience and digests are checked by the channel that knows them.
 */
#ifndef HANDLERS_JWT_H
#define HANDLERS_JWT_H

#include "gateway/base/buf.h"
#include "gateway/json/json.h"

enum jwt_algorithm { JWT_HS256, JWT_HS384, JWT_HS512, JWT_RS256 /* signing only */ };

#define JWT_TOKEN_MAX (8 * 1024)

/* Reads a token that was signed with exactly `algorithm` under one of the secrets (ends with NULL; "" is skipped).
 * *ret_claims is an object, caller json_decref()s. ERR_INVALID for everything else. */
int jwt_verify(
    enum jwt_algorithm algorithm, const char *const *secrets, struct span token, json_t **ret_claims) MUST_CHECK;

/* Appends the token. key: the secret, or for JWT_RS256 the private key in PEM. ERR_INVALID for a key that cannot sign,
 * ERR_CRYPTO, ERR_LIMIT, ERR_NOMEM. */
int jwt_sign(enum jwt_algorithm algorithm, struct span key, const json_t *claims, struct buf *out) MUST_CHECK;

/* The claim is the lower- or upper-case hex SHA-256 of data. */
bool jwt_has_digest(const json_t *claims, const char *claim, struct span data);

#endif
