/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chanstates - how each sending channel is doing: its breaker, and when dispatch should look at it again.
 * Keeps: in memory only; a restart or a reload tries every channel anew. Every pause, rest and recovery is logged.
 * Not here: the breaker's rules (retry), what is done about a channel that is paused (elsewhere).
 */
#ifndef GATEWAY_CORE_CHANSTATES_H
#define GATEWAY_CORE_CHANSTATES_H

#include "config/config.h"
#include "gateway/core/retry.h"

struct chanstate {
    char name[NAME_MAX_LEN];
    struct breaker breaker;
    int64_t next_due;     /* UTC ms; INT64_MAX = nothing queued */
    int64_t last_sent_at; /* UTC ms; 0 = not since the start */
    int64_t next_seek;    /* while it is paused: when the next of its alerts should have left */
};
struct chanstates {
    struct chanstate all[CONFIG_CHANNELS_MAX];
    unsigned count;
    bool has_alarm; /* one was paused since chanstates_take_alarm */
};

/* The state of that channel, a new one if need be; NULL when there are too many. */
struct chanstate *chanstates_find(struct chanstates *states, const char *name);
void chanstates_record(struct chanstates *states, const char *name, enum outcome outcome);
/* A reload may have repaired a channel, so each is tried anew; and names that are gone make room for others. */
void chanstates_renew(struct chanstates *states, const struct config *config);
/* If it is paused, it is not any more; false when it was not. */
bool chanstates_resume(struct chanstates *states, const char *name);
bool chanstates_take_alarm(struct chanstates *states);

#endif
