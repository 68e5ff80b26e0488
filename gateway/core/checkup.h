/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checkup - one channel looked over: its secret proved against a request that we make ourselves, its address, its way
 *           out, and what came and went lately.
 * Keeps: nothing is sent and nothing is stored; no sentence holds a secret, a number or a text.
 * Not here: how a provider signs (build_self_test of handlers/channel.h); printing (verbs_channels).
 */
#ifndef GATEWAY_CORE_CHECKUP_H
#define GATEWAY_CORE_CHECKUP_H

#include "gateway/core/core.h"
#include "gateway/core/dispatch.h"

enum checkup_state { CHECKUP_OK, CHECKUP_WRONG, CHECKUP_UNKNOWN };

/* check is a fixed word; sentence says what was seen, and for `wrong` what to do. */
typedef void (*checkup_fn)(void *context, const char *check, enum checkup_state state, const char *sentence);

const char *checkup_word(enum checkup_state state);
/* Errors are those of the store, or ERR_NOMEM. */
int checkup_run(struct core *core, struct dispatch *dispatch, const struct config_channel *channel, int64_t now_ms,
    checkup_fn fn, void *context) MUST_CHECK;

/* The address that is typed at the provider, seen from channel `name`; for tests. has_neighbour: the other side of the
 * channel is on this machine too. */
enum checkup_state checkup_judge_url(
    const char *url, const char *name, bool has_neighbour, char *ret_sentence, size_t size);

#endif
