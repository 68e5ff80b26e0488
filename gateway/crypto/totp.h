/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * totp - codes of an authenticator app (RFC 6238 over RFC 4226, HMAC-SHA-1): what nearly every such app can make.
 * Keeps: a step is accepted once: the caller stores the last one, and an equal or older one is refused; codes are
 * compared in constant time. Not here: where the secret lies, and delays after failures (core/accounts).
 */
#ifndef GATEWAY_CRYPTO_TOTP_H
#define GATEWAY_CRYPTO_TOTP_H

#include <stdint.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"

#define TOTP_SECRET_LEN 20 /* RFC 4226, 4, R6: 160 bits */
#define TOTP_STEP_MS 30000
#define TOTP_DIGITS 6
#define TOTP_DIGITS_MAX 9
#define TOTP_WINDOW 1 /* steps before and after, for clocks that differ (RFC 6238, 5.2) */

/* The code of one counter, with leading zeros and NUL, into ret_code (TOTP_DIGITS_MAX + 1 bytes). */
int totp_make_code(struct span secret, uint64_t counter, unsigned digits, char *ret_code) MUST_CHECK;
int64_t totp_step_of(int64_t now_ms);
/* Is code (exactly TOTP_DIGITS digits) one of now, of a step after last_step? Then its step is *ret_step. ERR_REFUSED:
 * it is not. */
int totp_check(struct span secret, struct span code, int64_t now_ms, int64_t last_step, int64_t *ret_step) MUST_CHECK;
/* The address that an app reads (Key Uri Format of Google Authenticator): "otpauth://totp/ISSUER:ACCOUNT?secret=...".
 */
void totp_write_uri(struct buf *out, const char *issuer, const char *account, struct span secret);

#endif
