/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hostsframe - the destinations of the configuration as the frame that tells the senders of them (PROTOCOL.md 2.3).
 */
#ifndef GATEWAY_CORE_HOSTSFRAME_H
#define GATEWAY_CORE_HOSTSFRAME_H

#include "config/hosts.h"
#include "gateway/json/json.h"

/* A new reference; NULL = no memory. */
json_t *hostsframe_make(const struct hosts *hosts, bool may_send_to_private);

#endif
