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
#include "gateway/core/compose.h"
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

static void send_as(struct core_rig *rig, int64_t id, const char *remote_id)
{
    struct outbox_settlement sent = { .id = id,
        .state = STATE_outbox_sent,
        .outcome = OUTCOME_sent,
        .provider_code = "",
        .remote_id = remote_id,
        .now_ms = RIG_NOW };
    core_rig_begin(rig);
    assert_int_equal(outbox_settle(rig->core.store, &sent), 0);
    struct outbox_row row;
    assert_int_equal(outbox_get(rig->core.store, id, &row), 0);
    assert_int_equal(reports_catch_up(&rig->core, &row, RIG_NOW), 0);
    core_rig_commit(rig);
}

static void send(struct core_rig *rig, int64_t id)
{
    send_as(rig, id, "r1");
}

static void receive_as(struct core_rig *rig, const char *remote_id, int status)
{
    struct delivery_report report = { .status = (unsigned)status, .at = RIG_NOW };
    str_copy(report.remote_id, sizeof report.remote_id, remote_id);
    str_copy(report.provider_code, sizeof report.provider_code, "30003");
    core_rig_begin(rig);
    assert_int_equal(reports_receive(&rig->core, "desk", &report, RIG_NOW + 1), 0);
    core_rig_commit(rig);
}

static void receive(struct core_rig *rig, int status)
{
    receive_as(rig, "r1", status);
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
        { REPORT_FAILED_TEMPORARY, STATE_outbox_dead, 3 }, /* and a further try */
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
            struct outbox_row row;
            assert_int_equal(outbox_get(rig.core.store, id, &row), 0);
            if (row.state != table[i].want || core_rig_count_outbox(&rig, NULL) != table[i].rows)
                fail_msg("status %d, early %d: %s, %u rows", table[i].status, is_early, state_word(row.state),
                    core_rig_count_outbox(&rig, NULL));
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

/* Each further try is a row of its own; the last one ends without another. */
static void failed_try_is_followed_by_a_row_of_its_own_until_the_last(void **state)
{
    struct core_rig *rig = *state;
    struct outbox_row row = lease(rig), old;
    for (int attempt = 1; attempt <= 3; attempt++) {
        int64_t id = row.id;
        assert_int_equal(row.attempt, attempt);
        send(rig, id);
        receive(rig, REPORT_FAILED_TEMPORARY);
        receive(rig, REPORT_FAILED_TEMPORARY); /* twice, and it changes nothing */
        assert_int_equal(outbox_get(rig->core.store, id, &old), 0);
        assert_int_equal(old.state, STATE_outbox_dead);
        core_rig_begin(rig);
        row.id = 0;
        assert_int_equal(
            outbox_lease(rig->core.store, "desk", RIG_NOW + 3600000, RIG_NOW + 9000000, "w", 9, keep_row, &row), 0);
        core_rig_commit(rig);
        assert_true(attempt < 3 ? row.id > id : row.id == 0);
    }
}

/* A provider that remembers ids would refuse the second try as known and send nothing. */
static void further_try_after_a_reported_failure_has_another_id(void **state)
{
    struct core_rig *rig = *state;
    char first[COMPOSE_ID_MAX], second[COMPOSE_ID_MAX];
    struct outbox_row row = lease(rig);
    assert_int_equal(compose_id(&rig->core, &row, first), 0);
    send(rig, row.id);
    receive(rig, REPORT_FAILED_TEMPORARY);
    core_rig_begin(rig);
    assert_int_equal(
        outbox_lease(rig->core.store, "desk", RIG_NOW + 3600000, RIG_NOW + 9000000, "w", 9, keep_row, &row), 0);
    core_rig_commit(rig);
    assert_int_equal(compose_id(&rig->core, &row, second), 0);
    assert_string_not_equal(first, second);
}

static void message_that_was_given_up_may_be_delivered_after_all(void **state)
{
    struct core_rig *rig = *state;
    struct outbox_row row = lease(rig);
    send(rig, row.id);
    receive(rig, REPORT_FAILED);
    receive(rig, REPORT_DELIVERED);
    assert_int_equal(outbox_get(rig->core.store, row.id, &row), 0);
    assert_int_equal(row.state, STATE_outbox_delivered);
}

static void report_meets_its_row_in_another_spelling_of_the_id(void **state)
{
    static const struct {
        const char *label, *given, *reported;
        bool is_met;
    } table[] = {
        { "capitals", "0c1d00aa-77fe", "0C1D00AA-77FE", true },
        { "small letters", "0C1D00AA77FE", "0c1d00aa77fe", true },
        { "leading zeros gone in the answer", "1234567890", "0001234567890", true },
        { "hexadecimal given, decimal reported", "3b9aca0f", "1000000015", true },
        { "decimal given, hexadecimal reported", "1000000015", "3B9ACA0F", true },
        { "decimal given, hexadecimal with zeros reported", "1000000015", "000000003B9ACA0F", true },
        { "another id", "3b9aca0f", "1000000016", false },
        { "short numbers are what they seem", "ff", "255", false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        for (int is_early = 0; is_early < 2; is_early++) {
            struct core_rig rig;
            core_rig_open(&rig, NULL);
            int64_t id = lease(&rig).id;
            struct outbox_row row;
            if (is_early)
                receive_as(&rig, table[i].reported, REPORT_DELIVERED);
            send_as(&rig, id, table[i].given);
            if (!is_early)
                receive_as(&rig, table[i].reported, REPORT_DELIVERED);
            assert_int_equal(outbox_get(rig.core.store, id, &row), 0);
            /* Zeros in front of a report that came first cannot be guessed. */
            bool is_met = table[i].is_met && !(is_early && str_starts(table[i].reported, "000"));
            if ((row.state == STATE_outbox_delivered) != is_met)
                fail_msg("%s, early %d: %s", table[i].label, is_early, state_word(row.state));
            core_rig_close(&rig);
        }
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
        TEST(failed_try_is_followed_by_a_row_of_its_own_until_the_last),
        TEST(further_try_after_a_reported_failure_has_another_id),
        TEST(message_that_was_given_up_may_be_delivered_after_all),
        cmocka_unit_test(report_meets_its_row_in_another_spelling_of_the_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
