/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_telegram - alerts from a bot: HTML, the button, chats of 64 bits, what its errors mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "token=12:Ab-c/", "chat_id=-1001234567890", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "<b>&\"x\"", false, 0, "POST", "https://api.telegram.org/bot12:Ab-c%2F/sendMessage",
            "Content-Type: application/json",
            "{\"chat_id\":-1001234567890,\"text\":\"&lt;b&gt;&amp;&quot;x&quot;\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true},\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"Answer\",\"url\":\"" ALERTCASE_LINK
            "\"}]]}}" },
        { "another chat", "9007199254740993", "x", true, 0, NULL, "https://api.telegram.org/bot12:Ab-c%2F/sendMessage",
            NULL,
            "{\"chat_id\":9007199254740993,\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}" },
        { "a topic", "-1001/17", "x", true, 0, NULL, NULL, NULL,
            "{\"chat_id\":-1001,\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true},\"message_thread_id\":17}" },
        { "a public channel", "@line_desk", "x", true, 0, NULL, NULL, NULL,
            "{\"chat_id\":\"@line_desk\",\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}" },
        { "a telephone number", "+966500000001", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "a topic that is none", "-1001/x", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "more than 64 bits", "99999999999999999999", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "an empty name", "@", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "nothing to say", "default", "", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("telegram", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "telegram", pairs, "default", "/text", 4096 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"ok\":true,\"result\":{\"message_id\":77}}", OUTCOME_sent, "77", "" },
        { "no id", REPLY_ANSWERED, 200, "{\"ok\":true}", OUTCOME_unparseable, "", "" },
        { "some page", REPLY_ANSWERED, 200, "x", OUTCOME_unparseable, "", "" },
        { "no such chat", REPLY_ANSWERED, 400,
            "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}", OUTCOME_rejected, "",
            "400" },
        { "the group has moved", REPLY_ANSWERED, 400,
            "{\"ok\":false,\"error_code\":400,\"description\":\"x\",\"parameters\":{\"migrate_to_chat_id\":-1009876543210}}",
            OUTCOME_rejected, "", "moved:-1009876543210" },
        { "the bot was blocked", REPLY_ANSWERED, 403, "{\"ok\":false,\"error_code\":403}", OUTCOME_rejected, "",
            "403" },
        { "wrong token", REPLY_ANSWERED, 401, "{\"ok\":false,\"error_code\":401}", OUTCOME_bad_config, "", "401" },
        { "no such bot", REPLY_ANSWERED, 404, "{\"ok\":false,\"error_code\":404}", OUTCOME_bad_config, "", "404" },
        { "trouble there", REPLY_ANSWERED, 502, "", OUTCOME_uncertain, "", "" },
        { "a refusal with 200", REPLY_ANSWERED, 200, "{\"ok\":false}", OUTCOME_unparseable, "", "0" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("telegram", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled by the body", 429, 0, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":35}}",
            OUTCOME_retry_throttled, 35 },
        { "throttled by the header", 429, 9, "{\"ok\":false,\"error_code\":429}", OUTCOME_retry_throttled, 9 },
        { "refused", 400, 0, "{\"ok\":false,\"error_code\":400,\"parameters\":{\"retry_after\":35}}", OUTCOME_rejected,
            0 },
    };
    alertcase_check_waits("telegram", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no chat", { "token=t", "chat_id=desk" }, "chat_id" },
        { "http elsewhere", { "token=t", "api_url=http://api.telegram.org" }, "https" },
    };
    channelcase_check_refusals("telegram", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_and_notices_become_one_request),
        cmocka_unit_test(trust_size_and_link_are_kept),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(the_wait_that_is_asked_for_is_kept),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
