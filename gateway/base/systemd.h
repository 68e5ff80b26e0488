/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * systemd - sockets that the service manager opened for us, and the messages it waits for.
 * Why:   two small documented protocols (sd_listen_fds(3), sd_notify(3)); a library for them would bring code into the
 *        process that holds the keys.
 * Keeps: without a service manager every function says so and does nothing else.
 */
#ifndef GATEWAY_BASE_SYSTEMD_H
#define GATEWAY_BASE_SYSTEMD_H

#include <stdint.h>

#include "gateway/base/error.h"

/* The first socket passed under that name (FileDescriptorName= of the socket unit), made close-on-exec and
 * non-blocking; it stays open for the life of the process. ERR_NOT_FOUND when none was passed under it, ERR_INVALID
 * when the variables contradict themselves or name a descriptor that is not open. */
int systemd_socket(const char *name, int *ret_fd) MUST_CHECK;

/* Sends one message, e.g. "READY=1" or "STATUS=%u cases open\nWATCHDOG=1". ERR_NOT_FOUND when nobody waits for one,
 * ERR_INVALID, ERR_LIMIT (longer than 1 KiB), ERR_IO. Failing to notify is never a reason to stop. */
int systemd_notify(const char *format, ...) PRINTF_LIKE(1, 2);
/* RELOADING=1 with the time that systemd 253 and later demands; READY=1 ends the reload. */
int systemd_notify_reloading(void);

/* How often to send WATCHDOG=1 (half of what the manager allows), or 0 when it does not watch this process. */
int64_t systemd_watchdog_ms(void);

#endif
