/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * staff - who has an account: made, changed, disabled, made to begin anew; each of it ends the visits of that person.
 * Why:   an account is made by somebody else, and its password and factor by its person alone: so what is given is a
 * pass. Keeps: nobody changes an account of his own from the console, so nobody can lock himself out or raise himself;
 * at least one supervisor who can come in remains, but for who stands at the machine and insists. All of it is on
 * record. Not here: coming in (accounts).
 */
#ifndef GATEWAY_CORE_STAFF_H
#define GATEWAY_CORE_STAFF_H

#include "gateway/core/core.h"
#include "gateway/core/passes.h"

struct staff_act {
    struct core *core;
    const char *actor; /* "uid:0" is at the machine, "user:maria" in the console */
    const char *name;  /* whose account */
    bool is_forced;    /* also the last supervisor; counts at the machine only */
    int64_t now_ms;
    struct error *error; /* ERR_REFUSED and ERR_LIMIT: why, to the actor */
};

#define STAFF_FINDING "account_given"
#define STAFF_NAME_RULE "NAME is two or more of a-z, 0-9, - and _, and begins with a letter"
bool staff_is_name(const char *name);

/* contact: who of the configured contacts this is, "" = none. ret_token: PASSES_TOKEN_LEN and NUL. Audits user.added.
 */
int staff_add(const struct staff_act *act, enum role role, const char *contact, char *ret_token) MUST_CHECK;
/* Password, factor and codes are forgotten; a new pass is given. Audits user.reset. */
int staff_reset(const struct staff_act *act, enum role *ret_role, char *ret_token) MUST_CHECK;
/* Audit user.disabled, user.enabled. */
int staff_enable(const struct staff_act *act, bool is_enabled) MUST_CHECK;
/* NULL = as it is. Audits user.changed. */
int staff_change(const struct staff_act *act, const char *role, const char *contact) MUST_CHECK;
/* Also of who came in without an account, and of a pass that waits. Audits user.out. */
int staff_log_out(const struct staff_act *act, int64_t *ret_ended) MUST_CHECK;

#endif
