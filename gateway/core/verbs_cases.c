/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_cases - the end of a case. The queue is in verbs_queue.c, one case in verbs_show.c, acts in verbs_acts.c. */
#include "gateway/base/str.h"
#include "gateway/core/verbs.h"
#include "gateway/store/audit.h"
#include "gateway/store/cases.h"

#define PURGE_AGREE_MS (24 * 3600 * 1000LL) /* so long a second person may agree */
#define PURGE_LOOK_BACK 200                 /* rows of the case's audit */

struct asked {
    const struct verb_call *call;
    bool is_by_other, is_by_me;
};

static int note_asked(void *context, const struct audit_row *row)
{
    struct asked *asked = context;
    if (!str_equal(row->action, "case.purge_asked") || row->at < asked->call->now_ms - PURGE_AGREE_MS)
        return 0;
    bool is_mine = str_equal(row->actor, asked->call->actor);
    asked->is_by_me = asked->is_by_me || is_mine;
    asked->is_by_other = asked->is_by_other || !is_mine;
    return 0;
}

/* Whoever stands at the machine is trusted with the keys anyway; from afar it takes two. 0: go on. */
static int ask_second(struct verb_call *call, int64_t id)
{
    struct asked asked = { .call = call };
    struct case_row row;
    if (!str_starts(call->actor, "user:"))
        return 0;
    int rc = cases_get(call->core->store, id, &row);
    if (!rc && row.state != STATE_case_closed)
        rc = ERR_CONFLICT;
    if (!rc)
        rc = audit_list(call->core->store, id, 0, PURGE_LOOK_BACK, note_asked, &asked);
    if (rc || asked.is_by_other)
        return rc;
    if (!asked.is_by_me)
        rc = verb_audit(call, "case.purge_asked", id, "", "");
    return rc ? rc
              : verb_refuse(call,
                    "case %lld: a second person has to do the same within 24 hours; until then nothing is lost",
                    (long long)id);
}

int verb_cases_purge(struct verb_call *call)
{
    int64_t id = verb_id(call, "case");
    if (id <= 0)
        return verb_usage(call, "CASE must be a case number");
    int rc = ask_second(call, id);
    if (rc == VERB_REFUSED)
        return rc;
    if (!rc)
        rc = cases_purge(call->core->store, id, call->now_ms);
    if (rc == ERR_CONFLICT)
        return verb_refuse(call, "case %lld is not closed: close it first", (long long)id);
    if (rc)
        return verb_missing(call, rc, "case", id);
    return verb_audit(call, "case.purge", id, "", "");
}
