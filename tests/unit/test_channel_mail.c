/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_mail - the whole mail to the byte, what it refuses, what a relay's codes mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channels.h"

#define NOW_MS 1767225600500

static const char *const plain_pairs[] = { "url=smtp://mail.example.org:587", "from=line@example.org", "user=line",
    "password=pw", NULL };

static const struct channel_ops *ops(void)
{
    return registry_find("mail");
}

static const struct alert_view alert = { .case_id = 1234,
    .alert_id = "al_x7",
    .urgency = URGENCY_critical,
    .language = "",
    .country = "",
    .verification = "unverified" };

static void an_alert_is_a_whole_mail(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("mail", plain_pairs);
    const struct sms_out message = { .id = "out-17",
        .from = "",
        .to = "desk@example.net",
        .subject = "Case 1234: critical – SA",
        .text = "naka-lock ako\n🙏",
        .alert = &alert,
        .now_ms = NOW_MS,
        .attempt = 1 };
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops()->build_send(settings, &message, &transmit), 0);
    assert_int_equal(transmit.kind, TRANSMIT_MAIL);
    assert_string_equal(transmit.url.data, "smtp://mail.example.org:587");
    assert_true(transmit.needs_starttls);
    assert_string_equal(transmit.mail_from.data, "line@example.org");
    assert_string_equal(transmit.mail_to.data, "desk@example.net");
    assert_string_equal(transmit.username.data, "line");
    assert_string_equal(transmit.password.data, "pw");
    assert_string_equal(transmit.body.data,
        "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
        "From: =?utf-8?B?SGVscCBsaW5l?=\r\n <line@example.org>\r\n"
        "To: desk@example.net\r\n"
        "Subject: =?utf-8?B?Q2FzZSAxMjM0OiBjcml0aWNhbCDigJMgU0E=?=\r\n"
        "Message-ID: <out-17@example.org>\r\n"
        "In-Reply-To: <case-1234@example.org>\r\n"
        "References: <case-1234@example.org>\r\n"
        "Importance: high\r\nX-Priority: 1\r\n"
        "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        "\r\n"
        "bmFrYS1sb2NrIGFrbw0K8J+Zjw==\r\n");
    transmit_done(&transmit);
    settings_free(settings);
}

static void a_repeated_mail_differs_only_in_its_date(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("mail", plain_pairs);
    struct sms_out message = { .id = "out-17",
        .from = "",
        .to = "desk@example.net",
        .subject = "s",
        .text = "x",
        .alert = &alert,
        .now_ms = NOW_MS };
    struct transmit first, second;
    transmit_init(&first);
    transmit_init(&second);
    assert_int_equal(ops()->build_send(settings, &message, &first), 0);
    message.now_ms += 60000;
    message.attempt = 2;
    assert_int_equal(ops()->build_send(settings, &message, &second), 0);
    assert_string_not_equal(first.body.data, second.body.data);
    assert_string_equal(strchr(first.body.data, '\n'), strchr(second.body.data, '\n'));
    transmit_done(&first);
    transmit_done(&second);
    settings_free(settings);
}

static void no_input_reaches_another_header(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("mail", plain_pairs);
    const struct sms_out message = { .id = "out-17",
        .from = "",
        .to = "desk@example.net",
        .subject = "s\r\nBcc: x@example.org",
        .text = ".\r\nQUIT\r\n",
        .alert = NULL,
        .now_ms = NOW_MS };
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops()->build_send(settings, &message, &transmit), 0);
    assert_null(strstr(transmit.body.data, "Bcc"));
    assert_null(strstr(transmit.body.data, "QUIT"));
    assert_null(strstr(transmit.body.data, "References"));
    assert_null(strstr(transmit.body.data, "Importance"));
    for (const char *c = transmit.body.data; *c; c++)
        assert_true(*c != '\n' || c[-1] == '\r');
    transmit_done(&transmit);
    settings_free(settings);
}

static void hostile_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const addresses[] = { "", "desk", "desk@example.net\r\nDATA", "desk@example.net\n",
        "<desk@example.net>", "a@b> SIZE=1", "desk@example.net\tx", "a@b,c@d" };
    struct settings *settings = channels_settings("mail", plain_pairs);
    for (size_t i = 0; i < STR_COUNT(addresses); i++) {
        const struct sms_out message = {
            .id = "out-17", .from = "", .to = addresses[i], .subject = "", .text = "x", .now_ms = NOW_MS
        };
        struct transmit transmit;
        transmit_init(&transmit);
        if (ops()->build_send(settings, &message, &transmit) != ERR_INVALID)
            fail_msg("accepted: %s", addresses[i]);
        transmit_done(&transmit);
    }
    settings_free(settings);
}

static void codes_of_the_relay_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        int kind, status;
        enum outcome want;
    } cases[] = {
        { REPLY_ANSWERED, 250, OUTCOME_sent },
        { REPLY_ANSWERED, 421, OUTCOME_retry_network },
        { REPLY_ANSWERED, 450, OUTCOME_retry_throttled },
        { REPLY_ANSWERED, 451, OUTCOME_retry_throttled },
        { REPLY_ANSWERED, 452, OUTCOME_retry_throttled },
        { REPLY_ANSWERED, 454, OUTCOME_retry_network },
        { REPLY_ANSWERED, 530, OUTCOME_bad_config },
        { REPLY_ANSWERED, 535, OUTCOME_bad_config },
        { REPLY_ANSWERED, 550, OUTCOME_rejected },
        { REPLY_ANSWERED, 554, OUTCOME_rejected },
        { REPLY_NOT_SENT, 535, OUTCOME_bad_config },
        { REPLY_NOT_SENT, 550, OUTCOME_rejected },
        { REPLY_NOT_SENT, 0, OUTCOME_retry_network },
        { REPLY_NOT_SENT, 250, OUTCOME_retry_network },
        { REPLY_UNKNOWN, 354, OUTCOME_uncertain },
        { REPLY_UNKNOWN, 0, OUTCOME_uncertain },
        { REPLY_ANSWERED, 0, OUTCOME_unparseable },
    };
    struct settings *settings = channels_settings("mail", plain_pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct transmit_reply reply = { .status = cases[i].status, .reason = "" };
        struct send_result result;
        reply.kind = cases[i].kind;
        ops()->read_reply(settings, &reply, &result);
        if (result.outcome != cases[i].want)
            fail_msg("%d %d: %s", cases[i].kind, cases[i].status, outcome_word(result.outcome));
    }
    settings_free(settings);
}

static void the_way_to_the_relay_is_protected(void **state)
{
    (void)state;
    static const struct {
        const char *pairs[6];
        bool is_fine, needs_starttls;
    } cases[] = {
        { { "url=smtp://mail.example.org", "from=l@example.org" }, true, true },
        { { "url=smtps://mail.example.org:465", "from=l@example.org", "security=tls" }, true, false },
        { { "url=smtp://127.0.0.1:2525", "from=l@example.org", "security=none" }, true, false },
        { { "url=smtp://mail.example.org", "from=l@example.org", "security=none" }, false, false },
        { { "url=smtps://mail.example.org", "from=l@example.org" }, false, false },
        { { "url=smtp://mail.example.org", "from=l@example.org", "security=tls" }, false, false },
        { { "url=https://mail.example.org", "from=l@example.org" }, false, false },
        { { "url=smtp://mail.example.org/x", "from=l@example.org" }, false, false },
        { { "url=smtp://mail.example.org", "from=Line <l@example.org>" }, false, false },
        { { "url=smtp://mail.example.org", "from=l@example.org", "user=x" }, false, false },
        { { "url=smtp://mail.example.org", "from=l@example.org", "password=x" }, false, false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct error error;
        struct settings *settings = NULL;
        bool is_fine = channels_try_settings("mail", cases[i].pairs, &error, &settings) == 0;
        if (is_fine != cases[i].is_fine)
            fail_msg("case %zu: %s", i, error.text);
        if (!is_fine)
            continue;
        const struct sms_out message = {
            .id = "o", .from = "", .to = "desk@example.net", .subject = "", .text = "x", .now_ms = NOW_MS
        };
        struct transmit transmit;
        transmit_init(&transmit);
        assert_int_equal(ops()->build_send(settings, &message, &transmit), 0);
        assert_int_equal(transmit.needs_starttls, cases[i].needs_starttls);
        transmit_done(&transmit);
        settings_free(settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alert_is_a_whole_mail),
        cmocka_unit_test(a_repeated_mail_differs_only_in_its_date),
        cmocka_unit_test(no_input_reaches_another_header),
        cmocka_unit_test(hostile_addresses_are_refused),
        cmocka_unit_test(codes_of_the_relay_are_told_apart),
        cmocka_unit_test(the_way_to_the_relay_is_protected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
