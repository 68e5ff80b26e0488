/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * driver - one modem, from the open device to messages at the daemon and SMS on the air: the start for reading this
 *          folder.
 * What:  CLOSED, SYNC, SIM, CONFIG, READY. A command without its answer is a desync: everything begins anew; the second
 *        one in a row closes the device, which is opened again after a pause that doubles.
 * Keeps: no state of its own that would have to survive: the process may be killed at any moment.
 * Where: driver.c opens, closes, begins anew and stops; duty.c chooses what READY does next; news.c takes what modem
 * and daemon say unasked, and tells the daemon how it is.
 */
#ifndef GATEWAY_MODEM_DRIVER_H
#define GATEWAY_MODEM_DRIVER_H

#include "gateway/base/loop.h"

struct driver_settings {
    const char *socket; /* of the daemon's workers */
    const char *name;   /* the channel, [a-z0-9_-]{1,32} */
    const char *device; /* instead of the configuration's; NULL = none */
};

struct driver;

/* settings and its texts are borrowed for the life of the driver. Connects to the daemon from the loop; opens the
 * device once the daemon has told the settings. */
int driver_new(struct loop *loop, const struct driver_settings *settings, struct driver **ret_driver) MUST_CHECK;
/* Finishes the running step (at most ten seconds while a message is at the network), tells its result, closes. */
void driver_stop(struct driver *driver);
/* After driver_stop: nothing is left to do. */
bool driver_is_over(const struct driver *driver);
/* One line for the service manager. */
const char *driver_summary(const struct driver *driver);
void driver_free(struct driver *driver);

#endif
