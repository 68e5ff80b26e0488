/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * httpsms_list - what the phone of httpSMS received, as its server lists it.
 * Why:   messages are listed by contact only, and who wrote is what an outage hides. So the threads are read first,
 *        newest first, down to the time that is wanted, and then the messages of each contact on the page.
 * Keeps: an id made of what was said, by whom and when: the phone gets new ids whenever it repeats itself.
 */
#ifndef HANDLERS_HTTPSMS_LIST_H
#define HANDLERS_HTTPSMS_LIST_H

#include "handlers/channel.h"
#include "handlers/jsonhook.h"

/* One message of a webhook or of the list. Errors of jsonhook_fill. */
int httpsms_list_fill(json_t *item, const struct jsonhook_paths *paths, struct sms_in *ret_sms) MUST_CHECK;

int httpsms_list_build(const struct settings *settings, const struct poll_from *from, struct transmit *out) MUST_CHECK;
int httpsms_list_read(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page) MUST_CHECK;

#endif
