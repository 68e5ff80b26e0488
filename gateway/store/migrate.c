/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * migrate - see migrate.h.
 * Why:   the version is SQLite's own user_version: it lies in the header of the file and changes with the transaction.
 */
#include "gateway/store/migrate.h"

#include <assert.h>
#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

#define PATH_LEN_MAX 4096

static int read_version(struct store *store, int64_t *ret_version)
{
    char text[32];
    int code = sql_query_text(store, "PRAGMA user_version", text, sizeof text);
    return code != 0 ? code : str_to_int64(text, 0, INT32_MAX, ret_version);
}

static int newest(const struct migration_sql *steps)
{
    int version = 0;
    for (; steps->version != 0; steps++)
        version = steps->version;
    return version;
}

int store_version(const struct store *store)
{
    (void)store; /* an open store is always of this build's version */
    return newest(schema_sql);
}

/* A copy from an earlier try at the same step is as good as a new one: that try changed nothing. */
static int back_up(struct store *store, int64_t version, struct error *error)
{
    char beside[PATH_LEN_MAX];
    if (str_equal(store->path, ":memory:"))
        return 0;
    snprintf(beside, sizeof beside, "%s.before-version-%d", store->path, (int)version + 1);
    int code = store_backup(store, store->backup_path != NULL ? store->backup_path : beside, error);
    return code == ERR_EXISTS ? 0 : code;
}

static int set_version(struct store *store, int version)
{
    char text[64];
    snprintf(text, sizeof text, "PRAGMA user_version = %d", version); /* a pragma takes no parameters */
    return sql_exec(store, text);
}

static int apply(struct store *store, const struct migration_sql *steps, int64_t from, struct error *error)
{
    for (; steps->version != 0; steps++) {
        if (steps->version <= from)
            continue;
        int code = sql_exec(store, steps->sql);
        if (code == 0)
            code = set_version(store, steps->version);
        if (code != 0)
            return error_set(error, code, "%s: step %d (%s) of the schema failed: %s", store->path, steps->version,
                steps->name, sqlite3_errmsg(store->db));
    }
    return 0;
}

static int fail(struct store *store, struct error *error, int code, const char *what)
{
    return error_set(error, code, "%s: %s: %s", store->path, what, store_last_error(store));
}

static int apply_and_commit(struct store *store, const struct migration_sql *steps, int64_t from, struct error *error)
{
    int code = apply(store, steps, from, error);
    if (code == 0 && from == 0 && (code = audit_write_first_head(store)) != 0)
        (void)fail(store, error, code, "the audit cannot be begun");
    if (code == 0 && (code = sql_exec(store, "COMMIT")) != 0)
        (void)fail(store, error, code, "the migration cannot be committed");
    if (code != 0 && sqlite3_get_autocommit(store->db) == 0 && sql_exec(store, "ROLLBACK") != 0)
        error_prefix(error, "(and it cannot be rolled back)");
    return code;
}

int migrate_apply(struct store *store, const struct migration_sql *steps, struct error *error)
{
    int64_t version = 0;
    int code = read_version(store, &version);
    if (code != 0)
        return fail(store, error, code, "its version cannot be read");
    if (version > newest(steps))
        return error_set(error, ERR_UNSUPPORTED,
            "%s: is of version %d, this program knows %d: install the newer program", store->path, (int)version,
            newest(steps));
    if (version == newest(steps))
        return 0;
    if (version > 0 && (code = back_up(store, version, error)) != 0)
        return code;
    code = sql_exec(store, "BEGIN IMMEDIATE");
    if (code != 0)
        return fail(store, error, code, "the migration cannot begin");
    return apply_and_commit(store, steps, version, error);
}

int migrate_run(struct store *store, struct error *error)
{
    return migrate_apply(store, schema_sql, error);
}
