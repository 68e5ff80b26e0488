/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_users - who may come into the console: accounts, and passes of whoever stands at the machine. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/passes.h"
#include "gateway/core/staff.h"
#include "gateway/core/verbs.h"
#include "gateway/store/users.h"

static const char role_rule[] = "ROLE is viewer, caseworker, supervisor or auditor";

static struct staff_act act_of(struct verb_call *call, struct error *error)
{
    return (struct staff_act){
        .core = call->core,
        .actor = call->actor,
        .name = verb_text(call, "name"),
        .is_forced = str_equal(verb_text(call, "force"), "yes"),
        .now_ms = call->now_ms,
        .error = error,
    };
}

/* A sentence of the act is a refusal; done says what was done. */
static int end(struct verb_call *call, int rc, const struct error *error, const char *done)
{
    if (rc == ERR_REFUSED)
        return verb_refuse(call, "%s", error->text);
    if (!rc && done)
        snprintf(call->why, sizeof call->why, "%s", done);
    return rc;
}

static int say_address(
    struct verb_call *call, const struct staff_act *act, enum role role, const char *token, int64_t until_ms)
{
    char address[512];
    const char *base = call->core->config->public_url;
    snprintf(address, sizeof address, "%s/enter/%s", base ? base : "", token);
    verb_row(call, json_pack("{s:s, s:s, s:o, s:s}", "name", act->name, "role", role_word(role), "until",
                       verb_time(until_ms), "address", address));
    return 0;
}

/* ---- accounts --------------------------------------------------------------------------------------------------- */

int verb_users_add(struct verb_call *call)
{
    struct error error;
    char token[PASSES_TOKEN_LEN + 1];
    struct staff_act act = act_of(call, &error);
    int role = role_from_word(verb_text(call, "role"));
    if (!staff_is_name(act.name))
        return verb_usage(call, STAFF_NAME_RULE);
    if (role < 0)
        return verb_usage(call, role_rule);
    int rc = staff_add(&act, (enum role)role, verb_text(call, "contact"), token);
    return rc ? end(call, rc, &error, NULL)
              : say_address(call, &act, (enum role)role, token, call->now_ms + PASSES_ACCOUNT_MS);
}

int verb_users_reset(struct verb_call *call)
{
    struct error error;
    char token[PASSES_TOKEN_LEN + 1];
    enum role role = ROLE_viewer;
    struct staff_act act = act_of(call, &error);
    int rc = staff_reset(&act, &role, token);
    return rc ? end(call, rc, &error, NULL) : say_address(call, &act, role, token, call->now_ms + PASSES_ACCOUNT_MS);
}

int verb_users_enable(struct verb_call *call)
{
    struct error error;
    struct staff_act act = act_of(call, &error);
    return end(call, staff_enable(&act, true), &error, "enabled");
}

int verb_users_disable(struct verb_call *call)
{
    struct error error;
    struct staff_act act = act_of(call, &error);
    return end(call, staff_enable(&act, false), &error, "disabled, and out");
}

static const char *option(const struct verb_call *call, const char *key)
{
    return json_object_get(call->args, key) ? verb_text(call, key) : NULL;
}

int verb_users_change(struct verb_call *call)
{
    struct error error;
    struct staff_act act = act_of(call, &error);
    const char *role = option(call, "role"), *contact = option(call, "contact");
    if (!role && !contact)
        return verb_usage(call, "say what to change: --role or --contact");
    if (role && role_from_word(role) < 0)
        return verb_usage(call, role_rule);
    return end(call, staff_change(&act, role, contact), &error, "changed; the next visit is with it");
}

int verb_users_logout(struct verb_call *call)
{
    struct error error;
    int64_t ended = 0;
    struct staff_act act = act_of(call, &error);
    if (!staff_is_name(act.name))
        return verb_usage(call, STAFF_NAME_RULE);
    int rc = staff_log_out(&act, &ended);
    snprintf(
        call->why, sizeof call->why, ended ? "%s is out" : "%s was not in; an address that waited is void", act.name);
    return end(call, rc, &error, NULL);
}

static int list_user(void *context, const struct user_row *row)
{
    struct verb_call *call = context;
    int64_t codes = 0;
    int rc = users_count_codes(call->core->store, row->id, &codes);
    if (rc)
        return rc;
    verb_row(call, json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I}", "name", row->name, "role", row->role, "state",
                       row->is_enabled ? "enabled" : "disabled", "contact", row->contact, "created",
                       verb_time(row->created_at), "enrolled", verb_time(row->enrolled_at), "signed_in",
                       verb_time(row->signed_in_at), "codes_left", (json_int_t)codes));
    return 0;
}

int verb_users_list(struct verb_call *call)
{
    return users_list(call->core->store, list_user, call);
}

/* ---- passes ----------------------------------------------------------------------------------------------------- */

/* Who has an account comes in as it says. */
static int check_account(struct verb_call *call, const char *name, int role, struct user_row *user)
{
    int rc = users_get(call->core->store, name, user);
    if (rc == ERR_NOT_FOUND)
        return 0;
    if (!rc && !user->is_enabled)
        return verb_refuse(call, "the account %s is disabled", name);
    if (!rc && role_from_word(user->role) != role)
        return verb_refuse(call, "the account %s is of a %s", name, user->role);
    return rc;
}

/* A pass is for people of the host: a visitor of the console cannot make another visitor. */
int verb_users_pass(struct verb_call *call)
{
    struct error error;
    struct user_row user;
    char token[PASSES_TOKEN_LEN + 1];
    struct staff_act act = act_of(call, &error);
    int role = role_from_word(verb_text(call, "role"));
    if (!staff_is_name(act.name))
        return verb_usage(call, STAFF_NAME_RULE);
    if (role < 0)
        return verb_usage(call, role_rule);
    if (!str_starts(call->actor, "uid:") || !call->core->passes)
        return verb_refuse(call, "a pass is given at the machine itself, with helplinectl");
    int rc = check_account(call, act.name, role, &user);
    if (!rc)
        rc = passes_give(call->core->passes, call->core->vault, act.name, (enum role)role, call->now_ms, token);
    if (rc == ERR_LIMIT)
        return verb_refuse(call, "too many passes wait to be used: try again in ten minutes");
    if (rc)
        return rc;
    (void)say_address(call, &act, (enum role)role, token, call->now_ms + PASSES_MS);
    return verb_audit(call, "user.pass", 0, act.name, role_word((enum role)role));
}
