/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * upkeep - what the store needs besides turns: checkpoints, backups, checks.
 * Why:   automatic checkpoints would fall into a turn and hold its answers back, so they are done between turns, when
 * nobody waits.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

#define WAL_PAGES_IDLE 1000
#define WAL_PAGES_BUSY 4000

static int checkpoint(struct store *store, int mode)
{
    int in_log = 0, copied = 0;
    int code = sqlite3_wal_checkpoint_v2(store->db, NULL, mode, &in_log, &copied);
    if (code != SQLITE_OK)
        return sql_fail(store, code);
    store->wal_pages = in_log > copied ? in_log - copied : 0;
    return 0;
}

void store_maintain(struct store *store, bool is_idle)
{
    assert(!store->is_in_transaction);
    /* What was shredded must also leave the log; only truncating it does that. */
    if (store->is_purged) {
        if (checkpoint(store, SQLITE_CHECKPOINT_TRUNCATE) == 0)
            store->is_purged = false;
        return;
    }
    if (store->wal_pages > (is_idle ? WAL_PAGES_IDLE : WAL_PAGES_BUSY))
        (void)checkpoint(
            store, SQLITE_CHECKPOINT_PASSIVE); /* a failure shows again, and is reported, at the next commit */
}

static int fail_path(struct error *error, const char *path, const char *what)
{
    int saved = errno;
    int code = saved == EEXIST ? ERR_EXISTS : saved == ENOSPC || saved == EDQUOT ? ERR_FULL : ERR_IO;
    return error_set(error, code, "%s: %s: %s", path, what, strerror(saved));
}

static int vacuum_into(struct store *store, const char *path)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(store->db, "VACUUM INTO :path", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? 0 : sql_fail(store, code);
}

int store_backup(struct store *store, const char *path, struct error *error)
{
    assert(!store->is_in_transaction);
    /* Created empty first, so that the copy never exists with a wider mode than 0600. */
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail_path(error, path, "cannot create the backup");
    int code = vacuum_into(store, path);
    if (code != 0)
        (void)error_set(error, code, "%s: the backup failed: %s", path, store_last_error(store));
    else if (fsync(fd) != 0)
        code = fail_path(error, path, "the backup cannot be synced");
    close(fd);
    if (code != 0)
        unlink(path);
    return code;
}

/* The totals are kept beside the rows, so a check compares the two. */
static int check_totals(struct store *store, struct error *error)
{
    char text[64];
    static const char difference[] =
        "SELECT name FROM counters LEFT JOIN (SELECT 'outbox.' || state AS word, count(*) AS found FROM outbox GROUP BY state) ON name = word "
        "WHERE name LIKE 'outbox.%' AND value <> coalesce(found, 0) LIMIT 1";
    int code = sql_query_text(store, difference, text, sizeof text);
    if (code != 0)
        return error_set(error, code, "%s: cannot be checked: %s", store->path, store_last_error(store));
    if (!str_is_empty(text))
        return error_set(error, ERR_CORRUPT, "%s: the total of %s does not fit its rows", store->path, text);
    return 0;
}

int store_check(struct store *store, struct error *error)
{
    char text[256];
    assert(!store->is_in_transaction);
    int code = sql_query_text(store, "PRAGMA integrity_check(1)", text, sizeof text);
    if (code == 0 && !str_equal(text, "ok"))
        return error_set(error, ERR_CORRUPT, "%s: %s", store->path, text);
    if (code == 0)
        code = sql_query_text(store, "PRAGMA foreign_key_check", text, sizeof text);
    if (code != 0)
        return error_set(error, code, "%s: cannot be checked: %s", store->path, store_last_error(store));
    if (!str_is_empty(text))
        return error_set(error, ERR_CORRUPT, "%s: a row of %s refers to a row that is not there", store->path, text);
    return check_totals(store, error);
}
