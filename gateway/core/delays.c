/* SPDX-License-Identifier: GPL-3.0-or-later */
/* delays - see delays.h. */
#include "gateway/core/delays.h"

int64_t delays_after(int64_t failures, int64_t free_count)
{
    int64_t delay_ms = DELAYS_FIRST_MS;
    if (failures <= free_count)
        return 0;
    for (int64_t i = failures - free_count; i > 1 && delay_ms < DELAYS_MAX_MS; i--)
        delay_ms *= 2;
    return delay_ms < DELAYS_MAX_MS ? delay_ms : DELAYS_MAX_MS;
}
