/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passhash - see passhash.h. */
#include "gateway/vault/passhash.h"

#include <sodium.h>

_Static_assert(PASSHASH_MAX >= crypto_pwhash_argon2id_STRBYTES, "a hash fits");

int passhash_make(struct span password, const struct passhash_cost *cost, char *ret_hash)
{
    if (sodium_init() < 0)
        return ERR_CRYPTO;
    int rc = crypto_pwhash_argon2id_str(
        ret_hash, password.len ? password.data : "", password.len, cost->passes, cost->bytes);
    return rc ? ERR_NOMEM : 0;
}

bool passhash_is_of(const char *hash, struct span password)
{
    return sodium_init() >= 0 &&
           crypto_pwhash_argon2id_str_verify(hash, password.len ? password.data : "", password.len) == 0;
}

bool passhash_is_old(const char *hash, const struct passhash_cost *cost)
{
    return crypto_pwhash_argon2id_str_needs_rehash(hash, cost->passes, cost->bytes) != 0;
}

void passhash_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}
