/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * attempts - failures of coming in are counted by account and by network, and cost time.
 * Keeps: a name that is no account is counted like one that is, so that the delay tells nothing. A network from which
 * that account came in lately has a count of its own: failures from elsewhere do not keep its owner out.
 * Not here: how long (delays).
 */
#ifndef GATEWAY_CORE_ATTEMPTS_H
#define GATEWAY_CORE_ATTEMPTS_H

#include "gateway/core/core.h"

#define ATTEMPTS_NETWORK_MAX 64
#define ATTEMPTS_KNOWN_MS (30 * 24 * 60 * 60 * 1000LL) /* so long a network stays known to an account */

struct attempt {
    const char *name;                   /* may be anything */
    bool is_account;                    /* there is an account of that name */
    char network[ATTEMPTS_NETWORK_MAX]; /* "" = this host: there is nobody to tell apart */
    int64_t now_ms;
};
/* "203.0.113.0/24" or "2001:db8:1:2::/64" of an address; "" for what is none. */
void attempts_network(const char *address, char *ret_text, size_t size);
/* 0: it may be tried. */
int attempts_wait(struct core *core, const struct attempt *attempt, int64_t *ret_wait_ms) MUST_CHECK;
int attempts_failed(struct core *core, const struct attempt *attempt) MUST_CHECK;
int attempts_succeeded(struct core *core, const struct attempt *attempt) MUST_CHECK;
/* Forgets what is over. */
int attempts_keep_house(struct core *core, int64_t now_ms) MUST_CHECK;

#endif
