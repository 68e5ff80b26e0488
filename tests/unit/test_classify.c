/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_classify - what must never be misread, the filter's one line for every line, and evidence that can be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/core/triage/classify.h"
#include "gateway/core/triage/filter.h"

static struct lexicon *lexicon;

static int open_lexicon(void **state)
{
    (void)state;
    return lexicon_load("config/lexicon", NULL, &lexicon);
}

static int close_lexicon(void **state)
{
    (void)state;
    lexicon_free(lexicon);
    return 0;
}

static struct triage read_text(const char *text)
{
    struct triage triage;
    assert_int_equal(triage_classify(lexicon, span_of(text), NULL, 0, &triage), 0);
    return triage;
}

static void unmatched_text_is_help_unclear_urgent(void **state)
{
    static const char *const texts[] = { "", "?", "qzxv brrl", "12", "\xf0\x9f\x98\xad", "HELP", "sos" };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        struct triage t = read_text(texts[i]);
        if (!t.is_help || t.intent != INTENT_help || t.categories != CATEGORY_BIT(unclear) ||
            t.urgency != URGENCY_urgent)
            fail_msg("\"%s\"", texts[i]);
    }
}

/* "he says he will kill me, with a knife" */
static void zawgyi_is_read_with_the_words_of_burmese(void **state)
{
    static const char text[] = "\u101e\u1030\u1000 \u1000\u103a\u103c\u1014\u1039\u1019\u1000\u102d\u102f "
                               "\u101e\u1010\u1039\u1019\u101a\u1039 \u1031\u103b\u1015\u102c\u1010\u101a\u1039";
    (void)state;
    struct triage t = read_text(text);
    assert_string_equal(t.language, "my-Qaag");
    assert_true(t.categories & CATEGORY_BIT(danger));
    assert_true(t.evidence_count > 0);
}

static void model_text_of_the_first_line_is_understood(void **state)
{
    (void)state;
    struct triage t =
        read_text("SOS si Maria Santos po i2sa hk. Nag-run-away po ako.gus2 ko na umuwi sa pinas.pls help.");
    assert_string_equal(t.language, "tl");
    assert_true(t.categories & CATEGORY_BIT(escaped));
    assert_true(t.categories & CATEGORY_BIT(repatriation));
    assert_int_equal(t.urgency, URGENCY_urgent);
}

static void risk_within_a_day_is_critical(void **state)
{
    static const struct {
        const char *text;
        enum urgency want;
    } rows[] = {
        { "no food for 3 days madam", URGENCY_critical },
        { "madam gives me no food", URGENCY_urgent },
        { "he says he will kill me", URGENCY_critical },
        { "i want to die", URGENCY_critical },
        { "she is bleeding and unconscious help", URGENCY_critical },
        { "the house is on fire and i am locked inside", URGENCY_critical },
        { "they will sell me tomorrow to another house", URGENCY_critical },
        { "my madam hits me", URGENCY_urgent },
        { "he is hitting me right now", URGENCY_critical },
        { "my salary is not paid for 3 months", URGENCY_soon },
        { "what time do you open?", URGENCY_routine },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct triage t = read_text(rows[i].text);
        if (t.urgency != rows[i].want)
            fail_msg("\"%s\": %s", rows[i].text, urgency_word(t.urgency));
    }
}

static void stop_inside_a_cry_is_help(void **state)
{
    static const struct {
        const char *text;
        enum intent want;
    } rows[] = {
        { "stop", INTENT_stop },
        { "STOP!!", INTENT_stop },
        { "please stop them they beat me", INTENT_help },
        { "help stop", INTENT_help },
        { "stop messaging me", INTENT_stop },
        { "አቁሙልን", INTENT_stop }, /* a stem with an open end, and its ending */
        { "start", INTENT_start },
        { "ok", INTENT_yes },
        { "yes sir", INTENT_yes },
        { "no food", INTENT_help },
        { "thank you", INTENT_thanks },
        { "thank you but he still beats me", INTENT_help },
        { "please help me thank you", INTENT_help },
        { "pls help us, god bless you all", INTENT_help },
        { "tulungan nyo po ako maraming salamat po", INTENT_help },
        { "thank you so much for the help", INTENT_thanks },
        { "salamat po sa tulong", INTENT_thanks },
        { "i am safe now thank you for help", INTENT_safe },
        { "i am safe now", INTENT_safe },
        { "i am not safe", INTENT_help },
        { "wrong number", INTENT_not_help },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct triage t = read_text(rows[i].text);
        if (t.intent != rows[i].want || t.is_help != (rows[i].want == INTENT_help))
            fail_msg("\"%s\": %s", rows[i].text, intent_word(t.intent));
    }
}

/* Two words are too few to guess the language by. */
static void short_answers_are_read_in_any_language(void **state)
{
    static const struct {
        const char *text;
        enum intent want;
    } rows[] = {
        { "OO", INTENT_yes },
        { "Oo maam", INTENT_yes },
        { "iya kak", INTENT_yes },
        { "HAE", INTENT_yes },
        { "na apa", INTENT_no },
        { "eshi", INTENT_yes },
        { "na'am", INTENT_yes },
        { "shukran", INTENT_thanks },
        { "haan ji \xf0\x9f\x99\x8f", INTENT_yes },
        { "stop hitting", INTENT_help },
        { "stop them", INTENT_help },
        { "tolong", INTENT_help },
        { "bachao", INTENT_help },
        { "maar dega", INTENT_help },
        { "3", INTENT_help },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct triage t = read_text(rows[i].text);
        if (t.intent != rows[i].want)
            fail_msg("\"%s\": %s", rows[i].text, intent_word(t.intent));
    }
}

static void a_warning_of_the_police_is_no_legal_trouble(void **state)
{
    (void)state;
    struct triage t = read_text("madam beats me dont tell the police");
    assert_true(t.flags & FLAG_BIT(no_authorities));
    assert_false(t.categories & CATEGORY_BIT(legal));
    assert_true(read_text("police took me, i am in jail").categories & CATEGORY_BIT(legal));
}

static void advert_words_never_hide_violence(void **state)
{
    (void)state;
    assert_true(read_text("congratulations you won a prize click http://x.example").intent == INTENT_not_help);
    struct triage t = read_text("free me from here, agency loan and promo job was fake, sir rapes me");
    assert_true(t.is_help);
    assert_true(t.categories & CATEGORY_BIT(sexual));
}

static void negated_blows_are_no_violence(void **state)
{
    (void)state;
    assert_false(read_text("they do not hit me, only my salary is late").categories & CATEGORY_BIT(violence));
    assert_true(read_text("they hit me").categories & CATEGORY_BIT(violence));
    assert_true(read_text("they do not pay me. she slapped my face").categories & CATEGORY_BIT(violence));
    assert_true(read_text("they do not feed me hit me every day").categories & CATEGORY_BIT(violence));
    assert_false(read_text("hindi naman po ako sinasaktan, sahod lang po delay").categories & CATEGORY_BIT(violence));
}

static void evidence_is_bytes_of_the_text(void **state)
{
    static const char text[] = "Ở đây họ đánh tôi và không cho ăn";
    struct triage t = read_text(text);
    (void)state;
    assert_true(t.evidence_count > 0);
    for (unsigned i = 0; i < t.evidence_count; i++) {
        assert_true(t.evidence[i].len > 0);
        assert_true((size_t)t.evidence[i].start + t.evidence[i].len <= sizeof text - 1);
        assert_true(((unsigned char)text[t.evidence[i].start] & 0xC0) != 0x80);
    }
}

static void history_marks_a_repeat(void **state)
{
    struct triage_history history = { .language = "tl", .has_open_case = true, .last_at = 1000 };
    struct triage t;
    (void)state;
    assert_int_equal(triage_classify(lexicon, span_of("opo"), &history, 2000, &t), 0);
    assert_true(t.flags & FLAG_BIT(repeat));
    assert_string_equal(t.language, "tl");
    assert_int_equal(t.intent, INTENT_yes);
}

static void short_answers_are_read_in_the_light_of_the_question(void **state)
{
    static const struct {
        const char *text, *language;
        enum intent asked, unasked;
    } cases[] = {
        { "ok po sige mam salamat", "tl", INTENT_yes, INTENT_yes },
        { "haan ji bata dijiye", "hi-Latn", INTENT_yes, INTENT_help },
        { "haan", "hi-Latn", INTENT_yes, INTENT_yes },
        { "nahi sir rehne dijiye", "hi-Latn", INTENT_no, INTENT_help },
        { "ok but dont tell my agency", "en", INTENT_help, INTENT_help },
        { "stop", "en", INTENT_stop, INTENT_stop },
        { "yes he beats me every day", "en", INTENT_help, INTENT_help },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        for (int is_asked = 0; is_asked < 2; is_asked++) {
            struct triage_history history = { .language = cases[i].language, .asked_yes_no = is_asked };
            struct triage t;
            assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), &history, 1, &t), 0);
            if (t.intent != (is_asked ? cases[i].asked : cases[i].unasked))
                fail_msg("%s, %s: %s", cases[i].text, is_asked ? "asked" : "unasked", intent_word(t.intent));
        }
    }
}

static void a_word_or_two_are_of_the_language_she_wrote_before(void **state)
{
    static const char *const languages[] = { "hi-Latn", "ne-Latn", "bn-Latn" };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(languages); i++) {
        struct triage_history history = { .language = languages[i], .has_open_case = true, .last_at = 1 };
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of("3 din"), &history, 2, &t), 0);
        assert_string_equal(t.language, languages[i]);
        assert_true(t.is_help);
    }
}

/* As "places|days|phones|country", several of one kind parted by a comma. */
static void print_facts(const char *text, const struct triage *t, struct buf *out)
{
    for (unsigned fact = 0; fact < FACT_COUNT; fact++) {
        unsigned count = 0;
        for (unsigned i = 0; i < t->evidence_count; i++) {
            const struct evidence *e = &t->evidence[i];
            if (e->kind != LABEL_FACT || e->label != fact)
                continue;
            buf_add_text(out, count++ ? "," : "");
            buf_add(out, text + e->start, e->len);
        }
        buf_add_char(out, '|');
    }
    buf_add_text(out, t->country);
    buf_add_char(out, 0);
}

static void places_days_and_numbers_are_told(void **state)
{
    static const struct {
        const char *text, *facts;
    } cases[] = {
        { "no food 3 days in Dammam, call +966 50 123 4567", "Dammam|3 days|+966 50 123 4567|SA" },
        { "3din se khana nahi mila", "|3din||" }, { "tatlong araw na po ako di kumakain", "|tatlong araw na||" },
        { "sejak senin tidak makan", "|sejak senin||" }, { "Riyadh to Jeddah they moved me", "Riyadh,Jeddah|||SA" },
        { "agency sends me from Riyadh to Dubai", "Riyadh,Dubai|||" }, { "দুবাইয়ে আছি ৩ দিন না খেয়ে", "দুবাই|৩ দিন||AE" },
        { "انا في الكويت رقمي 0096550123456", "الكويت||0096550123456|KW" },
        { "my salary is 25000 since 2 months", "|||" }, { "Dammmu", "|||" }, /* a likeness is no place */
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF facts;
        buf_init(&facts, 4096);
        struct triage t = read_text(cases[i].text);
        print_facts(cases[i].text, &t, &facts);
        if (!str_equal(facts.data, cases[i].facts))
            fail_msg("\"%s\": %s, not %s", cases[i].text, facts.data, cases[i].facts);
    }
}

/* "555" is laughter in Thai chat, and the middle of many a telephone number. */
static void a_telephone_number_laughs_at_nothing(void **state)
{
    (void)state;
    struct triage t = read_text("kapatid ko nasa Riyadh tatlong araw na walang contact, 0917 555 1234");
    assert_int_equal(t.intent, INTENT_help);
    assert_true(t.categories & CATEGORY_BIT(missing));
}

/* A word or two after our question, in the language of the person's earlier texts and with its particles. */
static void answers_keep_their_particles_and_their_language(void **state)
{
    static const struct {
        const char *text, *language;
        enum intent want;
    } cases[] = {
        { "oo po", "tl", INTENT_yes },
        { "opo naman", "tl", INTENT_yes },
        { "hindi po", "tl", INTENT_no },
        { "sige na", "tl", INTENT_yes },
        { "oo uy", "ceb", INTENT_yes },
        { "dili lang", "ceb", INTENT_no },
        { "iya lah", "id", INTENT_yes },
        { "boleh dong", "id", INTENT_yes },
        { "ok lah", "ms", INTENT_yes },
        { "tak lah", "ms", INTENT_no },
        { "dạ vâng ạ", "vi", INTENT_yes },
        { "da vang a", "vi-x-ascii", INTENT_yes },
        { "ได้ค่ะ", "th", INTENT_yes },
        { "haan ji", "hi-Latn", INTENT_yes },
        { "haan", "ur-Latn", INTENT_yes },
        { "ok", "ne-Latn", INTENT_yes },
        { "ji ha", "bn-Latn", INTENT_yes },
        { "aiwa", "ar-Latn", INTENT_yes },
        { "ndiyo tafadhali", "sw", INTENT_yes },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct triage_history history = { .language = cases[i].language, .asked_yes_no = true };
        struct triage t;
        assert_int_equal(triage_classify(lexicon, span_of(cases[i].text), &history, 1, &t), 0);
        if (t.intent != cases[i].want || !str_equal(t.language, cases[i].language))
            fail_msg("%s of %s: %s in %s", cases[i].text, cases[i].language, intent_word(t.intent), t.language);
    }
}

static void overlong_text_is_read_in_part(void **state)
{
    char *text = malloc(100001);
    struct triage t;
    (void)state;
    assert_non_null(text);
    memset(text, 'x', 100000);
    memcpy(text, "he will kill me ", 16);
    text[100000] = 0;
    assert_int_equal(triage_classify(lexicon, span_of(text), NULL, 0, &t), ERR_LIMIT);
    assert_int_equal(t.urgency, URGENCY_critical);
    free(text);
}

static char *filter(const char *input, size_t len)
{
    FILE *in = tmpfile(), *out = tmpfile();
    assert_non_null(in);
    assert_non_null(out);
    assert_int_equal(fwrite(input, 1, len, in), len);
    fflush(in);
    lseek(fileno(in), 0, SEEK_SET);
    assert_int_equal(filter_run(in, out, lexicon), 0);
    rewind(out);
    char *answer = calloc(1, 1 << 20);
    assert_non_null(answer);
    assert_true(fread(answer, 1, (1 << 20) - 1, out) < (1 << 20) - 1);
    fclose(in);
    fclose(out);
    return answer;
}

static void every_line_gets_one_line(void **state)
{
    static const struct {
        const char *label, *line, *want;
    } rows[] = {
        { "whole", "{\"id\":\"a1\",\"text\":\"no food 3 days\"}", "{\"id\":\"a1\",\"language\":\"en\",\"help\":true" },
        { "number", "{\"id\":17,\"text\":\"x\"}", "{\"id\":17," },
        { "empty text", "{\"id\":1,\"text\":\"\"}", "\"categories\":[\"unclear\"],\"urgency\":\"urgent\"" },
        { "no text", "{\"id\":\"q\"}", "\"error\":\"no text\"" },
        { "text of another type", "{\"id\":\"q\",\"text\":7}", "\"error\":\"no text\"" },
        { "broken", "{\"id\":\"z\", \"text\":\"abc", "{\"id\":\"z\"," },
        { "not JSON", "hello", "{\"id\":null," },
        { "nothing", "", "{\"id\":null," },
        { "array", "[1,2]", "{\"id\":null," },
        { "invalid UTF-8", "{\"id\":\"u\",\"text\":\"kill me \xff\xfe\"}", "{\"id\":\"u\",\"language\"" },
        { "NUL", "{\"id\":\"n\",\"text\":\"kill me\\u0000\"}", "\"categories\":[\"danger\"" },
        { "half a pair", "{\"id\":\"s\",\"text\":\"kill me \\ud83d\"}", "\"categories\":[\"danger\"" },
        { "whole pair", "{\"id\":\"p\",\"text\":\"kill me \\ud83d\\ude2d\"}", "\"categories\":[\"danger\"" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char input[256];
        snprintf(input, sizeof input, "%s\n", rows[i].line);
        char *answer = filter(input, strlen(input));
        char *end = strchr(answer, '\n');
        if (!end || end[1] || !strstr(answer, rows[i].want))
            fail_msg("%s: %s", rows[i].label, answer);
        free(answer);
    }
}

static void filter_keeps_order_and_takes_a_last_line_without_end(void **state)
{
    static const char input[] = "{\"id\":1,\"text\":\"a\"}\r\n{\"id\":2,\"text\":\"b\"}\n{\"id\":3,\"text\":\"c\"}";
    (void)state;
    char *answer = filter(input, sizeof input - 1);
    char *one = strstr(answer, "\"id\":1"), *two = strstr(answer, "\"id\":2"), *three = strstr(answer, "\"id\":3");
    assert_true(one && two && three && one < two && two < three);
    free(answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unmatched_text_is_help_unclear_urgent),
        cmocka_unit_test(zawgyi_is_read_with_the_words_of_burmese),
        cmocka_unit_test(model_text_of_the_first_line_is_understood),
        cmocka_unit_test(risk_within_a_day_is_critical),
        cmocka_unit_test(stop_inside_a_cry_is_help),
        cmocka_unit_test(short_answers_are_read_in_any_language),
        cmocka_unit_test(a_warning_of_the_police_is_no_legal_trouble),
        cmocka_unit_test(advert_words_never_hide_violence),
        cmocka_unit_test(negated_blows_are_no_violence),
        cmocka_unit_test(evidence_is_bytes_of_the_text),
        cmocka_unit_test(history_marks_a_repeat),
        cmocka_unit_test(short_answers_are_read_in_the_light_of_the_question),
        cmocka_unit_test(a_word_or_two_are_of_the_language_she_wrote_before),
        cmocka_unit_test(places_days_and_numbers_are_told),
        cmocka_unit_test(a_telephone_number_laughs_at_nothing),
        cmocka_unit_test(answers_keep_their_particles_and_their_language),
        cmocka_unit_test(overlong_text_is_read_in_part),
        cmocka_unit_test(every_line_gets_one_line),
        cmocka_unit_test(filter_keeps_order_and_takes_a_last_line_without_end),
    };
    return cmocka_run_group_tests(tests, open_lexicon, close_lexicon);
}
