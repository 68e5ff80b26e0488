/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * moment - a time as providers write it.
 * What:  RFC 3339 and its relatives, with or without dashes, colons, zone; seconds, milli-, micro- or nanoseconds since
 *        1970, also with a fraction; 20260131235959; RFC 5322 ("Sat, 31 Jan 2026 23:59:59 +0300"); ctime ("Sat Jan 31
 *        23:59:59 UTC 2026"); 31/01/2026 23:59 with AM or PM, also with dots or dashes.
 * Keeps: what cannot be read is unknown (0), never now: a wrong time is worse than none.
 */
#ifndef HANDLERS_MOMENT_H
#define HANDLERS_MOMENT_H

#include "gateway/base/buf.h"

struct moment_style {
    int zone_minutes;    /* of a time that names no zone, east of Greenwich */
    bool is_month_first; /* 01/31/2026 */
};

/* UTC milliseconds, 0 = unknown. style NULL: UTC, day first. */
int64_t moment_read(struct span text, const struct moment_style *style);
/* "+03:00", "-0530", "Z"; ERR_INVALID. */
int moment_read_zone(const char *text, int *ret_minutes) MUST_CHECK;

#endif
