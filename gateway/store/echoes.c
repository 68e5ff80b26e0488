/* SPDX-License-Identifier: GPL-3.0-or-later */
/* echoes - rows of the tables echoes and origins; see echoes.h. */
#include "gateway/store/echoes.h"

#include <string.h>

#include "gateway/store/sql.h"

enum { ECHOES_ADD, ECHOES_FIND, ECHOES_FORGET, ECHOES_ADD_ORIGIN, ECHOES_LIST_ORIGINS, ECHOES_COUNT };

static const char *const texts[ECHOES_COUNT] = {
    [ECHOES_ADD] = "INSERT INTO echoes (tag, message_id, channel, at) VALUES (:tag, :message_id, :channel, :at) "
                   "ON CONFLICT DO NOTHING",
    /* The key begins with the tag and has the message next, so the groups come in order. */
    [ECHOES_FIND] = "SELECT message_id FROM echoes WHERE tag = :tag GROUP BY message_id "
                    "HAVING sum(channel = :channel) = 0 AND min(at) BETWEEN :from AND :to "
                    "ORDER BY message_id LIMIT 1",
    [ECHOES_FORGET] = "DELETE FROM echoes INDEXED BY echoes_at WHERE at < :before",
    [ECHOES_ADD_ORIGIN] =
        "INSERT INTO origins (message_id, channel, dedupe, at) VALUES (:message_id, :channel, :dedupe, :at)",
    [ECHOES_LIST_ORIGINS] =
        "SELECT message_id, channel, dedupe, at FROM origins INDEXED BY origins_message WHERE message_id = :message_id "
        "ORDER BY id",
};
const struct sql_set echoes_sql = { texts, ECHOES_COUNT };

int echoes_add(struct store *store, const unsigned char *tag, int64_t message_id, const char *channel, int64_t at)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ECHOES, ECHOES_ADD);
    sql_bind_tag(&sql, ":tag", tag);
    sql_bind_int(&sql, ":message_id", message_id);
    sql_bind_text(&sql, ":channel", channel);
    sql_bind_int(&sql, ":at", at);
    return sql_run(&sql);
}

int echoes_find(struct store *store, const unsigned char *tag, const char *channel, int64_t from_ms, int64_t to_ms,
    int64_t *ret_message_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ECHOES, ECHOES_FIND);
    sql_bind_tag(&sql, ":tag", tag);
    sql_bind_text(&sql, ":channel", channel);
    sql_bind_int(&sql, ":from", from_ms);
    sql_bind_int(&sql, ":to", to_ms);
    return sql_take_int(&sql, ret_message_id);
}

int echoes_forget(struct store *store, int64_t before_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ECHOES, ECHOES_FORGET);
    sql_bind_int(&sql, ":before", before_ms);
    return sql_run(&sql);
}

int echoes_add_origin(struct store *store, const struct origin_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_ECHOES, ECHOES_ADD_ORIGIN);
    sql_bind_int(&sql, ":message_id", row->message_id);
    sql_bind_text(&sql, ":channel", row->channel);
    sql_bind_span(&sql, ":dedupe", (struct span){ (const char *)row->dedupe, STORE_TAG_LEN });
    sql_bind_int(&sql, ":at", row->at);
    return sql_run(&sql);
}

int echoes_list_origins(struct store *store, int64_t message_id, origin_row_fn fn, void *context)
{
    struct origin_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_ECHOES, ECHOES_LIST_ORIGINS);
    sql_bind_int(&sql, ":message_id", message_id);
    int code;
    while ((code = sql_step(&sql)) == 1) {
        memset(&row, 0, sizeof row);
        row.message_id = sql_read_int(&sql);
        sql_read_text(&sql, row.channel, sizeof row.channel);
        sql_read_bytes(&sql, row.dedupe, STORE_TAG_LEN);
        row.at = sql_read_int(&sql);
        code = sql_check(&sql);
        if (code == 0)
            code = fn(context, &row);
        if (code != 0)
            break;
    }
    return code;
}
