/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mistakes - see mistakes.h. */
#include "tests/storm/mistakes.h"

#include <stddef.h>
#include <stdio.h>

#include "gateway/core/copies.h"
#include "gateway/store/outbox.h"
#include "gateway/store/sql.h"
#include "gateway/vault/vault.h"

static struct {
    enum mistake mistake;
    bool (*is_dying)(void);
    void (*die)(void);
    bool is_undone; /* the turn before was answered and not committed */
} made;             /* mutable: a wrapped function has no context */

const char *mistake_word(enum mistake mistake)
{
    static const char *const words[] = { "none", "early_answer", "no_dedupe", "blind_reports" };
    return words[mistake];
}

void mistakes_make(enum mistake mistake, bool (*is_dying)(void), void (*die)(void))
{
    made.mistake = mistake;
    made.is_dying = is_dying;
    made.die = die;
}

/* The names are the linker's: `--wrap=f` sends calls of f to __wrap_f, and __real_f is f. */
int __real_store_begin(struct store *store);
int __wrap_store_begin(struct store *store);
int __real_store_commit(struct store *store);
int __wrap_store_commit(struct store *store);
int __real_copies_find(const struct core *core, const char *channel, const struct sms_in *sms, int64_t now_ms,
    unsigned char *ret_dedupe, int64_t *ret_id);
int __wrap_copies_find(const struct core *core, const char *channel, const struct sms_in *sms, int64_t now_ms,
    unsigned char *ret_dedupe, int64_t *ret_id);
int __real_outbox_set_failed(struct store *store, int64_t id, const char *provider_code);
int __wrap_outbox_set_failed(struct store *store, int64_t id, const char *provider_code);

int __wrap_store_begin(struct store *store)
{
    if (made.is_undone)
        made.die();
    return __real_store_begin(store);
}

int __wrap_store_commit(struct store *store)
{
    if (made.mistake != MISTAKE_EARLY_ANSWER || !store_is_dirty(store) || !made.is_dying())
        return __real_store_commit(store);
    made.is_undone = true;
    store_rollback(store);
    return 0;
}

int __wrap_copies_find(const struct core *core, const char *channel, const struct sms_in *sms, int64_t now_ms,
    unsigned char *ret_dedupe, int64_t *ret_id)
{
    struct vault_key key;
    int rc = __real_copies_find(core, channel, sms, now_ms, ret_dedupe, ret_id);
    if (rc || made.mistake != MISTAKE_NO_DEDUPE)
        return rc;
    vault_key_new(&key);
    for (size_t i = 0; i < STORE_TAG_LEN; i++)
        ret_dedupe[i] = key.bytes[i];
    return ERR_NOT_FOUND;
}

int __wrap_outbox_set_failed(struct store *store, int64_t id, const char *provider_code)
{
    char sql[128];
    int rc = __real_outbox_set_failed(store, id, provider_code);
    if (rc != ERR_CONFLICT || made.mistake != MISTAKE_BLIND_REPORTS)
        return rc;
    snprintf(
        sql, sizeof sql, "UPDATE outbox SET state = 'dead' WHERE id = %lld AND state = 'delivered'", (long long)id);
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : ERR_IO;
}
