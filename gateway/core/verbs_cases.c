/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_cases - the end of a case. The queue is in verbs_queue.c, one case in verbs_show.c, acts in verbs_acts.c. */
#include "gateway/base/str.h"
#include "gateway/core/second.h"
#include "gateway/store/cases.h"

#define PURGE_LOOK_BACK 200 /* rows of the case's audit */

/* 0: go on. */
static int ask_second(struct verb_call *call, int64_t id)
{
    struct case_row row;
    bool is_agreed = false;
    if (!str_starts(call->actor, "user:"))
        return 0;
    int rc = cases_get(call->core->store, id, &row);
    if (!rc && row.state != STATE_case_closed)
        rc = ERR_CONFLICT;
    if (!rc)
        rc = second_ask(call, "case.purge_asked", id, "", PURGE_LOOK_BACK, &is_agreed);
    if (rc || is_agreed)
        return rc;
    return verb_refuse(call,
        "case %lld: a second person has to do the same within 24 hours; until then nothing is lost", (long long)id);
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
