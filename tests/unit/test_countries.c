/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_countries - the sending rules: read, explained when wrong, and applied to a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/texts_parts.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "tests/support/wordsdir.h"

static int load_committed(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    if (texts_load(NULL, NULL, "config/countries.conf", report, &texts))
        wordsdir_print(report, "config/countries.conf");
    *state = texts;
    return texts ? 0 : -1;
}

static int free_committed(void **state)
{
    texts_free(*state);
    return 0;
}

static void entries_are_read_whole(void **state)
{
    const struct country_rules *uae = texts_country(*state, "AE"), *hong_kong = texts_country(*state, "HK");
    assert_non_null(uae);
    assert_non_null(hong_kong);
    assert_string_equal(uae->sender, "registered");
    assert_false(uae->allows_links || uae->allows_numbers || uae->allows_replies);
    assert_int_equal(uae->quiet_from_min, 21 * 60);
    assert_int_equal(uae->quiet_to_min, 7 * 60);
    assert_true(hong_kong->allows_links && hong_kong->allows_numbers && hong_kong->allows_replies);
    assert_null(texts_country(*state, "XX"));
    assert_null(texts_country(*state, ""));
}

static void countries_of_the_corridors_are_there(void **state)
{
    char code[COUNTRY_MAX] = "AA";
    unsigned count = 0;
    for (code[0] = 'A'; code[0] <= 'Z'; code[0]++)
        for (code[1] = 'A'; code[1] <= 'Z'; code[1]++) {
            const struct country_rules *rules = texts_country(*state, code);
            if (phone_country_role(code) == PHONE_ROLE_UNKNOWN)
                continue;
            count++;
            if (!rules || !rules->zone || rules->quiet_from_min == rules->quiet_to_min ||
                rules->sender_max != TEXTS_SENDER_MAX)
                fail_msg("%s", code);
        }
    assert_int_equal(count, 55);
}

static void texts_keep_the_rules_of_their_country(void **state)
{
    static const struct {
        const char *label, *country, *text;
        int want;
        const char *sentence;
    } rows[] = {
        { "plain", "AE", "We come at six.", 0, "" },
        { "link", "AE", "See place.org", ERR_REFUSED, "AE: a link is not allowed" },
        { "number", "AE", "Call +97150123", ERR_REFUSED, "AE: what looks like a telephone number is not allowed" },
        { "the same at home", "HK", "See place.org or call +85212345", 0, "" },
        { "word", "QA", "The Ministry is open.", ERR_REFUSED, "QA: the word `ministry` is not allowed" },
        { "word in Arabic with its article", "QA", "اذهبي الى الوزارة", ERR_REFUSED,
            "QA: the word `وزارة` is not allowed" },
        { "same word elsewhere", "SA", "The Ministry is open.", 0, "" },
        { "unknown country", "", "See place.org", 0, "" },
        { "country without an entry", "XX", "See place.org", 0, "" },
        { "unseen sign", "", "a\x01z", ERR_REFUSED, "the text holds a sign that cannot be seen" },
        { "broken bytes", "HK", "a\xffz", ERR_REFUSED, "the text holds a sign that cannot be seen" },
        { "two lines", "HK", "one\ntwo", 0, "" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct error error = { "" };
        int code = texts_check(*state, rows[i].country, span_of(rows[i].text), &error);
        if (code != rows[i].want || !str_equal(error.text, rows[i].sentence))
            fail_msg("%s: %d %s", rows[i].label, code, error.text);
    }
}

static void rules_for_everywhere_hold_everywhere(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    struct error error;
    struct wordsdir words;
    (void)state;
    wordsdir_open(&words);
    wordsdir_put(&words, "countries.conf",
        "everywhere = { links = false; forbidden = [ \"lottery\" ]; };\ncountries = ( { country = \"SA\"; } );\n");
    assert_int_equal(wordsdir_load(&words, report, &texts), 0);
    wordsdir_close(&words);
    assert_int_equal(texts_check(texts, "", span_of("www.place"), &error), ERR_REFUSED);
    assert_string_equal(error.text, "every country: a link is not allowed");
    assert_int_equal(texts_check(texts, "SA", span_of("A Lottery!"), &error), ERR_REFUSED);
    assert_int_equal(texts_check(texts, "SA", span_of("+96650123"), &error), 0);
    texts_free(texts);
}

static void each_fault_is_told_with_its_line(void **state)
{
    static const struct {
        const char *label, *text, *want;
    } rows[] = {
        { "no such country", "countries = (\n{ country = \"ZQ\"; } );\n",
            "countries.conf:2: countries[0]: `country` is not an ISO 3166 code known here" },
        { "twice", "countries = ( { country = \"SA\"; },\n{ country = \"SA\"; } );\n",
            "countries.conf:2: countries[1]: SA has an entry already" },
        { "missing", "countries = ( { links = false; } );\n",
            "countries.conf:1: countries[0]: the key `country` is missing" },
        { "key", "countries = ( { country = \"SA\"; link = false; } );\n",
            "countries.conf:1: countries[0]: unknown key `link`, did you mean `links`?" },
        { "sender", "countries = ( { country = \"SA\"; sender = \"names\"; } );\n",
            "countries.conf:1: countries[0]: `sender`: \"names\" is not one of its words, did you mean \"name\"?" },
        { "hours", "countries = ( { country = \"SA\"; quiet = \"22:00-07:60\"; } );\n",
            "countries.conf:1: countries[0]: `quiet` must be two times, such as \"22:00-07:00\"" },
        { "hour 24 as a beginning", "countries = ( { country = \"SA\"; quiet = \"24:00-07:00\"; } );\n",
            "countries.conf:1: countries[0]: `quiet` must be two times, such as \"22:00-07:00\"" },
        { "zone", "countries = ( { country = \"SA\"; zone = \"Asia/Atlantis\"; } );\n",
            "countries.conf:1: countries[0]: `zone`: /usr/share/zoneinfo/ does not hold this time zone; names "
            "are such as \"Asia/Riyadh\"" },
        { "no group", "countries = ( \"SA\" );\n",
            "countries.conf:1: countries[0]: this must be a group in braces: { name = value; ... }" },
        { "everywhere", "everywhere = { country = \"SA\"; };\n",
            "countries.conf:1: everywhere: unknown key `country`" },
        { "root", "country = 1;\n", "countries.conf:1: unknown key `country`" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_REPORT *report = report_new();
        struct texts *texts = NULL;
        struct wordsdir words;
        wordsdir_open(&words);
        wordsdir_put(&words, "countries.conf", rows[i].text);
        int code = wordsdir_load(&words, report, &texts);
        bool is_told = wordsdir_has_line(&words, report, rows[i].want);
        wordsdir_close(&words);
        if (!is_told)
            wordsdir_print(report, rows[i].label);
        assert_true(is_told);
        assert_int_equal(code, ERR_INVALID);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_read_whole),
        cmocka_unit_test(countries_of_the_corridors_are_there),
        cmocka_unit_test(texts_keep_the_rules_of_their_country),
        cmocka_unit_test(rules_for_everywhere_hold_everywhere),
        cmocka_unit_test(each_fault_is_told_with_its_line),
    };
    return cmocka_run_group_tests(tests, load_committed, free_committed);
}
