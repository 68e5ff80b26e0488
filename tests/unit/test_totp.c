/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_totp - the vectors of RFC 4226 (appendix D), RFC 6238 (appendix B, SHA-1) and RFC 4648 (base32); one step once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/crypto/totp.h"

static const struct span secret = { "12345678901234567890", TOTP_SECRET_LEN };

static void counters_give_the_codes_of_rfc_4226(void **state)
{
    static const char *const want[] = { "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583",
        "399871", "520489" };
    char code[TOTP_DIGITS_MAX + 1];
    (void)state;
    for (unsigned i = 0; i < STR_COUNT(want); i++) {
        assert_int_equal(totp_make_code(secret, i, 6, code), 0);
        assert_string_equal(code, want[i]);
    }
    assert_int_equal(totp_make_code(secret, 1, 0, code), ERR_LIMIT);
    assert_int_equal(totp_make_code(secret, 1, TOTP_DIGITS_MAX + 1, code), ERR_LIMIT);
}

static void times_give_the_codes_of_rfc_6238(void **state)
{
    static const struct {
        int64_t second;
        const char *want;
    } table[] = { { 59, "94287082" }, { 1111111109, "07081804" }, { 1111111111, "14050471" },
        { 1234567890, "89005924" }, { 2000000000, "69279037" }, { 20000000000, "65353130" } };
    char code[TOTP_DIGITS_MAX + 1];
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        uint64_t step = (uint64_t)totp_step_of(table[i].second * 1000);
        assert_int_equal(totp_make_code(secret, step, 8, code), 0);
        assert_string_equal(code, table[i].want);
    }
}

static void a_step_is_good_once_and_near_its_time(void **state)
{
    static const int64_t now = 1764000000000;
    static const struct {
        const char *label;
        int64_t off, last;
        int want;
    } table[] = {
        { "this step", 0, 0, 0 },
        { "the one before", -1, 0, 0 },
        { "the one after", 1, 0, 0 },
        { "two before", -2, 0, ERR_REFUSED },
        { "two after", 2, 0, ERR_REFUSED },
        { "this step again", 0, 58800000, ERR_REFUSED },
        { "an older one than the last", -1, 58800000, ERR_REFUSED },
        { "the next one", 1, 58800000, 0 },
    };
    char code[TOTP_DIGITS_MAX + 1];
    (void)state;
    assert_int_equal(totp_step_of(now), 58800000);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        int64_t step = -1;
        assert_int_equal(totp_make_code(secret, (uint64_t)(58800000 + table[i].off), 6, code), 0);
        int rc = totp_check(secret, span_of(code), now, table[i].last, &step);
        if (rc != table[i].want || (!rc && step != 58800000 + table[i].off))
            fail_msg("%s: %d, step %lld", table[i].label, rc, (long long)step);
    }
}

static void what_is_no_code_is_refused(void **state)
{
    static const char *const table[] = { "", "0", "00000", "0000000", "00000a", "-00001", " 00000", "755224755224" };
    char code[TOTP_DIGITS_MAX + 2];
    int64_t step;
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        assert_int_equal(totp_check(secret, span_of(table[i]), 0, -1, &step), ERR_REFUSED);
    assert_int_equal(totp_make_code(secret, 0, 6, code), 0);
    assert_int_equal(totp_check(secret, span_of(code), 0, -1, &step), 0);
    assert_int_equal(totp_check(secret, (struct span){ code, 5 }, 0, -1, &step), ERR_REFUSED);
    assert_int_equal(totp_check(secret, (struct span){ code, 7 }, 0, -1, &step), ERR_REFUSED); /* with its NUL */
}

static void base32_is_that_of_rfc_4648(void **state)
{
    static const struct {
        const char *in, *want;
    } table[] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" }, { "foob", "MZXW6YQ" },
        { "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" },
        { "12345678901234567890", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" } };
    AUTO_BUF text;
    (void)state;
    buf_init(&text, 100);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        buf_clear(&text);
        str_base32_encode(&text, table[i].in, strlen(table[i].in));
        assert_true(span_equal(buf_span(&text), span_of(table[i].want)));
    }
}

static void the_address_says_all_that_an_app_needs(void **state)
{
    AUTO_BUF text;
    (void)state;
    buf_init(&text, 500);
    totp_write_uri(&text, "Help line", "maria", secret);
    assert_string_equal(text.data, "otpauth://totp/Help%20line:maria?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                                   "&issuer=Help%20line&algorithm=SHA1&digits=6&period=30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counters_give_the_codes_of_rfc_4226),
        cmocka_unit_test(times_give_the_codes_of_rfc_6238),
        cmocka_unit_test(a_step_is_good_once_and_near_its_time),
        cmocka_unit_test(what_is_no_code_is_refused),
        cmocka_unit_test(base32_is_that_of_rfc_4648),
        cmocka_unit_test(the_address_says_all_that_an_app_needs),
    };
    return cmocka_run_group_tests_name("totp", tests, NULL, NULL);
}
