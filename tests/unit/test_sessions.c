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
#include "tests/support/core_rig.h"

#define NOW RIG_NOW

static struct core_rig rig;

static int open_rig(void **state)
{
    (void)state;
    core_rig_open(&rig, NULL);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    core_rig_close(&rig);
    return 0;
}

static struct session *find(struct sessions *sessions, const char *cookie, int64_t now_ms)
{
    struct session *session = NULL;
    struct request_header header = { "cookie", cookie };
    struct request request = { .method = "GET", .path = "/cases", .query = "", .headers = &header, .header_count = 1 };
    core_rig_begin(&rig);
    int rc = sessions_find(sessions, &rig.core, &request, now_ms, &session);
    core_rig_commit(&rig);
    assert_true(rc == 0 || rc == ERR_NOT_FOUND);
    return rc ? NULL : session;
}

static void begin(struct sessions *sessions, const char *name, int64_t now_ms, char *ret_cookie)
{
    char token[SESSIONS_TOKEN_LEN + 1];
    struct session *session;
    const struct sessions_who who = { name, ROLE_caseworker, "203.0.113.0/24" };
    core_rig_begin(&rig);
    assert_int_equal(sessions_begin(sessions, &rig.core, &who, now_ms, token, &session), 0);
    core_rig_commit(&rig);
    assert_string_equal(session->name, name);
    snprintf(ret_cookie, 128, "__Host-s=%s", token);
}

static void put(const struct user_row *user)
{
    core_rig_begin(&rig);
    assert_int_equal(users_put(rig.core.store, user), 0);
    core_rig_commit(&rig);
}

static void end(struct session *session)
{
    core_rig_begin(&rig);
    assert_int_equal(sessions_end(&rig.core, session), 0);
    core_rig_commit(&rig);
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
    end(find(&sessions, second, NOW));
    assert_null(find(&sessions, second, NOW));
}

static void more_people_than_memory_holds_stay_in(void **state)
{
    static struct sessions sessions;
    char cookies[SESSIONS_MAX + 1][128], name[16];
    (void)state;
    for (int i = 0; i <= SESSIONS_MAX; i++) {
        snprintf(name, sizeof name, "user%d", i);
        begin(&sessions, name, NOW + i, cookies[i]);
    }
    for (int i = 0; i <= SESSIONS_MAX; i++)
        assert_non_null(find(&sessions, cookies[i], NOW + 100));
}

static void a_restart_ends_no_visit(void **state)
{
    static struct sessions before, after;
    char cookie[128];
    (void)state;
    begin(&before, "maria", NOW, cookie);
    assert_non_null(find(&before, cookie, NOW + 5 * 60000));
    struct session *session = find(&after, cookie, NOW + 15 * 60000); /* the look of minute 5 was written down */
    assert_non_null(session);
    assert_true(str_equal(session->name, "maria") && session->role == ROLE_caseworker);
    assert_string_equal(session->source, "203.0.113.0/24");
    assert_true(session->begun_at == NOW && session->fresh_at == NOW);
}

static void an_account_that_is_disabled_or_changed_is_out(void **state)
{
    static struct sessions sessions;
    static const char *const roles[] = { "caseworker", "viewer" };
    char cookie[128], token[SESSIONS_TOKEN_LEN + 1];
    struct session *session;
    struct user_row user = {
        .name = "joan", .role = "caseworker", .contact = "house", .is_enabled = true, .created_at = NOW
    };
    const struct sessions_who who = { "joan", ROLE_caseworker, "" };
    (void)state;
    core_rig_begin(&rig);
    assert_int_equal(users_add(rig.core.store, &user), 0);
    core_rig_commit(&rig);
    for (int i = 0; i < 2; i++) {
        str_copy(user.role, sizeof user.role, roles[0]);
        user.is_enabled = true;
        put(&user);
        begin(&sessions, "joan", NOW, cookie);
        session = find(&sessions, cookie, NOW);
        assert_true(session && session->has_account);
        assert_string_equal(session->contact, "house");
        str_copy(user.role, sizeof user.role, roles[i]);
        user.is_enabled = i == 1;
        put(&user);
        assert_null(find(&sessions, cookie, NOW + 1));
        core_rig_begin(&rig);
        assert_int_equal(sessions_begin(&sessions, &rig.core, &who, NOW, token, &session), ERR_NOT_FOUND);
        core_rig_commit(&rig);
    }
    user.is_enabled = true;
    str_copy(user.role, sizeof user.role, roles[0]);
    put(&user);
    assert_null(find(&sessions, cookie, NOW + 2)); /* what has ended stays ended */
}

static void a_new_proof_changes_the_cookie(void **state)
{
    static struct sessions sessions;
    char old[128], token[SESSIONS_TOKEN_LEN + 1], cookie[128], csrf[SESSIONS_TOKEN_LEN + 1];
    (void)state;
    begin(&sessions, "maria", NOW, old);
    int64_t later = NOW + SESSIONS_FRESH_MS;
    struct session *session = find(&sessions, old, later);
    assert_true(!sessions_is_fresh(session, later) && sessions_is_fresh(session, later - 1));
    str_copy(csrf, sizeof csrf, session->csrf);
    core_rig_begin(&rig);
    assert_int_equal(sessions_renew(&rig.core, session, later, token), 0);
    core_rig_commit(&rig);
    snprintf(cookie, sizeof cookie, "__Host-s=%s", token);
    assert_string_not_equal(csrf, session->csrf);
    str_copy(csrf, sizeof csrf, session->csrf);
    assert_null(find(&sessions, old, later));
    session = find(&sessions, cookie, later);
    assert_true(session && sessions_is_fresh(session, later) && session->begun_at == NOW);
    assert_string_equal(csrf, session->csrf);
}

static void what_waits_for_a_proof_is_kept_whole_or_not_at_all(void **state)
{
    struct kept kept = { .is_post = false };
    struct request request = {
        .method = "POST", .path = "/cases/1001/override", .query = "", .body = span_of("text=a+b&reason=c")
    };
    AUTO_BUF large;
    (void)state;
    assert_true(kept_set(&kept, &request));
    assert_true(kept.is_post && str_equal(kept.fields, "text=a+b&reason=c") && str_equal(kept.path, request.path));
    buf_init(&large, KEPT_FIELDS_MAX + 1);
    while (large.len <= KEPT_FIELDS_MAX)
        buf_add_char(&large, 'a');
    request.body = buf_span(&large);
    assert_false(kept_set(&kept, &request));
    assert_true(!kept.path[0] && !kept.fields);
    request.body = (struct span){ "a\0b", 3 };
    assert_false(kept_set(&kept, &request));
    assert_true(kept_set_path(&kept, span_of("/cases/1001")));
    assert_true(!kept.is_post && str_equal(kept.fields, ""));
    kept_clear(&kept);
    assert_null(kept.fields);
}

static void a_pass_opens_once_and_for_ten_minutes(void **state)
{
    struct passes passes = { .list[0].until_ms = 0 };
    struct pass pass;
    char token[PASSES_TOKEN_LEN + 1], older[PASSES_TOKEN_LEN + 1], name[16];
    (void)state;
    assert_int_equal(passes_give(&passes, rig.core.vault, "maria", ROLE_viewer, NOW, token), 0);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of("x"), &passes, NOW, &pass), ERR_NOT_FOUND);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(token), &passes, NOW + PASSES_MS - 1, &pass), 0);
    passes_settle(&passes, &passes, true);
    assert_true(str_equal(pass.name, "maria") && pass.role == ROLE_viewer);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(token), &passes, NOW + 1, &pass), ERR_NOT_FOUND);
    assert_int_equal(passes_give(&passes, rig.core.vault, "maria", ROLE_viewer, NOW, token), 0);
    assert_int_equal(
        passes_take(&passes, rig.core.vault, span_of(token), &passes, NOW + PASSES_MS, &pass), ERR_NOT_FOUND);
    /* A newer one for the same person makes the older void. */
    assert_int_equal(passes_give(&passes, rig.core.vault, "maria", ROLE_viewer, NOW, older), 0);
    assert_int_equal(passes_give(&passes, rig.core.vault, "maria", ROLE_viewer, NOW, token), 0);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(older), &passes, NOW, &pass), ERR_NOT_FOUND);
    for (int i = 1; i < PASSES_MAX; i++) {
        snprintf(name, sizeof name, "user%d", i);
        assert_int_equal(passes_give(&passes, rig.core.vault, name, ROLE_viewer, NOW, older), 0);
    }
    assert_int_equal(passes_give(&passes, rig.core.vault, "late", ROLE_viewer, NOW, older), ERR_LIMIT);
    assert_int_equal(passes_give(&passes, rig.core.vault, "late", ROLE_viewer, NOW + PASSES_MS, older), 0);
}

static void a_pass_waits_again_when_what_it_did_is_undone(void **state)
{
    struct passes passes = { .list[0].until_ms = 0 };
    struct pass pass;
    char token[PASSES_TOKEN_LEN + 1];
    int first, second;
    (void)state;
    assert_int_equal(passes_give(&passes, rig.core.vault, "maria", ROLE_viewer, NOW, token), 0);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(token), &first, NOW, &pass), 0);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(token), &second, NOW, &pass), ERR_NOT_FOUND);
    assert_int_equal(
        passes_take(&passes, rig.core.vault, span_of(token), &first, NOW, &pass), 0); /* the turn repeats */
    passes_settle(&passes, &second, true);
    passes_settle(&passes, &first, false);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(token), &second, NOW, &pass), 0);
    passes_settle(&passes, &second, true);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(token), &first, NOW, &pass), ERR_NOT_FOUND);
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
        cmocka_unit_test(more_people_than_memory_holds_stay_in),
        cmocka_unit_test(a_restart_ends_no_visit),
        cmocka_unit_test(an_account_that_is_disabled_or_changed_is_out),
        cmocka_unit_test(a_new_proof_changes_the_cookie),
        cmocka_unit_test(what_waits_for_a_proof_is_kept_whole_or_not_at_all),
        cmocka_unit_test(a_pass_opens_once_and_for_ten_minutes),
        cmocka_unit_test(a_pass_waits_again_when_what_it_did_is_undone),
        cmocka_unit_test(ways_between_pages_are_relative),
    };
    return cmocka_run_group_tests_name("sessions", tests, open_rig, close_rig);
}
