/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger - what must hold, looked up in the database of a daemon that does not run.
 * What:  every text that a provider was told is stored is there once, whole; a text that was said twice is there twice;
 *        every worker has one case; a message to her left at most once, an alert of every case at least once; no row of
 *        the outbox went back; the chain and the database are intact.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/store/audit.h"
#include "gateway/store/outbox.h"
#include "gateway/store/quarantine.h"
#include "tests/storm/storm.h"

#define PAGE 1000
#define FIRST_NUMBER 10000
#define ROWS_MAX 200000

struct told { /* about one utterance, a bit a telling */
    uint32_t whole, parts, missing, possible;
    unsigned rows;
};

struct look {
    struct storm *storm;
    struct core core;
    bool is_end;
    struct told *told;
    int64_t last_id; /* of a page */
    unsigned count;
    unsigned char *handed_rows; /* how often each row of the outbox was accepted */
    unsigned char *alerted;     /* by case id - 1001: an alert left */
};

static bool is_fitting(const struct look *look, int64_t id)
{
    if (id >= 0 && id < ROWS_MAX)
        return true;
    storm_violation(look->storm, "more rows than the ledger has room for");
    return false;
}

/* ---- texts ----------------------------------------------------------------------------------------------------- */

static void note_what_was_told(struct look *look)
{
    const struct storm *storm = look->storm;
    for (unsigned i = 0; i < storm->sms_count; i++) {
        const struct sms *sms = &storm->sms[i];
        if (sms->utterance < 0)
            continue;
        struct told *told = &look->told[sms->utterance];
        uint32_t bit = 1u << (sms->telling & 31);
        bool is_held = providers[sms->provider].has_list;
        bool is_stored = sms->is_taken || (is_held && look->is_end);
        if (is_stored || sms->may_have_come || is_held || sms->is_listed)
            told->possible |= bit;
        if (!sms->part_total)
            told->whole |= is_stored ? bit : 0;
        else if (!sms->is_taken)
            told->missing |= bit;
        else
            told->parts |= bit;
    }
}

static int open_text(struct look *look, const struct message_row *row, struct buf *text, struct buf *sender)
{
    AUTO_KEY key = { { 0 } };
    struct message_row copy;
    int rc = messages_get(look->core.store, row->id, &copy);
    if (!rc)
        rc = casefile_message_key(&look->core, &copy, &key);
    if (!rc)
        rc = messages_get(look->core.store, row->id, &copy);
    if (!rc)
        rc = casefile_open_message(&look->core, &key, &copy, MESSAGE_TEXT, text);
    return rc ? rc : casefile_open_message(&look->core, &key, &copy, MESSAGE_SENDER, sender);
}

static void compare_text(struct look *look, const struct message_row *row, const char *text, const char *sender)
{
    const struct storm *storm = look->storm;
    char number[24];
    int64_t value = 0;
    const char *last = strrchr(text, ' ');
    bool is_whole = row->part == row->part_total;
    if (!last || str_to_int64(last + 1, FIRST_NUMBER, FIRST_NUMBER + (int64_t)storm->utterance_count - 1, &value)) {
        if (is_whole)
            storm_violation(look->storm, "message %lld is a text that nobody wrote", (long long)row->id);
        return;
    }
    const struct utterance *said = &storm->utterances[value - FIRST_NUMBER];
    storm_worker_number(said->worker, number);
    if (str_equal(said->text, text) && str_equal(number, sender))
        look->told[value - FIRST_NUMBER].rows++;
    else if (is_whole)
        storm_violation(look->storm, "message %lld is not as it was written", (long long)row->id);
}

static int note_id(void *context, const struct message_row *row)
{
    struct look *look = context;
    look->last_id = row->id;
    look->count++;
    return 0;
}

static void read_message(struct look *look, int64_t id)
{
    struct message_row row;
    AUTO_BUF text;
    AUTO_BUF sender;
    buf_init(&text, 65536);
    buf_init(&sender, 256);
    if (messages_get(look->core.store, id, &row) || row.direction != MESSAGE_IN || row.author[0])
        return;
    int rc = open_text(look, &row, &text, &sender);
    if (rc)
        storm_violation(look->storm, "message %lld does not open: %s", (long long)id, error_name(rc));
    else
        compare_text(look, &row, text.data ? text.data : "", sender.data ? sender.data : "");
}

static void read_messages(struct look *look)
{
    struct messages_filter filter = { .limit = 1 };
    look->last_id = 0;
    if (messages_list(look->core.store, &filter, note_id, look))
        storm_violation(look->storm, "no messages can be read");
    for (int64_t id = look->last_id; id > 0; id--)
        read_message(look, id);
}

static unsigned count_bits(uint32_t bits)
{
    return (unsigned)__builtin_popcount(bits);
}

static void compare_texts(struct look *look)
{
    for (unsigned i = 0; i < look->storm->utterance_count; i++) {
        const struct told *told = &look->told[i];
        unsigned least = count_bits(told->whole | (told->parts & ~told->missing)), most = count_bits(told->possible);
        if (told->rows < least)
            storm_violation(look->storm,
                "LOST: text %u of worker %u: %u stored of %u that a provider was told are stored", i + FIRST_NUMBER,
                look->storm->utterances[i].worker, told->rows, least);
        if (told->rows > most)
            storm_violation(look->storm, "DOUBLED: text %u of worker %u: %u stored, said %u times", i + FIRST_NUMBER,
                look->storm->utterances[i].worker, told->rows, most);
    }
}

/* ---- cases ----------------------------------------------------------------------------------------------------- */

struct tally {
    struct look *look;
    unsigned char tags[WORKERS_IN_ALL][STORE_TAG_LEN];
    unsigned cases[WORKERS_IN_ALL];
};

static int count_case(void *context, const struct case_row *row)
{
    struct tally *tally = context;
    struct storm *storm = tally->look->storm;
    for (unsigned i = 0; i < storm->workers; i++)
        tally->cases[i] += memcmp(tally->tags[i], row->sender_tag, STORE_TAG_LEN) == 0;
    if (tally->look->is_end && is_fitting(tally->look, row->id - 1001) && !tally->look->alerted[row->id - 1001])
        storm_violation(storm, "case %lld: nobody was ever alerted", (long long)row->id);
    return 0;
}

static void count_cases(struct look *look)
{
    struct tally *tally = calloc(1, sizeof *tally);
    unsigned has_text[WORKERS_IN_ALL] = { 0 };
    struct cases_filter filter = { .state = "all", .urgency = -1, .category = -1, .limit = PAGE };
    if (!tally)
        abort();
    tally->look = look;
    for (unsigned i = 0; i < look->storm->workers; i++) {
        char number[24];
        storm_worker_number(i, number);
        casefile_tag(&look->core, number, tally->tags[i]);
    }
    for (unsigned i = 0; i < look->storm->utterance_count; i++)
        has_text[look->storm->utterances[i].worker] += look->told[i].rows;
    if (cases_list(look->core.store, &filter, count_case, tally))
        storm_violation(look->storm, "no cases can be read");
    for (unsigned i = 0; i < look->storm->workers; i++)
        if (tally->cases[i] > 1 || (has_text[i] && !tally->cases[i]))
            storm_violation(look->storm, "worker %u has %u cases", i, tally->cases[i]);
    free(tally);
}

/* ---- the outbox ------------------------------------------------------------------------------------------------ */

static bool may_follow(enum state from, enum state to)
{
    switch (from) {
    case STATE_outbox_sent:
        return to == STATE_outbox_sent || to == STATE_outbox_delivered || to == STATE_outbox_dead;
    case STATE_outbox_delivered:
    case STATE_outbox_cancelled:
        return to == from;
    case STATE_outbox_dead: /* the provider gave it up, and it came after all */
        return to == from || to == STATE_outbox_delivered;
    default:
        return true;
    }
}

static int look_at_row(void *context, const struct outbox_row *row)
{
    struct look *look = context;
    struct storm *storm = look->storm;
    look->last_id = row->id;
    look->count++;
    if (!is_fitting(look, row->id))
        return 0;
    int before = storm->row_states[row->id];
    if (before >= 0 && !may_follow((enum state)before, row->state))
        storm_violation(storm, "outbox %lld went from %s to %s", (long long)row->id, state_word((enum state)before),
            state_word(row->state));
    storm->row_states[row->id] = (signed char)row->state;
    if (row->kind == OUTBOX_REPLY && look->handed_rows[row->id] > 1)
        storm_violation(storm, "reply %lld went to her %u times", (long long)row->id, look->handed_rows[row->id]);
    if (row->kind == OUTBOX_ALERT && look->handed_rows[row->id] && is_fitting(look, row->case_id - 1001))
        look->alerted[row->case_id - 1001] = 1;
    bool is_sent = row->state == STATE_outbox_sent || row->state == STATE_outbox_delivered;
    bool by_provider = !str_equal(row->channel, "desk");
    if (by_provider && is_sent && !look->handed_rows[row->id])
        storm_violation(
            storm, "outbox %lld is %s, but no provider took it", (long long)row->id, state_word(row->state));
    int64_t late = storm->now_ms - 5 * MINUTE_MS;
    bool is_stuck = (row->state == STATE_outbox_leased && row->lease_until < late) ||
                    (row->state == STATE_outbox_queued && row->due_at < late);
    if (look->is_end && is_stuck)
        storm_violation(storm, "outbox %lld is still %s", (long long)row->id, state_word(row->state));
    return 0;
}

static void read_outbox(struct look *look)
{
    struct outbox_filter filter = { .state = "all", .limit = PAGE };
    do {
        look->count = 0;
        if (outbox_list(look->core.store, &filter, look_at_row, look))
            storm_violation(look->storm, "no outbox can be read");
        filter.before_id = look->last_id;
    } while (look->count == PAGE);
}

/* What the provider told us and heard a 2xx for is what the row says. */
static void compare_reports(struct look *look)
{
    for (unsigned i = 0; look->is_end && i < look->storm->handed_count; i++) {
        const struct handed *handed = &look->storm->handed[i];
        struct outbox_row row;
        if (!handed->is_told || handed->truth != WORD_DELIVERED || outbox_get(look->core.store, handed->row, &row) ||
            !str_equal(row.remote_id, handed->id))
            continue;
        if (row.state != STATE_outbox_delivered)
            storm_violation(look->storm, "outbox %lld is %s, but the provider reported it as delivered",
                (long long)row.id, state_word(row.state));
    }
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static void check_store(struct look *look)
{
    struct error error = { "" };
    int64_t count, first_bad, quarantined = 0;
    if (store_check(look->core.store, &error))
        storm_violation(look->storm, "the database: %s", error.text);
    if (audit_verify(look->core.store, &count, &first_bad))
        storm_violation(look->storm, "the chain breaks at %lld", (long long)first_bad);
    if (quarantine_count_since(look->core.store, 0, &quarantined) || quarantined)
        storm_violation(look->storm, "%lld honest requests are in quarantine", (long long)quarantined);
}

void ledger_look(struct storm *storm, bool is_end)
{
    struct look look = { .storm = storm, .is_end = is_end };
    look.told = calloc(UTTERANCES_MAX, sizeof *look.told);
    look.handed_rows = calloc(ROWS_MAX, 1);
    look.alerted = calloc(ROWS_MAX, 1);
    if (!look.told || !look.handed_rows || !look.alerted)
        abort();
    house_look_in(&storm->house, &look.core);
    for (unsigned i = 0; i < storm->handed_count; i++)
        if (is_fitting(&look, storm->handed[i].row))
            look.handed_rows[storm->handed[i].row]++;
    note_what_was_told(&look);
    check_store(&look);
    read_messages(&look);
    compare_texts(&look);
    read_outbox(&look);
    count_cases(&look);
    compare_reports(&look);
    house_look_out(&look.core);
    free(look.told);
    free(look.handed_rows);
    free(look.alerted);
}
