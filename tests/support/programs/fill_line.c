/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fill_line - a year of a busy help line in a new database: `fill_line FOLDER CASES`, with hot.key and index.key in
 * FOLDER. Why:   pages must stay fast with 100,000 cases, and taking that many texts in one by one would take an hour.
 * Keeps: sealed as the program seals, so that every page opens; invented texts; what is not closed is held by the
 * contact `ngo`, and nothing waits to be sent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/core/origin.h"
#include "gateway/store/alerts.h"
#include "gateway/store/audit.h"
#include "gateway/store/outbox.h"
#include "gateway/store/quarantine.h"

#define YEAR_MS (365 * 86400000LL)
#define COMMIT_AT 500
#define LIVE_ONE_OF 20
#define SEALED_MAX 4096

static const char *const countries[] = { "SA", "SA", "SA", "AE", "KW", "QA", "LB", "HK", "SG", "MY", "OM", "" };
static const char *const languages[] = { "tl", "tl", "en", "id", "ne-Latn", "bn", "am", "ar-Latn", "sw", "si", "ceb",
    "hi", "ta", "om", "my", "vi", "und" };
static const char *const texts[] = { "tulong po, hindi ako pinapasahod ng amo ko 5 months na",
    "my madam beats me, dont call", "saya dikurung di rumah majikan, tolong", "malai talab dieko chaina 3 mahina bhayo",
    "no food 2 days, locked", "he keeps my passport, I want to go home" };

struct filler {
    struct core core;
    struct error error;
    int64_t now_ms, count, done;
    unsigned seed;
};

static void must(int code, const char *what)
{
    if (code == 0)
        return;
    fprintf(stderr, "fill_line: %s: %s\n", what, error_name(code));
    exit(1);
}

static unsigned draw(struct filler *f, unsigned below)
{
    f->seed = f->seed * 1664525u + 1013904223u;
    return (f->seed >> 8) % below;
}

static void read_key(const char *folder, const char *name, unsigned char *ret_key)
{
    char path[512], text[128] = "";
    AUTO_BUF key;
    buf_init(&key, VAULT_KEY_LEN);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    bool is_read = file && fgets(text, sizeof text, file);
    if (file)
        fclose(file);
    must(is_read ? 0 : ERR_NOT_FOUND, path);
    text[strcspn(text, "\n")] = '\0';
    must(str_hex_decode(&key, span_of(text)), path);
    must(key.len == VAULT_KEY_LEN ? 0 : ERR_INVALID, path);
    memcpy(ret_key, key.data, VAULT_KEY_LEN);
}

static void chain(void *context, const unsigned char *previous, struct span row, unsigned char *ret_mac)
{
    vault_chain(context, previous, row, ret_mac);
}

static void open_line(struct filler *f, const char *folder)
{
    unsigned char hot[VAULT_KEY_LEN], index[VAULT_KEY_LEN];
    char path[512];
    read_key(folder, "hot.key", hot);
    read_key(folder, "index.key", index);
    must(vault_new(hot, index, &f->core.vault), "the keys");
    (void)snprintf(path, sizeof path, "%s/helplined.db", folder);
    struct store_options options = { .path = path, .chain = chain, .chain_context = f->core.vault };
    must(store_open(&options, &f->error, &f->core.store), path);
}

static void insert_case(struct filler *f, struct case_row *row, struct vault_key *key, const char *number)
{
    bool is_live = draw(f, LIVE_ONE_OF) == 0;
    *row = (struct case_row){ .id = store_next_id(f->core.store, SEQUENCE_CASE),
        .state = is_live ? STATE_case_taken : STATE_case_closed,
        .verification = STATE_verification_unverified,
        .urgency = (enum urgency)draw(f, URGENCY_COUNT),
        .categories = 1u << draw(f, CATEGORY_COUNT) | 1u << draw(f, CATEGORY_COUNT) | CATEGORY_BIT(wages),
        .flags = draw(f, 4) ? 0 : 1u << draw(f, FLAG_COUNT),
        .channel = "line",
        .policy = "all",
        .owner = "ngo",
        .opened_at = f->now_ms - YEAR_MS + f->done * (YEAR_MS / f->count),
        .message_count = 1,
        .consent = STATE_consent_none,
        .safe_from_min = -1,
        .safe_to_min = -1 };
    row->updated_at = row->last_message_at = row->opened_at;
    row->contacted_at = row->answered_at = row->opened_at + 60000LL * (1 + draw(f, 600));
    row->closed_at = is_live ? 0 : row->opened_at + 3600000LL * (2 + draw(f, 400));
    str_copy(row->country, sizeof row->country, countries[draw(f, STR_COUNT(countries))]);
    str_copy(row->language, sizeof row->language, languages[draw(f, STR_COUNT(languages))]);
    str_copy(row->sex, sizeof row->sex, draw(f, 5) ? sex_word(SEX_female) : "");
    if (!is_live && draw(f, 6))
        str_copy(row->outcome, sizeof row->outcome, ending_word((enum ending)draw(f, ENDING_COUNT)));
    origin_guess(row, "");
    casefile_tag(&f->core, number, row->sender_tag);
    casefile_key_new(&f->core, row, key);
    must(cases_insert(f->core.store, row), "a case");
}

static int64_t insert_text(
    struct filler *f, const struct case_row *row, const struct vault_key *key, const char *number)
{
    AUTO_BUF text, sender;
    buf_init(&text, SEALED_MAX);
    buf_init(&sender, SEALED_MAX);
    struct message_row message = { .id = store_next_id(f->core.store, SEQUENCE_MESSAGE),
        .case_id = row->id,
        .direction = MESSAGE_IN,
        .channel = "line",
        .received_at = row->opened_at,
        .triage = { .is_help = true, .intent = INTENT_help, .categories = row->categories, .urgency = row->urgency } };
    str_copy(message.triage.language, sizeof message.triage.language, row->language);
    memcpy(message.sender_tag, row->sender_tag, sizeof message.sender_tag);
    memcpy(message.dedupe, &message.id, sizeof message.id);
    must(casefile_seal_message(
             &f->core, key, row->id, message.id, MESSAGE_TEXT, span_of(texts[draw(f, STR_COUNT(texts))]), &text),
        "a text");
    must(casefile_seal_message(&f->core, key, row->id, message.id, MESSAGE_SENDER, span_of(number), &sender),
        "a number");
    message.text = buf_span(&text);
    message.sender = buf_span(&sender);
    must(messages_insert(f->core.store, &message), "a message");
    return message.id;
}

static void insert_alert(struct filler *f, const struct case_row *row, int64_t message_id)
{
    struct alert_row alert = { .id = store_next_id(f->core.store, SEQUENCE_ALERT),
        .case_id = row->id,
        .message_id = message_id,
        .contact = "ngo",
        .policy = "all",
        .state = row->state == STATE_case_closed ? STATE_alert_ended : STATE_alert_acknowledged,
        .created_at = row->opened_at,
        .answered_at = row->contacted_at };
    (void)snprintf(alert.public_id, sizeof alert.public_id, "fill%lld", (long long)alert.id);
    must(alerts_insert(f->core.store, &alert), "an alert");
    struct outbox_row sent = { .id = store_next_id(f->core.store, SEQUENCE_OUTBOX),
        .kind = OUTBOX_ALERT,
        .case_id = row->id,
        .alert_id = alert.id,
        .message_id = message_id,
        .contact = "ngo",
        .channel = "desk",
        .urgency = row->urgency,
        .state = draw(f, 50) ? STATE_outbox_delivered : STATE_outbox_dead,
        .due_at = row->opened_at,
        .attempt = 1,
        .outcome = OUTCOME_sent,
        .provider_code = "",
        .created_at = row->opened_at,
        .sent_at = row->opened_at + 1000LL * draw(f, 30),
        .delivered_at = row->opened_at + 31000 };
    must(outbox_insert(f->core.store, &sent), "an outbox row");
}

/* As many texts as cases were no request. */
static void insert_advert(struct filler *f, const char *number, int64_t at)
{
    AUTO_BUF text, sender;
    AUTO_KEY key;
    unsigned char wrap[VAULT_WRAP_LEN];
    vault_key_new(&key);
    buf_init(&text, SEALED_MAX);
    buf_init(&sender, SEALED_MAX);
    struct message_row message = { .id = store_next_id(f->core.store, SEQUENCE_MESSAGE),
        .direction = MESSAGE_IN,
        .channel = "line",
        .received_at = at,
        .triage = { .language = "en", .intent = draw(f, 9) ? INTENT_not_help : INTENT_thanks } };
    memcpy(message.dedupe, &message.id, sizeof message.id);
    casefile_wrap_message(&f->core, &key, message.id, wrap);
    message.key_wrap = (struct span){ (const char *)wrap, sizeof wrap };
    must(casefile_seal_message(&f->core, &key, 0, message.id, MESSAGE_TEXT, span_of("win a prize now"), &text),
        "a text");
    must(casefile_seal_message(&f->core, &key, 0, message.id, MESSAGE_SENDER, span_of(number), &sender), "a number");
    message.text = buf_span(&text);
    message.sender = buf_span(&sender);
    must(messages_insert(f->core.store, &message), "an advert");
}

static void insert_one(struct filler *f)
{
    static const char *const actions[] = { "case.open", "alert.send", "case.take", "case.read", "case.close" };
    struct case_row row;
    AUTO_KEY key;
    char number[32];
    (void)snprintf(number, sizeof number, "+96650%07lld", (long long)f->done);
    insert_case(f, &row, &key, number);
    insert_alert(f, &row, insert_text(f, &row, &key, number));
    size_t acts = STR_COUNT(actions) - (row.state != STATE_case_closed);
    for (size_t i = 0; i < acts; i++)
        must(audit_case(f->core.store, row.opened_at, i == 3 ? "user:maria" : "daemon", actions[i], row.id, ""),
            "an audit row");
    insert_advert(f, number, row.opened_at);
    if (f->done % 100 == 0) {
        struct quarantine_row kept = { .id = store_next_id(f->core.store, SEQUENCE_QUARANTINE),
            .at = row.opened_at,
            .channel = "line",
            .reason = "signature",
            .state = STATE_quarantine_kept,
            .request = span_of("sealed"),
            .size = 6 };
        must(quarantine_insert(f->core.store, &kept), "a kept request");
    }
}

int main(int argc, char **argv)
{
    struct filler f = { .seed = 7, .now_ms = clock_now_ms() };
    f.count = argc == 3 ? strtoll(argv[2], NULL, 10) : 0;
    if (f.count <= 0) {
        fputs("usage: fill_line FOLDER CASES\n", stderr);
        return 2;
    }
    open_line(&f, argv[1]);
    for (; f.done < f.count; f.done++) {
        if (f.done % COMMIT_AT == 0)
            must(store_begin(f.core.store), "begin");
        insert_one(&f);
        if (f.done % COMMIT_AT == COMMIT_AT - 1 || f.done + 1 == f.count)
            must(store_commit(f.core.store), "commit");
    }
    store_close(f.core.store);
    vault_free(f.core.vault);
    return 0;
}
