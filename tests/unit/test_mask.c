/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_mask - what a contact of trust level masked reads of a text. */
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
#include "gateway/core/mask.h"

static const struct {
    const char *label, *in, *want;
} table[] = {
    { "empty", "", "" },
    { "nothing to hide", "no food 3 days pls help", "no food 3 days pls help" },
    { "three digits stay", "room 412, 2 years, 15 hours", "room 412, 2 years, 15 hours" },
    { "a number", "call +966505550123 now", "call +*** now" },
    { "with spaces", "call 0917 555 0100 now", "call *** now" },
    { "with dashes", "call 0917-555-0100 now", "call *** now" },
    { "in pairs", "call 09 17 - 55 - 50 100", "call ***" },
    { "with brackets", "(0917) 555-0100", "(***" },
    { "with commas", "0917,555,0100", "***" },
    { "with dots and stars", "0.9.1.7 * 5.5.5", "***" },
    { "with a dash that is not ASCII",
        "0917\xe2\x80\x93"
        "555\xe2\x80\x91"
        "0100",
        "***" },
    { "with invisible marks", "\xe2\x80\xaa+966 50\xe2\x80\x8e 555 0123\xe2\x80\xac", "\xe2\x80\xaa+***\xe2\x80\xac" },
    { "Arabic-Indic digits", "رقمي ٠٥٠٥٥٥٠١٢٣", "رقمي ***" },
    { "Persian digits with spaces", "۰۵۰ ۵۵۵ ۰۱۲۳", "***" },
    { "Devanagari digits", "नंबर ९८१२३४५", "नंबर ***" },
    { "Bengali digits", "০১৭১২৩৪", "***" },
    { "Gujarati digits", "૯૮૭૬૫", "***" },
    { "Burmese digits", "၀၉၁၂၃၄", "***" },
    { "Thai digits", "๐๘๑๒๓๔", "***" },
    { "full-width digits", "０９１７５５５", "***" },
    { "digits of two scripts", "05٠٥55", "***" },
    { "inside a word", "o9175550100x", "o***x" },
    { "digit-letters of textspeak stay", "2lungan m0 aq d2 gus2 ko umuwi", "2lungan m0 aq d2 gus2 ko umuwi" },
    { "3 days in Bengali", "৩ দিন খাবার নাই", "৩ দিন খাবার নাই" },
    { "a mail address", "write juana@example.org pls", "write *** pls" },
    { "a handle", "fb @juana.delacruz", "fb ***" },
    { "a link", "see https://example.org/juana?x=1 ok", "see *** ok" },
    { "a link without a scheme", "see www.example.org", "see ***" },
    { "a short link", "my acct t.me/juana_dc", "my acct ***" },
    { "a domain", "on FB.com", "on ***" },
    { "a missing space is no domain", "no food.please help", "no food.please help" },
    { "a mail address without spaces around", "救命联系juana@example.org我", "救命联系***我" },
    { "a slash is no link", "beaten and/or locked", "beaten and/or locked" },

    { "a name in English", "my name is Maria Santos he beats me", "my name is *** he beats me" },
    { "in any case", "MY NAME IS MARIA SANTOS HELP", "MY NAME IS *** HELP" },
    { "a name with particles", "ako si Juana dela Cruz po", "ako si *** po" },
    { "the model text", "SOS si Juana dela Cruz po i2sa hk. Nag-run-away po ako.gus2 ko na umuwi",
        "SOS si *** po i2sa hk. Nag-run-away po ako.gus2 ko na umuwi" },
    { "a role is no name", "si sir sinasaktan ako", "si sir sinasaktan ako" },
    { "a marker hides one small word", "si maria ay kinulong", "si *** ay kinulong" },
    { "this is a name", "this is Maria pls help", "this is *** pls help" },
    { "this is no name", "this is urgent pls help", "this is urgent pls help" },
    { "je suis is mostly trouble", "je suis enceinte et battue", "je suis enceinte et battue" },
    { "a sentence ends the name", "my name is Maria. He beats me", "my name is ***. He beats me" },
    { "an initial does not", "my name is J. Santos", "my name is ***" },
    { "an apostrophe", "je m'appelle N'Deye. aide", "je m'appelle ***. aide" },
    { "Indonesian", "nama saya Siti, saya dipukul", "nama saya ***, saya dipukul" },
    { "Swahili", "naitwa Amina Wanjiru nisaidie", "naitwa *** nisaidie" },
    { "Arabic", "اسمي مريم، ساعدوني", "اسمي ***، ساعدوني" },
    { "Hindi", "मेरा नाम सीता है। मदद", "मेरा नाम ***। मदद" },
    { "Chinese keeps the trouble", "你好，我叫李小梅雇主打我", "你好，我叫***雇主打我" },
    { "a cue inside a word", "desi boy", "desi boy" },
    { "a cue at the end", "my name is", "my name is" },
    { "a cue and nothing after it", "my name is ", "my name is " },
};

static void text_is_masked_as_the_table_says(void **state)
{
    unsigned failed = 0;
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        AUTO_BUF out;
        buf_init(&out, 1000);
        mask_text(span_of(table[i].in), &out);
        const char *got = out.data ? out.data : "";
        if (str_equal(got, table[i].want))
            continue;
        print_error("%s: \"%s\" became \"%s\"\n", table[i].label, table[i].in, got);
        failed++;
    }
    assert_int_equal(failed, 0);
}

static void masked_text_is_valid_and_at_most_three_times_as_long(void **state)
{
    static const char *const pieces[] = { "my name is ", "1234", "我叫", "é", "@a", "\n", "a", "٣", " - ", "si " };
    uint32_t seed = 12345;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        AUTO_BUF in;
        AUTO_BUF out;
        buf_init(&in, 400);
        buf_init(&out, 1200);
        for (unsigned k = 0; k < 20; k++) {
            seed = seed * 1103515245 + 12345;
            buf_add_text(&in, pieces[(seed >> 16) % STR_COUNT(pieces)]);
        }
        mask_text(buf_span(&in), &out);
        if (buf_check(&out) || !utf8_is_valid(buf_span(&out)) || out.len > 3 * in.len)
            fail_msg("\"%s\"", in.data);
    }
}

static void long_text_is_masked_in_good_time(void **state)
{
    AUTO_BUF in;
    AUTO_BUF out;
    (void)state;
    buf_init(&in, 20000);
    buf_init(&out, 60000);
    for (int i = 0; i < 8000; i++)
        buf_add_text(&in, "a.");
    mask_text(buf_span(&in), &out);
    assert_int_equal(out.len, 16000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_masked_as_the_table_says),
        cmocka_unit_test(masked_text_is_valid_and_at_most_three_times_as_long),
        cmocka_unit_test(long_text_is_masked_in_good_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
