/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_attempts - what failures cost, whom they cost it, and that it is never for ever; codes for a lost phone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/attempts.h"
#include "gateway/core/delays.h"
#include "gateway/core/recovery.h"
#include "tests/support/store_rig.h"

static struct store_rig rig;
static struct core core;

static int open_rig(void **state)
{
    (void)state;
    rig_open_memory(&rig);
    core = (struct core){ .store = rig.store, .vault = rig.vault };
    return store_begin(rig.store);
}

static int close_rig(void **state)
{
    (void)state;
    store_rollback(rig.store);
    rig_close(&rig);
    return 0;
}

static struct attempt attempt(const char *name, const char *address, int64_t now_ms)
{
    struct attempt made = { .name = name, .is_account = true, .now_ms = now_ms };
    attempts_network(address, made.network, sizeof made.network);
    return made;
}

static int64_t wait_of(const struct attempt *tried)
{
    int64_t wait_ms = -1;
    assert_int_equal(attempts_wait(&core, tried, &wait_ms), 0);
    return wait_ms;
}

static void fail_times(struct attempt *tried, int times)
{
    for (int i = 0; i < times; i++)
        assert_int_equal(attempts_failed(&core, tried), 0);
}

static void the_delay_doubles_and_has_a_ceiling(void **state)
{
    static const struct {
        int64_t failures, want_s;
    } table[] = { { 0, 0 }, { 1, 0 }, { 4, 0 }, { 5, 30 }, { 6, 60 }, { 7, 120 }, { 8, 240 }, { 9, 480 }, { 10, 900 },
        { 11, 900 }, { 1000, 900 }, { INT64_MAX, 900 } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++)
        assert_int_equal(delays_after(table[i].failures, DELAYS_FREE_ACCOUNT), table[i].want_s * 1000);
}

static void networks_are_a_24_or_a_64(void **state)
{
    static const struct {
        const char *address, *want;
    } table[] = { { "203.0.113.77", "203.0.113.0/24" }, { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64" },
        { "::ffff:203.0.113.77", "203.0.113.0/24" }, { "::1", "::/64" }, { "", "" }, { "unknown", "" },
        { "203.0.113.77:4711", "" }, { "203.0.113", "" } };
    char text[ATTEMPTS_NETWORK_MAX];
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        attempts_network(table[i].address, text, sizeof text);
        assert_string_equal(text, table[i].want);
    }
}

static void an_account_waits_wherever_it_is_tried_from(void **state)
{
    struct attempt here = attempt("maria", "192.0.2.1", RIG_NOW), there = attempt("maria", "198.51.100.9", RIG_NOW);
    struct attempt other = attempt("joan", "192.0.2.1", RIG_NOW), host = attempt("maria", "", RIG_NOW);
    (void)state;
    fail_times(&here, DELAYS_FREE_ACCOUNT);
    assert_int_equal(wait_of(&here), 0);
    fail_times(&there, 1);
    assert_int_equal(wait_of(&here), DELAYS_FIRST_MS);
    assert_int_equal(wait_of(&there), DELAYS_FIRST_MS);
    assert_int_equal(wait_of(&host), DELAYS_FIRST_MS);
    assert_int_equal(wait_of(&other), 0);
    here.now_ms += DELAYS_FIRST_MS;
    assert_int_equal(wait_of(&here), 0);
    assert_int_equal(attempts_succeeded(&core, &here), 0);
    fail_times(&there, DELAYS_FREE_ACCOUNT);
    assert_int_equal(wait_of(&there), 0);
}

static void a_name_that_is_nobodys_waits_alike(void **state)
{
    struct attempt nobody = attempt("x' OR 1=1", "", RIG_NOW);
    (void)state;
    nobody.is_account = false;
    fail_times(&nobody, DELAYS_FREE_ACCOUNT + 2);
    assert_int_equal(wait_of(&nobody), 2 * DELAYS_FIRST_MS);
}

static void a_network_waits_whatever_it_tries(void **state)
{
    char name[16];
    (void)state;
    for (int i = 0; i <= DELAYS_FREE_NETWORK; i++) {
        snprintf(name, sizeof name, "user%d", i);
        struct attempt tried = attempt(name, "192.0.2.1", RIG_NOW);
        assert_int_equal(wait_of(&tried), 0);
        fail_times(&tried, 1);
    }
    struct attempt neighbour = attempt("late", "192.0.2.250", RIG_NOW),
                   stranger = attempt("late", "192.0.3.1", RIG_NOW);
    assert_int_equal(wait_of(&neighbour), DELAYS_FIRST_MS);
    assert_int_equal(wait_of(&stranger), 0);
    /* Coming in does not wash the network clean. */
    assert_int_equal(attempts_succeeded(&core, &neighbour), 0);
    assert_int_equal(wait_of(&neighbour), DELAYS_FIRST_MS);
}

static void failures_from_elsewhere_do_not_keep_her_out(void **state)
{
    struct attempt home = attempt("maria", "192.0.2.1", RIG_NOW), away = attempt("maria", "198.51.100.9", RIG_NOW);
    (void)state;
    assert_int_equal(attempts_succeeded(&core, &home), 0);
    fail_times(&away, DELAYS_FREE_ACCOUNT + 9);
    assert_int_equal(wait_of(&away), DELAYS_MAX_MS);
    assert_int_equal(wait_of(&home), 0);
    fail_times(&home, DELAYS_FREE_ACCOUNT + 1); /* but who guesses at home waits too */
    assert_int_equal(wait_of(&home), DELAYS_FIRST_MS);
    home.now_ms += ATTEMPTS_KNOWN_MS;
    away.now_ms = home.now_ms;
    fail_times(&away, DELAYS_FREE_ACCOUNT + 1);
    assert_int_equal(wait_of(&home), DELAYS_FIRST_MS); /* it is long ago */
}

static void a_day_later_nothing_is_left_of_it(void **state)
{
    struct attempt tried = attempt("maria", "192.0.2.1", RIG_NOW);
    (void)state;
    fail_times(&tried, DELAYS_FREE_ACCOUNT + 3);
    tried.now_ms -= DELAYS_FORGET_MS; /* a clock that was set back */
    assert_int_equal(wait_of(&tried), DELAYS_MAX_MS);
    tried.now_ms = RIG_NOW + DELAYS_FORGET_MS + 1;
    fail_times(&tried, 1);
    assert_int_equal(wait_of(&tried), 0);
    assert_int_equal(attempts_keep_house(&core, tried.now_ms + DELAYS_FORGET_MS + 1), 0);
}

static void a_code_is_read_however_it_is_written(void **state)
{
    static const struct {
        const char *typed;
        bool is_same;
    } table[] = { { "OIBA-BCDE-FGHI-JKLM", true }, { "oiba bcde fghi jklm", true }, { "018ABCDEFGHIJKLM", true },
        { " OIBABCDEFGHIJKLM-", true }, { "OIBA-BCDE-FGHI-JKLN", false }, { "OIBA-BCDE-FGHI-JKL", false },
        { "OIBA-BCDE-FGHI-JKLMM", false }, { "", false }, { "OIBA-BCDE-FGHI-JKL9", false }, { "123456", false } };
    unsigned char want[VAULT_TAG_LEN], got[VAULT_TAG_LEN];
    (void)state;
    assert_true(recovery_tag(rig.vault, span_of("OIBABCDEFGHIJKLM"), want));
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        bool is_code = recovery_tag(rig.vault, span_of(table[i].typed), got);
        assert_int_equal(is_code && memcmp(want, got, sizeof want) == 0, table[i].is_same);
    }
}

static void codes_are_made_in_groups_and_differ(void **state)
{
    char first[RECOVERY_TEXT_MAX], second[RECOVERY_TEXT_MAX];
    unsigned char tag[VAULT_TAG_LEN];
    (void)state;
    recovery_make(first);
    recovery_make(second);
    assert_int_equal(strlen(first), RECOVERY_TEXT_MAX - 1);
    assert_true(first[4] == '-' && first[9] == '-' && first[14] == '-');
    assert_string_not_equal(first, second);
    assert_true(recovery_tag(rig.vault, span_of(first), tag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_delay_doubles_and_has_a_ceiling),
        cmocka_unit_test(networks_are_a_24_or_a_64),
        cmocka_unit_test_setup_teardown(an_account_waits_wherever_it_is_tried_from, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_name_that_is_nobodys_waits_alike, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_network_waits_whatever_it_tries, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(failures_from_elsewhere_do_not_keep_her_out, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_day_later_nothing_is_left_of_it, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_code_is_read_however_it_is_written, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(codes_are_made_in_groups_and_differ, open_rig, close_rig),
    };
    return cmocka_run_group_tests_name("attempts", tests, NULL, NULL);
}
