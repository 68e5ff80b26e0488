/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds - the channel registry as the configuration sees it.
 * Why:   config may not include handlers; a main hands this to config_load and print_example.
 */
#ifndef GATEWAY_CORE_KINDS_H
#define GATEWAY_CORE_KINDS_H

#include "config/config.h"
#include "handlers/channel.h"

extern const struct config_registry kinds_registry;

/* Builds a message to that address into out (transmit_init before, transmit_done after), to see whether it can be done;
 * errors are those of build_send, ERR_UNSUPPORTED when the kind cannot send. */
int kinds_probe(
    const struct channel_ops *ops, const struct settings *settings, const char *to, struct transmit *out) MUST_CHECK;

#endif
