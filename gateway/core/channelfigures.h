/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channelfigures - the part of /metrics that speaks of channels, modems and tests of the line; see scrape.h. */
#ifndef GATEWAY_CORE_CHANNELFIGURES_H
#define GATEWAY_CORE_CHANNELFIGURES_H

#include "gateway/core/core.h"
#include "gateway/core/dispatch.h"
#include "gateway/store/tally.h"

#define FIGURE_NONE INT64_MIN /* not known: no sample */

struct channel_figures {
    char name[NAME_MAX_LEN], kind[NAME_MAX_LEN];
    const char *state;
    int64_t received, failures, in_flight, last_received_at, last_sent_at, list_failures;
    int64_t ready, signal, registration, credit /* hundredths */, used, slots, restarts;
};
struct loop_figures {
    char from[NAME_MAX_LEN], to[NAME_MAX_LEN];
    int64_t failing, latency_ms, passed_at;
};
struct line_figures {
    unsigned channel_count, loop_count;
    struct channel_figures channels[CONFIG_CHANNELS_MAX];
    struct loop_figures loops[CONFIG_LOOP_TESTS_MAX];
};

/* Asks the database. */
int channelfigures_gather(
    struct core *core, struct dispatch *dispatch, const struct tally *tally, struct line_figures *ret_line) MUST_CHECK;
void channelfigures_write(const struct line_figures *line, struct buf *out);

#endif
