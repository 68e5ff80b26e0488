/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cases - rows of the tables cases and notes; see cases.h.
 * Not here: lists (caselist.c), the sealing of notes and keys (vault), the rules of states (core).
 */
#include "gateway/store/cases.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/caseparts.h"
#include "gateway/store/outboxrow.h"

#define SET_TEXT_MAX 512 /* all categories or all flags, spelled out */

enum {
    CASES_INSERT,
    CASES_COUNT_IN,
    CASES_UPDATE,
    CASES_GET,
    CASES_FIND_OPEN,
    CASES_FIND_LAST_CLOSED,
    CASES_MARK_READ,
    CASES_STATE,
    CASES_JOINED,
    CASES_SPLIT,
    CASES_FIND_KEPT,
    CASES_PURGE,
    CASES_PURGE_MESSAGES,
    CASES_PURGE_NOTES,
    CASES_PURGE_PARTS,
    CASES_PURGE_JOINS,
    CASES_PURGE_PERSON,
    NOTES_INSERT,
    NOTES_LIST,
    CASES_COUNT
};

static const char *const texts[CASES_COUNT] = {
    [CASES_INSERT] =
        "INSERT INTO cases (" CASEPARTS_COLUMNS
        ") VALUES (:id, :sender_tag, :opened_at, :split_from, :split_tag, :read_at, :key_wrap, :state, :verification, :urgency, "
        ":categories, :flags, :language, :country, :channel, :policy, :owner, :outcome, :updated_at, :closed_at, "
        ":last_message_at, :message_count, :consent, :contacted_at, :safe_from_min, :safe_to_min, :joined_to, :answered_at, :origin, "
        ":is_origin_stated, :sex)",
    [CASES_COUNT_IN] =
        "INSERT INTO case_counts (month, kind, value, cases) SELECT month, kind, value, 1 FROM case_values "
        "WHERE id = :id ON CONFLICT (month, kind, value) DO UPDATE SET cases = cases + 1",
    [CASES_UPDATE] =
        "UPDATE cases SET (" CASEPARTS_CHANGEABLE
        ") = (:key_wrap, :state, :verification, :urgency, :categories, :flags, :language, "
        ":country, :channel, :policy, :owner, :outcome, :updated_at, :closed_at, :last_message_at, :message_count, "
        ":consent, :contacted_at, :safe_from_min, :safe_to_min, :joined_to, :answered_at, :origin, :is_origin_stated, :sex) "
        "WHERE id = :id",
    [CASES_GET] = "SELECT " CASEPARTS_COLUMNS " FROM cases WHERE id = :id",
    [CASES_FIND_OPEN] = "SELECT " CASEPARTS_COLUMNS
                        " FROM cases INDEXED BY cases_open_tag WHERE sender_tag = :sender_tag AND state <> 'closed'",
    [CASES_FIND_LAST_CLOSED] =
        "SELECT " CASEPARTS_COLUMNS " FROM cases INDEXED BY cases_closed_tag WHERE sender_tag = :sender_tag "
        "AND state = 'closed' ORDER BY id DESC LIMIT 1",
    [CASES_MARK_READ] = "UPDATE cases SET read_at = :now WHERE id = :id AND read_at < :now",
    [CASES_STATE] = "SELECT state FROM cases WHERE id = :id",
    [CASES_JOINED] = "SELECT id FROM cases INDEXED BY cases_joined WHERE joined_to = :id ORDER BY id LIMIT :limit",
    [CASES_SPLIT] = "SELECT id FROM cases INDEXED BY cases_split WHERE split_from = :id ORDER BY id LIMIT :limit",
    [CASES_FIND_KEPT] = "SELECT id FROM cases INDEXED BY cases_kept WHERE state = 'closed' AND key_wrap IS NOT NULL "
                        "AND closed_at < :before ORDER BY closed_at LIMIT 1",
    [CASES_PURGE] =
        "UPDATE cases SET key_wrap = NULL, sender_tag = NULL, split_tag = NULL, safe_from_min = -1, safe_to_min = -1, "
        "purged_at = :now, updated_at = :now WHERE id = :id",
    [CASES_PURGE_MESSAGES] =
        ("UPDATE messages INDEXED BY messages_case SET key_wrap = NULL, sender = NULL, recipient = NULL, "
         "text = NULL, sender_tag = NULL, evidence = '' WHERE case_id = :id"),
    [CASES_PURGE_NOTES] = "DELETE FROM notes INDEXED BY notes_case WHERE case_id = :id",
    [CASES_PURGE_PARTS] = ("UPDATE parts INDEXED BY parts_message SET text = NULL, raw = NULL WHERE message_id IN "
                           "(SELECT id FROM messages INDEXED BY messages_case WHERE case_id = :id)"),
    [CASES_PURGE_JOINS] = ("UPDATE joins SET key = NULL, due_at = 0 WHERE message_id IN "
                           "(SELECT id FROM messages INDEXED BY messages_case WHERE case_id = :id)"),
    [CASES_PURGE_PERSON] =
        "DELETE FROM persons WHERE tag = (SELECT coalesce(sender_tag, split_tag) FROM cases WHERE id = :id) "
        "AND NOT EXISTS (SELECT 1 FROM cases INDEXED BY cases_open_tag WHERE sender_tag = persons.tag AND state <> 'closed') "
        "AND NOT EXISTS (SELECT 1 FROM cases INDEXED BY cases_closed_tag WHERE sender_tag = persons.tag AND state = 'closed' "
        "AND id <> :id) "
        "AND NOT EXISTS (SELECT 1 FROM cases INDEXED BY cases_split_tag WHERE split_tag = persons.tag AND id <> :id)",
    [NOTES_INSERT] = "INSERT INTO notes (id, case_id, at, author, text) VALUES (:id, :case_id, :at, :author, :text)",
    [NOTES_LIST] =
        "SELECT id, case_id, at, author, text FROM notes INDEXED BY notes_case WHERE case_id = :case_id ORDER BY id",
};
const struct sql_set cases_sql = { texts, CASES_COUNT };

/* ---- writing ---- */

/* A row that was filled with zeros carries STATE_case_open here. Held back is the safe reading of any such value. */
static const char *consent_word(enum state consent)
{
    return state_word(state_machine_of(consent) == MACHINE_consent ? consent : STATE_consent_none);
}

static int bind_changeable(struct sql *sql, const struct case_row *row, struct buf *words, struct buf *flags)
{
    category_set_print(row->categories, words);
    flag_set_print(row->flags, flags);
    int code = buf_check(words);
    if (code == 0)
        code = buf_check(flags);
    sql_bind_span(sql, ":key_wrap", (struct span){ (const char *)row->key_wrap, row->key_wrap_len });
    sql_bind_text(sql, ":state", state_word(row->state));
    sql_bind_text(sql, ":verification", state_word(row->verification));
    sql_bind_text(sql, ":urgency", urgency_word(row->urgency));
    sql_bind_text(sql, ":categories", words->data == NULL ? "" : words->data);
    sql_bind_text(sql, ":flags", flags->data == NULL ? "" : flags->data);
    sql_bind_text(sql, ":language", row->language);
    sql_bind_text(sql, ":country", row->country);
    sql_bind_text(sql, ":channel", row->channel);
    sql_bind_text(sql, ":policy", row->policy);
    sql_bind_text(sql, ":owner", row->owner);
    sql_bind_text(sql, ":outcome", row->outcome);
    sql_bind_int(sql, ":updated_at", row->updated_at);
    sql_bind_int(sql, ":closed_at", row->closed_at);
    sql_bind_int(sql, ":last_message_at", row->last_message_at);
    sql_bind_int(sql, ":message_count", row->message_count);
    sql_bind_text(sql, ":consent", consent_word(row->consent));
    sql_bind_int(sql, ":contacted_at", row->contacted_at);
    sql_bind_int(sql, ":safe_from_min", row->safe_from_min);
    sql_bind_int(sql, ":safe_to_min", row->safe_to_min);
    sql_bind_id(sql, ":joined_to", row->joined_to);
    sql_bind_int(sql, ":answered_at", row->answered_at);
    sql_bind_text(sql, ":origin", row->origin);
    sql_bind_int(sql, ":is_origin_stated", row->is_origin_stated);
    sql_bind_text(sql, ":sex", row->sex);
    return code;
}

/* Changes are counted by triggers of the schema. */
static int count_in(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_COUNT_IN);
    sql_bind_int(&sql, ":id", id);
    return sql_run(&sql);
}

static int insert_row(struct store *store, const struct case_row *row)
{
    AUTO_BUF words, flags;
    buf_init(&words, SET_TEXT_MAX);
    buf_init(&flags, SET_TEXT_MAX);
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_INSERT);
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_tag(&sql, ":sender_tag", row->sender_tag);
    sql_bind_int(&sql, ":opened_at", row->opened_at);
    sql_bind_id(&sql, ":split_from", row->split_from);
    sql_bind_tag(&sql, ":split_tag", row->split_tag);
    sql_bind_int(&sql, ":read_at", row->read_at);
    int code = bind_changeable(&sql, row, &words, &flags);
    return code != 0 ? code : sql_run(&sql);
}

int cases_insert(struct store *store, const struct case_row *row)
{
    int code = insert_row(store, row);
    return code != 0 ? code : count_in(store, row->id);
}

int cases_update(struct store *store, const struct case_row *row)
{
    AUTO_BUF words, flags;
    buf_init(&words, SET_TEXT_MAX);
    buf_init(&flags, SET_TEXT_MAX);
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_UPDATE);
    int code = bind_changeable(&sql, row, &words, &flags);
    sql_bind_int(&sql, ":id", row->id);
    return code != 0 ? code : sql_run_one(&sql);
}

int cases_mark_read(struct store *store, int64_t id, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_MARK_READ);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", id);
    return sql_run(&sql);
}

/* ---- reading ---- */

static void read_wrap(struct sql *sql, struct case_row *row)
{
    struct span wrap = sql_read_span(sql);
    row->key_wrap_len = wrap.len <= sizeof row->key_wrap ? wrap.len : 0;
    if (wrap.len > sizeof row->key_wrap)
        sql->code = ERR_CORRUPT;
    if (row->key_wrap_len > 0)
        memcpy(row->key_wrap, wrap.data, row->key_wrap_len);
}

int caseparts_read_row(struct sql *sql, struct case_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    sql_read_bytes(sql, row->sender_tag, STORE_TAG_LEN);
    row->opened_at = sql_read_int(sql);
    row->split_from = sql_read_int(sql);
    sql_read_bytes(sql, row->split_tag, STORE_TAG_LEN);
    row->read_at = sql_read_int(sql);
    read_wrap(sql, row);
    row->state = sql_read_state(sql, MACHINE_case);
    row->verification = sql_read_state(sql, MACHINE_verification);
    row->urgency = sql_read_urgency(sql);
    row->categories = sql_read_categories(sql);
    row->flags = sql_read_flags(sql);
    sql_read_text(sql, row->language, sizeof row->language);
    sql_read_text(sql, row->country, sizeof row->country);
    sql_read_text(sql, row->channel, sizeof row->channel);
    sql_read_text(sql, row->policy, sizeof row->policy);
    sql_read_text(sql, row->owner, sizeof row->owner);
    sql_read_text(sql, row->outcome, sizeof row->outcome);
    row->updated_at = sql_read_int(sql);
    row->closed_at = sql_read_int(sql);
    row->last_message_at = sql_read_int(sql);
    row->message_count = sql_read_int(sql);
    row->consent = sql_read_state(sql, MACHINE_consent);
    row->contacted_at = sql_read_int(sql);
    row->safe_from_min = (int)sql_read_int(sql);
    row->safe_to_min = (int)sql_read_int(sql);
    row->joined_to = sql_read_int(sql);
    row->answered_at = sql_read_int(sql);
    sql_read_text(sql, row->origin, sizeof row->origin);
    row->is_origin_stated = sql_read_int(sql) != 0;
    sql_read_text(sql, row->sex, sizeof row->sex);
    return sql_check(sql);
}

static int take_row(struct sql *sql, struct case_row *ret_row)
{
    int code = sql_step(sql);
    if (code == 1)
        return caseparts_read_row(sql, ret_row);
    return code == 0 ? ERR_NOT_FOUND : code;
}

int cases_get(struct store *store, int64_t id, struct case_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_GET);
    sql_bind_int(&sql, ":id", id);
    return take_row(&sql, ret_row);
}

/* An unknown sender's tag is stored as NULL, which equals nothing: such a case is never found. */
int cases_find_open(struct store *store, const unsigned char *sender_tag, struct case_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_FIND_OPEN);
    sql_bind_tag(&sql, ":sender_tag", sender_tag);
    return take_row(&sql, ret_row);
}

int cases_find_last_closed(struct store *store, const unsigned char *sender_tag, struct case_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_FIND_LAST_CLOSED);
    sql_bind_tag(&sql, ":sender_tag", sender_tag);
    return take_row(&sql, ret_row);
}

/* ---- notes ---- */

int cases_add_note(struct store *store, const struct note_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, NOTES_INSERT);
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_int(&sql, ":case_id", row->case_id);
    sql_bind_int(&sql, ":at", row->at);
    sql_bind_text(&sql, ":author", row->author);
    sql_bind_span(&sql, ":text", row->text);
    return sql_run(&sql);
}

int cases_list_notes(struct store *store, int64_t case_id, note_row_fn fn, void *context)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, NOTES_LIST);
    sql_bind_int(&sql, ":case_id", case_id);
    int code;
    while ((code = sql_step(&sql)) == 1) {
        struct note_row row = { .id = sql_read_int(&sql) };
        row.case_id = sql_read_int(&sql);
        row.at = sql_read_int(&sql);
        sql_read_text(&sql, row.author, sizeof row.author);
        row.text = sql_read_span(&sql);
        code = sql_check(&sql);
        if (code == 0)
            code = fn(context, &row);
        if (code != 0)
            break;
    }
    return code;
}

/* ---- purge ---- */

static int require_closed(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_STATE);
    sql_bind_int(&sql, ":id", id);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    enum state state = sql_read_state(&sql, MACHINE_case);
    code = sql_check(&sql);
    return code == 0 && state != STATE_case_closed ? ERR_CONFLICT : code;
}

static int purge_part(struct store *store, unsigned index, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, index);
    sql_bind_int(&sql, ":id", id);
    return sql_run(&sql);
}

static int purge_case(struct store *store, int64_t id, int64_t now_ms)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_PURGE);
    sql_bind_int(&sql, ":now", now_ms);
    sql_bind_int(&sql, ":id", id);
    return sql_run_one(&sql);
}

static int list_ids(
    struct store *store, unsigned index, int64_t id, int64_t *ret_ids, unsigned max, unsigned *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, index);
    int code;
    *ret_count = 0;
    sql_bind_int(&sql, ":id", id);
    sql_bind_int(&sql, ":limit", max);
    while ((code = sql_step(&sql)) == 1 && *ret_count < max)
        ret_ids[(*ret_count)++] = sql_read_int(&sql);
    return code < 0 ? code : sql_check(&sql);
}

int cases_list_joined(struct store *store, int64_t id, int64_t *ret_ids, unsigned max, unsigned *ret_count)
{
    return list_ids(store, CASES_JOINED, id, ret_ids, max, ret_count);
}

int cases_list_split(struct store *store, int64_t id, int64_t *ret_ids, unsigned max, unsigned *ret_count)
{
    return list_ids(store, CASES_SPLIT, id, ret_ids, max, ret_count);
}

int cases_find_kept(struct store *store, int64_t before_ms, int64_t *ret_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CASES, CASES_FIND_KEPT);
    sql_bind_int(&sql, ":before", before_ms);
    int code = sql_step(&sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    *ret_id = sql_read_int(&sql);
    return sql_check(&sql);
}

int cases_purge(struct store *store, int64_t id, int64_t now_ms)
{
    static const unsigned parts[] = { CASES_PURGE_MESSAGES, CASES_PURGE_NOTES, CASES_PURGE_PARTS, CASES_PURGE_JOINS,
        CASES_PURGE_PERSON };
    int code = require_closed(store, id);
    for (size_t i = 0; code == 0 && i < STR_COUNT(parts); i++)
        code = purge_part(store, parts[i], id);
    if (code == 0)
        code = outboxrow_purge_case(store, id);
    if (code == 0)
        code = purge_case(store, id, now_ms);
    if (code == 0)
        store->is_purged = true; /* even if the turn is undone: an extra truncation of the log harms nothing */
    return code;
}
