/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_whatsapp_cloud - templates out, messages and reports at one address, the question of Meta. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/alertcase.h"

static const char *const pairs[] = { "phone_number_id=100", "token=t1", "template=alert", "template_language=ar",
    "verify_token=our-word", NULL };

static struct settings *make_settings(const json_t *vector, bool is_previous)
{
    char current[256], previous[256];
    const char *secret = json_text(vector, "secret", "");
    (void)snprintf(current, sizeof current, "app_secret=%s", is_previous ? "another" : secret);
    (void)snprintf(previous, sizeof previous, "app_secret_previous=%s", is_previous ? secret : "another");
    const char *const all[] = { "phone_number_id=100", current, previous, NULL };
    return channels_settings("whatsapp_cloud", all);
}

static void every_vector_is_judged(void **state)
{
    (void)state;
    channelcase_check_vectors("whatsapp_cloud", make_settings, 8);
}

static void messages_are_read(void **state)
{
    (void)state;
    static const struct channelcase_message cases[] = {
        { "a text",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"from\":\"966500000001\",\"id\":\"wamid.x\",\"timestamp\":\"1767225600\",\"text\":{\"body\":\"مرحبا\"},\"type\":\"text\"}]},\"field\":\"messages\"}]}]}",
            1, "+966500000001", "", "wamid.x", "مرحبا", "2026-01-01T00:00:00Z", INTENT_help, 0, 0, NULL, false },
        { "two texts, one sign",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"from\":\"63917000\",\"id\":\"a\",\"type\":\"text\",\"text\":{\"body\":\"x\"}},{\"from\":\"63917000\",\"id\":\"r\",\"type\":\"reaction\",\"reaction\":{\"emoji\":\"x\"}},{\"from\":\"63917000\",\"id\":\"b\",\"type\":\"text\",\"text\":{\"body\":\"y\"}}]},\"field\":\"messages\"}]}]}",
            2, NULL, NULL, "a", "x", "", INTENT_help, 0, 0, NULL, false },
        { "a button",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"from\":\"966500000001\",\"id\":\"b\",\"type\":\"button\",\"button\":{\"payload\":\"p\",\"text\":\"Taken\"}}]},\"field\":\"messages\"}]}]}",
            1, NULL, NULL, "b", "Taken", NULL, INTENT_help, 0, 0, NULL, false },
        { "a place",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"from\":\"966500000001\",\"id\":\"b\",\"type\":\"location\",\"location\":{\"latitude\":24.5,\"longitude\":46.5}}]},\"field\":\"messages\"}]}]}",
            1, NULL, NULL, "b", "[location 24.5 46.5]", NULL, INTENT_help, 0, 0, NULL, false },
        { "a voice note",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"from\":\"966500000001\",\"id\":\"b\",\"type\":\"audio\",\"audio\":{\"id\":\"1\"}}]},\"field\":\"messages\"}]}]}",
            1, NULL, NULL, "b", "[audio]", NULL, INTENT_help, 0, 0, NULL, false },
        { "a picture with words",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"from\":\"966500000001\",\"id\":\"b\",\"type\":\"image\",\"image\":{\"caption\":\"help\"}}]},\"field\":\"messages\"}]}]}",
            1, NULL, NULL, "b", "help", NULL, INTENT_help, 0, 0, NULL, false },
        { "no number",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"from_user_id\":\"US.1\",\"id\":\"b\",\"type\":\"text\",\"text\":{\"body\":\"x\"}}]},\"field\":\"messages\"}]}]}",
            1, NULL, NULL, "b", "x", NULL, INTENT_help, 0, 0, NULL, false },
        { "reports only",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"statuses\":[{\"id\":\"w\",\"status\":\"sent\"}]},\"field\":\"messages\"}]}]}",
            0, NULL, NULL, NULL, NULL, NULL, INTENT_help, 0, 0, NULL, false },
        { "an empty event", "{\"object\":\"x\",\"entry\":[]}", 0, NULL, NULL, NULL, NULL, NULL, INTENT_help, 0, 0, NULL,
            false },
        { "no event", "{\"object\":\"x\"}", ERR_INVALID, NULL, NULL, NULL, NULL, NULL, INTENT_help, 0, 0, NULL, false },
        { "not JSON", "x", ERR_INVALID, NULL, NULL, NULL, NULL, NULL, INTENT_help, 0, 0, NULL, false },
        { "a message that is none",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[\"x\"]},\"field\":\"messages\"}]}]}",
            ERR_INVALID, NULL, NULL, NULL, NULL, NULL, INTENT_help, 0, 0, NULL, false },
    };
    channelcase_check_messages("whatsapp_cloud", pairs, cases, STR_COUNT(cases));
}

static void reports_are_read(void **state)
{
    (void)state;
    static const struct channelcase_report cases[] = {
        { "read",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"statuses\":[{\"id\":\"wamid.x\",\"status\":\"read\",\"timestamp\":\"1767225600\",\"recipient_id\":\"966500000001\"}]},\"field\":\"messages\"}]}]}",
            1, REPORT_DELIVERED, "wamid.x", "", "2026-01-01T00:00:00Z" },
        { "failed",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"statuses\":[{\"id\":\"w\",\"status\":\"failed\",\"errors\":[{\"code\":131026,\"title\":\"x\"}]}]},\"field\":\"messages\"}]}]}",
            1, REPORT_FAILED, "w", "131026", NULL },
        { "failed for now",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"statuses\":[{\"id\":\"w\",\"status\":\"failed\",\"errors\":[{\"code\":131016}]}]},\"field\":\"messages\"}]}]}",
            1, REPORT_FAILED_TEMPORARY, "w", "131016", NULL },
        { "two",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"statuses\":[{\"id\":\"w\",\"status\":\"sent\"},{\"id\":\"v\",\"status\":\"delivered\"}]},\"field\":\"messages\"}]}]}",
            2, REPORT_SENT, "w", "", NULL },
        { "an unknown word",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"statuses\":[{\"id\":\"w\",\"status\":\"warning\"}]},\"field\":\"messages\"}]}]}",
            1, REPORT_PENDING, "w", "", NULL },
        { "messages only",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"messages\":[{\"id\":\"x\"}]},\"field\":\"messages\"}]}]}",
            0, 0, NULL, NULL, NULL },
        { "no id",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{\"value\":{\"messaging_product\":\"whatsapp\",\"metadata\":{\"phone_number_id\":\"100\"},\"statuses\":[{\"status\":\"sent\"}]},\"field\":\"messages\"}]}]}",
            ERR_INVALID, 0, NULL, NULL, NULL },
    };
    channelcase_check_reports("whatsapp_cloud", pairs, cases, STR_COUNT(cases));
}

static void only_its_own_question_is_answered(void **state)
{
    (void)state;
    static const struct {
        const char *label, *method, *query, *want; /* NULL = not answered */
    } cases[] = {
        { "ours", "GET", "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=our-word", "1158201444" },
        { "another word", "GET", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=our-ward", NULL },
        { "no word", "GET", "hub.mode=subscribe&hub.challenge=1", NULL },
        { "an empty word", "GET", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=", NULL },
        { "another mode", "GET", "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=our-word", NULL },
        { "a page", "GET", "hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token=our-word", NULL },
        { "a NUL", "GET", "hub.mode=subscribe&hub.challenge=1%002&hub.verify_token=our-word", NULL },
        { "no challenge", "GET", "hub.mode=subscribe&hub.challenge=&hub.verify_token=our-word", NULL },
        { "a POST", "POST", "hub.mode=subscribe&hub.challenge=1&hub.verify_token=our-word", NULL },
    };
    struct settings *settings = channels_settings("whatsapp_cloud", pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct reply reply = { .status = 0 };
        const struct request request = {
            .method = cases[i].method, .path = "/in/x/message", .query = cases[i].query, .body = span_of("")
        };
        bool is_answered = registry_find("whatsapp_cloud")->greet(settings, &request, &reply);
        if (is_answered != (cases[i].want != NULL) ||
            (is_answered && (reply.status != 200 || !str_equal(reply.body, cases[i].want) ||
                                reply.body_len != strlen(cases[i].want))))
            fail_msg("%s: %d, %s", cases[i].label, reply.status, reply.body);
    }
    settings_free(settings);
}

static void a_parameter_is_one_line_and_a_button_is_never_empty(void **state)
{
    (void)state;
    static const char *const button[] = { "phone_number_id=100", "token=t1", "template=alert", "template_language=ar",
        "parameters=body|from", "button_url=https://line.example.org/ack/", NULL };
    static const struct alertcase_request cases[] = {
        { "lines, tabs and spaces", "+966500000009",
            "\n a\r\n\n b\t\tc      d\xe2\x80\xa8"
            "e ",
            false, 0, NULL, NULL, NULL,
            "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"966500000009\",\"type\":\"template\",\"template\":{\"name\":\"alert\",\"language\":{\"policy\":\"deterministic\",\"code\":\"ar\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"a / b c d / e\"},{\"type\":\"text\",\"text\":\"+966500000001\"}]},{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"0\",\"parameters\":[{\"type\":\"text\",\"text\":\"a1.9.f0\"}]}]},\"biz_opaque_callback_data\":\"a1-0\"}" },
        { "a name", "STC", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "a notice to a number", "+966500000009", "x", true, 0, NULL, NULL, NULL,
            "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"966500000009\",\"type\":\"template\",\"template\":{\"name\":\"alert\",\"language\":{\"policy\":\"deterministic\",\"code\":\"ar\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"x\"},{\"type\":\"text\",\"text\":\"-\"}]},{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"0\",\"parameters\":[{\"type\":\"text\",\"text\":\"-\"}]}]},\"biz_opaque_callback_data\":\"a1-0\"}" },
    };
    alertcase_check_sends("whatsapp_cloud", button, cases, STR_COUNT(cases));
}

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "+966500000009", "x", false, 0, "POST", "https://graph.facebook.com/v25.0/100/messages",
            "Authorization: Bearer t1",
            "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"966500000009\",\"type\":\"template\",\"template\":{\"name\":\"alert\",\"language\":{\"policy\":\"deterministic\",\"code\":\"ar\"},\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"" ALERTCASE_SUBJECT
            "\"},{\"type\":\"text\",\"text\":\"x\"},{\"type\":\"text\",\"text\":\"" ALERTCASE_LINK
            "\"}]}]},\"biz_opaque_callback_data\":\"a1-0\"}" },
        { "a name", "STC", "x", false, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("whatsapp_cloud", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){
        "whatsapp_cloud", pairs, "+966500000009", "/template/components/0/parameters/1/text", 900 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"messages\":[{\"id\":\"wamid.1\"}],\"contacts\":[]}", OUTCOME_sent,
            "wamid.1", "" },
        { "no id", REPLY_ANSWERED, 200, "{}", OUTCOME_unparseable, "", "" },
        { "throttled by code", REPLY_ANSWERED, 400, "{\"error\":{\"message\":\"x\",\"code\":130429}}",
            OUTCOME_retry_throttled, "", "130429" },
        { "too many to this one", REPLY_ANSWERED, 400, "{\"error\":{\"message\":\"x\",\"code\":131056}}",
            OUTCOME_retry_throttled, "", "131056" },
        { "not on WhatsApp", REPLY_ANSWERED, 400, "{\"error\":{\"message\":\"x\",\"code\":131026}}", OUTCOME_rejected,
            "", "131026" },
        { "after a day", REPLY_ANSWERED, 400, "{\"error\":{\"message\":\"x\",\"code\":131047}}", OUTCOME_rejected, "",
            "131047" },
        { "no such template", REPLY_ANSWERED, 404, "{\"error\":{\"message\":\"x\",\"code\":132001}}",
            OUTCOME_bad_config, "", "132001" },
        { "token is over", REPLY_ANSWERED, 401, "{\"error\":{\"message\":\"x\",\"code\":190}}", OUTCOME_bad_config, "",
            "190" },
        { "trouble that passes", REPLY_ANSWERED, 500, "{\"error\":{\"message\":\"x\",\"code\":131000}}",
            OUTCOME_retry_network, "", "131000" },
        { "unknown code", REPLY_ANSWERED, 400, "{\"error\":{\"message\":\"x\",\"code\":100}}", OUTCOME_rejected, "",
            "100" },
        { "no code", REPLY_ANSWERED, 500, "", OUTCOME_uncertain, "", "" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("whatsapp_cloud", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled", 429, 15, "{\"error\":{\"message\":\"x\",\"code\":80007}}", OUTCOME_retry_throttled, 15 },
    };
    alertcase_check_waits("whatsapp_cloud", pairs, cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_judged),
        cmocka_unit_test(messages_are_read),
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(only_its_own_question_is_answered),
        cmocka_unit_test(a_parameter_is_one_line_and_a_button_is_never_empty),
        cmocka_unit_test(alerts_and_notices_become_one_request),
        cmocka_unit_test(trust_size_and_link_are_kept),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(the_wait_that_is_asked_for_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
