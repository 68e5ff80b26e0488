/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * users - accounts of people who come into the console, and their recovery codes.
 * Keeps: a name is given once; an account that was made is never deleted, because the audit names it: it is disabled.
 * Not here: what a password or a code must be, and who may change what (core/accounts).
 */
#ifndef GATEWAY_STORE_USERS_H
#define GATEWAY_STORE_USERS_H

#include "gateway/store/db.h"

#define USERS_MAX 200 /* accounts; a help line has a handful */
#define USERS_ROLE_MAX 16
#define USERS_PASSWORD_MAX 160 /* an Argon2id string, with NUL */
#define USERS_SECRET_MAX 128   /* sealed */

struct user_row {
    int64_t id;
    char name[NAME_MAX_LEN], role[USERS_ROLE_MAX];
    char contact[NAME_MAX_LEN]; /* "" = is no contact of the line */
    bool is_enabled;
    int64_t created_at, enrolled_at, signed_in_at; /* 0 = never */
    char password[USERS_PASSWORD_MAX];             /* "" = has none yet */
    unsigned char secret[USERS_SECRET_MAX];
    size_t secret_len;
    int64_t last_step; /* of the time code that was accepted last */
};
/* Writes ret_row->id. ERR_EXISTS: the name is taken. ERR_LIMIT: there are USERS_MAX. */
int users_add(struct store *store, struct user_row *row) MUST_CHECK;
int users_get(struct store *store, const char *name, struct user_row *ret_row) MUST_CHECK; /* ERR_NOT_FOUND */
int users_put(struct store *store, const struct user_row *row) MUST_CHECK;                 /* by its id */
typedef int (*user_row_fn)(void *context, const struct user_row *row);
int users_list(struct store *store, user_row_fn fn, void *context) MUST_CHECK; /* by name */
/* Enabled accounts of that role that have set their password and factor, but for one (0 = none). */
int users_count(struct store *store, const char *role, int64_t but_id, int64_t *ret_count) MUST_CHECK;

/* The old codes of that user go. */
int users_set_codes(
    struct store *store, int64_t user, const unsigned char (*tags)[STORE_TAG_LEN], unsigned count) MUST_CHECK;
int users_take_code(struct store *store, int64_t user, const unsigned char *tag) MUST_CHECK; /* ERR_NOT_FOUND */
int users_count_codes(struct store *store, int64_t user, int64_t *ret_count) MUST_CHECK;

#endif
