/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db - opens and closes the database.
 * What:  lock, connection, pragmas set and read back, quick check after an unclean stop, migration, queries prepared,
 * counters loaded; in this order, because each step relies on the one before. Keeps: a pragma that reads back
 * differently is fatal: durability that was only asked for is no durability. Not here: turns (turn.c); upkeep while
 * open (upkeep.c).
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/store/lock.h"
#include "gateway/store/migrate.h"
#include "gateway/store/sql.h"

#define SCRATCH_MAX (1u << 20)      /* spans of one row handed out */
#define QUICK_CHECK_MAX (4LL << 30) /* a larger database would keep intake waiting for too long */
#define PATH_LEN_MAX 4096

static const char memory_path[] = ":memory:";

struct pragma {
    const char *set;  /* statement */
    const char *read; /* NULL: the answer of the setting itself is read */
    const char *want;
    bool only_file; /* has no meaning for a database in memory */
};
/* The order matters: an exclusive lock before the log exists keeps the log's index in memory, where no second process
 * can join. */
static const struct pragma pragmas[] = {
    { "PRAGMA locking_mode = EXCLUSIVE", "PRAGMA locking_mode", "exclusive", true },
    { "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1", false },
    { "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0", false },
    { "PRAGMA busy_timeout = 5000", "PRAGMA busy_timeout", "5000", false },
    { "PRAGMA mmap_size = 0", "PRAGMA mmap_size", "0", true },
    { "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal", true },
    { "PRAGMA synchronous = FULL", "PRAGMA synchronous", "2", false },
    { "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1", false },
    { "PRAGMA secure_delete = ON", "PRAGMA secure_delete", "1", false },
    { "PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_autocheckpoint", "0", false },
    { "PRAGMA journal_size_limit = 67108864", "PRAGMA journal_size_limit", "67108864", true },
    { "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2", false },
    { "PRAGMA cache_size = -6144", "PRAGMA cache_size", "-6144", false },
};

static bool is_in_memory(const struct store *store)
{
    return str_equal(store->path, memory_path);
}

static int set_pragma(struct store *store, const struct pragma *pragma, struct error *error)
{
    char text[64];
    int code = sql_exec(store, pragma->set);
    if (code == 0)
        code = sql_query_text(store, pragma->read, text, sizeof text);
    if (code != 0)
        return error_set(error, code, "%s: %s failed: %s", store->path, pragma->set, store_last_error(store));
    if (!str_equal(text, pragma->want))
        return error_set(error, ERR_UNSUPPORTED, "%s: %s had no effect (it reads \"%s\"): is this a local file system?",
            store->path, pragma->set, text);
    return 0;
}

static int set_pragmas(struct store *store, struct error *error)
{
    int is_defensive = 0;
    if (sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &is_defensive) != SQLITE_OK || is_defensive != 1)
        return error_set(error, ERR_UNSUPPORTED, "%s: this SQLite has no defensive mode", store->path);
    for (size_t i = 0; i < STR_COUNT(pragmas); i++) {
        if (pragmas[i].only_file && is_in_memory(store))
            continue;
        int code = set_pragma(store, &pragmas[i], error);
        if (code != 0)
            return code;
    }
    return 0;
}

/* A clean stop empties and removes the write-ahead log; one that is there tells of a crash. */
static bool was_unclean(const char *path)
{
    char name[PATH_LEN_MAX];
    struct stat status;
    if (!str_copy(name, sizeof name, path) || !str_copy(name + strlen(name), sizeof name - strlen(name), "-wal"))
        return true;
    return stat(name, &status) == 0 && status.st_size > 0;
}

static int quick_check(struct store *store, struct error *error)
{
    struct stat status;
    char text[256];
    if (stat(store->path, &status) == 0 && status.st_size > QUICK_CHECK_MAX)
        return 0;
    int code = sql_query_text(store, "PRAGMA quick_check(1)", text, sizeof text);
    if (code != 0)
        return error_set(error, code, "%s: cannot be checked: %s", store->path, store_last_error(store));
    if (!str_equal(text, "ok"))
        return error_set(error, ERR_CORRUPT, "%s: the check after an unclean stop failed: %s", store->path, text);
    return 0;
}

static int note_wal(void *context, sqlite3 *db, const char *schema, int pages)
{
    struct store *store = context;
    (void)db;
    (void)schema;
    store->wal_pages = pages;
    return SQLITE_OK;
}

/* One thread uses SQLite, so its mutexes and its memory statistics are only cost. Once SQLite is in use this is
 * refused, and the first opening has done it. */
static void configure_library(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int connect(struct store *store, struct error *error)
{
    bool is_file = !is_in_memory(store);
    bool is_unclean = is_file && was_unclean(store->path);
    if (is_file) {
        int code = lock_take(store->path, error, &store->lock_fd);
        if (code != 0)
            return code;
    }
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int code = sqlite3_open_v2(store->path, &store->db, flags, NULL);
    if (code != SQLITE_OK)
        return error_set(
            error, sql_fail(store, code), "%s: cannot be opened: %s", store->path, store_last_error(store));
    code = set_pragmas(store, error);
    if (code == 0 && is_unclean)
        code = quick_check(store, error);
    return code;
}

static int load(struct store *store, struct error *error)
{
    int code = sql_prepare_all(store, error);
    if (code != 0)
        return code;
    code = turn_load(store);
    if (code == 0)
        code = audit_load(store);
    if (code != 0)
        return error_set(error, code, "%s: the counters cannot be read: %s", store->path, store_last_error(store));
    sqlite3_wal_hook(store->db, note_wal, store);
    return 0;
}

static struct store *allocate(const struct store_options *options)
{
    struct store *store = calloc(1, sizeof *store);
    if (store == NULL)
        return NULL;
    store->lock_fd = -1;
    store->chain = options->chain;
    store->chain_context = options->chain_context;
    store->backup_path = options->backup_before_migration;
    struct buf *scratches[] = { &store->message_bytes, &store->outbox_bytes, &store->quarantine_bytes };
    for (size_t i = 0; i < STR_COUNT(scratches); i++)
        buf_init(scratches[i], SCRATCH_MAX);
    store->path = strdup(options->path);
    if (store->path == NULL) {
        free(store);
        return NULL;
    }
    return store;
}

int store_open(const struct store_options *options, struct error *error, struct store **ret_store)
{
    assert(options->path != NULL && options->chain != NULL);
    configure_library();
    struct store *store = allocate(options);
    if (store == NULL)
        return error_set(error, ERR_NOMEM, "out of memory while opening the store");
    int code = connect(store, error);
    if (code == 0)
        code = migrate_run(store, error);
    if (code == 0)
        code = load(store, error);
    if (code != 0) {
        store_close(store);
        return code;
    }
    store->backup_path = NULL; /* was borrowed for the call */
    *ret_store = store;
    return 0;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    if (store->is_in_transaction)
        store_rollback(store);
    sql_finalize_all(store);
    /* Closing the last connection checkpoints the log and removes it: the mark of a clean stop. */
    int code = sqlite3_close(store->db);
    assert(code == SQLITE_OK);
    (void)code;
    lock_release(store->lock_fd);
    buf_done(&store->message_bytes);
    buf_done(&store->outbox_bytes);
    buf_done(&store->quarantine_bytes);
    free(store->path);
    free(store);
}
