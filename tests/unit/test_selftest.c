/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_selftest - the requests that the line makes itself: every way in which a provider may be told to prove itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channels.h"

#define NOW_MS 1767225600000
#define WHSEC "secret=whsec_aGVscGxpbmUtdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXM="
#define SECRET "secret=a-secret-of-a-test"

struct row {
    const char *label, *kind;
    const char *pairs[8];
    int code;          /* of build_self_test */
    const char *words; /* in its sentence, when it is an error */
    bool is_proof_only;
};

static const struct row table[] = {
    { "no proof is asked for", "generic", { "auth=none" }, 0, NULL, false },
    { "a token", "generic", { "auth=token", SECRET }, 0, NULL, false },
    { "a token in a field with another name", "generic", { "auth=token", SECRET, "auth_field=key" }, 0, NULL, false },
    { "a token behind a pointer", "generic", { "auth=token", SECRET, "auth_field=/a/b" }, ERR_UNSUPPORTED, "token", 0 },
    { "a part of the path", "generic", { "auth=path", "secret=a/secret of a test" }, 0, NULL, false },
    { "a header", "generic", { "auth=header", SECRET, "auth_header=X-Key", "auth_prefix=Bearer " }, 0, NULL, false },
    { "a signature of the body", "generic", { "auth=hmac", SECRET, "auth_prefix=sha256=" }, 0, NULL, false },
    { "a signature with a time", "generic",
        { "auth=hmac", SECRET, "signed_text={timestamp}.{body}", "timestamp_header=X-Time" }, 0, NULL, false },
    { "a signature of the query", "generic", { "auth=hmac", SECRET, "signed_text={query}", "format=query" }, 0, NULL,
        false },
    { "Basic", "generic", { "auth=basic", SECRET, "auth_user=line" }, 0, NULL, false },
    { "the address and sorted fields", "generic",
        { "auth=hmac", SECRET, "hash=sha1", "signed_text={url_query}{params}.{header:X-Nonce}",
            "public_url=https://line.example.org/in/x/message?a=1" },
        0, NULL, false },
    { "a hash in a field beside its time", "generic",
        { "auth=hash", SECRET, "signed_text={params}{secret}", "signature_field=sig", "timestamp_field=ts" }, 0, NULL,
        false },
    { "time and signature in one header", "generic",
        { "auth=hmac", SECRET, "signed_text={timestamp}.{body}", "auth_prefix=v1=", "timestamp_header=X-Signature",
            "timestamp_prefix=t=" },
        0, NULL, false },
    { "Standard Webhooks", "generic", { "auth=standard_webhooks", WHSEC, "format=json" }, 0, NULL, false },
    { "fields with other names", "generic", { "auth=token", SECRET, "field_from=msisdn", "field_text=message" }, 0,
        NULL, false },
    { "fields behind pointers", "generic", { "auth=header", SECRET, "format=json", "field_text=/data/text" }, 0, NULL,
        true },
    { "a list", "generic", { "auth=header", SECRET, "format=json", "messages=/results" }, 0, NULL, true },
    { "MD5 of text and secret", "vonage_sms", { "api_key=k", SECRET, "signature_method=md5hash" }, 0, NULL, false },
    { "HMAC-MD5", "vonage_sms", { "api_key=k", SECRET, "signature_method=md5hmac" }, 0, NULL, false },
    { "HMAC-SHA1", "vonage_sms", { "api_key=k", SECRET, "signature_method=sha1hmac" }, 0, NULL, false },
    { "HMAC-SHA512 and a secret in the path", "vonage_sms",
        { "api_key=k", SECRET, "signature_method=sha512hmac", "path_secret=in-the-path" }, 0, NULL, false },
    { "a secret in the path alone", "vonage_sms", { "api_key=k", "path_secret=in-the-path" }, 0, NULL, false },
    { "a login", "sinch", { "service_plan_id=p", "auth_user=line", "auth_password=pass:word" }, 0, NULL, false },
    { "a path", "sinch", { "service_plan_id=p", "path_secret=in-the-path" }, 0, NULL, false },
    { "a signature and a path", "sinch", { "service_plan_id=p", SECRET, "path_secret=in-the-path" }, 0, NULL, false },
    { "an address with a query", "twilio",
        { "account_sid=AC0", "auth_token=token-of-a-test", "public_url=https://a.example.org/x?desk=1", "from=+1500" },
        0, NULL, false },
    { "an address that is a host", "twilio",
        { "account_sid=AC0", "auth_token=token-of-a-test", "public_url=https://a.example.org", "from=+1500" }, 0, NULL,
        false },
    { "V3 over an address with a query", "plivo",
        { "auth_id=MA1", "auth_token=token-of-a-test", "public_url=https://a.example.org/x?desk=1&a=b" }, 0, NULL,
        false },
    { "an address with a query as audience", "httpsms",
        { SECRET, "public_url=https://a.example.org/in/x/message?desk=1" }, 0, NULL, false },
    { "an address with a query in a digest", "messagebird",
        { "signing_key=key-of-a-test", "public_url=https://a.example.org/x?desk=1" }, 0, NULL, false },
    { "a public key", "telnyx", { "public_key=A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=" }, ERR_UNSUPPORTED,
        "Telnyx", 0 },
    { "no secret for what comes in", "whatsapp_cloud", { "phone_number_id=1" }, ERR_INVALID, "app_secret", 0 },
};

static void check_request(const struct row *row, const struct settings *settings, struct selftest *test)
{
    struct request request;
    struct sms_in message;
    const struct channel_ops *ops = registry_find(row->kind);
    assert_int_equal(selftest_request(test, &request), 0);
    enum verdict verdict = ops->verify(settings, &request, NOW_MS);
    if (verdict != VERDICT_VALID || test->is_proof_only != row->is_proof_only)
        fail_msg("%s: %s: verdict %d", row->kind, row->label, verdict);
    if (row->is_proof_only)
        return;
    if (ops->parse_message(settings, &request, &message, 1) != 1)
        fail_msg("%s: %s: it is not read", row->kind, row->label);
    assert_string_equal(message.text, SELFTEST_TEXT);
    assert_string_equal(message.from, SELFTEST_FROM);
    sms_in_done(&message);
}

static void made_up_request_is_proved_in_every_way_that_can_be_configured(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct error error = { "" };
        struct selftest test;
        const struct row *row = &table[i];
        struct settings *settings = channels_settings(row->kind, row->pairs);
        selftest_init(&test, "line");
        int code = registry_find(row->kind)->build_self_test(settings, NOW_MS, &test, &error);
        if (code != row->code || (row->words && !strstr(error.text, row->words)))
            fail_msg("%s: %s: %d %s", row->kind, row->label, code, error.text);
        if (!code)
            check_request(row, settings, &test);
        selftest_done(&test);
        settings_free(settings);
    }
}

static void address_that_is_missing_is_named(void **state)
{
    (void)state;
    struct error error = { "" };
    struct selftest test;
    AUTO_BUF url;
    buf_init(&url, SELFTEST_BYTES_MAX);
    const char *const pairs[] = { "token=token-of-a-test", NULL };
    struct settings *settings = channels_settings("kannel", pairs);
    selftest_init(&test, "line");
    assert_int_equal(selftest_add_url(&test, settings, &url, &error), ERR_INVALID);
    assert_non_null(strstr(error.text, "public_url"));
    selftest_done(&test);
    settings_free(settings);
}

static void more_than_fits_is_an_error_and_no_request(void **state)
{
    (void)state;
    struct selftest test;
    struct request request;
    AUTO_BUF value;
    buf_init(&value, 2 * SELFTEST_BYTES_MAX);
    for (size_t i = 0; i < SELFTEST_BYTES_MAX; i++)
        buf_add_char(&value, 'x');
    selftest_init(&test, "line");
    selftest_field(&test, "text", value.data);
    assert_int_not_equal(selftest_request(&test, &request), 0);
    for (int i = 0; i < 2 * SELFTEST_HEADERS_MAX; i++)
        selftest_header(&test, "X-Some", "%d", i);
    assert_int_equal(test.header_count, SELFTEST_HEADERS_MAX);
    selftest_done(&test);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_up_request_is_proved_in_every_way_that_can_be_configured),
        cmocka_unit_test(address_that_is_missing_is_named),
        cmocka_unit_test(more_than_fits_is_an_error_and_no_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
