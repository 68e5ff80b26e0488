/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recovery - codes for the day on which the phone with the authenticator app is lost.
 * Keeps: each of 80 random bits, shown once, stored as a keyed tag, good once (store/users).
 */
#ifndef GATEWAY_CORE_RECOVERY_H
#define GATEWAY_CORE_RECOVERY_H

#include <stdbool.h>

#include "gateway/vault/vault.h"

#define RECOVERY_BYTES 10
#define RECOVERY_LETTERS 16  /* base32 */
#define RECOVERY_TEXT_MAX 20 /* "ABCD-EFGH-IJKL-MNOP" and NUL */

void recovery_make(char *ret_text);
/* Spaces, hyphens and case do not matter; 0, 1 and 8, which are not in the alphabet, are O, I and B. False when it is
 * no code. ret_tag: VAULT_TAG_LEN bytes. */
bool recovery_tag(const struct vault *vault, struct span typed, unsigned char *ret_tag);

#endif
