/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_workerpeers - which user may be which worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <unistd.h>

#include "gateway/core/workerpeers.h"
#include "gateway/core/workers.h"

static const struct workerpeers PEERS = { .own = 900, .group = 901, .sender = 910, .modem = 920 };
static const struct workerpeers SMALL = {
    .own = 900, .group = 901, .sender = WORKERPEERS_NOBODY, .modem = WORKERPEERS_NOBODY
};

static void each_user_may_be_only_what_it_is_named_after(void **state)
{
    const struct {
        const char *label;
        const struct workerpeers *peers;
        uid_t uid;
        gid_t gid;
        const char *role;
        bool want;
    } rows[] = {
        { "root connects", &PEERS, 0, 0, NULL, true },
        { "root is a modem", &PEERS, 0, 0, WORKERS_MODEM, true },
        { "the daemon's own user connects", &PEERS, 900, 5, NULL, true },
        { "the daemon's own user is a modem", &PEERS, 900, 5, WORKERS_MODEM, true },
        { "a stranger does not connect", &PEERS, 1000, 1000, NULL, false },
        { "a stranger is nothing", &PEERS, 1000, 1000, WORKERS_SENDER, false },
        { "the sender connects", &PEERS, 910, 901, NULL, true },
        { "the sender outside the group does not", &PEERS, 910, 910, NULL, false },
        { "the sender sends", &PEERS, 910, 901, WORKERS_SENDER, true },
        { "the sender is no modem", &PEERS, 910, 901, WORKERS_MODEM, false },
        { "the modem connects", &PEERS, 920, 901, NULL, true },
        { "the modem is a modem", &PEERS, 920, 901, WORKERS_MODEM, true },
        { "the modem does not send", &PEERS, 920, 901, WORKERS_SENDER, false },
        { "another of the group may be either", &PEERS, 930, 901, WORKERS_MODEM, true },
        { "without users of their own the group decides", &SMALL, 930, 901, WORKERS_SENDER, true },
        { "no user is not everybody", &SMALL, WORKERPEERS_NOBODY, 5, NULL, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (workerpeers_may(rows[i].peers, rows[i].uid, rows[i].gid, rows[i].role) != rows[i].want)
            fail_msg("%s", rows[i].label);
}

static void own_user_and_group_are_read(void **state)
{
    struct workerpeers peers;
    (void)state;
    workerpeers_read(&peers);
    assert_int_equal(peers.own, geteuid());
    assert_int_equal(peers.group, getegid());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_user_may_be_only_what_it_is_named_after),
        cmocka_unit_test(own_user_and_group_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
