/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * waiting - why a row of the outbox has not left yet, in one fixed word for whoever looks.
 * Keeps: the first hindrance is named, in the order in which it would have to be taken away. Not here: what becomes of
 *        the row (dispatch), whether it may go at its hour (compose).
 */
#ifndef GATEWAY_CORE_WAITING_H
#define GATEWAY_CORE_WAITING_H

#include "gateway/core/dispatch.h"
#include "gateway/store/outbox.h"

/* How the channel of the row is. */
struct waiting_channel {
    bool is_configured, is_on; /* is_on: enabled, and sends */
    bool is_paused, is_resting;
    bool is_absent, is_unready; /* a modem: no driver is connected, or it is in trouble */
    bool has_sender;            /* somebody is connected who could take it */
};
void waiting_look(struct core *core, struct dispatch *dispatch, const char *channel, struct waiting_channel *ret);

/* "" when it waits no more; else one of: sending, dead, no_channel, channel_off, hours (not before due_at, by her hours
 * or those of a contact or country), retry (at due_at), later (due at due_at), paused, resting, modem_absent,
 * modem_unready, no_sender, next. Static. */
const char *waiting_word(const struct outbox_row *row, const struct waiting_channel *channel, int64_t now_ms);

#endif
