/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic_selftest - the request that `channels test` holds against a generic channel: its fields as they are
 * configured. Not here: the proof (generic_prove).
 */
#ifndef HANDLERS_GENERIC_SELFTEST_H
#define HANDLERS_GENERIC_SELFTEST_H

#include "handlers/channel.h"

/* As build_self_test of channel.h. */
int generic_selftest_build(
    const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error) MUST_CHECK;

#endif
