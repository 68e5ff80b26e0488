/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passes - see passes.h. */
#include "gateway/core/passes.h"

#include <string.h>

#include "gateway/base/str.h"

static const char *const words[ROLE_COUNT] = { "viewer", "caseworker", "supervisor", "auditor" };

const char *role_word(enum role role)
{
    return words[role];
}

int role_from_word(const char *word)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        if (str_equal(words[i], word))
            return i;
    return -1;
}

static struct pass *find_free(struct passes *passes, int64_t now_ms)
{
    for (int i = 0; i < PASSES_MAX; i++)
        if (passes->list[i].until_ms <= now_ms)
            return &passes->list[i];
    return NULL;
}

static void void_pass(struct passes *passes, const char *name)
{
    for (int i = 0; i < PASSES_MAX; i++)
        if (str_equal(passes->list[i].name, name))
            passes->list[i].until_ms = 0;
}

unsigned passes_end(struct passes *passes, const char *name)
{
    void_pass(passes, name);
    return passes->end_visits ? passes->end_visits(passes->context, name) : 0;
}

static int give(struct passes *passes, const struct vault *vault, const char *name, struct pass made, int64_t now_ms,
    char *ret_token)
{
    void_pass(passes, name);
    struct pass *pass = find_free(passes, now_ms);
    if (!pass)
        return ERR_LIMIT;
    vault_random_hex(ret_token, PASSES_TOKEN_LEN + 1);
    vault_tag(vault, "pass", span_of(ret_token), made.tag);
    str_copy(made.name, sizeof made.name, name);
    *pass = made;
    return 0;
}

int passes_give(
    struct passes *passes, const struct vault *vault, const char *name, enum role role, int64_t now_ms, char *ret_token)
{
    struct pass made = { .role = role, .until_ms = now_ms + PASSES_MS };
    return give(passes, vault, name, made, now_ms, ret_token);
}

int passes_give_account(
    struct passes *passes, const struct vault *vault, const char *name, enum role role, int64_t now_ms, char *ret_token)
{
    struct pass made = { .role = role, .until_ms = now_ms + PASSES_ACCOUNT_MS, .is_account = true };
    vault_random(made.secret, sizeof made.secret);
    return give(passes, vault, name, made, now_ms, ret_token);
}

static int find(
    const struct passes *passes, const struct vault *vault, struct span token, bool is_account, int64_t now_ms)
{
    unsigned char tag[VAULT_TAG_LEN];
    vault_tag(vault, "pass", token, tag);
    for (int i = 0; i < PASSES_MAX; i++) {
        const struct pass *pass = &passes->list[i];
        if (pass->until_ms > now_ms && pass->is_account == is_account && memcmp(pass->tag, tag, sizeof tag) == 0)
            return i;
    }
    return -1;
}

const struct pass *passes_look(
    const struct passes *passes, const struct vault *vault, struct span token, int64_t now_ms)
{
    int place = find(passes, vault, token, true, now_ms);
    return place < 0 ? NULL : &passes->list[place];
}

int passes_take(struct passes *passes, const struct vault *vault, struct span token, const void *owner, int64_t now_ms,
    struct pass *ret_pass)
{
    int place = find(passes, vault, token, false, now_ms);
    if (place < 0 || (passes->list[place].taken_by && passes->list[place].taken_by != owner))
        return ERR_NOT_FOUND;
    *ret_pass = passes->list[place];
    passes->list[place].taken_by = owner;
    return 0;
}

void passes_settle(struct passes *passes, const void *owner, bool is_done)
{
    for (int i = 0; i < PASSES_MAX; i++) {
        struct pass *pass = &passes->list[i];
        if (pass->taken_by == owner && is_done)
            *pass = (struct pass){ .until_ms = 0 };
        else if (pass->taken_by == owner)
            pass->taken_by = NULL;
    }
}
