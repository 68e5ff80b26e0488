/* SPDX-License-Identifier: GPL-3.0-or-later */
/* accounts - see accounts.h: coming in, and proving oneself again. What is set by a pass: accounts_enrol.c. */
#include "gateway/core/accounts.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/accounts_parts.h"
#include "gateway/core/attempts.h"
#include "gateway/core/hasher.h"
#include "gateway/core/recovery.h"
#include "gateway/crypto/totp.h"
#include "gateway/store/audit.h"

/* Somebody who knocks: what was typed, and the account it may be about. */
struct knock {
    struct core *core;
    const struct accounts_try *try;
    struct accounts_answer *answer;
    char name[NAME_MAX_LEN];
    struct attempt attempt;
    bool is_found;
    struct user_row user;
};

/* ---- what is typed ---------------------------------------------------------------------------------------------- */

/* A telephone writes the first letter large. False: too long to be a name. */
static bool read_name(const char *typed, char *ret_name, size_t size)
{
    bool fits = str_copy_span(ret_name, size, str_trim(span_of(typed)));
    for (char *c = ret_name; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return fits;
}

/* 0..9, also of the two rows of Arabic digits; -1 for what is no digit. */
static int digit_of(uint32_t character)
{
    static const uint32_t zeros[] = { '0', 0x660, 0x6f0 };
    for (size_t i = 0; i < STR_COUNT(zeros); i++)
        if (character >= zeros[i] && character < zeros[i] + 10)
            return (int)(character - zeros[i]);
    return -1;
}

bool accounts_read_code(struct span typed, char *ret_code)
{
    size_t count = 0;
    for (size_t i = 0; i < typed.len;) {
        uint32_t character;
        i += utf8_decode(typed.data + i, typed.len - i, &character);
        if (character == ' ' || character == '-')
            continue;
        int digit = digit_of(character);
        if (digit < 0 || count == TOTP_DIGITS)
            return false;
        ret_code[count++] = (char)('0' + digit);
    }
    ret_code[count] = '\0';
    return count == TOTP_DIGITS;
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

void accounts_end(struct accounts_answer *answer, enum accounts_end end, const char *why)
{
    answer->end = end;
    str_copy(answer->why, sizeof answer->why, why);
}

int accounts_audit(
    struct core *core, const char *actor, const char *action, const char *object, const char *detail, int64_t now_ms)
{
    struct audit_row row = { .at = now_ms, .actor = actor, .action = action, .object = object, .detail = detail };
    return audit_append(core->store, &row);
}

int accounts_audit_own(struct core *core, const char *name, const char *action, const char *detail, int64_t now_ms)
{
    char actor[NAME_MAX_LEN + 8];
    snprintf(actor, sizeof actor, "user:%s", name);
    return accounts_audit(core, actor, action, "", detail, now_ms);
}

void accounts_wipe(struct user_row *user)
{
    passhash_wipe(user->password, sizeof user->password);
    passhash_wipe(user->secret, sizeof user->secret);
    user->secret_len = 0;
}

bool accounts_is_later(enum hasher_end end, struct accounts_answer *answer)
{
    if (end == HASHER_LATER)
        accounts_end(answer, ACCOUNTS_LATER, "");
    if (end == HASHER_BUSY)
        accounts_end(
            answer, ACCOUNTS_BUSY, "Many people are signing in at this moment. Please try again in a few seconds.");
    return end == HASHER_LATER || end == HASHER_BUSY;
}

/* What is on record says more than what the person is told. */
static int refuse(struct knock *knock, const char *sentence, const char *detail)
{
    char object[NAME_MAX_LEN + 8] = "";
    accounts_end(knock->answer, ACCOUNTS_REFUSED, sentence);
    if (knock->is_found)
        snprintf(object, sizeof object, "user:%s", knock->name);
    int rc = attempts_failed(knock->core, &knock->attempt);
    return rc ? rc : accounts_audit(knock->core, "console", "user.refused", object, detail, knock->try->now_ms);
}

/* ---- knocking --------------------------------------------------------------------------------------------------- */

static int begin(struct knock *knock)
{
    const struct accounts_try *try = knock->try;
    *knock->answer = (struct accounts_answer){ .end = ACCOUNTS_REFUSED };
    bool is_name = read_name(try->name, knock->name, sizeof knock->name);
    int rc = is_name ? users_get(knock->core->store, knock->name, &knock->user) : ERR_NOT_FOUND;
    if (rc && rc != ERR_NOT_FOUND)
        return rc;
    knock->is_found = !rc;
    knock->attempt = (struct attempt){ .name = knock->name, .is_account = knock->is_found, .now_ms = try->now_ms };
    attempts_network(try->source, knock->attempt.network, sizeof knock->attempt.network);
    return 0;
}

static bool may_enter(const struct knock *knock)
{
    return knock->is_found && knock->user.is_enabled && knock->user.enrolled_at;
}

/* Is it to wait? Then the answer says how long. */
static int look_at_delay(struct knock *knock, bool *ret_must_wait)
{
    struct accounts_answer *answer = knock->answer;
    int rc = attempts_wait(knock->core, &knock->attempt, &answer->wait_ms);
    *ret_must_wait = !rc && answer->wait_ms > 0;
    if (!*ret_must_wait)
        return rc;
    bool is_long = answer->wait_ms > 90 * 1000;
    int64_t unit_ms = is_long ? 60 * 1000 : 1000;
    answer->end = ACCOUNTS_WAIT;
    snprintf(answer->why, sizeof answer->why,
        "There were too many failures. Nothing was tried now: please wait %lld %s and try again.",
        (long long)((answer->wait_ms + unit_ms - 1) / unit_ms), is_long ? "minutes" : "seconds");
    return 0;
}

static int check_time_code(struct knock *knock, const char *code, bool *ret_is_good)
{
    AUTO_BUF secret;
    buf_init(&secret, TOTP_SECRET_LEN);
    struct vault_place place = accounts_place(knock->user.id);
    struct span sealed = { (const char *)knock->user.secret, knock->user.secret_len };
    int rc = vault_unseal(knock->core->vault, NULL, &place, sealed, &secret);
    if (!rc)
        rc = totp_check(
            buf_span(&secret), span_of(code), knock->try->now_ms, knock->user.last_step, &knock->user.last_step);
    passhash_wipe(secret.data, secret.len);
    *ret_is_good = !rc;
    return rc == ERR_REFUSED ? 0 : rc;
}

static int check_recovery(struct knock *knock, bool *ret_is_good)
{
    unsigned char tag[VAULT_TAG_LEN];
    *ret_is_good = false;
    if (!recovery_tag(knock->core->vault, knock->try->code, tag))
        return 0;
    int rc = users_take_code(knock->core->store, knock->user.id, tag);
    *ret_is_good = knock->answer->has_used_recovery = !rc;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int check_code(struct knock *knock, bool *ret_is_good)
{
    char code[TOTP_DIGITS + 1];
    return accounts_read_code(knock->try->code, code) ? check_time_code(knock, code, ret_is_good)
                                                      : check_recovery(knock, ret_is_good);
}

static int open_door(struct knock *knock, const char *action, const char *detail)
{
    struct accounts_answer *answer = knock->answer;
    int rc = users_put(knock->core->store, &knock->user);
    if (!rc)
        rc = attempts_succeeded(knock->core, &knock->attempt);
    if (!rc)
        rc = users_count_codes(knock->core->store, knock->user.id, &answer->codes_left);
    if (!rc)
        rc = accounts_audit_own(knock->core, knock->name, action, detail, knock->try->now_ms);
    answer->user = knock->user;
    accounts_wipe(&answer->user);
    answer->end = ACCOUNTS_DONE;
    return rc;
}

static const char *detail_of(const struct knock *knock)
{
    if (!knock->is_found)
        return "unknown";
    if (!knock->user.is_enabled)
        return "disabled";
    return knock->user.enrolled_at ? "password" : "not enrolled";
}

static enum hasher_end check_password(struct knock *knock, char *ret_renewed)
{
    const char *stored = may_enter(knock) ? knock->user.password : "";
    ret_renewed[0] = '\0';
    if (!knock->core->hasher)
        return HASHER_BUSY;
    return hasher_check(knock->core->hasher, knock->try->owner, knock->try->password, stored, ret_renewed);
}

static int sign_in(struct knock *knock)
{
    static const char sentence[] = "Name, password and code do not fit together. A code is good once and for a minute: "
                                   "is the clock of your telephone right?";
    char renewed[PASSHASH_MAX];
    bool is_good = false;
    enum hasher_end end = check_password(knock, renewed);
    if (accounts_is_later(end, knock->answer))
        return 0;
    if (end != HASHER_YES)
        return refuse(knock, sentence, detail_of(knock));
    int rc = check_code(knock, &is_good);
    if (rc || !is_good)
        return rc ? rc : refuse(knock, sentence, "code");
    if (renewed[0])
        str_copy(knock->user.password, sizeof knock->user.password, renewed);
    knock->user.signed_in_at = knock->try->now_ms;
    return open_door(knock, "user.signed_in", knock->answer->has_used_recovery ? "recovery code" : "");
}

static int step_up(struct knock *knock)
{
    char renewed[PASSHASH_MAX];
    bool is_good = false;
    if (!may_enter(knock)) {
        accounts_end(
            knock->answer, ACCOUNTS_REFUSED, "You came in without an account, so there is nothing to prove it with.");
        return 0;
    }
    int rc = knock->try->code.len ? check_code(knock, &is_good) : 0;
    if (!knock->try->code.len) {
        enum hasher_end end = check_password(knock, renewed);
        if (accounts_is_later(end, knock->answer))
            return 0;
        is_good = end == HASHER_YES;
    }
    if (rc || !is_good)
        return rc ? rc : refuse(knock, "That does not fit. Nothing was changed.", "step up");
    return open_door(knock, "user.step_up", knock->answer->has_used_recovery ? "recovery code" : "");
}

static int ask(struct core *core, const struct accounts_try *try, int (*decide)(struct knock *),
    struct accounts_answer *ret_answer)
{
    struct knock knock = { .core = core, .try = try, .answer = ret_answer };
    bool must_wait = true;
    int rc = begin(&knock);
    if (!rc)
        rc = look_at_delay(&knock, &must_wait);
    if (!rc && !must_wait)
        rc = decide(&knock);
    accounts_wipe(&knock.user);
    return rc;
}

int accounts_sign_in(struct core *core, const struct accounts_try *try, struct accounts_answer *ret_answer)
{
    return ask(core, try, sign_in, ret_answer);
}

int accounts_step_up(struct core *core, const struct accounts_try *try, struct accounts_answer *ret_answer)
{
    return ask(core, try, step_up, ret_answer);
}

int accounts_find(struct core *core, const char *name, struct user_row *ret_row)
{
    int rc = users_get(core->store, name, ret_row);
    accounts_wipe(ret_row);
    return rc;
}

struct vault_place accounts_place(int64_t user)
{
    return (struct vault_place){ .table = "users", .column = "secret", .row_id = user };
}
