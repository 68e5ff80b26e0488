/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_model - the words are exactly those of the tables, and sets survive print and parse.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/model.h"
#include "gateway/base/str.h"

static void words_and_values_belong_together(void **state)
{
    (void)state;
    for (int i = 0; i < URGENCY_COUNT; i++)
        assert_int_equal(urgency_from_word(urgency_word((enum urgency)i)), i);
    for (int i = 0; i < CATEGORY_COUNT; i++)
        assert_int_equal(category_from_word(category_word((enum category)i)), i);
    for (int i = 0; i < FLAG_COUNT; i++)
        assert_int_equal(flag_from_word(flag_word((enum flag)i)), i);
    for (int i = 0; i < INTENT_COUNT; i++)
        assert_int_equal(intent_from_word(intent_word((enum intent)i)), i);
    for (int i = 0; i < STATE_COUNT; i++) {
        enum state s = (enum state)i;
        assert_int_equal(state_from_word(state_machine_of(s), state_word(s)), i);
        assert_true(strlen(state_meaning(s)) > 0);
    }
}

static void words_are_those_of_the_product(void **state)
{
    (void)state;
    assert_string_equal(category_word(CATEGORY_deprivation), "deprivation");
    assert_string_equal(flag_word(FLAG_do_not_call), "do_not_call");
    assert_string_equal(intent_word(INTENT_not_help), "not_help");
    assert_string_equal(urgency_word(URGENCY_critical), "critical");
    assert_true(URGENCY_routine < URGENCY_soon && URGENCY_soon < URGENCY_urgent && URGENCY_urgent < URGENCY_critical);
    assert_int_equal(category_usual_urgency(CATEGORY_danger), URGENCY_critical);
    assert_int_equal(category_usual_urgency(CATEGORY_unclear), URGENCY_urgent);
    assert_int_equal(category_usual_urgency(CATEGORY_wages), URGENCY_soon);
    assert_string_equal(category_meaning(CATEGORY_info), "a question only");
    assert_string_equal(state_machine_word(MACHINE_quarantine), "quarantine");
}

static void same_word_differs_by_machine(void **state)
{
    (void)state;
    assert_int_equal(state_from_word(MACHINE_case, "open"), STATE_case_open);
    assert_int_equal(state_from_word(MACHINE_alert, "open"), STATE_alert_open);
    assert_int_equal(state_from_word(MACHINE_outbox, "open"), -1);
    assert_int_equal(state_from_word(MACHINE_case, NULL), -1);
}

static void unknown_words_and_values_do_no_harm(void **state)
{
    (void)state;
    assert_int_equal(category_from_word("Wages"), -1);
    assert_int_equal(category_from_word(""), -1);
    assert_int_equal(urgency_from_word(NULL), -1);
    assert_string_equal(urgency_word((enum urgency)99), "unknown");
    assert_string_equal(state_word((enum state)9999), "unknown");
    assert_string_equal(outcome_word((enum outcome) - 1), "unknown");
    assert_string_equal(flag_meaning((enum flag)99), "");
    assert_int_equal(category_usual_urgency((enum category)99), URGENCY_urgent);
    assert_int_equal(state_machine_of((enum state)9999), MACHINE_COUNT);
    assert_false(outcome_is_retried((enum outcome)99));
}

static void outcomes_obey_their_columns(void **state)
{
    (void)state;
    assert_true(outcome_is_retried(OUTCOME_retry_throttled));
    assert_false(outcome_hurts_channel(OUTCOME_retry_throttled));
    assert_false(outcome_is_retried(OUTCOME_rejected));
    assert_true(outcome_is_told(OUTCOME_rejected));
    assert_false(outcome_is_told(OUTCOME_sent));
    assert_string_equal(outcome_sentence(OUTCOME_sent), "the remote side accepted it");
}

static void sets_print_in_table_order_and_parse_back(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = { { "", "" }, { "wages", "wages" }, { "wages violence", "violence wages" },
        { "  wages   wages violence ", "violence wages" }, { NULL, "" } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        category_set set = 1;
        buf_init(&out, 1000);
        assert_int_equal(category_set_parse(rows[i].in, &set), 0);
        category_set_print(set, &out);
        assert_string_equal(buf_span(&out).data, rows[i].want);
    }
}

static void full_sets_survive(void **state)
{
    AUTO_BUF out;
    category_set categories;
    flag_set flags;

    (void)state;
    buf_init(&out, 1000);
    category_set_print((1u << CATEGORY_COUNT) - 1, &out);
    assert_int_equal(category_set_parse(out.data, &categories), 0);
    assert_int_equal(categories, (1u << CATEGORY_COUNT) - 1);
    buf_clear(&out);
    flag_set_print(FLAG_BIT(minor) | FLAG_BIT(repeat), &out);
    assert_string_equal(out.data, "minor repeat");
    assert_int_equal(flag_set_parse(out.data, &flags), 0);
    assert_int_equal(flags, FLAG_BIT(minor) | FLAG_BIT(repeat));
}

static void unknown_word_spoils_a_set_and_leaves_the_result(void **state)
{
    category_set categories = 7;
    flag_set flags = 7;

    (void)state;
    assert_int_equal(category_set_parse("wages wage", &categories), ERR_INVALID);
    assert_int_equal(flag_set_parse("minor,pregnant", &flags), ERR_INVALID);
    assert_int_equal(categories, 7);
    assert_int_equal(flags, 7);
}

static void transmit_parts_have_their_ceilings(void **state)
{
    struct transmit transmit;

    (void)state;
    transmit_init(&transmit);
    assert_int_equal(transmit.kind, TRANSMIT_NONE);
    assert_int_equal(transmit.url.max, 4096);
    assert_int_equal(transmit.headers.max, 16384);
    assert_int_equal(transmit.body.max, 262144);
    assert_int_equal(transmit.username.max, 1024);
    assert_int_equal(transmit.password.max, 1024);
    assert_int_equal(transmit.mail_from.max, 512);
    assert_int_equal(transmit.mail_to.max, 512);
    buf_add_text(&transmit.password, "secret");
    buf_add_text(&transmit.url, "https://example.org/");
    transmit_done(&transmit);
    assert_null(transmit.password.data);
    transmit_done(&transmit);
    transmit_done(NULL);
}

static void sms_is_freed_once(void **state)
{
    struct sms_in sms = { .text = strdup("tulong") };

    (void)state;
    sms_in_done(&sms);
    assert_null(sms.text);
    sms_in_done(&sms);
    sms_in_done(NULL);
}

static void headers_are_found_without_case(void **state)
{
    static const struct request_header headers[] = { { "Host", "a" }, { "X-Sign", "1" }, { "x-sign", "2" } };
    const struct request request = { .headers = headers, .header_count = 3 };

    (void)state;
    assert_string_equal(request_header(&request, "X-SIGN"), "1");
    assert_string_equal(request_header(&request, "host"), "a");
    assert_null(request_header(&request, "X-Sig"));
}

static void media_type_loses_parameters_and_case(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = { { "application/json", "application/json" }, { "Application/JSON; charset=utf-8", "application/json" },
        { " text/plain ;x", "text/plain" }, { "", "" },
        { "application/x-www-form-urlencoded", "application/x-www-form" } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct request_header header = { "content-type", rows[i].in };
        struct request request = { .headers = &header, .header_count = 1 };
        char type[23];
        request_media_type(&request, type, sizeof(type));
        assert_string_equal(type, rows[i].want);
        request.header_count = 0;
        request_media_type(&request, type, sizeof(type));
        assert_string_equal(type, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_values_belong_together),
        cmocka_unit_test(words_are_those_of_the_product),
        cmocka_unit_test(same_word_differs_by_machine),
        cmocka_unit_test(unknown_words_and_values_do_no_harm),
        cmocka_unit_test(outcomes_obey_their_columns),
        cmocka_unit_test(sets_print_in_table_order_and_parse_back),
        cmocka_unit_test(full_sets_survive),
        cmocka_unit_test(unknown_word_spoils_a_set_and_leaves_the_result),
        cmocka_unit_test(transmit_parts_have_their_ceilings),
        cmocka_unit_test(sms_is_freed_once),
        cmocka_unit_test(headers_are_found_without_case),
        cmocka_unit_test(media_type_loses_parameters_and_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
