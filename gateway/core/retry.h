/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * retry - when the next try is due, and when a channel rests. Pure, and the whole curve is here.
 * Keeps: delays double from the channel's first to its largest, with a quarter of jitter, so that a recovered channel
 * is not met by everybody at once; Retry-After of the remote side is obeyed, within one hour.
 */
#ifndef GATEWAY_CORE_RETRY_H
#define GATEWAY_CORE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/model.h"

#define RETRY_AFTER_MAX_MS (60 * 60 * 1000)

struct retry_curve {
    int64_t first_ms, max_ms;
    unsigned attempts_max;
};

/* Delay before the try after `attempt` tries (1 = after the first). jitter is a uniform number of 0..65535. */
int64_t retry_delay_ms(const struct retry_curve *curve, unsigned attempt, int64_t retry_after_s, unsigned jitter);

/* The same for a network of SMS, which is away for minutes or hours and not for seconds: 10 s, then 1, 5, 15, 60 min.
 */
int64_t retry_network_ms(unsigned attempt, int64_t retry_after_s, unsigned jitter);

/* What becomes of a row whose try ended so: queued again, sent or dead. What goes out at most once (a reply to the
 * person, a test of the line) is never repeated once it may have gone out. */
enum state retry_next_state(enum outcome outcome, bool is_once, unsigned attempt, unsigned attempts_max);

/* A circuit breaker: after FAILURES_MAX harmful outcomes in a row the channel rests, then one try at a time probes it.
 */
#define BREAKER_FAILURES_MAX 5
#define BREAKER_REST_MS 10000
#define BREAKER_REST_MAX_MS 300000
#define BREAKER_PAUSE_MS 300000 /* bad_config: rest at once, this long */
struct breaker {
    unsigned failures;
    int64_t open_until_ms; /* monotonic; 0 = closed */
    int64_t rest_ms;
    bool is_paused; /* for bad_config: the operator was told */
};
void breaker_record(struct breaker *breaker, enum outcome outcome, int64_t mono_ms);
/* How many rows may be in flight now, given the channel's own maximum. */
unsigned breaker_allowance(const struct breaker *breaker, unsigned in_flight_max, int64_t mono_ms);

#endif
