/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sibling - finds another program of the help line: beside the running one, in the sbin next to it, or in /usr/sbin. */
#ifndef GATEWAY_BASE_SIBLING_H
#define GATEWAY_BASE_SIBLING_H

#include <stddef.h>

#include "gateway/base/error.h"

#define SIBLING_PATH_MAX 8192

/* ret_path is SIBLING_PATH_MAX bytes. ERR_NOT_FOUND: none of them is a program that may be run. */
int sibling_find(const char *name, char *ret_path) MUST_CHECK;

#endif
