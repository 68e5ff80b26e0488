/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_mac - the vectors of RFC 2202, RFC 4231 and FIPS 180.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"

static void expect_hex(const char *label, const unsigned char *bytes, size_t len, const char *want)
{
    AUTO_BUF hex;

    buf_init(&hex, 1000);
    str_hex_encode(&hex, bytes, len);
    if (strcmp(buf_span(&hex).data, want) != 0)
        fail_msg("%s: %s", label, hex.data);
}

static void hmac_matches_the_rfcs(void **state)
{
    static const struct {
        const char *label;
        enum mac_kind kind;
        const char *key, *data, *want;
    } rows[] = {
        { "RFC 2202 case 2", MAC_SHA1, "Jefe", "what do ya want for nothing?",
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
        { "RFC 4231 case 2, SHA-256", MAC_SHA256, "Jefe", "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
        { "RFC 4231 case 2, SHA-512", MAC_SHA512, "Jefe", "what do ya want for nothing?",
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b"
            "636e070a38bce737" },
        { "empty key and data", MAC_SHA256, "", "",
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        unsigned char mac[MAC_LEN_MAX];
        size_t len = 0;
        assert_int_equal(mac_compute(rows[i].kind, span_of(rows[i].key), span_of(rows[i].data), mac, &len), 0);
        expect_hex(rows[i].label, mac, len, rows[i].want);
    }
}

/* RFC 4231, case 6: the key is hashed when it is longer than a block. */
static void long_keys_are_hashed(void **state)
{
    unsigned char mac[MAC_LEN_MAX];
    char key[131];
    size_t len = 0;

    (void)state;
    memset(key, 0xaa, sizeof(key));
    assert_int_equal(mac_compute(MAC_SHA256, (struct span){ key, sizeof(key) },
                         span_of("Test Using Larger Than Block-Size Key - Hash Key First"), mac, &len),
        0);
    expect_hex("case 6", mac, len, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

/* libcrypto takes a missing key for "the key of last time". */
static void null_span_is_an_empty_key(void **state)
{
    unsigned char first[MAC_LEN_MAX], second[MAC_LEN_MAX];
    size_t len = 0;

    (void)state;
    assert_int_equal(mac_compute(MAC_SHA1, span_of("earlier"), span_of("x"), second, &len), 0);
    assert_int_equal(mac_compute(MAC_SHA1, (struct span){ NULL, 0 }, span_of("x"), first, &len), 0);
    assert_int_equal(mac_compute(MAC_SHA1, span_of(""), span_of("x"), second, &len), 0);
    assert_memory_equal(first, second, len);
}

static void digests_match_fips_180(void **state)
{
    static const struct {
        enum mac_kind kind;
        const char *data, *want;
    } rows[] = {
        { MAC_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d" },
        { MAC_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { MAC_SHA256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        unsigned char digest[MAC_LEN_MAX];
        size_t len = 0;
        assert_int_equal(mac_digest(rows[i].kind, span_of(rows[i].data), digest, &len), 0);
        expect_hex(rows[i].data, digest, len, rows[i].want);
    }
}

static void unknown_kind_is_refused(void **state)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len;

    (void)state;
    assert_int_equal(mac_compute((enum mac_kind)9, span_of("k"), span_of("d"), mac, &len), ERR_CRYPTO);
    assert_int_equal(mac_digest((enum mac_kind)9, span_of("d"), mac, &len), ERR_CRYPTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hmac_matches_the_rfcs),
        cmocka_unit_test(long_keys_are_hashed),
        cmocka_unit_test(null_span_is_an_empty_key),
        cmocka_unit_test(digests_match_fips_180),
        cmocka_unit_test(unknown_kind_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
