/* SPDX-License-Identifier: GPL-3.0-or-later */
/* corrections - rows of the table corrections; see corrections.h. */
#include "gateway/store/corrections.h"

#include <string.h>

#include "gateway/store/sql.h"

#define SET_TEXT_MAX 512 /* all categories or all flags, spelled out */

enum { CORRECTIONS_INSERT, CORRECTIONS_LIST, CORRECTIONS_LIST_CASE, CORRECTIONS_COUNT };

#define COLUMNS                                                                                                        \
    "case_id, message_id, at, actor, old_language, old_is_help, old_urgency, old_categories, old_flags, "              \
    "new_language, new_is_help, new_urgency, new_categories, new_flags"

static const char *const texts[CORRECTIONS_COUNT] = {
    [CORRECTIONS_INSERT] =
        "INSERT INTO corrections (" COLUMNS ") VALUES (:case_id, :message_id, :at, :actor, :old_language, "
        ":old_is_help, :old_urgency, :old_categories, :old_flags, :new_language, :new_is_help, :new_urgency, "
        ":new_categories, :new_flags) RETURNING id",
    [CORRECTIONS_LIST] = "SELECT id, " COLUMNS " FROM corrections WHERE id < :before ORDER BY id DESC LIMIT :limit",
    [CORRECTIONS_LIST_CASE] = "SELECT id, " COLUMNS " FROM corrections INDEXED BY corrections_case "
                              "WHERE case_id = :case_id AND id < :before ORDER BY id DESC LIMIT :limit",
};
const struct sql_set corrections_sql = { texts, CORRECTIONS_COUNT };

struct words {
    struct buf categories, flags;
};

static int print_sets(const struct labels *labels, struct words *words)
{
    buf_init(&words->categories, SET_TEXT_MAX);
    buf_init(&words->flags, SET_TEXT_MAX);
    category_set_print(labels->categories, &words->categories);
    flag_set_print(labels->flags, &words->flags);
    int code = buf_check(&words->categories);
    return code != 0 ? code : buf_check(&words->flags);
}

static const char *text_of(const struct buf *buf)
{
    return buf->data == NULL ? "" : buf->data;
}

/* Both sides have the same five columns in the same order. */
static void bind_labels(
    struct sql *sql, const char *const *names, const struct labels *labels, const struct words *words)
{
    sql_bind_text(sql, names[0], labels->language);
    sql_bind_int(sql, names[1], labels->is_help);
    sql_bind_text(sql, names[2], urgency_word(labels->urgency));
    sql_bind_text(sql, names[3], text_of(&words->categories));
    sql_bind_text(sql, names[4], text_of(&words->flags));
}

static int insert_row(
    struct store *store, struct correction_row *row, const struct words *before, const struct words *after)
{
    static const char *const old_names[] = { ":old_language", ":old_is_help", ":old_urgency", ":old_categories",
        ":old_flags" };
    static const char *const new_names[] = { ":new_language", ":new_is_help", ":new_urgency", ":new_categories",
        ":new_flags" };
    AUTO_SQL struct sql sql = sql_use(store, SQL_CORRECTIONS, CORRECTIONS_INSERT);
    sql_bind_int(&sql, ":case_id", row->case_id);
    sql_bind_id(&sql, ":message_id", row->message_id);
    sql_bind_int(&sql, ":at", row->at);
    sql_bind_text(&sql, ":actor", row->actor);
    bind_labels(&sql, old_names, &row->before, before);
    bind_labels(&sql, new_names, &row->after, after);
    return sql_take_int(&sql, &row->id);
}

int corrections_insert(struct store *store, struct correction_row *row)
{
    struct words before, after;
    int code = print_sets(&row->before, &before);
    int other = print_sets(&row->after, &after);
    if (code == 0)
        code = other != 0 ? other : insert_row(store, row, &before, &after);
    buf_done(&before.categories);
    buf_done(&before.flags);
    buf_done(&after.categories);
    buf_done(&after.flags);
    return code;
}

static void read_labels(struct sql *sql, struct labels *labels)
{
    sql_read_text(sql, labels->language, sizeof labels->language);
    labels->is_help = sql_read_int(sql) != 0;
    labels->urgency = sql_read_urgency(sql);
    labels->categories = sql_read_categories(sql);
    labels->flags = sql_read_flags(sql);
}

static int read_row(struct sql *sql, struct correction_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    row->case_id = sql_read_int(sql);
    row->message_id = sql_read_int(sql);
    row->at = sql_read_int(sql);
    sql_read_text(sql, row->actor, sizeof row->actor);
    read_labels(sql, &row->before);
    read_labels(sql, &row->after);
    return sql_check(sql);
}

int corrections_list(
    struct store *store, int64_t case_id, int64_t before_id, unsigned limit, correction_row_fn fn, void *context)
{
    struct correction_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_CORRECTIONS, case_id ? CORRECTIONS_LIST_CASE : CORRECTIONS_LIST);
    if (case_id)
        sql_bind_int(&sql, ":case_id", case_id);
    sql_bind_int(&sql, ":before", sql_before(before_id));
    sql_bind_int(&sql, ":limit", sql_limit(limit));
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}
