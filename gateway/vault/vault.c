/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vault - the one file that speaks to libsodium.
 * What:  XChaCha20-Poly1305 (IETF) for seals and wraps, keyed BLAKE2b for tags, chain and signatures.
 * Why:   a random 24-byte nonce may be drawn for ever without counting; one primitive family keeps the reading short.
 * Keeps: no two purposes share a key: each has its own, derived from the hot or the index key by a personal string.
 *        A sealed value is  format byte | nonce | ciphertext of the padded text | authenticator.
 * Not here: the layout of a row; who may open a case.
 */
#include "gateway/vault/vault.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_XCHACHA20 1
#define NONCE_LEN crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define AUTH_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES
#define OVERHEAD_LEN (1 + NONCE_LEN + AUTH_LEN)
#define PAD_STEP 64
#define SCRATCH_LEN 2048 /* an SMS and its seal fit; longer texts are worked on the heap */
#define PLACE_NAME_MAX 64
#define PLACE_MAX (16 + 2 * (1 + PLACE_NAME_MAX) + 16)
#define DOMAIN_MAX 64

_Static_assert(VAULT_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "a vault key is an AEAD key");
_Static_assert(VAULT_WRAP_LEN == OVERHEAD_LEN + VAULT_KEY_LEN, "a wrap is a sealed key without padding");

struct vault {
    unsigned char wrap[VAULT_KEY_LEN];  /* of the hot key: case keys */
    unsigned char seal[VAULT_KEY_LEN];  /* of the hot key: values that belong to no case */
    unsigned char tag[VAULT_KEY_LEN];   /* of the index key: numbers and dedupe keys */
    unsigned char chain[VAULT_KEY_LEN]; /* of the hot key: the audit */
    unsigned char sign[VAULT_KEY_LEN];  /* of the hot key: links */
};

static void derive(const unsigned char *key, const char *purpose, unsigned char *ret_key)
{
    unsigned char personal[crypto_generichash_blake2b_PERSONALBYTES] = { 0 };
    size_t len = strlen(purpose);
    assert(len <= sizeof personal);
    memcpy(personal, purpose, len);
    crypto_generichash_blake2b_salt_personal(ret_key, VAULT_KEY_LEN, NULL, 0, key, VAULT_KEY_LEN, NULL, personal);
}

int vault_new(const unsigned char *hot_key, const unsigned char *index_key, struct vault **ret_vault)
{
    if (sodium_init() < 0)
        return ERR_CRYPTO;
    /* Guard pages and a try at mlock; where the limit forbids locking, sodium_malloc goes on without it. */
    struct vault *vault = sodium_malloc(sizeof *vault);
    if (vault == NULL)
        return ERR_NOMEM;
    derive(hot_key, "helplined1 wrap", vault->wrap);
    derive(hot_key, "helplined1 seal", vault->seal);
    derive(hot_key, "helplined1 chain", vault->chain);
    derive(hot_key, "helplined1 sign", vault->sign);
    derive(index_key, "helplined1 tag", vault->tag);
    /* Read-only pages are a second fence; a kernel that refuses takes nothing else away. */
    (void)sodium_mprotect_readonly(vault);
    *ret_vault = vault;
    return 0;
}

void vault_free(struct vault *vault)
{
    sodium_free(vault);
}

void vault_key_new(struct vault_key *ret_key)
{
    randombytes_buf(ret_key->bytes, sizeof ret_key->bytes);
}

void vault_key_wipe(struct vault_key *key)
{
    sodium_memzero(key, sizeof *key);
}

static unsigned char *put_name(unsigned char *at, const char *name)
{
    size_t len = strlen(name);
    assert(len <= PLACE_NAME_MAX);
    *at++ = (unsigned char)len;
    memcpy(at, name, len);
    return at + len;
}

static unsigned char *put_int64(unsigned char *at, int64_t value)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        *at++ = (unsigned char)((uint64_t)value >> shift);
    return at;
}

/* Names carry their length, so that ("ab","c") and ("a","bc") are different places. */
static size_t print_place(const struct vault_place *place, unsigned char *ret_bytes)
{
    static const char magic[] = "helplined1";
    unsigned char *at = ret_bytes;
    memcpy(at, magic, sizeof magic - 1);
    at = put_name(at + sizeof magic - 1, place->table);
    at = put_name(at, place->column);
    at = put_int64(at, place->case_id);
    at = put_int64(at, place->row_id);
    return (size_t)(at - ret_bytes);
}

/* Encrypts len bytes that lie at bytes + 1 + NONCE_LEN, in place, and fills what stands around them. */
static void encrypt_in_place(
    const unsigned char *key, const struct vault_place *place, unsigned char *bytes, size_t len)
{
    unsigned char ad[PLACE_MAX];
    size_t ad_len = print_place(place, ad);
    unsigned char *text = bytes + 1 + NONCE_LEN;
    bytes[0] = FORMAT_XCHACHA20;
    randombytes_buf(bytes + 1, NONCE_LEN);
    crypto_aead_xchacha20poly1305_ietf_encrypt(text, NULL, text, len, ad, ad_len, NULL, bytes + 1, key);
}

static int decrypt(
    const unsigned char *key, const struct vault_place *place, struct span sealed, unsigned char *ret_text)
{
    unsigned char ad[PLACE_MAX];
    size_t ad_len = print_place(place, ad);
    const unsigned char *bytes = (const unsigned char *)sealed.data;
    if (sealed.len < OVERHEAD_LEN || bytes[0] != FORMAT_XCHACHA20)
        return ERR_CRYPTO;
    const unsigned char *text = bytes + 1 + NONCE_LEN;
    size_t len = sealed.len - 1 - NONCE_LEN;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(ret_text, NULL, NULL, text, len, ad, ad_len, bytes + 1, key) != 0)
        return ERR_CRYPTO;
    return 0;
}

void vault_wrap(
    const struct vault *vault, const struct vault_key *key, const struct vault_place *place, unsigned char *ret_wrap)
{
    memcpy(ret_wrap + 1 + NONCE_LEN, key->bytes, VAULT_KEY_LEN);
    encrypt_in_place(vault->wrap, place, ret_wrap, VAULT_KEY_LEN);
}

int vault_unwrap(
    const struct vault *vault, struct span wrap, const struct vault_place *place, struct vault_key *ret_key)
{
    if (wrap.len != VAULT_WRAP_LEN)
        return ERR_CRYPTO;
    return decrypt(vault->wrap, place, wrap, ret_key->bytes);
}

/* Scratch for one value: the stack for what is short, the heap for the rest; wiped in either case. */
struct scratch {
    unsigned char fixed[SCRATCH_LEN];
    unsigned char *bytes;
    size_t len;
};

static int scratch_init(struct scratch *scratch, size_t len)
{
    scratch->len = len;
    scratch->bytes = len <= sizeof scratch->fixed ? scratch->fixed : malloc(len);
    return scratch->bytes == NULL ? ERR_NOMEM : 0;
}

static void scratch_done(struct scratch *scratch)
{
    if (scratch->bytes == NULL)
        return;
    sodium_memzero(scratch->bytes, scratch->len);
    if (scratch->bytes != scratch->fixed)
        free(scratch->bytes);
}

int vault_seal(const struct vault *vault, const struct vault_key *key, const struct vault_place *place,
    struct span plain, struct buf *out)
{
    if (plain.len > VAULT_PLAIN_MAX)
        return ERR_LIMIT;
    size_t padded = (plain.len / PAD_STEP + 1) * PAD_STEP;
    __attribute__((cleanup(scratch_done))) struct scratch scratch;
    int code = scratch_init(&scratch, padded + OVERHEAD_LEN);
    if (code != 0)
        return code;
    unsigned char *text = scratch.bytes + 1 + NONCE_LEN;
    if (plain.len > 0)
        memcpy(text, plain.data, plain.len);
    if (sodium_pad(NULL, text, plain.len, PAD_STEP, padded) != 0)
        return ERR_CRYPTO;
    encrypt_in_place(key != NULL ? key->bytes : vault->seal, place, scratch.bytes, padded);
    buf_add(out, scratch.bytes, scratch.len);
    return buf_check(out);
}

int vault_unseal(const struct vault *vault, const struct vault_key *key, const struct vault_place *place,
    struct span sealed, struct buf *out)
{
    if (sealed.len < OVERHEAD_LEN + PAD_STEP || sealed.len > OVERHEAD_LEN + VAULT_PLAIN_MAX + PAD_STEP)
        return ERR_CRYPTO;
    __attribute__((cleanup(scratch_done))) struct scratch scratch;
    int code = scratch_init(&scratch, sealed.len - OVERHEAD_LEN);
    if (code != 0)
        return code;
    code = decrypt(key != NULL ? key->bytes : vault->seal, place, sealed, scratch.bytes);
    if (code != 0)
        return code;
    size_t len = 0;
    if (sodium_unpad(&len, scratch.bytes, scratch.len, PAD_STEP) != 0)
        return ERR_CRYPTO;
    buf_add(out, scratch.bytes, len);
    return buf_check(out);
}

/* Keyed BLAKE2b over the domain (with its length) and the value. */
static void hash(const unsigned char *key, const char *domain, struct span value, unsigned char *ret_bytes, size_t len)
{
    crypto_generichash_state state;
    size_t domain_len = strlen(domain);
    assert(domain_len <= DOMAIN_MAX);
    unsigned char prefix[1] = { (unsigned char)domain_len };
    crypto_generichash_init(&state, key, VAULT_KEY_LEN, len);
    crypto_generichash_update(&state, prefix, sizeof prefix);
    crypto_generichash_update(&state, (const unsigned char *)domain, domain_len);
    if (value.len > 0)
        crypto_generichash_update(&state, (const unsigned char *)value.data, value.len);
    crypto_generichash_final(&state, ret_bytes, len);
    sodium_memzero(&state, sizeof state);
}

void vault_tag(const struct vault *vault, const char *domain, struct span value, unsigned char *ret_tag)
{
    hash(vault->tag, domain, value, ret_tag, VAULT_TAG_LEN);
}

void vault_sign(const struct vault *vault, const char *domain, struct span value, unsigned char *ret_mac)
{
    hash(vault->sign, domain, value, ret_mac, VAULT_MAC_LEN);
}

void vault_chain(const struct vault *vault, const unsigned char *previous, struct span row, unsigned char *ret_mac)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, vault->chain, VAULT_KEY_LEN, VAULT_MAC_LEN);
    crypto_generichash_update(&state, previous, VAULT_MAC_LEN);
    if (row.len > 0)
        crypto_generichash_update(&state, (const unsigned char *)row.data, row.len);
    crypto_generichash_final(&state, ret_mac, VAULT_MAC_LEN);
    sodium_memzero(&state, sizeof state);
}

void vault_random(void *ret_bytes, size_t len)
{
    randombytes_buf(ret_bytes, len);
}

uint32_t vault_random_below(uint32_t limit)
{
    return randombytes_uniform(limit);
}

void vault_random_hex(char *ret_text, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    assert(size > 0);
    randombytes_buf(ret_text, size - 1);
    for (size_t i = 0; i + 1 < size; i++)
        ret_text[i] = digits[(unsigned char)ret_text[i] & 15];
    ret_text[size - 1] = '\0';
}
