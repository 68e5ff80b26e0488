/* SPDX-License-Identifier: GPL-3.0-or-later */
/* accounts_parts - what accounts.c and accounts_enrol.c share. */
#ifndef GATEWAY_CORE_ACCOUNTS_PARTS_H
#define GATEWAY_CORE_ACCOUNTS_PARTS_H

#include "gateway/core/accounts.h"
#include "gateway/core/hasher.h"

/* Six digits as somebody types them, with spaces or a hyphen; ret_code: TOTP_DIGITS and NUL. */
bool accounts_read_code(struct span typed, char *ret_code);
void accounts_end(struct accounts_answer *answer, enum accounts_end end, const char *why);
/* LATER and BUSY are answers of their own. */
bool accounts_is_later(enum hasher_end end, struct accounts_answer *answer);
int accounts_audit(struct core *core, const char *actor, const char *action, const char *object, const char *detail,
    int64_t now_ms) MUST_CHECK;
int accounts_audit_own(
    struct core *core, const char *name, const char *action, const char *detail, int64_t now_ms) MUST_CHECK;
struct vault_place accounts_place(int64_t user);
void accounts_wipe(struct user_row *user);

#endif
