/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_breakglass - a supervisor reads one case against the rule: for a time, on record, and others hear of it once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/auditor.h"
#include "gateway/core/breakglass.h"
#include "gateway/store/findings.h"
#include "tests/support/core_rig.h"

#define MINUTE_MS 60000

static struct core_rig rig;
static int64_t first, second;

static int open_rig(void **state)
{
    (void)state;
    AUTO_FREE char *text =
        lineconf_replace(core_rig_text, "policies = ", "auditor = { contacts = [ \"watch\" ]; };\npolicies = ");
    core_rig_open(&rig, text);
    first = core_rig_text_in(&rig, "+966501110001", "he beats me", "a", RIG_NOW).case_id;
    second = core_rig_text_in(&rig, "+966501110002", "no salary", "b", RIG_NOW).case_id;
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    core_rig_close(&rig);
    return 0;
}

static void break_it(const char *name, int64_t case_id, int64_t now_ms)
{
    core_rig_begin(&rig);
    assert_int_equal(breakglass_break(&rig.core, name, case_id, now_ms), 0);
    core_rig_commit(&rig);
}

static bool is_broken(const char *name, int64_t case_id, int64_t now_ms)
{
    int64_t until_at;
    assert_int_equal(breakglass_look(&rig.core, name, case_id, now_ms, &until_at), 0);
    return until_at != 0;
}

static int count_finding(void *context, const struct finding_row *row)
{
    unsigned *count = context;
    *count += str_equal(row->kind, BREAKGLASS_FINDING) && row->told_at;
    return 0;
}

/* After a round of the auditor. */
static unsigned open_findings(int64_t now_ms)
{
    unsigned open, count = 0;
    core_rig_begin(&rig);
    assert_int_equal(auditor_run(&rig.core, now_ms, &open), 0);
    core_rig_commit(&rig);
    assert_int_equal(findings_list(rig.core.store, true, 100, count_finding, &count), 0);
    return count;
}

static void it_is_open_for_that_person_that_case_and_that_time(void **state)
{
    (void)state;
    assert_false(is_broken("boss", first, RIG_NOW));
    break_it("boss", first, RIG_NOW);
    assert_true(is_broken("boss", first, RIG_NOW) && is_broken("boss", first, RIG_NOW + BREAKGLASS_MS - 1));
    assert_false(is_broken("boss", first, RIG_NOW + BREAKGLASS_MS));
    assert_false(is_broken("boss", second, RIG_NOW) || is_broken("chief", first, RIG_NOW));
    assert_false(is_broken("boss", first, RIG_NOW - BREAKGLASS_BACK_MS - 1)); /* a clock that was set back */
    break_it("boss", first, RIG_NOW + BREAKGLASS_MS);
    assert_true(is_broken("boss", first, RIG_NOW + 2 * BREAKGLASS_MS - 1));
    assert_int_equal(core_rig_count_audit(&rig, "case.glass_broken"), 2);
}

static void others_hear_of_it_at_once_and_once(void **state)
{
    (void)state;
    unsigned before = core_rig_count_outbox(&rig, NULL);
    break_it("boss", first, RIG_NOW);
    unsigned told = core_rig_count_outbox(&rig, NULL) - before;
    assert_true(told >= 1);
    break_it("boss", first, RIG_NOW + 1000); /* again is told again */
    assert_int_equal(core_rig_count_outbox(&rig, NULL) - before, 2 * told);
    assert_int_equal(open_findings(RIG_NOW + MINUTE_MS), 1);
    assert_int_equal(open_findings(RIG_NOW + 2 * MINUTE_MS), 1);
    assert_int_equal(open_findings(RIG_NOW + BREAKGLASS_MS + MINUTE_MS), 0);
    break_it("boss", first, RIG_NOW + BREAKGLASS_MS + 2 * MINUTE_MS);
    assert_int_equal(open_findings(RIG_NOW + BREAKGLASS_MS + 3 * MINUTE_MS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_open_for_that_person_that_case_and_that_time, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(others_hear_of_it_at_once_and_once, open_rig, close_rig),
    };
    return cmocka_run_group_tests_name("breakglass", tests, NULL, NULL);
}
