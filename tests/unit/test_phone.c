/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_phone - one number whatever path it took, and no number where there is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"

static void every_writing_of_a_number_becomes_one(void **state)
{
    static const struct {
        const char *label, *in, *country;
        enum phone_kind kind;
        const char *want;
    } rows[] = {
        { "normal form", "+966501230001", NULL, PHONE_E164, "+966501230001" },
        { "separators", "+966 (50) 123-00.01", "SA", PHONE_E164, "+966501230001" },
        { "double zero", "00966501230001", NULL, PHONE_E164, "+966501230001" },
        { "no plus", "966501230001", NULL, PHONE_E164, "+966501230001" },
        { "no plus, at home", "966501230001", "SA", PHONE_E164, "+966501230001" },
        { "no plus, abroad", "639171230001", "SA", PHONE_E164, "+639171230001" },
        { "decoded plus", " 639171230001", "HK", PHONE_E164, "+639171230001" },
        { "decoded plus before a number like a local one", " 6591230001", "IN", PHONE_E164, "+6591230001" },
        { "local, trunk zero", "0501230001", "SA", PHONE_E164, "+966501230001" },
        { "local, lower case country", "0501230001", "sa", PHONE_E164, "+966501230001" },
        { "local, zero forgotten", "501230001", "SA", PHONE_E164, "+966501230001" },
        { "trunk zero left in", "+9660501230001", NULL, PHONE_E164, "+966501230001" },
        { "two trunk zeros left in", "+96600501230001", NULL, PHONE_E164, "+966501230001" },
        { "trunk zero left in, no plus", "9660501230001", NULL, PHONE_E164, "+966501230001" },
        { "zero that cannot be a trunk zero", "+9660501", NULL, PHONE_E164, "+9660501" },
        { "bracketed zero", "+44 (0) 7700 900123", NULL, PHONE_E164, "+447700900123" },
        { "Hong Kong", "9123 0001", "HK", PHONE_E164, "+85291230001" },
        { "Singapore", "91230001", "SG", PHONE_E164, "+6591230001" },
        { "Qatar", "33120001", "QA", PHONE_E164, "+97433120001" },
        { "Kuwait with code", "96551230001", "KW", PHONE_E164, "+96551230001" },
        { "Bahrain", "36120001", "BH", PHONE_E164, "+97336120001" },
        { "Oman", "91230001", "OM", PHONE_E164, "+96891230001" },
        { "India, begins like its own code", "9123000111", "IN", PHONE_E164, "+919123000111" },
        { "Italy keeps its zero", "0612345678", "IT", PHONE_E164, "+390612345678" },
        { "Italy keeps it abroad", "+390612345678", NULL, PHONE_E164, "+390612345678" },
        { "Italian mobile begins like its code", "3931230001", "IT", PHONE_E164, "+393931230001" },
        { "Benin keeps its zero", "+2290112300001", NULL, PHONE_E164, "+2290112300001" },
        { "United States, trunk one", "12025550123", "US", PHONE_E164, "+12025550123" },
        { "United States, ten digits", "2025550123", "US", PHONE_E164, "+12025550123" },
        { "Russia, trunk eight", "89161230001", "RU", PHONE_E164, "+79161230001" },
        { "Hungary, trunk 06", "06301230001", "HU", PHONE_E164, "+36301230001" },
        { "Arabic-Indic digits", "\xd9\xa0\xd9\xa5\xd9\xa0\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa0\xd9\xa0\xd9\xa0\xd9\xa1",
            "SA", PHONE_E164, "+966501230001" },
        { "Nepali digits",
            "+\xe0\xa5\xaf\xe0\xa5\xad\xe0\xa5\xad"
            "9841230001",
            NULL, PHONE_E164, "+9779841230001" },
        { "direction marks", "\xe2\x80\xaa+966501230001\xe2\x80\xac", NULL, PHONE_E164, "+966501230001" },
        { "tel link", "tel:+966501230001", NULL, PHONE_E164, "+966501230001" },
        { "line end", "+966501230001\r\n", NULL, PHONE_E164, "+966501230001" },
        { "name with a line end", "STC\r\n", NULL, PHONE_ALPHANUMERIC, "STC" },
        { "local, country unknown", "0501230001", "", PHONE_ALPHANUMERIC, "0501230001" },
        { "local of an unknown plan", "0501230001", "ZZ", PHONE_ALPHANUMERIC, "0501230001" },
        { "ten digits of nobody", "9123000111", NULL, PHONE_ALPHANUMERIC, "9123000111" },
        { "too long", "+9665012300011234", NULL, PHONE_ALPHANUMERIC, "+9665012300011234" },
        { "too short", "+96650", NULL, PHONE_ALPHANUMERIC, "+96650" },
        { "plus inside", "966+501230001", NULL, PHONE_ALPHANUMERIC, "966+501230001" },
        { "plus zero", "+0501230001", "SA", PHONE_ALPHANUMERIC, "+0501230001" },
        { "short code", "88123", "SA", PHONE_SHORT_CODE, "88123" },
        { "short code in Arabic digits", "\xd9\xa9\xd9\xa1\xd9\xa1", "SA", PHONE_SHORT_CODE, "911" },
        { "two digits", "12", "SA", PHONE_ALPHANUMERIC, "12" },
        { "name", " STC ", NULL, PHONE_ALPHANUMERIC, "STC" },
        { "name with digits", "MyBank24", NULL, PHONE_ALPHANUMERIC, "MyBank24" },
        { "invalid bytes", "A\xff", NULL, PHONE_ALPHANUMERIC, "A\xef\xbf\xbd" },
        { "dashes only", "--", NULL, PHONE_ALPHANUMERIC, "--" },
        { "empty", "", NULL, PHONE_HIDDEN, "" },
        { "absent", NULL, "SA", PHONE_HIDDEN, "" },
        { "spaces", "   ", "SA", PHONE_HIDDEN, "" },
        { "word for hidden", "Anonymous", NULL, PHONE_HIDDEN, "Anonymous" },
        { "keypad word for hidden", "+266696687", NULL, PHONE_HIDDEN, "+266696687" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char number[PHONE_MAX];
        enum phone_kind kind = phone_normalise(rows[i].in, rows[i].country, number);
        if (kind != rows[i].kind || strcmp(number, rows[i].want) != 0)
            fail_msg("%s: kind %d, \"%s\"", rows[i].label, (int)kind, number);
        if (phone_is_answerable(number) != (kind == PHONE_E164))
            fail_msg("%s: is_answerable disagrees with kind", rows[i].label);
    }
}

static void long_senders_are_cut_between_characters(void **state)
{
    char raw[400], number[PHONE_MAX];

    (void)state;
    for (size_t i = 0; i + 3 < sizeof(raw); i += 3)
        memcpy(raw + i, "\xe1\x88\xb0", 4);
    assert_int_equal(phone_normalise(raw, NULL, number), PHONE_ALPHANUMERIC);
    assert_int_equal(strlen(number), 63);
    memset(raw, '9', sizeof(raw) - 1);
    raw[sizeof(raw) - 1] = '\0';
    assert_int_equal(phone_normalise(raw, "SA", number), PHONE_ALPHANUMERIC);
    assert_int_equal(strlen(number), PHONE_MAX - 1);
    memset(raw, 0xff, sizeof(raw) - 1);
    assert_int_equal(phone_normalise(raw, "SA", number), PHONE_ALPHANUMERIC);
    assert_int_equal(strlen(number), 63);
}

static void normal_form_is_its_own_normal_form(void **state)
{
    static const char *const numbers[] = { "+85291230001", "+393931230001", "+2250112300001", "+12425550123",
        "+9779841230001", "+2511230001" };
    static const char *const homes[] = { "", "SA", "HK", "IT", "US", "RU" };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(numbers); i++)
        for (size_t k = 0; k < STR_COUNT(homes); k++) {
            char number[PHONE_MAX];
            assert_int_equal(phone_normalise(numbers[i], homes[k], number), PHONE_E164);
            assert_string_equal(number, numbers[i]);
        }
}

static void country_is_found_by_the_longest_prefix(void **state)
{
    static const struct {
        const char *number, *want;
    } rows[] = { { "+966501230001", "SA" }, { "+97150123001", "AE" }, { "+96551230001", "KW" },
        { "+97433120001", "QA" }, { "+96891230001", "OM" }, { "+97336120001", "BH" }, { "+962790000001", "JO" },
        { "+96170120001", "LB" }, { "+85291230001", "HK" }, { "+6591230001", "SG" }, { "+639171230001", "PH" },
        { "+6281230001", "ID" }, { "+8801712300001", "BD" }, { "+9779841230001", "NP" }, { "+251911230001", "ET" },
        { "+254712300001", "KE" }, { "+12025550123", "US" }, { "+14165550123", "CA" }, { "+12425550123", "BS" },
        { "+18765550123", "JM" }, { "+79161230001", "RU" }, { "+77011230001", "KZ" }, { "+390612345678", "IT" },
        { "+99912345678", "" }, { "966501230001", "" }, { "STC", "" }, { "", "" }, { "+", "" } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (strcmp(phone_country(rows[i].number), rows[i].want) != 0)
            fail_msg("%s: \"%s\"", rows[i].number, phone_country(rows[i].number));
    assert_string_equal(phone_country(NULL), "");
}

static void countries_have_names_and_roles(void **state)
{
    (void)state;
    assert_string_equal(phone_country_name("SA"), "Saudi Arabia");
    assert_string_equal(phone_country_name("ph"), "Philippines");
    assert_null(phone_country_name("ZZ"));
    assert_null(phone_country_name(""));
    assert_null(phone_country_name(NULL));
    assert_int_equal(phone_country_role("KW"), PHONE_ROLE_DESTINATION);
    assert_int_equal(phone_country_role("ET"), PHONE_ROLE_ORIGIN);
    assert_int_equal(phone_country_role("TH"), PHONE_ROLE_BOTH);
    assert_int_equal(phone_country_role("US"), PHONE_ROLE_UNKNOWN);
    assert_int_equal(phone_country_role("ZZ"), PHONE_ROLE_UNKNOWN);
}

static void mask_hides_the_middle_and_the_length(void **state)
{
    static const struct {
        const char *in, *want;
    } rows[] = { { "+966501230012", "+9665*****12" }, { "+96551230012", "+9655*****12" }, { "+2512300", "*****" },
        { "88123", "*****" }, { "STC", "*****" }, { "", "*****" }, { NULL, "*****" } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char masked[PHONE_MAX];
        phone_mask(rows[i].in, masked);
        assert_string_equal(masked, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_writing_of_a_number_becomes_one),
        cmocka_unit_test(long_senders_are_cut_between_characters),
        cmocka_unit_test(normal_form_is_its_own_normal_form),
        cmocka_unit_test(country_is_found_by_the_longest_prefix),
        cmocka_unit_test(countries_have_names_and_roles),
        cmocka_unit_test(mask_hides_the_middle_and_the_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
