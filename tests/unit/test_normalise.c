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

/* Every variant is folded to what the plain spelling is folded to, and to something. */
static void variants_of_one_spelling_fold_alike(void **state)
{
    static const struct {
        const char *label, *plain, *variant;
    } rows[] = {
        { "Zawgyi: ra before its letter, killed vowel", "မြန်မာ", "\u103b\u1019\u1014\u1039\u1019\u102c" },
        { "Zawgyi: e first", "နေမကောင်း", "\u1031\u1014\u1019\u1031\u1000\u102c\u1004\u1039\u1038" },
        { "Zawgyi: tall u, ya, dot", "ကျွန်မကို", "\u1000\u103a\u103c\u1014\u1039\u1019\u1000\u102d\u102f" },
        { "Zawgyi: ha with u", "မှု ရိုက်", "\u1019\u1088 \u101b\u102d\u102f\u1000\u1039" },
        { "Zawgyi: narrow na and ra", "နှိပ်စက် ရှုံး",
            "\u108f\u103d\u102d\u1015\u1039\u1005\u1000\u1039 \u101b\u1088\u1036\u1038" },
        { "Zawgyi: kinzi", "အင်္ဂါ", "\u1021\u1002\u1064\u102b" },
        { "Zawgyi: kinzi with i", "အင်္ဂိ", "\u1021\u1002\u108b" },
        { "Zawgyi: stacked letters", "ဒုက္ခ ကမ္ဘာ သတ္တိ",
            "\u1012\u102f\u1000\u1061 \u1000\u1019\u107b\u102c \u101e\u1010\u1071\u102d" },
        { "Zawgyi: ra of another width, wa with ha", "ခြံ လွှတ်", "\u107e\u1001\u1036 \u101c\u108a\u1010\u1039" },
        { "Zawgyi: killed aa", "ခေါ်", "\u1031\u1001\u105a" },
        { "Burmese: dot after the killer", "ခွင့်", "ခွင\u103a\u1037" },
        { "Burmese: zero for wa", "ဝင် ဝန်ထမ်း", "\u1040င် \u1040န်ထမ်း" },
        { "Burmese: round aa for tall aa", "ပါ", "ပ\u102c" },
        { "Hindi: nukta alone and within", "ख़ून ज़हर", "\u0959ून जहर" },
        { "Hindi: letter with sign", "आओ", "अ\u093eअ\u094b" },
        { "Hindi: anusvara before the vowel", "नहीं", "नह\u0902\u0940" },
        { "Bengali: o in two parts", "কোনো", "ক\u09c7\u09beন\u09c7\u09be" },
        { "Bengali: au in two parts", "মৌ", "ম\u09c7\u09d7" },
        { "Bengali: nukta apart", "মেয়ে", "মে\u09df\u09c7" },
        { "Tamil: o in two parts, au with la", "கொலை கௌ", "க\u0bc6\u0bbeலை க\u0bc6\u0bb3" },
        { "Malayalam: o in two parts, final letters", "കൊന്നു അവർ", "ക\u0d46\u0d3eന്നു അവര\u0d4d\u200d" },
        { "Malayalam: old au", "മൗനം", "മ\u0d4cനം" },
        { "Sinhala: o in two parts, long e", "කොල්ල බේ", "ක\u0dd9\u0dcfල්ල බ\u0dd9\u0dca" },
        { "Telugu: ai in two parts", "కై", "క\u0c46\u0c56" },
        { "Punjabi: letter with sign", "ਆਓ", "ਅ\u0a3eਓ" },
        { "Thai: tone before the vowel", "ที่นี่", "ท\u0e48\u0e35น\u0e48\u0e35" },
        { "Thai: tone doubled", "ช่วย", "ช\u0e48\u0e48วย" },
        { "Thai: am in two parts", "น้ำ ทำ", "น\u0e4d\u0e49\u0e32 ท\u0e4d\u0e32" },
        { "Thai: tone after am", "น้ำ", "น\u0e33\u0e49" },
        { "Thai: ae of two e", "แม่", "\u0e40\u0e40ม่" },
        { "Lao: tone before the vowel, am in two parts", "ນ້ຳ ທີ່", "ນ\u0ecd\u0ec9\u0eb2 ທ\u0ec8\u0eb5" },
        { "Khmer: ro under first", "ស្ត្រី", "ស\u17d2\u179a\u17d2\u178fី" },
        { "Khmer: da and ta below", "បន្ត", "បន\u17d2\u178a" },
        { "Khmer: sign before the vowel", "ខ្ញុំ", "ខ្ញ\u17c6\u17bb" },
        { "Khmer: oe in two parts", "ធ្វើ", "ធ្វ\u17c1\u17b8" },
        { "Khmer: inherent vowel", "បាយ", "ប\u17b4ាយ" },
        { "Arabic: presentation forms", "سلام", "\ufeb3\ufefc\ufee1" },
        { "Arabic: hamza apart, marks", "أم", "ا\u0654\u064eم\u0652" },
        { "digits of other scripts", "12 34 56 78", "१२ ၃၄ ៥៦ ໗໘" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        normalise_text(&table, span_of(rows[i].plain), &normal);
        char *want = print(normal.folded, normal.folded_len);
        normalise_text(&table, span_of(rows[i].variant), &normal);
        char *got = print(normal.folded, normal.folded_len);
        if (!str_equal(got, want) || strlen(got) < 3)
            fail_msg("%s: \"%s\" where \"%s\" is wanted", rows[i].label, got, want);
        free(want);
        free(got);
    }
}

/* The part of the variant that a word of it was read from, through a word that begins and ends between letters. */
static void a_word_in_another_order_points_to_its_own_bytes(void **state)
{
    static const struct {
        const char *label, *text, *before, *word;
    } rows[] = {
        { "Zawgyi", "\u101b\u1032 \u1031\u1001\u105a\u1010\u101a\u1039", "\u101b\u1032 ",
            "\u1031\u1001\u105a\u1010\u101a\u1039" },
        { "Thai", "กิน น\u0e4d\u0e49\u0e32 มา", "กิน ", "น\u0e4d\u0e49\u0e32" },
        { "Khmer", "ខ្ញ ស\u17d2\u179a\u17d2\u178fី ទៅ", "ខ្ញ ", "ស\u17d2\u179a\u17d2\u178fី" },
        { "Hindi", "मैं अ\u093e हूँ", "मैं ", "अ\u093e" },
        { "doubled", "มา ก\u0e48\u0e48 มา", "มา ", "ก\u0e48\u0e48" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        normalise_text(&table, span_of(rows[i].text), &normal);
        const struct normal_token *token = &normal.tokens[1];
        unsigned start = normal.plain_start[normal.folded_from[token->folded_at]];
        unsigned end = normal.plain_start[normal.folded_from[token->folded_at + token->folded_len - 1] + 1];
        if (start != strlen(rows[i].before) || end - start != strlen(rows[i].word))
            fail_msg("%s: bytes %u to %u", rows[i].label, start, end);
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
        cmocka_unit_test(variants_of_one_spelling_fold_alike),
        cmocka_unit_test(a_word_in_another_order_points_to_its_own_bytes),
        cmocka_unit_test(offsets_lead_back_to_the_original),
        cmocka_unit_test(windows_count_words_or_a_few_characters),
        cmocka_unit_test(questions_and_sentences_are_seen),
        cmocka_unit_test(any_bytes_and_any_length_are_taken),
        cmocka_unit_test(letters_to_merge_must_be_two_outside_ascii),
    };
    return cmocka_run_group_tests(tests, open_table, NULL);
}
