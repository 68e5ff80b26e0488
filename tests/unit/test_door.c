/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_door - where a sign-in may lead, and whose word counts for who asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/door/next.h"
#include "gateway/console/peer.h"

static void a_sign_in_leads_to_a_page_of_ours_only(void **state)
{
    static const struct {
        const char *path;
        bool want;
    } rows[] = {
        { "/cases", true },
        { "/cases/1001", true },
        { "/audit/csv", true },
        { "/a-b_c", true },
        { "/cases/", true },
        { "/", false },
        { "", false },
        { "cases", false },
        { "//example.org", false },
        { "/\\example.org", false },
        { "/cases//x", false },
        { "/../x", false },
        { "/cases?find=1", false },
        { "/cases#x", false },
        { "/%2Fexample.org", false },
        { "/x:y", false },
        { "/x@y", false },
        { "https://example.org/", false },
        { "/ca ses", false },
        { "/cases\r\nSet-Cookie: a", false },
        { "/\xc3\xa9", false },
        { "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (next_is_own(span_of(rows[i].path)) != rows[i].want)
            fail_msg("%s", rows[i].path);
}

static void a_header_tells_who_asks_only_when_a_proxy_wrote_it(void **state)
{
    static const char *const proxies[] = { "192.0.2.7", "2001:db8::7" };
    static const struct config config = { .proxies = { 2, proxies } };
    static const struct {
        const char *label, *peer, *first, *second, *want;
    } rows[] = {
        { "this machine", "127.0.0.1", NULL, NULL, "" },
        { "a socket of this machine", "", NULL, NULL, "" },
        { "a request that was made up", NULL, "198.51.100.1", NULL, "198.51.100.1" },
        { "a proxy here", "127.0.0.1", "198.51.100.1", NULL, "198.51.100.1" },
        { "a proxy here, by IPv6", "::1", "198.51.100.1", NULL, "198.51.100.1" },
        { "the client put one before it", "127.0.0.1", "203.0.113.9, 198.51.100.1", NULL, "198.51.100.1" },
        { "the client sent a header of its own", "127.0.0.1", "203.0.113.9", "198.51.100.1", "198.51.100.1" },
        { "a stranger who writes the header", "198.51.100.2", "203.0.113.9", NULL, "198.51.100.2" },
        { "a proxy of the configuration", "192.0.2.7", "198.51.100.1", NULL, "198.51.100.1" },
        { "another one", "2001:db8::7", "198.51.100.1", NULL, "198.51.100.1" },
        { "its own request", "192.0.2.7", NULL, NULL, "192.0.2.7" },
        { "a neighbour of it", "192.0.2.77", "198.51.100.1", NULL, "192.0.2.77" },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct request_header headers[2];
        struct request request = {
            .method = "GET", .path = "/", .query = "", .peer = rows[i].peer, .headers = headers
        };
        if (rows[i].first)
            headers[request.header_count++] = (struct request_header){ "X-Forwarded-For", rows[i].first };
        if (rows[i].second)
            headers[request.header_count++] = (struct request_header){ "x-forwarded-for", rows[i].second };
        struct span got = peer_of(&request, &config);
        if (!span_equal(got, span_of(rows[i].want)))
            fail_msg("%s: %.*s", rows[i].label, (int)got.len, got.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sign_in_leads_to_a_page_of_ours_only),
        cmocka_unit_test(a_header_tells_who_asks_only_when_a_proxy_wrote_it),
    };
    return cmocka_run_group_tests_name("door", tests, NULL, NULL);
}
