/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_audit - who did what: the list with its filters, and the proof of the chain.
 * Keeps: one call looks through AUDIT_SCAN_MAX rows at most, because what is asked for may be rare in a table that
 *        grows for years; then it says where to go on.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/period.h"
#include "gateway/core/verbs.h"
#include "gateway/store/audit.h"

#define AUDIT_SCAN_MAX 20000
#define AUDIT_PAGE 1000

struct search {
    struct verb_call *call;
    const char *actor, *action; /* "" = any */
    int64_t case_id, from_ms, to_ms;
    int64_t last_id; /* looked at last */
    unsigned seen, found, limit;
    bool is_over; /* all that was asked for is found, or older than the period */
};

/* "case." and "case" name all of them; "case.read" is one. */
static bool is_action(const char *asked, const char *action)
{
    size_t len = strlen(asked);
    return !strncmp(asked, action, len) && (!len || asked[len - 1] == '.' || action[len] == '.' || !action[len]);
}

/* "maria" is "user:maria" too. */
static bool is_actor(const char *asked, const char *actor)
{
    const char *name = strchr(actor, ':');
    return !asked[0] || str_equal(asked, actor) || (name && str_equal(asked, name + 1));
}

static int list_row(void *context, const struct audit_row *row)
{
    struct search *search = context;
    if (search->is_over)
        return 0;
    search->last_id = row->id;
    search->seen++;
    if (row->at < search->from_ms) {
        search->is_over = true;
        return 0;
    }
    if (row->at >= search->to_ms || !is_action(search->action, row->action) || !is_actor(search->actor, row->actor))
        return 0;
    json_t *json = json_pack("{s:I, s:o, s:s, s:s, s:o, s:s, s:s}", "audit", (json_int_t)row->id, "at",
        verb_time(row->at), "actor", row->actor, "action", row->action, "case",
        row->case_id ? json_integer(row->case_id) : json_null(), "object", row->object, "detail", row->detail);
    if (!json)
        return ERR_NOMEM;
    verb_row(search->call, json);
    search->is_over = ++search->found == search->limit;
    return 0;
}

static int look_through(struct search *search, int64_t before)
{
    struct store *store = search->call->core->store;
    bool has_filter = search->action[0] || search->actor[0] || search->from_ms || search->to_ms != INT64_MAX;
    unsigned page = has_filter ? AUDIT_PAGE : search->limit, seen_before;
    int rc;
    do {
        seen_before = search->seen;
        rc = audit_list(store, search->case_id, before, page, list_row, search);
        before = search->last_id;
    } while (!rc && !search->is_over && search->seen - seen_before == page && search->seen < AUDIT_SCAN_MAX);
    if (!rc && !search->is_over && search->seen >= AUDIT_SCAN_MAX)
        (void)snprintf(search->call->why, sizeof search->call->why,
            "%d rows were looked through: go on with --before %lld", AUDIT_SCAN_MAX, (long long)before);
    return rc;
}

static int list_rows(struct verb_call *call, unsigned *ret_found)
{
    const char *from = verb_text(call, "from"), *to = verb_text(call, "to");
    int64_t end, before = verb_id(call, "before");
    struct search search = { .call = call,
        .actor = verb_text(call, "user"),
        .action = verb_text(call, "action"),
        .case_id = verb_id(call, "case"),
        .to_ms = INT64_MAX,
        .limit = verb_limit(call) };
    if (search.case_id < 0)
        return verb_usage(call, "--case takes a case number");
    if ((from[0] && period_read(from, &search.from_ms, &end)) || (to[0] && period_read(to, &end, &search.to_ms)))
        return verb_usage(
            call, "--from and --to take a month (2026-11), a day (2026-11-24) or a time; --to is included");
    int rc = look_through(&search, before < 0 ? 0 : before);
    *ret_found = search.found;
    return rc;
}

int verb_audit_list(struct verb_call *call)
{
    unsigned found;
    return list_rows(call, &found);
}

int verb_audit_export(struct verb_call *call)
{
    char detail[64];
    unsigned found = 0;
    int rc = list_rows(call, &found);
    if (rc)
        return rc;
    (void)snprintf(detail, sizeof detail, "rows=%u", found);
    int64_t case_id = verb_id(call, "case");
    return verb_audit(call, "audit.export", case_id > 0 ? case_id : 0, "", detail);
}

int verb_audit_verify(struct verb_call *call)
{
    int64_t count, first_bad;
    int rc = audit_verify(call->core->store, &count, &first_bad);
    if (rc == ERR_CORRUPT)
        return verb_refuse(
            call, "the chain breaks at audit row %lld: rows were changed, removed or added", (long long)first_bad);
    if (!rc)
        snprintf(call->why, sizeof call->why, "the chain of %lld audit rows is intact", (long long)count);
    return rc;
}
