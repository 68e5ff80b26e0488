/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * db - the one connection to the one SQLite database, its pragmas and its transactions.
 * What:  store_open makes the object that every other file of this folder works on. Callers see operations, never
 *        SQL, and pass every time and every sealed blob themselves: another engine can stand behind the same headers.
 * Keeps: exactly one connection in one process (flock); WAL with synchronous=FULL, read back at open; a commit that
 *        returned 0 is on the disk. Rows handed out are borrowed until the next call of the same header's functions.
 * Not here: encryption (vault) and meaning (core).
 */
#ifndef GATEWAY_STORE_DB_H
#define GATEWAY_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"
#include "gateway/base/error.h"
#include "gateway/base/model.h"

#define STORE_TAG_LEN 16
#define STORE_MAC_LEN 32
#define STORE_WRAP_MAX 80

struct store;

/* The next link of the audit chain (vault_chain behind a context). */
typedef void (*store_chain_fn)(void *context, const unsigned char *previous, struct span row, unsigned char *ret_mac);

struct store_options {
    const char *path; /* ":memory:" for tests */
    store_chain_fn chain;
    void *chain_context;
    const char *backup_before_migration; /* path, NULL = beside the database */
};

/* Opens, locks, checks pragmas, migrates. ERR_EXISTS: another process holds it. ERR_UNSUPPORTED: the database is newer.
 * ERR_CORRUPT: quick_check failed. */
int store_open(const struct store_options *options, struct error *error, struct store **ret_store) MUST_CHECK;
void store_close(struct store *store); /* rolls back what is open, checkpoints, releases the lock */

/* A transaction is one turn of the daemon. Beginning inside one, or ending none, is a programmer error. */
int store_begin(struct store *store) MUST_CHECK;
/* Any error: the transaction is rolled back, nothing of it is durable. */
int store_commit(struct store *store) MUST_CHECK;
void store_rollback(struct store *store);
bool store_is_in_transaction(const struct store *store);
/* Did anything write since store_begin? (A commit without a write costs no disk sync.) */
bool store_is_dirty(const struct store *store);

/* A savepoint around one message inside the turn: so that one bad message does not spoil the others. */
int store_savepoint(struct store *store) MUST_CHECK;
int store_release(struct store *store) MUST_CHECK;
void store_undo(struct store *store);

/* Ids are given before the row is written, because seals are bound to them. Never reused once committed. */
enum store_sequence {
    SEQUENCE_CASE /* from 1001 */,
    SEQUENCE_MESSAGE,
    SEQUENCE_ALERT,
    SEQUENCE_OUTBOX,
    SEQUENCE_NOTE,
    SEQUENCE_QUARANTINE,
    SEQUENCE_POLL,
    SEQUENCE_COUNT
};
int64_t store_next_id(struct store *store, enum store_sequence sequence);

/* Call between turns: passive checkpoint past 1,000 pages when idle, past 4,000 in any case. */
void store_maintain(struct store *store, bool is_idle);
/* VACUUM INTO a new file of mode 0600 (not inside a transaction). ERR_EXISTS when it is there. */
int store_backup(struct store *store, const char *path, struct error *error) MUST_CHECK;
/* PRAGMA integrity_check and foreign_key_check. */
int store_check(struct store *store, struct error *error) MUST_CHECK;
/* The name of the last storage error for a log line ("disk full"), without content. */
const char *store_last_error(const struct store *store);
/* Schema version of this build and of the open database. */
int store_version(const struct store *store);

#endif
