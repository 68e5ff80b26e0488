/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_udh - what a user data header says about parts, and which texts the alphabet of GSM carries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"
#include "handlers/udh.h"

static void parts_are_read_from_a_header(void **state)
{
    (void)state;
    static const struct {
        const char *label, *hex;
        unsigned part, total; /* 0 = the header says nothing */
        const char *ref;
    } cases[] = {
        { "short reference", "0500032a0201", 1, 2, "42" },
        { "upper case", "0500032A0202", 2, 2, "42" },
        { "long reference", "060804012c0302", 2, 3, "300" },
        { "behind a port", "0b0504158a00000003ff0301", 1, 3, "255" },
        { "port alone", "060504158a0000", 0, 0, "" },
        { "part zero", "0500032a0200", 0, 0, "" },
        { "a part too many", "0500032a0203", 0, 0, "" },
        { "the only part", "0500032a0101", 0, 0, "" },
        { "an element of another length", "0400022a02", 0, 0, "" },
        { "longer than it is", "0600032a0201", 0, 0, "" },
        { "an element longer than the header", "0500042a0201", 0, 0, "" },
        { "a header of nothing", "00", 0, 0, "" },
        { "no header", "", 0, 0, "" },
        { "no hex", "0500032a020", 0, 0, "" },
        { "letters", "xyz", 0, 0, "" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct sms_in sms = { .text = NULL };
        bool is_set = udh_set_part_hex(span_of(cases[i].hex), &sms);
        if (is_set != (cases[i].part != 0) || sms.part != cases[i].part || sms.part_total != cases[i].total ||
            strcmp(sms.part_ref, cases[i].ref) != 0)
            fail_msg("%s: %d, part %u of %u, %s", cases[i].label, is_set, sms.part, sms.part_total, sms.part_ref);
    }
}

static void parts_are_read_from_numbers(void **state)
{
    (void)state;
    static const struct {
        const char *part, *total, *ref;
        bool want;
    } cases[] = {
        { "1", "2", "77", true },
        { "255", "255", "", true },
        { "0", "2", "77", false },
        { "3", "2", "77", false },
        { "1", "1", "77", false },
        { "1", "256", "77", false },
        { "1", "", "77", false },
        { "", "", "", false },
        { "one", "two", "77", false },
        { "1", "2", "\xff", false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct sms_in sms = { .text = NULL };
        if (udh_set_part_numbers(span_of(cases[i].part), span_of(cases[i].total), span_of(cases[i].ref), &sms) !=
            cases[i].want)
            fail_msg("%s of %s, %s", cases[i].part, cases[i].total, cases[i].ref);
    }
    struct sms_in sms = { .text = NULL };
    const char *longer = "a reference that is longer than there is room for it";
    assert_true(udh_set_part_numbers(span_of("1"), span_of("2"), span_of(longer), &sms));
    assert_int_equal(strlen(sms.part_ref), sizeof sms.part_ref - 1);
}

static void the_alphabet_of_gsm_carries_what_its_tables_hold(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool want;
    } cases[] = {
        { "", true },
        { "We read you. Call 112 @ 5 pm: \"yes\"?\r\n", true },
        { "[~]{|}\\^ €", true },
        { "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà", true },
        { "`", false },
        { "\t", false },
        { "ç", false },
        { "á", false },
        { "α", false },
        { "م", false },
        { "🙏", false },
        { "“", false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        if (gsm7_is_plain(span_of(cases[i].text)) != cases[i].want)
            fail_msg("%s", cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_read_from_a_header),
        cmocka_unit_test(parts_are_read_from_numbers),
        cmocka_unit_test(the_alphabet_of_gsm_carries_what_its_tables_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
