/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_keys - every key of kind `generic`: rows in generic_auth.def, generic_in.def and generic_out.def.
 * Keeps: a key keeps its name and its meaning; what a new provider needs is a new key, whose default changes nothing.
 */
#ifndef HANDLERS_GENERIC_KEYS_H
#define HANDLERS_GENERIC_KEYS_H

#include "config/schema.h"

extern const struct key generic_keys[];
/* Of ack_type: the configured content type as a string that outlives the settings. */
const char *generic_keys_ack_type(const char *configured);

#endif
