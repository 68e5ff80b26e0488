/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hosts - every host that a worker may have to contact: the allow-list of the sender.
 * What:  collected from the URLs in the settings of enabled channels that send or poll, and in the addresses of
 * contacts. Keeps: sorted, without duplicates; a host that is not in the configuration is not in the list.
 */
#ifndef CONFIG_HOSTS_H
#define CONFIG_HOSTS_H

#include "config/config.h"

#define HOSTS_NAME_MAX 256

struct hosts_entry {
    char name[HOSTS_NAME_MAX]; /* lower case, an IPv6 address without brackets */
    unsigned port;
};
struct hosts {
    unsigned count;
    struct hosts_entry entries[CONFIG_HOSTS_MAX];
};

/* Replaces the contents of ret_hosts. ERR_LIMIT when there are more than CONFIG_HOSTS_MAX. */
int hosts_collect(const struct config *config, struct hosts *ret_hosts) MUST_CHECK;
/* Host and port of an http, https, smtp or smtps URL (templates after the host are allowed); ERR_INVALID otherwise. */
int hosts_parse_url(const char *url, struct hosts_entry *ret_entry) MUST_CHECK;

#endif
