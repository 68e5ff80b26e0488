/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_waiting - the first hindrance of a row is named, and no row that waits is without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/waiting.h"

#define NOW 1764000000000

static const struct waiting_channel well = { .is_configured = true, .is_on = true, .has_sender = true };

static void the_first_hindrance_is_named(void **state)
{
    static const struct {
        const char *want;
        enum state state;
        int64_t due_in_ms;
        int attempt;
        const char *code;
        struct waiting_channel channel;
    } table[] = {
        { "sending", STATE_outbox_leased, 0, 1, "", { .is_on = false } },
        { "dead", STATE_outbox_dead, 0, 5, "", { .is_on = false } },
        { "", STATE_outbox_sent, 0, 1, "", { .is_configured = true, .is_on = true } },
        { "", STATE_outbox_delivered, 0, 1, "", { .is_configured = true } },
        { "", STATE_outbox_cancelled, 9, 0, "", { .is_configured = true } },
        { "no_channel", STATE_outbox_queued, 9, 2, "", { .has_sender = true } },
        { "channel_off", STATE_outbox_queued, 9, 2, "", { .is_configured = true, .has_sender = true } },
        { "hours", STATE_outbox_queued, 9, 1, OUTBOX_PUT_OFF,
            { .is_configured = true, .is_on = true, .is_paused = true } },
        { "retry", STATE_outbox_queued, 9, 1, "500", { .is_configured = true, .is_on = true, .is_paused = true } },
        { "later", STATE_outbox_queued, 9, 0, "", { .is_configured = true, .is_on = true, .is_paused = true } },
        { "paused", STATE_outbox_queued, 0, 1, "",
            { .is_configured = true, .is_on = true, .is_paused = true, .is_resting = true, .is_absent = true } },
        { "modem_absent", STATE_outbox_queued, 0, 0, "",
            { .is_configured = true, .is_on = true, .is_absent = true, .is_unready = true, .has_sender = true } },
        { "modem_unready", STATE_outbox_queued, 0, 0, "",
            { .is_configured = true, .is_on = true, .is_unready = true, .has_sender = true } },
        { "no_sender", STATE_outbox_queued, -9, 0, "", { .is_configured = true, .is_on = true, .is_resting = true } },
        { "resting", STATE_outbox_queued, 0, 3, "",
            { .is_configured = true, .is_on = true, .is_resting = true, .has_sender = true } },
        { "next", STATE_outbox_queued, 0, 0, OUTBOX_PUT_OFF,
            { .is_configured = true, .is_on = true, .has_sender = true } },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct outbox_row row = {
            .state = table[i].state, .due_at = NOW + table[i].due_in_ms, .attempt = table[i].attempt
        };
        str_copy(row.provider_code, sizeof row.provider_code, table[i].code);
        const char *got = waiting_word(&row, &table[i].channel, NOW);
        if (!str_equal(got, table[i].want))
            fail_msg("row %zu: %s, wanted %s", i, got, table[i].want);
    }
}

static void whatever_is_queued_has_a_reason(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 128; bits++) {
        const struct waiting_channel channel = { bits & 1, bits & 2, bits & 4, bits & 8, bits & 16, bits & 32,
            bits & 64 };
        struct outbox_row row = { .state = STATE_outbox_queued, .due_at = NOW };
        assert_true(waiting_word(&row, &channel, NOW)[0]);
        row.due_at = NOW + 1;
        assert_true(waiting_word(&row, &channel, NOW)[0]);
    }
    struct outbox_row row = { .state = STATE_outbox_queued, .due_at = NOW };
    assert_string_equal(waiting_word(&row, &well, NOW), "next");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_hindrance_is_named),
        cmocka_unit_test(whatever_is_queued_has_a_reason),
    };
    return cmocka_run_group_tests_name("waiting", tests, NULL, NULL);
}
