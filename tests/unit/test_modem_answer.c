/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_modem_answer - to whom a line of a modem belongs: whole transcripts, line by line.
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
#include "gateway/modem/answer.h"
#include "gateway/modem/at.h"

#define PDU_A "0791000000000000040B9169760500002100046211429120000001AA" /* 28 octets, TPDU of 20 */
#define PDU_B "0791000000000000040B9169760500002100046211429120000001BB"
#define PDU_C "0791000000000000040B9169760500002100046211429120000002CCCC" /* TPDU of 21 */

struct rig {
    struct answer answer;
    struct buf told;
};

/* One word for each thing told: "1A" a whole record in slot 1 whose PDU ends in A, "1?" a damaged one, "ok", "!" a line
 * nobody asked for. */
static void tell(void *context, const struct answer_found *found)
{
    struct rig *rig = context;
    int index = -1;
    char end = found->pdu.len > 0 ? found->pdu.data[found->pdu.len - 1] : '-';
    switch (found->kind) {
    case ANSWER_RECORD:
        (void)atline_number(found->line, 0, &index);
        buf_add_format(&rig->told, "%d%c%s ", index, end, found->is_whole ? "" : "?");
        break;
    case ANSWER_MESSAGE:
    case ANSWER_REPORT:
        buf_add_format(
            &rig->told, "%s%c%s ", found->kind == ANSWER_MESSAGE ? "cmt" : "cds", end, found->is_whole ? "" : "?");
        break;
    case ANSWER_FINAL:
        buf_add_format(&rig->told, "%s ", found->final.code == ATLINE_OK ? "ok" : "error");
        break;
    case ANSWER_ECHO:
        buf_add_text(&rig->told, "echo ");
        break;
    case ANSWER_LINE:
        buf_add_text(&rig->told, "line ");
        break;
    case ANSWER_UNASKED:
        buf_add_text(&rig->told, "! ");
        break;
    }
}

static void take_line(void *context, enum at_event event, struct span line)
{
    struct rig *rig = context;
    if (event == AT_LINE)
        answer_take(&rig->answer, line, tell, rig);
    else
        buf_add_text(&rig->told, "> ");
}

static const struct {
    const char *label;
    enum answer_shape shape;
    const char *command, *prefix, *said, *told;
} transcripts[] = {
    { "a listing", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "\r\n+CMGL: 1,1,,20\r\n" PDU_A "\r\n+CMGL: 3,0,\"An, na\",20\r\n" PDU_B "\r\n\r\nOK\r\n", "1A 3B ok " },
    { "blanks as ZTE writes them", ANSWER_LISTING, "AT+CMGL=4", "+CMGL", "+CMGL : 0, 1, , 20\n" PDU_A "\nOK\n",
        "0A ok " },
    { "no line break before the next header", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CMGL: 1,1,,20\r" PDU_A "+CMGL: 2,1,,21\r" PDU_C "\rOK\r", "1A 2C ok " },
    { "chatter between header and PDU", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CMGL: 1,1,,20\r^RSSI: 5\r+CMTI: \"SM\",4\rRING\r" PDU_A "\rOK\r", "! ! ! 1A ok " },
    { "hex that is another one's is not the PDU", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CMGL: 1,1,,20\r" PDU_C "\r" PDU_A "\rOK\r", "1C? ! ok " },
    { "a message with its own PDU inside", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CMGL: 1,1,,20\r+CMT: ,21\r" PDU_C "\r" PDU_A "\rOK\r", "cmtC 1A ok " },
    { "equal lengths that can be mistaken are read again", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CMGL: 1,1,,20\r+CMT: ,20\r" PDU_B "\r" PDU_A "\rOK\r", "cmtB 1A? ok " },
    { "a header without its PDU", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CMGL: 1,1,,20\r+CMGL: 2,1,,20\r" PDU_A "\rOK\r", "1-? 2A ok " },
    { "a PDU with a broken digit", ANSWER_LISTING, "AT+CMGL=4", "+CMGL", "+CMGL: 1,1,,20\r07zz\rOK\r", "! 1z? ok " },
    { "a report between commands", ANSWER_PLAIN, NULL, NULL, "+CDS: 20\r" PDU_A "\r", "cdsA " },
    { "a broadcast's line is nobody's", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CMGL: 1,1,,20\r+CBM: 20\r" PDU_B "\r" PDU_A "\rOK\r", "! ! 1A ok " },
    { "a broadcast without its line takes nobody else's", ANSWER_PLAIN, NULL, NULL, "+CBM: 88\r+CMT: ,21\r" PDU_C "\r",
        "! cmtC " },
    { "OK inside the network's text ends nothing", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CUSD: 0,\"You have\r\nOK\r\n5 SAR\",15\r+CMGL: 1,1,,20\r" PDU_A "\rOK\r", "! 1A ok " },
    { "a text that is cut short swallows nothing", ANSWER_LISTING, "AT+CMGL=4", "+CMGL",
        "+CUSD: 0,\"You\r+CMGL: 1,1,,20\r" PDU_A "\rOK\r", "! 1A ok " },
    { "an echo", ANSWER_PLAIN, "AT+CSQ", "+CSQ", "AT+CSQ\r\r\n+CSQ: 5,99\r\n\r\nOK\r\n", "echo line ok " },
    { "another prefix is not an answer", ANSWER_PLAIN, "AT+CSQ", "+CSQ", "+CREG: 5\r+CSQ: 5,99\rOK\r", "! line ok " },
    { "a word of Huawei ends a command", ANSWER_PLAIN, "AT+X", NULL, "COMMAND NOT SUPPORT\r", "error " },
    { "a line without a prefix", ANSWER_BARE, "AT+CGMM", "+CGMM", "^BOOT:1\rE3531\rOK\r", "! line ok " },
    { "nothing runs: a late final code is nobody's", ANSWER_PLAIN, NULL, NULL, "OK\rERROR\r", "! ! " },
    { "a reboot word", ANSWER_PLAIN, "AT", NULL, "RDY\rNO CARRIER\rOK\r", "! ! ok " },
};

static void lines_go_to_whom_they_belong(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(transcripts); i++) {
        struct rig *rig = calloc(1, sizeof(*rig));
        struct at *at = calloc(1, sizeof(*at));
        assert_non_null(rig);
        assert_non_null(at);
        buf_init(&rig->told, 4096);
        if (transcripts[i].command != NULL)
            answer_begin(&rig->answer, transcripts[i].command, transcripts[i].shape, transcripts[i].prefix);
        at_feed(at, span_of(transcripts[i].said), take_line, rig);
        if (!str_equal(rig->told.data, transcripts[i].told))
            fail_msg("%s: told \"%s\", not \"%s\"", transcripts[i].label, rig->told.data, transcripts[i].told);
        buf_done(&rig->told);
        free(rig);
        free(at);
    }
}

static void a_prompt_counts_at_the_beginning_of_a_line_and_when_awaited(void **state)
{
    static const struct {
        const char *label, *said, *told;
        bool is_awaited;
    } cases[] = { { "awaited", "\r\n> ", "> ", true }, { "without the blank", "\r\n>OK\r", "> ok ", true },
        { "not awaited", "\r\n> \rOK\r", "! ok ", false }, { "inside a line", "a> b\rOK\r", "! ok ", true },
        { "after an echo", "AT+CMGS=20\r\r\n> ", "echo > ", true } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct rig *rig = calloc(1, sizeof(*rig));
        struct at *at = calloc(1, sizeof(*at));
        assert_non_null(rig);
        assert_non_null(at);
        buf_init(&rig->told, 4096);
        answer_begin(&rig->answer, "AT+CMGS=20", ANSWER_PLAIN, "+CMGS");
        at->wants_prompt = cases[i].is_awaited;
        at_feed(at, span_of(cases[i].said), take_line, rig);
        if (!str_equal(rig->told.data, cases[i].told))
            fail_msg("%s: told \"%s\", not \"%s\"", cases[i].label, rig->told.data, cases[i].told);
        buf_done(&rig->told);
        free(rig);
        free(at);
    }
}

static void a_line_without_an_end_is_cut_and_forgotten(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));
    struct at *at = calloc(1, sizeof(*at));

    (void)state;
    assert_non_null(rig);
    assert_non_null(at);
    buf_init(&rig->told, 4096);
    for (int i = 0; i < 3 * AT_LINE_MAX; i++)
        at_feed(at, span_of("A"), take_line, rig);
    assert_int_equal(at->len, AT_LINE_MAX);
    answer_begin(&rig->answer, "AT", ANSWER_PLAIN, NULL);
    at_feed(at, span_of("\r\nOK\r\n"), take_line, rig);
    assert_string_equal(rig->told.data, "! ok ");
    buf_done(&rig->told);
    free(rig);
    free(at);
}

static void finals_are_numbers_of_the_protocol(void **state)
{
    static const struct {
        const char *line;
        int status; /* -1 = not final */
    } cases[] = { { "OK", 0 }, { "ok ", 0 }, { "ERROR", 500 }, { "+CMS ERROR: 38", 38 }, { "+CMS ERROR:321", 321 },
        { "+CME ERROR: 14", 1014 }, { "+CME ERROR: SIM busy", 1014 }, { "+CMS ERROR: whatever", 500 },
        { "+CMS ERROR: 0", 500 }, { "TOO MANY PARAMETERS", 500 }, { "OKAY", -1 }, { "+CMS", -1 },
        { "NO CARRIER", -1 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct atline_final final = atline_final(span_of(cases[i].line));
        int status = final.code == ATLINE_NOT_FINAL ? -1 : atline_status(final);
        if (status != cases[i].status)
            fail_msg("%s: %d, not %d", cases[i].line, status, cases[i].status);
    }
}

static void lengths_are_those_of_the_tpdu(void **state)
{
    static const struct {
        const char *pdu;
        int length;
    } cases[] = { { PDU_A, 20 }, { PDU_C, 21 }, { "0011", 1 }, { "00", -1 }, { "0791", -1 }, { "FF00", -1 },
        { "001", -1 }, { "00G1", -1 }, { "", -1 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++)
        if (atline_tpdu_length(span_of(cases[i].pdu)) != cases[i].length)
            fail_msg("%s: not %d", cases[i].pdu, cases[i].length);
    assert_true(atline_is_report(span_of("000611")));
    assert_false(atline_is_report(span_of(PDU_A)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_go_to_whom_they_belong),
        cmocka_unit_test(a_prompt_counts_at_the_beginning_of_a_line_and_when_awaited),
        cmocka_unit_test(a_line_without_an_end_is_cut_and_forgotten),
        cmocka_unit_test(finals_are_numbers_of_the_protocol),
        cmocka_unit_test(lengths_are_those_of_the_tpdu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
