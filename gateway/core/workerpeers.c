/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workerpeers - see workerpeers.h. */
#include "gateway/core/workerpeers.h"

#include <pwd.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/core/workers.h"

#define PASSWD_LINE_MAX 4096

static uid_t uid_of(const char *user)
{
    struct passwd entry, *found = NULL;
    char line[PASSWD_LINE_MAX];
    return getpwnam_r(user, &entry, line, sizeof line, &found) == 0 && found ? found->pw_uid : WORKERPEERS_NOBODY;
}

void workerpeers_read(struct workerpeers *ret_peers)
{
    *ret_peers = (struct workerpeers){
        .own = geteuid(), .group = getegid(), .sender = uid_of("helpline-sender"), .modem = uid_of("helpline-modem")
    };
}

bool workerpeers_may(const struct workerpeers *peers, uid_t uid, gid_t gid, const char *role)
{
    if (uid == 0 || uid == peers->own)
        return true;
    if (role && uid == peers->sender)
        return str_equal(role, WORKERS_SENDER);
    if (role && uid == peers->modem)
        return str_equal(role, WORKERS_MODEM);
    return gid == peers->group;
}
