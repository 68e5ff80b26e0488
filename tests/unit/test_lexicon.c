/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lexicon - words in files become one snapshot; every mistake of staff is told with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/classify.h"
#include "gateway/core/triage/lexicon.h"

#define DIRECTORY "config/lexicon"
#define BYTES_MAX 8000000u

static void shipped_lexicon_loads_without_a_complaint(void **state)
{
    AUTO_BUF report;
    struct lexicon *lexicon = NULL;
    (void)state;
    buf_init(&report, 65536);
    if (lexicon_load(DIRECTORY, &report, &lexicon))
        fail_msg("%s", report.data ? report.data : "");
    assert_int_equal(report.len, 0);
    assert_true(lexicon->language_count >= 27);
    assert_true(lexicon_bytes(lexicon) < BYTES_MAX);
    lexicon_free(lexicon);
}

static void two_loads_are_the_same(void **state)
{
    struct lexicon *a = NULL, *b = NULL;
    (void)state;
    assert_int_equal(lexicon_load(DIRECTORY, NULL, &a), 0);
    assert_int_equal(lexicon_load(DIRECTORY, NULL, &b), 0);
    assert_int_equal(a->entry_count, b->entry_count);
    assert_int_equal(a->piece_count, b->piece_count);
    for (uint32_t i = 0; i < a->entry_count; i++) {
        const struct lexicon_entry *x = &a->entries[i], *y = &b->entries[i];
        assert_true(x->label == y->label && x->weight == y->weight && x->first_piece == y->first_piece);
        assert_true(a->anchors[i].entry == b->anchors[i].entry && a->anchors[i].piece == b->anchors[i].piece);
    }
    for (uint32_t i = 0; i < a->piece_count; i++)
        assert_int_equal(a->pieces[i].word, b->pieces[i].word);
    lexicon_free(a);
    lexicon_free(b);
}

/* Requirement 13 and the issue: these in every language. */
static void every_language_can_say_the_necessary(void **state)
{
    static const unsigned needed[] = {
        CATEGORY_danger,
        CATEGORY_suicide,
        CATEGORY_violence,
        CATEGORY_wages,
        CATEGORY_missing,
        CATEGORY_escaped,
        LABEL_OF_FLAG + FLAG_third_party,
        LABEL_OF_FLAG + FLAG_do_not_call,
        LABEL_OF_FLAG + FLAG_no_reply,
        LABEL_OF_INTENT + INTENT_stop,
        LABEL_OF_INTENT + INTENT_start,
        LABEL_OF_INTENT + INTENT_safe,
        LABEL_OF_INTENT + INTENT_yes,
        LABEL_OF_INTENT + INTENT_no,
        LABEL_OF_INTENT + INTENT_thanks,
    };
    struct lexicon *lexicon = NULL;
    (void)state;
    assert_int_equal(lexicon_load(DIRECTORY, NULL, &lexicon), 0);
    for (unsigned l = 0; l < lexicon->language_count; l++) {
        bool has[LABEL_COUNT] = { false };
        for (uint32_t i = 0; i < lexicon->entry_count; i++)
            if (lexicon->entries[i].language == l)
                has[lexicon->entries[i].label] = true;
        if (str_equal(lexicon->languages[l].tag, "common") || str_equal(lexicon->languages[l].tag, "places"))
            continue;
        for (size_t k = 0; k < STR_COUNT(needed); k++)
            if (!has[needed[k]])
                fail_msg("%s has no word for %s", lexicon->languages[l].tag, label_word(needed[k]));
    }
    lexicon_free(lexicon);
}

static void mistakes_are_told_with_their_line(void **state)
{
    static const struct {
        const char *label, *text, *want;
    } rows[] = {
        { "no language", "reads = [ \"*\" ];\n", "x.conf:0: language = \"...\" is missing" },
        { "category", "language = \"xx\";\ncategories = {\n  wage = ( \"pay\" );\n};\n",
            "x.conf:3: unknown word \"wage\"" },
        { "key", "language = \"xx\";\nreadz = 1;\n", "x.conf:2: unknown key \"readz\"" },
        { "weight", "language = \"xx\";\nflags = { minor = ( (\"kid\", 4) ); };\n", "x.conf:2: an entry is" },
        { "not a list", "language = \"xx\";\nflags = { minor = \"kid\"; };\n", "x.conf:2: a list of entries" },
        { "empty entry", "language = \"xx\";\nflags = { minor = ( \"...\" ); };\n", "x.conf:2: no word in the entry" },
        { "negation", "language = \"xx\";\nnegation = \"over\";\n", "x.conf:2: negation is before, after or both" },
        { "letters", "language = \"xx\";\nletters = ( \"a\" );\n", "x.conf:2: letters to be taken as one" },
        { "syntax", "language = ;\n", "x.conf:1: " },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF report;
        struct lexicon *lexicon = NULL;
        buf_init(&report, 65536);
        assert_int_equal(lexicon_new(&lexicon), 0);
        int rc = lexicon_add_text(lexicon, span_of(rows[i].text), "x.conf", &report);
        if (rc == 0 || !report.data || !strstr(report.data, rows[i].want))
            fail_msg("%s: %d \"%s\"", rows[i].label, rc, report.data ? report.data : "");
        lexicon_free(lexicon);
    }
}

static const char phrases[] = "language = \"xx\";\n"
                              "reads = [ \"*\" ];\n"
                              "categories = {\n"
                              "    wages = ( \"no salary\" );\n"
                              "    medical = ( \"sick*\" );\n"
                              "    violence = ( \"*beat\" );\n"
                              "    legal = ( \"took .. police\" );\n"
                              "    documents = ( (\"paper\", 1) );\n"
                              "};\n"
                              "concepts = { self = ( \"i\" ); };\n";

static void entries_match_as_they_are_written(void **state)
{
    static const struct {
        const char *text;
        category_set want;
    } rows[] = {
        { "i have no salary", CATEGORY_BIT(wages) },
        { "i have no more salary", CATEGORY_BIT(wages) },
        { "i have no idea why my salary", CATEGORY_BIT(unclear) },
        { "salary no i", CATEGORY_BIT(unclear) },
        { "i am sickly", CATEGORY_BIT(medical) },
        { "i am seasick", CATEGORY_BIT(unclear) },
        { "i am upbeat", CATEGORY_BIT(violence) },
        { "i am beaten", CATEGORY_BIT(unclear) },
        { "i was took away by the police", CATEGORY_BIT(legal) },
        { "i took one two three four five police", CATEGORY_BIT(unclear) },
        { "i need paper", CATEGORY_BIT(unclear) },
    };
    struct lexicon *lexicon = NULL;
    (void)state;
    assert_int_equal(lexicon_new(&lexicon), 0);
    assert_int_equal(lexicon_add_text(lexicon, span_of(phrases), "x.conf", NULL), 0);
    assert_int_equal(lexicon_close(lexicon, NULL, NULL), 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct triage triage;
        assert_int_equal(triage_classify(lexicon, span_of(rows[i].text), NULL, 0, &triage), 0);
        if (triage.categories != rows[i].want)
            fail_msg("\"%s\": %x", rows[i].text, triage.categories);
    }
    lexicon_free(lexicon);
}

static void absent_directory_is_refused_with_a_sentence(void **state)
{
    AUTO_BUF report;
    struct lexicon *lexicon = NULL;
    (void)state;
    buf_init(&report, 65536);
    assert_int_equal(lexicon_load("config/no-such-folder", &report, &lexicon), ERR_NOT_FOUND);
    assert_non_null(strstr(report.data, "config/no-such-folder"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_lexicon_loads_without_a_complaint),
        cmocka_unit_test(two_loads_are_the_same),
        cmocka_unit_test(every_language_can_say_the_necessary),
        cmocka_unit_test(mistakes_are_told_with_their_line),
        cmocka_unit_test(entries_match_as_they_are_written),
        cmocka_unit_test(absent_directory_is_refused_with_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
