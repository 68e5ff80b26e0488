/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reports - delivery reports that came too early wait for their message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static struct delivery_report report(const char *remote_id, int status, const char *code)
{
    struct delivery_report report = { .at = RIG_NOW };
    report.status = (unsigned)status;
    str_copy(report.remote_id, sizeof report.remote_id, remote_id);
    str_copy(report.provider_code, sizeof report.provider_code, code);
    return report;
}

static void keep(
    struct store_rig *rig, const char *channel, const char *remote_id, int status, const char *code, int64_t now_ms)
{
    struct delivery_report row = report(remote_id, status, code);
    assert_int_equal(reports_keep(rig->store, channel, &row, now_ms), 0);
}

static void kept_report_is_taken_once(void **state)
{
    struct store_rig rig;
    struct delivery_report got;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    keep(&rig, "main", "SM1", REPORT_DELIVERED, "30", RIG_NOW);
    assert_int_equal(reports_take(rig.store, "other", "SM1", &got), ERR_NOT_FOUND);
    assert_int_equal(reports_take(rig.store, "main", "SM1", &got), 0);
    assert_int_equal(got.status, REPORT_DELIVERED);
    assert_string_equal(got.remote_id, "SM1");
    assert_string_equal(got.provider_code, "30");
    assert_int_equal(got.at, RIG_NOW);
    assert_int_equal(reports_take(rig.store, "main", "SM1", &got), ERR_NOT_FOUND);
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

static void most_conclusive_report_wins(void **state)
{
    static const struct {
        const char *label;
        int first, second, want;
    } cases[] = {
        { "sent then delivered", REPORT_SENT, REPORT_DELIVERED, REPORT_DELIVERED },
        { "delivered then sent, out of order", REPORT_DELIVERED, REPORT_SENT, REPORT_DELIVERED },
        { "failed then pending", REPORT_FAILED, REPORT_PENDING, REPORT_FAILED },
        { "temporary then final", REPORT_FAILED_TEMPORARY, REPORT_FAILED, REPORT_FAILED },
        { "delivered then failed", REPORT_DELIVERED, REPORT_FAILED, REPORT_DELIVERED },
        { "failed then opted out", REPORT_FAILED, REPORT_OPTED_OUT, REPORT_OPTED_OUT },
    };
    struct store_rig rig;
    struct delivery_report got;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        keep(&rig, "main", "SM1", cases[i].first, "", RIG_NOW);
        keep(&rig, "main", "SM1", cases[i].second, "", RIG_NOW);
        assert_int_equal(reports_take(rig.store, "main", "SM1", &got), 0);
        if ((int)got.status != cases[i].want)
            fail_msg("%s: got %d", cases[i].label, (int)got.status);
    }
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

static void old_reports_are_forgotten(void **state)
{
    struct store_rig rig;
    struct delivery_report got;
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    keep(&rig, "main", "old", REPORT_SENT, "", RIG_NOW);
    keep(&rig, "main", "new", REPORT_SENT, "", RIG_NOW + 10);
    assert_int_equal(reports_forget(rig.store, RIG_NOW + 10), 0);
    assert_int_equal(reports_take(rig.store, "main", "old", &got), ERR_NOT_FOUND);
    assert_int_equal(reports_take(rig.store, "main", "new", &got), 0);
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

static void flood_of_reports_pushes_out_the_oldest(void **state)
{
    struct store_rig rig;
    struct delivery_report got;
    char id[32];
    (void)state;
    rig_open_memory(&rig);
    assert_int_equal(store_begin(rig.store), 0);
    for (int i = 0; i <= 20000; i++) {
        snprintf(id, sizeof id, "SM%d", i);
        keep(&rig, "main", id, REPORT_SENT, "", RIG_NOW);
    }
    assert_int_equal(reports_take(rig.store, "main", "SM0", &got), ERR_NOT_FOUND);
    assert_int_equal(reports_take(rig.store, "main", "SM1", &got), 0);
    assert_int_equal(reports_take(rig.store, "main", "SM20000", &got), 0);
    assert_int_equal(store_commit(rig.store), 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_report_is_taken_once),
        cmocka_unit_test(most_conclusive_report_wins),
        cmocka_unit_test(old_reports_are_forgotten),
        cmocka_unit_test(flood_of_reports_pushes_out_the_oldest),
    };
    return cmocka_run_group_tests_name("reports", tests, NULL, NULL);
}
