/* SPDX-License-Identifier: GPL-3.0-or-later */
/* house - see house.h. */
#include "gateway/core/house.h"

#include "gateway/core/attempts.h"
#include "gateway/core/copies.h"
#include "gateway/core/looptest.h"
#include "gateway/core/sentparts.h"
#include "gateway/store/audit.h"
#include "gateway/store/cases.h"
#include "gateway/store/echoes.h"
#include "gateway/store/outbox.h"
#include "gateway/store/outboxparts.h"
#include "gateway/store/quarantine.h"

#define DAY_MS 86400000LL
#define PURGE_BATCH 64

/* Texts, numbers and notes of cases whose time is over are destroyed, a few at a time. */
static int destroy_old(struct core *core, int64_t now_ms)
{
    int64_t keep_ms = core->config->retention.text_ms, id;
    int rc = keep_ms ? 0 : ERR_NOT_FOUND;
    for (unsigned i = 0; !rc && i < PURGE_BATCH; i++) {
        rc = cases_find_kept(core->store, now_ms - keep_ms, &id);
        if (!rc)
            rc = cases_purge(core->store, id, now_ms);
        if (!rc)
            rc = audit_case(core->store, now_ms, "daemon", "case.purge", id, "retention");
    }
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

int house_keep(struct core *core, int64_t now_ms)
{
    int rc = reports_forget(core->store, now_ms - 2 * DAY_MS);
    if (!rc)
        rc = quarantine_expire(core->store, now_ms - core->config->retention.quarantine_ms);
    if (!rc)
        rc = looptest_forget(core, now_ms);
    if (!rc)
        rc = echoes_forget(core->store, now_ms - COPIES_KEEP_MS);
    if (!rc)
        rc = outboxparts_forget(core->store, now_ms - SENTPARTS_KEEP_MS);
    if (!rc)
        rc = attempts_keep_house(core, now_ms);
    return rc ? rc : destroy_old(core, now_ms);
}
