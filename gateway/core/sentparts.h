/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sentparts - one message of ours as the several SMS that a modem sends: which of them went, and what is known of them.
 * Why:   a modem is lost between two of them; the rest alone must go then, and the phone must be able to join it to
 * what it has. A network's references are counted to 255, so a report means something only with its recipient. Keeps: a
 * part that surely went out is not sent again; one whose answer was lost is, unless a report tells that it came. When
 * the text has become another meanwhile, all of it goes, under another reference. Not here: rows (store/outboxparts),
 * when and how often (dispatch, retry), PDUs (the channel).
 */
#ifndef GATEWAY_CORE_SENTPARTS_H
#define GATEWAY_CORE_SENTPARTS_H

#include "gateway/core/core.h"
#include "gateway/store/outbox.h"

#define SENTPARTS_MATCH_MS (72LL * 60 * 60 * 1000)    /* a report belongs to what was sent within this */
#define SENTPARTS_KEEP_MS (8 * 24LL * 60 * 60 * 1000) /* longer than the longest validity */

struct sentparts_state {
    unsigned known, sure, delivered, total; /* sure: sent or delivered */
};
int sentparts_look(struct core *core, int64_t outbox_id, struct sentparts_state *ret_state) MUST_CHECK;

/* Builds what is left to send of the row, and notes it as given; out is initialised by the caller. *ret_is_over:
 * nothing is left, all parts went out before. Errors of build_send. */
int sentparts_build(struct core *core, const struct outbox_row *row, const struct config_channel *channel,
    struct sms_out *message, struct transmit *out, bool *ret_is_over, int64_t now_ms) MUST_CHECK;

/* Notes what the modem says went out. A result of `sent` that names fewer parts than were given is uncertain. */
int sentparts_note(struct core *core, const struct outbox_row *row, struct send_result *result, bool is_end,
    int64_t now_ms) MUST_CHECK;

/* A report that names its recipient. 0: it was that of a part. *ret_row is the row of it and *ret_has_end tells whether
 * the whole row is delivered or failed by it. ERR_NOT_FOUND: of none that we know. */
int sentparts_report(struct core *core, const char *channel, const struct delivery_report *report, int64_t now_ms,
    struct outbox_row *ret_row, bool *ret_has_end) MUST_CHECK;
/* The id under which such a report is kept while its part is not known to have gone; ret is REMOTE_ID_MAX bytes. */
void sentparts_bind(const struct core *core, const char *remote_id, const char *to, char *ret);

#endif
