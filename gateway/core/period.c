/* SPDX-License-Identifier: GPL-3.0-or-later */
/* period - see period.h. */
#include "gateway/core/period.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"

#define MONTH_LEN 7
#define DAY_LEN 10
#define DAY_MS 86400000LL

static int64_t next_month(int64_t begin)
{
    struct clock_civil civil;
    clock_to_civil(begin, &civil);
    civil.year += civil.month == 12;
    civil.month = civil.month % 12 + 1;
    return clock_from_civil(&civil);
}

int period_read(const char *text, int64_t *ret_begin, int64_t *ret_end)
{
    char whole[CLOCK_TEXT_MAX];
    size_t len = strlen(text);
    if (len != MONTH_LEN && len != DAY_LEN) {
        int rc = clock_parse(text, ret_begin);
        *ret_end = *ret_begin;
        return rc;
    }
    (void)snprintf(whole, sizeof whole, "%s%sT00:00:00Z", text, len == MONTH_LEN ? "-01" : "");
    int rc = clock_parse(whole, ret_begin);
    if (!rc)
        *ret_end = len == MONTH_LEN ? next_month(*ret_begin) : *ret_begin + DAY_MS;
    return rc;
}
