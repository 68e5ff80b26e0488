/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peer - who asks: the address that limits and delays are counted by.
 * Why:   behind a proxy every request comes from the proxy, and who may write the header can be anybody.
 * Keeps: X-Forwarded-For is believed from this machine and from the configured proxies alone.
 */
#ifndef GATEWAY_CONSOLE_PEER_H
#define GATEWAY_CONSOLE_PEER_H

#include "config/config.h"

/* Empty when it comes from this machine and no proxy says otherwise: there is nobody to tell apart. Points into the
 * request. */
struct span peer_of(const struct request *request, const struct config *config);

#endif
