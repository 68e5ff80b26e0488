/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_httpsms - the httpsms channel as a table of bytes: signatures, messages, reports, sending, errors. */
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

#define KIND "httpsms"
#define PUBLIC_URL "public_url=https://line.example.org/in/x/message"

static const char *const pairs[] = { "secret=key-of-the-hook", PUBLIC_URL, "api_key=k1", "from=+966500000002", NULL };
static const char *const bare_pairs[] = { "secret=key-of-the-hook", PUBLIC_URL, NULL };

static struct settings *vector_settings(const json_t *vector, bool is_previous)
{
    char url[512], current[256], previous[256];
    const char *secret = json_text(vector, "secret", "");
    (void)snprintf(url, sizeof url, "public_url=%s", json_text(vector, "url", ""));
    (void)snprintf(current, sizeof current, "secret=%s", is_previous ? "another-key" : secret);
    (void)snprintf(previous, sizeof previous, "secret_previous=%s", is_previous ? secret : "an-older-key");
    const char *const chosen[] = { url, current, previous, NULL };
    return channels_settings(KIND, chosen);
}

static void every_vector_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors(KIND, vector_settings, 18);
}

#define EVENT(type, data)                                                                                              \
    "{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/v1\",\"type\":\"" type                                       \
    "\",\"time\":\"2026-01-01T00:00:00Z\",\"data\":{" data "}}"
#define SMS                                                                                                            \
    "\"message_id\":\"m1\",\"owner\":\"+966500000002\",\"contact\":\"+639170000001\",\"content\":\"Tulong po\",\"sim\":\"SIM1\""

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "plain",
            .body = EVENT("message.phone.received",
                SMS ",\"timestamp\":\"2026-01-01T00:00:00.123456Z\",\"encrypted\":false,\"attachments\":[]"),
            .want = 1,
            .from = "+639170000001",
            .to = "+966500000002",
            .text = "Tulong po",
            .time = "2026-01-01T00:00:00.123Z" },
        { .label = "without a time its own id counts",
            .body = EVENT("message.phone.received", SMS),
            .want = 1,
            .id = "m1",
            .time = "" },
        { .label = "neither time nor id: that of the event",
            .body = EVENT("message.phone.received", "\"contact\":\"+639170000001\",\"content\":\"x\""),
            .want = 1,
            .id = "e1" },
        { .label = "a local number is left to the country",
            .body = EVENT("message.phone.received", "\"contact\":\"0917 000 0001\",\"content\":\"x\""),
            .want = 1,
            .from = "0917 000 0001" },
        { .label = "a name",
            .body = EVENT("message.phone.received", "\"contact\":\"STC\",\"content\":\"x\""),
            .want = 1,
            .from = "STC" },
        { .label = "no sender, no text",
            .body = EVENT("message.phone.received", "\"message_id\":\"m1\""),
            .want = 1,
            .from = "",
            .text = "" },
        { .label = "no event word",
            .body = "{\"data\":{\"contact\":\"+639170000001\",\"content\":\"x\"}}",
            .want = 1,
            .text = "x" },
        { .label = "a report that was pointed here",
            .body = EVENT("message.phone.sent", "\"id\":\"m1\",\"content\":\"ours\""),
            .want = 0 },
        { .label = "a missed call",
            .body = EVENT("message.call.missed", "\"contact\":\"+639170000001\""),
            .want = 1,
            .from = "+639170000001",
            .text = "",
            .is_call = true },
        { .label = "the phone is silent",
            .body = EVENT("phone.heartbeat.offline", "\"owner\":\"+966500000002\""),
            .want = 0 },
        { .label = "a message without content", .body = "{\"type\":\"message.phone.received\"}", .want = ERR_INVALID },
        { .label = "nothing", .body = "{}", .want = ERR_INVALID },
        { .label = "no JSON", .body = "x", .want = ERR_INVALID },
    };
    channelcase_check_messages(KIND, pairs, cases, STR_COUNT(cases));
}

static void read_one(bool is_listing, const char *body, char *ret_id)
{
    const struct channel_ops *ops = registry_find(KIND);
    struct settings *settings = channels_settings(KIND, pairs);
    struct request request = channels_post("/in/x/message", body);
    struct transmit_reply reply = { .kind = REPLY_ANSWERED, .status = 200, .body = span_of(body), .reason = "" };
    struct poll_from from = { .since_ms = 0 };
    struct poll_page page;
    struct sms_in sms;
    int count = is_listing ? ops->read_poll(settings, &from, &reply, &sms, 1, &page)
                           : ops->parse_message(settings, &request, &sms, 1);
    assert_int_equal(count, 1);
    str_copy(ret_id, REMOTE_ID_MAX, sms.remote_id);
    sms_in_done(&sms);
    settings_free(settings);
}

static void a_phone_that_repeats_itself_tells_nothing_new(void **state)
{
    (void)state;
    char first[REMOTE_ID_MAX], other[REMOTE_ID_MAX];
    read_one(false, EVENT("message.phone.received", SMS ",\"timestamp\":\"2026-01-01T00:00:00Z\""), first);
    assert_true(str_starts(first, "content:"));
    read_one(false,
        EVENT("message.phone.received",
            "\"message_id\":\"m2\",\"owner\":\"+966500000002\",\"contact\":\"+639170000001\",\"content\":\"Tulong po\",\"timestamp\":\"2026-01-01T03:00:00+03:00\""),
        other);
    assert_string_equal(first, other);
    read_one(true,
        "{\"data\":[{\"id\":\"t1\",\"owner\":\"+966500000002\",\"contact\":\"+639170000001\",\"status\":\"received\",\"last_message_id\":\"m3\",\"last_message_content\":\"Tulong po\",\"order_timestamp\":\"2026-01-01T00:00:00Z\"}]}",
        other);
    assert_string_equal(first, other);
    read_one(false, EVENT("message.phone.received", SMS ",\"timestamp\":\"2026-01-01T00:00:01Z\""), other);
    assert_string_not_equal(first, other);
}

static void listings_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { .label = "hers is the last word of one",
            .body =
                "{\"data\":[{\"contact\":\"+639170000001\",\"status\":\"received\",\"last_message_content\":\"x\",\"order_timestamp\":\"2026-01-01T00:00:00Z\"},{\"contact\":\"+639170000002\",\"status\":\"delivered\",\"last_message_content\":\"ours\"}]}",
            .want = 1,
            .from = "+639170000001",
            .text = "x",
            .time = "2026-01-01T00:00:00Z" },
        { .label = "none", .body = "{\"data\":[]}", .want = 0 },
        { .label = "no list", .body = "{}", .want = ERR_INVALID },
    };
    static const struct channelcase_request poll = { "poll", NULL, NULL, 0, "GET",
        "https://api.httpsms.com/v1/message-threads?limit=20&skip=0&is_archived=false&owner=%2B966500000002",
        "x-api-key: k1", "", "" };
    channelcase_check_listings(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_poll(KIND, pairs, &poll);
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "sending", EVENT("message.phone.sending", "\"id\":\"m1\""), 1, REPORT_PENDING, "m1", "", "" },
        { "sent", EVENT("message.phone.sent", "\"id\":\"m1\",\"timestamp\":\"2026-01-01T00:00:00Z\""), 1, REPORT_SENT,
            "m1", "", "2026-01-01T00:00:00Z" },
        { "delivered", EVENT("message.phone.delivered", "\"id\":\"m1\""), 1, REPORT_DELIVERED, "m1", "", "" },
        { "failed", EVENT("message.send.failed", "\"id\":\"m1\",\"error_message\":\"NO_SERVICE\""), 1, REPORT_FAILED,
            "m1", "", "" },
        { "expired, and tried again", EVENT("message.send.expired", "\"message_id\":\"m1\",\"is_final\":false"), 1,
            REPORT_PENDING, "m1", "", "" },
        { "expired", EVENT("message.send.expired", "\"message_id\":\"m1\",\"is_final\":true"), 1,
            REPORT_FAILED_TEMPORARY, "m1", "", "" },
        { "the phone is silent", EVENT("phone.heartbeat.offline", ""), 0, 0, NULL, NULL, NULL },
        { "no id", EVENT("message.phone.sent", ""), ERR_INVALID, 0, NULL, NULL, NULL },
        { "a message that was pointed here", EVENT("message.phone.received", SMS), ERR_INVALID, 0, NULL, NULL, NULL },
        { "nothing", "{}", ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports(KIND, pairs, cases, STR_COUNT(cases));
}

static void a_message_becomes_one_request(void **state)
{
    (void)state;
    static const struct channelcase_request cases[] = {
        { "plain", "+639170000001", "We read you", 0, "POST", "https://api.httpsms.com/v1/messages/send",
            "x-api-key: k1",
            "{\"from\":\"+966500000002\",\"to\":\"+639170000001\",\"content\":\"We read you\",\"request_id\":\"alert-1-0\"}",
            "" },
        { "a name is no address", "STC", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL },
    };
    static const struct channelcase_request receiving = { "receives only", "+966500000001", "x", ERR_INVALID, NULL,
        NULL, NULL, NULL, NULL };
    channelcase_check_sends(KIND, pairs, cases, STR_COUNT(cases));
    channelcase_check_sends(KIND, bare_pairs, &receiving, 1);
    channelcase_check_poll(KIND, bare_pairs, &receiving);
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"status\":\"success\",\"data\":{\"id\":\"m9\",\"status\":\"pending\"}}",
            OUTCOME_sent, "m9", "" },
        { "taken without an id", REPLY_ANSWERED, 200, "{\"status\":\"success\"}", OUTCOME_unparseable, "", "" },
        { "wrong key", REPLY_ANSWERED, 401, "", OUTCOME_bad_config, "", "" },
        { "no credit", REPLY_ANSWERED, 402, "", OUTCOME_bad_config, "", "" },
        { "not a number", REPLY_ANSWERED, 422, "{\"status\":\"error\",\"data\":{\"to\":[\"x\"]}}", OUTCOME_rejected, "",
            "" },
        { "the phone is not of this account", REPLY_ANSWERED, 422, "{\"status\":\"error\",\"data\":{\"from\":[\"x\"]}}",
            OUTCOME_bad_config, "", "" },
        { "malformed", REPLY_ANSWERED, 400, "", OUTCOME_rejected, "", "" },
        { "trouble", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies(KIND, pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no address", { "secret=key-of-the-hook" }, "public_url" },
        { "plain http", { "secret=key-of-the-hook", PUBLIC_URL, "api_url=http://a.example" }, "https" },
    };
    channelcase_check_refusals(KIND, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(a_phone_that_repeats_itself_tells_nothing_new),
        cmocka_unit_test(listings_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(a_message_becomes_one_request),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
