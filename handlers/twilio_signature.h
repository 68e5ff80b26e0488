/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * twilio_signature - X-Twilio-Signature, with every tolerance of Twilio's own libraries and no other.
 * Why:   what is signed is the URL as the operator typed it at Twilio; ports and old query encodings differ between the
 *        two ends, so a short list of spellings is tried. Host and X-Forwarded-* headers are never looked at: who can
 *        set them could choose the URL.
 */
#ifndef HANDLERS_TWILIO_SIGNATURE_H
#define HANDLERS_TWILIO_SIGNATURE_H

#include <stdbool.h>

#include "gateway/base/model.h"

/* typed_url: what stands in Twilio's console for this kind of request, "" when that is not known. origin_url: any URL
 * of ours; its scheme, host and port with the path of the request are tried as well. tokens ends with NULL; "" is
 * skipped. */
bool twilio_signature_is_valid(
    const char *typed_url, const char *origin_url, const char *const *tokens, const struct request *request);

#endif
