/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * allow - the destinations of the daemon's configuration, as the welcome gave them.
 * Keeps: immutable once read; compared without ASCII case and otherwise exactly: no wildcard, no suffix rule.
 * Not here: what an address behind a name may be (address).
 */
#ifndef GATEWAY_SENDER_ALLOW_H
#define GATEWAY_SENDER_ALLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/error.h"
#include "gateway/json/json.h"

#define ALLOW_ENTRIES_MAX 1024
#define ALLOW_HOSTS_MAX 64
#define ALLOW_ENTRY_MAX 300 /* a host name (253), brackets, colon, port */

struct allow {
    char **entries; /* "host:port" */
    size_t entry_count;
    char **hosts; /* insecure_hosts */
    size_t host_count;
};

/* Reads keys `allow` and `insecure_hosts` of a welcome or allow frame; an absent list is empty. ERR_PROTOCOL for a
 * value of another shape or an entry that is no host:port, ERR_NOMEM; then *ret_allow is empty. */
int allow_read(const json_t *frame, struct allow *ret_allow, struct error *error) MUST_CHECK;
void allow_done(struct allow *allow);

/* host as in a URL: an IPv6 address in brackets. */
bool allow_has_destination(const struct allow *allow, const char *host, unsigned port);
bool allow_has_insecure_host(const struct allow *allow, const char *host);

#endif
