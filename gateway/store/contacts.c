/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contacts - rows of the table contacts; see contacts.h. One row a contact that ever differed from its configuration.
 */
#include "gateway/store/contacts.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

enum { CONTACTS_GET, CONTACTS_PUT, CONTACTS_COUNT };

static const char *const texts[CONTACTS_COUNT] = {
    [CONTACTS_GET] =
        "SELECT is_on, changed_at, last_sent_at, last_delivered_at, last_answer_at FROM contacts WHERE contact = :contact",
    [CONTACTS_PUT] =
        "REPLACE INTO contacts (contact, is_on, changed_at, last_sent_at, last_delivered_at, last_answer_at) "
        "VALUES (:contact, :is_on, :changed_at, :last_sent_at, :last_delivered_at, :last_answer_at)",
};
const struct sql_set contacts_sql = { texts, CONTACTS_COUNT };

int contacts_get(struct store *store, const char *contact, struct contact_state_row *ret_row)
{
    memset(ret_row, 0, sizeof *ret_row);
    ret_row->is_on = -1;
    if (!str_copy(ret_row->contact, sizeof ret_row->contact, contact))
        return ERR_LIMIT;
    AUTO_SQL struct sql sql = sql_use(store, SQL_CONTACTS, CONTACTS_GET);
    sql_bind_text(&sql, ":contact", contact);
    int code = sql_step(&sql);
    if (code != 1)
        return code;
    ret_row->is_on = (int)sql_read_int(&sql);
    ret_row->changed_at = sql_read_int(&sql);
    ret_row->last_sent_at = sql_read_int(&sql);
    ret_row->last_delivered_at = sql_read_int(&sql);
    ret_row->last_answer_at = sql_read_int(&sql);
    return 0;
}

int contacts_put(struct store *store, const struct contact_state_row *row)
{
    AUTO_SQL struct sql sql = sql_use(store, SQL_CONTACTS, CONTACTS_PUT);
    sql_bind_text(&sql, ":contact", row->contact);
    sql_bind_int(&sql, ":is_on", row->is_on);
    sql_bind_int(&sql, ":changed_at", row->changed_at);
    sql_bind_int(&sql, ":last_sent_at", row->last_sent_at);
    sql_bind_int(&sql, ":last_delivered_at", row->last_delivered_at);
    sql_bind_int(&sql, ":last_answer_at", row->last_answer_at);
    return sql_run(&sql);
}
