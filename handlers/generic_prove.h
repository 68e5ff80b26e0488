/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_prove - the schemes of generic_auth from the provider's side, for `channels test`.
 */
#ifndef HANDLERS_GENERIC_PROVE_H
#define HANDLERS_GENERIC_PROVE_H

#include "handlers/channel.h"

/* Adds the proof of the current secret to a request whose body and query are there. ERR_UNSUPPORTED with a sentence
 * when only the provider can make it. */
int generic_prove(
    const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error) MUST_CHECK;

#endif
