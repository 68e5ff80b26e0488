/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_command - what a responder types with one thumb is read, and a sentence is not taken for a command. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/command.h"

static int load_texts(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    assert_int_equal(texts_load(NULL, "config/commands.conf", NULL, report, &texts), 0);
    *state = texts;
    return 0;
}

static int free_texts(void **state)
{
    texts_free(*state);
    return 0;
}

struct row {
    const char *text;
    int verb;
    int64_t case_id;
    const char *code, *rest;
};

static void check(const struct texts *texts, const struct row *row)
{
    struct command command;
    command_parse(texts, span_of(row->text), &command);
    if (command.verb != row->verb || command.case_id != row->case_id || !str_equal(command.code, row->code) ||
        !span_equal(command.rest, span_of(row->rest)))
        fail_msg("\"%s\": verb %d case %lld code %s rest \"%.*s\"", row->text, command.verb, (long long)command.case_id,
            command.code, (int)command.rest.len, command.rest.data);
}

static void order_case_and_punctuation_are_forgiven(void **state)
{
    static const struct row rows[] = {
        { "OK 1042 KTRM", COMMAND_TAKE, 1042, "KTRM", "" },
        { "ktrm-1042 ok!", COMMAND_TAKE, 1042, "KTRM", "" },
        { "Ok1042ktrm", COMMAND_TAKE, 1042, "KTRM", "" },
        { "OKKTRM1042", COMMAND_TAKE, 1042, "KTRM", "" },
        { "1042KTRMOK", -1, 1042, "", "KTRMOK" },
        { "  ok,1042,ktrm. ", COMMAND_TAKE, 1042, "KTRM", "" },
        { "(OK 1042 KTRM)", COMMAND_TAKE, 1042, "KTRM", "" },
        { "OK\n1042\nKTRM\n", COMMAND_TAKE, 1042, "KTRM", "" },
        { "KTRM 1042 no", COMMAND_DECLINE, 1042, "KTRM", "" },
        { "oo 1042 KTRM", COMMAND_TAKE, 1042, "KTRM", "" },
        { "ya 10042 bcdf", COMMAND_TAKE, 10042, "BCDF", "" },
        { "SAY 1042 KTRM are you safe?", COMMAND_SAY, 1042, "KTRM", "are you safe?" },
        { "say 1042 ktrm: OK, we come 10:30", COMMAND_SAY, 1042, "KTRM", "OK, we come 10:30" },
        { "Note #1042 KTRM - she is well", COMMAND_NOTE, 1042, "KTRM", "she is well" },
        { "END 1042 KTRM she is at the shelter ", COMMAND_END, 1042, "KTRM", "she is at the shelter" },
        { "FORCE 1042 KTRM her life: go out now", COMMAND_FORCE, 1042, "KTRM", "her life: go out now" },
        { "on", COMMAND_ON, 0, "", "" },
        { "OFF.", COMMAND_OFF, 0, "", "" },
        { "ok", COMMAND_TAKE, 0, "", "" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        check(*state, &rows[i]);
}

static void words_digits_and_signs_of_other_scripts_are_read(void **state)
{
    static const struct row rows[] = {
        { "نعم 1042 KTRM", COMMAND_TAKE, 1042, "KTRM", "" },
        { "نعم، ١٠٤٢ KTRM", COMMAND_TAKE, 1042, "KTRM", "" },
        { "KTRM ۱۰۴۲ لا", COMMAND_DECLINE, 1042, "KTRM", "" },
        { "হ্যাঁ ১০৪২ KTRM", COMMAND_TAKE, 1042, "KTRM", "" },
        { "শেষ 1042 KTRM। নিরাপদ", COMMAND_END, 1042, "KTRM", "। নিরাপদ" },
        { "होइन १०४२ ktrm", COMMAND_DECLINE, 1042, "KTRM", "" },
        { "“OK” 1042\xc2\xa0KTRM", COMMAND_TAKE, 1042, "KTRM", "" },
        { "OK１０４２，KTRM", COMMAND_TAKE, 1042, "KTRM", "" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        check(*state, &rows[i]);
}

static void sentence_is_no_command_on_a_case(void **state)
{
    static const struct row rows[] = {
        { "I called her, case 1042 KTRM is ok", -1, 0, "", "I called her, case 1042 KTRM is ok" },
        { "OK I will call her at ten", COMMAND_TAKE, 0, "", "I will call her at ten" },
        { "On my way", COMMAND_ON, 0, "", "my way" },
        { "okay then 1042", COMMAND_TAKE, 0, "", "then 1042" },
        { "OK 999 KTRM", COMMAND_TAKE, 0, "", "999 KTRM" },
        { "OK 1042 KTRA", COMMAND_TAKE, 1042, "", "KTRA" },
        { "OK 1042", COMMAND_TAKE, 1042, "", "" },
        { "OK 1042 1043 KTRM", COMMAND_TAKE, 1042, "", "1043 KTRM" },
        { "OK 12345678901234 KTRM", COMMAND_TAKE, 0, "", "12345678901234 KTRM" },
        { "OK 0000 KTRM", COMMAND_TAKE, 0, "", "0000 KTRM" },
        { "KTRM", -1, 0, "KTRM", "" },
        { "", -1, 0, "", "" },
        { "...", -1, 0, "", "" },
        { "\xff\xfe", -1, 0, "", "\xff\xfe" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        check(*state, &rows[i]);
}

static uint32_t least(uint32_t below)
{
    (void)below;
    return 0;
}

static uint32_t most(uint32_t below)
{
    return below - 1;
}

static void code_is_four_letters_that_spell_no_word(void **state)
{
    char first[COMMAND_CODE_LEN + 1], last[COMMAND_CODE_LEN + 1];
    (void)state;
    command_code_new(least, first);
    command_code_new(most, last);
    assert_string_equal(first, "BBBB");
    assert_string_equal(last, "ZZZZ");
    for (const char *p = COMMAND_CODE_LETTERS; *p; p++)
        assert_null(strchr("AEIOUYQ", *p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_case_and_punctuation_are_forgiven),
        cmocka_unit_test(words_digits_and_signs_of_other_scripts_are_read),
        cmocka_unit_test(sentence_is_no_command_on_a_case),
        cmocka_unit_test(code_is_four_letters_that_spell_no_word),
    };
    return cmocka_run_group_tests(tests, load_texts, free_texts);
}
