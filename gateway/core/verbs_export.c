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
#include "gateway/core/second.h"

#define EXPORT_ALONE_MAX 20
#define LOOK_BACK 20000 /* rows of the audit */
#define FILTER_MAX 200

static const char *const options[] = { "state", "urgency", "category", "flag", "language", "country", "owner" };

/* Words alone: `cases list` has refused anything else. */
static void print_filter(const struct verb_call *call, char *ret, size_t size)
{
    str_copy(ret, size, "filter");
    for (size_t i = 0; i < STR_COUNT(options); i++) {
        const char *value = verb_text(call, options[i]);
        size_t len = strlen(ret);
        if (value[0])
            (void)snprintf(ret + len, size - len, " %s=%s", options[i], value);
    }
}

static int ask_second(struct verb_call *call, const char *filter)
{
    bool is_agreed = false;
    int rc = second_ask(call, "export.asked", 0, filter, LOOK_BACK, &is_agreed);
    if (rc || is_agreed)
        return rc;
    return verb_refuse(call,
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
