/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_language - the shipped model names the language of short texts, and a damaged one is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/language.h"

#define MODEL "config/lexicon/language.model"
#define RIGHT_PERCENT_MIN 90u

static struct normal_table table;
static struct normal normal;
static struct language_model *model;

static int open_model(void **state)
{
    struct error error = { "" };
    (void)state;
    normal_table_init(&table);
    if (language_model_read(MODEL, &error, &model))
        fail_msg("%s", error.text);
    return 0;
}

static int close_model(void **state)
{
    (void)state;
    language_model_free(model);
    return 0;
}

static const char *tag_of(const char *text)
{
    struct language_guess guess;
    normalise_text(&table, span_of(text), &normal);
    language_guess(model, &normal, -1, &guess);
    return language_word(model, guess.first);
}

static void script_alone_decides_where_it_can(void **state)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "ช่วยด้วย", "th" },
        { "ຊ່ວຍແດ່", "lo" },
        { "ជួយខ្ញុំ", "km" },
        { "মালিক", "bn" },
        { "உதவி", "ta" },
        { "సహాయం", "te" },
        { "സഹായം", "ml" },
        { "උදව්", "si" },
        { "ਮਦਦ", "pa" },
        { "", "und" },
        { "12345 !!", "und" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (!str_equal(tag_of(rows[i].text), rows[i].want))
            fail_msg("\"%s\": %s", rows[i].text, tag_of(rows[i].text));
}

/* Invented sentences of everyday life, none of them about this work. */
static void short_sentences_are_told_apart(void **state)
{
    static const struct {
        const char *want, *text;
    } rows[] = {
        { "en", "the bus was late again this morning" },
        { "tl", "mahaba ang pila kanina sa palengke" },
        { "ceb", "taas kaayo ang linya ganina sa merkado" },
        { "id", "kemarin antreannya panjang sekali di pasar" },
        { "sw", "jana foleni ilikuwa ndefu sana sokoni" },
        { "om", "kaleessa gabaa keessatti hiriirri dheeraa ture" },
        { "fr", "hier la file était très longue au marché" },
        { "vi", "hôm qua ở chợ xếp hàng rất dài" },
        { "vi-x-ascii", "hom qua o cho xep hang rat dai" },
        { "mg", "lava be ny filaharana tany an-tsena omaly" },
        { "hi-Latn", "kal bazaar mein bahut lambi line thi" },
        { "bn-Latn", "gotokal bajare onek lomba line chilo" },
        { "ne-Latn", "hijo bajarma dherai lamo line thiyo" },
        { "si-Latn", "iye pola langa godak dika polimak thibuna" },
        { "ta-Latn", "nethu kadaila romba periya varisai irundhuchu" },
        { "am", "ትናንት ገበያ ላይ ሰልፉ በጣም ረጅም ነበር" },
        { "ti", "ትማሊ ኣብ ዕዳጋ እቲ ሪጋ ኣዝዩ ነዊሕ ነይሩ" },
        { "ar", "كان الطابور طويلا جدا في السوق أمس" },
        { "ur", "کل بازار میں بہت لمبی قطار تھی" },
        { "hi", "कल बाज़ार में बहुत लंबी कतार थी" },
        { "ne", "हिजो बजारमा धेरै लामो लाइन थियो" },
        { "my", "မနေ့က ဈေးမှာ တန်းစီတာ အရမ်းရှည်တယ်" },
        { "zh-Hans", "昨天市场里排队的人很多" },
    };
    unsigned right = 0;
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        bool is_right = str_equal(tag_of(rows[i].text), rows[i].want);
        right += is_right;
        if (!is_right)
            print_message("%s taken for %s\n", rows[i].want, tag_of(rows[i].text));
    }
    print_message("%u of %zu sentences\n", right, STR_COUNT(rows));
    assert_true(right * 100 >= RIGHT_PERCENT_MIN * STR_COUNT(rows));
}

static void usual_language_tips_a_doubtful_word(void **state)
{
    struct language_guess plain, favoured;
    int id = language_tag(model, "id"), ms = language_tag(model, "ms");
    (void)state;
    assert_true(id >= 0 && ms >= 0);
    normalise_text(&table, span_of("boleh"), &normal);
    language_guess(model, &normal, -1, &plain);
    assert_true(plain.first == id || plain.first == ms);
    language_guess(model, &normal, plain.first == id ? ms : id, &favoured);
    assert_true(favoured.first != plain.first || favoured.margin < plain.margin);
}

static unsigned read_u32(const char *at)
{
    unsigned value = 0;
    for (unsigned i = 0; i < 4; i++)
        value |= (unsigned)(unsigned char)at[i] << (8 * i);
    return value;
}

static void damaged_model_is_refused(void **state)
{
    static const unsigned offsets[] = { 0, 5, 9, 13, 16 + 15, 16 + 16 };
    static char bytes[LANGUAGE_MODEL_BYTES_MAX];
    struct language_model *other = NULL;
    FILE *file = fopen(MODEL, "re");
    (void)state;
    assert_non_null(file);
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_int_equal(language_model_parse((struct span){ bytes, len }, NULL, &other), 0);
    language_model_free(other);
    for (size_t i = 0; i < STR_COUNT(offsets); i++) {
        bytes[offsets[i]] ^= 0x7F;
        assert_true(language_model_parse((struct span){ bytes, len }, NULL, &other) < 0);
        bytes[offsets[i]] ^= 0x7F;
    }
    assert_true(language_model_parse((struct span){ bytes, len - 1 }, NULL, &other) < 0);
    assert_true(language_model_parse((struct span){ bytes, 3 }, NULL, &other) < 0);
    /* features in a bucket; postings of the last feature: their sums no longer fit */
    unsigned tags = read_u32(bytes + 4), features = read_u32(bytes + 8), postings = read_u32(bytes + 12);
    const size_t counts[] = { 16 + 28 * (size_t)tags + 70, len - 2 * (size_t)postings - 1 };
    assert_int_equal(len, 16 + 28 * (size_t)tags + 65536 + 3 * (size_t)features + 2 * (size_t)postings);
    for (size_t i = 0; i < STR_COUNT(counts); i++) {
        bytes[counts[i]] ^= 1;
        assert_int_equal(language_model_parse((struct span){ bytes, len }, NULL, &other), ERR_CORRUPT);
        bytes[counts[i]] ^= 1;
    }
    /* the lower halves of the hashes of one bucket do not ascend */
    char *rests = bytes + 16 + 28 * (size_t)tags + 65536, *sizes = rests - 65536;
    while (*sizes < 2)
        rests += 2 * *sizes++;
    char kept[2] = { rests[2], rests[3] };
    memcpy(rests + 2, rests, 2);
    assert_int_equal(language_model_parse((struct span){ bytes, len }, NULL, &other), ERR_CORRUPT);
    memcpy(rests + 2, kept, 2);
    /* a posting for a tag that is not there */
    bytes[len - 2] = (char)0xFF;
    assert_int_equal(language_model_parse((struct span){ bytes, len }, NULL, &other), ERR_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(script_alone_decides_where_it_can),
        cmocka_unit_test(short_sentences_are_told_apart),
        cmocka_unit_test(usual_language_tips_a_doubtful_word),
        cmocka_unit_test(damaged_model_is_refused),
    };
    return cmocka_run_group_tests(tests, open_model, close_model);
}
