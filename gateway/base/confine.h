/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine - what a worker gives up by itself before it speaks to strangers.
 * Why:   a library or an attacker can use only what the process still has.
 * Not here: what the service manager takes away (systemd/).
 */
#ifndef GATEWAY_BASE_CONFINE_H
#define GATEWAY_BASE_CONFINE_H

#include "gateway/base/error.h"

/* Proxies, .netrc, key log files, other OpenSSL settings: what a library might read from the environment is not there.
 * Only what the service manager says to us stays. ERR_NOMEM. */
int confine_empty_environment(void) MUST_CHECK;

/* Credentials and texts pass through: no core file, no debugger of the same user. The address sanitizer's leak check is
 * such a debugger, so that build leaves it out. ERR_IO. */
int confine_forbid_dumps(void) MUST_CHECK;

#endif
