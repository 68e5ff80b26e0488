/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shift - see shift.h. */
#include "gateway/store/shift.h"

#include "gateway/store/sql.h"

enum { SHIFT_QUEUED, SHIFT_LEASED, SHIFT_STEPS, SHIFT_JOINS, SHIFT_POLLS, SHIFT_POLL_LEASES, SHIFT_LOOPS, SHIFT_COUNT };

static const char *const texts[SHIFT_COUNT] = {
    [SHIFT_QUEUED] = "UPDATE outbox INDEXED BY outbox_queued SET due_at = due_at - :back WHERE state = 'queued' "
                     "AND due_at > :now",
    [SHIFT_LEASED] = "UPDATE outbox INDEXED BY outbox_leased SET lease_until = lease_until - :back "
                     "WHERE state = 'leased' AND lease_until > :now",
    [SHIFT_STEPS] = "UPDATE steps INDEXED BY steps_waiting SET due_at = due_at - :back WHERE state = 'waiting' "
                    "AND due_at > :now",
    [SHIFT_JOINS] = "UPDATE joins INDEXED BY joins_due SET due_at = due_at - :back WHERE due_at > 0 AND due_at > :now",
    [SHIFT_POLLS] = "UPDATE polls SET due_at = due_at - :back WHERE due_at > :now",
    [SHIFT_POLL_LEASES] = "UPDATE polls SET lease_until = lease_until - :back WHERE lease_until > :now",
    [SHIFT_LOOPS] =
        "UPDATE loops INDEXED BY loops_waiting SET due_at = due_at - :back, started_at = started_at - :back "
        "WHERE state = 'waiting' AND due_at > :now",
};
const struct sql_set shift_sql = { texts, SHIFT_COUNT };

int shift_back(struct store *store, int64_t now_ms, int64_t back_ms)
{
    int code = 0;
    for (unsigned i = 0; code == 0 && i < SHIFT_COUNT; i++) {
        AUTO_SQL struct sql sql = sql_use(store, SQL_SHIFT, i);
        sql_bind_int(&sql, ":back", back_ms);
        sql_bind_int(&sql, ":now", now_ms);
        code = sql_run(&sql);
    }
    return code;
}
