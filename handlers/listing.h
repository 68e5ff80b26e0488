/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listing - the steps that the listings of all providers share: was this a page, and what if not.
 * Why:   asking twice harms nobody, so whatever is not a page is either trouble that passes or our own settings.
 * Keeps: one entry that cannot be read hides none of the others.
 */
#ifndef HANDLERS_LISTING_H
#define HANDLERS_LISTING_H

#include "gateway/json/json.h"
#include "handlers/channel.h"

/* `sent` for an answer of 2xx, with nothing more to come and an empty cursor; else why it is no page. */
void listing_judge(const struct transmit_reply *reply, struct poll_page *ret_page);
/* The document of an answer of 2xx; NULL when it is no page: then ret_page says why. Caller json_decref()s. */
json_t *listing_read(const struct transmit_reply *reply, struct poll_page *ret_page) MUST_CHECK;

/* 1: *ret_sms is a message, 0: that entry is none that came in, negative: it cannot be read. */
typedef int (*listing_item_fn)(const struct settings *settings, json_t *item, struct sms_in *ret_sms);

/* Reads each entry of a list by fn and returns how many messages there are; entries beyond max, and those that cannot
 * be read, are counted in ret_page. A list that is none makes the page `unparseable`. ERR_INVALID, ERR_NOMEM. */
int listing_fill(const struct settings *settings, json_t *list, listing_item_fn fn, struct sms_in *out, size_t max,
    struct poll_page *ret_page) MUST_CHECK;

/* The answer is not in its documented form; returns ERR_INVALID. */
int listing_refuse(struct poll_page *ret_page);

#endif
