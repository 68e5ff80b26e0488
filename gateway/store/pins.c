/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pins - rows of the table pins; see pins.h. */
#include "gateway/store/pins.h"

#include "gateway/store/sql.h"

enum { PINS_GET, PINS_PUT, PINS_DELETE, PINS_COUNT };

static const char *const texts[PINS_COUNT] = {
    [PINS_GET] = "SELECT tag FROM pins WHERE channel = :channel",
    [PINS_PUT] = "INSERT OR REPLACE INTO pins (channel, tag, at) VALUES (:channel, :tag, :at)",
    [PINS_DELETE] = "DELETE FROM pins WHERE channel = :channel",
};
const struct sql_set pins_sql = { texts, PINS_COUNT };

int pins_get(struct store *store, const char *channel, unsigned char *ret_tag)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PINS, PINS_GET);
    sql_bind_text(&sql, ":channel", channel);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    sql_read_bytes(&sql, ret_tag, STORE_TAG_LEN);
    return sql_check(&sql);
}

int pins_put(struct store *store, const char *channel, const unsigned char *tag, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PINS, PINS_PUT);
    sql_bind_text(&sql, ":channel", channel);
    sql_bind_span(&sql, ":tag", (struct span){ (const char *)tag, STORE_TAG_LEN });
    sql_bind_int(&sql, ":at", now_ms);
    return sql_run(&sql);
}

int pins_delete(struct store *store, const char *channel)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PINS, PINS_DELETE);
    sql_bind_text(&sql, ":channel", channel);
    return sql_run(&sql);
}
