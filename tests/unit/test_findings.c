/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_findings - what is wrong is noted once, until it is right again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/store_rig.h"

static void begin(struct store_rig *rig)
{
    rig_open_memory(rig);
    assert_int_equal(store_begin(rig->store), 0);
}

static void end(struct store_rig *rig)
{
    assert_int_equal(store_commit(rig->store), 0);
    rig_close(rig);
}

static bool see(struct store_rig *rig, const char *kind, const char *object, int64_t now_ms)
{
    bool is_new = false;
    assert_int_equal(findings_see(rig->store, kind, object, now_ms, &is_new), 0);
    return is_new;
}

struct listing {
    int count, stop_after;
    char text[200];
    struct finding_row last;
};

static int note_object(void *context, const struct finding_row *row)
{
    struct listing *listing = context;
    size_t len = strlen(listing->text);
    snprintf(listing->text + len, sizeof listing->text - len, "%s%s", listing->count++ == 0 ? "" : " ", row->object);
    listing->last = *row;
    return listing->count == listing->stop_after ? ERR_AGAIN : 0;
}

static void assert_list(struct store_rig *rig, bool is_open, unsigned limit, const char *want)
{
    struct listing listing = { 0 };
    assert_int_equal(findings_list(rig->store, is_open, limit, note_object, &listing), 0);
    assert_string_equal(listing.text, want);
}

static struct finding_row only(struct store_rig *rig)
{
    struct listing listing = { 0 };
    assert_int_equal(findings_list(rig->store, false, 10, note_object, &listing), 0);
    assert_int_equal(listing.count, 1);
    return listing.last;
}

static void finding_seen_again_is_touched_not_doubled(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    assert_true(see(&rig, "case_without_step", "case:1001", RIG_NOW));
    assert_false(see(&rig, "case_without_step", "case:1001", RIG_NOW + 7));
    struct finding_row row = only(&rig);
    assert_true(row.id > 0);
    assert_string_equal(row.kind, "case_without_step");
    assert_string_equal(row.object, "case:1001");
    assert_true(row.first_at == RIG_NOW && row.last_at == RIG_NOW + 7 && row.told_at == 0 && row.resolved_at == 0);
    assert_int_equal(findings_set_told(rig.store, row.id, RIG_NOW + 8), 0);
    assert_int_equal(findings_set_told(rig.store, row.id + 1, RIG_NOW + 8), ERR_NOT_FOUND);
    assert_false(see(&rig, "case_without_step", "case:1001", RIG_NOW + 9));
    row = only(&rig);
    assert_true(row.told_at == RIG_NOW + 8 && row.last_at == RIG_NOW + 9); /* touched, it stays told */
    end(&rig);
}

static void kind_and_object_together_are_one_finding(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    assert_true(see(&rig, "row_overdue", "case:1001", RIG_NOW));
    assert_true(see(&rig, "case_without_step", "case:1001", RIG_NOW));
    assert_true(see(&rig, "row_overdue", "case:1002", RIG_NOW));
    assert_false(see(&rig, "row_overdue", "case:1002", RIG_NOW));
    assert_list(&rig, true, 10, "case:1001 case:1001 case:1002");
    end(&rig);
}

static void what_is_not_seen_again_is_resolved_and_may_come_back(void **state)
{
    struct store_rig rig;
    struct listing listing = { .stop_after = 1 };
    (void)state;
    begin(&rig);
    see(&rig, "row_overdue", "a", RIG_NOW);
    see(&rig, "row_overdue", "b", RIG_NOW);
    see(&rig, "row_overdue", "c", RIG_NOW);
    see(&rig, "row_overdue", "b", RIG_NOW + 10);
    see(&rig, "row_overdue", "c", RIG_NOW + 9);
    assert_int_equal(findings_resolve_unseen(rig.store, RIG_NOW + 10, RIG_NOW + 11), 0);
    assert_list(&rig, true, 10, "b");
    assert_int_equal(findings_resolve_unseen(rig.store, RIG_NOW + 10, RIG_NOW + 99), 0);
    assert_true(see(&rig, "row_overdue", "a", RIG_NOW + 20));
    assert_list(&rig, true, 10, "b a");
    assert_list(&rig, false, 10, "a c b a");
    assert_list(&rig, false, 2, "a c");
    assert_list(&rig, true, 1, "b");
    /* The first "a" kept the time at which it was resolved, and the new one is another row. */
    struct listing all = { 0 };
    assert_int_equal(findings_list(rig.store, false, 10, note_object, &all), 0);
    assert_true(all.last.resolved_at == RIG_NOW + 11 && all.last.first_at == RIG_NOW);
    assert_int_equal(findings_list(rig.store, true, 10, note_object, &listing), ERR_AGAIN);
    assert_int_equal(listing.count, 1);
    end(&rig);
}

/* What the auditor sees after the clock was set back counts as seen. */
static void clock_set_back_resolves_nothing_that_is_seen(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    see(&rig, "row_overdue", "a", RIG_NOW);
    see(&rig, "row_overdue", "b", RIG_NOW);
    see(&rig, "row_overdue", "a", RIG_NOW - 1000);
    assert_int_equal(findings_resolve_unseen(rig.store, RIG_NOW - 1000, RIG_NOW - 1000), 0);
    assert_list(&rig, true, 10, "a b");
    see(&rig, "row_overdue", "a", RIG_NOW + 1);
    assert_int_equal(findings_resolve_unseen(rig.store, RIG_NOW + 1, RIG_NOW + 1), 0);
    assert_list(&rig, true, 10, "a");
    end(&rig);
}

struct telling {
    struct store *store;
    int count;
};

static int tell_and_see(void *context, const struct finding_row *row)
{
    struct telling *telling = context;
    bool is_new = false;
    telling->count++;
    int code = findings_see(telling->store, "alarm_failed", row->object, RIG_NOW, &is_new);
    return code != 0 ? code : findings_set_told(telling->store, row->id, RIG_NOW + 1);
}

static void findings_may_be_told_and_made_while_they_are_listed(void **state)
{
    struct store_rig rig;
    struct listing listing = { 0 };
    (void)state;
    begin(&rig);
    see(&rig, "row_overdue", "a", RIG_NOW);
    see(&rig, "row_overdue", "b", RIG_NOW);
    struct telling telling = { .store = rig.store };
    assert_int_equal(findings_list(rig.store, true, 10, tell_and_see, &telling), 0);
    assert_int_equal(telling.count, 2);
    assert_int_equal(findings_list(rig.store, false, 10, note_object, &listing), 0);
    assert_string_equal(listing.text, "b a b a");
    assert_int_equal(listing.last.told_at, RIG_NOW + 1);
    end(&rig);
}

static void words_that_would_be_cut_are_refused(void **state)
{
    char kind[41], object[FINDINGS_OBJECT_MAX + 1];
    struct store_rig rig;
    bool is_new = true;
    (void)state;
    begin(&rig);
    memset(kind, 'k', sizeof kind - 1);
    memset(object, 'o', sizeof object - 1);
    kind[40] = object[FINDINGS_OBJECT_MAX] = '\0';
    assert_int_equal(findings_see(rig.store, kind, "a", RIG_NOW, &is_new), ERR_LIMIT);
    assert_false(is_new);
    assert_int_equal(findings_see(rig.store, "row_overdue", object, RIG_NOW, &is_new), ERR_LIMIT);
    assert_list(&rig, false, 10, "");
    assert_true(see(&rig, kind + 1, object + 1, RIG_NOW));
    assert_list(&rig, true, 10, object + 1);
    end(&rig);
}

static void undone_turn_leaves_no_finding(void **state)
{
    struct store_rig rig;
    (void)state;
    begin(&rig);
    see(&rig, "row_overdue", "a", RIG_NOW);
    assert_int_equal(store_savepoint(rig.store), 0);
    see(&rig, "row_overdue", "b", RIG_NOW + 5);
    assert_int_equal(findings_resolve_unseen(rig.store, RIG_NOW + 5, RIG_NOW + 5), 0);
    store_undo(rig.store);
    assert_list(&rig, true, 10, "a");
    store_rollback(rig.store);
    assert_list(&rig, false, 10, "");
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finding_seen_again_is_touched_not_doubled),
        cmocka_unit_test(kind_and_object_together_are_one_finding),
        cmocka_unit_test(what_is_not_seen_again_is_resolved_and_may_come_back),
        cmocka_unit_test(clock_set_back_resolves_nothing_that_is_seen),
        cmocka_unit_test(findings_may_be_told_and_made_while_they_are_listed),
        cmocka_unit_test(words_that_would_be_cut_are_refused),
        cmocka_unit_test(undone_turn_leaves_no_finding),
    };
    return cmocka_run_group_tests_name("findings", tests, NULL, NULL);
}
