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

int passes_give(
    struct passes *passes, const struct vault *vault, const char *name, enum role role, int64_t now_ms, char *ret_token)
{
    void_pass(passes, name);
    struct pass *pass = find_free(passes, now_ms);
    if (!pass)
        return ERR_LIMIT;
    vault_random_hex(ret_token, PASSES_TOKEN_LEN + 1);
    vault_tag(vault, "pass", span_of(ret_token), pass->tag);
    str_copy(pass->name, sizeof pass->name, name);
    pass->role = role;
    pass->until_ms = now_ms + PASSES_MS;
    return 0;
}

int passes_take(
    struct passes *passes, const struct vault *vault, struct span token, int64_t now_ms, struct pass *ret_pass)
{
    unsigned char tag[VAULT_TAG_LEN];
    vault_tag(vault, "pass", token, tag);
    for (int i = 0; i < PASSES_MAX; i++) {
        struct pass *pass = &passes->list[i];
        if (pass->until_ms <= now_ms || memcmp(pass->tag, tag, sizeof tag) != 0)
            continue;
        *ret_pass = *pass;
        *pass = (struct pass){ .until_ms = 0 };
        return 0;
    }
    return ERR_NOT_FOUND;
}
