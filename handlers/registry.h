/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry - the list of channels, and nothing else. Adding a channel adds one line to registry.c. */
#ifndef HANDLERS_REGISTRY_H
#define HANDLERS_REGISTRY_H

#include <stddef.h>

#include "handlers/channel.h"

/* NULL when there is no such kind. */
const struct channel_ops *registry_find(const char *kind);
/* index from 0; NULL past the end. */
const struct channel_ops *registry_at(size_t index);

#endif
