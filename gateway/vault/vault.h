/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vault - all encryption at rest, over libsodium. Nobody else includes <sodium.h>.
 * What:  each case has a random key; texts, numbers and notes are sealed under it and bound to their place; the case
 * key is wrapped by the hot key. Numbers are found by a keyed tag. Deleting the wrap shreds the case. Keeps: a seal
 * opens only with the same key at the same place; plaintext is padded to 64-byte steps, so that a length tells little;
 * every blob begins with a format byte, so that the algorithm can change one day. Not here: where the keys come from
 * (config), what is stored (store).
 */
#ifndef GATEWAY_VAULT_VAULT_H
#define GATEWAY_VAULT_VAULT_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"

#define VAULT_KEY_LEN 32
#define VAULT_TAG_LEN 16
#define VAULT_MAC_LEN 32
#define VAULT_WRAP_LEN 73 /* format byte, 24-byte nonce, 32-byte key, 16-byte authenticator */
#define VAULT_PLAIN_MAX (64u << 10)

struct vault; /* holds the hot key, the index key and subkeys derived from them, in guarded memory */

struct vault_key { /* the key of one case (or of one message that has no case); wipe after use */
    unsigned char bytes[VAULT_KEY_LEN];
};

/* The identity of a stored value: associated data of its seal. */
struct vault_place {
    const char *table, *column;
    int64_t case_id; /* 0 when the row belongs to no case */
    int64_t row_id;
};

/* Copies both keys (VAULT_KEY_LEN bytes each). ERR_CRYPTO when libsodium cannot start, ERR_NOMEM. */
int vault_new(const unsigned char *hot_key, const unsigned char *index_key, struct vault **ret_vault) MUST_CHECK;
void vault_free(struct vault *vault); /* wipes */

void vault_key_new(struct vault_key *ret_key); /* random */
void vault_key_wipe(struct vault_key *key);
#define AUTO_KEY __attribute__((cleanup(vault_key_wipe))) struct vault_key

/* Wraps a key under the hot key, bound to place. ret_wrap is VAULT_WRAP_LEN bytes. */
void vault_wrap(
    const struct vault *vault, const struct vault_key *key, const struct vault_place *place, unsigned char *ret_wrap);
/* ERR_CRYPTO when the wrap is not ours or was moved. */
int vault_unwrap(
    const struct vault *vault, struct span wrap, const struct vault_place *place, struct vault_key *ret_key) MUST_CHECK;

/* XChaCha20-Poly1305 (IETF) with a random nonce. key NULL = the hot key itself (quarantine, spool). Appends to out.
 * ERR_LIMIT. */
int vault_seal(const struct vault *vault, const struct vault_key *key, const struct vault_place *place,
    struct span plain, struct buf *out) MUST_CHECK;
int vault_unseal(const struct vault *vault, const struct vault_key *key, const struct vault_place *place,
    struct span sealed, struct buf *out) MUST_CHECK;

/* Keyed BLAKE2b of domain and value: the blind index ("number"), dedupe keys ("dedupe"). ret_tag is VAULT_TAG_LEN
 * bytes. */
void vault_tag(const struct vault *vault, const char *domain, struct span value, unsigned char *ret_tag);

/* The next link of the audit chain: keyed BLAKE2b-256 of previous (VAULT_MAC_LEN bytes) and row. */
void vault_chain(const struct vault *vault, const unsigned char *previous, struct span row, unsigned char *ret_mac);

/* Signs a short text for use in a link (domain-separated, keyed); ret_mac is VAULT_MAC_LEN bytes. */
void vault_sign(const struct vault *vault, const char *domain, struct span value, unsigned char *ret_mac);

void vault_random(void *ret_bytes, size_t len);
uint32_t vault_random_below(uint32_t limit); /* uniform */
/* Fills ret_text (size bytes with NUL) with random lower-case hexadecimal digits. */
void vault_random_hex(char *ret_text, size_t size);

#endif
