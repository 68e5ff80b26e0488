/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * callback - the buttons under an alert in a chat, and reading them when the chat tells that one was touched.
 * What:  a button carries "ack:" or "decline:" and the id of the alert, which nobody can guess: 40 bytes at most, so
 *        that it fits every chat (Telegram takes 64).
 * Keeps: nothing in it names a person or a case; who touched it is kept for the audit, bounded and without controls.
 */
#ifndef HANDLERS_CALLBACK_H
#define HANDLERS_CALLBACK_H

#include "gateway/base/model.h"

#define CALLBACK_DATA_MAX 64
#define CALLBACK_LABEL_TAKE "I take it"
#define CALLBACK_LABEL_DECLINE "I cannot"

/* Are buttons of use under this message? */
bool callback_is_wanted(const struct sms_out *message);
/* ret holds CALLBACK_DATA_MAX bytes. */
void callback_write(const struct sms_out *message, bool is_taking, char *ret);
/* Fills verb and alert_id; false when it is no button of ours. */
bool callback_read(const char *data, struct contact_act *act);
/* "Maria Cruz (id)"; either may be empty or NULL. */
void callback_set_who(const char *name, const char *id, struct contact_act *act);

#endif
