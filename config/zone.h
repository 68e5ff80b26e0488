/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zone - IANA time zones: the local time of any UTC moment.
 * What:  reads the TZif files of the system's zoneinfo (RFC 8536), the table of past changes and the footer rule for
 *        the years after it.
 * Why:   the C library knows one zone a process and takes it from the environment; contacts live in many.
 * Keeps: any bytes of a file are answered with a zone or ERR_INVALID; no state outside struct zone.
 */
#ifndef CONFIG_ZONE_H
#define CONFIG_ZONE_H

#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"

#define ZONE_NAME_MAX 64

struct zone;

/* Opens an IANA name such as "Asia/Riyadh" or "UTC". ERR_INVALID (not a zone name, or a broken file), ERR_NOT_FOUND. */
int zone_open(const char *name, struct error *error, struct zone **ret_zone) MUST_CHECK;
/* The same from the bytes of a TZif file. */
int zone_parse(const char *name, const void *data, size_t len, struct error *error, struct zone **ret_zone) MUST_CHECK;
void zone_free(struct zone *zone);

const char *zone_name(const struct zone *zone);
/* Seconds to add to UTC at that moment; 0 for a NULL zone. */
int32_t zone_offset_s(const struct zone *zone, int64_t now_ms);

#endif
