/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retry - see retry.h. */
#include "gateway/core/retry.h"

static int64_t add_jitter(int64_t delay, int64_t retry_after_s, unsigned jitter)
{
    delay += delay * (int64_t)(jitter & 0xffff) / (4 * 0x10000);
    if (retry_after_s <= 0)
        return delay;
    int64_t asked = retry_after_s > RETRY_AFTER_MAX_MS / 1000 ? RETRY_AFTER_MAX_MS : retry_after_s * 1000;
    return asked > delay ? asked : delay;
}

int64_t retry_network_ms(unsigned attempt, int64_t retry_after_s, unsigned jitter)
{
    static const int64_t ladder_s[] = { 10, 60, 300, 900, 3600 };
    const unsigned steps = sizeof ladder_s / sizeof ladder_s[0];
    unsigned step = attempt < 1 ? 0 : attempt > steps ? steps - 1 : attempt - 1;
    return add_jitter(ladder_s[step] * 1000, retry_after_s, jitter);
}

int64_t retry_delay_ms(const struct retry_curve *curve, unsigned attempt, int64_t retry_after_s, unsigned jitter)
{
    int64_t delay = curve->first_ms;
    for (unsigned i = 1; i < attempt && delay < curve->max_ms; i++)
        delay *= 2;
    if (delay > curve->max_ms)
        delay = curve->max_ms;
    return add_jitter(delay, retry_after_s, jitter);
}

enum state retry_next_state(enum outcome outcome, bool is_once, unsigned attempt, unsigned attempts_max)
{
    if (outcome == OUTCOME_sent)
        return STATE_outbox_sent;
    if (is_once && (outcome == OUTCOME_uncertain || outcome == OUTCOME_unparseable))
        return STATE_outbox_dead;
    if (!outcome_is_retried(outcome) || attempt >= attempts_max)
        return STATE_outbox_dead;
    return STATE_outbox_queued;
}

void breaker_record(struct breaker *breaker, enum outcome outcome, int64_t mono_ms)
{
    if (!outcome_hurts_channel(outcome)) {
        *breaker = (struct breaker){ 0 };
        return;
    }
    breaker->failures++;
    if (outcome == OUTCOME_bad_config) {
        breaker->is_paused = true;
        breaker->open_until_ms = mono_ms + BREAKER_PAUSE_MS;
        return;
    }
    /* What was in flight when the rest began comes back one after the other: one burst is one reason to rest. */
    if (breaker->failures < BREAKER_FAILURES_MAX || mono_ms < breaker->open_until_ms)
        return;
    breaker->rest_ms = breaker->rest_ms ? breaker->rest_ms * 2 : BREAKER_REST_MS;
    if (breaker->rest_ms > BREAKER_REST_MAX_MS)
        breaker->rest_ms = BREAKER_REST_MAX_MS;
    breaker->open_until_ms = mono_ms + breaker->rest_ms;
}

unsigned breaker_allowance(const struct breaker *breaker, unsigned in_flight_max, int64_t mono_ms)
{
    if (mono_ms < breaker->open_until_ms)
        return 0;
    return breaker->open_until_ms ? 1 : in_flight_max;
}
