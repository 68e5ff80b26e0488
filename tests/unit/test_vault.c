/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_vault - a seal opens with its key at its place and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/vault/vault.h"

#define OUT_MAX (256u << 10)

static const struct vault_place home = { "messages", "text", 1001, 7 };

static struct vault *make_vault(int hot_byte, int index_byte)
{
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    struct vault *vault = NULL;
    memset(hot, hot_byte, sizeof hot);
    memset(index, index_byte, sizeof index);
    assert_int_equal(vault_new(hot, index, &vault), 0);
    return vault;
}

static int setup(void **state)
{
    *state = make_vault(1, 2);
    return 0;
}

static int teardown(void **state)
{
    vault_free(*state);
    return 0;
}

static void seal_opens_again_at_every_length(void **state)
{
    static const size_t lengths[] = { 0, 1, 63, 64, 65, 160, 1900, 2000, 2100, 16384, VAULT_PLAIN_MAX };
    AUTO_KEY key;
    AUTO_FREE char *plain = malloc(VAULT_PLAIN_MAX);
    vault_key_new(&key);
    memset(plain, 'x', VAULT_PLAIN_MAX);
    for (size_t i = 0; i < STR_COUNT(lengths); i++) {
        AUTO_BUF sealed, opened;
        buf_init(&sealed, OUT_MAX);
        buf_init(&opened, OUT_MAX);
        struct span span = { plain, lengths[i] };
        const struct vault_key *used = i % 2 == 0 ? &key : NULL;
        assert_int_equal(vault_seal(*state, used, &home, span, &sealed), 0);
        assert_int_equal(sealed.len, 1 + 24 + 16 + (lengths[i] / 64 + 1) * 64);
        assert_int_equal(vault_unseal(*state, used, &home, buf_span(&sealed), &opened), 0);
        assert_true(span_equal(buf_span(&opened), span));
    }
}

static void seal_refuses_what_is_too_long(void **state)
{
    AUTO_FREE char *plain = calloc(1, VAULT_PLAIN_MAX + 1);
    AUTO_BUF sealed;
    buf_init(&sealed, OUT_MAX);
    assert_int_equal(vault_seal(*state, NULL, &home, (struct span){ plain, VAULT_PLAIN_MAX + 1 }, &sealed), ERR_LIMIT);
    assert_int_equal(sealed.len, 0);
}

static void seal_respects_the_ceiling_of_its_buffer(void **state)
{
    AUTO_BUF sealed;
    buf_init(&sealed, 100);
    assert_int_equal(vault_seal(*state, NULL, &home, span_of("a"), &sealed), ERR_LIMIT);
}

static void seal_moved_to_another_place_does_not_open(void **state)
{
    static const struct {
        const char *label;
        struct vault_place place;
    } cases[] = {
        { "another table", { "notes", "text", 1001, 7 } },
        { "another column", { "messages", "sender", 1001, 7 } },
        { "another case", { "messages", "text", 1002, 7 } },
        { "another row", { "messages", "text", 1001, 8 } },
        { "case and row exchanged", { "messages", "text", 7, 1001 } },
        { "the border between the names moved", { "messagest", "ext", 1001, 7 } },
        { "no case", { "messages", "text", 0, 7 } },
    };
    AUTO_KEY key;
    AUTO_BUF sealed;
    vault_key_new(&key);
    buf_init(&sealed, OUT_MAX);
    assert_int_equal(vault_seal(*state, &key, &home, span_of("lock me in no more"), &sealed), 0);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF opened;
        buf_init(&opened, OUT_MAX);
        if (vault_unseal(*state, &key, &cases[i].place, buf_span(&sealed), &opened) != ERR_CRYPTO || opened.len != 0)
            fail_msg("%s: the seal opened", cases[i].label);
    }
}

static void seal_with_any_changed_byte_does_not_open(void **state)
{
    AUTO_BUF sealed;
    buf_init(&sealed, OUT_MAX);
    assert_int_equal(vault_seal(*state, NULL, &home, span_of("text"), &sealed), 0);
    for (size_t i = 0; i < sealed.len; i++) {
        AUTO_BUF opened;
        buf_init(&opened, OUT_MAX);
        sealed.data[i] ^= 1;
        if (vault_unseal(*state, NULL, &home, buf_span(&sealed), &opened) != ERR_CRYPTO)
            fail_msg("byte %zu: the seal opened", i);
        sealed.data[i] ^= 1;
    }
    for (size_t len = 0; len < sealed.len; len++) {
        AUTO_BUF opened;
        buf_init(&opened, OUT_MAX);
        if (vault_unseal(*state, NULL, &home, (struct span){ sealed.data, len }, &opened) != ERR_CRYPTO)
            fail_msg("cut to %zu bytes: the seal opened", len);
    }
}

static void seal_of_one_key_does_not_open_with_another(void **state)
{
    struct vault *other = make_vault(3, 2);
    AUTO_KEY key, another;
    AUTO_BUF sealed, hot, opened;
    buf_init(&sealed, OUT_MAX);
    buf_init(&hot, OUT_MAX);
    buf_init(&opened, OUT_MAX);
    vault_key_new(&key);
    vault_key_new(&another);
    assert_int_equal(vault_seal(*state, &key, &home, span_of("text"), &sealed), 0);
    assert_int_equal(vault_seal(*state, NULL, &home, span_of("text"), &hot), 0);
    assert_int_equal(vault_unseal(*state, &another, &home, buf_span(&sealed), &opened), ERR_CRYPTO);
    assert_int_equal(vault_unseal(*state, NULL, &home, buf_span(&sealed), &opened), ERR_CRYPTO);
    assert_int_equal(vault_unseal(other, NULL, &home, buf_span(&hot), &opened), ERR_CRYPTO);
    vault_free(other);
}

static void same_text_is_sealed_differently_each_time(void **state)
{
    AUTO_BUF first, second;
    buf_init(&first, OUT_MAX);
    buf_init(&second, OUT_MAX);
    assert_int_equal(vault_seal(*state, NULL, &home, span_of("text"), &first), 0);
    assert_int_equal(vault_seal(*state, NULL, &home, span_of("text"), &second), 0);
    assert_false(span_equal(buf_span(&first), buf_span(&second)));
}

static void wrap_opens_only_at_its_place_and_whole(void **state)
{
    static const struct vault_place place = { "cases", "key_wrap", 1001, 1001 },
                                    other = { "cases", "key_wrap", 1002, 1002 };
    unsigned char wrap[VAULT_WRAP_LEN];
    AUTO_KEY key, opened;
    vault_key_new(&key);
    vault_wrap(*state, &key, &place, wrap);
    struct span span = { (const char *)wrap, sizeof wrap };
    assert_int_equal(vault_unwrap(*state, span, &place, &opened), 0);
    assert_memory_equal(key.bytes, opened.bytes, VAULT_KEY_LEN);
    assert_int_equal(vault_unwrap(*state, span, &other, &opened), ERR_CRYPTO);
    assert_int_equal(vault_unwrap(*state, (struct span){ span.data, span.len - 1 }, &place, &opened), ERR_CRYPTO);
    assert_int_equal(vault_unwrap(*state, (struct span){ NULL, 0 }, &place, &opened), ERR_CRYPTO);
    wrap[40] ^= 4;
    assert_int_equal(vault_unwrap(*state, span, &place, &opened), ERR_CRYPTO);
}

static void wrap_is_not_a_seal_of_the_hot_key(void **state)
{
    unsigned char wrap[VAULT_WRAP_LEN];
    AUTO_KEY key;
    AUTO_BUF opened;
    buf_init(&opened, OUT_MAX);
    vault_key_new(&key);
    vault_wrap(*state, &key, &home, wrap);
    assert_int_equal(
        vault_unseal(*state, NULL, &home, (struct span){ (const char *)wrap, sizeof wrap }, &opened), ERR_CRYPTO);
}

static void key_wipe_leaves_zeros(void **state)
{
    static const unsigned char zeros[VAULT_KEY_LEN];
    struct vault_key key;
    (void)state;
    vault_key_new(&key);
    assert_memory_not_equal(key.bytes, zeros, sizeof zeros);
    vault_key_wipe(&key);
    assert_memory_equal(key.bytes, zeros, sizeof zeros);
}

static void tag_depends_on_domain_value_and_index_key_only(void **state)
{
    struct vault *other_hot = make_vault(9, 2), *other_index = make_vault(1, 9);
    static const struct {
        const char *label, *domain, *value;
        bool is_same;
    } cases[] = {
        { "the same", "number", "+15550001", true },
        { "another value", "number", "+15550002", false },
        { "another domain", "dedupe", "+15550001", false },
        { "the border moved", "number+", "15550001", false },
        { "empty", "number", "", false },
    };
    unsigned char first[VAULT_TAG_LEN], tag[VAULT_TAG_LEN];
    vault_tag(*state, "number", span_of("+15550001"), first);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        vault_tag(*state, cases[i].domain, span_of(cases[i].value), tag);
        if ((memcmp(first, tag, sizeof tag) == 0) != cases[i].is_same)
            fail_msg("%s", cases[i].label);
    }
    vault_tag(other_hot, "number", span_of("+15550001"), tag);
    assert_memory_equal(first, tag, sizeof tag);
    vault_tag(other_index, "number", span_of("+15550001"), tag);
    assert_memory_not_equal(first, tag, sizeof tag);
    vault_free(other_hot);
    vault_free(other_index);
}

static void chain_depends_on_what_went_before(void **state)
{
    unsigned char start[VAULT_MAC_LEN] = { 0 }, changed[VAULT_MAC_LEN] = { 1 }, a[VAULT_MAC_LEN], b[VAULT_MAC_LEN];
    vault_chain(*state, start, span_of("row"), a);
    vault_chain(*state, start, span_of("row"), b);
    assert_memory_equal(a, b, sizeof a);
    vault_chain(*state, changed, span_of("row"), b);
    assert_memory_not_equal(a, b, sizeof a);
    vault_chain(*state, start, span_of("rox"), b);
    assert_memory_not_equal(a, b, sizeof a);
}

static void signature_is_of_its_domain_and_not_a_link_of_the_chain(void **state)
{
    unsigned char a[VAULT_MAC_LEN], b[VAULT_MAC_LEN];
    vault_sign(*state, "ack", span_of("alert"), a);
    vault_sign(*state, "decline", span_of("alert"), b);
    assert_memory_not_equal(a, b, sizeof a);
    vault_sign(*state, "ack", span_of("alert"), b);
    assert_memory_equal(a, b, sizeof a);
}

static void random_text_is_hexadecimal_and_ends(void **state)
{
    char text[33], again[33];
    (void)state;
    vault_random_hex(text, sizeof text);
    vault_random_hex(again, sizeof again);
    assert_int_equal(strlen(text), 32);
    assert_int_equal(strspn(text, "0123456789abcdef"), 32);
    assert_string_not_equal(text, again);
    for (int i = 0; i < 100; i++)
        assert_true(vault_random_below(6) < 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(seal_opens_again_at_every_length, setup, teardown),
        cmocka_unit_test_setup_teardown(seal_refuses_what_is_too_long, setup, teardown),
        cmocka_unit_test_setup_teardown(seal_respects_the_ceiling_of_its_buffer, setup, teardown),
        cmocka_unit_test_setup_teardown(seal_moved_to_another_place_does_not_open, setup, teardown),
        cmocka_unit_test_setup_teardown(seal_with_any_changed_byte_does_not_open, setup, teardown),
        cmocka_unit_test_setup_teardown(seal_of_one_key_does_not_open_with_another, setup, teardown),
        cmocka_unit_test_setup_teardown(same_text_is_sealed_differently_each_time, setup, teardown),
        cmocka_unit_test_setup_teardown(wrap_opens_only_at_its_place_and_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(wrap_is_not_a_seal_of_the_hot_key, setup, teardown),
        cmocka_unit_test_setup_teardown(key_wipe_leaves_zeros, setup, teardown),
        cmocka_unit_test_setup_teardown(tag_depends_on_domain_value_and_index_key_only, setup, teardown),
        cmocka_unit_test_setup_teardown(chain_depends_on_what_went_before, setup, teardown),
        cmocka_unit_test_setup_teardown(signature_is_of_its_domain_and_not_a_link_of_the_chain, setup, teardown),
        cmocka_unit_test_setup_teardown(random_text_is_hexadecimal_and_ends, setup, teardown),
    };
    return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
