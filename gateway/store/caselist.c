/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * caselist - lists of cases; see cases.h.
 * Why:   whatever is asked, a list walks one index that holds every column of the filter, and fetches the rows that it
 *        gives alone. The queue walks what is not closed; the log walks everything, from the newest.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/caseparts.h"

#define WORDS_MAX 512 /* all flags, spelled out */

enum { CASE_LIST_QUEUE, CASE_LIST_LIVE, CASE_LIST_LOG, CASE_LIST_NUMBER, CASE_LIST_SUM, CASE_LIST_COUNT };

/* Every list takes the same filter in the same order; NULL means "any". */
#define FILTER                                                                                                         \
    "(:state IS NULL OR state = :state) AND priority BETWEEN :low AND :high"                                           \
    " AND (:owner IS NULL OR owner = :owner OR (:or_unowned AND owner = ''))"                                          \
    " AND (NOT :unread OR last_message_at > read_at) AND (NOT :unanswered OR last_message_at > answered_at)"           \
    " AND (:country IS NULL OR country = :country)"                                                                    \
    " AND (:language IS NULL OR language = :language OR language LIKE :language || '-%')"                              \
    " AND (:category IS NULL OR instr(' ' || categories || ' ', :category) > 0)"                                       \
    " AND (:flags IS NULL OR (' ' || flags || ' ') LIKE :flags)"

static const char *const texts[CASE_LIST_COUNT] = {
    [CASE_LIST_QUEUE] =
        "SELECT " CASEPARTS_COLUMNS " FROM cases INDEXED BY cases_live WHERE state <> 'closed' AND " FILTER
        " AND (priority < :after_priority OR opened_at > :after_at OR (opened_at = :after_at AND id > :after))"
        " ORDER BY priority DESC, opened_at, id LIMIT :limit",
    [CASE_LIST_LIVE] =
        "SELECT " CASEPARTS_COLUMNS " FROM cases INDEXED BY cases_log WHERE state <> 'closed' AND " FILTER
        " AND id < :before ORDER BY id DESC LIMIT :limit",
    [CASE_LIST_LOG] = "SELECT " CASEPARTS_COLUMNS " FROM cases INDEXED BY cases_log WHERE " FILTER
                      " AND id < :before ORDER BY id DESC LIMIT :limit",
    [CASE_LIST_NUMBER] =
        ("SELECT " CASEPARTS_COLUMNS
         " FROM cases INDEXED BY cases_open_tag WHERE sender_tag = :tag AND state <> 'closed' "
         "AND id < :before UNION ALL SELECT " CASEPARTS_COLUMNS
         " FROM cases INDEXED BY cases_closed_tag WHERE sender_tag = :tag AND state = 'closed' AND id < :before "
         "UNION ALL SELECT " CASEPARTS_COLUMNS
         " FROM cases INDEXED BY cases_split_tag WHERE split_tag = :tag AND sender_tag IS NULL AND id < :before "
         "ORDER BY id DESC LIMIT :limit"),
    [CASE_LIST_SUM] = "SELECT count(*), sum(priority = 3), sum(owner = ''), sum(last_message_at > read_at), "
                      "sum(last_message_at > answered_at) FROM cases INDEXED BY cases_live WHERE state <> 'closed'",
};
const struct sql_set case_list_sql = { texts, CASE_LIST_COUNT };

/* The flags as a pattern that has them in the order of their words; no flag is the beginning of another. */
static void print_words(const struct cases_filter *filter, char *ret_category, struct buf *flags)
{
    bool has_category = filter->category >= 0 && filter->category < CATEGORY_COUNT;
    snprintf(ret_category, WORDS_MAX, " %s ", has_category ? category_word((enum category)filter->category) : "");
    for (int i = 0; i < FLAG_COUNT; i++)
        if (filter->flags & (1u << i))
            buf_add_format(flags, "%% %s", flag_word((enum flag)i));
    if (flags->len)
        buf_add_text(flags, " %");
}

static void bind_filter(struct sql *sql, const struct cases_filter *filter, const char *category, const char *flags)
{
    bool is_any = filter->urgency < 0;
    int high = is_any ? URGENCY_COUNT - 1 : filter->urgency;
    if (filter->by_urgency && filter->after.id && (int)filter->after.urgency < high)
        high = (int)filter->after.urgency;
    sql_bind_text(sql, ":state", str_equal(filter->state, "all") ? NULL : filter->state);
    sql_bind_int(sql, ":low", is_any ? 0 : filter->urgency);
    sql_bind_int(sql, ":high", high);
    sql_bind_text(sql, ":owner", filter->owner);
    sql_bind_int(sql, ":or_unowned", filter->or_unowned);
    sql_bind_int(sql, ":unread", filter->is_unread);
    sql_bind_int(sql, ":unanswered", filter->is_unanswered);
    sql_bind_text(sql, ":country", filter->country);
    sql_bind_text(sql, ":language", filter->language);
    sql_bind_text(sql, ":category", filter->category >= 0 ? category : NULL);
    sql_bind_text(sql, ":flags", flags);
}

static void bind_place(struct sql *sql, const struct cases_filter *filter)
{
    bool has_place = filter->after.id > 0;
    sql_bind_int(sql, ":after_priority", has_place ? (int)filter->after.urgency : URGENCY_COUNT);
    sql_bind_int(sql, ":after_at", filter->after.opened_at);
    sql_bind_int(sql, ":after", filter->after.id);
}

static unsigned choose_list(const struct cases_filter *filter)
{
    bool has_closed = str_equal(filter->state, "all") || str_equal(filter->state, "closed");
    if (filter->sender_tag)
        return CASE_LIST_NUMBER;
    if (has_closed)
        return CASE_LIST_LOG;
    return filter->by_urgency ? CASE_LIST_QUEUE : CASE_LIST_LIVE;
}

int cases_list(struct store *store, const struct cases_filter *filter, case_row_fn fn, void *context)
{
    struct case_row row;
    char category[WORDS_MAX];
    AUTO_BUF flags;
    unsigned list = choose_list(filter);
    buf_init(&flags, WORDS_MAX);
    print_words(filter, category, &flags);
    int code = buf_check(&flags);
    if (code != 0)
        return code;
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASE_LIST, list);
    if (list == CASE_LIST_NUMBER)
        sql_bind_tag(&sql, ":tag", filter->sender_tag);
    else
        bind_filter(&sql, filter, category, flags.data);
    if (list == CASE_LIST_QUEUE)
        bind_place(&sql, filter);
    else
        sql_bind_int(&sql, ":before", sql_before(filter->before_id));
    sql_bind_int(&sql, ":limit", sql_limit(filter->limit));
    SQL_EACH(code, &sql, caseparts_read_row(&sql, &row), fn(context, &row));
    return code;
}

int cases_count_live(struct store *store, struct cases_sum *ret_sum)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASE_LIST, CASE_LIST_SUM);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    ret_sum->live = sql_read_int(&sql);
    ret_sum->critical = sql_read_int(&sql);
    ret_sum->unowned = sql_read_int(&sql);
    ret_sum->unread = sql_read_int(&sql);
    ret_sum->unanswered = sql_read_int(&sql);
    return sql_check(&sql);
}
