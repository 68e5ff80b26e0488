/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outboxparts - rows of the table outbox_parts; see outboxparts.h. */
#include "gateway/store/outboxparts.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum { OUTBOXPARTS_PUT, OUTBOXPARTS_LIST, OUTBOXPARTS_FIND, OUTBOXPARTS_DELETE, OUTBOXPARTS_FORGET, OUTBOXPARTS_COUNT };

#define COLUMNS "outbox_id, part, total, channel, recipient, content, state, remote_id, at"

static const char *const texts[OUTBOXPARTS_COUNT] = {
    [OUTBOXPARTS_PUT] =
        "INSERT OR REPLACE INTO outbox_parts (" COLUMNS ") VALUES (:outbox_id, :part, :total, :channel, "
        ":recipient, :content, :state, :remote_id, :at)",
    [OUTBOXPARTS_LIST] = "SELECT " COLUMNS " FROM outbox_parts WHERE outbox_id = :outbox_id ORDER BY part",
    [OUTBOXPARTS_FIND] = "SELECT " COLUMNS " FROM outbox_parts INDEXED BY outbox_parts_recipient "
                         "WHERE recipient = :recipient AND channel = :channel AND at >= :since ORDER BY at DESC",
    [OUTBOXPARTS_DELETE] = "DELETE FROM outbox_parts WHERE outbox_id = :outbox_id",
    [OUTBOXPARTS_FORGET] = "DELETE FROM outbox_parts INDEXED BY outbox_parts_at WHERE at < :before",
};
const struct sql_set outboxparts_sql = { texts, OUTBOXPARTS_COUNT };

static const char *const state_words[] = { [PART_GIVEN] = "given",
    [PART_DOUBTFUL] = "doubtful",
    [PART_SENT] = "sent",
    [PART_DELIVERED] = "delivered",
    [PART_FAILED] = "failed" };

static struct span tag_span(const unsigned char *tag)
{
    return (struct span){ (const char *)tag, STORE_TAG_LEN };
}

int outboxparts_put(struct store *store, const struct outbox_part *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOXPARTS, OUTBOXPARTS_PUT);
    sql_bind_int(&sql, ":outbox_id", row->outbox_id);
    sql_bind_int(&sql, ":part", row->part);
    sql_bind_int(&sql, ":total", row->total);
    sql_bind_text(&sql, ":channel", row->channel);
    sql_bind_span(&sql, ":recipient", tag_span(row->recipient));
    sql_bind_span(&sql, ":content", tag_span(row->content));
    sql_bind_text(&sql, ":state", state_words[row->state]);
    sql_bind_text(&sql, ":remote_id", row->remote_id);
    sql_bind_int(&sql, ":at", row->at);
    return sql_run(&sql);
}

static int read_row(struct sql *sql, struct outbox_part *row)
{
    size_t state = 0;
    memset(row, 0, sizeof *row);
    row->outbox_id = sql_read_int(sql);
    row->part = (unsigned)sql_read_int(sql);
    row->total = (unsigned)sql_read_int(sql);
    sql_read_text(sql, row->channel, sizeof row->channel);
    sql_read_bytes(sql, row->recipient, STORE_TAG_LEN);
    sql_read_bytes(sql, row->content, STORE_TAG_LEN);
    const char *word = sql_read_word(sql);
    while (state < STR_COUNT(state_words) && !str_equal(state_words[state], word))
        state++;
    if (state == STR_COUNT(state_words))
        return ERR_CORRUPT;
    row->state = (enum part_state)state;
    sql_read_text(sql, row->remote_id, sizeof row->remote_id);
    row->at = sql_read_int(sql);
    return sql_check(sql);
}

static int list(struct sql *sql, outbox_part_fn fn, void *context)
{
    struct outbox_part row;
    int code;
    while ((code = sql_step(sql)) == 1) {
        code = read_row(sql, &row);
        if (code == 0)
            code = fn(context, &row);
        if (code != 0)
            return code == 1 ? 0 : code;
    }
    return code;
}

int outboxparts_list(struct store *store, int64_t outbox_id, outbox_part_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOXPARTS, OUTBOXPARTS_LIST);
    sql_bind_int(&sql, ":outbox_id", outbox_id);
    return list(&sql, fn, context);
}

int outboxparts_find(struct store *store, const unsigned char *recipient, const char *channel, int64_t since_ms,
    outbox_part_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOXPARTS, OUTBOXPARTS_FIND);
    sql_bind_span(&sql, ":recipient", tag_span(recipient));
    sql_bind_text(&sql, ":channel", channel);
    sql_bind_int(&sql, ":since", since_ms);
    return list(&sql, fn, context);
}

int outboxparts_delete(struct store *store, int64_t outbox_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOXPARTS, OUTBOXPARTS_DELETE);
    sql_bind_int(&sql, ":outbox_id", outbox_id);
    return sql_run(&sql);
}

int outboxparts_forget(struct store *store, int64_t before_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_OUTBOXPARTS, OUTBOXPARTS_FORGET);
    sql_bind_int(&sql, ":before", before_ms);
    return sql_run(&sql);
}
