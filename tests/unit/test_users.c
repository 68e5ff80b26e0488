/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_users - accounts, recovery codes, who is in and failures of coming in are kept, and kept within bounds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/store/signins.h"
#include "gateway/store/tries.h"
#include "gateway/store/users.h"
#include "tests/support/store_rig.h"

static struct store_rig rig;

static int open_rig(void **state)
{
    (void)state;
    rig_open_memory(&rig);
    return store_begin(rig.store);
}

static int close_rig(void **state)
{
    (void)state;
    store_rollback(rig.store);
    rig_close(&rig);
    return 0;
}

static struct user_row user(const char *name, const char *role)
{
    struct user_row row = { .is_enabled = true, .created_at = RIG_NOW };
    str_copy(row.name, sizeof row.name, name);
    str_copy(row.role, sizeof row.role, role);
    return row;
}

static void enrol(struct user_row *row)
{
    row->enrolled_at = RIG_NOW;
    str_copy(row->password, sizeof row->password, "$argon2id$x");
    memset(row->secret, 7, 60);
    row->secret_len = 60;
}

static int count_row(void *context, const struct user_row *row)
{
    (void)row;
    ++*(int *)context;
    return 0;
}

static void an_account_comes_back_as_it_was_put(void **state)
{
    struct user_row row = user("maria", "supervisor"), got;
    int count = 0;
    (void)state;
    assert_int_equal(users_get(rig.store, "maria", &got), ERR_NOT_FOUND);
    assert_int_equal(users_add(rig.store, &row), 0);
    assert_int_equal(users_add(rig.store, &row), ERR_EXISTS);
    assert_int_equal(users_get(rig.store, "maria", &got), 0);
    assert_memory_equal(&row, &got, sizeof row);
    enrol(&row);
    row.last_step = 58800000;
    row.is_enabled = false;
    row.signed_in_at = RIG_NOW + 1;
    str_copy(row.contact, sizeof row.contact, "ngo-desk");
    memset(row.role, 0, sizeof row.role);
    str_copy(row.role, sizeof row.role, "auditor");
    assert_int_equal(users_put(rig.store, &row), 0);
    assert_int_equal(users_get(rig.store, "maria", &got), 0);
    assert_memory_equal(&row, &got, sizeof row);
    assert_int_equal(users_list(rig.store, count_row, &count), 0);
    assert_int_equal(count, 1);
}

static void what_contradicts_itself_is_not_stored(void **state)
{
    struct user_row row = user("maria", "king");
    (void)state;
    assert_int_equal(users_add(rig.store, &row), ERR_INVALID);
    row = user("maria", "viewer");
    row.enrolled_at = RIG_NOW; /* without a password */
    assert_int_equal(users_add(rig.store, &row), ERR_INVALID);
    row.id = 99;
    row.enrolled_at = 0;
    assert_int_equal(users_put(rig.store, &row), ERR_NOT_FOUND);
}

static void who_can_supervise_is_counted(void **state)
{
    static const char *const names[] = { "anna", "berta", "carla", "dora" };
    struct user_row rows[4];
    int64_t count = -1;
    (void)state;
    for (int i = 0; i < 4; i++) {
        rows[i] = user(names[i], i == 3 ? "viewer" : "supervisor");
        if (i != 1)
            enrol(&rows[i]);
        assert_int_equal(users_add(rig.store, &rows[i]), 0);
    }
    assert_int_equal(users_count(rig.store, "supervisor", 0, &count), 0);
    assert_int_equal(count, 2); /* berta has not come in yet */
    rows[0].is_enabled = false;
    assert_int_equal(users_put(rig.store, &rows[0]), 0);
    assert_int_equal(users_count(rig.store, "supervisor", rows[2].id, &count), 0);
    assert_int_equal(count, 0);
}

static void accounts_have_a_ceiling(void **state)
{
    char name[16];
    (void)state;
    for (int i = 0; i <= USERS_MAX; i++) {
        snprintf(name, sizeof name, "user%d", i);
        struct user_row row = user(name, "viewer");
        assert_int_equal(users_add(rig.store, &row), i < USERS_MAX ? 0 : ERR_LIMIT);
    }
}

static void a_recovery_code_opens_once_and_for_its_owner(void **state)
{
    struct user_row maria = user("maria", "viewer"), joan = user("joan", "viewer");
    unsigned char tags[3][STORE_TAG_LEN], other[STORE_TAG_LEN];
    int64_t count = 0;
    (void)state;
    for (int i = 0; i < 3; i++)
        rig_tag(10 + i, tags[i]);
    rig_tag(20, other);
    assert_int_equal(users_add(rig.store, &maria), 0);
    assert_int_equal(users_add(rig.store, &joan), 0);
    assert_int_equal(users_set_codes(rig.store, maria.id, (const unsigned char(*)[STORE_TAG_LEN])tags, 3), 0);
    assert_int_equal(users_take_code(rig.store, joan.id, tags[0]), ERR_NOT_FOUND);
    assert_int_equal(users_take_code(rig.store, maria.id, other), ERR_NOT_FOUND);
    assert_int_equal(users_take_code(rig.store, maria.id, tags[0]), 0);
    assert_int_equal(users_take_code(rig.store, maria.id, tags[0]), ERR_NOT_FOUND);
    assert_int_equal(users_count_codes(rig.store, maria.id, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(users_set_codes(rig.store, maria.id, NULL, 0), 0);
    assert_int_equal(users_take_code(rig.store, maria.id, tags[1]), ERR_NOT_FOUND);
}

static struct signin_row signin(int64_t number, const char *name)
{
    struct signin_row row = { .role = "viewer", .source = "192.0.2.0/24", .begun_at = RIG_NOW, .seen_at = RIG_NOW + 1 };
    rig_tag(number, row.tag);
    str_copy(row.name, sizeof row.name, name);
    row.fresh_at = RIG_NOW + 2;
    return row;
}

static int count_signin(void *context, const struct signin_row *row)
{
    (void)row;
    ++*(int *)context;
    return 0;
}

static void who_is_in_ends_by_cookie_by_name_and_by_time(void **state)
{
    struct signin_row first = signin(1, "maria"), second = signin(2, "maria"), other = signin(3, "joan"), got;
    int64_t ended = 0;
    int count = 0;
    (void)state;
    assert_int_equal(signins_put(rig.store, &first), 0);
    assert_int_equal(signins_put(rig.store, &second), 0);
    assert_int_equal(signins_put(rig.store, &other), 0);
    first.seen_at += 5;
    assert_int_equal(signins_put(rig.store, &first), 0);
    assert_int_equal(signins_get(rig.store, first.tag, &got), 0);
    assert_memory_equal(&first, &got, sizeof got);
    assert_int_equal(signins_list(rig.store, count_signin, &count), 0);
    assert_int_equal(count, 3);
    assert_int_equal(signins_drop(rig.store, second.tag), 0);
    assert_int_equal(signins_drop(rig.store, second.tag), ERR_NOT_FOUND);
    assert_int_equal(signins_get(rig.store, second.tag, &got), ERR_NOT_FOUND);
    assert_int_equal(signins_drop_name(rig.store, "maria", &ended), 0);
    assert_int_equal(ended, 1);
    assert_int_equal(signins_expire(rig.store, RIG_NOW, RIG_NOW + 1), 0);
    assert_int_equal(signins_get(rig.store, other.tag, &got), 0);
    assert_int_equal(signins_expire(rig.store, RIG_NOW, RIG_NOW + 2), 0);
    assert_int_equal(signins_get(rig.store, other.tag, &got), ERR_NOT_FOUND);
}

static int count_try(void *context, const struct try_row *row)
{
    assert_string_equal(row->object, "account:maria");
    ++*(int *)context;
    return 0;
}

static void failures_are_kept_listed_and_forgotten(void **state)
{
    struct try_row row, got;
    unsigned char tag[STORE_TAG_LEN];
    int count = 0;
    (void)state;
    rig_tag(5, tag);
    assert_int_equal(tries_get(rig.store, tag, &row), 0);
    assert_int_equal(row.failures + row.last_at + row.until_at, 0);
    row.failures = 12;
    row.last_at = RIG_NOW;
    row.until_at = RIG_NOW + 9;
    assert_int_equal(tries_put(rig.store, &row), 0); /* nothing that may be told: not listed */
    rig_tag(6, row.tag);
    str_copy(row.object, sizeof row.object, "account:maria");
    assert_int_equal(tries_put(rig.store, &row), 0);
    assert_int_equal(tries_get(rig.store, row.tag, &got), 0);
    assert_memory_equal(&row, &got, sizeof got);
    assert_int_equal(tries_list(rig.store, 12, RIG_NOW, count_try, &count), 0);
    assert_int_equal(tries_list(rig.store, 13, RIG_NOW, count_try, &count), 0);
    assert_int_equal(tries_list(rig.store, 12, RIG_NOW + 1, count_try, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(tries_drop(rig.store, row.tag), 0);
    assert_int_equal(tries_expire(rig.store, RIG_NOW, RIG_NOW + 99), 0);
    assert_int_equal(tries_get(rig.store, tag, &got), 0);
    assert_int_equal(got.failures, 12);
    assert_int_equal(tries_expire(rig.store, RIG_NOW + 1, RIG_NOW + 8), 0); /* still valid */
    assert_int_equal(tries_expire(rig.store, RIG_NOW + 1, RIG_NOW + 9), 0);
    assert_int_equal(tries_get(rig.store, tag, &got), 0);
    assert_int_equal(got.failures, 0);
}

static void failures_have_a_ceiling(void **state)
{
    struct try_row row = { .failures = 1 }, got;
    unsigned char oldest[STORE_TAG_LEN];
    (void)state;
    rig_tag(1, oldest);
    for (int i = 1; i <= TRIES_MAX + 1; i++) {
        rig_tag(i, row.tag);
        row.last_at = RIG_NOW + i;
        assert_int_equal(tries_put(rig.store, &row), 0);
        if (i == TRIES_MAX) {
            assert_int_equal(tries_get(rig.store, oldest, &got), 0);
            assert_int_equal(got.failures, 1);
        }
    }
    assert_int_equal(tries_get(rig.store, oldest, &got), 0);
    assert_int_equal(got.failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_account_comes_back_as_it_was_put, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(what_contradicts_itself_is_not_stored, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(who_can_supervise_is_counted, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(accounts_have_a_ceiling, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_recovery_code_opens_once_and_for_its_owner, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(who_is_in_ends_by_cookie_by_name_and_by_time, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(failures_are_kept_listed_and_forgotten, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(failures_have_a_ceiling, open_rig, close_rig),
    };
    return cmocka_run_group_tests_name("users", tests, NULL, NULL);
}
