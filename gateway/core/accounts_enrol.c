/* SPDX-License-Identifier: GPL-3.0-or-later */
/* accounts_enrol - password, factor and recovery codes are set: by the pass of an account, or by who is in. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/accounts_parts.h"
#include "gateway/core/password.h"
#include "gateway/core/recovery.h"
#include "gateway/crypto/totp.h"

_Static_assert(TOTP_SECRET_LEN == PASSES_SECRET_LEN, "a pass carries a secret");
_Static_assert(RECOVERY_TEXT_MAX == ACCOUNTS_CODE_MAX, "a code fits");
_Static_assert(USERS_PASSWORD_MAX >= PASSHASH_MAX, "a hash fits");

/* ---- the pass --------------------------------------------------------------------------------------------------- */

/* The pass opens as long as its account has set nothing: what came of it stands in the account, so a turn that is
 * undone or repeated uses nothing up. */
static int find(
    struct core *core, struct span token, int64_t now_ms, const struct pass **ret_pass, struct user_row *ret_user)
{
    const struct pass *pass = core->passes ? passes_look(core->passes, core->vault, token, now_ms) : NULL;
    if (!pass)
        return ERR_NOT_FOUND;
    int rc = users_get(core->store, pass->name, ret_user);
    if (!rc && (!ret_user->is_enabled || ret_user->enrolled_at))
        rc = ERR_NOT_FOUND;
    *ret_pass = pass;
    return rc;
}

static struct span secret_of(const struct pass *pass)
{
    return (struct span){ (const char *)pass->secret, sizeof pass->secret };
}

static void write_groups(struct span letters, char *ret_text)
{
    for (size_t i = 0; i < letters.len; i++) {
        if (i && i % 4 == 0)
            *ret_text++ = ' ';
        *ret_text++ = letters.data[i];
    }
    *ret_text = '\0';
}

int accounts_look(struct core *core, struct span token, int64_t now_ms, struct accounts_enrolment *ret_enrolment)
{
    const struct pass *pass;
    struct user_row user;
    AUTO_BUF text;
    buf_init(&text, ACCOUNTS_URI_MAX - 1);
    int rc = find(core, token, now_ms, &pass, &user);
    if (rc)
        return rc;
    *ret_enrolment = (struct accounts_enrolment){ .role = (enum role)role_from_word(user.role) };
    str_copy(ret_enrolment->name, sizeof ret_enrolment->name, user.name);
    str_base32_encode(&text, pass->secret, sizeof pass->secret);
    if (!buf_check(&text))
        write_groups(buf_span(&text), ret_enrolment->secret);
    buf_clear(&text);
    totp_write_uri(&text, ACCOUNTS_ISSUER, user.name, secret_of(pass));
    str_copy_span(ret_enrolment->uri, sizeof ret_enrolment->uri, buf_span(&text));
    passhash_wipe(text.data, text.len);
    return buf_check(&text);
}

/* ---- setting ---------------------------------------------------------------------------------------------------- */

/* May it be the password? If not, the answer says why. */
static bool is_fit(struct span password, struct span repeated, const char *name, struct accounts_answer *answer)
{
    struct error error;
    if (!span_equal(password, repeated))
        accounts_end(answer, ACCOUNTS_REFUSED, "The two passwords differ: type the same one twice.");
    else if (password_check(password, name, &error))
        accounts_end(answer, ACCOUNTS_REFUSED, error.text);
    else
        return true;
    return false;
}

/* Into the row, which is not stored yet. False: the answer says why not, or that it comes later. */
static bool hash_password(
    struct core *core, const struct accounts_try *try, struct user_row *user, struct accounts_answer *answer)
{
    char hash[PASSHASH_MAX];
    enum hasher_end end = core->hasher ? hasher_make(core->hasher, try->owner, try->password, hash) : HASHER_BUSY;
    if (accounts_is_later(end, answer))
        return false;
    if (end != HASHER_YES)
        accounts_end(answer, ACCOUNTS_BUSY, "There is no memory for it at this moment. Please try again in a minute.");
    else
        str_copy(user->password, sizeof user->password, hash);
    return end == HASHER_YES;
}

static int seal_secret(const struct core *core, const struct pass *pass, struct user_row *user)
{
    AUTO_BUF sealed;
    struct vault_place place = accounts_place(user->id);
    buf_init(&sealed, sizeof user->secret);
    int rc = vault_seal(core->vault, NULL, &place, secret_of(pass), &sealed);
    if (rc)
        return rc;
    memcpy(user->secret, sealed.data, sealed.len);
    user->secret_len = sealed.len;
    return 0;
}

static int renew_codes(struct core *core, int64_t user, char (*ret_codes)[ACCOUNTS_CODE_MAX])
{
    unsigned char tags[ACCOUNTS_CODES][STORE_TAG_LEN];
    for (int i = 0; i < ACCOUNTS_CODES; i++) {
        recovery_make(ret_codes[i]);
        (void)recovery_tag(core->vault, span_of(ret_codes[i]), tags[i]);
    }
    return users_set_codes(core->store, user, (const unsigned char(*)[STORE_TAG_LEN])tags, ACCOUNTS_CODES);
}

static int finish(
    struct core *core, struct user_row *user, const char *action, int64_t now_ms, struct accounts_answer *answer)
{
    int rc = users_put(core->store, user);
    if (!rc)
        rc = accounts_audit_own(core, user->name, action, "", now_ms);
    if (!rc)
        rc = users_count_codes(core->store, user->id, &answer->codes_left);
    accounts_end(answer, ACCOUNTS_DONE, "");
    answer->user = *user;
    accounts_wipe(&answer->user);
    return rc;
}

int accounts_enrol(struct core *core, struct span token, const struct accounts_try *try, struct span repeated,
    struct accounts_answer *ret_answer, char (*ret_codes)[ACCOUNTS_CODE_MAX])
{
    const struct pass *pass;
    struct user_row user;
    char code[TOTP_DIGITS + 1];
    *ret_answer = (struct accounts_answer){ .end = ACCOUNTS_REFUSED };
    int rc = find(core, token, try->now_ms, &pass, &user);
    if (rc || !is_fit(try->password, repeated, user.name, ret_answer))
        return rc;
    rc = accounts_read_code(try->code, code)
             ? totp_check(secret_of(pass), span_of(code), try->now_ms, 0, &user.last_step)
             : ERR_REFUSED;
    if (rc == ERR_REFUSED)
        accounts_end(ret_answer, ACCOUNTS_REFUSED,
            "The code is not the one that the app shows for this secret at this moment. Is the clock of the telephone right?");
    if (rc || !hash_password(core, try, &user, ret_answer))
        return rc == ERR_REFUSED ? 0 : rc;
    rc = seal_secret(core, pass, &user);
    if (!rc)
        rc = renew_codes(core, user.id, ret_codes);
    user.enrolled_at = user.signed_in_at = try->now_ms;
    return rc ? rc : finish(core, &user, "user.enrolled", try->now_ms, ret_answer);
}

int accounts_set_password(
    struct core *core, const struct accounts_try *try, struct span repeated, struct accounts_answer *ret_answer)
{
    struct user_row user;
    *ret_answer = (struct accounts_answer){ .end = ACCOUNTS_REFUSED };
    int rc = users_get(core->store, try->name, &user);
    if (!rc && !user.enrolled_at)
        rc = ERR_NOT_FOUND;
    if (rc || !is_fit(try->password, repeated, user.name, ret_answer))
        return rc;
    return hash_password(core, try, &user, ret_answer) ? finish(core, &user, "user.password", try->now_ms, ret_answer)
                                                       : 0;
}

int accounts_renew_codes(struct core *core, const char *name, int64_t now_ms, char (*ret_codes)[ACCOUNTS_CODE_MAX])
{
    struct user_row user;
    int rc = users_get(core->store, name, &user);
    if (!rc)
        rc = renew_codes(core, user.id, ret_codes);
    return rc ? rc : accounts_audit_own(core, user.name, "user.codes", "", now_ms);
}
