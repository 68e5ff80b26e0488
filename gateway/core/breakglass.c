/* SPDX-License-Identifier: GPL-3.0-or-later */
/* breakglass - see breakglass.h. */
#include "gateway/core/breakglass.h"

#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alarms.h"
#include "gateway/store/audit.h"
#include "gateway/store/findings.h"

struct round {
    struct core *core;
    int64_t now_ms;
};

/* With its time, so that who breaks it again is told of again. */
static int see(struct round *round, const struct glass_row *row)
{
    char object[FINDINGS_OBJECT_MAX], at[CLOCK_TEXT_MAX];
    bool is_new;
    clock_format(row->broken_at, at);
    (void)snprintf(object, sizeof object, "case:%lld by user:%s at %s", (long long)row->case_id, row->name, at);
    int rc = findings_see(round->core->store, BREAKGLASS_FINDING, object, round->now_ms, &is_new);
    if (!rc && is_new)
        log_event(LOG_LEVEL_ERROR, EV_finding, F_WORD("kind", BREAKGLASS_FINDING), F_WORD("object", object));
    return rc;
}

int breakglass_break(struct core *core, const char *name, int64_t case_id, int64_t now_ms)
{
    char actor[NAME_MAX_LEN + 8];
    unsigned open;
    struct round round = { core, now_ms };
    struct glass_row row = { .case_id = case_id, .broken_at = now_ms, .until_at = now_ms + BREAKGLASS_MS };
    str_copy(row.name, sizeof row.name, name);
    (void)snprintf(actor, sizeof actor, "user:%s", name);
    int rc = glass_put(core->store, &row);
    if (!rc)
        rc = audit_case(core->store, now_ms, actor, "case.glass_broken", case_id, "");
    if (!rc)
        rc = see(&round, &row);
    return rc ? rc : alarms_raise(core, now_ms, &open);
}

/* A clock that is set back makes no right longer. */
static bool is_broken(const struct glass_row *row, int64_t now_ms)
{
    return now_ms < row->until_at && now_ms >= row->broken_at - BREAKGLASS_BACK_MS;
}

int breakglass_look(struct core *core, const char *name, int64_t case_id, int64_t now_ms, int64_t *ret_until_at)
{
    struct glass_row row;
    int rc = glass_get(core->store, name, case_id, &row);
    *ret_until_at = !rc && is_broken(&row, now_ms) ? row.until_at : 0;
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

static int find(void *context, const struct glass_row *row)
{
    struct round *round = context;
    return is_broken(row, round->now_ms) ? see(round, row) : 0;
}

int breakglass_find(struct core *core, int64_t now_ms)
{
    struct round round = { core, now_ms };
    int rc = glass_list(core->store, find, &round);
    return rc ? rc : glass_drop_old(core->store, now_ms);
}
