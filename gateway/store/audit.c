/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * audit - the chained record of acts.
 * What:  mac(n) = chain(mac(n-1), the row written unambiguously); audit_head holds the end of the chain and its proof.
 * Why:   a change or a gap breaks the chain at that row; rows cut off the end are missed because the head names the
 * last one, and new rows go on from the head, not from the last row that happens to be there. Keeps: the end of the
 * chain in memory is part of struct store_marks, so an undone message leaves no trace in it.
 */
#include "gateway/store/audit.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

#define ROW_BYTES_MAX 2048 /* a row holds names and fixed words: more is a mistake of the caller */

enum { AUDIT_INSERT, AUDIT_LIST, AUDIT_LIST_CASE, AUDIT_VERIFY, AUDIT_HEAD_SET, AUDIT_HEAD_GET, AUDIT_COUNT };

#define COLUMNS "id, at, actor, action, case_id, object, detail"

static const char *const texts[AUDIT_COUNT] = {
    [AUDIT_INSERT] =
        "INSERT INTO audit (" COLUMNS ", mac) VALUES (:id, :at, :actor, :action, :case_id, :object, :detail, :mac)",
    [AUDIT_LIST] = "SELECT " COLUMNS " FROM audit WHERE id < :before ORDER BY id DESC LIMIT :limit",
    [AUDIT_LIST_CASE] =
        "SELECT " COLUMNS
        " FROM audit INDEXED BY audit_case WHERE case_id = :case_id AND id < :before ORDER BY id DESC LIMIT :limit",
    [AUDIT_VERIFY] = "SELECT " COLUMNS ", mac FROM audit NOT INDEXED ORDER BY id",
    [AUDIT_HEAD_SET] = "UPDATE audit_head SET rows = :rows, mac = :mac, proof = :proof WHERE id = 1",
    [AUDIT_HEAD_GET] = "SELECT rows, mac, proof FROM audit_head WHERE id = 1",
};
const struct sql_set audit_sql = { texts, AUDIT_COUNT };

/* ---- the chain ---- */

struct row_bytes {
    char data[ROW_BYTES_MAX];
    size_t len;
    bool is_full;
};

static void put(struct row_bytes *bytes, const void *data, size_t len)
{
    if (len > sizeof bytes->data - bytes->len) {
        bytes->is_full = true;
        return;
    }
    memcpy(bytes->data + bytes->len, data, len);
    bytes->len += len;
}

static void put_int(struct row_bytes *bytes, int64_t value)
{
    unsigned char big_endian[8];
    for (int i = 0; i < 8; i++)
        big_endian[i] = (unsigned char)((uint64_t)value >> (56 - 8 * i));
    put(bytes, big_endian, sizeof big_endian);
}

static void put_text(struct row_bytes *bytes, const char *text)
{
    size_t len = strlen(text);
    put_int(bytes, (int64_t)len);
    put(bytes, text, len);
}

/* Every number has eight bytes and every text its length, so no two rows are written alike. */
static int link_row(
    const struct store *store, const struct audit_row *row, const unsigned char *previous, unsigned char *ret_mac)
{
    struct row_bytes bytes;
    bytes.len = 0;
    bytes.is_full = false;
    put_text(&bytes, "row");
    put_int(&bytes, row->id);
    put_int(&bytes, row->at);
    put_text(&bytes, row->actor);
    put_text(&bytes, row->action);
    put_int(&bytes, row->case_id);
    put_text(&bytes, row->object);
    put_text(&bytes, row->detail);
    if (bytes.is_full)
        return ERR_LIMIT;
    store->chain(store->chain_context, previous, (struct span){ bytes.data, bytes.len }, ret_mac);
    return 0;
}

static void link_head(const struct store *store, int64_t rows, const unsigned char *mac, unsigned char *ret_proof)
{
    struct row_bytes bytes;
    bytes.len = 0;
    bytes.is_full = false;
    put_text(&bytes, "head");
    put_int(&bytes, rows);
    store->chain(store->chain_context, mac, (struct span){ bytes.data, bytes.len }, ret_proof);
}

static struct span mac_span(const unsigned char *mac)
{
    return (struct span){ (const char *)mac, STORE_MAC_LEN };
}

/* ---- the head ---- */

int audit_write_first_head(struct store *store)
{
    static const unsigned char start[STORE_MAC_LEN];
    unsigned char proof[STORE_MAC_LEN];
    sqlite3_stmt *stmt = NULL;
    link_head(store, 0, start, proof);
    int code = sqlite3_prepare_v2(
        store->db, "INSERT INTO audit_head (id, rows, mac, proof) VALUES (1, 0, :mac, :proof)", -1, &stmt, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(stmt, 1, start, STORE_MAC_LEN, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_bind_blob(stmt, 2, proof, STORE_MAC_LEN, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(stmt);
    (void)sqlite3_finalize(stmt);
    return code == SQLITE_DONE ? 0 : sql_fail(store, code);
}

/* A head that somebody removed is not made anew: it would hide what was removed with it. */
int audit_write_head(struct store *store)
{
    unsigned char proof[STORE_MAC_LEN];
    link_head(store, store->marks.audit_rows, store->marks.audit_mac, proof);
    AUTO_SQL struct sql sql = sql_use(store, SQL_AUDIT, AUDIT_HEAD_SET);
    sql_bind_int(&sql, ":rows", store->marks.audit_rows);
    sql_bind_span(&sql, ":mac", mac_span(store->marks.audit_mac));
    sql_bind_span(&sql, ":proof", mac_span(proof));
    return sql_run(&sql);
}

struct head {
    int64_t rows;
    unsigned char mac[STORE_MAC_LEN], proof[STORE_MAC_LEN];
};

static int get_head(struct store *store, struct head *ret_head)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_AUDIT, AUDIT_HEAD_GET);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    ret_head->rows = sql_read_int(&sql);
    sql_read_bytes(&sql, ret_head->mac, STORE_MAC_LEN);
    sql_read_bytes(&sql, ret_head->proof, STORE_MAC_LEN);
    return sql_check(&sql);
}

int audit_load(struct store *store)
{
    struct head head = { 0 };
    int64_t last = 0;
    int code = get_head(store, &head);
    if (code != 0 && code != ERR_NOT_FOUND)
        return code;
    /* A tampered head must not stop the help line: verify reports it, and new rows take ids that are free. */
    AUTO_SQL struct sql sql = sql_use(store, SQL_AUDIT, AUDIT_LIST);
    sql_bind_int(&sql, ":before", INT64_MAX);
    sql_bind_int(&sql, ":limit", 1);
    code = sql_take_int(&sql, &last);
    if (code != 0 && code != ERR_NOT_FOUND)
        return code;
    store->marks.audit_rows = head.rows > last ? head.rows : last;
    memcpy(store->marks.audit_mac, head.mac, STORE_MAC_LEN);
    store->written = store->marks;
    return 0;
}

/* ---- rows ---- */

int audit_append(struct store *store, const struct audit_row *row)
{
    struct audit_row next = *row;
    unsigned char mac[STORE_MAC_LEN];
    next.id = store->marks.audit_rows + 1;
    int code = link_row(store, &next, store->marks.audit_mac, mac);
    if (code != 0)
        return code;
    AUTO_SQL struct sql sql = sql_use(store, SQL_AUDIT, AUDIT_INSERT);
    sql_bind_int(&sql, ":id", next.id);
    sql_bind_int(&sql, ":at", next.at);
    sql_bind_text(&sql, ":actor", next.actor);
    sql_bind_text(&sql, ":action", next.action);
    sql_bind_id(&sql, ":case_id", next.case_id);
    sql_bind_text(&sql, ":object", next.object);
    sql_bind_text(&sql, ":detail", next.detail);
    sql_bind_span(&sql, ":mac", mac_span(mac));
    code = sql_run(&sql);
    if (code != 0)
        return code;
    store->marks.audit_rows = next.id;
    memcpy(store->marks.audit_mac, mac, STORE_MAC_LEN);
    return 0;
}

int audit_case(
    struct store *store, int64_t at, const char *actor, const char *action, int64_t case_id, const char *detail)
{
    struct audit_row row = {
        .at = at, .actor = actor, .action = action, .case_id = case_id, .object = "", .detail = detail
    };
    return audit_append(store, &row);
}

static void read_row(struct sql *sql, struct audit_row *ret_row)
{
    ret_row->id = sql_read_int(sql);
    ret_row->at = sql_read_int(sql);
    ret_row->actor = sql_read_word(sql);
    ret_row->action = sql_read_word(sql);
    ret_row->case_id = sql_read_int(sql);
    ret_row->object = sql_read_word(sql);
    ret_row->detail = sql_read_word(sql);
}

int audit_list(struct store *store, int64_t case_id, int64_t before_id, unsigned limit, audit_row_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_AUDIT, case_id == 0 ? AUDIT_LIST : AUDIT_LIST_CASE);
    if (case_id != 0)
        sql_bind_int(&sql, ":case_id", case_id);
    sql_bind_int(&sql, ":before", sql_before(before_id));
    sql_bind_int(&sql, ":limit", sql_limit(limit));
    int code;
    while ((code = sql_step(&sql)) == 1) {
        struct audit_row row;
        read_row(&sql, &row);
        code = sql_check(&sql);
        if (code == 0)
            code = fn(context, &row);
        if (code != 0)
            break;
    }
    return code;
}

/* ---- verifying ---- */

/* Does the next row of the table continue the chain? */
static int verify_row(const struct store *store, struct sql *sql, int64_t expected_id, unsigned char *mac)
{
    struct audit_row row;
    unsigned char stored[STORE_MAC_LEN], computed[STORE_MAC_LEN];
    read_row(sql, &row);
    sql_read_bytes(sql, stored, STORE_MAC_LEN);
    /* The id is part of the row; it is compared first so that a gap is reported as the row that is missing. */
    if (row.id != expected_id || link_row(store, &row, mac, computed) != 0 ||
        memcmp(stored, computed, STORE_MAC_LEN) != 0)
        return ERR_CORRUPT;
    memcpy(mac, stored, STORE_MAC_LEN);
    return sql_check(sql);
}

static int verify_head(struct store *store, int64_t rows, const unsigned char *mac)
{
    struct head head;
    unsigned char proof[STORE_MAC_LEN];
    /* Inside a turn that has appended, the head is still in memory only. */
    if (store->marks.audit_rows != store->written.audit_rows)
        return rows == store->marks.audit_rows && memcmp(mac, store->marks.audit_mac, STORE_MAC_LEN) == 0 ? 0
                                                                                                          : ERR_CORRUPT;
    int code = get_head(store, &head);
    if (code == ERR_NOT_FOUND)
        return ERR_CORRUPT;
    if (code != 0)
        return code;
    link_head(store, head.rows, head.mac, proof);
    bool fits =
        head.rows == rows && memcmp(head.mac, mac, STORE_MAC_LEN) == 0 && memcmp(head.proof, proof, STORE_MAC_LEN) == 0;
    return fits ? 0 : ERR_CORRUPT;
}

int audit_verify(struct store *store, int64_t *ret_count, int64_t *ret_first_bad)
{
    unsigned char mac[STORE_MAC_LEN] = { 0 };
    int64_t rows = 0;
    *ret_count = *ret_first_bad = 0;
    AUTO_SQL struct sql sql = sql_use(store, SQL_AUDIT, AUDIT_VERIFY);
    int code;
    while ((code = sql_step(&sql)) == 1) {
        code = verify_row(store, &sql, rows + 1, mac);
        if (code != 0)
            break;
        rows++;
    }
    if (code == 0)
        code = verify_head(store, rows, mac);
    *ret_count = rows;
    if (code == ERR_CORRUPT)
        *ret_first_bad = rows + 1;
    return code;
}
