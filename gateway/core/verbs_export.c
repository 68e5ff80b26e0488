/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_export - cases to be taken away: many, as labels and times without texts and numbers; or one, whole, as a
 * dossier.
 * Keeps: who took how many by which filter is recorded; more than EXPORT_ALONE_MAX leave the console only when a second
 *        person asked for the same. Whoever stands at the machine is trusted with the keys anyway.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/verbs.h"
#include "gateway/store/audit.h"

#define EXPORT_ALONE_MAX 20
#define AGREE_MS (24 * 3600 * 1000LL) /* so long a second person may agree */
#define LOOK_BACK 20000               /* rows of the audit */
#define PAGE 1000
#define FILTER_MAX 200

static const char *const options[] = { "state", "urgency", "category", "flag", "language", "country", "owner" };

/* Words alone: `cases list` has refused anything else. */
static void print_filter(const struct verb_call *call, char *ret, size_t size)
{
    size_t len = 0;
    str_copy(ret, size, "filter");
    for (size_t i = 0; i < STR_COUNT(options); i++) {
        const char *value = verb_text(call, options[i]);
        len = strlen(ret);
        if (value[0])
            (void)snprintf(ret + len, size - len, " %s=%s", options[i], value);
    }
}

struct asked {
    const struct verb_call *call;
    const char *filter;
    int64_t last_id;
    unsigned seen;
    bool is_by_other, is_by_me, is_old;
};

static int note_asked(void *context, const struct audit_row *row)
{
    struct asked *asked = context;
    asked->last_id = row->id;
    asked->seen++;
    asked->is_old = asked->is_old || row->at < asked->call->now_ms - AGREE_MS;
    if (asked->is_old || !str_equal(row->action, "export.asked") || !str_equal(row->detail, asked->filter))
        return 0;
    bool is_mine = str_equal(row->actor, asked->call->actor);
    asked->is_by_me = asked->is_by_me || is_mine;
    asked->is_by_other = asked->is_by_other || !is_mine;
    return 0;
}

static int ask_second(struct verb_call *call, const char *filter)
{
    struct asked asked = { .call = call, .filter = filter };
    unsigned before;
    int rc;
    do {
        before = asked.seen;
        rc = audit_list(call->core->store, 0, asked.last_id, PAGE, note_asked, &asked);
    } while (!rc && !asked.is_old && !asked.is_by_other && asked.seen - before == PAGE && asked.seen < LOOK_BACK);
    if (rc || asked.is_by_other)
        return rc;
    if (!asked.is_by_me)
        rc = verb_audit(call, "export.asked", 0, "", filter);
    return rc ? rc
              : verb_refuse(call,
                    "more than %d cases: a second person has to ask for the same within 24 hours; nothing was given out",
                    EXPORT_ALONE_MAX);
}

static void keep_row(void *context, json_t *row)
{
    if (row)
        (void)!json_array_append_new(context, row);
}

int verb_export_cases(struct verb_call *call)
{
    char filter[FILTER_MAX], detail[FILTER_MAX + 32];
    AUTO_JSON *rows = json_array();
    struct verb_call list = *call;
    size_t i;
    json_t *row;
    if (!rows)
        return ERR_NOMEM;
    list.on_row = keep_row;
    list.context = rows;
    int rc = verb_cases_list(&list);
    str_copy(call->why, sizeof call->why, list.why);
    print_filter(call, filter, sizeof filter);
    if (!rc && json_array_size(rows) > EXPORT_ALONE_MAX && str_starts(call->actor, "user:"))
        rc = ask_second(call, filter);
    if (rc)
        return rc;
    json_array_foreach(rows, i, row)
    {
        verb_row(call, json_incref(row));
    }
    (void)snprintf(detail, sizeof detail, "rows=%zu %s", json_array_size(rows), filter);
    return verb_audit(call, "export.cases", 0, "", detail);
}

/* Everything that is known, with the record of who did what to it. */
int verb_export_dossier(struct verb_call *call)
{
    int64_t id = verb_id(call, "case");
    if (id <= 0)
        return verb_usage(call, "CASE must be a case number");
    AUTO_JSON *args = json_pack("{s:I, s:s}", "case", (json_int_t)id, "history", "yes");
    struct verb_call show = *call;
    show.args = args;
    int rc = args ? verb_cases_show(&show) : ERR_NOMEM;
    str_copy(call->why, sizeof call->why, show.why);
    return rc ? rc : verb_audit(call, "export.dossier", id, "", "");
}
