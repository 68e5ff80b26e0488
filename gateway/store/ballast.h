/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ballast - a file that only takes room on the disk, until the database needs that room.
 * Why:   a disk that is full without a warning would stop the line at its worst moment; so the first megabytes that are
 *        missing are ours.
 * Keeps: its blocks are really taken (no hole), mode 0600; it is made only where as much is free again behind it, so
 *        that making it never is what fills the disk.
 */
#ifndef GATEWAY_STORE_BALLAST_H
#define GATEWAY_STORE_BALLAST_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/error.h"

/* Makes it, or leaves it as it is when it has that size. size 0 removes it. ERR_FULL: there is no room for it now;
 * ERR_IO. */
int ballast_make(const char *path, int64_t size) MUST_CHECK;
/* Removes it; false when it was not there, or could not be removed. */
bool ballast_release(const char *path);
bool ballast_is_there(const char *path, int64_t size); /* with all of that size taken */
/* Is almost nothing free where that file lies? A quota is not seen here. */
bool ballast_is_short(const char *path);

#endif
