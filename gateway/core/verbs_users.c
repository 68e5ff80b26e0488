/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_users - who may come into the console: passes, given by whoever stands at the machine. */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/passes.h"
#include "gateway/core/verbs.h"

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    return len >= 2 && len < NAME_MAX_LEN && name[0] >= 'a' && name[0] <= 'z' &&
           len == strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-");
}

/* A pass is for people of the host: a visitor of the console cannot make another visitor. */
int verb_users_pass(struct verb_call *call)
{
    char token[PASSES_TOKEN_LEN + 1], address[512];
    const char *name = verb_text(call, "name"), *base = call->core->config->public_url;
    int role = role_from_word(verb_text(call, "role"));
    if (!is_name(name))
        return verb_usage(call, "NAME is two or more of a-z, 0-9, - and _, and begins with a letter");
    if (role < 0)
        return verb_usage(call, "ROLE is viewer, caseworker, supervisor or auditor");
    if (!str_starts(call->actor, "uid:") || !call->core->passes)
        return verb_refuse(call, "a pass is given at the machine itself, with helplinectl");
    int rc = passes_give(call->core->passes, call->core->vault, name, (enum role)role, call->now_ms, token);
    if (rc == ERR_LIMIT)
        return verb_refuse(call, "too many passes wait to be used: try again in ten minutes");
    if (rc)
        return rc;
    snprintf(address, sizeof address, "%s/enter/%s", base ? base : "", token);
    verb_row(call, json_pack("{s:s, s:s, s:o, s:s}", "name", name, "role", role_word((enum role)role), "until",
                       verb_time(call->now_ms + PASSES_MS), "address", address));
    return verb_audit(call, "user.pass", 0, name, role_word((enum role)role));
}

int verb_users_out(struct verb_call *call)
{
    const char *name = verb_text(call, "name");
    if (!is_name(name))
        return verb_usage(call, "NAME is two or more of a-z, 0-9, - and _, and begins with a letter");
    if (!str_starts(call->actor, "uid:") || !call->core->passes)
        return verb_refuse(call, "people are put out at the machine itself, with helplinectl");
    unsigned ended = passes_end(call->core->passes, name);
    snprintf(call->why, sizeof call->why, ended ? "%s is out" : "%s was not in; a pass that waited is void", name);
    return verb_audit(call, "user.out", 0, name, "");
}
