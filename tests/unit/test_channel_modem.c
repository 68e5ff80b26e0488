/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_modem - frames of a modem's worker to messages and reports, texts to parts, codes to outcomes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/gsm/pdu.h"
#include "handlers/modem.h"
#include "tests/support/channelcase.h"

#define VECTORS "tests/golden/pdus.json"
#define BODY_MAX 4096

static const char *const pairs[] = { "device=/dev/null", "number=+966500000000", NULL };

static json_t *golden(void)
{
    json_error_t error;
    json_t *root = json_load_file(VECTORS, 0, &error);
    assert_non_null(root);
    return root;
}

static const json_t *find(const json_t *root, const char *label)
{
    size_t i;
    json_t *row;
    json_array_foreach(
        json_object_get(root, "vectors"), i, row) if (str_equal(json_text(row, "label", ""), label)) return row;
    fail_msg("no vector %s", label);
    return NULL;
}

static struct request frame_of(const char *body)
{
    return (struct request){ .method = "SMS", .path = "/in/sim1/message", .query = "", .body = span_of(body) };
}

static int parse(const struct settings *settings, const char *body, struct sms_in *ret)
{
    struct request request = frame_of(body);
    return registry_find("modem")->parse_message(settings, &request, ret, 1);
}

static void write_frame(const json_t *row, const char *kind, char *ret)
{
    snprintf(ret, BODY_MAX, "{\"message\":\"m1\",\"kind\":\"%s\",\"pdu\":\"%s\",\"length\":%d}", kind,
        json_text(row, "pdu", ""), (int)json_int(row, "length", -1));
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

static void only_a_frame_is_authentic(void **state)
{
    static const char *const methods[] = { "GET", "POST", "sms", "" };
    (void)state;
    struct settings *settings = channels_settings("modem", pairs);
    struct request request = frame_of("{}");
    assert_int_equal(registry_find("modem")->verify(settings, &request, 0), VERDICT_VALID);
    for (size_t i = 0; i < STR_COUNT(methods); i++) {
        request.method = methods[i];
        assert_int_equal(registry_find("modem")->verify(settings, &request, 0), VERDICT_INVALID);
    }
    settings_free(settings);
}

static void check_vector(const struct settings *settings, const json_t *row)
{
    char body[BODY_MAX];
    struct sms_in sms = { .text = NULL };
    const char *label = json_text(row, "label", ""), *text = json_text(row, "text", NULL);
    write_frame(row, "pdu", body);
    int count = parse(settings, body, &sms);
    if (count != 1)
        fail_msg("%s: %d", label, count);
    bool is_text = !str_equal(json_text(row, "alphabet", ""), "8bit");
    if (is_text && text && !str_equal(text, sms.text))
        fail_msg("%s: \"%s\"", label, sms.text);
    if ((sms.part != 0) != (sms.raw != NULL) || !str_starts(sms.remote_id, "content:"))
        fail_msg("%s: raw or id", label);
    sms_in_done(&sms);
}

static void every_text_of_the_vectors_is_read(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("modem", pairs);
    json_t *root = golden(), *row;
    size_t i, checked = 0;
    json_array_foreach(json_object_get(root, "vectors"), i, row)
    {
        if (!str_equal(json_text(row, "type", ""), "DELIVER"))
            continue;
        check_vector(settings, row);
        checked++;
    }
    assert_true(checked > 50);
    json_decref(root);
    settings_free(settings);
}

static void what_is_no_text_of_hers_is_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *label, *body;
        int want;
        const char *from, *text;
        enum phone_kind kind;
        enum intent intent;
        bool is_call;
    } cases[] = {
        { "a call", "{\"kind\":\"call\",\"from\":\"+966501110001\",\"type\":145,\"read_at\":1767225601000}", 1,
            "+966501110001", "", PHONE_E164, INTENT_help, true },
        { "a call without its plus", "{\"kind\":\"call\",\"from\":\"966501110001\",\"type\":145,\"read_at\":1}", 1,
            "+966501110001", "", PHONE_E164, INTENT_help, true },
        { "a withheld call", "{\"kind\":\"call\",\"from\":\"\",\"read_at\":1}", 1, "", "", PHONE_HIDDEN, INTENT_help,
            true },
        { "raw bytes", "{\"kind\":\"raw\",\"pdu\":\"+CMGL: 1\"}", ERR_INVALID, NULL, NULL, 0, 0, false },
        { "no PDU", "{\"kind\":\"pdu\",\"pdu\":\"xyz\",\"length\":1}", ERR_INVALID, NULL, NULL, 0, 0, false },
        { "a length out of this world", "{\"kind\":\"pdu\",\"pdu\":\"00\",\"length\":99999999999}", ERR_INVALID, NULL,
            NULL, 0, 0, false },
        { "an unknown kind", "{\"kind\":\"mms\"}", ERR_INVALID, NULL, NULL, 0, 0, false },
        { "no kind", "{}", ERR_INVALID, NULL, NULL, 0, 0, false },
        { "no JSON", "x", ERR_INVALID, NULL, NULL, 0, 0, false },
        { "a list", "[]", ERR_INVALID, NULL, NULL, 0, 0, false },
    };
    struct settings *settings = channels_settings("modem", pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct sms_in sms = { .text = NULL };
        int got = parse(settings, cases[i].body, &sms);
        if (got != cases[i].want)
            fail_msg("%s: %d", cases[i].label, got);
        if (got < 1)
            continue;
        if (!str_equal(sms.from, cases[i].from) || !str_equal(sms.text, cases[i].text) ||
            sms.from_kind != cases[i].kind || sms.provider_intent != cases[i].intent || sms.is_call != cases[i].is_call)
            fail_msg("%s: from %s text \"%s\" kind %d", cases[i].label, sms.from, sms.text, sms.from_kind);
        sms_in_done(&sms);
    }
    settings_free(settings);
}

/* An alphanumeric sender that reads like a number of Kuwait, with the text OK. */
static void name_of_digits_is_no_number(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("modem", pairs);
    struct sms_in sms;
    const char *body =
        "{\"kind\":\"pdu\",\"pdu\":\"000414D0395BAD0683C16030580C00086211322150600004004F004B\",\"length\":-1}";
    if (parse(settings, body, &sms) != 1)
        fail_msg("the frame of the test is not read");
    char again[PHONE_MAX];
    assert_int_equal(sms.from_kind, PHONE_ALPHANUMERIC);
    assert_non_null(strstr(sms.from, "96550000001"));
    assert_string_equal(sms.text, "OK");
    assert_int_not_equal(phone_normalise(sms.from, "KW", again), PHONE_E164);
    sms_in_done(&sms);
    settings_free(settings);
}

static void same_octets_have_the_same_id_and_others_another(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("modem", pairs);
    json_t *root = golden();
    char body[BODY_MAX];
    struct sms_in sms[3];
    static const char *const labels[] = { "deliver-tl-gsm7", "deliver-tl-gsm7", "deliver-id-gsm7" };
    for (size_t i = 0; i < 3; i++) {
        write_frame(find(root, labels[i]), "pdu", body);
        assert_int_equal(parse(settings, body, &sms[i]), 1);
    }
    assert_string_equal(sms[0].remote_id, sms[1].remote_id);
    assert_string_not_equal(sms[0].remote_id, sms[2].remote_id);
    for (size_t i = 0; i < 3; i++)
        sms_in_done(&sms[i]);
    json_decref(root);
    settings_free(settings);
}

static void call_at_an_impossible_time_has_none(void **state)
{
    static const char *const times[] = { "9223372036854775807", "-9223372036854775807", "-1", "0" };
    struct settings *settings = channels_settings("modem", pairs);
    (void)state;
    for (size_t i = 0; i < STR_COUNT(times); i++) {
        char body[200];
        struct sms_in sms;
        snprintf(
            body, sizeof body, "{\"kind\":\"call\",\"from\":\"+966501110001\",\"type\":145,\"read_at\":%s}", times[i]);
        assert_int_equal(parse(settings, body, &sms), 1);
        if (sms.sent_at != 0 || sms.remote_id[0])
            fail_msg("%s: believed", times[i]);
        sms_in_done(&sms);
    }
    settings_free(settings);
}

static void calls_are_ignored_when_the_operator_says_so(void **state)
{
    static const char *const ignoring[] = { "device=/dev/null", "calls=ignore", NULL };
    (void)state;
    struct settings *settings = channels_settings("modem", ignoring);
    struct sms_in sms;
    assert_int_equal(parse(settings, "{\"kind\":\"call\",\"from\":\"+966501110001\",\"read_at\":1}", &sms), 0);
    settings_free(settings);
}

/* ---- parts of hers --------------------------------------------------------------------------------------------- */

static void check_set(const struct settings *settings, const json_t *root, const json_t *set)
{
    const char *raws[16];
    size_t i, count = json_array_size(json_object_get(set, "parts"));
    json_t *name;
    AUTO_BUF text;
    buf_init(&text, BODY_MAX * 4);
    json_array_foreach(json_object_get(set, "parts"), i, name) raws[i] =
        json_text(find(root, json_string_value(name)), "pdu", "");
    assert_int_equal(registry_find("modem")->join(settings, raws, count, &text), 0);
    if (!str_equal(text.data, json_text(set, "text", "")))
        fail_msg("%s: \"%s\"", json_text(set, "label", ""), text.data);
}

static void parts_are_decoded_together(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("modem", pairs);
    json_t *root = golden(), *set;
    size_t i, checked = 0;
    json_array_foreach(json_object_get(root, "sets"), i, set)
    {
        if (str_starts(json_text(set, "label", ""), "set-submit"))
            continue;
        check_set(settings, root, set);
        checked++;
    }
    assert_true(checked >= 6);
    AUTO_BUF text;
    buf_init(&text, BODY_MAX);
    const char *const broken[] = { "00" };
    assert_int_equal(registry_find("modem")->join(settings, broken, 1, &text), ERR_INVALID);
    json_decref(root);
    settings_free(settings);
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static int status_of(unsigned st)
{
    char body[BODY_MAX];
    struct delivery_report report;
    struct settings *settings = channels_settings("modem", pairs);
    snprintf(body, sizeof body,
        "{\"kind\":\"report\",\"pdu\":\"0006070C9169051111222262113221506000621132215060"
        "00%02X\",\"length\":-1}",
        st);
    struct request request = frame_of(body);
    int count = registry_find("modem")->parse_status(settings, &request, &report, 1);
    settings_free(settings);
    if (count != 1)
        return count < 0 ? count : -1000;
    assert_string_equal(report.remote_id, "7");
    assert_string_equal(report.to, "+965011112222");
    return (int)report.status;
}

static void status_of_a_report_says_what_became_of_it(void **state)
{
    (void)state;
    static const struct {
        unsigned st;
        int want;
    } cases[] = { { 0, REPORT_DELIVERED }, { 1, REPORT_DELIVERED }, { 2, REPORT_DELIVERED }, { 0x20, REPORT_PENDING },
        { 0x3f, REPORT_PENDING }, { 0x40, REPORT_FAILED }, { 0x46, REPORT_FAILED }, { 0x60, REPORT_FAILED_TEMPORARY },
        { 0x7f, REPORT_FAILED_TEMPORARY }, { 0x80, REPORT_FAILED } };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        int got = status_of(cases[i].st);
        if (got != cases[i].want)
            fail_msg("TP-ST %02x: %d", cases[i].st, got);
    }
}

static void report_is_no_message_and_a_message_no_report(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("modem", pairs);
    json_t *root = golden();
    char body[BODY_MAX];
    struct sms_in sms;
    struct delivery_report report;
    write_frame(find(root, "report-st-00"), "pdu", body);
    assert_int_equal(parse(settings, body, &sms), 0);
    write_frame(find(root, "deliver-tl-gsm7"), "report", body);
    struct request request = frame_of(body);
    assert_int_equal(registry_find("modem")->parse_status(settings, &request, &report, 1), 0);
    json_decref(root);
    settings_free(settings);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static json_t *send_parts(const char *const *with, const char *text, unsigned number, struct transmit *out)
{
    struct error error;
    struct settings *settings = channels_settings("modem", with);
    struct sms_out message = { .id = "x", .from = "", .to = "+966501112222", .text = text, .number = number };
    transmit_init(out);
    int rc = registry_find("modem")->build_send(settings, &message, out);
    settings_free(settings);
    assert_int_equal(rc, 0);
    assert_int_equal(out->kind, TRANSMIT_SMS);
    return json_read(buf_span(&out->body), &error);
}

static void text_is_sent_as_parts_with_one_reference(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        char fill;
        size_t count;
        size_t want;
    } cases[] = { { "a word", 'x', 1, 1 }, { "just one SMS", 'x', 160, 1 }, { "one more", 'x', 161, 2 },
        { "three", 'x', 3 * 153, 3 }, { "cut at text_max", 'x', 5000, 11 } };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        char text[6000] = "";
        struct transmit out;
        memset(text, cases[i].fill, cases[i].count);
        AUTO_JSON *list = send_parts(pairs, text, 0x1fe, &out);
        if (json_array_size(list) != cases[i].want || out.part_total != cases[i].want)
            fail_msg("%s: %zu parts", cases[i].label, json_array_size(list));
        for (size_t k = 0; k < json_array_size(list); k++) {
            struct gsm_pdu pdu;
            const json_t *item = json_array_get(list, k);
            assert_int_equal(gsm_pdu_parse_submit(span_of(json_text(item, "pdu", "")), &pdu), 0);
            assert_int_equal(json_int(item, "part", 0), (int)k + 1);
            assert_int_equal(json_int(item, "length", 0), (int)strlen(json_text(item, "pdu", "")) / 2 - 1);
            assert_int_equal(pdu.part_ref, cases[i].want > 1 ? 0xfe : 0);
            assert_true(pdu.wants_report);
            assert_string_equal(pdu.address, "+966501112222");
        }
        transmit_done(&out);
    }
}

static void reports_are_asked_for_unless_switched_off(void **state)
{
    (void)state;
    static const char *const silent[] = { "device=/dev/null", "reports=false", NULL };
    struct transmit out;
    struct gsm_pdu pdu;
    AUTO_JSON *list = send_parts(silent, "x", 1, &out);
    assert_int_equal(gsm_pdu_parse_submit(span_of(json_text(json_array_get(list, 0), "pdu", "")), &pdu), 0);
    assert_false(pdu.wants_report);
    transmit_done(&out);
}

/* ---- what the network says ------------------------------------------------------------------------------------- */

#define SENT(ref) "{\"sent\":[{\"part\":1,\"ref\":" #ref "}]}"

static void every_code_has_the_outcome_that_its_meaning_asks_for(void **state)
{
    (void)state;
    static const int passing[] = { 17, 22, 38, 41, 42, 47, 127, 192, 194, 211, 255, 300, 301, 302, 303, 313, 314, 320,
        322, 331, 332, 500, 512, 515, 1003, 1014, 1030, 1031, 1100 };
    static const int final[] = { 1, 8, 21, 27, 28, 29, 30, 50, 69, 81, 95, 96, 97, 98, 99, 111, 128, 143, 160, 176, 195,
        196, 197, 304, 305 };
    static const int ours[] = { 10, 193, 310, 311, 312, 315, 316, 317, 318, 330, 1010, 1011, 1012, 1015, 1016 };
    for (size_t i = 0; i < STR_COUNT(passing); i++)
        if (modem_outcome(passing[i]) != OUTCOME_retry_network && modem_outcome(passing[i]) != OUTCOME_retry_throttled)
            fail_msg("%d is %s", passing[i], outcome_word(modem_outcome(passing[i])));
    for (size_t i = 0; i < STR_COUNT(final); i++)
        if (modem_outcome(final[i]) != OUTCOME_rejected)
            fail_msg("%d is %s", final[i], outcome_word(modem_outcome(final[i])));
    for (size_t i = 0; i < STR_COUNT(ours); i++)
        if (modem_outcome(ours[i]) != OUTCOME_bad_config)
            fail_msg("%d is %s", ours[i], outcome_word(modem_outcome(ours[i])));
    for (int code = 1; code < 3000; code++)
        if (modem_outcome(code) == OUTCOME_sent || modem_outcome(code) == OUTCOME_uncertain)
            fail_msg("%d is %s", code, outcome_word(modem_outcome(code)));
}

static void answers_of_the_modem_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        int kind, status;
        const char *body;
        enum outcome want;
        const char *code;
        unsigned parts;
    } cases[] = {
        { "taken", REPLY_ANSWERED, 0, SENT(17), OUTCOME_sent, "", 1 },
        { "refused in the middle", REPLY_ANSWERED, 38, SENT(255), OUTCOME_retry_network, "cms-38", 1 },
        { "no credit", REPLY_ANSWERED, 21, "{\"sent\":[],\"error\":\"+CMS ERROR: 21\"}", OUTCOME_rejected, "cms-21",
            0 },
        { "a code of the modem", REPLY_ANSWERED, 1030, "{}", OUTCOME_retry_network, "cme-30", 0 },
        { "an error without a number", REPLY_ANSWERED, 500, "", OUTCOME_retry_throttled, "cms-500", 0 },
        { "not begun", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", 0 },
        { "lost", REPLY_UNKNOWN, 0, SENT(3), OUTCOME_uncertain, "", 1 },
        { "success without a part", REPLY_ANSWERED, 0, "{\"sent\":[]}", OUTCOME_unparseable, "", 0 },
        { "no JSON", REPLY_ANSWERED, 0, "[", OUTCOME_unparseable, "", 0 },
        { "parts that cannot be", REPLY_ANSWERED, 0,
            "{\"sent\":[{\"part\":0,\"ref\":1},{\"part\":65,\"ref\":1},{\"part\":\"1\"},7,{\"part\":2}]}", OUTCOME_sent,
            "", 1 },
    };
    struct settings *settings = channels_settings("modem", pairs);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct send_result result;
        struct transmit_reply reply = { .status = cases[i].status, .body = span_of(cases[i].body), .reason = "" };
        reply.kind = (unsigned)cases[i].kind;
        modem_read_reply(settings, &reply, &result);
        if (result.outcome != cases[i].want || !str_equal(result.provider_code, cases[i].code) ||
            result.part_count != cases[i].parts || result.valid_s != 86400)
            fail_msg("%s: %s, code %s, %u parts", cases[i].label, outcome_word(result.outcome), result.provider_code,
                result.part_count);
        if ((result.outcome == OUTCOME_uncertain) != (result.retry_after_s == 300))
            fail_msg("%s: waits %d s", cases[i].label, (int)result.retry_after_s);
    }
    settings_free(settings);
}

/* ---- settings -------------------------------------------------------------------------------------------------- */

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no path", { "device=ttyUSB0" }, "slash" },
        { "a PIN of three", { "device=/dev/null", "pin=123" }, "4 to 8" },
        { "a PIN of letters", { "device=/dev/null", "pin=12ab" }, "4 to 8" },
        { "a number at home", { "device=/dev/null", "number=0501112222" }, "plus" },
        { "a code with letters", { "device=/dev/null", "ussd=*1a#" }, "digits" },
        { "a speed that no device has", { "device=/dev/null", "baud=115201" }, "115200" },
    };
    channelcase_check_refusals("modem", cases, STR_COUNT(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_frame_is_authentic),
        cmocka_unit_test(every_text_of_the_vectors_is_read),
        cmocka_unit_test(what_is_no_text_of_hers_is_told_apart),
        cmocka_unit_test(name_of_digits_is_no_number),
        cmocka_unit_test(same_octets_have_the_same_id_and_others_another),
        cmocka_unit_test(call_at_an_impossible_time_has_none),
        cmocka_unit_test(calls_are_ignored_when_the_operator_says_so),
        cmocka_unit_test(parts_are_decoded_together),
        cmocka_unit_test(status_of_a_report_says_what_became_of_it),
        cmocka_unit_test(report_is_no_message_and_a_message_no_report),
        cmocka_unit_test(text_is_sent_as_parts_with_one_reference),
        cmocka_unit_test(reports_are_asked_for_unless_switched_off),
        cmocka_unit_test(every_code_has_the_outcome_that_its_meaning_asks_for),
        cmocka_unit_test(answers_of_the_modem_are_read),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests_name("channel_modem", tests, NULL, NULL);
}
