/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs - the table of verbs and what they share. */
#include "gateway/core/verbs.h"

#include <stdarg.h>
#include <stdio.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/store/audit.h"

static const struct verb verbs[] = {
#define VERB(identifier, words, positional, options, layout, summary)                                                  \
    { words, positional, options, #layout, summary, verb_##identifier, false },
#include "gateway/core/verbs.def"
#undef VERB
};

static const struct verb backup_verb = { "backup", "PATH", "", "DONE", "", verb_backup, true };

const struct verb *verbs_find(const char *words)
{
    if (str_equal(words, backup_verb.words))
        return &backup_verb;
    for (size_t i = 0; i < STR_COUNT(verbs); i++)
        if (str_equal(verbs[i].words, words))
            return &verbs[i];
    return NULL;
}

void verb_row(struct verb_call *call, json_t *row)
{
    call->on_row(call->context, row);
}

int verb_refuse(struct verb_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(call->why, sizeof call->why, format, args);
    va_end(args);
    return VERB_REFUSED;
}

int verb_usage(struct verb_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(call->why, sizeof call->why, format, args);
    va_end(args);
    return VERB_USAGE;
}

const char *verb_text(const struct verb_call *call, const char *key)
{
    return json_text(call->args, key, "");
}

int64_t verb_id(const struct verb_call *call, const char *key)
{
    const json_t *value = json_object_get(call->args, key);
    int64_t id;
    if (!value)
        return 0;
    if (json_is_integer(value))
        return json_integer_value(value) > 0 ? json_integer_value(value) : -1;
    return str_to_int64(json_text(call->args, key, ""), 1, INT64_MAX, &id) ? -1 : id;
}

unsigned verb_limit(const struct verb_call *call)
{
    int64_t limit = verb_id(call, "limit");
    if (limit <= 0)
        return VERB_LIMIT_DEFAULT;
    return limit > VERB_LIMIT_MAX ? VERB_LIMIT_MAX : (unsigned)limit;
}

int verb_audit(struct verb_call *call, const char *action, int64_t case_id, const char *object, const char *detail)
{
    struct audit_row row = {
        .at = call->now_ms,
        .actor = call->actor,
        .action = action,
        .case_id = case_id,
        .object = object,
        .detail = detail,
    };
    return audit_append(call->core->store, &row);
}

int verb_missing(struct verb_call *call, int rc, const char *noun, int64_t id)
{
    if (rc == ERR_NOT_FOUND)
        return verb_refuse(call, "there is no %s %lld", noun, (long long)id);
    return rc;
}

json_t *verb_time(int64_t ms)
{
    char text[CLOCK_TEXT_MAX];
    if (!ms)
        return json_null();
    clock_format(ms, text);
    return json_string(text);
}

json_t *verb_categories(category_set set)
{
    json_t *list = json_array();
    for (int i = 0; list && i < CATEGORY_COUNT; i++)
        if (set & (1u << i))
            json_array_append_new(list, json_string(category_word((enum category)i)));
    return list;
}

json_t *verb_flags(flag_set set)
{
    json_t *list = json_array();
    for (int i = 0; list && i < FLAG_COUNT; i++)
        if (set & (1u << i))
            json_array_append_new(list, json_string(flag_word((enum flag)i)));
    return list;
}
