/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sessions - how long somebody is in, what a cookie opens, and that a pass opens once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/console/sessions.h"
#include "gateway/console/visit.h"

#define NOW 1764000000000

static struct core core;

static int open_vault(void **state)
{
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    (void)state;
    memset(hot, 1, sizeof hot);
    memset(index, 2, sizeof index);
    return vault_new(hot, index, &core.vault);
}

static int close_vault(void **state)
{
    (void)state;
    vault_free(core.vault);
    return 0;
}

static struct session *find(struct sessions *sessions, const char *cookie, int64_t now_ms)
{
    struct request_header header = { "cookie", cookie };
    struct request request = { .method = "GET", .path = "/cases", .query = "", .headers = &header, .header_count = 1 };
    return sessions_find(sessions, &core, &request, now_ms);
}

static void begin(struct sessions *sessions, const char *name, int64_t now_ms, char *ret_cookie)
{
    char token[SESSIONS_TOKEN_LEN + 1];
    struct pass pass = { .role = ROLE_caseworker };
    str_copy(pass.name, sizeof pass.name, name);
    struct session *session = sessions_begin(sessions, &core, &pass, now_ms, token);
    assert_string_equal(session->name, name);
    snprintf(ret_cookie, 128, "__Host-s=%s", token);
}

static void a_session_ends_by_silence_and_by_age(void **state)
{
    static struct sessions sessions;
    char cookie[128];
    (void)state;
    begin(&sessions, "maria", NOW, cookie);
    assert_non_null(find(&sessions, cookie, NOW + SESSIONS_IDLE_MS - 1));
    assert_null(find(&sessions, cookie, NOW + 2 * SESSIONS_IDLE_MS));
    assert_null(find(&sessions, cookie, NOW + 1)); /* it has ended */
    begin(&sessions, "maria", NOW, cookie);
    for (int64_t at = NOW; at < NOW + SESSIONS_ABSOLUTE_MS; at += SESSIONS_IDLE_MS / 2)
        assert_non_null(find(&sessions, cookie, at));
    assert_null(find(&sessions, cookie, NOW + SESSIONS_ABSOLUTE_MS));
}

static void a_clock_that_is_set_back_makes_no_session_longer(void **state)
{
    static struct sessions sessions;
    char cookie[128];
    (void)state;
    begin(&sessions, "maria", NOW, cookie);
    assert_non_null(find(&sessions, cookie, NOW - SESSIONS_BACK_MS));
    for (int64_t at = NOW; at >= NOW - SESSIONS_BACK_MS; at -= 1000) /* each step counts from the latest it was seen */
        assert_non_null(find(&sessions, cookie, at));
    assert_null(find(&sessions, cookie, NOW - SESSIONS_BACK_MS - 1));
    assert_null(find(&sessions, cookie, NOW + 1));
}

static void only_the_whole_cookie_opens(void **state)
{
    static struct sessions sessions;
    char cookie[128], text[400];
    (void)state;
    begin(&sessions, "maria", NOW, cookie);
    struct session *session = find(&sessions, cookie, NOW);
    assert_string_equal(session->actor, "user:maria");
    assert_null(strstr(cookie, session->csrf)); /* derived, not the cookie itself */
    snprintf(text, sizeof text, "a=b; %s; c=d", cookie);
    assert_non_null(find(&sessions, text, NOW));
    snprintf(text, sizeof text, "%s; %s", cookie, cookie);
    assert_null(find(&sessions, text, NOW));
    snprintf(text, sizeof text, "x%s", cookie);
    assert_null(find(&sessions, text, NOW));
    snprintf(text, sizeof text, "%s0", cookie);
    assert_null(find(&sessions, text, NOW));
    cookie[strlen(cookie) - 1] ^= 1;
    assert_null(find(&sessions, cookie, NOW));
    assert_null(find(&sessions, "", NOW));
    assert_null(find(&sessions, "__Host-s=", NOW));
}

static void a_person_is_in_once(void **state)
{
    static struct sessions sessions;
    char first[128], second[128], other[128];
    (void)state;
    begin(&sessions, "maria", NOW, first);
    begin(&sessions, "joan", NOW, other);
    begin(&sessions, "maria", NOW, second);
    assert_null(find(&sessions, first, NOW));
    assert_non_null(find(&sessions, second, NOW));
    assert_non_null(find(&sessions, other, NOW));
    sessions_end(find(&sessions, second, NOW));
    assert_null(find(&sessions, second, NOW));
}

static void the_one_silent_longest_makes_room(void **state)
{
    static struct sessions sessions;
    char cookies[SESSIONS_MAX + 1][128], name[16];
    (void)state;
    for (int i = 0; i <= SESSIONS_MAX; i++) {
        snprintf(name, sizeof name, "user%d", i);
        begin(&sessions, name, NOW + i, cookies[i]);
    }
    assert_null(find(&sessions, cookies[0], NOW + 100));
    assert_non_null(find(&sessions, cookies[1], NOW + 100));
    assert_non_null(find(&sessions, cookies[SESSIONS_MAX], NOW + 100));
}

static void a_pass_opens_once_and_for_ten_minutes(void **state)
{
    struct passes passes = { .list[0].until_ms = 0 };
    struct pass pass;
    char token[PASSES_TOKEN_LEN + 1], older[PASSES_TOKEN_LEN + 1], name[16];
    (void)state;
    assert_int_equal(passes_give(&passes, core.vault, "maria", ROLE_viewer, NOW, token), 0);
    assert_int_equal(passes_take(&passes, core.vault, span_of("x"), NOW, &pass), ERR_NOT_FOUND);
    assert_int_equal(passes_take(&passes, core.vault, span_of(token), NOW + PASSES_MS - 1, &pass), 0);
    assert_true(str_equal(pass.name, "maria") && pass.role == ROLE_viewer);
    assert_int_equal(passes_take(&passes, core.vault, span_of(token), NOW + 1, &pass), ERR_NOT_FOUND);
    assert_int_equal(passes_give(&passes, core.vault, "maria", ROLE_viewer, NOW, token), 0);
    assert_int_equal(passes_take(&passes, core.vault, span_of(token), NOW + PASSES_MS, &pass), ERR_NOT_FOUND);
    /* A newer one for the same person makes the older void. */
    assert_int_equal(passes_give(&passes, core.vault, "maria", ROLE_viewer, NOW, older), 0);
    assert_int_equal(passes_give(&passes, core.vault, "maria", ROLE_viewer, NOW, token), 0);
    assert_int_equal(passes_take(&passes, core.vault, span_of(older), NOW, &pass), ERR_NOT_FOUND);
    for (int i = 1; i < PASSES_MAX; i++) {
        snprintf(name, sizeof name, "user%d", i);
        assert_int_equal(passes_give(&passes, core.vault, name, ROLE_viewer, NOW, older), 0);
    }
    assert_int_equal(passes_give(&passes, core.vault, "late", ROLE_viewer, NOW, older), ERR_LIMIT);
    assert_int_equal(passes_give(&passes, core.vault, "late", ROLE_viewer, NOW + PASSES_MS, older), 0);
}

static void ways_between_pages_are_relative(void **state)
{
    static const struct {
        const char *from, *to, *want;
    } table[] = { { "/cases", "/cases/1001", "cases/1001" }, { "/cases/1001", "/cases", "../cases" },
        { "/cases/1001/note", "/cases/1001", "../../cases/1001" }, { "/enter/x", "/", "../" }, { "/", "/", "./" },
        { "/cases", "/", "./" } };
    char way[128];
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        visit_way(table[i].from, table[i].to, way, sizeof way);
        assert_string_equal(way, table[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_ends_by_silence_and_by_age),
        cmocka_unit_test(a_clock_that_is_set_back_makes_no_session_longer),
        cmocka_unit_test(only_the_whole_cookie_opens),
        cmocka_unit_test(a_person_is_in_once),
        cmocka_unit_test(the_one_silent_longest_makes_room),
        cmocka_unit_test(a_pass_opens_once_and_for_ten_minutes),
        cmocka_unit_test(ways_between_pages_are_relative),
    };
    return cmocka_run_group_tests_name("sessions", tests, open_vault, close_vault);
}
