/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * persons - rows of the table persons; see persons.h. How a row goes is in cases.c: the purge of her last case.
 * Keeps: the unknown sender (a tag of zeros) has no row, and none can be made.
 */
#include "gateway/store/persons.h"

#include <assert.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum { PERSONS_GET, PERSONS_PUT, PERSONS_COUNT_AUTO, PERSONS_COUNT };

#define COLUMNS                                                                                                        \
    "is_stopped, stopped_at, provider_blocked_at, last_auto_at, asked, asked_at, asked_case_id, last_inbound_at, language"

static const char *const texts[PERSONS_COUNT] = {
    [PERSONS_GET] = "SELECT " COLUMNS " FROM persons WHERE tag = :tag",
    [PERSONS_PUT] =
        "REPLACE INTO persons (tag, " COLUMNS ") VALUES (:tag, :is_stopped, :stopped_at, :provider_blocked_at, "
        ":last_auto_at, :asked, :asked_at, :asked_case_id, :last_inbound_at, :language)",
    /* A reply with a contact was said by a person: it is not of the machine's budget. */
    [PERSONS_COUNT_AUTO] = ("SELECT count(*) FROM outbox INDEXED BY outbox_auto WHERE kind = 'reply' AND contact = '' "
                            "AND created_at >= :since AND state <> 'cancelled'"),
};
const struct sql_set persons_sql = { texts, PERSONS_COUNT };

static const char *const question_words[] = {
    [QUESTION_NONE] = "nothing", [QUESTION_CONSENT] = "consent", [QUESTION_WHO] = "who"
};

static enum persons_question read_question(struct sql *sql)
{
    const char *word = sql_read_word(sql);
    for (size_t i = 0; i < STR_COUNT(question_words); i++)
        if (str_equal(question_words[i], word))
            return (enum persons_question)i;
    sql->code = ERR_CORRUPT;
    return QUESTION_NONE;
}

int persons_get(struct store *store, const unsigned char *tag, struct person_row *ret_row)
{
    memset(ret_row, 0, sizeof *ret_row);
    memcpy(ret_row->tag, tag, STORE_TAG_LEN);
    AUTO_SQL struct sql sql = sql_use(store, SQL_PERSONS, PERSONS_GET);
    sql_bind_tag(&sql, ":tag", tag);
    int code = sql_step(&sql);
    if (code != 1)
        return code;
    ret_row->is_stopped = sql_read_int(&sql) != 0;
    ret_row->stopped_at = sql_read_int(&sql);
    ret_row->provider_blocked_at = sql_read_int(&sql);
    ret_row->last_auto_at = sql_read_int(&sql);
    ret_row->asked = read_question(&sql);
    ret_row->asked_at = sql_read_int(&sql);
    ret_row->asked_case_id = sql_read_int(&sql);
    ret_row->last_inbound_at = sql_read_int(&sql);
    sql_read_text(&sql, ret_row->language, sizeof ret_row->language);
    return sql_check(&sql);
}

int persons_put(struct store *store, const struct person_row *row)
{
    assert((size_t)row->asked < STR_COUNT(question_words));
    AUTO_SQL struct sql sql = sql_use(store, SQL_PERSONS, PERSONS_PUT);
    sql_bind_tag(&sql, ":tag", row->tag);
    sql_bind_int(&sql, ":is_stopped", row->is_stopped);
    sql_bind_int(&sql, ":stopped_at", row->stopped_at);
    sql_bind_int(&sql, ":provider_blocked_at", row->provider_blocked_at);
    sql_bind_int(&sql, ":last_auto_at", row->last_auto_at);
    sql_bind_text(&sql, ":asked", question_words[row->asked]);
    sql_bind_int(&sql, ":asked_at", row->asked_at);
    sql_bind_id(&sql, ":asked_case_id", row->asked_case_id);
    sql_bind_int(&sql, ":last_inbound_at", row->last_inbound_at);
    sql_bind_text(&sql, ":language", row->language);
    return sql_run(&sql);
}

int persons_count_auto(struct store *store, int64_t since_ms, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_PERSONS, PERSONS_COUNT_AUTO);
    sql_bind_int(&sql, ":since", since_ms);
    return sql_take_int(&sql, ret_count);
}
