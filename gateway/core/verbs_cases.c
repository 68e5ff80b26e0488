/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_cases - the case log, and its end: list, purge. */

#include "gateway/base/str.h"
#include "gateway/core/verbs.h"
#include "gateway/store/cases.h"

static int list_row(void *context, const struct case_row *row)
{
    json_t *json = json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:I, s:o, s:o}", "case",
        (json_int_t)row->id, "state", state_word(row->state), "verification", state_word(row->verification), "urgency",
        urgency_word(row->urgency), "categories", verb_categories(row->categories), "flags", verb_flags(row->flags),
        "language", row->language, "country", row->country, "owner", row->owner, "messages",
        (json_int_t)row->message_count, "opened_at", verb_time(row->opened_at), "last_message_at",
        verb_time(row->last_message_at));
    if (!json)
        return ERR_NOMEM;
    verb_row(context, json);
    return 0;
}

int verb_cases_list(struct verb_call *call)
{
    const char *state = verb_text(call, "state"), *country = verb_text(call, "country");
    const char *urgency = verb_text(call, "urgency"), *category = verb_text(call, "category");
    struct cases_filter filter = {
        .state = state[0] ? state : NULL,
        .urgency = urgency[0] ? urgency_from_word(urgency) : -1,
        .category = category[0] ? category_from_word(category) : -1,
        .country = country[0] ? country : NULL,
        .before_id = verb_id(call, "before"),
        .by_urgency = !json_object_get(call->args, "before") && (!state[0] || str_equal(state, "open")),
        .limit = verb_limit(call),
    };
    if (filter.state && !str_equal(state, "all") && state_from_word(MACHINE_case, state) < 0)
        return verb_usage(call, "unknown state: use all, open, taken or closed");
    if ((urgency[0] && filter.urgency < 0) || (category[0] && filter.category < 0))
        return verb_usage(call, "unknown %s", filter.urgency < 0 && urgency[0] ? "urgency" : "category");
    return cases_list(call->core->store, &filter, list_row, call);
}

/* ---- destroying ------------------------------------------------------------------------------------------------ */

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
