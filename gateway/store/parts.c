/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts - rows of the table parts: the pieces of messages that come in parts; see parts.h. */
#include "gateway/store/parts.h"

#include <string.h>

#include "gateway/store/sql.h"

enum {
    PARTS_INSERT,
    PARTS_LIST,
    PARTS_SET_TEXT,
    PARTS_FORGET_TEXTS,
    PARTS_MOVE,
    PARTS_MOVE_ORIGINS,
    PARTS_DELETE_JOIN,
    PARTS_DELETE_MESSAGE,
    PARTS_COUNT
};

static const char *const texts[PARTS_COUNT] = {
    [PARTS_INSERT] = "INSERT INTO parts (message_id, part, dedupe, content, text, raw, received_at) "
                     "VALUES (:message_id, :part, :dedupe, :content, :text, :raw, :received_at)",
    [PARTS_LIST] =
        "SELECT id, message_id, part, dedupe, content, text, raw, received_at FROM parts INDEXED BY parts_message "
        "WHERE message_id = :message_id ORDER BY part",
    [PARTS_SET_TEXT] =
        "UPDATE parts INDEXED BY parts_message SET text = :text, raw = :raw WHERE message_id = :message_id AND part = :part",
    [PARTS_FORGET_TEXTS] =
        "UPDATE parts INDEXED BY parts_message SET text = NULL, raw = NULL WHERE message_id = :message_id",
    [PARTS_MOVE] =
        "UPDATE parts INDEXED BY parts_message SET text = NULL, raw = NULL, message_id = :to_id WHERE message_id = :from_id",
    [PARTS_MOVE_ORIGINS] =
        "UPDATE origins INDEXED BY origins_message SET message_id = :to_id WHERE message_id = :from_id",
    [PARTS_DELETE_JOIN] = "DELETE FROM joins WHERE message_id = :from_id",
    [PARTS_DELETE_MESSAGE] = "DELETE FROM messages WHERE id = :from_id",
};
const struct sql_set parts_sql = { texts, PARTS_COUNT };

int parts_insert(struct store *store, const struct part_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PARTS, PARTS_INSERT);
    sql_bind_int(&sql, ":message_id", row->message_id);
    sql_bind_int(&sql, ":part", row->part);
    sql_bind_span(&sql, ":dedupe", (struct span){ (const char *)row->dedupe, STORE_TAG_LEN });
    sql_bind_span(&sql, ":content", (struct span){ (const char *)row->content, STORE_TAG_LEN });
    sql_bind_span(&sql, ":text", row->text);
    sql_bind_span(&sql, ":raw", row->raw);
    sql_bind_int(&sql, ":received_at", row->received_at);
    return sql_run(&sql);
}

static int read_row(struct sql *sql, struct part_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    row->message_id = sql_read_int(sql);
    row->part = (unsigned)sql_read_int(sql);
    sql_read_bytes(sql, row->dedupe, STORE_TAG_LEN);
    sql_read_bytes(sql, row->content, STORE_TAG_LEN);
    row->text = sql_read_span(sql);
    row->raw = sql_read_span(sql);
    row->received_at = sql_read_int(sql);
    return sql_check(sql);
}

int parts_list(struct store *store, int64_t message_id, part_row_fn fn, void *context)
{
    struct part_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_PARTS, PARTS_LIST);
    sql_bind_int(&sql, ":message_id", message_id);
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}

int parts_set_text(struct store *store, int64_t message_id, unsigned part, struct span text, struct span raw)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PARTS, PARTS_SET_TEXT);
    sql_bind_span(&sql, ":text", text);
    sql_bind_span(&sql, ":raw", raw);
    sql_bind_int(&sql, ":message_id", message_id);
    sql_bind_int(&sql, ":part", part);
    return sql_run_one(&sql);
}

int parts_forget_texts(struct store *store, int64_t message_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PARTS, PARTS_FORGET_TEXTS);
    sql_bind_int(&sql, ":message_id", message_id);
    return sql_run(&sql);
}

static int move(struct store *store, unsigned index, int64_t from_id, int64_t to_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PARTS, index);
    sql_bind_int(&sql, ":to_id", to_id);
    sql_bind_int(&sql, ":from_id", from_id);
    return sql_run(&sql);
}

static int remove_row(struct store *store, unsigned index, int64_t from_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PARTS, index);
    sql_bind_int(&sql, ":from_id", from_id);
    return sql_run_one(&sql);
}

int parts_merge(struct store *store, int64_t from_id, int64_t to_id)
{
    int code = move(store, PARTS_MOVE, from_id, to_id);
    if (code == 0)
        code = move(store, PARTS_MOVE_ORIGINS, from_id, to_id);
    if (code == 0)
        code = remove_row(store, PARTS_DELETE_JOIN, from_id);
    return code != 0 ? code : remove_row(store, PARTS_DELETE_MESSAGE, from_id);
}
