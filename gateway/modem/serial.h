/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * serial - opens one serial device for us alone, raw, without waiting for a carrier.
 * Keeps: what another program holds (flock) is left alone.
 * Not here: reading and writing (talk), when to try again (driver).
 */
#ifndef GATEWAY_MODEM_SERIAL_H
#define GATEWAY_MODEM_SERIAL_H

#include "gateway/base/error.h"

/* ERR_NOT_FOUND: no such device now; ERR_CONFLICT: another program holds it; ERR_REFUSED: no permission; ERR_INVALID:
 * no serial device, or a speed that does not exist; ERR_IO. */
int serial_open(const char *path, int baud, struct error *error, int *ret_fd) MUST_CHECK;

#endif
