/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store_rig - see store_rig.h. Failures of the rig itself abort: a test on a broken rig proves nothing. */
#include "tests/support/store_rig.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "gateway/store/sql.h"

static const char sealed_text[] =
    "sealed text of a made-up message, as long as one that was padded and sealed would be: "
    "0123456789012345678901234567890123456789012345678901234567890123456789";

static void must(bool is_right, const char *what)
{
    if (is_right)
        return;
    fprintf(stderr, "store_rig: %s\n", what);
    abort();
}

void rig_chain(void *context, const unsigned char *previous, struct span row, unsigned char *ret_mac)
{
    const struct store_rig *rig = context;
    vault_chain(rig->vault, previous, row, ret_mac);
}

static void make_vault(struct store_rig *rig)
{
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    memset(rig, 0, sizeof *rig);
    memset(hot, 1, sizeof hot);
    memset(index, 2, sizeof index);
    must(vault_new(hot, index, &rig->vault) == 0, "no vault");
}

int rig_reopen(struct store_rig *rig)
{
    struct store_options options = { .path = rig->path, .chain = rig_chain, .chain_context = rig };
    store_close(rig->store);
    rig->store = NULL;
    return store_open(&options, &rig->error, &rig->store);
}

void rig_open(struct store_rig *rig)
{
    make_vault(rig);
    const char *parent = getenv("TMPDIR");
    must(snprintf(rig->folder, sizeof rig->folder, "%s/store.XXXXXX", parent != NULL ? parent : "/tmp") <
             (int)sizeof rig->folder,
        "TMPDIR is too long");
    must(mkdtemp(rig->folder) != NULL, "no folder");
    snprintf(rig->path, sizeof rig->path, "%s/test.db", rig->folder);
    must(rig_reopen(rig) == 0, rig->error.text);
}

void rig_open_memory(struct store_rig *rig)
{
    make_vault(rig);
    str_copy(rig->path, sizeof rig->path, ":memory:");
    must(rig_reopen(rig) == 0, rig->error.text);
}

void rig_empty(struct store_rig *rig)
{
    static const char empty[] =
        "PRAGMA foreign_keys = OFF; BEGIN;"
        "DELETE FROM glass; DELETE FROM findings; DELETE FROM drills; DELETE FROM persons; DELETE FROM contacts; DELETE FROM quarantine;"
        "DELETE FROM reports; DELETE FROM outbox; DELETE FROM steps; DELETE FROM alerts; DELETE FROM messages;"
        "DELETE FROM notes; DELETE FROM cases; DELETE FROM case_counts;"
        "UPDATE counters SET value = CASE name WHEN 'case' THEN 1000 ELSE 0 END;"
        "COMMIT; PRAGMA foreign_keys = ON;";
    must(sqlite3_exec(rig->store->db, empty, NULL, NULL, NULL) == SQLITE_OK, sqlite3_errmsg(rig->store->db));
    must(turn_load(rig->store) == 0 && audit_load(rig->store) == 0, "an emptied store cannot be read");
}

static void remove_folder(const char *folder)
{
    char path[400];
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(dir);
    rmdir(folder);
}

void rig_close(struct store_rig *rig)
{
    store_close(rig->store);
    vault_free(rig->vault);
    if (rig->folder[0] != '\0')
        remove_folder(rig->folder);
}

void rig_tag(int64_t number, unsigned char *ret_tag)
{
    memset(ret_tag, 0, STORE_TAG_LEN);
    /* Spread like a hash, so that an index on tags is as scattered as in life. */
    uint64_t mixed = (uint64_t)number * 0x9e3779b97f4a7c15u;
    for (int i = 0; number != 0 && i < STORE_TAG_LEN; i++)
        ret_tag[i] = (unsigned char)(mixed >> (8 * (i % 8))) ^ (unsigned char)(i / 8);
}

struct case_row rig_case(struct store_rig *rig, int64_t number)
{
    struct case_row row = { .id = store_next_id(rig->store, SEQUENCE_CASE),
        .key_wrap_len = VAULT_WRAP_LEN,
        .state = STATE_case_open,
        .verification = STATE_verification_unverified,
        .urgency = URGENCY_urgent,
        .categories = CATEGORY_BIT(violence) | CATEGORY_BIT(wages),
        .language = "tl",
        .country = "SA",
        .channel = "main",
        .policy = "default",
        .opened_at = RIG_NOW,
        .updated_at = RIG_NOW,
        .last_message_at = RIG_NOW,
        .message_count = 1,
        .consent = STATE_consent_none,
        .safe_from_min = -1,
        .safe_to_min = -1 };
    rig_tag(number, row.sender_tag);
    memset(row.key_wrap, 7, row.key_wrap_len);
    return row;
}

struct message_row rig_message(struct store_rig *rig, int64_t case_id, int64_t number)
{
    struct message_row row = { .id = store_next_id(rig->store, SEQUENCE_MESSAGE),
        .case_id = case_id,
        .direction = MESSAGE_IN,
        .channel = "main",
        .sender = { sealed_text, 105 },
        .recipient = { sealed_text, 105 },
        .text = { sealed_text, sizeof sealed_text - 1 },
        .received_at = RIG_NOW,
        .triage = { .language = "tl",
            .is_help = true,
            .intent = INTENT_help,
            .categories = CATEGORY_BIT(violence) | CATEGORY_BIT(wages),
            .urgency = URGENCY_urgent,
            .evidence_count = 2,
            .evidence = { { LABEL_CATEGORY, CATEGORY_violence, 12, 9 }, { LABEL_CATEGORY, CATEGORY_wages, 30, 4 } } } };
    rig_tag(number, row.sender_tag);
    rig_tag(-row.id, row.dedupe);
    return row;
}

struct alert_row rig_alert(struct store_rig *rig, int64_t case_id, int64_t message_id)
{
    struct alert_row row = { .id = store_next_id(rig->store, SEQUENCE_ALERT),
        .case_id = case_id,
        .message_id = message_id,
        .contact = "ngo-desk",
        .policy = "default",
        .state = STATE_alert_open,
        .created_at = RIG_NOW };
    static const char digits[] = "0123456789abcdef";
    unsigned char tag[STORE_TAG_LEN];
    rig_tag(row.id, tag);
    for (int i = 0; i < 2 * STORE_TAG_LEN; i++)
        row.public_id[i] = digits[(tag[i / 2] >> (i % 2 * 4)) & 15];
    return row;
}

struct outbox_row rig_outbox(struct store_rig *rig, const struct alert_row *alert)
{
    struct outbox_row row = { .id = store_next_id(rig->store, SEQUENCE_OUTBOX),
        .kind = OUTBOX_ALERT,
        .case_id = alert->case_id,
        .alert_id = alert->id,
        .message_id = alert->message_id,
        .channel = "hook",
        .urgency = URGENCY_urgent,
        .state = STATE_outbox_queued,
        .due_at = RIG_NOW,
        .outcome = -1,
        .created_at = RIG_NOW };
    str_copy(row.contact, sizeof row.contact, alert->contact);
    return row;
}

struct quarantine_row rig_quarantine(struct store_rig *rig, const char *channel)
{
    struct quarantine_row row = { .id = store_next_id(rig->store, SEQUENCE_QUARANTINE),
        .at = RIG_NOW,
        .reason = "signature",
        .state = STATE_quarantine_kept,
        .request = { sealed_text, 64 },
        .size = 23 };
    str_copy(row.channel, sizeof row.channel, channel);
    return row;
}

static int insert_outgoing(struct store_rig *rig, int64_t case_id, int64_t message_id)
{
    struct alert_row alert = rig_alert(rig, case_id, message_id);
    int code = alerts_insert(rig->store, &alert);
    for (int address = 0; code == 0 && address < 2; address++) {
        struct outbox_row row = rig_outbox(rig, &alert);
        row.address = address;
        code = outbox_insert(rig->store, &row);
    }
    return code;
}

int rig_insert_text(struct store_rig *rig, int64_t number, int64_t *ret_case_id)
{
    struct case_row row = rig_case(rig, number);
    struct message_row message = rig_message(rig, row.id, number);
    struct step_row step = {
        .case_id = row.id, .policy = "default", .step = 1, .state = STATE_step_waiting, .due_at = RIG_NOW + 600000
    };
    struct audit_row audit = {
        .at = RIG_NOW, .actor = "daemon", .action = "case.open", .case_id = row.id, .object = "message", .detail = ""
    };
    int code = cases_insert(rig->store, &row);
    if (code == 0)
        code = messages_insert(rig->store, &message);
    if (code == 0)
        code = insert_outgoing(rig, row.id, message.id);
    if (code == 0)
        code = steps_insert(rig->store, &step);
    if (code == 0)
        code = audit_append(rig->store, &audit);
    *ret_case_id = row.id;
    return code;
}

int rig_tamper(struct store_rig *rig, const char *sql)
{
    sqlite3 *db = NULL;
    must(rig->store == NULL, "the store is still open");
    must(sqlite3_open(rig->path, &db) == SQLITE_OK, "the database cannot be opened");
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    must(code == SQLITE_OK, sqlite3_errmsg(db));
    int changes = sqlite3_changes(db);
    sqlite3_close(db);
    return changes;
}

bool rig_refuses(struct store_rig *rig, const char *sql)
{
    sqlite3 *db = NULL;
    must(rig->store == NULL, "the store is still open");
    must(sqlite3_open(rig->path, &db) == SQLITE_OK, "the database cannot be opened");
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return code != SQLITE_OK;
}

int64_t rig_query(struct store_rig *rig, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    must(rig->store == NULL, "the store is still open");
    must(sqlite3_open(rig->path, &db) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
    must(sqlite3_step(stmt) == SQLITE_ROW, sql);
    int64_t value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return value;
}

int rig_wal_pages(const struct store_rig *rig)
{
    return rig->store->wal_pages;
}

void rig_limit_pages(struct store_rig *rig, int pages)
{
    char text[64];
    snprintf(text, sizeof text, "PRAGMA max_page_count = %d", pages);
    must(sqlite3_exec(rig->store->db, text, NULL, NULL, NULL) == SQLITE_OK, text);
}

void rig_copy_file(const char *from, const char *to)
{
    char bytes[4096];
    FILE *in = fopen(from, "re"), *out = fopen(to, "we");
    must(in != NULL && out != NULL, "a file cannot be copied");
    for (size_t len; (len = fread(bytes, 1, sizeof bytes, in)) > 0;)
        must(fwrite(bytes, 1, len, out) == len, "a file cannot be copied");
    fclose(in);
    must(fclose(out) == 0 && chmod(to, 0600) == 0, "a file cannot be copied");
}

bool rig_file_has(const char *path, const char *text)
{
    FILE *file = fopen(path, "re");
    struct stat status;
    must(file != NULL && fstat(fileno(file), &status) == 0, "a file cannot be read");
    char *bytes = malloc((size_t)status.st_size + 1);
    must(bytes != NULL && fread(bytes, 1, (size_t)status.st_size, file) == (size_t)status.st_size,
        "a file cannot be read");
    bool has = memmem(bytes, (size_t)status.st_size, text, strlen(text)) != NULL;
    free(bytes);
    fclose(file);
    return has;
}

int64_t rig_counter(const struct store_rig *rig, const char *name)
{
    int counter = turn_counter_from_name(name);
    must(counter >= 0, name);
    return rig->store->marks.counters[counter];
}

void rig_tamper_file(struct store_rig *rig, const char *path)
{
    static char text[1u << 20];
    FILE *file = fopen(path, "re");
    must(file != NULL, path);
    size_t len = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    must(len > 0 && len < sizeof text - 1, path);
    text[len] = '\0';
    rig_tamper(rig, text);
}
