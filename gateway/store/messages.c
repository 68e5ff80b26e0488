/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * messages - rows of the table messages; see messages.h.
 * Why:   an index costs every message, so there are two: the dedupe key, and the case. The last message of a number is
 * found through the cases of that number.
 */
#include "gateway/store/messages.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/evidence.h"
#include "gateway/store/sql.h"

#define SET_TEXT_MAX 512

enum {
    MESSAGES_INSERT,
    MESSAGES_UPDATE,
    MESSAGES_FIND_DEDUPE,
    MESSAGES_COUNT_UNPROVED,
    MESSAGES_COUNT_COPY,
    MESSAGES_GET,
    MESSAGES_LAST_OF,
    MESSAGES_LIST,
    MESSAGES_LIST_CASE,
    MESSAGES_LIST_CASE_OLDEST,
    MESSAGES_LIST_WITHOUT_CASE,
    MESSAGES_LIST_INTENT,
    MESSAGES_COUNT_INTENT,
    MESSAGES_COUNT
};

#define COLUMNS                                                                                                                \
    "id, case_id, direction, channel, dedupe, sender_tag, key_wrap, sender, recipient, text, received_at, sent_at, language, " \
    "second_language, is_help, intent, categories, urgency, flags, evidence, is_late, part, part_total, copies, "              \
    "author, is_doubtful, is_unproved"

static const char *const texts[MESSAGES_COUNT] = {
    [MESSAGES_INSERT] =
        "INSERT INTO messages (" COLUMNS
        ") VALUES (:id, :case_id, :direction, :channel, :dedupe, :sender_tag, :key_wrap, "
        ":sender, :recipient, :text, :received_at, :sent_at, :language, :second_language, :is_help, :intent, "
        ":categories, :urgency, :flags, :evidence, :is_late, :part, :part_total, :copies, :author, :is_doubtful, "
        ":is_unproved)",
    [MESSAGES_UPDATE] =
        "UPDATE messages SET case_id = :case_id, key_wrap = :key_wrap, sender = :sender, recipient = :recipient, "
        "text = :text, language = :language, second_language = :second_language, is_help = :is_help, intent = :intent, "
        "categories = :categories, urgency = :urgency, flags = :flags, evidence = :evidence, part = :part, "
        "is_doubtful = :is_doubtful, is_unproved = :is_unproved WHERE id = :id",
    [MESSAGES_FIND_DEDUPE] =
        "SELECT id FROM messages INDEXED BY messages_dedupe WHERE dedupe = :dedupe "
        "UNION ALL SELECT message_id FROM parts INDEXED BY parts_dedupe WHERE dedupe = :dedupe "
        "UNION ALL SELECT message_id FROM origins INDEXED BY origins_dedupe WHERE dedupe = :dedupe LIMIT 1",
    [MESSAGES_COUNT_UNPROVED] =
        "SELECT count(*) FROM messages INDEXED BY messages_unproved WHERE channel = :channel AND is_unproved = 1",
    [MESSAGES_COUNT_COPY] = "UPDATE messages SET copies = copies + 1 WHERE id = :id",
    [MESSAGES_GET] = "SELECT " COLUMNS " FROM messages WHERE id = :id",
    [MESSAGES_LAST_OF] =
        "SELECT " COLUMNS " FROM messages INDEXED BY messages_case WHERE case_id = coalesce("
        "(SELECT id FROM cases INDEXED BY cases_open_tag WHERE sender_tag = :sender_tag AND state <> 'closed'), "
        "(SELECT id FROM cases INDEXED BY cases_closed_tag WHERE sender_tag = :sender_tag AND state = 'closed' "
        "ORDER BY id DESC LIMIT 1)) AND direction = 'in' AND sender_tag = :sender_tag ORDER BY id DESC LIMIT 1",
    [MESSAGES_LIST] = "SELECT " COLUMNS " FROM messages WHERE id < :before ORDER BY id DESC LIMIT :limit",
    [MESSAGES_LIST_CASE] =
        "SELECT " COLUMNS " FROM messages INDEXED BY messages_case WHERE case_id = :case_id AND id < :before "
        "ORDER BY id DESC LIMIT :limit",
    [MESSAGES_LIST_CASE_OLDEST] =
        "SELECT " COLUMNS " FROM messages INDEXED BY messages_case WHERE case_id = :case_id AND id < :before "
        "ORDER BY id LIMIT :limit",
    [MESSAGES_LIST_WITHOUT_CASE] =
        "SELECT " COLUMNS " FROM messages INDEXED BY messages_case WHERE case_id IS NULL AND id < :before "
        "ORDER BY id DESC LIMIT :limit",
    [MESSAGES_LIST_INTENT] =
        "SELECT " COLUMNS " FROM messages INDEXED BY messages_none WHERE case_id IS NULL AND intent = :intent "
        "AND id < :before ORDER BY id DESC LIMIT :limit",
    [MESSAGES_COUNT_INTENT] =
        "SELECT count(*) FROM (SELECT id FROM messages INDEXED BY messages_none WHERE case_id IS NULL "
        "AND intent = :intent LIMIT :limit)",
};
const struct sql_set messages_sql = { texts, MESSAGES_COUNT };

/* ---- writing ---- */

struct triage_text {
    struct buf categories, flags;
    char evidence[EVIDENCE_TEXT_MAX];
};

static int print_triage(const struct triage *triage, struct triage_text *ret_text)
{
    category_set_print(triage->categories, &ret_text->categories);
    flag_set_print(triage->flags, &ret_text->flags);
    evidence_print(triage, ret_text->evidence);
    int code = buf_check(&ret_text->categories);
    return code != 0 ? code : buf_check(&ret_text->flags);
}

static const char *text_of(const struct buf *buf)
{
    return buf->data == NULL ? "" : buf->data;
}

static void bind_triage(struct sql *sql, const struct triage *triage, const struct triage_text *text)
{
    sql_bind_text(sql, ":language", triage->language);
    sql_bind_text(sql, ":second_language", triage->second_language);
    sql_bind_int(sql, ":is_help", triage->is_help);
    sql_bind_text(sql, ":intent", intent_word(triage->intent));
    sql_bind_text(sql, ":categories", text_of(&text->categories));
    sql_bind_text(sql, ":urgency", urgency_word(triage->urgency));
    sql_bind_text(sql, ":flags", text_of(&text->flags));
    sql_bind_text(sql, ":evidence", text->evidence);
}

static int insert_row(struct store *store, const struct message_row *row, const struct triage_text *text)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_INSERT);
    sql_bind_int(&sql, ":id", row->id);
    sql_bind_id(&sql, ":case_id", row->case_id);
    sql_bind_text(&sql, ":direction", row->direction == MESSAGE_IN ? "in" : "out");
    sql_bind_text(&sql, ":channel", row->channel);
    sql_bind_span(&sql, ":dedupe", (struct span){ (const char *)row->dedupe, STORE_TAG_LEN });
    sql_bind_tag(&sql, ":sender_tag", row->sender_tag);
    sql_bind_span(&sql, ":key_wrap", row->key_wrap);
    sql_bind_span(&sql, ":sender", row->sender);
    sql_bind_span(&sql, ":recipient", row->recipient);
    sql_bind_span(&sql, ":text", row->text);
    sql_bind_int(&sql, ":received_at", row->received_at);
    sql_bind_int(&sql, ":sent_at", row->sent_at);
    bind_triage(&sql, &row->triage, text);
    sql_bind_int(&sql, ":is_late", row->is_late);
    sql_bind_int(&sql, ":part", row->part);
    sql_bind_int(&sql, ":part_total", row->part_total);
    sql_bind_int(&sql, ":copies", row->copies);
    sql_bind_text(&sql, ":author", row->author);
    sql_bind_int(&sql, ":is_doubtful", row->is_doubtful);
    sql_bind_int(&sql, ":is_unproved", row->is_unproved);
    return sql_run(&sql);
}

static int write_row(struct store *store, const struct message_row *row,
    int (*write)(struct store *, const struct message_row *, const struct triage_text *))
{
    struct triage_text text;
    buf_init(&text.categories, SET_TEXT_MAX);
    buf_init(&text.flags, SET_TEXT_MAX);
    int code = print_triage(&row->triage, &text);
    if (code == 0)
        code = write(store, row, &text);
    buf_done(&text.categories);
    buf_done(&text.flags);
    return code;
}

int messages_insert(struct store *store, const struct message_row *row)
{
    return write_row(store, row, insert_row);
}

static int update_row(struct store *store, const struct message_row *row, const struct triage_text *text)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_UPDATE);
    sql_bind_id(&sql, ":case_id", row->case_id);
    sql_bind_span(&sql, ":key_wrap", row->key_wrap);
    sql_bind_span(&sql, ":sender", row->sender);
    sql_bind_span(&sql, ":recipient", row->recipient);
    sql_bind_span(&sql, ":text", row->text);
    bind_triage(&sql, &row->triage, text);
    sql_bind_int(&sql, ":part", row->part);
    sql_bind_int(&sql, ":is_doubtful", row->is_doubtful);
    sql_bind_int(&sql, ":is_unproved", row->is_unproved);
    sql_bind_int(&sql, ":id", row->id);
    return sql_run_one(&sql);
}

int messages_update(struct store *store, const struct message_row *row)
{
    return write_row(store, row, update_row);
}

int messages_find_dedupe(struct store *store, const unsigned char *dedupe, int64_t *ret_id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_FIND_DEDUPE);
    sql_bind_span(&sql, ":dedupe", (struct span){ (const char *)dedupe, STORE_TAG_LEN });
    return sql_take_int(&sql, ret_id);
}

int messages_count_unproved(struct store *store, const char *channel, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_COUNT_UNPROVED);
    sql_bind_text(&sql, ":channel", channel);
    return sql_take_int(&sql, ret_count);
}

int messages_count_copy(struct store *store, int64_t id)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_COUNT_COPY);
    sql_bind_int(&sql, ":id", id);
    return sql_run_one(&sql);
}

/* ---- reading ---- */

static void read_triage(struct sql *sql, struct triage *triage)
{
    sql_read_text(sql, triage->language, sizeof triage->language);
    sql_read_text(sql, triage->second_language, sizeof triage->second_language);
    triage->is_help = sql_read_int(sql) != 0;
    int intent = intent_from_word(sql_read_word(sql));
    triage->intent = intent < 0 ? INTENT_help : (enum intent)intent;
    triage->categories = sql_read_categories(sql);
    triage->urgency = sql_read_urgency(sql);
    triage->flags = sql_read_flags(sql);
    if (evidence_parse(sql_read_word(sql), triage) != 0 || intent < 0)
        sql->code = ERR_CORRUPT;
}

static int read_row(struct sql *sql, struct message_row *row)
{
    memset(row, 0, sizeof *row);
    row->id = sql_read_int(sql);
    row->case_id = sql_read_int(sql);
    row->direction = str_equal(sql_read_word(sql), "in") ? MESSAGE_IN : MESSAGE_OUT;
    sql_read_text(sql, row->channel, sizeof row->channel);
    sql_read_bytes(sql, row->dedupe, STORE_TAG_LEN);
    sql_read_bytes(sql, row->sender_tag, STORE_TAG_LEN);
    row->key_wrap = sql_read_span(sql);
    row->sender = sql_read_span(sql);
    row->recipient = sql_read_span(sql);
    row->text = sql_read_span(sql);
    row->received_at = sql_read_int(sql);
    row->sent_at = sql_read_int(sql);
    read_triage(sql, &row->triage);
    row->is_late = sql_read_int(sql) != 0;
    row->part = (unsigned)sql_read_int(sql);
    row->part_total = (unsigned)sql_read_int(sql);
    row->copies = (unsigned)sql_read_int(sql);
    sql_read_text(sql, row->author, sizeof row->author);
    row->is_doubtful = sql_read_int(sql) != 0;
    row->is_unproved = sql_read_int(sql) != 0;
    return sql_check(sql);
}

static int take_row(struct sql *sql, struct message_row *ret_row)
{
    int code = sql_step(sql);
    if (code != 1)
        return code == 0 ? ERR_NOT_FOUND : code;
    code = read_row(sql, ret_row);
    if (code != 0)
        return code;
    struct span *const spans[] = { &ret_row->key_wrap, &ret_row->sender, &ret_row->recipient, &ret_row->text };
    return sql_keep_spans(&sql->store->message_bytes, spans, STR_COUNT(spans));
}

int messages_get(struct store *store, int64_t id, struct message_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_GET);
    sql_bind_int(&sql, ":id", id);
    return take_row(&sql, ret_row);
}

int messages_last_of(struct store *store, const unsigned char *sender_tag, struct message_row *ret_row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_LAST_OF);
    sql_bind_tag(&sql, ":sender_tag", sender_tag);
    return take_row(&sql, ret_row);
}

static unsigned choose_list(const struct messages_filter *filter)
{
    if (filter->case_id != 0)
        return filter->oldest_first ? MESSAGES_LIST_CASE_OLDEST : MESSAGES_LIST_CASE;
    if (filter->without_case)
        return filter->intent ? MESSAGES_LIST_INTENT : MESSAGES_LIST_WITHOUT_CASE;
    return MESSAGES_LIST;
}

int messages_list(struct store *store, const struct messages_filter *filter, message_row_fn fn, void *context)
{
    struct message_row row;
    unsigned list = choose_list(filter);
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, list);
    if (filter->case_id != 0)
        sql_bind_int(&sql, ":case_id", filter->case_id);
    if (list == MESSAGES_LIST_INTENT)
        sql_bind_text(&sql, ":intent", filter->intent);
    sql_bind_int(&sql, ":before", sql_before(filter->before_id));
    sql_bind_int(&sql, ":limit", sql_limit(filter->limit));
    int code;
    SQL_EACH(code, &sql, read_row(&sql, &row), fn(context, &row));
    return code;
}

int messages_count_none(struct store *store, enum intent intent, unsigned limit, int64_t *ret_count)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_MESSAGES, MESSAGES_COUNT_INTENT);
    sql_bind_text(&sql, ":intent", intent_word(intent));
    sql_bind_int(&sql, ":limit", limit);
    return sql_take_int(&sql, ret_count);
}
