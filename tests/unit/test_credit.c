/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_credit - the amount in an operator's words, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/credit.h"

#define NONE -1

static void amounts_are_read(void **state)
{
    static const struct {
        const char *text;
        int64_t want;
    } cases[] = {
        { "Your balance is SAR 12.50, valid until 01/02/2027", 1250 },
        { "SAR12.50", 1250 },
        { "Guthaben: 7,40 EUR", 740 },
        { "Balance 1,234.50", 123450 },
        { "Saldo 1.234,50", 123450 },
        { "Rp 15.000", 1500000 },
        { "Rp 1.250.000", 125000000 },
        { "KWD 0.250", 25 },
        { "BHD 1,250.500", 125050 },
        { "Your credit is 25 riyals.", 2500 },
        { "valid until 31-12-2026; balance 3.05.", 305 },
        { "01.02.2027 balance 9", 900 },
        { "at 12:30 you have 4.1 left", 410 },
        { "Call 0501234567 to top up, balance 8", 800 },
        { "Dial *141# - main account 0.00 SAR", 0 },
        { "2 offers wait. Balance: 17.25", 1725 },
        { "Your balance is 6", 600 },
        { "\xd8\xb1\xd8\xb5\xd9\x8a\xd8\xaf\xd9\x83 \xd9\xa1\xd9\xa2\xd9\xab\xd9\xa5\xd9\xa0", 1250 },
        { "\xe0\xa5\xa7\xe0\xa5\xa6 \xe0\xa4\xb0\xe0\xa5\x81", 1000 },
        { "", NONE },
        { "Service not available", NONE },
        { "Dial *141#", NONE },
        { "01/02/2027", NONE },
        { "+966501234567", NONE },
        { "999999999999999999999999", NONE },
        { "1.", 100 },
        { ".5", 500 },
        { "12:30", NONE },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        int64_t got = NONE;
        bool is_found = credit_read(span_of(cases[i].text), &got);
        if (got != cases[i].want || is_found != (cases[i].want != NONE))
            fail_msg("\"%s\": got %lld, wanted %lld", cases[i].text, (long long)got, (long long)cases[i].want);
    }
}

/* The text is a stranger's: any bytes, of any length. */
static void any_bytes_are_survived(void **state)
{
    char text[5000];
    int64_t got;
    unsigned seed = 20261125;
    (void)state;
    for (unsigned round = 0; round < 2000; round++) {
        size_t len = round < 200 ? 5000 : round % 64;
        for (size_t i = 0; i < len; i++) {
            seed = seed * 1103515245u + 12345u;
            unsigned pick = (seed >> 16) % 20;
            text[i] = pick < 10 ? (char)('0' + pick) : pick < 14 ? ".,-/"[pick - 10] : (char)(seed >> 24);
        }
        if (credit_read((struct span){ text, len }, &got))
            assert_true(got >= 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_read),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests_name("credit", tests, NULL, NULL);
}
