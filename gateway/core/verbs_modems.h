/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_modems - what other verbs say of modems: in the list of channels, and under health. */
#ifndef GATEWAY_CORE_VERBS_MODEMS_H
#define GATEWAY_CORE_VERBS_MODEMS_H

#include "gateway/core/verbs.h"

/* Adds the columns of a modem to a row; of another channel they are empty. */
int verbs_modems_describe(const struct verb_call *call, const struct config_channel *channel, json_t *row) MUST_CHECK;
/* "ok", or what keeps that modem from working; "ok" for what is no modem. */
const char *verbs_modems_state(const struct verb_call *call, const struct config_channel *channel);

struct modems_summary {
    unsigned count, well;
    char troubled[NAME_MAX_LEN]; /* the first one that is not well; "" = none */
};
void verbs_modems_sum_up(const struct verb_call *call, struct modems_summary *ret_summary);
/* One row of section `modem` for each. */
int verbs_modems_health(struct verb_call *call) MUST_CHECK;

#endif
