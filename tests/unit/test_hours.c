/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hours - the hours that she names; what could be read in two ways is read in none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/hours.h"

#define H(hour) ((hour)*60)

static void hours_are_read_where_they_are_clear(void **state)
{
    static const struct {
        const char *text;
        int from, to; /* -1 = unknown */
    } rows[] = {
        { "text me only after 11pm", H(23), H(4) },
        { "txt aftr 11 pm pls", H(23), H(4) },
        { "after 11:30 pm", H(23) + 30, H(4) + 30 },
        { "after 23.00 only", H(23), H(4) },
        { "after 22:15", H(22) + 15, H(3) + 15 },
        { "10-11 ng gabi lang po", H(22), H(23) },
        { "10-11pm", H(22), H(23) },
        { "11pm to 2am", H(23), H(2) },
        { "between 1 and 3 am", H(1), H(3) },
        { "jam 11 malam saja", H(23), H(4) },
        { "raat 11 baje ke baad", H(23), H(4) },
        { "12 at night", 0, H(5) },
        { "after 12pm", H(12), H(17) },
        { "at 6am", H(6), H(11) },
        { "text at night", H(22), H(5) },
        { "sa gabi lang", H(22), H(5) },
        /* what else has digits */
        { "no salary 3 months, text after 11pm", H(23), H(4) },
        { "i work 18 hours 7 days, only after 10pm", H(22), H(3) },
        { "no food 3 days. text only at night after 11", -1, -1 },
        { "text only at night after 11", H(23), H(4) },
        { "my room 4, text at night", -1, -1 },
        { "d2 po ako, text after 11pm", H(23), H(4) },
        { "+966505550123 after 11pm", H(23), H(4) },
        /* doubt */
        { "text after 11", -1, -1 },
        { "after 11 madam sleeps", -1, -1 },
        { "not after 9pm", -1, -1 },
        { "dont text before 10pm", -1, -1 },
        { "text before 7am", -1, -1 },
        { "never 8am, only after 11pm", -1, -1 },
        { "dont call. text after 11pm", H(23), H(4) },
        { "dont call me text only after 11pm", H(23), H(4) },
        { "when madam sleeps", -1, -1 },
        { "i am locked", -1, -1 },
        { "25:00", -1, -1 },
        { "11:75 pm", -1, -1 },
        { "", -1, -1 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        int from, to;
        hours_read_window(span_of(rows[i].text), &from, &to);
        if (from != rows[i].from || to != rows[i].to)
            fail_msg("%s: %d:%02d to %d:%02d", rows[i].text, from / 60, from % 60, to / 60, to % 60);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(hours_are_read_where_they_are_clear) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
