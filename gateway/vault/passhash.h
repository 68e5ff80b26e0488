/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * passhash - passwords as they are stored: Argon2id (RFC 9106) over libsodium, as a string that names its own cost.
 * Keeps: making one and checking one take the same time and memory; the salt is random.
 * Not here: what a password must be (core/password), and on which thread it is worked out (core/hasher).
 */
#ifndef GATEWAY_VAULT_PASSHASH_H
#define GATEWAY_VAULT_PASSHASH_H

#include <stdbool.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"

#define PASSHASH_MAX 128 /* with NUL */
#define PASSHASH_PASSES 3
#define PASSHASH_BYTES (64u << 20)

struct passhash_cost {
    unsigned passes;
    size_t bytes;
};

/* ERR_NOMEM when there is no such memory, ERR_CRYPTO. */
int passhash_make(struct span password, const struct passhash_cost *cost, char *ret_hash) MUST_CHECK;
/* False also for what is no hash of ours. */
bool passhash_is_of(const char *hash, struct span password);
/* Was it made at another cost? Then it is to be made anew when the password is known. */
bool passhash_is_old(const char *hash, const struct passhash_cost *cost);
/* Overwrites what must not stay in memory. */
void passhash_wipe(void *bytes, size_t len);

#endif
