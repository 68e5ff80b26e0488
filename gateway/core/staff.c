/* SPDX-License-Identifier: GPL-3.0-or-later */
/* staff - see staff.h. */
#include "gateway/core/staff.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alarms.h"
#include "gateway/store/audit.h"
#include "gateway/store/findings.h"
#include "gateway/store/signins.h"
#include "gateway/store/users.h"

bool staff_is_name(const char *name)
{
    size_t len = strlen(name);
    return len >= 2 && len < NAME_MAX_LEN && name[0] >= 'a' && name[0] <= 'z' &&
           len == strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}

/* ---- what all of them do ---------------------------------------------------------------------------------------- */

static int audit(const struct staff_act *act, const char *action, const char *detail)
{
    struct audit_row row = {
        .at = act->now_ms, .actor = act->actor, .action = action, .object = act->name, .detail = detail
    };
    return audit_append(act->core->store, &row);
}

static bool is_at_machine(const struct staff_act *act)
{
    return str_starts(act->actor, "uid:");
}

/* Also on record, for what gives a way in. */
static int audit_given(const struct staff_act *act, const char *action, const char *detail)
{
    char object[FINDINGS_OBJECT_MAX];
    bool is_new;
    unsigned open;
    int rc = audit(act, action, detail);
    if (rc || is_at_machine(act))
        return rc;
    snprintf(object, sizeof object, "account:%s by %s", act->name, act->actor);
    rc = findings_see(act->core->store, STAFF_FINDING, object, act->now_ms, &is_new);
    if (rc)
        return rc;
    if (is_new)
        log_event(LOG_LEVEL_ERROR, EV_finding, F_WORD("kind", STAFF_FINDING), F_WORD("object", object));
    return alarms_raise(act->core, act->now_ms, &open);
}

static bool is_own(const struct staff_act *act)
{
    return str_starts(act->actor, "user:") && str_equal(act->actor + strlen("user:"), act->name);
}

/* The account that is to be changed, if this actor may. */
static int take(const struct staff_act *act, struct user_row *ret_user)
{
    if (is_own(act))
        return error_set(
            act->error, ERR_REFUSED, "your own account is changed by another supervisor, or at the machine");
    int rc = users_get(act->core->store, act->name, ret_user);
    return rc == ERR_NOT_FOUND ? error_set(act->error, ERR_REFUSED, "there is no account %s", act->name) : rc;
}

/* Would nobody be left who looks after the accounts? */
static int keep_supervisor(const struct staff_act *act, const struct user_row *user)
{
    int64_t others = 0;
    if (!user->is_enabled || !user->enrolled_at || !str_equal(user->role, role_word(ROLE_supervisor)))
        return 0;
    int rc = users_count(act->core->store, user->role, user->id, &others);
    if (rc || others || (is_at_machine(act) && act->is_forced))
        return rc;
    return error_set(act->error, ERR_REFUSED,
        "%s is the only supervisor who can come in: add another one first, or say --force yes at the machine",
        act->name);
}

static int end_visits(const struct staff_act *act, int64_t *ret_ended)
{
    int64_t stored = 0;
    unsigned ended = act->core->passes ? passes_end(act->core->passes, act->name) : 0;
    int rc = signins_drop_name(act->core->store, act->name, &stored);
    *ret_ended = stored > ended ? stored : ended;
    return rc;
}

static int give_pass(const struct staff_act *act, enum role role, char *ret_token)
{
    if (!act->core->passes)
        return error_set(act->error, ERR_REFUSED, "there is no console: set listen.console");
    int rc = passes_give_account(act->core->passes, act->core->vault, act->name, role, act->now_ms, ret_token);
    return rc == ERR_LIMIT ? error_set(act->error, ERR_REFUSED,
                                 "too many addresses wait to be used: try again tomorrow, "
                                 "or end one with users logout")
                           : rc;
}

static int set_contact(const struct staff_act *act, const char *contact, struct user_row *user)
{
    if (contact[0] && !config_find_contact(act->core->config, contact))
        return error_set(act->error, ERR_REFUSED, "there is no contact %s in the configuration", contact);
    str_copy(user->contact, sizeof user->contact, contact);
    return 0;
}

/* ---- acts ------------------------------------------------------------------------------------------------------- */

/* The pass comes before the rows: when there is none, nothing was changed. */
int staff_add(const struct staff_act *act, enum role role, const char *contact, char *ret_token)
{
    struct user_row user, other;
    int rc = users_get(act->core->store, act->name, &other);
    if (!rc)
        return error_set(act->error, ERR_REFUSED,
            "there is an account %s already; users reset %s gives it a new address", act->name, act->name);
    if (rc != ERR_NOT_FOUND)
        return rc;
    user = (struct user_row){ .is_enabled = true, .created_at = act->now_ms };
    str_copy(user.name, sizeof user.name, act->name);
    str_copy(user.role, sizeof user.role, role_word(role));
    rc = set_contact(act, contact, &user);
    if (!rc)
        rc = give_pass(act, role, ret_token);
    if (!rc)
        rc = users_add(act->core->store, &user);
    if (rc == ERR_LIMIT)
        return error_set(act->error, ERR_REFUSED, "there are %d accounts, more are not kept", USERS_MAX);
    return rc ? rc : audit_given(act, "user.added", role_word(role));
}

static void forget(struct user_row *user)
{
    user->enrolled_at = user->last_step = 0;
    user->password[0] = '\0';
    user->secret_len = 0;
}

int staff_reset(const struct staff_act *act, enum role *ret_role, char *ret_token)
{
    struct user_row user;
    int64_t ended = 0;
    int rc = take(act, &user);
    if (!rc && !user.is_enabled)
        rc = error_set(
            act->error, ERR_REFUSED, "the account %s is disabled: users enable %s first", act->name, act->name);
    if (!rc && !is_at_machine(act)) /* who lost the telephone may well be the last one, and then the machine helps */
        rc = keep_supervisor(act, &user);
    if (rc)
        return rc;
    *ret_role = (enum role)role_from_word(user.role);
    rc = end_visits(act, &ended);
    if (!rc)
        rc = give_pass(act, *ret_role, ret_token);
    forget(&user);
    if (!rc)
        rc = users_put(act->core->store, &user);
    if (!rc)
        rc = users_set_codes(act->core->store, user.id, NULL, 0);
    return rc ? rc : audit_given(act, "user.reset", "");
}

int staff_enable(const struct staff_act *act, bool is_enabled)
{
    struct user_row user;
    int64_t ended = 0;
    int rc = take(act, &user);
    if (!rc && user.is_enabled == is_enabled)
        rc = error_set(
            act->error, ERR_REFUSED, "the account %s is %s already", act->name, is_enabled ? "enabled" : "disabled");
    if (!rc && !is_enabled)
        rc = keep_supervisor(act, &user);
    if (rc)
        return rc;
    user.is_enabled = is_enabled;
    rc = users_put(act->core->store, &user);
    if (!rc)
        rc = end_visits(act, &ended);
    return rc ? rc : audit(act, is_enabled ? "user.enabled" : "user.disabled", "");
}

int staff_change(const struct staff_act *act, const char *role, const char *contact)
{
    struct user_row user;
    int64_t ended = 0;
    int rc = take(act, &user);
    bool is_new_role = !rc && role && !str_equal(role, user.role);
    if (is_new_role)
        rc = keep_supervisor(act, &user);
    if (!rc && contact)
        rc = set_contact(act, contact, &user);
    if (rc)
        return rc;
    if (is_new_role)
        str_copy(user.role, sizeof user.role, role);
    rc = users_put(act->core->store, &user);
    if (!rc)
        rc = end_visits(act, &ended);
    if (rc || !is_new_role)
        return rc ? rc : audit(act, "user.changed", "contact");
    return audit_given(act, "user.changed", user.role);
}

int staff_log_out(const struct staff_act *act, int64_t *ret_ended)
{
    int rc = end_visits(act, ret_ended);
    return rc ? rc : audit(act, "user.out", "");
}
