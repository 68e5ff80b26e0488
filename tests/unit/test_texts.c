/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_texts - the fixed sentences: what a file may hold, what is sent to whom, and that the committed ones are safe.
 * Keeps: run from the root of the tree, as the Makefile does.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/fold.h"
#include "config/texts_parts.h"
#include "config/texts_print.h"
#include "config/wording.h"
#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"
#include "gateway/core/triage/classify.h"
#include "tests/support/wordsdir.h"

#define NOW_AT 1795305600000LL

static int load_committed(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    if (texts_load("config/replies", "config/commands.conf", "config/countries.conf", report, &texts))
        wordsdir_print(report, "the committed files");
    *state = texts;
    return texts ? 0 : -1;
}

static int free_committed(void **state)
{
    texts_free(*state);
    return 0;
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

static void sentence_is_found_by_tag_then_primary_tag_then_english(void **state)
{
    static const char other[] = "language = \"ne\";\nneutral = \"Dhanyabad.\";\n";
    static const char latin[] = "language = \"ne-Latn\";\nwho = \"Kun saharma?\";\n";
    static const struct {
        const char *tag;
        enum text_purpose purpose;
        const char *want;
    } rows[] = {
        { "en", TEXT_NEUTRAL, "Thank you. It is here." },
        { "ne", TEXT_NEUTRAL, "Dhanyabad." },
        { "NE", TEXT_NEUTRAL, "Dhanyabad." },
        { "ne-Latn", TEXT_WHO, "Kun saharma?" },
        { "ne-Latn", TEXT_NEUTRAL, "Dhanyabad." },
        { "ne-Deva", TEXT_NEUTRAL, "Dhanyabad." },
        { "ne", TEXT_WHO, "In which city?" },
        { "new", TEXT_NEUTRAL, "Thank you. It is here." },
        { "und", TEXT_WHO, "In which city?" },
        { "", TEXT_WHO, "In which city?" },
        { "ne-Latn", TEXT_CONSENT, "May we pass it on? YES or NO." },
    };
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    struct wordsdir words;
    (void)state;
    wordsdir_open(&words);
    wordsdir_put(&words, "replies/en.conf", wordsdir_english);
    wordsdir_put(&words, "replies/ne.conf", other);
    wordsdir_put(&words, "replies/ne-Latn.conf", latin);
    wordsdir_put(&words, "replies/README.md", "not a file of sentences");
    int code = wordsdir_load(&words, report, &texts);
    if (code)
        wordsdir_print(report, "three languages");
    wordsdir_close(&words);
    assert_int_equal(code, 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (!str_equal(texts_find(texts, rows[i].purpose, rows[i].tag), rows[i].want))
            fail_msg("%s %d: %s", rows[i].tag, rows[i].purpose, texts_find(texts, rows[i].purpose, rows[i].tag));
    texts_free(texts);
}

static void empty_set_has_no_sentence_and_the_usual_commands(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    (void)state;
    assert_int_equal(texts_load("", "", "", report, &texts), 0);
    assert_null(texts_find(texts, TEXT_NEUTRAL, "en"));
    assert_int_equal(texts_command(texts, span_of("ok")), COMMAND_TAKE);
    assert_null(texts_country(texts, "SA"));
    assert_int_equal(texts_check(texts, "SA", span_of("https://x.example.org"), NULL), 0);
    texts_free(texts);
}

/* ---- refusing -------------------------------------------------------------------------------------------------- */

#define EIGHTY "12 letters. 12 letters. 12 letters. 12 letters. 12 letters. 12 letters. 12 lette"
#define TELLING_FILE(neutral) "language = \"xx\";\nneutral = \"" neutral "\";\n"

static void each_fault_of_a_file_is_told_with_its_line(void **state)
{
    static const struct {
        const char *label, *text, *want;
    } rows[] = {
        { "tag", "\nlanguage = \"yy\";\n",
            "replies/xx.conf:2: `language` is \"yy\", but the file is named xx.conf: both must be the same tag" },
        { "no tag", "neutral = \"Thanks.\";\n", "replies/xx.conf: the key `language` is missing" },
        { "key", "language = \"xx\";\nneutrall = \"Thanks.\";\n",
            "replies/xx.conf:2: unknown key `neutrall`, did you mean `neutral`?" },
        { "syntax", "language = \"xx\";\nneutral \"Thanks.\";\n", "replies/xx.conf:2: syntax error" },
        { "link", TELLING_FILE("Thanks. See https://x.example"), "replies/xx.conf:2: `neutral`: holds a link" },
        { "bare link", TELLING_FILE("Thanks. bit.ly/abc"), "replies/xx.conf:2: `neutral`: holds a link" },
        { "number", TELLING_FILE("Thanks. Call 0917 555 01"),
            "replies/xx.conf:2: `neutral`: holds what looks like a telephone number" },
        { "number in other digits", TELLING_FILE("Thanks. ٠١٢٣٤٥"),
            "replies/xx.conf:2: `neutral`: holds what looks like a telephone number" },
        { "line feed", TELLING_FILE("Thanks.\\nYours"),
            "replies/xx.conf:2: `neutral`: holds a control character or a sign that cannot be seen" },
        { "bidi control", TELLING_FILE("Thanks. \u202e"),
            "replies/xx.conf:2: `neutral`: holds a control character or a sign that cannot be seen" },
        { "blank", TELLING_FILE("Thanks. "), "replies/xx.conf:2: `neutral`: begins or ends with a blank" },
        { "built-in word", TELLING_FILE("Your CASE is here."),
            "replies/xx.conf:2: `neutral`: holds the telling word `case`" },
        { "built-in word with an ending", TELLING_FILE("The rescuers know."),
            "replies/xx.conf:2: `neutral`: holds the telling word `rescue*`" },
        { "own word", "language = \"xx\";\nneutral = \"ขอบคุณตำรวจแล้ว\";\nforbidden = [ \"ตำรวจ\" ];\n",
            "replies/xx.conf:2: `neutral`: holds the telling word `ตำรวจ`" },
        { "too long", TELLING_FILE(EIGHTY EIGHTY EIGHTY EIGHTY),
            "replies/xx.conf:2: `neutral`: 3 segments (320 units of GSM-7); allowed are 2" },
        { "wrong alphabet", "alphabet = \"gsm7\"; language = \"xx\";\nneutral = \"It’s here.\";\n",
            "replies/xx.conf:2: `neutral`: the sign `’` is not in the GSM-7 alphabet: the text would need UCS-2" },
        { "other alphabet", "alphabet = \"ucs2\"; language = \"xx\";\nneutral = \"Thanks.\";\n",
            "replies/xx.conf:2: `neutral`: fits GSM-7: write alphabet = \"gsm7\", or is this another language?" },
        { "question without answers", "language = \"xx\";\nconsent = \"May we?\";\n",
            "replies/xx.conf:2: `consent` needs the key `yes`: the word to answer with" },
        { "question with another answer", "language = \"xx\"; yes = \"AY\"; no = \"NA\";\nconsent = \"AYE or NA?\";\n",
            "replies/xx.conf:2: `consent` does not hold the word of `yes`" },
        { "rule of a country", TELLING_FILE("Ask the emir."),
            "replies/xx.conf:2: xx: `neutral` breaks a rule of Qatar: QA: the word `emir` is not allowed; say it otherwise, "
            "or correct countries.conf" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_REPORT *report = report_new();
        struct texts *texts = NULL;
        struct wordsdir words;
        wordsdir_open(&words);
        wordsdir_put(&words, "replies/en.conf", wordsdir_english);
        wordsdir_put(&words, "replies/xx.conf", rows[i].text);
        wordsdir_put(&words, "countries.conf", "countries = ( { country = \"QA\"; forbidden = [ \"emir\" ]; } );\n");
        int code = wordsdir_load(&words, report, &texts);
        bool is_told = wordsdir_has_line(&words, report, rows[i].want);
        wordsdir_close(&words);
        if (!is_told)
            wordsdir_print(report, rows[i].label);
        assert_true(is_told);
        assert_int_equal(code, ERR_INVALID);
        assert_null(texts);
    }
}

static void english_must_have_every_sentence(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    struct wordsdir words;
    (void)state;
    wordsdir_open(&words);
    wordsdir_put(&words, "replies/en.conf", "language = \"en\";\nneutral = \"Thanks.\";\n");
    (void)str_copy(report->file, sizeof report->file, "helplined.conf");
    assert_int_equal(wordsdir_load(&words, report, &texts), ERR_INVALID);
    wordsdir_close(&words);
    assert_int_equal(report->error_count, 2);
    assert_true(wordsdir_has_line(&words, report,
        "helplined.conf: replies: `who` is missing in English (en.conf), which stands for every language without one"));
}

static void folder_that_is_not_there_is_an_error(void **state)
{
    AUTO_REPORT *report = report_new();
    struct texts *texts = NULL;
    (void)state;
    assert_int_equal(texts_load("/nonexistent/replies", NULL, NULL, report, &texts), ERR_INVALID);
    assert_int_equal(texts_load(NULL, "/nonexistent/commands.conf", NULL, report, &texts), ERR_INVALID);
    assert_int_equal(texts_load(NULL, NULL, "/nonexistent/countries.conf", report, &texts), ERR_INVALID);
    assert_int_equal(report->error_count, 3);
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

static void links_and_numbers_are_told_from_ordinary_writing(void **state)
{
    static const struct {
        const char *text;
        bool has_link, has_number;
    } rows[] = {
        { "come to http://a", true, false },
        { "www.place", true, false },
        { "see place.org now", true, false },
        { "moia.gov.in", true, false },
        { "write a.b@mail", true, false },
        { "t.me/abc", true, false },
        { "I wait.We come", false, false },
        { "at 10.30 or 11.30", false, false },
        { "from 10.30-11.30", false, true },
        { "at 10:30 or at 11:30", false, false },
        { "in 24 hours, 3 days", false, false },
        { "12345", false, true },
        { "1234", false, false },
        { "+9 or so", false, true },
        { "(050) 123-456", false, true },
        { "২০২৬ সালে", false, false },
        { "০১৭১২৩", false, true },
        { "a @ b", false, false },
        { "", false, false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (wording_has_link(span_of(rows[i].text)) != rows[i].has_link ||
            wording_has_number(span_of(rows[i].text)) != rows[i].has_number)
            fail_msg("%s", rows[i].text);
}

static void words_are_found_whole_and_without_case(void **state)
{
    static const struct {
        const char *text, *word;
        bool want;
    } rows[] = {
        { "The POLICE came", "police", true },
        { "policeman", "police", false },
        { "policeman", "police*", true },
        { "unpolice", "police", false },
        { "in case", "case", true },
        { "showcase", "case", false },
        { "ÉCRIRE", "écrire", true },
        { "ĐÓNG", "đóng", true },
        { "GẶP", "gặp", true },
        { "ขอบคุณตำรวจแล้ว", "ตำรวจ", true },
        { "पुलिसले", "पुलिस", true },
        { "الشرطة", "شرطة", true },
        { "ПОЛИЦИЯ", "полиция", true },
        { "anything", "*", false },
        { "anything", "", false },
        { "", "word", false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (fold_holds(span_of(rows[i].text), rows[i].word) != rows[i].want)
            fail_msg("%s in %s", rows[i].word, rows[i].text);
}

/* ---- the committed files --------------------------------------------------------------------------------------- */

static bool has_language(const struct texts *texts, const char *tag)
{
    for (unsigned i = 0; i < texts->language_count; i++)
        if (str_equal(texts->languages[i].tag, tag))
            return texts->languages[i].sentences[TEXT_NEUTRAL] && texts->languages[i].sentences[TEXT_CONSENT] &&
                   texts->languages[i].sentences[TEXT_WHO];
    return false;
}

static void every_language_of_the_lexicon_has_its_sentences(void **state)
{
    struct lexicon *lexicon = NULL;
    unsigned count = 0;
    assert_int_equal(lexicon_load("config/lexicon", NULL, &lexicon), 0);
    for (unsigned i = 0; i < lexicon->language_count; i++) {
        const struct lexicon_language *language = &lexicon->languages[i];
        size_t len = strlen(language->tag);
        if (str_equal(language->tag, "common") || str_equal(language->tag, "places"))
            continue;
        count++;
        if (!has_language(*state, language->tag))
            fail_msg("%s has no complete file in config/replies", language->tag);
        /* Its other ways of writing, such as ne-Latn; the old Burmese font is no language to write in. */
        for (unsigned r = 0; r < language->reads_count; r++) {
            const char *tag = language->reads[r];
            if (str_starts(tag, language->tag) && tag[len] == '-' && !str_equal(tag, "my-Qaag") &&
                !str_equal(tag, "zh-Hans") && !has_language(*state, tag))
                fail_msg("%s has no complete file in config/replies", tag);
        }
    }
    lexicon_free(lexicon);
    assert_true(count >= 26);
}

/* The words that a question asks for must be understood when they come back, and never be read as their contrary. */
static void answers_that_are_asked_for_are_understood(void **state)
{
    const struct texts *texts = *state;
    struct lexicon *lexicon = NULL;
    assert_int_equal(lexicon_load("config/lexicon", NULL, &lexicon), 0);
    for (unsigned i = 0; i < texts->language_count; i++) {
        const struct texts_language *language = &texts->languages[i];
        struct triage yes, no;
        assert_int_equal(triage_classify(lexicon, span_of(language->yes), NULL, NOW_AT, &yes), 0);
        assert_int_equal(triage_classify(lexicon, span_of(language->no), NULL, NOW_AT, &no), 0);
        if (yes.intent == INTENT_no || no.intent == INTENT_yes)
            fail_msg("%s: `%s` is read as %s, `%s` as %s", language->tag, language->yes, intent_word(yes.intent),
                language->no, intent_word(no.intent));
        if (texts_answer(texts, language->tag, span_of(language->yes)) != ANSWER_YES ||
            texts_answer(texts, language->tag, span_of(language->no)) != ANSWER_NO ||
            texts_answer(texts, "und", span_of(language->yes)) != ANSWER_YES ||
            texts_answer(texts, "und", span_of(language->no)) != ANSWER_NO)
            fail_msg(
                "%s: another language takes `%s` or `%s` for its contrary", language->tag, language->yes, language->no);
    }
    lexicon_free(lexicon);
}

static void answer_is_the_bare_word_in_any_dress(void **state)
{
    static const struct {
        const char *language, *text;
        enum texts_answer want;
    } rows[] = {
        { "tl", "oo", ANSWER_YES },
        { "tl", " Oo. ", ANSWER_YES },
        { "en", "OO!", ANSWER_YES },
        { "tl", "hindi", ANSWER_NO },
        { "ne", "हुन्छ।", ANSWER_YES },
        { "vi", "không", ANSWER_NO },
        { "ar-Latn", "la2", ANSWER_NO },
        { "am", "አዎ።", ANSWER_YES },
        { "th", "ไม่ใช่", ANSWER_NO },
        { "en", "yes but not the agency", ANSWER_NONE },
        { "en", "yes no", ANSWER_NONE },
        { "en", "y", ANSWER_NONE },
        { "en", "", ANSWER_NONE },
        { "en", "?!", ANSWER_NONE },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (texts_answer(*state, rows[i].language, span_of(rows[i].text)) != rows[i].want)
            fail_msg("%s: %s", rows[i].language, rows[i].text);
}

static void count_sentence(void *context, const char *language, enum text_purpose purpose, const char *text)
{
    struct gsm7_size size;
    unsigned *counts = context;
    gsm7_measure(span_of(text), &size);
    counts[0]++;
    counts[size.segments]++;
    if (size.segments == 0 || size.segments > 2 || (!size.is_ucs2 && size.segments > 1))
        fail_msg("%s %s: %u segments", language, texts_purpose_word(purpose), size.segments);
}

static void sentences_are_short(void **state)
{
    unsigned counts[3] = { 0 };
    texts_each(*state, count_sentence, counts);
    assert_true(counts[0] >= 3 * 40);
    assert_true(counts[2] <= 2); /* Burmese needs more than 70 characters for its question */
}

static void each_sentence_is_shown_as_it_travels(void **state)
{
    AUTO_BUF out;
    buf_init(&out, 65536);
    texts_print(*state, &out);
    assert_int_equal(buf_check(&out), 0);
    assert_non_null(strstr(out.data, "replies en neutral: GSM-7, 1 segment, 36 units, 124 left\n"));
    assert_non_null(strstr(out.data, "replies ne who: UCS-2, 1 segment, "));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentence_is_found_by_tag_then_primary_tag_then_english),
        cmocka_unit_test(empty_set_has_no_sentence_and_the_usual_commands),
        cmocka_unit_test(each_fault_of_a_file_is_told_with_its_line),
        cmocka_unit_test(english_must_have_every_sentence),
        cmocka_unit_test(folder_that_is_not_there_is_an_error),
        cmocka_unit_test(links_and_numbers_are_told_from_ordinary_writing),
        cmocka_unit_test(words_are_found_whole_and_without_case),
        cmocka_unit_test(every_language_of_the_lexicon_has_its_sentences),
        cmocka_unit_test(answers_that_are_asked_for_are_understood),
        cmocka_unit_test(answer_is_the_bare_word_in_any_dress),
        cmocka_unit_test(sentences_are_short),
        cmocka_unit_test(each_sentence_is_shown_as_it_travels),
    };
    return cmocka_run_group_tests(tests, load_committed, free_committed);
}
