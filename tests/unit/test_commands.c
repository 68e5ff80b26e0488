/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_commands - the words of the SMS commands: found in any case and script, and never of two minds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/texts_parts.h"
#include "gateway/base/str.h"
#include "tests/support/wordsdir.h"

static void words_are_found_in_any_case_and_script(void **state)
{
    static const struct {
        const char *word;
        int want;
    } rows[] = {
        { "OK", COMMAND_TAKE },
        { "ok", COMMAND_TAKE },
        { "Oo", COMMAND_TAKE },
        { "ya", COMMAND_TAKE },
        { "هلا", -1 },
        { "نعم", COMMAND_TAKE },
        { "hindi", COMMAND_DECLINE },
        { "tidak", COMMAND_DECLINE },
        { "होइन", COMMAND_DECLINE },
        { "አይ", COMMAND_DECLINE },
        { "selesai", COMMAND_END },
        { "Fin", COMMAND_END },
        { "écrire", COMMAND_SAY },
        { "note", COMMAND_NOTE },
        { "force", COMMAND_FORCE },
        { "done", COMMAND_CONTACTED },
        { "kazini", COMMAND_ON },
        { "නිවාඩු", COMMAND_OFF },
        { "đóng", COMMAND_END },
        { "KTRM", -1 },
        { "", -1 },
        { "okay then", -1 },
    };
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    (void)state;
    assert_int_equal(texts_load(NULL, "config/commands.conf", NULL, report, &texts), 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (texts_command(texts, span_of(rows[i].word)) != rows[i].want)
            fail_msg("%s: %d", rows[i].word, texts_command(texts, span_of(rows[i].word)));
    texts_free(texts);
}

static void usual_words_stand_for_their_verbs(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    (void)state;
    assert_int_equal(texts_load(NULL, NULL, NULL, report, &texts), 0);
    for (int verb = 0; verb < COMMAND_VERB_COUNT; verb++)
        assert_int_equal(texts_command(texts, span_of(texts_command_word((enum command_verb)verb))), verb);
    assert_string_equal(texts_command_word(COMMAND_CONTACTED), "DONE");
    texts_free(texts);
}

static void each_fault_is_told_with_its_line(void **state)
{
    static const struct {
        const char *label, *text, *want;
    } rows[] = {
        { "two verbs in two languages",
            "commands = (\n{ language = \"aa\"; ok = [ \"SIRA\" ]; },\n{ language = \"bb\";\nend = [ \"sira\" ]; }\n);\n",
            "commands.conf:4: commands[1]: `end`: `sira` stands for `ok` already (aa, line 2)" },
        { "two verbs in one language", "commands = ( { language = \"aa\"; ok = [ \"VITA\" ]; no = [ \"VITA\" ]; } );\n",
            "commands.conf:1: commands[0]: `no`: `VITA` stands for `ok` already (aa, line 1)" },
        { "against a built-in word", "commands = ( { language = \"aa\"; no = [ \"ok\" ]; } );\n",
            "commands.conf:1: commands[0]: `no`: `ok` always stands for `ok`" },
        { "two words", "commands = ( { language = \"aa\"; ok = [ \"go on\" ]; } );\n",
            "commands.conf:1: commands[0]: `ok`: `go on` must be one word of letters" },
        { "digit", "commands = ( { language = \"aa\"; ok = [ \"na3am\" ]; } );\n",
            "commands.conf:1: commands[0]: `ok`: `na3am` must be one word of letters" },
        { "one letter", "commands = ( { language = \"aa\"; ok = [ \"k\" ]; } );\n",
            "commands.conf:1: commands[0]: `ok`: `k` must have 2 to 16 letters" },
        { "like a code", "commands = ( { language = \"aa\"; ok = [ \"krvn\" ]; } );\n",
            "commands.conf:1: commands[0]: `ok`: `krvn` looks like the code of an alert (four consonants)" },
        { "unknown verb", "commands = ( { language = \"aa\"; nott = [ \"krven\" ]; } );\n",
            "commands.conf:1: commands[0]: unknown key `nott`, did you mean `note`?" },
        { "no language", "commands = ( { ok = [ \"ja\" ]; } );\n",
            "commands.conf:1: commands[0]: the key `language` is missing" },
        { "not a list", "commands = { };\n", "commands.conf:1: `commands` must be a list of groups in round brackets" },
        { "root", "comands = ( );\n", "commands.conf:1: unknown key `comands`, did you mean `commands`?" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_REPORT *report = report_new();
        struct texts *texts = NULL;
        struct wordsdir words;
        wordsdir_open(&words);
        wordsdir_put(&words, "commands.conf", rows[i].text);
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
        cmocka_unit_test(words_are_found_in_any_case_and_script),
        cmocka_unit_test(usual_words_stand_for_their_verbs),
        cmocka_unit_test(each_fault_is_told_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
