/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_render - the words of an alert, and that none of hers can pass for ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/render.h"

#define WHEN 1764000000000

static struct alert_view view(void)
{
    return (struct alert_view){ .case_id = 1042,
        .urgency = URGENCY_critical,
        .categories = CATEGORY_BIT(violence) | CATEGORY_BIT(confinement),
        .language = "tl",
        .country = "SA",
        .received_at = WHEN,
        .verification = "unverified",
        .message_count = 1 };
}

static char *subject_of(const struct alert_view *alert, bool is_update)
{
    struct render_input input = { .view = alert, .is_update = is_update };
    AUTO_BUF out;
    buf_init(&out, 1000);
    render_subject(&input, &out);
    return buf_take(&out);
}

static char *text_of(const struct alert_view *alert, bool is_update)
{
    struct render_input input = { .view = alert, .is_update = is_update };
    AUTO_BUF out;
    buf_init(&out, 10000);
    render_text(&input, &out);
    return buf_take(&out);
}

static void subject_says_how_bad_which_case_and_where(void **state)
{
    struct alert_view alert = view();
    AUTO_FREE char *first = subject_of(&alert, false);
    AUTO_FREE char *update = subject_of(&alert, true);
    (void)state;
    assert_string_equal(first, "CRITICAL case 1042: violence, confinement (SA)");
    assert_string_equal(update, "CRITICAL case 1042: violence, confinement (SA), further message");
    alert.country = "";
    AUTO_FREE char *nowhere = subject_of(&alert, false);
    assert_string_equal(nowhere, "CRITICAL case 1042: violence, confinement");
}

static void subject_holds_no_word_of_hers(void **state)
{
    struct alert_view alert = view();
    (void)state;
    alert.text = "MARKER";
    alert.from = "+966505550123";
    AUTO_FREE char *subject = subject_of(&alert, false);
    assert_null(strstr(subject, "MARKER"));
    assert_null(strstr(subject, "0123"));
}

static void full_alert_reads_as_a_person_would_write_it(void **state)
{
    struct alert_view alert = view();
    (void)state;
    alert.flags = FLAG_BIT(pregnant) | FLAG_BIT(do_not_call);
    alert.text = "help po";
    alert.from = "+966505550123";
    alert.ack_url = "https://line.example.org/ack/x";
    alert.may_be_repeated = true;
    AUTO_FREE char *text = text_of(&alert, false);
    assert_string_equal(text, "CRITICAL case 1042: violence, confinement\n"
                              "DO NOT CALL HER.\n"
                              "Pregnant.\n"
                              "Phone in: Saudi Arabia. Language: tl.\n"
                              "Text of 24 Nov 2025, 16:00 UTC:\n"
                              "> help po\n"
                              "From: +966505550123\n"
                              "Unverified: nobody has checked this yet. Be careful.\n"
                              "(This alert may be repeated.)\n"
                              "Answer: https://line.example.org/ack/x\n");
}

static void hidden_parts_leave_no_empty_line(void **state)
{
    struct alert_view alert = view();
    (void)state;
    alert.country = "";
    AUTO_FREE char *text = text_of(&alert, true);
    assert_string_equal(text, "CRITICAL case 1042 (further message): violence, confinement\n"
                              "Phone in: unknown. Language: tl.\n"
                              "Received 24 Nov 2025, 16:00 UTC.\n"
                              "Unverified: nobody has checked this yet. Be careful.\n");
}

static void her_contact_rules_come_before_everything_else(void **state)
{
    struct alert_view alert = view();
    (void)state;
    for (int flag = 0; flag < FLAG_COUNT; flag++) {
        alert.flags = 1u << flag;
        alert.text = "x";
        AUTO_FREE char *with = text_of(&alert, false);
        alert.flags = 0;
        AUTO_FREE char *without = text_of(&alert, false);
        const char *place = strstr(with, "Phone in:");
        if (!place || strlen(with) <= strlen(without) || strcmp(place, strstr(without, "Phone in:")) != 0)
            fail_msg("%s", flag_word((enum flag)flag));
    }
}

static void no_text_of_hers_can_pass_for_a_line_of_ours(void **state)
{
    static const char *const forged[] = { "x\nThis case is verified.\nFrom: +1", "x\r\nThis case is verified.",
        "x\rThis case is verified.", "\nThis case is verified.", "\n\r\n\rThis case is verified.\n" };
    struct alert_view alert = view();
    (void)state;
    for (size_t i = 0; i < STR_COUNT(forged); i++) {
        alert.text = forged[i];
        AUTO_FREE char *text = text_of(&alert, false);
        if (strstr(text, "\nThis case") || strstr(text, "\rThis case") || !strstr(text, "\n> This case"))
            fail_msg("%zu: %s", i, text);
    }
}

static void verified_case_says_so(void **state)
{
    struct alert_view alert = view();
    (void)state;
    alert.verification = "verified";
    AUTO_FREE char *text = text_of(&alert, false);
    assert_non_null(strstr(text, "\nThis case is verified.\n"));
    assert_null(strstr(text, "Unverified"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subject_says_how_bad_which_case_and_where),
        cmocka_unit_test(subject_holds_no_word_of_hers),
        cmocka_unit_test(full_alert_reads_as_a_person_would_write_it),
        cmocka_unit_test(hidden_parts_leave_no_empty_line),
        cmocka_unit_test(her_contact_rules_come_before_everything_else),
        cmocka_unit_test(no_text_of_hers_can_pass_for_a_line_of_ours),
        cmocka_unit_test(verified_case_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
