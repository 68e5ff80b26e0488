/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_elks46 - the 46elks channel as a table of bytes: login, messages, reports, sending, errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channelcase.h"
#include "tests/support/vectorcase.h"

static const char *const pairs[] = { "webhook_password=pass/word", "public_url=https://line.example.org/in/el/message",
    "username=u1", "password=p1", "from=+46706860000", NULL };

static void the_login_of_the_address_opens_and_nothing_else(void **state)
{
    (void)state;
    vectorcase_check(&(struct vectorcase){ .kind = "46elks",
        .scheme = "46elks",
        .secret_key = "webhook_password",
        .secret_prefix = "elks:",
        .at_least = 3 });
    struct settings *settings = channels_settings("46elks", pairs);
    struct request request = channels_post("/in/el/message/pass%2Fword", "");
    assert_int_equal(registry_find("46elks")->verify(settings, &request, 0), VERDICT_VALID);
    request.path = "/in/el/message/pass";
    assert_int_equal(registry_find("46elks")->verify(settings, &request, 0), VERDICT_INVALID);
    settings_free(settings);
}

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = "direction=incoming&id=s1&from=%2B46706861004&to=%2B46706860000"
                    "&created=2026-01-01T00%3A00%3A00.123456&message=Hello%2C+help",
            .want = 1,
            .from = "+46706861004",
            .to = "+46706860000",
            .id = "s1",
            .text = "Hello, help",
            .time = "2026-01-01T00:00:00.123Z" },
        { .label = "empty text",
            .body = "direction=incoming&id=s1&from=%2B46706861004&message=",
            .want = 1,
            .text = "" },
        { .label = "sender with a name", .body = "id=s1&from=Kalle&message=x", .want = 1, .from = "Kalle" },
        { .label = "our own message", .body = "direction=outgoing&id=s1&from=1&message=x", .want = 0 },
        { .label = "a report that was pointed here", .body = "id=s1&status=delivered&delivered=x", .want = 0 },
        { .label = "something else", .body = "a=b", .want = ERR_INVALID },
    };
    channelcase_check_messages("46elks", pairs, cases, STR_COUNT(cases));
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "delivered", "id=s1&status=delivered&delivered=2026-01-01T00%3A00%3A00.000000", 1, REPORT_DELIVERED, "s1", "",
            "2026-01-01T00:00:00Z" },
        { "failed", "id=s1&status=failed", 1, REPORT_FAILED, "s1", "", NULL },
        { "created", "id=s1&status=created", 1, REPORT_PENDING, "s1", "", NULL },
        { "no id", "status=failed", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("46elks", pairs, cases, STR_COUNT(cases));
}

static void no_answer_has_a_body(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("46elks", pairs);
    for (int to = ANSWER_STORED; to <= ANSWER_BUSY; to++) {
        struct reply reply;
        registry_find("46elks")->answer(settings, (enum answer_to)to, &reply);
        assert_int_equal(reply.body_len, 0);
        assert_int_equal(reply.status, to == ANSWER_FORBIDDEN ? 403 : to == ANSWER_BUSY ? 503 : 200);
    }
    settings_free(settings);
}

static void a_message_becomes_one_form(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "a number", "+46706861004", "a & b", 0, "POST", "https://api.46elks.com/a1/sms",
            "Content-Type: application/x-www-form-urlencoded",
            "from=%2B46706860000&to=%2B46706861004&message=a%20%26%20b"
            "&whendelivered=https%3A%2F%2Felks%3Apass%252Fword%40line.example.org%2Fin%2Fel%2Fstatus&dontlog=message",
            "u1" },
        { "no text", "+46706861004", "", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    channelcase_check_sends("46elks", pairs, cases, STR_COUNT(cases));
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "created", REPLY_ANSWERED, 200, "{\"id\":\"s9\",\"status\":\"created\"}", OUTCOME_sent, "s9", "" },
        { "failed at once", REPLY_ANSWERED, 200, "{\"id\":\"s9\",\"status\":\"failed\"}", OUTCOME_rejected, "", "" },
        { "not JSON", REPLY_ANSWERED, 200, "ok", OUTCOME_unparseable, "", "" },
        { "wrong password", REPLY_ANSWERED, 401, "API access requires authentication", OUTCOME_bad_config, "", "" },
        { "no credit", REPLY_ANSWERED, 402, "", OUTCOME_bad_config, "", "" },
        { "bad number", REPLY_ANSWERED, 400, "Invalid to", OUTCOME_rejected, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("46elks", pairs, cases, STR_COUNT(cases));
}

static void settings_that_contradict_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "a password without a user", { "webhook_password=pass-word", "password=p" }, "username" },
        { "a colon in a user name", { "webhook_password=pass-word", "webhook_user=a:b" }, "colon" },
    };
    channelcase_check_refusals("46elks", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_login_of_the_address_opens_and_nothing_else),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(no_answer_has_a_body),
        cmocka_unit_test(a_message_becomes_one_form),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_contradict_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
