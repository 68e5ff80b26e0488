/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hasher - passwords are worked out beside the caller, each asker gets its own answer, and few may wait. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "gateway/base/str.h"
#include "gateway/core/hasher.h"

#define WAIT_MS 60000 /* for a thread that has nothing else to do: never reached */

static const struct passhash_cost cheap = { 1, 8192 }, dearer = { 2, 8192 }, slow = { PASSHASH_PASSES, PASSHASH_BYTES };
static const int owners[HASHER_QUEUE_MAX + 2];

static struct hasher *open_hasher(const struct passhash_cost *cost)
{
    struct hasher *hasher = NULL;
    assert_int_equal(hasher_new(cost, &hasher), 0);
    return hasher;
}

static void wait_for(struct hasher *hasher, const void *owner)
{
    struct pollfd poller = { .fd = hasher_fd(hasher), .events = POLLIN };
    eventfd_t count;
    while (!hasher_is_ready(hasher, owner)) {
        assert_int_equal(poll(&poller, 1, WAIT_MS), 1);
        (void)!eventfd_read(poller.fd, &count);
    }
}

static void a_hash_is_of_its_password_alone(void **state)
{
    char hash[PASSHASH_MAX], again[PASSHASH_MAX];
    (void)state;
    assert_int_equal(passhash_make(span_of("a long enough one"), &cheap, hash), 0);
    assert_int_equal(passhash_make(span_of("a long enough one"), &cheap, again), 0);
    assert_true(str_starts(hash, "$argon2id$v=19$m=8,t=1,p=1$"));
    assert_string_not_equal(hash, again); /* the salt */
    assert_true(passhash_is_of(hash, span_of("a long enough one")));
    assert_false(passhash_is_of(hash, span_of("a long enough one ")));
    assert_false(passhash_is_of(hash, span_of("")));
    assert_false(passhash_is_of("", span_of("")));
    assert_false(passhash_is_of("$argon2id$v=19$m=8,t=1,p=1$x", span_of("x")));
    assert_false(passhash_is_old(hash, &cheap));
    assert_true(passhash_is_old(hash, &dearer));
    assert_true(passhash_is_old("rubbish", &cheap));
}

/* RFC 9106, 4: at least 64 MiB with three passes is its second recommended choice. */
static void what_is_stored_says_its_cost(void **state)
{
    char hash[PASSHASH_MAX];
    (void)state;
    assert_int_equal(passhash_make(span_of("x"), &slow, hash), 0);
    assert_true(str_starts(hash, "$argon2id$v=19$m=65536,t=3,p=1$"));
}

static void an_answer_comes_later_and_stays_until_it_is_forgotten(void **state)
{
    struct hasher *hasher = open_hasher(&cheap);
    char hash[PASSHASH_MAX], renewed[PASSHASH_MAX];
    (void)state;
    assert_int_equal(hasher_make(hasher, &owners[0], span_of("correct horse"), hash), HASHER_LATER);
    wait_for(hasher, &owners[0]);
    assert_int_equal(hasher_make(hasher, &owners[0], span_of("correct horse"), hash), HASHER_YES);
    assert_int_equal(hasher_make(hasher, &owners[0], span_of("correct horse"), renewed), HASHER_YES);
    assert_string_equal(hash, renewed); /* a turn that is repeated asks again */
    assert_int_equal(hasher_make(hasher, &owners[0], span_of("another"), renewed), HASHER_NO);
    hasher_forget(hasher, &owners[0]);
    assert_int_equal(hasher_check(hasher, &owners[0], span_of("correct horse"), hash, renewed), HASHER_LATER);
    wait_for(hasher, &owners[0]);
    assert_int_equal(hasher_check(hasher, &owners[0], span_of("correct horse"), hash, renewed), HASHER_YES);
    assert_string_equal(renewed, "");
    /* The account was changed in between. */
    assert_int_equal(hasher_check(hasher, &owners[0], span_of("correct horse"), "", renewed), HASHER_NO);
    hasher_free(hasher);
}

static void wrong_and_unknown_are_no(void **state)
{
    struct hasher *hasher = open_hasher(&cheap);
    char hash[PASSHASH_MAX], renewed[PASSHASH_MAX], longer[HASHER_PASSWORD_MAX + 1];
    const struct {
        struct span password;
        const char *stored;
    } table[] = { { span_of("wrong"), hash }, { span_of(""), hash }, { span_of("right"), "" }, { span_of(""), "" },
        { { longer, sizeof longer }, hash }, { span_of("right"), "no hash" } };
    (void)state;
    memset(longer, 'a', sizeof longer);
    assert_int_equal(passhash_make(span_of("right"), &cheap, hash), 0);
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        const void *owner = &owners[i];
        assert_int_equal(hasher_check(hasher, owner, table[i].password, table[i].stored, renewed), HASHER_LATER);
        wait_for(hasher, owner);
        assert_int_equal(hasher_check(hasher, owner, table[i].password, table[i].stored, renewed), HASHER_NO);
        hasher_forget(hasher, owner);
    }
    assert_int_equal(hasher_make(hasher, owners, (struct span){ longer, sizeof longer }, renewed), HASHER_NO);
    hasher_free(hasher);
}

static void a_hash_of_another_cost_is_renewed(void **state)
{
    struct hasher *hasher = open_hasher(&dearer);
    char hash[PASSHASH_MAX], renewed[PASSHASH_MAX];
    (void)state;
    assert_int_equal(passhash_make(span_of("right"), &cheap, hash), 0);
    assert_int_equal(hasher_check(hasher, owners, span_of("right"), hash, renewed), HASHER_LATER);
    wait_for(hasher, owners);
    assert_int_equal(hasher_check(hasher, owners, span_of("right"), hash, renewed), HASHER_YES);
    assert_true(passhash_is_of(renewed, span_of("right")) && !passhash_is_old(renewed, &dearer));
    hasher_free(hasher);
}

static void few_may_wait_and_who_leaves_makes_room(void **state)
{
    struct hasher *hasher = open_hasher(&slow);
    char hash[PASSHASH_MAX];
    (void)state;
    for (int i = 0; i < HASHER_QUEUE_MAX; i++)
        assert_int_equal(hasher_make(hasher, &owners[i], span_of("a"), hash), HASHER_LATER);
    assert_int_equal(hasher_make(hasher, &owners[HASHER_QUEUE_MAX], span_of("a"), hash), HASHER_BUSY);
    hasher_forget(hasher, &owners[HASHER_QUEUE_MAX - 1]);
    enum hasher_end end = HASHER_BUSY;
    while (end == HASHER_BUSY) /* if it was just being worked out */
        end = hasher_make(hasher, &owners[HASHER_QUEUE_MAX], span_of("a"), hash);
    assert_int_equal(end, HASHER_LATER);
    for (int i = 1; i <= HASHER_QUEUE_MAX; i++)
        hasher_forget(hasher, &owners[i]);
    wait_for(hasher, &owners[0]);
    assert_int_equal(hasher_make(hasher, &owners[0], span_of("a"), hash), HASHER_YES);
    hasher_free(hasher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_of_its_password_alone),
        cmocka_unit_test(what_is_stored_says_its_cost),
        cmocka_unit_test(an_answer_comes_later_and_stays_until_it_is_forgotten),
        cmocka_unit_test(wrong_and_unknown_are_no),
        cmocka_unit_test(a_hash_of_another_cost_is_renewed),
        cmocka_unit_test(few_may_wait_and_who_leaves_makes_room),
    };
    return cmocka_run_group_tests_name("hasher", tests, NULL, NULL);
}
