/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * house - the daemon's turns in a process of their own, over virtual time, to be killed at any moment.
 * What:  the real daemon object behind its real sockets, but both clocks are two numbers that the simulator sets, and
 *        the daemon turns only when it is told to. house_kill_after ends it by SIGKILL at the n-th operation on its
 *        files: before a commit, in the middle of one, or between a commit and the answers that wait for it.
 * Keeps: nothing waits for real time. A killed process loses no byte that it has written, so the sync of the disk is
 *        left out: what a power cut takes is the crash harness's matter (tests/crash).
 */
#ifndef TESTS_STORM_HOUSE_H
#define TESTS_STORM_HOUSE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "gateway/core/core.h"
#include "tests/storm/mistakes.h"
#include "tests/support/lineconf.h"

struct house_shared; /* seen by both processes */

struct house {
    struct lineconf folder;
    struct config *config;
    struct lexicon *lexicon;
    struct house_shared *shared;
    pid_t pid; /* 0 = it does not run */
    int to_child, from_child;
    int worker; /* our connection as the sender, -1 = none */
    int port;
    unsigned starts, kills;
};

/* The configuration text may name the checkout's config folder by "@ROOT@". Exits with a sentence on any failure of the
 * rig itself. */
void house_open(struct house *house, const char *config_text, int64_t now_ms, uint64_t seed, enum mistake mistake);
void house_close(struct house *house); /* ends what runs, removes the folder */

void house_set_time(struct house *house, int64_t now_ms);
void house_start(struct house *house);
/* So many turns. False when it died on the way: then it does not run any more. */
bool house_turn(struct house *house, unsigned turns);
void house_stop(struct house *house); /* in order, as by SIGTERM */
void house_kill_after(struct house *house, unsigned file_operations);
bool house_is_up(const struct house *house);

/* While it does not run: opens store and vault of the same files in this process. */
void house_look_in(struct house *house, struct core *ret_core);
void house_look_out(struct core *core);

#endif
