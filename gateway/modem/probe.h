/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe - looks at a device without a daemon and says in plain words what it is, what is wrong and what to do.
 * Keeps: changes nothing on the SIM: no PIN is tried, nothing is sent, nothing deleted. What ATE0 and AT+CMEE set is
 * gone with the next start.
 */
#ifndef GATEWAY_MODEM_PROBE_H
#define GATEWAY_MODEM_PROBE_H

#include <stdbool.h>
#include <stdio.h>

/* True when the line can work with this device as it is. */
bool probe_device(const char *path, FILE *out);

#endif
