/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_access - every route of routes.def, for every role and every kind of case: written down here once more, by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/access.h"

/* For each role in the order viewer, caseworker, supervisor, auditor: which cases (- of no case, m mine, n nobody's, o
 * another's),
 * "." = none; a capital letter: only with a fresh pass. */
static const struct {
    const char *method, *pattern, *want;
} matrix[] = {
    { "GET", "/", "-mno|-mno|-mno|-mno" },
    { "POST", "/leave", "-mno|-mno|-mno|-mno" },
    { "GET", "/again", "-mno|-mno|-mno|-mno" },
    { "POST", "/again", "-mno|-mno|-mno|-mno" },
    { "GET", "/me", "-mno|-mno|-mno|-mno" },
    { "GET", "/me/change", "+MNO|+MNO|+MNO|+MNO" },
    { "POST", "/me/password", "+MNO|+MNO|+MNO|+MNO" },
    { "POST", "/me/codes", "+MNO|+MNO|+MNO|+MNO" },
    { "GET", "/users", ".|.|-mno|." },
    { "POST", "/users/add", ".|.|+MNO|." },
    { "POST", "/users/change", ".|.|+MNO|." },
    { "POST", "/users/act", ".|.|+MNO|." },
    { "GET", "/cases", "-mno|-mno|-mno|." },
    { "POST", "/cases/views", "-mno|-mno|-mno|." },
    { "POST", "/cases/views/drop", "-mno|-mno|-mno|." },
    { "GET", "/cases/{number}", "m|mn|mno|." },
    { "POST", "/cases/{number}/take", ".|mn|.|." },
    { "POST", "/cases/{number}/contacted", ".|mn|.|." },
    { "POST", "/cases/{number}/verify", ".|mn|.|." },
    { "POST", "/cases/{number}/note", ".|mn|.|." },
    { "POST", "/cases/{number}/preview", ".|mn|.|." },
    { "POST", "/cases/{number}/say", ".|mn|.|." },
    { "POST", "/cases/{number}/flag", ".|mn|.|." },
    { "POST", "/cases/{number}/correct", ".|mn|.|." },
    { "POST", "/cases/{number}/join", ".|mn|.|." },
    { "POST", "/cases/{number}/split", ".|mn|.|." },
    { "POST", "/cases/{number}/close", ".|mn|.|." },
    { "POST", "/cases/{number}/assign", ".|.|mno|." },
    { "POST", "/cases/{number}/glass", ".|.|MNO|." },
    { "POST", "/cases/{number}/override", ".|MN|.|." },
    { "POST", "/cases/{number}/consent", ".|.|MNO|." },
    { "POST", "/cases/{number}/purge", ".|.|MNO|." },
    { "GET", "/contacts", ".|-mno|-mno|." },
    { "POST", "/contacts", ".|.|-mno|." },
    { "GET", "/replies", ".|-mno|-mno|." },
    { "GET", "/lexicon", ".|-mno|-mno|." },
    { "POST", "/lexicon/try", ".|-mno|-mno|." },
    { "POST", "/lexicon/add", ".|-mno|-mno|." },
    { "POST", "/lexicon/remove", ".|-mno|-mno|." },
    { "GET", "/lexicon/words", ".|-mno|-mno|." },
    { "GET", "/lexicon/candidates", ".|-mno|.|." },
    { "GET", "/figures", ".|.|-mno|-mno" },
    { "GET", "/figures/trends", ".|.|-mno|-mno" },
    { "GET", "/figures/times", ".|.|-mno|-mno" },
    { "GET", "/figures/csv", ".|.|-mno|-mno" },
    { "GET", "/report", ".|.|-mno|-mno" },
    { "GET", "/audit", ".|.|-mno|-mno" },
    { "GET", "/audit/csv", ".|.|+MNO|+MNO" },
    { "POST", "/audit/verify", ".|.|-mno|-mno" },
    { "GET", "/export", ".|-mno|-mno|." },
    { "POST", "/export", ".|+MNO|+MNO|." },
    { "GET", "/cases/{number}/dossier", ".|MN|.|." },
    { "GET", "/messages", ".|-mno|-mno|-mno" },
    { "GET", "/messages/{number}", ".|-mno|.|." },
    { "POST", "/messages/{number}/open", ".|-mno|.|." },
    { "GET", "/quarantine", ".|-mno|-mno|." },
    { "GET", "/quarantine/{number}", ".|-mno|.|." },
    { "POST", "/quarantine/{number}/release", ".|-mno|.|." },
    { "POST", "/quarantine/{number}/drop", ".|+MNO|.|." },
    { "GET", "/channels", ".|-mno|-mno|-mno" },
    { "POST", "/channels/test", ".|-mno|-mno|." },
    { "GET", "/outbox", ".|-mno|-mno|." },
    { "POST", "/outbox/{number}/kick", ".|-mno|-mno|." },
    { "POST", "/outbox/kick", ".|-mno|-mno|." },
};

static void print_route(const struct route *route, char *ret, size_t size)
{
    static const char plain[] = "-mno", fresh[] = "+MNO";
    size_t len = 0;
    for (int role = 0; role < ROLE_COUNT; role++) {
        size_t before = len;
        for (int whose = 0; whose < ACCESS_CASE_COUNT; whose++) {
            bool is_open = access_judge(route, (enum role)role, (enum access_case)whose, false) == ACCESS_ALLOW;
            bool is_fresh = access_judge(route, (enum role)role, (enum access_case)whose, true) == ACCESS_ALLOW;
            assert_true(is_fresh || !is_open);
            if (is_fresh && len + 1 < size)
                ret[len++] = is_open ? plain[whose] : fresh[whose];
        }
        if (len == before)
            ret[len++] = '.';
        ret[len++] = '|';
    }
    ret[len - 1] = '\0';
}

static const char *wanted(const struct route *route)
{
    for (size_t i = 0; i < STR_COUNT(matrix); i++)
        if (str_equal(matrix[i].method, route->method) && str_equal(matrix[i].pattern, route->pattern))
            return matrix[i].want;
    return NULL;
}

static void every_route_admits_whom_the_matrix_names(void **state)
{
    char got[64];
    (void)state;
    for (unsigned i = 0; i < routes_count; i++) {
        const char *want = wanted(&routes[i]);
        print_route(&routes[i], got, sizeof got);
        if (!want || !str_equal(want, got))
            fail_msg(
                "%s %s: %s, wanted %s", routes[i].method, routes[i].pattern, got, want ? want : "(not in the matrix)");
    }
    assert_int_equal(routes_count, STR_COUNT(matrix));
}

static void a_supervisor_is_told_why_it_sees_no_content(void **state)
{
    int64_t id;
    const char *allow;
    const struct route *route = router_find("GET", "/cases/1001", &id, &allow);
    const struct route content = { .roles = ROUTE_C | ROUTE_S, .scope = ROUTE_CASE };
    (void)state;
    assert_int_equal(access_judge(&content, ROLE_supervisor, ACCESS_OTHERS, true), ACCESS_NO_CONTENT);
    assert_int_equal(access_judge(&content, ROLE_caseworker, ACCESS_MINE, true), ACCESS_ALLOW);
    assert_int_equal(access_judge(route, ROLE_supervisor, ACCESS_NO_CASE, true), ACCESS_DENY);
    route = router_find("POST", "/cases/1001/purge", &id, &allow);
    assert_int_equal(access_judge(route, ROLE_supervisor, ACCESS_OTHERS, false), ACCESS_NEEDS_STEP_UP);
}

static void addresses_have_one_spelling(void **state)
{
    static const struct {
        const char *method, *path, *pattern;
        int64_t id;
        const char *allow;
    } table[] = {
        { "GET", "/cases", "/cases", 0, NULL },
        { "GET", "/cases/1001", "/cases/{number}", 1001, NULL },
        { "POST", "/cases/1001/note", "/cases/{number}/note", 1001, NULL },
        { "GET", "/cases/1001/note", NULL, 0, "POST" },
        { "POST", "/cases", NULL, 0, "GET" },
        { "DELETE", "/cases/1", NULL, 0, "GET" },
        { "GET", "/cases/", NULL, 0, NULL },
        { "GET", "/cases/01001", NULL, 0, NULL },
        { "GET", "/cases/+1001", NULL, 0, NULL },
        { "GET", "/cases/1001/", NULL, 0, NULL },
        { "GET", "/cases/1001/../1002", NULL, 0, NULL },
        { "GET", "/cases/99999999999999999999", NULL, 0, NULL },
        { "GET", "/cases/%31001", NULL, 0, NULL },
        { "GET", "/Cases", NULL, 0, NULL },
        { "GET", "//cases", NULL, 0, NULL },
        { "GET", "", NULL, 0, NULL },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        int64_t id;
        const char *allow;
        const struct route *route = router_find(table[i].method, table[i].path, &id, &allow);
        bool is_right = !route == !table[i].pattern &&
                        (!route || (str_equal(route->pattern, table[i].pattern) && id == table[i].id)) &&
                        !allow == !table[i].allow && (!allow || str_equal(allow, table[i].allow));
        if (!is_right)
            fail_msg("%s %s: %s", table[i].method, table[i].path, route ? route->pattern : allow ? allow : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_route_admits_whom_the_matrix_names),
        cmocka_unit_test(a_supervisor_is_told_why_it_sees_no_content),
        cmocka_unit_test(addresses_have_one_spelling),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
