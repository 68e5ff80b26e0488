/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_words - words that staff add: what is taken, what is doubtful, what is never taken, and that all survive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/classify.h"
#include "gateway/core/triage/lexcheck.h"
#include "gateway/core/words.h"
#include "tests/support/store_rig.h"

#define DIRECTORY "config/lexicon"

struct desk {
    struct store_rig rig;
    struct config config;
    struct lexicon *lexicon;
    struct core core;
};

static void begin(struct desk *desk)
{
    memset(desk, 0, sizeof *desk);
    rig_open_memory(&desk->rig);
    desk->config.lexicon_directory = DIRECTORY;
    assert_int_equal(lexicon_load(DIRECTORY, NULL, &desk->lexicon), 0);
    desk->core = (struct core){ .config = &desk->config, .lexicon = desk->lexicon, .store = desk->rig.store };
    assert_int_equal(store_begin(desk->rig.store), 0);
}

static void end(struct desk *desk)
{
    assert_int_equal(store_commit(desk->rig.store), 0);
    lexicon_free(desk->lexicon);
    rig_close(&desk->rig);
}

static struct added_word_row word(const char *language, const char *section, const char *label, const char *words)
{
    struct added_word_row row = { .weight = 3, .added_at = RIG_NOW, .added_by = "user:maria" };
    str_copy(row.language, sizeof row.language, language);
    str_copy(row.section, sizeof row.section, section);
    str_copy(row.label, sizeof row.label, label);
    str_copy(row.words, sizeof row.words, words);
    return row;
}

static void rows_come_back_as_they_were_added(void **state)
{
    struct store_rig rig;
    struct words words, again;
    struct added_word_row got;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    struct added_word_row first = word("tl", "categories", "wages", "kukurikabu"), same = first;
    struct added_word_row second = word("vi", "concepts", "food", "b\xc3\xa1nh *m\xc3\xac");
    second.weight = 2;
    assert_int_equal(addedwords_insert(rig.store, &first), 0);
    assert_int_equal(addedwords_insert(rig.store, &same), ERR_EXISTS);
    assert_int_equal(addedwords_insert(rig.store, &second), 0);
    assert_int_equal(words_read(rig.store, &words), 0);
    assert_int_equal(words.count, 2);
    assert_string_equal(words.items[1].words, second.words);
    assert_string_equal(words.items[1].section, "concepts");
    assert_int_equal(words.items[1].weight, 2);
    assert_int_equal(addedwords_get(rig.store, first.id, &got), 0);
    assert_string_equal(got.added_by, "user:maria");
    assert_int_equal(got.added_at, RIG_NOW);
    assert_int_equal(addedwords_delete(rig.store, first.id), 0);
    assert_int_equal(addedwords_delete(rig.store, first.id), ERR_NOT_FOUND);
    assert_int_equal(words_read(rig.store, &again), 0);
    assert_int_equal(again.count, 1);
    assert_false(words_equal(&words, &again));
    assert_true(words_equal(&again, &again));
    words_done(&words);
    words_done(&again);
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

static category_set categories_of(const struct lexicon *lexicon, const char *text)
{
    struct triage triage;
    assert_int_equal(triage_classify(lexicon, span_of(text), NULL, RIG_NOW, &triage), 0);
    return triage.categories;
}

static void added_words_are_read_like_those_of_the_files(void **state)
{
    static const char text[] = "tulong po kukurikabu ako ng amo ko";
    struct lexicon_added added[] = {
        { 1, "xx", "categories", "wages", "lost", 3 },
        { 2, "tl", "categories", "no_such_thing", "lost", 3 },
        { 3, "tl", "categories", "wages", "...", 3 },
        { 4, "vi", "categories", "wages", "kh\xc3\xb4ng \xc4\x91\xc6\xb0\xe1\xbb\xa3\x63 k\xe1\xba\xb9o", 3 },
        { 5, "tl", "categories", "wages", "kukurikabu", 3 },
    };
    AUTO_BUF report;
    struct lexicon *plain = NULL, *lexicon = NULL;
    (void)state;
    buf_init(&report, 65536);
    assert_int_equal(lexicon_load(DIRECTORY, NULL, &plain), 0);
    assert_int_equal(lexicon_load_added(DIRECTORY, false, added, STR_COUNT(added), &report, &lexicon), 0);
    assert_non_null(strstr(report.data, "added word 1 (xx, wages): there are no words of that language\n"));
    assert_non_null(strstr(report.data, "added word 2 (tl, no_such_thing): there is no such label\n"));
    assert_non_null(strstr(report.data, "added word 3 (tl, wages): there is no word in it\n"));
    assert_int_equal(lexicon->entry_count, plain->entry_count + 3); /* Vietnamese also without its marks */
    assert_false(categories_of(plain, text) & CATEGORY_BIT(wages));
    assert_true(categories_of(lexicon, text) & CATEGORY_BIT(wages));
    lexicon_free(plain);
    lexicon_free(lexicon);
}

static void what_a_person_types_names_one_label(void **state)
{
    static const struct {
        const char *language, *label, *section, *want; /* want NULL = refused */
    } rows[] = {
        { "tl", "wages", "categories", "wages" },
        { "tl", "concepts:food", "concepts", "food" },
        { "tl", "do_not_call", "flags", "do_not_call" },
        { "en", "places:SA", "places", "SA" },
        { "en", "pay", "concepts", "pay" },
        { "xx", "wages", NULL, NULL },
        { "tl", "nothing", NULL, NULL },
        { "tl", "flags:wages", NULL, NULL },
        { "tl", "", NULL, NULL },
        { "tl", "not_help", NULL, NULL },
        { "tl", "intents:stop", NULL, NULL },
        { "tl", "yes", NULL, NULL },
        { "tl", "spam", NULL, NULL },
        { "tl", "chat", NULL, NULL },
        { "tl", "neg", NULL, NULL },
        { "tl", "well", NULL, NULL },
    };
    struct lexicon *lexicon = NULL;
    (void)state;
    assert_int_equal(lexicon_load(DIRECTORY, NULL, &lexicon), 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct added_word_row row = { .weight = 3 };
        struct error error = { "" };
        int code = words_name(lexicon, rows[i].language, rows[i].label, &row, &error);
        bool is_right = rows[i].want
                            ? code == 0 && str_equal(row.section, rows[i].section) && str_equal(row.label, rows[i].want)
                            : code == ERR_REFUSED && error.text[0];
        if (!is_right)
            fail_msg("%s %s: %d %s:%s %s", rows[i].language, rows[i].label, code, row.section, row.label, error.text);
    }
    lexicon_free(lexicon);
}

static void doubtful_words_are_told(void **state)
{
    static const struct {
        const char *label, *language, *section, *name, *words,
            *want; /* want "" = nothing, "!" before: refused as unreadable */
        bool is_error;
    } rows[] = {
        { "new", "tl", "categories", "wages", "kukurikabu", "", false },
        { "stands already", "en", "categories", "wages", "no salary", "stands already at en.conf:", false },
        { "chat", "en", "categories", "wages", "birthday", "means something else at en.conf:", false },
        { "wakes people for chat", "en", "categories", "danger", "happy", "error, chat is read as danger", true },
        { "too short", "th", "categories", "violence", "\xe0\xb8\x95\xe0\xb8\xb5", "weighs 1", false },
        { "nothing in it", "en", "categories", "wages", "!!!", "!there is no word in it", false },
        { "too many words", "en", "categories", "wages", "a b c d e f g h", "!it is too long", false },
    };
    struct desk desk;
    (void)state;
    begin(&desk);
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct added_word_row row = word(rows[i].language, rows[i].section, rows[i].name, rows[i].words);
        struct words_findings findings;
        struct error error = { "" };
        int code = words_check(&desk.core, &row, &findings, &error);
        const char *want = rows[i].want, *got = findings.report.data ? findings.report.data : "";
        bool is_right = want[0] == '!' ? code == ERR_REFUSED && strstr(error.text, want + 1)
                        : want[0]      ? code == 0 && strstr(got, want) && (findings.errors > 0) == rows[i].is_error
                                       : code == 0 && !findings.errors && !findings.remarks && !got[0];
        if (!is_right)
            fail_msg("%s: %d, %u errors, %s%s", rows[i].label, code, findings.errors, got, error.text);
        buf_done(&findings.report);
    }
    end(&desk);
}

static void an_added_word_is_judged_beside_the_others(void **state)
{
    struct desk desk;
    struct words_findings findings;
    struct error error = { "" };
    (void)state;
    begin(&desk);
    struct added_word_row row = word("tl", "categories", "wages", "kukurikabu"),
                          lost = word("xx", "flags", "minor", "x");
    assert_int_equal(addedwords_insert(desk.rig.store, &lost), 0); /* of a language that an upgrade took away */
    assert_int_equal(addedwords_insert(desk.rig.store, &row), 0);
    row.weight = 2;
    assert_int_equal(words_check(&desk.core, &row, &findings, &error), 0);
    assert_non_null(findings.report.data);
    assert_non_null(strstr(findings.report.data, "stands with another weight at the words added to tl (wages)"));
    buf_done(&findings.report);
    end(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back_as_they_were_added),
        cmocka_unit_test(added_words_are_read_like_those_of_the_files),
        cmocka_unit_test(what_a_person_types_names_one_label),
        cmocka_unit_test(doubtful_words_are_told),
        cmocka_unit_test(an_added_word_is_judged_beside_the_others),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
