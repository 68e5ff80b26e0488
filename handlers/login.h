/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * login - the proofs that a provider writes out: HTTP Basic (RFC 7617), a bearer token (RFC 6750), a secret in the
 * path. Keeps: constant time in the secret; an empty secret proves nothing; a password may hold colons, a user name
 * none.
 */
#ifndef HANDLERS_LOGIN_H
#define HANDLERS_LOGIN_H

#include "gateway/base/model.h"

/* passwords ends with NULL; "" is skipped. */
bool login_is_basic(const struct request *request, const char *user, const char *const *passwords);
/* The token of "Authorization: Bearer", borrowed; false when there is none. */
bool login_find_bearer(const struct request *request, struct span *ret_token);
/* Is the secret the last part of the path, after "/message/" or "/status/"? */
bool login_is_path_secret(const struct request *request, const char *secret);

#endif
