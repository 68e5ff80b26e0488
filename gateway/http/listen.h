/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listen - opening a listening socket from its configured address, and naming one that exists.
 * Keeps: addresses are numeric, so that no resolver runs in the daemon.
 */
#ifndef GATEWAY_HTTP_LISTEN_H
#define GATEWAY_HTTP_LISTEN_H

#include <stddef.h>

#include "gateway/base/error.h"

#define HTTP_LISTEN_NAME_MAX 128

/* "127.0.0.1:8080", "[::1]:8080" (port 0: any free one) or "unix:/run/helplined/webhooks.sock". A stale Unix socket is
 * replaced, one that answers is not (ERR_EXISTS). Non-blocking, close-on-exec. ERR_INVALID, ERR_EXISTS, ERR_IO. */
int http_listen(const char *address, struct error *error, int *ret_fd) MUST_CHECK;

/* The address it is really bound to, in the same notation, into HTTP_LISTEN_NAME_MAX bytes. ERR_IO, ERR_UNSUPPORTED. */
int http_listen_name(int fd, char *ret_name) MUST_CHECK;

#endif
