/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_listings - the lists of received messages of every provider that has one: what is asked, what is read,
 * where it goes on. The time that is wanted is 2026-01-01T00:00:00Z. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/channelcase.h"

static const char *const twilio[] = { "account_sid=AC1", "auth_token=t", "public_url=https://line.example.org",
    "from=+15005550006", NULL };
static const char *const twilio_service[] = { "account_sid=AC1", "auth_token=t", "public_url=https://line.example.org",
    "messaging_service_sid=MG1", "api_key_sid=SK1", "api_key_secret=s", "api_url=http://127.0.0.1:9/x/", NULL };
static const char *const africa[] = { "username=help line", "api_key=k", "token=secret-of-a-test", NULL };
static const char *const africa_bare[] = { "username=helpline", "token=secret-of-a-test", NULL };
static const char *const infobip[] = { "auth_user=u", "auth_password=p", "api_url=https://a.example", "api_key=k",
    NULL };
static const char *const sinch[] = { "service_plan_id=p", "secret=s", "api_token=t", NULL };
static const char *const sinch_bare[] = { "service_plan_id=p", "secret=s", NULL };
static const char *const phone[] = { "secret=key-of-the-hook", "public_url=https://line.example.org/in/x/message",
    "api_key=k1", "from=+966500000002", NULL };
static const char *const app[] = { "secret=key-of-the-app", "api_user=u", "api_password=p", NULL };

/* ---- what is asked --------------------------------------------------------------------------------------------- */

#define TWILIO_URL "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json"

static void the_list_is_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *kind;
        const char *const *pairs;
        struct channelcase_request want;
    } cases[] = {
        { "twilio", twilio,
            { "twilio", NULL, NULL, 0, "GET",
                TWILIO_URL "?PageSize=20&DateSent%3E=2026-01-01T00%3A00%3A00Z&To=%2B15005550006", NULL, "", "AC1" } },
        { "twilio", twilio,
            { "twilio, a further page", NULL, "Page=1&PageToken=PA1", 0, "GET", TWILIO_URL "?Page=1&PageToken=PA1",
                NULL, "", "AC1" } },
        { "twilio", twilio_service,
            { "twilio, a service with an API key", NULL, NULL, 0, "GET",
                "http://127.0.0.1:9/x/2010-04-01/Accounts/AC1/"
                "Messages.json?PageSize=20&DateSent%3E=2026-01-01T00%3A00%3A00Z",
                NULL, "", "SK1" } },
        { "africastalking", africa,
            { "africastalking", NULL, NULL, 0, "GET",
                "https://api.africastalking.com/version1/messaging?username=help%20line&lastReceivedId=0", "apiKey: k",
                "", "" } },
        { "africastalking", africa,
            { "africastalking, from an id", NULL, "15071", 0, "GET",
                "https://api.africastalking.com/version1/messaging?username=help%20line&lastReceivedId=15071",
                "apiKey: k", "", "" } },
        { "africastalking", africa_bare, { .label = "africastalking, receives only", .want = ERR_INVALID } },
        { "infobip", infobip,
            { "infobip", NULL, NULL, 0, "GET", "https://a.example/sms/1/inbox/reports?limit=100",
                "Authorization: App k", "", "" } },
        { "sinch", sinch,
            { "sinch, page 2", NULL, "2", 0, "GET",
                "https://us.sms.api.sinch.com/xms/v1/p/"
                "inbounds?page=2&page_size=50&start_date=2026-01-01T00%3A00%3A00Z",
                "Authorization: Bearer t", "", "" } },
        { "sinch", sinch_bare, { .label = "sinch, receives only", .want = ERR_INVALID } },
        { "httpsms", phone,
            { "httpsms, further threads", NULL, "20 0 ", 0, "GET",
                "https://api.httpsms.com/v1/message-threads?limit=20&skip=20&is_archived=false&owner=%2B966500000002",
                "x-api-key: k1", "", "" } },
        { "httpsms", phone,
            { "httpsms, one contact", NULL, "- 40 %2B639170000001 STC", 0, "GET",
                "https://api.httpsms.com/v1/"
                "messages?limit=20&skip=40&owner=%2B966500000002&contact=%2B639170000001",
                "x-api-key: k1", "", "" } },
        { "httpsms", phone,
            { "httpsms, a place that nobody knows", NULL, "x y", 0, "GET",
                "https://api.httpsms.com/v1/message-threads?limit=20&skip=0&is_archived=false&owner=%2B966500000002",
                "x-api-key: k1", "", "" } },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++)
        channelcase_check_poll(cases[i].kind, cases[i].pairs, &cases[i].want);
}

/* ---- twilio ---------------------------------------------------------------------------------------------------- */

#define IN(rest)                                                                                                       \
    "{\"sid\":\"SM1\",\"direction\":\"inbound\",\"from\":\"+966500000001\",\"to\":\"+15005550006\"" rest "}"
#define SENT(date) ",\"body\":\"Tulong po\",\"status\":\"received\",\"date_sent\":\"" date "\""
#define NEW "Thu, 01 Jan 2026 00:00:01 +0000"
#define OLD "Wed, 31 Dec 2025 23:59:59 +0000"
#define TWILIO_PAGE(list, next) "{\"messages\":[" list "],\"page\":0,\"next_page_uri\":" next "}"
#define NEXT "\"/2010-04-01/Accounts/AC1/Messages.json?PageSize=20&Page=1&PageToken=PA1\""

static void twilio_is_read(void **state)
{
    (void)state;
    static const struct channelcase_page cases[] = {
        { .label = "one",
            .status = 200,
            .body = TWILIO_PAGE(IN(SENT(NEW) ",\"new_field\":{\"a\":[1]}"), "null"),
            .count = 1,
            .from = "+966500000001",
            .id = "SM1",
            .text = "Tulong po" },
        { .label = "what we sent is not hers",
            .status = 200,
            .body = TWILIO_PAGE("{\"sid\":\"SM2\",\"direction\":\"outbound-api\",\"body\":\"x\"},{\"sid\":\"SM3\","
                                "\"direction\":\"outbound-reply\",\"body\":\"x\"}",
                "null"),
            .count = 0 },
        { .label = "not complete yet",
            .status = 200,
            .body = TWILIO_PAGE(IN(",\"status\":\"receiving\",\"body\":\"\""), "null"),
            .count = 0 },
        { .label = "a further page",
            .status = 200,
            .body = TWILIO_PAGE(IN(SENT(NEW)), NEXT),
            .count = 1,
            .next = "PageSize=20&Page=1&PageToken=PA1" },
        { .label = "a further page, but older than wanted",
            .status = 200,
            .body = TWILIO_PAGE(IN(SENT(OLD)), NEXT),
            .count = 1 },
        { .label = "a link to elsewhere: its query alone is followed",
            .status = 200,
            .body = TWILIO_PAGE(IN(SENT(NEW)), "\"https://evil.example/?Page=1\""),
            .count = 1,
            .next = "Page=1" },
        { .label = "a link that breaks a request",
            .status = 200,
            .body = TWILIO_PAGE(IN(SENT(NEW)), "\"/x?a=1\\r\\nHost: evil\""),
            .count = 1 },
        { .label = "a link without a query", .status = 200, .body = TWILIO_PAGE(IN(SENT(NEW)), "\"/x?\""), .count = 1 },
        { .label = "an empty page ends it", .status = 200, .body = TWILIO_PAGE("", NEXT), .count = 0 },
        { .label = "a key twice",
            .status = 200,
            .body = "{\"messages\":[" IN(",\"sid\":\"SM2\"") "]}",
            .want = OUTCOME_unparseable },
        { .label = "no date",
            .status = 200,
            .body = TWILIO_PAGE("{\"direction\":\"inbound\",\"from\":\"+966500000001\",\"body\":\"x\"}", "null"),
            .count = 1,
            .id = "" },
        { .label = "one that is no object hides none",
            .status = 200,
            .body = TWILIO_PAGE("7,null," IN(SENT(NEW)) ",[]", "null"),
            .count = 1,
            .unread = 3 },
        { .label = "no list", .status = 200, .body = "{}", .want = OUTCOME_unparseable },
        { .label = "a page for people", .status = 200, .body = "<html>", .want = OUTCOME_unparseable },
        { .label = "cut", .status = 200, .body = "{\"messages\":[{\"sid\":", .want = OUTCOME_unparseable },
        { .label = "wrong token", .status = 401, .body = "{\"code\":20003}", .want = OUTCOME_bad_config },
        { .label = "no such account", .status = 404, .body = "{\"code\":20404}", .want = OUTCOME_bad_config },
        { .label = "too often", .status = 429, .body = "{\"code\":20429}", .want = OUTCOME_retry_throttled },
        { .label = "in trouble", .status = 500, .body = "", .want = OUTCOME_retry_network },
        { .label = "maintenance", .status = 503, .body = "", .want = OUTCOME_retry_network },
        { .label = "no answer", .status = 0, .body = "", .want = OUTCOME_uncertain },
    };
    channelcase_check_pages("twilio", twilio, cases, STR_COUNT(cases));
}

/* ---- africastalking -------------------------------------------------------------------------------------------- */

#define AT(id)                                                                                                         \
    "{\"id\":" id                                                                                                      \
    ",\"from\":\"+254711000001\",\"to\":\"22334\",\"text\":\"HELP\",\"date\":\"2026-01-01T00:00:00Z\",\"linkId\":\"L\"}"
#define AT_PAGE(list) "{\"SMSMessageData\":{\"Messages\":[" list "]}}"

static void africastalking_is_read(void **state)
{
    (void)state;
    static const struct channelcase_page cases[] = {
        { .label = "two",
            .status = 200,
            .body = AT_PAGE(AT("15071") "," AT("15072")),
            .count = 2,
            .next = "15072",
            .from = "+254711000001",
            .id = "15071",
            .text = "HELP" },
        { .label = "in another order",
            .status = 200,
            .body = AT_PAGE(AT("15072") "," AT("15071")),
            .count = 2,
            .next = "15072" },
        { .label = "ids as texts",
            .status = 200,
            .body = AT_PAGE(AT("\"9\"") "," AT("\"10\"")),
            .count = 2,
            .next = "10" },
        { .label = "nothing new", .cursor = "15072", .status = 200, .body = AT_PAGE(""), .count = 0, .kept = "15072" },
        { .label = "a server that repeats itself",
            .cursor = "15072",
            .status = 200,
            .body = AT_PAGE(AT("15072")),
            .count = 1,
            .kept = "15072" },
        { .label = "201 is a success of theirs", .status = 201, .body = AT_PAGE(""), .count = 0 },
        { .label = "no id",
            .cursor = "5",
            .status = 200,
            .body = AT_PAGE("{\"from\":\"+254711000001\",\"text\":\"x\"}"),
            .count = 1,
            .kept = "5",
            .id = "" },
        { .label = "no list", .status = 200, .body = "{\"SMSMessageData\":{}}", .want = OUTCOME_unparseable },
        { .label = "wrong key",
            .status = 401,
            .body = "The supplied authentication is invalid",
            .want = OUTCOME_bad_config },
    };
    channelcase_check_pages("africastalking", africa, cases, STR_COUNT(cases));
}

/* ---- infobip, sinch -------------------------------------------------------------------------------------------- */

#define MO                                                                                                             \
    "{\"messageId\":\"m1\",\"from\":\"966500000001\",\"to\":\"447537400000\",\"text\":\"Tulong po\",\"cleanText\":\"po\",\"receivedAt\":\"2026-01-01T00:00:00.000+0000\"}"

static void infobip_is_read(void **state)
{
    (void)state;
    static const struct channelcase_page cases[] = {
        { .label = "one, and more wait",
            .status = 200,
            .body = "{\"results\":[" MO "],\"messageCount\":1,\"pendingMessageCount\":3}",
            .count = 1,
            .next = "",
            .from = "+966500000001",
            .id = "m1",
            .text = "Tulong po" },
        { .label = "the last one",
            .status = 200,
            .body = "{\"results\":[" MO "],\"pendingMessageCount\":0}",
            .count = 1 },
        { .label = "fewer than asked for", .status = 200, .body = "{\"results\":[" MO "]}", .count = 1 },
        { .label = "none, whatever is said to wait",
            .status = 200,
            .body = "{\"results\":[],\"pendingMessageCount\":9}",
            .count = 0 },
        { .label = "one that is none hides none",
            .status = 200,
            .body = "{\"results\":[null," MO "]}",
            .count = 1,
            .unread = 1 },
        { .label = "an error with 200", .status = 200, .body = "{\"requestError\":{}}", .want = OUTCOME_unparseable },
        { .label = "wrong key", .status = 401, .body = "{}", .want = OUTCOME_bad_config },
        { .label = "not allowed", .status = 403, .body = "{}", .want = OUTCOME_bad_config },
    };
    channelcase_check_pages("infobip", infobip, cases, STR_COUNT(cases));
}

#define SI                                                                                                             \
    "{\"id\":\"01A\",\"type\":\"mo_text\",\"from\":\"966500000001\",\"to\":\"447537400000\",\"body\":\"Tulong po\",\"received_at\":\"2026-01-01T00:00:00.000Z\"}"

static void sinch_is_read(void **state)
{
    (void)state;
    static const struct channelcase_page cases[] = {
        { .label = "the first of two pages",
            .status = 200,
            .body = "{\"count\":51,\"page\":0,\"page_size\":50,\"inbounds\":[" SI "]}",
            .count = 1,
            .next = "1",
            .id = "01A" },
        { .label = "smaller pages than asked for",
            .cursor = "3",
            .status = 200,
            .body = "{\"count\":5,\"page_size\":1,\"inbounds\":[" SI "]}",
            .count = 1,
            .next = "4" },
        { .label = "the last page",
            .cursor = "1",
            .status = 200,
            .body = "{\"count\":51,\"page_size\":50,\"inbounds\":[" SI "]}",
            .count = 1 },
        { .label = "an empty page ends it",
            .cursor = "1",
            .status = 200,
            .body = "{\"count\":510,\"page_size\":50,\"inbounds\":[]}",
            .count = 0 },
        { .label = "a report among them",
            .status = 200,
            .body = "{\"count\":1,\"inbounds\":[{\"type\":\"recipient_delivery_report_sms\"}]}",
            .count = 0 },
        { .label = "one that is none hides none",
            .status = 200,
            .body = "{\"count\":2,\"inbounds\":[{}," SI "]}",
            .count = 1,
            .unread = 1 },
        { .label = "no such plan", .status = 404, .body = "", .want = OUTCOME_bad_config },
    };
    channelcase_check_pages("sinch", sinch, cases, STR_COUNT(cases));
}

/* ---- phones ---------------------------------------------------------------------------------------------------- */

#define THREAD(contact, status, at)                                                                                    \
    "{\"contact\":\"" contact "\",\"owner\":\"+966500000002\",\"status\":\"" status                                    \
    "\",\"last_message_content\":\"x\",\"last_message_id\":\"m1\",\"order_timestamp\":\"" at "\"}"
#define MESSAGE(type, at)                                                                                              \
    "{\"id\":\"m1\",\"contact\":\"+639170000001\",\"owner\":\"+966500000002\",\"type\":\"" type                        \
    "\",\"content\":\"Tulong po\",\"status\":\"received\",\"order_timestamp\":\"" at "\"}"
#define FIVE(item) item "," item "," item "," item "," item
#define TWENTY(item) FIVE(item) "," FIVE(item) "," FIVE(item) "," FIVE(item)
#define AFTER "2026-01-01T00:00:01.5Z"
#define BEFORE "2025-12-31T23:59:59Z"

static void httpsms_is_read_thread_by_thread(void **state)
{
    (void)state;
    static const struct channelcase_page cases[] = {
        { .label = "who wrote, and who was answered meanwhile",
            .status = 200,
            .body = "{\"data\":[" THREAD("+639170000001", "received", AFTER) "," THREAD(
                "+639170000002", "delivered", AFTER) "," THREAD("+639170000003", "received", BEFORE) "]}",
            .count = 2,
            .next = "- 0 %2B639170000001 %2B639170000002" },
        { .label = "nobody", .status = 200, .body = "{\"data\":[]}", .count = 0 },
        { .label = "a full page of threads",
            .status = 200,
            .body = "{\"data\":[" TWENTY(THREAD("S", "delivered", AFTER)) "]}",
            .count = 0,
            .next = "20 0 S S S S S S S S S S S S S S S S S S S S" },
        { .label = "a full page that is old enough",
            .status = 200,
            .body = "{\"data\":[" TWENTY(THREAD("S", "delivered", BEFORE)) "]}",
            .count = 0 },
        { .label = "the messages of one",
            .cursor = "20 0 %2B639170000001 STC",
            .status = 200,
            .body = "{\"data\":[" MESSAGE("mobile-originated", AFTER) "," MESSAGE(
                "mobile-terminated", AFTER) "," MESSAGE("call/missed", AFTER) "]}",
            .count = 1,
            .next = "20 0 STC",
            .from = "+639170000001",
            .text = "Tulong po" },
        { .label = "a full page of messages",
            .cursor = "- 0 C D",
            .status = 200,
            .body = "{\"data\":[" TWENTY(MESSAGE("mobile-terminated", AFTER)) "]}",
            .count = 0,
            .next = "- 20 C D" },
        { .label = "the last contact of the last threads",
            .cursor = "- 20 C",
            .status = 200,
            .body = "{\"data\":[]}",
            .count = 0 },
        { .label = "the last contact, but more threads",
            .cursor = "40 0 C",
            .status = 200,
            .body = "{\"data\":[]}",
            .count = 0,
            .next = "40 0 " },
        { .label = "wrong key", .status = 401, .body = "", .want = OUTCOME_bad_config },
        { .label = "no list", .status = 200, .body = "{\"data\":null}", .want = OUTCOME_unparseable },
    };
    channelcase_check_pages("httpsms", phone, cases, STR_COUNT(cases));
}

static void app_tells_again_by_itself(void **state)
{
    (void)state;
    static const struct channelcase_page cases[] = {
        { .label = "taken", .status = 202, .body = "{}", .count = 0 },
        { .label = "taken without a word", .status = 204, .body = "", .count = 0 },
        { .label = "wrong password", .status = 401, .body = "", .want = OUTCOME_bad_config },
        { .label = "an app without it", .status = 404, .body = "", .want = OUTCOME_bad_config },
        { .label = "the phone is off", .status = 0, .body = "", .want = OUTCOME_uncertain },
    };
    channelcase_check_pages("android_sms_gateway", app, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_is_asked_for),
        cmocka_unit_test(twilio_is_read),
        cmocka_unit_test(africastalking_is_read),
        cmocka_unit_test(infobip_is_read),
        cmocka_unit_test(sinch_is_read),
        cmocka_unit_test(httpsms_is_read_thread_by_thread),
        cmocka_unit_test(app_tells_again_by_itself),
    };
    return cmocka_run_group_tests_name("channel_listings", tests, NULL, NULL);
}
