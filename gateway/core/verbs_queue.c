/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * verbs_queue - the case log as a queue of work, and the filters of it that a person gave a name.
 * Keeps: no text and no number is opened; that somebody looked for a number is recorded, the number is not.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/core/origin.h"
#include "gateway/core/verbs.h"
#include "gateway/store/alerts.h"
#include "gateway/store/views.h"

#define NOBODY "nobody"
#define CASE_DIGITS_MAX 7 /* more digits are a telephone number */

/* The options that make a view, as they are named in both. */
static const char *const view_options[] = { "state", "urgency", "category", "flag", "language", "country", "owner",
    "unread", "unanswered" };

/* ---- the filter ------------------------------------------------------------------------------------------------ */

struct queue {
    struct cases_filter filter;
    char owner[NAME_MAX_LEN];
    unsigned char tag[STORE_TAG_LEN];
};

static bool is_word(const char *text)
{
    return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-,.:")] == '\0';
}

static int check_words(struct verb_call *call)
{
    for (size_t i = 0; i < STR_COUNT(view_options); i++)
        if (!is_word(verb_text(call, view_options[i])))
            return verb_usage(call, "--%s is one word", view_options[i]);
    return 0;
}

static int take_words(struct verb_call *call, struct cases_filter *filter)
{
    const char *state = verb_text(call, "state"), *urgency = verb_text(call, "urgency");
    const char *category = verb_text(call, "category"), *flag = verb_text(call, "flag");
    if (state[0] && !str_equal(state, "all") && state_from_word(MACHINE_case, state) < 0)
        return verb_usage(call, "unknown state: use all, open, taken or closed");
    if (urgency[0] && urgency_from_word(urgency) < 0)
        return verb_usage(call, "unknown urgency");
    if (category[0] && category_from_word(category) < 0)
        return verb_usage(call, "unknown category");
    if (flag[0] && flag_from_word(flag) < 0)
        return verb_usage(call, "unknown flag");
    filter->state = state[0] ? state : NULL;
    filter->urgency = urgency[0] ? urgency_from_word(urgency) : -1;
    filter->category = category[0] ? category_from_word(category) : -1;
    filter->flags = flag[0] ? (flag_set)(1u << flag_from_word(flag)) : 0;
    return 0;
}

/* NAME, nobody, or NAME,nobody: what a person holds and what it could take. */
static int take_owner(struct verb_call *call, struct queue *queue)
{
    const char *owner = verb_text(call, "owner"), *comma = strchr(owner, ',');
    if (!owner[0])
        return 0;
    if (comma && !str_equal(comma + 1, NOBODY))
        return verb_usage(call, "--owner is NAME, nobody, or NAME,nobody");
    struct span name = comma ? (struct span){ owner, (size_t)(comma - owner) } : span_of(owner);
    if (!str_copy_span(queue->owner, sizeof queue->owner, name))
        return verb_usage(call, "--owner is too long");
    if (str_equal(queue->owner, NOBODY))
        queue->owner[0] = '\0';
    queue->filter.owner = queue->owner;
    queue->filter.or_unowned = comma != NULL;
    return 0;
}

static int take_switch(struct verb_call *call, const char *key, bool *ret_value)
{
    const char *value = verb_text(call, key);
    if (value[0] && !str_equal(value, "yes"))
        return verb_usage(call, "--%s is yes or left out", key);
    *ret_value = value[0] != '\0';
    return 0;
}

static int take_filter(struct verb_call *call, struct queue *queue)
{
    const char *language = verb_text(call, "language"), *country = verb_text(call, "country");
    int rc = check_words(call);
    if (!rc)
        rc = take_words(call, &queue->filter);
    if (!rc)
        rc = take_owner(call, queue);
    if (!rc)
        rc = take_switch(call, "unread", &queue->filter.is_unread);
    if (!rc)
        rc = take_switch(call, "unanswered", &queue->filter.is_unanswered);
    queue->filter.language = language[0] ? language : NULL;
    queue->filter.country = country[0] ? country : NULL;
    return rc;
}

/* CASE, or URGENCY-CASE: the urgency that it had when it was listed, so that a change in between hides nothing. */
static int take_place(struct verb_call *call, struct cases_filter *filter)
{
    const json_t *value = json_object_get(call->args, "after");
    const char *text = json_text(call->args, "after", "");
    struct case_row row;
    char word[16];
    const char *hyphen = strchr(text, '-');
    int urgency = -1;
    int64_t id = hyphen ? 0 : verb_id(call, "after");
    if (!value)
        return 0;
    if (hyphen && str_copy_span(word, sizeof word, (struct span){ text, (size_t)(hyphen - text) }))
        urgency = urgency_from_word(word);
    if (hyphen && (urgency < 0 || str_to_int64(hyphen + 1, 1, INT64_MAX, &id)))
        return verb_usage(call, "--after is CASE or URGENCY-CASE");
    if (id <= 0)
        return verb_usage(call, "--after is a case number");
    int rc = cases_get(call->core->store, id, &row);
    if (rc)
        return verb_missing(call, rc, "case", id);
    filter->after.id = id;
    filter->after.opened_at = row.opened_at;
    filter->after.urgency = urgency < 0 ? row.urgency : (enum urgency)urgency;
    return 0;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static int list_row(void *context, const struct case_row *row)
{
    struct verb_call *call = context;
    int64_t next_at = 0;
    int rc = row->state == STATE_case_closed ? 0 : steps_next_of(call->core->store, row->id, &next_at);
    if (rc && rc != ERR_NOT_FOUND)
        return rc;
    json_t *json =
        json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:b, s:b, s:s, s:s, s:s, s:s}",
            "case", (json_int_t)row->id, "state", state_word(row->state), "verification", state_word(row->verification),
            "urgency", urgency_word(row->urgency), "categories", verb_categories(row->categories), "flags",
            verb_flags(row->flags), "language", row->language, "country", row->country, "owner", row->owner, "messages",
            (json_int_t)row->message_count, "opened_at", verb_time(row->opened_at), "last_message_at",
            verb_time(row->last_message_at), "next_step_at", verb_time(next_at), "unread",
            (int)(row->last_message_at > row->read_at), "unanswered", (int)(row->last_message_at > row->answered_at),
            "origin", row->origin, "origin_basis", origin_basis(row), "sex", row->sex, "ending", row->outcome);
    if (!json)
        return ERR_NOMEM;
    verb_row(call, json);
    return 0;
}

/* ---- looking for one ------------------------------------------------------------------------------------------- */

static bool is_case_number(const char *text)
{
    size_t len = strlen(text);
    return len <= CASE_DIGITS_MAX && len == strspn(text, "0123456789");
}

static int find_case(struct verb_call *call, const char *text)
{
    struct case_row row;
    int64_t id = 0;
    if (str_to_int64(text, 1, INT64_MAX, &id))
        return 0;
    int rc = cases_get(call->core->store, id, &row);
    return rc == ERR_NOT_FOUND ? 0 : rc ? rc : list_row(call, &row);
}

struct found {
    struct verb_call *call;
    unsigned rows;
};

static int found_row(void *context, const struct case_row *row)
{
    struct found *found = context;
    found->rows++;
    return list_row(found->call, row);
}

static int find_number(struct found *found, struct queue *queue, const char *text, const char *country)
{
    char number[PHONE_MAX];
    phone_normalise(text, country, number);
    casefile_tag(found->call->core, number, queue->tag);
    queue->filter.sender_tag = queue->tag;
    return number[0] ? cases_list(found->call->core->store, &queue->filter, found_row, found) : 0;
}

/* As it is written; then, for a local form, as it would be in the countries of our channels. */
static int find_numbers(struct verb_call *call, struct queue *queue, const char *text)
{
    const struct config *config = call->core->config;
    struct found found = { call, 0 };
    int rc = find_number(&found, queue, text, "");
    for (unsigned i = 0; !rc && !found.rows && i < config->channel_count; i++)
        if (config->channels[i].country[0])
            rc = find_number(&found, queue, text, config->channels[i].country);
    return rc ? rc : verb_audit(call, "cases.find", 0, "", found.rows ? "found" : "not found");
}

int verb_cases_list(struct verb_call *call)
{
    struct queue queue = { .filter = { .urgency = -1, .category = -1, .limit = verb_limit(call) } };
    const char *find = json_text(call->args, "find", "");
    int64_t number = find[0] ? 0 : verb_id(call, "find");
    int rc = take_filter(call, &queue);
    if (!rc)
        rc = take_place(call, &queue.filter);
    if (rc)
        return rc;
    queue.filter.before_id = verb_id(call, "before");
    queue.filter.by_urgency = !json_object_get(call->args, "before");
    if (is_case_number(find) && find[0])
        return find_case(call, find);
    if (find[0])
        return find_numbers(call, &queue, find);
    if (number > 0) { /* JSON of a caller may write it as a number */
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)number);
        return is_case_number(text) ? find_case(call, text) : find_numbers(call, &queue, text);
    }
    return cases_list(call->core->store, &queue.filter, list_row, call);
}

int verb_cases_count(struct verb_call *call)
{
    struct cases_sum sum = { 0 };
    int rc = cases_count_live(call->core->store, &sum);
    if (!rc)
        verb_row(call, json_pack("{s:I, s:I, s:I, s:I, s:I}", "live", (json_int_t)sum.live, "critical",
                           (json_int_t)sum.critical, "nobody", (json_int_t)sum.unowned, "unread",
                           (json_int_t)sum.unread, "unanswered", (json_int_t)sum.unanswered));
    return rc;
}

/* ---- views ----------------------------------------------------------------------------------------------------- */

static int view_row(void *context, const struct view_row *row)
{
    verb_row(context, json_pack("{s:s, s:s, s:o}", "name", row->name, "query", row->query, "at", verb_time(row->at)));
    return 0;
}

int verb_views_list(struct verb_call *call)
{
    return views_list(call->core->store, call->actor, view_row, call);
}

/* What the options say, in the form of an address. */
static int write_query(struct verb_call *call, struct view_row *row)
{
    AUTO_BUF query;
    buf_init(&query, sizeof row->query - 1);
    for (size_t i = 0; i < STR_COUNT(view_options); i++) {
        const char *value = verb_text(call, view_options[i]);
        if (value[0])
            buf_add_format(&query, "%s%s=%s", query.len ? "&" : "", view_options[i], value);
    }
    str_copy_span(row->query, sizeof row->query, buf_span(&query));
    return buf_check(&query);
}

int verb_views_save(struct verb_call *call)
{
    struct queue queue = { 0 };
    struct view_row row = { .at = call->now_ms };
    struct span name = str_trim(span_of(verb_text(call, "name")));
    int rc = take_filter(call, &queue);
    if (rc)
        return rc;
    if (!name.len || !str_copy_span(row.name, sizeof row.name, name))
        return verb_usage(call, "NAME has 1 to %d bytes", VIEWS_NAME_MAX - 1);
    if (!str_copy(row.user, sizeof row.user, call->actor) || write_query(call, &row))
        return verb_usage(call, "these options are too long");
    rc = views_put(call->core->store, &row);
    return rc == ERR_LIMIT ? verb_refuse(call, "there are %d views already: drop one first", VIEWS_MAX) : rc;
}

int verb_views_drop(struct verb_call *call)
{
    int rc = views_delete(call->core->store, call->actor, verb_text(call, "name"));
    return rc == ERR_NOT_FOUND ? verb_refuse(call, "there is no view of that name") : rc;
}
