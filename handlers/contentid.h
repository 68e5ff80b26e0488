/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contentid - an id made of what a message is, for gateways whose own ids are no ids.
 * Why:   one gateway hashes into 32 bits, so that two cries may share an id; another mints a new one whenever the phone
 *        repeats itself, so that one cry would come twice. What was sent, by whom and when is the same each time.
 */
#ifndef HANDLERS_CONTENTID_H
#define HANDLERS_CONTENTID_H

#include "gateway/base/model.h"

/* Sets sms->remote_id to the digest of sender, text and `key` (an id or a time); to "" without a digest. */
void contentid_set(struct span key, struct sms_in *sms);

#endif
