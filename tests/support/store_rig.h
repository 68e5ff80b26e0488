/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store_rig - a store in a folder of its own, and rows to put into it.
 * What:  rig_open makes a temporary folder with a fresh database; rows come with sensible values that a test then
 * changes. Keeps: fixed keys and times, so that a test that fails fails again.
 */
#ifndef TESTS_SUPPORT_STORE_RIG_H
#define TESTS_SUPPORT_STORE_RIG_H

#include "gateway/store/alerts.h"
#include "gateway/store/audit.h"
#include "gateway/store/callbacks.h"
#include "gateway/store/cases.h"
#include "gateway/store/contacts.h"
#include "gateway/store/drills.h"
#include "gateway/store/echoes.h"
#include "gateway/store/findings.h"
#include "gateway/store/glass.h"
#include "gateway/store/loops.h"
#include "gateway/store/messages.h"
#include "gateway/store/outbox.h"
#include "gateway/store/parts.h"
#include "gateway/store/persons.h"
#include "gateway/store/polls.h"
#include "gateway/store/quarantine.h"
#include "gateway/store/signins.h"
#include "gateway/store/tries.h"
#include "gateway/store/users.h"
#include "gateway/store/views.h"
#include "gateway/vault/vault.h"

#define RIG_NOW 1764000000000 /* a day in November 2025 */

struct store_rig {
    char folder[64];
    char path[96];
    struct vault *vault;
    struct store *store;
    struct error error;
};

void rig_open(struct store_rig *rig);        /* folder, keys, store */
void rig_open_memory(struct store_rig *rig); /* the same in memory, without a folder */
int rig_reopen(struct store_rig *rig); /* closes the store (if it is open) and opens it again; the code of store_open */
/* All rows go but those of the audit, and numbers start again: as a new store, at a tenth of its cost. */
void rig_empty(struct store_rig *rig);
void rig_close(struct store_rig *rig); /* removes the folder too */

/* A chain function over rig->vault, for a store_open of one's own. */
void rig_chain(void *rig, const unsigned char *previous, struct span row, unsigned char *ret_mac);

/* A tag that depends on number; number 0 gives the unknown sender. */
void rig_tag(int64_t number, unsigned char *ret_tag);

/* Rows with ids from the store, not yet inserted. */
struct case_row rig_case(struct store_rig *rig, int64_t number);
struct message_row rig_message(struct store_rig *rig, int64_t case_id, int64_t number);
struct alert_row rig_alert(struct store_rig *rig, int64_t case_id, int64_t message_id);
struct outbox_row rig_outbox(struct store_rig *rig, const struct alert_row *alert);
struct quarantine_row rig_quarantine(struct store_rig *rig, const char *channel);

/* Inserts a message with its case, alert, two outbox rows, a step and an audit row: what one text costs. */
int rig_insert_text(struct store_rig *rig, int64_t number, int64_t *ret_case_id);

/* Runs one statement on the file of a closed store through a connection of its own: for tampering. Returns changed
 * rows. */
int rig_tamper(struct store_rig *rig, const char *sql);
void rig_tamper_file(
    struct store_rig *rig, const char *path); /* all statements of a file, path from the root of the project */
/* Does the database refuse that statement? (The store is closed.) */
bool rig_refuses(struct store_rig *rig, const char *sql);
/* The first column of the first row, as a number. */
int64_t rig_query(struct store_rig *rig, const char *sql);

/* A look behind the headers, for what has no other witness. */
int64_t rig_counter(const struct store_rig *rig, const char *name); /* as it is in memory */
int rig_wal_pages(const struct store_rig *rig);
void rig_limit_pages(struct store_rig *rig, int pages); /* PRAGMA max_page_count */
bool rig_file_has(const char *path, const char *text);
void rig_copy_file(const char *from, const char *to); /* with mode 0600 */

#endif
