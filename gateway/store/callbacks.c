/* SPDX-License-Identifier: GPL-3.0-or-later */
/* callbacks - rows of the table callbacks; see callbacks.h. */
#include "gateway/store/callbacks.h"

#include "gateway/store/sql.h"

enum { CALLBACKS_NOTE, CALLBACKS_FORGET, CALLBACKS_COUNT };

static const char *const texts[CALLBACKS_COUNT] = {
    [CALLBACKS_NOTE] = "INSERT INTO callbacks (tag, at) VALUES (:tag, :at) ON CONFLICT DO NOTHING",
    [CALLBACKS_FORGET] = "DELETE FROM callbacks INDEXED BY callbacks_at WHERE at < :before",
};
const struct sql_set callbacks_sql = { texts, CALLBACKS_COUNT };

int callbacks_note(struct store *store, const unsigned char *tag, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CALLBACKS, CALLBACKS_NOTE);
    sql_bind_tag(&sql, ":tag", tag);
    sql_bind_int(&sql, ":at", now_ms);
    int code = sql_run_one(&sql);
    return code == ERR_NOT_FOUND ? ERR_EXISTS : code;
}

int callbacks_forget(struct store *store, int64_t before_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CALLBACKS, CALLBACKS_FORGET);
    sql_bind_int(&sql, ":before", before_ms);
    return sql_run(&sql);
}
