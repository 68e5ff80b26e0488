/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds - the channel registry as the configuration sees it.
 * Why:   config may not include handlers; a main hands this to config_load and print_example.
 */
#ifndef GATEWAY_CORE_KINDS_H
#define GATEWAY_CORE_KINDS_H

#include "config/config.h"

extern const struct config_registry kinds_registry;

#endif
