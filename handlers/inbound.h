/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * inbound - from what a provider wrote to one sms_in: charset, number, id and time, the same for every channel.
 * Keeps: the text is valid UTF-8 and nothing of it is trimmed; an id that would not fit is replaced by its digest,
 * never cut, because two cut ids could be equal and the second message would be lost as a duplicate. Not here: the
 * country of local numbers (intake knows it from the channel and normalises again).
 */
#ifndef HANDLERS_INBOUND_H
#define HANDLERS_INBOUND_H

#include "gateway/base/model.h"

#define INBOUND_TEXT_MAX (64 * 1024)

/* Raw bytes as they were decoded from the wire; spans may be empty. */
struct inbound_source {
    struct span from, to, id, text, time;
    const char *charset; /* of all of them; NULL = UTF-8 */
};

/* Appends text in a charset as UTF-8; "" or an unknown charset: UTF-8, or windows-1252 where it cannot be that. */
int inbound_decode(struct buf *out, struct span text, const char *charset) MUST_CHECK;
/* Fills *ret_sms (which needs no initialising). ERR_UNSUPPORTED for an unknown charset, ERR_NOMEM, ERR_LIMIT. */
int inbound_fill(const struct inbound_source *source, struct sms_in *ret_sms) MUST_CHECK;
/* ret is REMOTE_ID_MAX bytes. A provider's id as it is stored and compared. */
void inbound_set_id(struct span id, char *ret);
/* moment_read in UTC; 0 when it cannot be read. */
int64_t inbound_time(struct span text);

#endif
