/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * callbacks - what a contact did where it reads its alerts: touched a button in a chat, acknowledged at its pager,
 * typed to the bot. The same acts as by SMS and by the page behind a link. Keeps: an act counts for the contact that
 * its alert was sent to, and only when that contact has an address on the channel it came by, at the place where it
 * happened; what is told again counts once; a late one is answered with how things stand; an unknown alert and one of
 * somebody else look the same. Not here: whether the request is authentic (the channel's verify), what an act does
 * (acts, responders).
 */
#ifndef GATEWAY_CORE_CALLBACKS_H
#define GATEWAY_CORE_CALLBACKS_H

#include "gateway/core/core.h"
#include "handlers/channel.h"

#define CALLBACKS_SENTENCE_MAX 1000
#define CALLBACKS_KEEP_MS (7LL * 24 * 60 * 60 * 1000) /* longer than any provider repeats itself */

/* Does it, inside the open transaction. answer is cleared first and holds then a sentence for who acted, perhaps "".
 * ERR_NOT_FOUND: somebody typed who is no contact, and it should be kept for a person to see. */
int callbacks_receive(struct core *core, const struct config_channel *channel, const struct contact_act *act,
    int64_t now_ms, struct buf *answer) MUST_CHECK;

#endif
