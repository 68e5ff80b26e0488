/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_normalise - what people type becomes what words are looked for in, and every character finds its way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/triage/normalise.h"

static struct normal_table table;
static struct normal normal;

static int open_table(void **state)
{
    (void)state;
    normal_table_init(&table);
    assert_int_equal(normal_table_merge(&table, "اأإآ"), 0);
    assert_int_equal(normal_table_merge(&table, "饿餓"), 0);
    return 0;
}

static char *print(const uint16_t *chars, unsigned len)
{
    struct buf out;
    buf_init(&out, 65536);
    for (unsigned i = 0; i < len; i++)
        utf8_encode(&out, chars[i]);
    return buf_take(&out);
}

static void text_is_folded_for_matching(void **state)
{
    static const struct {
        const char *label, *in, *want;
    } rows[] = {
        { "case", "HELP Me", " help me " },
        { "diacritics", "Élève naïve", " eleve naive " },
        { "Vietnamese keeps its marks", "Đánh TÔI", " đánh tôi " },
        { "Vietnamese written apart", "d\xcc\xa3o \xc4\x91i", " ḍo đi " },
        { "full width", "ＨＥＬＰ　１２", " help 12 " },
        { "zero width and bidi", "he\xe2\x80\x8blp \xe2\x80\xaeme", " help me " },
        { "apostrophes", "don't don\xe2\x80\x99t", " dont dont " },
        { "digits are letters", "2lungan gus2 sa3duni", " 2lungan gus2 sa3duni " },
        { "Arabic digits", "٣ أيام", " 3 ايام " },
        { "Arabic marks and stretching", "مُسـاعَدة", " مساعدة " },
        { "letters of the lexicon", "餓 إلى", " 饿 الى " },
        { "runs", "heeeelp meeee", " heelp mee " },
        { "punctuation", "no...food!!3days", " no food 3days " },
        { "hyphen", "may-sakit", " may sakit " },
        { "two scripts", "help ช่วยด้วย", " help ช่วยด้วย " },
        { "scripts without a space", "sosช่วย", " sos ช่วย " },
        { "nothing", "", " " },
        { "only signs", "!!! ... \xf0\x9f\x98\xad", " " },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        normalise_text(&table, span_of(rows[i].in), &normal);
        char *got = print(normal.folded, normal.folded_len);
        if (!str_equal(got, rows[i].want))
            fail_msg("%s: \"%s\" where \"%s\" is wanted", rows[i].label, got, rows[i].want);
        free(got);
    }
}

static void offsets_lead_back_to_the_original(void **state)
{
    static const char text[] = "Ai \xe2\x80\x8b«ÉCOLE» aide";
    (void)state;
    normalise_text(&table, span_of(text), &normal);
    assert_int_equal(normal.token_count, 3);
    const struct normal_token *token = &normal.tokens[1];
    unsigned start = normal.plain_start[normal.folded_from[token->folded_at]];
    unsigned end = normal.plain_start[normal.folded_from[token->folded_at + token->folded_len - 1] + 1];
    assert_int_equal(end - start, strlen("ÉCOLE"));
    assert_memory_equal(text + start, "ÉCOLE", end - start);
}

static void windows_count_words_or_a_few_characters(void **state)
{
    (void)state;
    normalise_text(&table, span_of("one two three"), &normal);
    assert_int_equal(normal.tokens[2].position, 2);
    normalise_text(&table, span_of("我们没有饭吃了啊 好"), &normal);
    assert_int_equal(normal.token_count, 2);
    assert_int_equal(normal.tokens[1].position, 4);
}

static void questions_and_sentences_are_seen(void **state)
{
    (void)state;
    normalise_text(&table, span_of("كيف؟ yes. no"), &normal);
    assert_true(normal.has_question);
    assert_int_equal(normal.tokens[0].clause, 0);
    assert_int_equal(normal.tokens[1].clause, 1);
    assert_int_equal(normal.tokens[2].clause, 2);
}

static void any_bytes_and_any_length_are_taken(void **state)
{
    static char huge[3 * NORMAL_BYTES_MAX];
    (void)state;
    memset(huge, 0xE0, sizeof huge);
    normalise_text(&table, (struct span){ huge, sizeof huge }, &normal);
    assert_true(normal.is_cut);
    for (size_t i = 0; i < sizeof huge; i++)
        huge[i] = i % 2 ? 'a' : '-';
    normalise_text(&table, (struct span){ huge, sizeof huge }, &normal);
    assert_true(normal.token_count <= NORMAL_TOKENS_MAX);
    /* a word of one script stuck to one of another, over and over */
    for (size_t i = 0; i + 4 <= sizeof huge; i += 4)
        memcpy(huge + i, "a\xe0\xb8\x81", 4);
    normalise_text(&table, (struct span){ huge, sizeof huge }, &normal);
    assert_true(normal.folded_len <= NORMAL_FOLDED_MAX);
}

static void letters_to_merge_must_be_two_outside_ascii(void **state)
{
    (void)state;
    assert_int_equal(normal_table_merge(&table, "é"), ERR_INVALID);
    assert_int_equal(normal_table_merge(&table, "ab"), ERR_INVALID);
    assert_int_equal(normal_table_merge(&table, "\xf0\x9f\x98\xad\xf0\x9f\x98\x82"), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_folded_for_matching),
        cmocka_unit_test(offsets_lead_back_to_the_original),
        cmocka_unit_test(windows_count_words_or_a_few_characters),
        cmocka_unit_test(questions_and_sentences_are_seen),
        cmocka_unit_test(any_bytes_and_any_length_are_taken),
        cmocka_unit_test(letters_to_merge_must_be_two_outside_ascii),
    };
    return cmocka_run_group_tests(tests, open_table, NULL);
}
