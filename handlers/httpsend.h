/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * httpsend - the steps that every provider with an HTTP interface shares when a message goes out.
 * Keeps: a header value is printable ASCII, so that a secret with a line break cannot add a header; a text over the
 *        provider's limit is cut between characters: an alert that ends in "..." is better than one refused as a whole.
 * Not here: what a provider calls its fields, and what its answers mean (the channels, httpreply).
 */
#ifndef HANDLERS_HTTPSEND_H
#define HANDLERS_HTTPSEND_H

#include "gateway/json/json.h"
#include "handlers/channel.h"

/* POST, or GET when is_get, to base_url (a slash at its end is dropped) followed by path. */
void httpsend_begin(struct transmit *out, bool is_get, const char *base_url, const char *path, int64_t timeout_ms);
/* Adds "name: <prefix><value>". ERR_INVALID for an empty or unprintable value. */
int httpsend_add_header(struct transmit *out, const char *name, const char *prefix, const char *value) MUST_CHECK;
/* Writes body and its media type; owns body from now on, which may be NULL (out of memory). */
int httpsend_take_json(struct transmit *out, json_t *body) MUST_CHECK;
/* Appends name=value to a form body; nothing when value is "". */
void httpsend_add_field(struct transmit *out, const char *name, const char *value);
/* 0, or the failure of any buffer. */
int httpsend_check(const struct transmit *out) MUST_CHECK;

/* The number to send to, in normal form; false when it is none, or there is no text. ret is PHONE_MAX bytes. */
bool httpsend_find_recipient(const struct sms_out *message, char *ret);
/* The sender: of the message, else the key `from`. */
const char *httpsend_sender(const struct settings *settings, const struct sms_out *message);
/* Appends the text, cut to units_max UTF-16 units. */
void httpsend_add_text(struct buf *out, const char *text, int64_t units_max);
/* Appends the address for delivery reports: the key `status_url`, else `public_url` with /status in place of its final
 * /message (a secret may follow it); nothing when there is neither. */
void httpsend_add_status_url(const struct settings *settings, struct buf *out);
/* The same with path_secret behind it, where the channel has one and the address does not say it itself. */
void httpsend_add_placed_url(const struct settings *settings, struct buf *out);

/* The check that every api_url needs. */
int httpsend_check_url(const struct settings *settings, const char *key, struct error *error);
/* For channels whose only address is api_url: their `check`. */
int httpsend_check_api_url(const struct settings *settings, struct error *error) MUST_CHECK;

#endif
