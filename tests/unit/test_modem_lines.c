/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_modem_lines - what single lines of a modem say: storages, registration, calls, USSD; and the daemon's settings
 * and words.
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
#include "gateway/modem/bringup.h"
#include "gateway/modem/calls.h"
#include "gateway/modem/modemwire.h"
#include "gateway/modem/ussd.h"
#include "gateway/modem/vitals.h"

static void add_list(struct buf *out, const char (*list)[LEDGER_STORAGE_MAX])
{
    for (size_t i = 0; list[i][0] != '\0'; i++)
        buf_add_format(out, "%s ", list[i]);
    buf_add_text(out, "| ");
}

static void storages_are_read_as_modems_write_them(void **state)
{
    static const struct {
        const char *rest, *want;
    } cases[] = { { "(\"SM\",\"ME\"),(\"SM\",\"ME\"),(\"SM\")", "SM ME | SM ME | SM | " },
        { "(\"ME\",\"MT\",\"SM\",\"SR\"), (\"ME\"),(\"ME\",\"SM\")", "ME MT SM SR | ME | ME SM | " },
        { "\"SM\",\"SM\",\"SM\"", "SM | SM | SM | " }, { "(\"SM\")", "SM | | | " }, { "", "| | | " },
        { "(\"WAYTOOLONG\",\"SM\"", "SM | | | " },
        { "(\"A\",\"B\",\"C\",\"D\",\"E\",\"F\",\"G\",\"H\",\"I\")", "A B C D E F G | | | " } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        char lists[3][BRINGUP_STORAGES_MAX][LEDGER_STORAGE_MAX];
        AUTO_BUF told;
        buf_init(&told, 1000);
        bringup_read_storages(span_of(cases[i].rest), lists);
        for (size_t list = 0; list < 3; list++)
            add_list(&told, lists[list]);
        if (!str_equal(told.data, cases[i].want))
            fail_msg("%s: %s, not %s", cases[i].rest, told.data, cases[i].want);
    }
}

static void registration_is_one_network_of_three(void **state)
{
    static const struct {
        const char *lines[3];
        bool is_registered;
        int number;
    } cases[] = { { { "+CREG: 1,1" }, true, 1 }, { { "+CREG: 1" }, true, 1 },
        { { "+CREG: 5,\"00A1\",\"0001\"" }, true, 5 }, { { "+CREG: 2,5,\"00A1\",\"0001\"" }, true, 5 },
        { { "+CREG: 1,3" }, false, 3 }, { { "+CREG: 0,2", "+CEREG: 0,1" }, true, 1 }, { { "+CREG: 0,6" }, true, 6 },
        { { "+CEREG: 0,6" }, false, -1 }, { { "+CREG: 0,0", "+CEREG: 0,0", "+CGREG: 0,5" }, true, 5 },
        { { "+CSQ: 5" }, true, -1 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct vitals vitals;
        vitals_init(&vitals, NULL, NULL);
        for (size_t line = 0; line < 3 && cases[i].lines[line] != NULL; line++)
            (void)vitals_take(&vitals, span_of(cases[i].lines[line]));
        if (vitals_is_registered(&vitals) != cases[i].is_registered || vitals_registration(&vitals) != cases[i].number)
            fail_msg("%s: %d", cases[i].lines[0], vitals_registration(&vitals));
    }
}

static void a_call_is_told_once_and_with_its_number(void **state)
{
    static const struct {
        const char *label;
        const struct {
            int64_t at;
            const char *line;
        } lines[8];
        const char *told;
    } cases[] = {
        { "with its number",
            { { 0, "RING" }, { 10, "+CLIP: \"+9665\",145,,,,0" }, { 3000, "RING" }, { 3010, "+CLIP: \"+9665\",145" } },
            "+9665/145 " },
        { "withheld, rings on", { { 0, "RING" }, { 3000, "RING" }, { 6000, "RING" }, { 9000, "RING" } }, "/-1 " },
        { "withheld, gives up", { { 0, "RING" }, { 3000, "NO CARRIER" } }, "/-1 " },
        { "withheld, said so", { { 0, "+CRING: VOICE" }, { 1, "+CLIP: \"\",128" } }, "/128 " },
        { "two calls",
            { { 0, "RING" }, { 1, "+CLIP: \"1\",129" }, { 5000, "NO CARRIER" }, { 9000, "RING" },
                { 9001, "+CLIP: \"2\",129" } },
            "1/129 2/129 " },
        { "two calls without an end between",
            { { 0, "RING" }, { 1, "+CLIP: \"1\",129" }, { 20000, "RING" }, { 20001, "+CLIP: \"1\",129" } },
            "1/129 1/129 " },
        { "an end without a call", { { 0, "NO CARRIER" } }, "" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct calls calls = { .is_ringing = false };
        struct calls_call call;
        AUTO_BUF told;
        buf_init(&told, 1000);
        buf_add_text(&told, "");
        for (size_t n = 0; n < 8 && cases[i].lines[n].line != NULL; n++)
            if (calls_take(&calls, span_of(cases[i].lines[n].line), cases[i].lines[n].at + 1, &call))
                buf_add_format(&told, "%s/%d ", call.number, call.type);
        if (!str_equal(told.data != NULL ? told.data : "", cases[i].told))
            fail_msg("%s: %s", cases[i].label, told.data);
    }
}

static void a_call_whose_number_never_comes_is_told_in_the_end(void **state)
{
    struct calls calls = { .is_ringing = false };
    struct calls_call call;

    (void)state;
    assert_false(calls_take(&calls, span_of("RING"), 1000, &call));
    assert_false(calls_expire(&calls, 1001, &call));
    assert_true(calls_expire(&calls, calls_due(&calls), &call));
    assert_int_equal(calls_due(&calls), 0);
}

static void the_text_of_the_network_is_read_in_its_three_forms(void **state)
{
    static const struct {
        const char *rest, *text; /* NULL = none */
    } cases[] = { { "0,\"Balance 5.00\",15", "Balance 5.00" }, { "2", NULL }, { "0,\"\",15", NULL },
        { "0,\"0633002E0035\",72", "\xd8\xb3.5" }, { "0,\"C8329BFD06DDDF72363904\",15", "Hello world!" },
        { "0,\"12345678\",15", "12345678" }, { "0,\"D83D\",72", "\xef\xbf\xbd" } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        char text[USSD_TEXT_MAX];
        bool is_read = ussd_read_text(span_of(cases[i].rest), text, sizeof(text));
        if (is_read != (cases[i].text != NULL) || (is_read && !str_equal(text, cases[i].text)))
            fail_msg("%s: %s", cases[i].rest, text);
    }
}

static void the_code_is_written_as_it_is_or_packed(void **state)
{
    char text[USSD_COMMAND_MAX];

    (void)state;
    ussd_write_command("*100#", false, text, sizeof(text));
    assert_string_equal(text, "AT+CUSD=1,\"*100#\",15");
    ussd_write_command("*100#", true, text, sizeof(text));
    assert_string_equal(text, "AT+CUSD=1,\"AA180C3602\",15");
}

static void settings_outside_their_bounds_are_refused(void **state)
{
    static const struct {
        const char *json;
        int status;
    } cases[] = { { "{\"device\":\"/dev/x\"}", 0 }, { "{}", ERR_PROTOCOL }, { "[]", ERR_PROTOCOL },
        { "{\"device\":\"/dev/x\",\"pin\":\"1234\",\"storage\":\"ME\",\"calls\":\"ignore\",\"ussd\":\"*1#\"}", 0 },
        { "{\"device\":\"/dev/x\",\"pin\":\"12\"}", ERR_PROTOCOL },
        { "{\"device\":\"/dev/x\",\"pin\":\"1234\\\"\"}", ERR_PROTOCOL },
        { "{\"device\":\"/dev/x\",\"ussd\":\"*1#\\rATD\"}", ERR_PROTOCOL },
        { "{\"device\":\"/dev/x\",\"storage\":\"XX\"}", ERR_PROTOCOL },
        { "{\"device\":\"/dev/x\",\"sweep_s\":0}", ERR_PROTOCOL }, { "{\"device\":\"/dev/x\",\"later\":1}", 0 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct setup setup;
        struct error error;
        AUTO_JSON *json = json_read(span_of(cases[i].json), &error);
        if (setup_read(json, NULL, &setup, &error) != cases[i].status)
            fail_msg("%s", cases[i].json);
    }
}

static void a_frame_has_one_word(void **state)
{
    static const struct {
        const char *json;
        enum modemwire_word word;
    } cases[] = { { "{\"welcome\":1,\"allow\":[],\"modem\":{}}", MODEMWIRE_WELCOME },
        { "{\"modem\":{}}", MODEMWIRE_MODEM }, { "{\"allow\":[]}", MODEMWIRE_ALLOW },
        { "{\"stored\":\"m1\"}", MODEMWIRE_STORED }, { "{\"pin\":\"go\"}", MODEMWIRE_PIN },
        { "{\"stored\":\"m1\",\"busy\":\"m1\"}", MODEMWIRE_NONE },
        { "{\"message\":\"m1\",\"stored\":\"m1\"}", MODEMWIRE_NONE }, { "{}", MODEMWIRE_NONE } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct error error;
        json_t *frame = NULL;
        enum modemwire_word word;
        int status = modemwire_read(span_of(cases[i].json), &frame, &word, &error);
        if (word != cases[i].word || (status == 0) != (word != MODEMWIRE_NONE))
            fail_msg("%s: word %d", cases[i].json, (int)word);
        json_decref(frame);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(storages_are_read_as_modems_write_them),
        cmocka_unit_test(registration_is_one_network_of_three),
        cmocka_unit_test(a_call_is_told_once_and_with_its_number),
        cmocka_unit_test(a_call_whose_number_never_comes_is_told_in_the_end),
        cmocka_unit_test(the_text_of_the_network_is_read_in_its_three_forms),
        cmocka_unit_test(the_code_is_written_as_it_is_or_packed),
        cmocka_unit_test(settings_outside_their_bounds_are_refused),
        cmocka_unit_test(a_frame_has_one_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
