/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tzrule - the POSIX TZ rule at the foot of a TZif file: "CET-1CEST,M3.5.0,M10.5.0/3".
 * What:  the offset of any moment after the file's last change (POSIX.1-2017 8.3, RFC 8536 3.3.1 for hours over 24).
 */
#ifndef CONFIG_TZRULE_H
#define CONFIG_TZRULE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/error.h"

struct tzrule_change {
    enum { TZRULE_MONTH, TZRULE_JULIAN, TZRULE_DAY } kind; /* Mm.w.d, Jn (no leap day), n (from 0) */
    int month, week, day;
    int32_t time_s; /* local time of the change */
};
struct tzrule {
    bool has_dst;
    int32_t standard_s, dst_s; /* to add to UTC */
    struct tzrule_change start, end;
};

int tzrule_parse(const char *text, struct tzrule *ret_rule) MUST_CHECK; /* ERR_INVALID */
int32_t tzrule_offset_s(const struct tzrule *rule, int64_t now_ms);

#endif
