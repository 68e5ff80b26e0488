/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * workerpeers - which user may be which worker.
 * Why:   a worker speaks with strangers all day and may be taken over one day. The sender must not be able to say "I am
 *        the modem" and hand in messages that nobody wrote, nor the modem to take the jobs (and the secrets) of the
 * sender. Keeps: pure but for workerpeers_read. Not here: sockets (workers).
 */
#ifndef GATEWAY_CORE_WORKERPEERS_H
#define GATEWAY_CORE_WORKERPEERS_H

#include <stdbool.h>
#include <sys/types.h>

#define WORKERPEERS_NOBODY ((uid_t)-1)

struct workerpeers {
    uid_t own;
    gid_t group;
    uid_t sender, modem; /* WORKERPEERS_NOBODY = the machine has no such user */
};

/* Of this process, and the users helpline-sender and helpline-modem of systemd/helplined.sysusers where they exist. */
void workerpeers_read(struct workerpeers *ret_peers);

/* role: WORKERS_SENDER, WORKERS_MODEM, or NULL = before it has said one. Root may do anything anyhow; any other must be
 * of our own user or of our group, and the two users of their own may be only what they are named after. */
bool workerpeers_may(const struct workerpeers *peers, uid_t uid, gid_t gid, const char *role);

#endif
