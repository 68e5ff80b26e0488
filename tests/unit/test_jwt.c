/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_jwt - signed tokens: what is accepted, and above all what is not. */
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
#include "gateway/crypto/rsa.h"
#include "handlers/jwt.h"
#include "tests/support/pem.h"

static const char *const secrets[] = { "", "previous", "current", NULL };

/* RFC 7515, appendix A.1: the token, and its key in base64url. */
#define RFC_HEADER "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
#define RFC_CLAIMS "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
#define RFC_MAC "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define RFC_KEY "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"

static void the_example_of_the_standard_has_its_mac(void **state)
{
    (void)state;
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    AUTO_BUF key;
    AUTO_BUF encoded;
    buf_init(&key, 128);
    buf_init(&encoded, 128);
    assert_int_equal(str_base64_decode(&key, span_of(RFC_KEY)), 0);
    assert_int_equal(mac_compute(MAC_SHA256, buf_span(&key), span_of(RFC_HEADER "." RFC_CLAIMS), mac, &len), 0);
    str_base64url_encode(&encoded, mac, len);
    assert_string_equal(encoded.data, RFC_MAC);
}

static void sign(enum jwt_algorithm algorithm, const char *key, struct buf *out)
{
    json_t *claims = json_pack("{s:s,s:i}", "iss", "line", "iat", 1);
    assert_int_equal(jwt_sign(algorithm, span_of(key), claims, out), 0);
    json_decref(claims);
}

static void a_token_is_read_under_its_algorithm_and_secret_alone(void **state)
{
    (void)state;
    static const enum jwt_algorithm all[] = { JWT_HS256, JWT_HS384, JWT_HS512 };
    static const char *const keys[] = { "current", "previous", "other" };
    for (size_t i = 0; i < STR_COUNT(all) * STR_COUNT(keys) * STR_COUNT(all); i++) {
        enum jwt_algorithm signed_with = all[i % 3], expected = all[i / 3 % 3];
        const char *key = keys[i / 9];
        AUTO_BUF token;
        buf_init(&token, JWT_TOKEN_MAX);
        sign(signed_with, key, &token);
        json_t *claims = NULL;
        bool want = signed_with == expected && !str_equal(key, "other");
        bool got = jwt_verify(expected, secrets, buf_span(&token), &claims) == 0;
        if (want != got || got != (claims != NULL))
            fail_msg("signed %d, expected %d, key %s: %s", signed_with, expected, key, got ? "read" : "refused");
        if (got)
            assert_string_equal(json_text(claims, "iss", ""), "line");
        json_decref(claims);
    }
}

/* header, claims as JSON; a good HS256 under "current" over whatever they are. */
static void make_token(const char *header, const char *claims, struct buf *out)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    str_base64url_encode(out, header, strlen(header));
    buf_add_char(out, '.');
    str_base64url_encode(out, claims, strlen(claims));
    assert_int_equal(mac_compute(MAC_SHA256, span_of("current"), buf_span(out), mac, &len), 0);
    buf_add_char(out, '.');
    str_base64url_encode(out, mac, len);
}

static bool is_read(struct span token)
{
    json_t *claims = NULL;
    bool is_valid = jwt_verify(JWT_HS256, secrets, token, &claims) == 0;
    json_decref(claims);
    return is_valid;
}

static void a_good_mac_does_not_save_a_bad_header(void **state)
{
    (void)state;
    static const struct {
        const char *label, *header, *claims;
        bool want;
    } cases[] = {
        { "good", "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "{}", true },
        { "no type", "{\"alg\":\"HS256\"}", "{}", true },
        { "none", "{\"alg\":\"none\"}", "{}", false },
        { "None", "{\"alg\":\"None\"}", "{}", false },
        { "lower case", "{\"alg\":\"hs256\"}", "{}", false },
        { "another length", "{\"alg\":\"HS512\"}", "{}", false },
        { "a public-key algorithm", "{\"alg\":\"RS256\"}", "{}", false },
        { "no algorithm", "{}", "{}", false },
        { "algorithm as a list", "{\"alg\":[\"HS256\"]}", "{}", false },
        { "two algorithms", "{\"alg\":\"none\",\"alg\":\"HS256\"}", "{}", false },
        { "critical extension", "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":false}", "{}", false },
        { "header is a list", "[]", "{}", false },
        { "header is no JSON", "alg=HS256", "{}", false },
        { "claims are a list", "{\"alg\":\"HS256\"}", "[]", false },
        { "claims are no JSON", "{\"alg\":\"HS256\"}", "iss", false },
        { "a claim twice", "{\"alg\":\"HS256\"}", "{\"iss\":\"a\",\"iss\":\"b\"}", false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF token;
        buf_init(&token, JWT_TOKEN_MAX);
        make_token(cases[i].header, cases[i].claims, &token);
        if (is_read(buf_span(&token)) != cases[i].want)
            fail_msg("%s: %s", cases[i].label, cases[i].want ? "refused" : "read");
    }
}

static void a_token_that_was_touched_is_refused(void **state)
{
    (void)state;
    AUTO_BUF token;
    buf_init(&token, JWT_TOKEN_MAX);
    sign(JWT_HS256, "current", &token);
    assert_true(is_read(buf_span(&token)));
    for (size_t i = 0; i < token.len; i++) {
        char kept = token.data[i];
        static const char others[] = { 'A', 'b', '-', '.', '=', ' ', '+', '\0' };
        for (size_t k = 0; k < sizeof others; k++) {
            token.data[i] = others[k];
            if (others[k] != kept && is_read(buf_span(&token)))
                fail_msg("byte %zu as %d was accepted", i, others[k]);
        }
        token.data[i] = kept;
        if (is_read((struct span){ token.data, i }) || is_read((struct span){ token.data + i + 1, token.len - i - 1 }))
            fail_msg("cut at %zu was accepted", i);
    }
    buf_add_char(&token, '.');
    assert_false(is_read(buf_span(&token)));
    assert_false(is_read(span_of("")));
    assert_false(is_read(span_of("..")));
}

static void without_a_secret_nothing_is_read(void **state)
{
    (void)state;
    static const char *const empty[] = { "", NULL }, *const none[] = { NULL };
    AUTO_BUF token;
    buf_init(&token, JWT_TOKEN_MAX);
    json_t *claims = json_object();
    assert_int_equal(jwt_sign(JWT_HS256, span_of(""), claims, &token), ERR_INVALID);
    json_decref(claims);
    sign(JWT_HS256, "current", &token);
    assert_int_equal(jwt_verify(JWT_HS256, empty, buf_span(&token), &claims), ERR_INVALID);
    assert_int_equal(jwt_verify(JWT_HS256, none, buf_span(&token), &claims), ERR_INVALID);
    assert_null(claims);
}

static void a_signature_of_rsa_verifies_and_a_key_that_cannot_sign_is_refused(void **state)
{
    (void)state;
    AUTO_BUF private_pem;
    AUTO_BUF public_pem;
    AUTO_BUF token;
    AUTO_BUF signature;
    buf_init(&private_pem, 8192);
    buf_init(&public_pem, 8192);
    buf_init(&token, JWT_TOKEN_MAX);
    buf_init(&signature, RSA_SIGNATURE_MAX);
    pem_add_private(&private_pem);
    pem_add_public(&public_pem);
    sign(JWT_RS256, private_pem.data, &token);
    const char *dot = strrchr(token.data, '.');
    struct span text = { token.data, (size_t)(dot - token.data) };
    assert_int_equal(str_base64_decode(&signature, span_of(dot + 1)), 0);
    assert_true(rsa_is_valid(buf_span(&public_pem), text, buf_span(&signature)));
    text.len--;
    assert_false(rsa_is_valid(buf_span(&public_pem), text, buf_span(&signature)));
    assert_true(rsa_is_private_key(buf_span(&private_pem)));
    assert_false(rsa_is_private_key(buf_span(&public_pem)));
    assert_false(rsa_is_private_key(span_of("")));
    json_t *claims = json_object();
    assert_int_equal(jwt_sign(JWT_RS256, buf_span(&public_pem), claims, &token), ERR_INVALID);
    json_decref(claims);
    /* A public key is no secret: under it nothing may be read. */
    const char *const keys[] = { public_pem.data, NULL };
    assert_int_equal(jwt_verify(JWT_RS256, keys, buf_span(&token), &claims), ERR_INVALID);
}

static void a_digest_is_compared_whole(void **state)
{
    (void)state;
    static const struct {
        const char *digest;
        bool want;
    } cases[] = {
        { "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", true }, /* FIPS 180-2, B.1 */
        { "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD", true },
        { "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015", false },
        { "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae", false },
        { "x", false },
        { "", false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_JSON *claims = json_pack("{s:s}", "h", cases[i].digest);
        if (jwt_has_digest(claims, "h", span_of("abc")) != cases[i].want)
            fail_msg("\"%s\"", cases[i].digest);
        assert_false(jwt_has_digest(claims, "other", span_of("abc")));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_standard_has_its_mac),
        cmocka_unit_test(a_token_is_read_under_its_algorithm_and_secret_alone),
        cmocka_unit_test(a_good_mac_does_not_save_a_bad_header),
        cmocka_unit_test(a_token_that_was_touched_is_refused),
        cmocka_unit_test(without_a_secret_nothing_is_read),
        cmocka_unit_test(a_signature_of_rsa_verifies_and_a_key_that_cannot_sign_is_refused),
        cmocka_unit_test(a_digest_is_compared_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
