/* SPDX-License-Identifier: GPL-3.0-or-later */
/* users - rows of the tables users and recovery; see users.h. */
#include "gateway/store/users.h"

#include <string.h>

#include "gateway/store/sql.h"

#define COLUMNS                                                                                                        \
    "id, name, role, is_enabled, contact, created_at, enrolled_at, signed_in_at, password, secret, last_step"

enum {
    USERS_ADD,
    USERS_GET,
    USERS_PUT,
    USERS_LIST,
    USERS_TOTAL,
    USERS_OF_ROLE,
    USERS_DROP_CODES,
    USERS_ADD_CODE,
    USERS_TAKE_CODE,
    USERS_COUNT_CODES,
    USERS_COUNT
};

static const char *const texts[USERS_COUNT] = {
    [USERS_ADD] = "INSERT INTO users (" COLUMNS ") VALUES ((SELECT coalesce(max(id), 0) + 1 FROM users), :name, :role, "
                  ":is_enabled, :contact, :created_at, :enrolled_at, :signed_in_at, :password, :secret, :last_step) "
                  "RETURNING id",
    [USERS_GET] = "SELECT " COLUMNS " FROM users WHERE name = :name",
    [USERS_PUT] = "UPDATE users SET role = :role, is_enabled = :is_enabled, contact = :contact, "
                  "enrolled_at = :enrolled_at, signed_in_at = :signed_in_at, password = :password, secret = :secret, "
                  "last_step = :last_step WHERE id = :id",
    [USERS_LIST] = "SELECT " COLUMNS " FROM users ORDER BY name",
    [USERS_TOTAL] = "SELECT count(*) FROM users",
    [USERS_OF_ROLE] = "SELECT count(*) FROM users WHERE role = :role AND is_enabled = 1 AND enrolled_at > 0 AND id <> "
                      ":but_id",
    [USERS_DROP_CODES] = "DELETE FROM recovery WHERE user = :user",
    [USERS_ADD_CODE] = "INSERT INTO recovery (user, tag) VALUES (:user, :tag)",
    [USERS_TAKE_CODE] = "DELETE FROM recovery WHERE user = :user AND tag = :tag",
    [USERS_COUNT_CODES] = "SELECT count(*) FROM recovery WHERE user = :user",
};
const struct sql_set users_sql = { texts, USERS_COUNT };

static struct span secret_of(const struct user_row *row)
{
    return (struct span){ (const char *)row->secret, row->secret_len };
}

static int read_row(struct sql *sql, struct user_row *row)
{
    *row = (struct user_row){ .id = sql_read_int(sql) };
    sql_read_text(sql, row->name, sizeof row->name);
    sql_read_text(sql, row->role, sizeof row->role);
    row->is_enabled = sql_read_int(sql) != 0;
    sql_read_text(sql, row->contact, sizeof row->contact);
    row->created_at = sql_read_int(sql);
    row->enrolled_at = sql_read_int(sql);
    row->signed_in_at = sql_read_int(sql);
    sql_read_text(sql, row->password, sizeof row->password);
    struct span secret = sql_read_span(sql);
    if (secret.len > sizeof row->secret)
        return ERR_CORRUPT;
    if (secret.len > 0)
        memcpy(row->secret, secret.data, secret.len);
    row->secret_len = secret.len;
    row->last_step = sql_read_int(sql);
    return sql_check(sql);
}

int users_add(struct store *store, struct user_row *row)
{
    int64_t count = 0;
    AUTO_SQL struct sql total = sql_use(store, SQL_USERS, USERS_TOTAL);
    int code = sql_take_int(&total, &count);
    if (code != 0 || count >= USERS_MAX)
        return code != 0 ? code : ERR_LIMIT;
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_ADD);
    sql_bind_text(&sql, ":name", row->name);
    sql_bind_text(&sql, ":role", row->role);
    sql_bind_int(&sql, ":is_enabled", row->is_enabled);
    sql_bind_text(&sql, ":contact", row->contact);
    sql_bind_int(&sql, ":created_at", row->created_at);
    sql_bind_int(&sql, ":enrolled_at", row->enrolled_at);
    sql_bind_int(&sql, ":signed_in_at", row->signed_in_at);
    sql_bind_text(&sql, ":password", row->password);
    sql_bind_span(&sql, ":secret", secret_of(row));
    sql_bind_int(&sql, ":last_step", row->last_step);
    return sql_take_int(&sql, &row->id);
}

int users_get(struct store *store, const char *name, struct user_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_GET);
    sql_bind_text(&sql, ":name", name);
    int code = sql_step(&sql);
    return code == 1 ? read_row(&sql, ret_row) : code == 0 ? ERR_NOT_FOUND : code;
}

int users_put(struct store *store, const struct user_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_PUT);
    sql_bind_text(&sql, ":role", row->role);
    sql_bind_int(&sql, ":is_enabled", row->is_enabled);
    sql_bind_text(&sql, ":contact", row->contact);
    sql_bind_int(&sql, ":enrolled_at", row->enrolled_at);
    sql_bind_int(&sql, ":signed_in_at", row->signed_in_at);
    sql_bind_text(&sql, ":password", row->password);
    sql_bind_span(&sql, ":secret", secret_of(row));
    sql_bind_int(&sql, ":last_step", row->last_step);
    sql_bind_int(&sql, ":id", row->id);
    return sql_run_one(&sql);
}

int users_list(struct store *store, user_row_fn fn, void *context)
{
    struct user_row row;
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_LIST);
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}

int users_count(struct store *store, const char *role, int64_t but_id, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_OF_ROLE);
    sql_bind_text(&sql, ":role", role);
    sql_bind_int(&sql, ":but_id", but_id);
    return sql_take_int(&sql, ret_count);
}

static int add_code(struct store *store, int64_t user, const unsigned char *tag)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_ADD_CODE);
    sql_bind_int(&sql, ":user", user);
    sql_bind_tag(&sql, ":tag", tag);
    return sql_run(&sql);
}

int users_set_codes(struct store *store, int64_t user, const unsigned char (*tags)[STORE_TAG_LEN], unsigned count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_DROP_CODES);
    sql_bind_int(&sql, ":user", user);
    int code = sql_run(&sql);
    for (unsigned i = 0; code == 0 && i < count; i++)
        code = add_code(store, user, tags[i]);
    return code;
}

int users_take_code(struct store *store, int64_t user, const unsigned char *tag)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_TAKE_CODE);
    sql_bind_int(&sql, ":user", user);
    sql_bind_tag(&sql, ":tag", tag);
    return sql_run_one(&sql);
}

int users_count_codes(struct store *store, int64_t user, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_USERS, USERS_COUNT_CODES);
    sql_bind_int(&sql, ":user", user);
    return sql_take_int(&sql, ret_count);
}
