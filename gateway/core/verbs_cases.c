/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_cases - the end of a case. The queue is in verbs_queue.c, one case in verbs_show.c, acts in verbs_acts.c. */
#include "gateway/core/verbs.h"
#include "gateway/store/cases.h"

int verb_cases_purge(struct verb_call *call)
{
    int64_t id = verb_id(call, "case");
    if (id <= 0)
        return verb_usage(call, "CASE must be a case number");
    int rc = cases_purge(call->core->store, id, call->now_ms);
    if (rc == ERR_CONFLICT)
        return verb_refuse(call, "case %lld is not closed: close it first", (long long)id);
    if (rc)
        return verb_missing(call, rc, "case", id);
    return verb_audit(call, "case.purge", id, "", "");
}
