/* SPDX-License-Identifier: GPL-3.0-or-later */
/* second - see second.h. */
#include "gateway/core/second.h"

#include "gateway/base/str.h"
#include "gateway/store/audit.h"

#define PAGE_MAX 1000u

struct asked {
    const struct verb_call *call;
    const char *action, *detail;
    int64_t last_id;
    unsigned seen;
    bool is_by_other, is_by_me, is_old;
};

static int note_asked(void *context, const struct audit_row *row)
{
    struct asked *asked = context;
    asked->last_id = row->id;
    asked->seen++;
    asked->is_old = asked->is_old || row->at < asked->call->now_ms - SECOND_MS;
    if (asked->is_old || !str_equal(row->action, asked->action) || !str_equal(row->detail, asked->detail))
        return 0;
    bool is_mine = str_equal(row->actor, asked->call->actor);
    asked->is_by_me = asked->is_by_me || is_mine;
    asked->is_by_other = asked->is_by_other || !is_mine;
    return 0;
}

int second_ask(struct verb_call *call, const char *action, int64_t case_id, const char *detail, unsigned look_back,
    bool *ret_is_agreed)
{
    struct asked asked = { .call = call, .action = action, .detail = detail };
    unsigned before, page = look_back < PAGE_MAX ? look_back : PAGE_MAX;
    int rc;
    do {
        before = asked.seen;
        rc = audit_list(call->core->store, case_id, asked.last_id, page, note_asked, &asked);
    } while (!rc && !asked.is_old && !asked.is_by_other && asked.seen - before == page && asked.seen < look_back);
    *ret_is_agreed = asked.is_by_other;
    if (rc || asked.is_by_other || asked.is_by_me)
        return rc;
    return verb_audit(call, action, case_id, "", detail);
}
