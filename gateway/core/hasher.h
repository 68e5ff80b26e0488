/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hasher - works passwords out beside the loop, on the one thread of the daemon that is not the loop.
 * Why:   Argon2id takes a tenth of a second and 64 MiB; inside the turn, a flood of sign-ins would hold up the alerts.
 * One thread, so that a second core stays with the intake and the memory of one is the bound.
 * Keeps: at most HASHER_QUEUE_MAX wait; an asker that comes again with the same owner gets its own answer; passwords
 * are wiped when they are worked out. The thread touches its queue and nothing else of the program: no store, no log.
 */
#ifndef GATEWAY_CORE_HASHER_H
#define GATEWAY_CORE_HASHER_H

#include "gateway/base/loop.h"
#include "gateway/vault/passhash.h"

#define HASHER_QUEUE_MAX 8
#define HASHER_PASSWORD_MAX 512 /* bytes */

struct hasher;
enum hasher_end {
    HASHER_LATER, /* it is being worked out: ask again with the same when hasher_is_ready */
    HASHER_BUSY,  /* too many wait */
    HASHER_YES,
    HASHER_NO
};

int hasher_new(const struct passhash_cost *cost, struct hasher **ret_hasher) MUST_CHECK;
/* Wakes the loop whenever an answer is ready. */
int hasher_watch(struct hasher *hasher, struct loop *loop) MUST_CHECK;
/* Waits for what is being worked out at this moment, and drops the rest. After loop_free. */
void hasher_free(struct hasher *hasher);
int hasher_fd(const struct hasher *hasher); /* readable when an answer is ready */

/* Is that the password behind stored? stored "" = of nobody: it takes as long, and is no. With YES, ret_renewed
 * (PASSHASH_MAX bytes) is the hash at today's cost if stored is of another, else "". A longer password than
 * HASHER_PASSWORD_MAX is NO, after the same time. */
enum hasher_end hasher_check(
    struct hasher *hasher, const void *owner, struct span password, const char *stored, char *ret_renewed);
/* YES: ret_hash (PASSHASH_MAX bytes) is what to store. NO: there was no memory for it, or the password is too long. */
enum hasher_end hasher_make(struct hasher *hasher, const void *owner, struct span password, char *ret_hash);

/* Would asking again not give HASHER_LATER? */
bool hasher_is_ready(struct hasher *hasher, const void *owner);
/* The owner has its answer, or does not want it any more. */
void hasher_forget(struct hasher *hasher, const void *owner);

#endif
