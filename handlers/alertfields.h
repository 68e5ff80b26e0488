/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alertfields - the parts of an alert by name, for places that have fields of their own: templates, tickets, records.
 * What:  a list of the operator, "their_field=@part" or "their_field=a fixed text".
 * Keeps: what the trust level hides has no value, and then the field is absent.
 */
#ifndef HANDLERS_ALERTFIELDS_H
#define HANDLERS_ALERTFIELDS_H

#include "gateway/json/json.h"
#include "handlers/channel.h"

/* The names of the parts, NULL-terminated: subject, body (all words that a person reads), case, alert, code, urgency,
 * categories, flags, language, country, received_at, verification, message_count, text, from, ack_url. */
extern const char *const alertfields_words[];

/* Appends the part; false when this message has none. */
bool alertfields_add(const struct sms_out *message, const char *word, struct buf *out);

/* Sets every field of the list `key` on the object. ERR_NOMEM, ERR_LIMIT. */
int alertfields_fill(
    const struct settings *settings, const char *key, const struct sms_out *message, json_t *object) MUST_CHECK;
/* The check of such a list. */
int alertfields_check(const struct settings *settings, const char *key, struct error *error);

#endif
