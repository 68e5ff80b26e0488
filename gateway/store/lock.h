/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock - private to gateway/store: who may open the database, and whether anybody else has.
 * Keeps: the folder and the file belong to us alone (0700, 0600); one process holds the lock file beside the database.
 */
#ifndef GATEWAY_STORE_LOCK_H
#define GATEWAY_STORE_LOCK_H

#include "gateway/base/error.h"

/* Checks the folder, takes `path`.lock and creates the database file when there is none. ret_fd is the lock; closing it
 * frees it. ERR_EXISTS: another process holds it. ERR_REFUSED: others could read it. ERR_IO, ERR_FULL. */
int lock_take(const char *path, struct error *error, int *ret_fd) MUST_CHECK;
void lock_release(int fd); /* -1 is allowed */

#endif
