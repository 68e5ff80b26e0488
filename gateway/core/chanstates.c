/* SPDX-License-Identifier: GPL-3.0-or-later */
/* chanstates - see chanstates.h. */
#include "gateway/core/chanstates.h"

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"

struct chanstate *chanstates_find(struct chanstates *states, const char *name)
{
    for (unsigned i = 0; i < states->count; i++)
        if (str_equal(states->all[i].name, name))
            return &states->all[i];
    if (states->count == CONFIG_CHANNELS_MAX)
        return NULL;
    struct chanstate *state = &states->all[states->count++];
    *state = (struct chanstate){ .next_due = 0 };
    str_copy(state->name, sizeof state->name, name);
    return state;
}

void chanstates_record(struct chanstates *states, const char *name, enum outcome outcome)
{
    struct chanstate *state = chanstates_find(states, name);
    if (!state)
        return;
    bool was_resting = state->breaker.open_until_ms != 0;
    breaker_record(&state->breaker, outcome, clock_mono_ms());
    bool is_resting = state->breaker.open_until_ms != 0;
    if (outcome == OUTCOME_sent)
        state->last_sent_at = clock_now_ms();
    states->has_alarm = states->has_alarm || outcome == OUTCOME_bad_config;
    if (outcome == OUTCOME_bad_config)
        log_event(LOG_LEVEL_ERROR, EV_channel_paused, F_WORD("channel", name), F_WHY(outcome_sentence(outcome)));
    else if (is_resting && !was_resting)
        log_event(
            LOG_LEVEL_ERROR, EV_channel_resting, F_WORD("channel", name), F_INT("failures", state->breaker.failures));
    else if (was_resting && !is_resting)
        log_event(LOG_LEVEL_NOTICE, EV_channel_recovered, F_WORD("channel", name));
}

void chanstates_renew(struct chanstates *states, const struct config *config)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < states->count; i++) {
        struct chanstate state = states->all[i];
        if (!config_find_channel(config, state.name))
            continue;
        state.breaker = (struct breaker){ 0 };
        state.next_due = 0;
        states->all[kept++] = state;
    }
    states->count = kept;
}

bool chanstates_resume(struct chanstates *states, const char *name)
{
    for (unsigned i = 0; i < states->count; i++) {
        struct chanstate *state = &states->all[i];
        if (!str_equal(state->name, name) || !state->breaker.is_paused)
            continue;
        state->breaker = (struct breaker){ 0 };
        state->next_due = 0;
        return true;
    }
    return false;
}

bool chanstates_take_alarm(struct chanstates *states)
{
    bool has_alarm = states->has_alarm;
    states->has_alarm = false;
    return has_alarm;
}
