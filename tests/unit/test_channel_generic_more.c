/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_generic_more - reports in lists, XML and codings when sending, words of an answer, and what contradicts.
 */
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

#define SEND "send_url=https://sms.example.org/send"
#define MAC "auth=hmac", "secret=key-one"
#define PAIRS_MAX 8

static const struct channel_ops *ops(void)
{
    return registry_find("generic");
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_case {
    const char *label, *pairs[PAIRS_MAX], *body;
    int want;
    struct {
        const char *id;
        int status;
        int64_t at;
        const char *code;
    } reports[3];
} report_cases[] = {
    { "a list of JSON",
        { "auth=none", "reports=/dlr", "field_status_id=msg", "field_status=state", "field_status_time=done",
            "time_zone=+03:00" },
        "{\"dlr\":[{\"msg\":1,\"state\":\"delivered\",\"done\":\"2026-01-01 03:00:00\"},{\"msg\":2,\"state\":\"sent\"}]}",
        2, { { "1", REPORT_DELIVERED, 1767225600000, "" }, { "2", REPORT_SENT, 0, "" } } },
    { "XML with a code",
        { "auth=none", "reports=/dlrs/dlr", "field_status=@state", "field_status_code=err", "codes_temporary=27|28",
            "codes_opted_out=21610" },
        "<dlrs><dlr state=\"failed\"><id>a</id><err>27</err></dlr><dlr state=\"failed\"><id>b</id><err>21610</err></dlr>"
        "<dlr state=\"failed\"><id>c</id><err>5</err></dlr></dlrs>",
        3,
        { { "a", REPORT_FAILED_TEMPORARY, 0, "27" }, { "b", REPORT_OPTED_OUT, 0, "21610" },
            { "c", REPORT_FAILED, 0, "5" } } },
    { "numbers for words, as Kannel has them",
        { "auth=none", "status_delivered=1", "status_failed=2|16", "status_pending=4", "status_sent=8" },
        "id=7&status=8", 1, { { "7", REPORT_SENT, 0, "" } } },
    { "a usual word that means something else here", { "auth=none", "status_pending=sent" }, "id=7&status=sent", 1,
        { { "7", REPORT_PENDING, 0, "" } } },
    { "words for what may come yet, and for STOP",
        { "auth=none", "status_failed_temporary=absent", "status_opted_out=blocked" }, "id=7&status=BLOCKED", 1,
        { { "7", REPORT_OPTED_OUT, 0, "" } } },
    { "numbered fields", { "auth=none", "field_status_id=id{n}", "field_status=st{n}" },
        "id1=a&st1=sent&id2=b&st2=read", 2, { { "a", REPORT_SENT, 0, "" }, { "b", REPORT_DELIVERED, 0, "" } } },
    { "a list in which one is a message", { "auth=none", "reports=/e", "field_type=t", "report_types=dlr" },
        "{\"e\":[{\"t\":\"mo\",\"id\":1,\"status\":\"received\"},{\"t\":\"dlr\",\"id\":2,\"status\":\"sent\"}]}", 1,
        { { "2", REPORT_SENT, 0, "" } } },
    { "a message where reports are of another type", { "auth=none", "field_type=t", "report_types=dlr" },
        "id=1&status=received&t=mo&text=help", 0, { { NULL, 0, 0, NULL } } },
    { "a list that is missing", { "auth=none", "reports=/dlr" }, "{\"id\":1,\"status\":\"sent\"}", ERR_INVALID,
        { { NULL, 0, 0, NULL } } },
};

static void reports_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(report_cases); i++) {
        const struct report_case *test = &report_cases[i];
        struct settings *settings = channels_settings("generic", test->pairs);
        struct delivery_report reports[4];
        struct request request = channels_post("/in/gen/status", test->body);
        if (strchr("<{", *test->body))
            request.header_count = 0;
        int count = ops()->parse_status(settings, &request, reports, STR_COUNT(reports));
        if (count != test->want)
            fail_msg("%s: %d", test->label, count);
        for (int k = 0; k < count; k++) {
            if (strcmp(reports[k].remote_id, test->reports[k].id) ||
                (int)reports[k].status != test->reports[k].status || reports[k].at != test->reports[k].at ||
                strcmp(reports[k].provider_code, test->reports[k].code))
                fail_msg("%s: report %d: %s %d at %lld code %s", test->label, k, reports[k].remote_id,
                    reports[k].status, (long long)reports[k].at, reports[k].provider_code);
        }
        settings_free(settings);
    }
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static void xml_and_codings_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *label, *pairs[PAIRS_MAX], *text, *want;
    } cases[] = {
        { "XML", { "auth=none", SEND, "send_type=xml", "send_body=<sms to=\"{to}\"><t>{text}</t></sms>" },
            "a<b> & \"c\"\n]]>", "<sms to=\"+966500000001\"><t>a&#60;b&#62; &#38; &#34;c&#34;&#10;]]&#62;</t></sms>" },
        { "GSM", { "auth=none", SEND, "send_body=dcs={coding}&ud={text}", "coding_gsm=0", "coding_unicode=8" }, "a@b",
            "dcs=0&ud=a%40b" },
        { "Unicode in hex",
            { "auth=none", SEND, "send_body=dcs={coding}&ud={text_hex}", "coding_gsm=0", "coding_unicode=8" }, "ሀ🙏",
            "dcs=8&ud=1200d83dde4f" },
        { "time and the address for reports",
            { "auth=none", SEND, "send_body=t={now}&dlr={status_url}",
                "public_url=https://line.example.org/in/gen/message" },
            "x", "t=1767225600&dlr=https%3A%2F%2Fline.example.org%2Fin%2Fgen%2Fstatus" },
        { "a text that is too long", { "auth=none", SEND, "send_body={text}", "send_type=text", "text_max=70" },
            "1234567890123456789012345678901234567890123456789012345678901234567890x",
            "1234567890123456789012345678901234567890123456789012345678901234567..." },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct settings *settings = channels_settings("generic", cases[i].pairs);
        const struct sms_out message = {
            .id = "o1", .from = "", .to = "+966500000001", .text = cases[i].text, .now_ms = 1767225600000
        };
        struct transmit transmit;
        transmit_init(&transmit);
        int rc = ops()->build_send(settings, &message, &transmit);
        if (rc || strcmp(transmit.body.data, cases[i].want) != 0)
            fail_msg("%s: %d %s", cases[i].label, rc, transmit.body.data ? transmit.body.data : "");
        transmit_done(&transmit);
        settings_free(settings);
    }
}

static void answers_are_told_apart_by_path(void **state)
{
    (void)state;
    static const char *const pairs[] = { "auth=none", SEND, "result_path=/messages/0/status", "sent_when=0",
        "throttled_when=1|http:420", "retry_when=5|http:5xx", "bad_config_when=4|9|http:402", "rejected_when=6",
        "opted_out_when=29", "id_path=/messages/0/id", "code_path=/messages/0/status", NULL };
    static const struct channelcase_reply cases[] = {
        { "sent", REPLY_ANSWERED, 200, "{\"messages\":[{\"status\":\"0\",\"id\":\"m1\"}]}", OUTCOME_sent, "m1", "0" },
        { "throttled", REPLY_ANSWERED, 200, "{\"messages\":[{\"status\":1}]}", OUTCOME_retry_throttled, "", "1" },
        { "their trouble", REPLY_ANSWERED, 200, "{\"messages\":[{\"status\":5}]}", OUTCOME_retry_network, "", "5" },
        { "no credit", REPLY_ANSWERED, 200, "{\"messages\":[{\"status\":9}]}", OUTCOME_bad_config, "", "9" },
        { "refused", REPLY_ANSWERED, 200, "{\"messages\":[{\"status\":6}]}", OUTCOME_rejected, "", "6" },
        { "STOP", REPLY_ANSWERED, 200, "{\"messages\":[{\"status\":29}]}", OUTCOME_opted_out, "", "29" },
        { "a word of no list", REPLY_ANSWERED, 200, "{\"messages\":[{\"status\":77}]}", OUTCOME_unparseable, "", "77" },
        { "no word", REPLY_ANSWERED, 200, "", OUTCOME_unparseable, "", "" },
        { "success in an error is none", REPLY_ANSWERED, 400, "{\"messages\":[{\"status\":0}]}", OUTCOME_rejected, "",
            "0" },
        { "too fast by status", REPLY_ANSWERED, 420, "", OUTCOME_retry_throttled, "", "" },
        { "payment by status", REPLY_ANSWERED, 402, "", OUTCOME_bad_config, "", "" },
        { "a class", REPLY_ANSWERED, 502, "", OUTCOME_retry_network, "", "" },
        { "a word before a status", REPLY_ANSWERED, 502, "{\"messages\":[{\"status\":29}]}", OUTCOME_opted_out, "",
            "29" },
        { "not answered", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("generic", pairs, cases, STR_COUNT(cases));
}

static void answers_are_told_apart_by_words(void **state)
{
    (void)state;
    static const char *const pairs[] = { "auth=none", SEND, "sent_when=accepted", "bad_config_when=wrong password",
        "rejected_when=bad number", "id_after=ID:", NULL };
    static const struct channelcase_reply cases[] = {
        { "sent", REPLY_ANSWERED, 200, "0: Accepted for delivery. ID: 4711; next", OUTCOME_sent, "4711", "" },
        { "no password", REPLY_ANSWERED, 200, "Error: WRONG PASSWORD", OUTCOME_bad_config, "", "" },
        { "refused", REPLY_ANSWERED, 200, "bad number", OUTCOME_rejected, "", "" },
        { "something else", REPLY_ANSWERED, 200, "hello", OUTCOME_unparseable, "", "" },
    };
    channelcase_check_replies("generic", pairs, cases, STR_COUNT(cases));
    static const char *const xml[] = { "auth=none", SEND, "result_path=/reply/@code", "sent_when=OK",
        "id_path=/reply/sms/id", NULL };
    static const struct channelcase_reply xml_cases[] = {
        { "XML", REPLY_ANSWERED, 200, "<reply code=\"ok\"><sms><id>x1</id></sms></reply>", OUTCOME_sent, "x1", "" },
        { "other XML", REPLY_ANSWERED, 200, "<reply code=\"no\"/>", OUTCOME_unparseable, "", "" },
    };
    channelcase_check_replies("generic", xml, xml_cases, STR_COUNT(xml_cases));
    static const char *const form[] = { "auth=none", SEND, "result_path=rc", "sent_when=0", "id_path=id", NULL };
    static const struct channelcase_reply form_cases[] = {
        { "form", REPLY_ANSWERED, 200, "rc=0&id=f1", OUTCOME_sent, "f1", "" },
    };
    channelcase_check_replies("generic", form, form_cases, STR_COUNT(form_cases));
}

/* ---- answers and checks ---------------------------------------------------------------------------------------- */

static void reports_and_forgeries_may_have_answers_of_their_own(void **state)
{
    (void)state;
    static const char *const pairs[] = { "auth=basic", "auth_user=line", "secret=key-one", "report_body=ACK/Jasmin",
        "forbidden_status=401", NULL };
    struct settings *settings = channels_settings("generic", pairs);
    struct reply reply;
    ops()->answer(settings, ANSWER_STORED, &reply);
    assert_string_equal(reply.body, "");
    ops()->answer(settings, ANSWER_REPORT, &reply);
    assert_string_equal(reply.body, "ACK/Jasmin");
    ops()->answer(settings, ANSWER_FORBIDDEN, &reply);
    assert_int_equal(reply.status, 401);
    assert_non_null(strstr(reply.www_authenticate, "Basic"));
    settings_free(settings);
}

static void what_contradicts_is_refused_with_a_sentence(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "Basic without a user", { "auth=basic", "secret=x" }, "auth_user" },
        { "a user with a colon", { "auth=basic", "secret=x", "auth_user=a:b" }, "colon" },
        { "a user for nothing", { "auth=none", "auth_user=a" }, "basic" },
        { "a hash without the secret", { "auth=hash", "secret=x" }, "{secret}" },
        { "an HMAC with the secret", { MAC, "signed_text={body}{secret}" }, "{secret}" },
        { "an unknown piece with an argument", { MAC, "signed_text={body}{cookie:x}" }, "cookie:x" },
        { "the address without public_url", { MAC, "signed_text={url}{body}" }, "public_url" },
        { "two places of the time", { MAC, "signed_text={timestamp}{body}", "timestamp_header=a", "timestamp_field=b" },
            "only one" },
        { "a time in the query that nobody signs", { MAC, "signed_text={query}", "timestamp_field=t" }, "timestamp" },
        { "a key that is not hex", { MAC, "secret_encoding=hex" }, "secret_encoding" },
        { "a text from the unsigned query", { MAC, "field_text=query:t" }, "query" },
        { "a sender from an unsigned header", { MAC, "field_from=header:X-From" }, "X-From" },
        { "a path that ends in a slash", { "auth=none", "field_text=/a/" }, "slash" },
        { "a broken escape", { "auth=none", "messages=/a~2b" }, "~" },
        { "a star in an answer", { "auth=none", "id_path=/a/*/b" }, "*" },
        { "no coding", { "auth=none", "text_coding=hex klingon" }, "hex klingon" },
        { "a word without meaning", { "auth=none", "field_coding=c", "coding_words=8" }, "VALUE = CODING" },
        { "words without a field", { "auth=none", "coding_words=8 = hex" }, "field_coding" },
        { "no zone", { "auth=none", "time_zone=Riyadh" }, "Riyadh" },
        { "a number of one field alone", { "auth=none", "field_from=from{n}" }, "field_text" },
        { "two ways to tell messages apart", { "auth=none", "field_text=t{n}", "repeated=messages" }, "repeated" },
        { "a total without parts", { "auth=none", "field_part_total=n" }, "field_part" },
        { "types without a field", { "auth=none", "report_types=dlr" }, "field_type" },
        { "one word for two things", { "auth=none", "retry_when=5", "rejected_when=5" }, "rejected_when" },
        { "no status", { "auth=none", "retry_when=http:50" }, "http:50" },
        { "sent by an error", { "auth=none", "sent_when=http:404" }, "sent_when" },
        { "a token that is not there", { "auth=none", SEND, "send_headers=Authorization: Bearer {token}" },
            "send_token" },
        { "a coding that is not there", { "auth=none", SEND, "send_body=dcs={coding}" }, "coding_unicode" },
        { "broken XML", { "auth=none", SEND, "send_type=xml", "send_body=<a>{text}</b>" }, "XML" },
        { "204 with a body", { "auth=none", "ack_status=204", "report_body=OK" }, "204" },
    };
    channelcase_check_refusals("generic", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_are_read),
        cmocka_unit_test(xml_and_codings_are_written),
        cmocka_unit_test(answers_are_told_apart_by_path),
        cmocka_unit_test(answers_are_told_apart_by_words),
        cmocka_unit_test(reports_and_forgeries_may_have_answers_of_their_own),
        cmocka_unit_test(what_contradicts_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
