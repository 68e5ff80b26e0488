/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anchor - see anchor.h. */
#include "gateway/core/anchor.h"

#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/store/audit.h"
#include "gateway/store/shift.h"

int64_t anchor_look(const struct anchor *anchor, int64_t now_ms, int64_t mono_ms)
{
    int64_t expected = anchor->now_ms + (mono_ms - anchor->mono_ms);
    return anchor->now_ms && expected - now_ms >= ANCHOR_BACK_MS ? expected - now_ms : 0;
}

void anchor_set(struct anchor *anchor, int64_t now_ms, int64_t mono_ms)
{
    *anchor = (struct anchor){ .now_ms = now_ms, .mono_ms = mono_ms };
}

int anchor_mend(struct core *core, int64_t now_ms, int64_t back_ms)
{
    char detail[40];
    snprintf(detail, sizeof detail, "seconds=%lld", (long long)back_ms / 1000);
    int rc = shift_back(core->store, now_ms, back_ms);
    if (!rc)
        rc = audit_case(core->store, now_ms, "daemon", "clock.back", 0, detail);
    if (!rc)
        log_event(LOG_LEVEL_WARNING, EV_clock_put_back, F_INT("seconds", back_ms / 1000));
    return rc;
}
