/* SPDX-License-Identifier: GPL-3.0-or-later */
/* addedwords - rows of the table added_words; see addedwords.h. */
#include "gateway/store/addedwords.h"

#include "gateway/store/sql.h"

enum { ADDED_SUM, ADDED_INSERT, ADDED_GET, ADDED_DELETE, ADDED_LIST, ADDED_PAGE, ADDED_COUNT };

#define COLUMNS "id, language, section, label, words, weight, added_at, added_by"

static const char *const texts[ADDED_COUNT] = {
    [ADDED_SUM] = "SELECT count(*), coalesce(max(id), 0) FROM added_words WHERE id > 0",
    [ADDED_INSERT] = "INSERT INTO added_words (" COLUMNS
                     ") VALUES (:id, :language, :section, :label, :words, :weight, :added_at, :added_by)",
    [ADDED_GET] = "SELECT " COLUMNS " FROM added_words WHERE id = :id",
    [ADDED_DELETE] = "DELETE FROM added_words WHERE id = :id",
    [ADDED_LIST] = "SELECT " COLUMNS " FROM added_words WHERE id > 0 ORDER BY id",
    [ADDED_PAGE] = "SELECT " COLUMNS " FROM added_words WHERE id < :before ORDER BY id DESC LIMIT :limit",
};
const struct sql_set added_words_sql = { texts, ADDED_COUNT };

static int take_sum(struct store *store, int64_t *ret_count, int64_t *ret_last)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ADDED_WORDS, ADDED_SUM);
    int code = sql_step(&sql);
    if (code != 1)
        return code ? code : ERR_CORRUPT;
    *ret_count = sql_read_int(&sql);
    *ret_last = sql_read_int(&sql);
    return sql_check(&sql);
}

int addedwords_insert(struct store *store, struct added_word_row *row)
{
    int64_t count, last;
    int code = take_sum(store, &count, &last);
    if (code != 0 || count >= ADDED_WORDS_MAX)
        return code != 0 ? code : ERR_LIMIT;
    AUTO_SQL struct sql sql = sql_use(store, SQL_ADDED_WORDS, ADDED_INSERT);
    row->id = last + 1;
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_text(&sql, ":language", row->language);
    sql_bind_text(&sql, ":section", row->section);
    sql_bind_text(&sql, ":label", row->label);
    sql_bind_text(&sql, ":words", row->words);
    sql_bind_int(&sql, ":weight", row->weight);
    sql_bind_int(&sql, ":added_at", row->added_at);
    sql_bind_text(&sql, ":added_by", row->added_by);
    return sql_run(&sql);
}

static int read_row(struct sql *sql, struct added_word_row *row)
{
    row->id = sql_read_int(sql);
    sql_read_text(sql, row->language, sizeof row->language);
    sql_read_text(sql, row->section, sizeof row->section);
    sql_read_text(sql, row->label, sizeof row->label);
    sql_read_text(sql, row->words, sizeof row->words);
    row->weight = (int)sql_read_int(sql);
    row->added_at = sql_read_int(sql);
    sql_read_text(sql, row->added_by, sizeof row->added_by);
    return sql_check(sql);
}

int addedwords_get(struct store *store, int64_t id, struct added_word_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ADDED_WORDS, ADDED_GET);
    sql_bind_int(&sql, ":id", id);
    int code = sql_step(&sql);
    if (code == 1)
        return read_row(&sql, ret_row);
    return code == 0 ? ERR_NOT_FOUND : code;
}

int addedwords_delete(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ADDED_WORDS, ADDED_DELETE);
    sql_bind_int(&sql, ":id", id);
    return sql_run_one(&sql);
}

static int each_row(struct sql *sql, added_word_fn fn, void *context)
{
    struct added_word_row row;
    int code;
    SQL_EACH(code, sql, read_row(sql, &row), fn(context, &row));
    return code;
}

int addedwords_list(struct store *store, added_word_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ADDED_WORDS, ADDED_LIST);
    return each_row(&sql, fn, context);
}

int addedwords_page(struct store *store, int64_t before_id, unsigned limit, added_word_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ADDED_WORDS, ADDED_PAGE);
    sql_bind_int(&sql, ":before", sql_before(before_id));
    sql_bind_int(&sql, ":limit", sql_limit(limit));
    return each_row(&sql, fn, context);
}
