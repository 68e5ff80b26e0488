/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * passes - one-time passes into the console, given by whoever stands at the machine.
 * Why:   the right to come in begins at the host (helplinectl users pass), so no page can give it to itself.
 * Keeps: a pass is 32 random bytes, of which a keyed tag alone is kept, in memory; it opens once, within PASSES_MS. A
 * pass of an account lets nobody in: with it password and factor are set (accounts), once, within PASSES_ACCOUNT_MS.
 */
#ifndef GATEWAY_CORE_PASSES_H
#define GATEWAY_CORE_PASSES_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/model.h"
#include "gateway/vault/vault.h"

#define PASSES_MAX 32
#define PASSES_MS (10 * 60 * 1000)
#define PASSES_ACCOUNT_MS (24 * 60 * 60 * 1000LL) /* it has to reach its person by a safe way */
#define PASSES_SECRET_LEN 20
#define PASSES_TOKEN_LEN 64 /* hexadecimal */

enum role { ROLE_viewer, ROLE_caseworker, ROLE_supervisor, ROLE_auditor, ROLE_COUNT };
const char *role_word(enum role role);
int role_from_word(const char *word); /* -1 when it is none */

struct pass {
    unsigned char tag[VAULT_TAG_LEN];
    char name[NAME_MAX_LEN];
    enum role role;
    int64_t until_ms; /* 0 = free */
    bool is_account;
    const void *taken_by;                    /* who uses it up, in a turn that is not committed yet; NULL = nobody */
    unsigned char secret[PASSES_SECRET_LEN]; /* of the account's time codes, until they are set */
};
struct passes {
    struct pass list[PASSES_MAX];
    unsigned (*end_visits)(void *context, const char *name); /* of who is in; how many ended. NULL = nobody can be in */
    void *context;
};

/* Writes PASSES_TOKEN_LEN characters and a NUL. An older pass of that name is void. ERR_LIMIT when too many wait. */
int passes_give(struct passes *passes, const struct vault *vault, const char *name, enum role role, int64_t now_ms,
    char *ret_token) MUST_CHECK;
/* The same for the account of that name: nobody comes in by it. */
int passes_give_account(struct passes *passes, const struct vault *vault, const char *name, enum role role,
    int64_t now_ms, char *ret_token) MUST_CHECK;
/* The pass of an account, which is not used up: whether something is to be set stands in the account. NULL: none. */
const struct pass *passes_look(
    const struct passes *passes, const struct vault *vault, struct span token, int64_t now_ms);
/* Whoever has that name is out, and a pass that waits for it is void. Returns how many visits ended. */
unsigned passes_end(struct passes *passes, const char *name);
/* Uses it up, for the owner (a request) and once that is settled. ERR_NOT_FOUND: unknown, used, too old, or of an
 * account. */
int passes_take(struct passes *passes, const struct vault *vault, struct span token, const void *owner, int64_t now_ms,
    struct pass *ret_pass) MUST_CHECK;
/* What the owner took is used up when what it did with it is committed, and waits again when that was undone. */
void passes_settle(struct passes *passes, const void *owner, bool is_done);

#endif
