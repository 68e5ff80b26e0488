/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * password - what a password must be: long, and not among the first that are guessed.
 * Why:   length is what helps; rules about capitals and digits only make people write it down (NIST SP
 * 800-63B, 5.1.1.2). Keeps: every character counts as it is typed, white space too; any script is welcome. Not here:
 * how it is stored (vault/passhash).
 */
#ifndef GATEWAY_CORE_PASSWORD_H
#define GATEWAY_CORE_PASSWORD_H

#include <stdbool.h>

#include "gateway/base/buf.h"

#define PASSWORD_CHARACTERS_MIN 15
#define PASSWORD_CHARACTERS_MAX 128
#define PASSWORD_BYTES_MAX (4 * PASSWORD_CHARACTERS_MAX)

/* May it be the password of that account? If not, error says why, to the person who chose it; it never repeats any of
 * it. ERR_REFUSED. */
int password_check(struct span password, const char *account, struct error *error) MUST_CHECK;

/* Well-known ones of PASSWORD_CHARACTERS_MIN characters and more, one a line, in order (passwords.txt). */
extern const char password_common[];

#endif
