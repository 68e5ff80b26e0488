/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_accounts - an account from its pass to its end: setting password and factor, coming in, being kept out. */
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
#include "gateway/core/accounts.h"
#include "gateway/core/delays.h"
#include "gateway/core/hasher.h"
#include "gateway/core/staff.h"
#include "gateway/crypto/totp.h"
#include "gateway/store/findings.h"
#include "gateway/store/signins.h"
#include "tests/support/core_rig.h"

#define PASSWORD "violet harbour ladder moss"
#define STEP TOTP_STEP_MS

static const struct passhash_cost cheap = { 1, 8192 };

static struct core_rig rig;
static struct passes passes;
static struct error error;
static char token[PASSES_TOKEN_LEN + 1];
static char codes[ACCOUNTS_CODES][ACCOUNTS_CODE_MAX];
static unsigned char secret[TOTP_SECRET_LEN]; /* of maria */
static struct accounts_answer answer;

static int open_rig(void **state)
{
    (void)state;
    core_rig_open(&rig, NULL);
    passes = (struct passes){ .context = NULL };
    rig.core.passes = &passes;
    assert_int_equal(hasher_new(&cheap, &rig.core.hasher), 0);
    core_rig_begin(&rig);
    return 0;
}

static int close_rig(void **state)
{
    (void)state;
    store_rollback(rig.core.store);
    hasher_free(rig.core.hasher);
    core_rig_close(&rig);
    return 0;
}

static struct staff_act act_of(const char *actor, const char *name)
{
    return (struct staff_act){ .core = &rig.core, .actor = actor, .name = name, .now_ms = RIG_NOW, .error = &error };
}

static void wait_for_hash(const void *owner)
{
    struct pollfd poller = { .fd = hasher_fd(rig.core.hasher), .events = POLLIN };
    eventfd_t count;
    while (!hasher_is_ready(rig.core.hasher, owner)) {
        assert_int_equal(poll(&poller, 1, 60000), 1);
        (void)!eventfd_read(poller.fd, &count);
    }
}

/* The app of whoever has that pass or account. */
static const char *code_at(int64_t now_ms)
{
    static char code[TOTP_DIGITS_MAX + 1];
    struct span key = { (const char *)secret, sizeof secret };
    assert_int_equal(totp_make_code(key, (uint64_t)totp_step_of(now_ms), TOTP_DIGITS, code), 0);
    return code;
}

static struct accounts_try try_of(const char *name, const char *password, const char *code, int64_t now_ms)
{
    return (struct accounts_try){ .owner = &rig,
        .name = name,
        .password = span_of(password),
        .code = span_of(code),
        .source = "192.0.2.7",
        .now_ms = now_ms };
}

/* Whatever the name, a password is worked out before the answer: how long it takes tells nothing. */
static enum accounts_end sign_in(const char *name, const char *password, const char *code, int64_t now_ms)
{
    struct accounts_try try = try_of(name, password, code, now_ms);
    assert_int_equal(accounts_sign_in(&rig.core, &try, &answer), 0);
    assert_true(answer.end == ACCOUNTS_LATER || answer.end == ACCOUNTS_WAIT);
    if (answer.end == ACCOUNTS_LATER) {
        wait_for_hash(try.owner);
        assert_int_equal(accounts_sign_in(&rig.core, &try, &answer), 0);
        hasher_forget(rig.core.hasher, try.owner);
    }
    return answer.end;
}

static enum accounts_end step_up(const char *name, const char *password, const char *code, int64_t now_ms)
{
    struct accounts_try try = try_of(name, password, code, now_ms);
    assert_int_equal(accounts_step_up(&rig.core, &try, &answer), 0);
    if (answer.end == ACCOUNTS_LATER) {
        wait_for_hash(try.owner);
        assert_int_equal(accounts_step_up(&rig.core, &try, &answer), 0);
        hasher_forget(rig.core.hasher, try.owner);
    }
    return answer.end;
}

static enum accounts_end enrol(const char *password, const char *repeated, const char *code, int64_t now_ms)
{
    struct accounts_try try = try_of("", password, code, now_ms);
    int rc = accounts_enrol(&rig.core, span_of(token), &try, span_of(repeated), &answer, codes);
    assert_int_equal(rc, 0);
    if (answer.end == ACCOUNTS_LATER) {
        wait_for_hash(try.owner);
        assert_int_equal(accounts_enrol(&rig.core, span_of(token), &try, span_of(repeated), &answer, codes), 0);
        hasher_forget(rig.core.hasher, try.owner);
    }
    return answer.end;
}

static void keep_secret(void)
{
    const struct pass *pass = passes_look(&passes, rig.core.vault, span_of(token), RIG_NOW);
    assert_non_null(pass);
    memcpy(secret, pass->secret, sizeof secret);
}

static void add(const char *name, enum role role)
{
    struct staff_act act = act_of("uid:0", name);
    assert_int_equal(staff_add(&act, role, "", token), 0);
    keep_secret();
}

static void add_and_enrol(const char *name, enum role role)
{
    add(name, role);
    assert_int_equal(enrol(PASSWORD, PASSWORD, code_at(RIG_NOW), RIG_NOW), ACCOUNTS_DONE);
}

static struct user_row user_of(const char *name)
{
    struct user_row row;
    assert_int_equal(users_get(rig.core.store, name, &row), 0);
    return row;
}

/* ---- the pass --------------------------------------------------------------------------------------------------- */

static void a_new_account_lets_nobody_in_before_its_person_has_set_it(void **state)
{
    struct accounts_enrolment enrolment;
    struct pass pass;
    (void)state;
    add("maria", ROLE_caseworker);
    assert_int_equal(sign_in("maria", "", "", RIG_NOW), ACCOUNTS_REFUSED);
    assert_int_equal(passes_take(&passes, rig.core.vault, span_of(token), &passes, RIG_NOW, &pass), ERR_NOT_FOUND);
    assert_int_equal(accounts_look(&rig.core, span_of("x"), RIG_NOW, &enrolment), ERR_NOT_FOUND);
    assert_int_equal(accounts_look(&rig.core, span_of(token), RIG_NOW + PASSES_ACCOUNT_MS, &enrolment), ERR_NOT_FOUND);
    assert_int_equal(accounts_look(&rig.core, span_of(token), RIG_NOW, &enrolment), 0);
    assert_true(str_equal(enrolment.name, "maria") && enrolment.role == ROLE_caseworker);
    assert_int_equal(strlen(enrolment.secret), 39);
    assert_true(str_starts(enrolment.uri, "otpauth://totp/Help%20line:maria?secret="));
    assert_int_equal(passes_give(&passes, rig.core.vault, "joan", ROLE_viewer, RIG_NOW, token), 0);
    assert_int_equal(accounts_look(&rig.core, span_of(token), RIG_NOW, &enrolment), ERR_NOT_FOUND);
}

static void what_does_not_fit_sets_nothing(void **state)
{
    (void)state;
    add("maria", ROLE_caseworker);
    assert_int_equal(enrol(PASSWORD, "violet harbour", code_at(RIG_NOW), RIG_NOW), ACCOUNTS_REFUSED);
    assert_non_null(strstr(answer.why, "differ"));
    assert_int_equal(enrol("short", "short", code_at(RIG_NOW), RIG_NOW), ACCOUNTS_REFUSED);
    assert_non_null(strstr(answer.why, "5 characters"));
    assert_int_equal(enrol("marias own violets", "marias own violets", code_at(RIG_NOW), RIG_NOW), ACCOUNTS_REFUSED);
    assert_int_equal(enrol(PASSWORD, PASSWORD, code_at(RIG_NOW + 5 * STEP), RIG_NOW), ACCOUNTS_REFUSED);
    assert_non_null(strstr(answer.why, "code"));
    assert_int_equal(enrol(PASSWORD, PASSWORD, "", RIG_NOW), ACCOUNTS_REFUSED);
    assert_int_equal(user_of("maria").enrolled_at, 0);
}

static void a_pass_sets_an_account_once(void **state)
{
    struct accounts_enrolment enrolment;
    struct accounts_try try = try_of("", PASSWORD, "", RIG_NOW);
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    assert_true(answer.codes_left == ACCOUNTS_CODES && str_equal(answer.user.name, "maria"));
    assert_true(!answer.user.password[0] && !answer.user.secret_len);
    assert_int_equal(accounts_look(&rig.core, span_of(token), RIG_NOW, &enrolment), ERR_NOT_FOUND);
    assert_int_equal(accounts_enrol(&rig.core, span_of(token), &try, span_of(PASSWORD), &answer, codes), ERR_NOT_FOUND);
    assert_int_equal(core_rig_count_audit(&rig, "user.enrolled"), 1);
    struct user_row row = user_of("maria");
    assert_true(row.secret_len > TOTP_SECRET_LEN && memmem(row.secret, row.secret_len, secret, 8) == NULL);
    assert_true(str_starts(row.password, "$argon2id$"));
}

/* ---- coming in -------------------------------------------------------------------------------------------------- */

static void name_password_and_code_together_let_in(void **state)
{
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    assert_int_equal(sign_in(" Maria ", PASSWORD, code_at(RIG_NOW + STEP), RIG_NOW + STEP), ACCOUNTS_DONE);
    assert_true(str_equal(answer.user.name, "maria") && !answer.user.password[0] && !answer.has_used_recovery);
    assert_int_equal(user_of("maria").signed_in_at, RIG_NOW + STEP);
    assert_int_equal(core_rig_count_audit(&rig, "user.signed_in"), 1);
}

static void a_code_is_good_once(void **state)
{
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    assert_int_equal(sign_in("maria", PASSWORD, code_at(RIG_NOW), RIG_NOW), ACCOUNTS_REFUSED); /* set with it */
    assert_int_equal(sign_in("maria", PASSWORD, code_at(RIG_NOW + STEP), RIG_NOW + STEP), ACCOUNTS_DONE);
    assert_int_equal(sign_in("maria", PASSWORD, code_at(RIG_NOW + STEP), RIG_NOW + STEP), ACCOUNTS_REFUSED);
    assert_int_equal(sign_in("maria", PASSWORD, code_at(RIG_NOW + 2 * STEP), RIG_NOW + 2 * STEP), ACCOUNTS_DONE);
}

static void every_refusal_says_the_same(void **state)
{
    char want[sizeof answer.why];
    int64_t now = RIG_NOW + STEP;
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    add("joan", ROLE_viewer);
    struct staff_act act = act_of("uid:0", "maria");
    assert_int_equal(sign_in("maria", "wrong", "123456", now), ACCOUNTS_REFUSED);
    str_copy(want, sizeof want, answer.why);
    static const struct {
        const char *label, *name, *password;
    } table[] = { { "wrong code", "maria", PASSWORD }, { "unknown", "nobody", PASSWORD },
        { "not set", "joan", PASSWORD }, { "no password", "maria", "" }, { "no name", "", PASSWORD },
        { "markup", "<b>x</b>' OR 1", PASSWORD },
        { "a long name", "mariaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            PASSWORD } };
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        if (sign_in(table[i].name, table[i].password, "000000", now) != ACCOUNTS_REFUSED ||
            !str_equal(answer.why, want) || answer.user.name[0])
            fail_msg("%s: %d %s", table[i].label, answer.end, answer.why);
    }
    assert_int_equal(staff_enable(&act, false), 0);
    keep_secret(); /* joan's; maria's code is wrong anyway */
    assert_int_equal(sign_in("maria", PASSWORD, "000000", now), ACCOUNTS_REFUSED);
    assert_string_equal(answer.why, want);
    assert_int_equal(core_rig_count_audit(&rig, "user.refused"), STR_COUNT(table) + 2);
}

static void failures_cost_time_and_the_right_answer_is_not_looked_at(void **state)
{
    int64_t now = RIG_NOW + STEP;
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    for (int i = 0; i <= DELAYS_FREE_ACCOUNT; i++)
        assert_int_equal(sign_in("maria", "wrong", "000000", now), ACCOUNTS_REFUSED);
    assert_int_equal(sign_in("maria", PASSWORD, code_at(now), now), ACCOUNTS_WAIT);
    assert_int_equal(answer.wait_ms, DELAYS_FIRST_MS);
    assert_non_null(strstr(answer.why, "30 seconds"));
    assert_int_equal(sign_in("nobody", PASSWORD, "", now), ACCOUNTS_REFUSED);
    now += DELAYS_FIRST_MS;
    assert_int_equal(sign_in("maria", PASSWORD, code_at(now), now), ACCOUNTS_DONE);
    assert_int_equal(sign_in("maria", "wrong", "000000", now), ACCOUNTS_REFUSED); /* counted anew */
}

/* The failure that brings the delay also stops what was sent at the same time. */
static void an_answer_that_is_late_waits_too(void **state)
{
    int64_t now = RIG_NOW + STEP;
    struct accounts_try try = try_of("maria", PASSWORD, code_at(now), now);
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    try.code = span_of(code_at(now));
    try.owner = &passes;
    assert_int_equal(accounts_sign_in(&rig.core, &try, &answer), 0);
    assert_int_equal(answer.end, ACCOUNTS_LATER);
    for (int i = 0; i <= DELAYS_FREE_ACCOUNT; i++)
        assert_int_equal(sign_in("maria", "wrong", "000000", now), ACCOUNTS_REFUSED);
    wait_for_hash(try.owner);
    assert_int_equal(accounts_sign_in(&rig.core, &try, &answer), 0);
    assert_int_equal(answer.end, ACCOUNTS_WAIT);
    hasher_forget(rig.core.hasher, try.owner);
}

static void who_is_disabled_meanwhile_stays_out(void **state)
{
    int64_t now = RIG_NOW + STEP;
    struct staff_act act = act_of("uid:0", "maria");
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    struct accounts_try try = try_of("maria", PASSWORD, code_at(now), now);
    assert_int_equal(accounts_sign_in(&rig.core, &try, &answer), 0);
    assert_int_equal(answer.end, ACCOUNTS_LATER);
    assert_int_equal(staff_enable(&act, false), 0);
    wait_for_hash(try.owner);
    assert_int_equal(accounts_sign_in(&rig.core, &try, &answer), 0);
    assert_int_equal(answer.end, ACCOUNTS_REFUSED);
    hasher_forget(rig.core.hasher, try.owner);
    assert_int_equal(staff_enable(&act, true), 0);
    assert_int_equal(sign_in("maria", PASSWORD, code_at(now), now), ACCOUNTS_DONE);
}

static void a_recovery_code_stands_for_the_telephone_once(void **state)
{
    char again[ACCOUNTS_CODES][ACCOUNTS_CODE_MAX];
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    assert_int_equal(sign_in("maria", "wrong", codes[3], RIG_NOW), ACCOUNTS_REFUSED); /* and is not used up by it */
    assert_int_equal(sign_in("maria", PASSWORD, codes[3], RIG_NOW), ACCOUNTS_DONE);
    assert_true(answer.has_used_recovery && answer.codes_left == ACCOUNTS_CODES - 1);
    assert_int_equal(sign_in("maria", PASSWORD, codes[3], RIG_NOW), ACCOUNTS_REFUSED);
    assert_int_equal(accounts_renew_codes(&rig.core, "maria", RIG_NOW, again), 0);
    assert_int_equal(sign_in("maria", PASSWORD, codes[4], RIG_NOW), ACCOUNTS_REFUSED);
    assert_int_equal(sign_in("maria", PASSWORD, again[4], RIG_NOW), ACCOUNTS_DONE);
    assert_int_equal(accounts_renew_codes(&rig.core, "nobody", RIG_NOW, again), ERR_NOT_FOUND);
}

static void a_code_may_be_typed_in_arabic_digits_and_groups(void **state)
{
    char typed[64] = "";
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    for (const char *c = code_at(RIG_NOW + STEP); *c; c++)
        snprintf(typed + strlen(typed), 8, "\xd9%c%s", 0xa0 + *c - '0', strlen(typed) == 4 ? " " : "");
    assert_int_equal(sign_in("maria", PASSWORD, typed, RIG_NOW + STEP), ACCOUNTS_DONE);
}

static void who_is_in_proves_it_again(void **state)
{
    int64_t now = RIG_NOW + STEP;
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    assert_int_equal(step_up("maria", PASSWORD, "", now), ACCOUNTS_DONE);
    assert_int_equal(step_up("maria", "", code_at(now), now), ACCOUNTS_DONE);
    assert_int_equal(step_up("maria", "", code_at(now), now), ACCOUNTS_REFUSED);
    assert_int_equal(step_up("maria", "wrong", "", now), ACCOUNTS_REFUSED);
    assert_int_equal(step_up("maria", "", "", now), ACCOUNTS_REFUSED);
    assert_int_equal(step_up("joan", PASSWORD, "", now), ACCOUNTS_REFUSED); /* came in by a pass of the host */
    assert_int_equal(core_rig_count_audit(&rig, "user.step_up"), 2);
}

static void a_password_is_changed_by_the_same_rules(void **state)
{
    static const char next[] = "kahon baso ulan tinidor";
    struct accounts_try try = try_of("maria", "short", "", RIG_NOW);
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    assert_int_equal(accounts_set_password(&rig.core, &try, span_of("short"), &answer), 0);
    assert_int_equal(answer.end, ACCOUNTS_REFUSED);
    try.password = span_of(next);
    assert_int_equal(accounts_set_password(&rig.core, &try, span_of(next), &answer), 0);
    assert_int_equal(answer.end, ACCOUNTS_LATER);
    wait_for_hash(try.owner);
    assert_int_equal(accounts_set_password(&rig.core, &try, span_of(next), &answer), 0);
    assert_int_equal(answer.end, ACCOUNTS_DONE);
    hasher_forget(rig.core.hasher, try.owner);
    assert_int_equal(step_up("maria", PASSWORD, "", RIG_NOW), ACCOUNTS_REFUSED);
    assert_int_equal(step_up("maria", next, "", RIG_NOW), ACCOUNTS_DONE);
    try.name = "nobody";
    assert_int_equal(accounts_set_password(&rig.core, &try, span_of(next), &answer), ERR_NOT_FOUND);
}

/* ---- staff ------------------------------------------------------------------------------------------------------ */

static void a_reset_begins_anew(void **state)
{
    enum role role;
    unsigned char before[TOTP_SECRET_LEN];
    struct staff_act act = act_of("uid:0", "maria");
    (void)state;
    add_and_enrol("maria", ROLE_supervisor);
    memcpy(before, secret, sizeof before);
    assert_int_equal(staff_reset(&act, &role, token), 0);
    assert_int_equal(role, ROLE_supervisor);
    assert_int_equal(sign_in("maria", PASSWORD, code_at(RIG_NOW + STEP), RIG_NOW + STEP), ACCOUNTS_REFUSED);
    assert_int_equal(sign_in("maria", PASSWORD, codes[0], RIG_NOW + STEP), ACCOUNTS_REFUSED);
    keep_secret();
    assert_memory_not_equal(before, secret, sizeof before);
    assert_int_equal(enrol(PASSWORD, PASSWORD, code_at(RIG_NOW), RIG_NOW), ACCOUNTS_DONE);
    assert_int_equal(sign_in("maria", PASSWORD, code_at(RIG_NOW + STEP), RIG_NOW + STEP), ACCOUNTS_DONE);
}

static void one_supervisor_remains(void **state)
{
    enum role role;
    struct staff_act act = act_of("uid:0", "maria"), from_console = act_of("user:anna", "maria");
    (void)state;
    add_and_enrol("maria", ROLE_supervisor);
    add("berta", ROLE_supervisor); /* has not come in yet: she does not count */
    assert_int_equal(staff_enable(&act, false), ERR_REFUSED);
    assert_non_null(strstr(error.text, "only supervisor"));
    assert_int_equal(staff_change(&act, "viewer", NULL), ERR_REFUSED);
    assert_int_equal(staff_change(&act, "supervisor", "ngo"), 0);
    from_console.is_forced = true;
    assert_int_equal(staff_enable(&from_console, false), ERR_REFUSED);
    assert_int_equal(staff_reset(&from_console, &role, token), ERR_REFUSED);
    assert_int_equal(enrol(PASSWORD, PASSWORD, code_at(RIG_NOW), RIG_NOW), ACCOUNTS_DONE); /* berta's pass */
    assert_int_equal(staff_enable(&from_console, false), 0);
    act.name = "berta";
    assert_int_equal(staff_enable(&act, false), ERR_REFUSED);
    act.is_forced = true;
    assert_int_equal(staff_enable(&act, false), 0);
}

static void nobody_changes_his_own_account(void **state)
{
    enum role role;
    struct staff_act act = act_of("user:maria", "maria");
    (void)state;
    add_and_enrol("maria", ROLE_caseworker);
    assert_int_equal(staff_change(&act, "supervisor", NULL), ERR_REFUSED);
    assert_int_equal(staff_enable(&act, false), ERR_REFUSED);
    assert_int_equal(staff_reset(&act, &role, token), ERR_REFUSED);
    assert_string_equal(user_of("maria").role, "caseworker");
}

static int count_finding(void *context, const struct finding_row *row)
{
    *(unsigned *)context += str_equal(row->kind, STAFF_FINDING) && strstr(row->object, "by user:boss");
    return 0;
}

static unsigned count_findings(void)
{
    unsigned count = 0;
    assert_int_equal(findings_list(rig.core.store, true, 100, count_finding, &count), 0);
    return count;
}

/* A supervisor reads no case, and could else make himself a caseworker. */
static void a_way_in_that_is_given_from_the_console_is_told(void **state)
{
    enum role role;
    struct staff_act act = act_of("user:boss", "rosa"), machine = act_of("uid:0", "maria");
    (void)state;
    assert_int_equal(staff_add(&machine, ROLE_viewer, "", token), 0);
    assert_int_equal(count_findings(), 0);
    assert_int_equal(staff_add(&act, ROLE_caseworker, "", token), 0);
    assert_int_equal(count_findings(), 1);
    act.name = "maria";
    assert_int_equal(staff_change(&act, NULL, "ngo"), 0);
    assert_int_equal(staff_enable(&act, false), 0);
    assert_int_equal(staff_enable(&act, true), 0);
    assert_int_equal(count_findings(), 1);
    assert_int_equal(staff_change(&act, "caseworker", NULL), 0);
    assert_int_equal(count_findings(), 2);
    act.name = "rosa";
    assert_int_equal(staff_reset(&act, &role, token), 0);
    assert_int_equal(count_findings(), 2); /* the same account by the same person */
}

static unsigned end_two(void *context, const char *name)
{
    str_copy(context, NAME_MAX_LEN, name);
    return 2;
}

static void what_ends_an_account_ends_its_visits(void **state)
{
    char ended_name[NAME_MAX_LEN] = "";
    int64_t ended = 0;
    struct signin_row in = { .name = "maria", .role = "viewer", .tag = { 1 } }, got;
    struct staff_act act = act_of("uid:0", "maria");
    (void)state;
    passes.end_visits = end_two;
    passes.context = ended_name;
    add_and_enrol("maria", ROLE_viewer);
    assert_int_equal(signins_put(rig.core.store, &in), 0);
    assert_int_equal(staff_enable(&act, false), 0);
    assert_string_equal(ended_name, "maria");
    assert_int_equal(signins_get(rig.core.store, in.tag, &got), ERR_NOT_FOUND);
    assert_int_equal(signins_put(rig.core.store, &in), 0);
    assert_int_equal(staff_log_out(&act, &ended), 0);
    assert_int_equal(ended, 2);
    assert_int_equal(signins_get(rig.core.store, in.tag, &got), ERR_NOT_FOUND);
}

static void what_does_not_fit_changes_no_account(void **state)
{
    enum role role;
    struct user_row row;
    struct staff_act act = act_of("uid:0", "maria");
    (void)state;
    assert_int_equal(staff_add(&act, ROLE_viewer, "no-such-contact", token), ERR_REFUSED);
    assert_int_equal(users_get(rig.core.store, "maria", &row), ERR_NOT_FOUND);
    assert_int_equal(staff_add(&act, ROLE_viewer, "ngo", token), 0);
    assert_int_equal(staff_add(&act, ROLE_viewer, "", token), ERR_REFUSED);
    assert_int_equal(staff_change(&act, NULL, "no-such-contact"), ERR_REFUSED);
    assert_string_equal(user_of("maria").contact, "ngo");
    assert_int_equal(staff_change(&act, NULL, ""), 0);
    assert_string_equal(user_of("maria").contact, "");
    assert_int_equal(staff_enable(&act, true), ERR_REFUSED);
    act.name = "nobody";
    assert_int_equal(staff_enable(&act, false), ERR_REFUSED);
    assert_int_equal(staff_reset(&act, &role, token), ERR_REFUSED);
    rig.core.passes = NULL;
    assert_int_equal(staff_add(&act, ROLE_viewer, "", token), ERR_REFUSED);
    assert_int_equal(users_get(rig.core.store, "nobody", &row), ERR_NOT_FOUND);
    rig.core.passes = &passes;
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, open_rig, close_rig)

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_new_account_lets_nobody_in_before_its_person_has_set_it),
        STORY(what_does_not_fit_sets_nothing),
        STORY(a_pass_sets_an_account_once),
        STORY(name_password_and_code_together_let_in),
        STORY(a_code_is_good_once),
        STORY(every_refusal_says_the_same),
        STORY(failures_cost_time_and_the_right_answer_is_not_looked_at),
        STORY(an_answer_that_is_late_waits_too),
        STORY(who_is_disabled_meanwhile_stays_out),
        STORY(a_recovery_code_stands_for_the_telephone_once),
        STORY(a_code_may_be_typed_in_arabic_digits_and_groups),
        STORY(who_is_in_proves_it_again),
        STORY(a_password_is_changed_by_the_same_rules),
        STORY(a_reset_begins_anew),
        STORY(one_supervisor_remains),
        STORY(nobody_changes_his_own_account),
        STORY(a_way_in_that_is_given_from_the_console_is_told),
        STORY(what_ends_an_account_ends_its_visits),
        STORY(what_does_not_fit_changes_no_account),
    };
    return cmocka_run_group_tests_name("accounts", tests, NULL, NULL);
}
