/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reports - delivery reports meet their rows in whatever order the two appear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/reports.h"
#include "gateway/store/contacts.h"
#include "tests/support/core_rig.h"

#define HER "+966505550123"
#define MINUTE_MS 60000LL

static int open_rig(void **state)
{
    *state = calloc(1, sizeof(struct core_rig));
    core_rig_open(*state, NULL);
    return 0;
}

static int close_rig(void **state)
{
    core_rig_close(*state);
    free(*state);
    return 0;
}

static int keep_row(void *context, const struct outbox_row *row)
{
    *(struct outbox_row *)context = *row;
    return 0;
}

/* A case with one alert whose row is leased. */
static struct outbox_row lease(struct core_rig *rig)
{
    struct outbox_row row = { 0 };
    core_rig_text_in(rig, HER, "no salary", "a1", RIG_NOW);
    core_rig_begin(rig);
    assert_int_equal(outbox_lease(rig->core.store, "desk", RIG_NOW, RIG_NOW + 90000, "w", 1, keep_row, &row), 0);
    core_rig_commit(rig);
    assert_int_not_equal(row.id, 0);
    return row;
}

static void send(struct core_rig *rig, int64_t id)
{
    struct outbox_settlement sent = { .id = id,
        .state = STATE_outbox_sent,
        .outcome = OUTCOME_sent,
        .provider_code = "",
        .remote_id = "r1",
        .now_ms = RIG_NOW };
    core_rig_begin(rig);
    assert_int_equal(outbox_settle(rig->core.store, &sent), 0);
    struct outbox_row row;
    assert_int_equal(outbox_get(rig->core.store, id, &row), 0);
    assert_int_equal(reports_catch_up(&rig->core, &row, RIG_NOW), 0);
    core_rig_commit(rig);
}

static void receive(struct core_rig *rig, int status)
{
    struct delivery_report report = { .remote_id = "r1", .status = (unsigned)status, .at = RIG_NOW };
    str_copy(report.provider_code, sizeof report.provider_code, "30003");
    core_rig_begin(rig);
    assert_int_equal(reports_receive(&rig->core, "desk", &report, RIG_NOW + 1), 0);
    core_rig_commit(rig);
}

static void report_moves_its_row(void **state)
{
    static const struct {
        int status;
        enum state want;
        unsigned rows; /* with the next address */
    } table[] = {
        { REPORT_PENDING, STATE_outbox_sent, 1 },
        { REPORT_SENT, STATE_outbox_sent, 1 },
        { REPORT_DELIVERED, STATE_outbox_delivered, 1 },
        { REPORT_FAILED_TEMPORARY, STATE_outbox_queued, 2 },
        { REPORT_FAILED, STATE_outbox_dead, 2 },
        { REPORT_OPTED_OUT, STATE_outbox_dead, 2 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        for (int is_early = 0; is_early < 2; is_early++) {
            struct core_rig rig;
            core_rig_open(&rig, NULL);
            int64_t id = lease(&rig).id;
            if (is_early)
                receive(&rig, table[i].status);
            send(&rig, id);
            if (!is_early)
                receive(&rig, table[i].status);
            if (core_rig_row(&rig, "ngo", 0).state != table[i].want ||
                core_rig_count_outbox(&rig, NULL) != table[i].rows)
                fail_msg("status %d, early %d: %s, %u rows", table[i].status, is_early,
                    state_word(core_rig_row(&rig, "ngo", 0).state), core_rig_count_outbox(&rig, NULL));
            core_rig_close(&rig);
        }
    }
}

static void state_never_moves_backwards(void **state)
{
    static const int later[] = { REPORT_PENDING, REPORT_SENT, REPORT_FAILED, REPORT_FAILED_TEMPORARY,
        REPORT_DELIVERED };
    struct core_rig *rig = *state;
    send(rig, lease(rig).id);
    receive(rig, REPORT_DELIVERED);
    for (size_t i = 0; i < STR_COUNT(later); i++) {
        receive(rig, later[i]);
        assert_int_equal(core_rig_row(rig, "ngo", 0).state, STATE_outbox_delivered);
    }
    assert_int_equal(core_rig_count_outbox(rig, NULL), 1);
}

static void delivery_is_noted_for_the_contact(void **state)
{
    struct core_rig *rig = *state;
    struct contact_state_row contact;
    send(rig, lease(rig).id);
    receive(rig, REPORT_DELIVERED);
    assert_int_equal(contacts_get(rig->core.store, "ngo", &contact), 0);
    assert_int_equal(contact.last_delivered_at, RIG_NOW + 1);
}

static void report_of_another_channel_changes_nothing(void **state)
{
    struct core_rig *rig = *state;
    struct delivery_report report = { .remote_id = "r1", .status = REPORT_DELIVERED };
    send(rig, lease(rig).id);
    core_rig_begin(rig);
    assert_int_equal(reports_receive(&rig->core, "post", &report, RIG_NOW), 0);
    core_rig_commit(rig);
    assert_int_equal(core_rig_row(rig, "ngo", 0).state, STATE_outbox_sent);
}

static void failed_last_try_is_dead(void **state)
{
    struct core_rig *rig = *state;
    struct outbox_row row = lease(rig);
    for (int attempt = 1; attempt <= 3; attempt++) {
        send(rig, row.id);
        receive(rig, REPORT_FAILED_TEMPORARY);
        assert_int_equal(core_rig_row(rig, "ngo", 0).state, attempt < 3 ? STATE_outbox_queued : STATE_outbox_dead);
        core_rig_begin(rig);
        assert_int_equal(
            outbox_lease(rig->core.store, "desk", RIG_NOW + 3600000, RIG_NOW + 9000000, "w", 1, keep_row, &row), 0);
        core_rig_commit(rig);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(report_moves_its_row),
        TEST(state_never_moves_backwards),
        TEST(delivery_is_noted_for_the_contact),
        TEST(report_of_another_channel_changes_nothing),
        TEST(failed_last_try_is_dead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
