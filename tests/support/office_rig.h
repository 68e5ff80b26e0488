/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office_rig - a line with nobody at it, whose verbs are run as helplinectl runs them. For cmocka tests. */
#ifndef TESTS_SUPPORT_OFFICE_RIG_H
#define TESTS_SUPPORT_OFFICE_RIG_H

#include "gateway/core/verbs.h"
#include "tests/support/core_rig.h"
#include "tests/support/peer_rig.h"

struct office {
    struct core_rig core;
    struct peer_rig peers;
    struct dispatch *dispatch;
    json_t *rows;
    char why[256];
};

/* Set up and take down: *state is a struct office. */
int office_open(void **state);
int office_close(void **state);
/* Runs a verb as uid:7 in a transaction of its own, as control does: rows and why are left in office. args: JSON. */
int office_run(struct office *office, const char *words, const char *args);
const json_t *office_row(const struct office *office, size_t index);

#endif
