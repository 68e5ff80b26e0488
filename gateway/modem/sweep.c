/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep - select, list, read again, wait for the daemon, delete; then the next storage.
 * Why:   the storage is selected only when another one is: each AT+CPMS costs a turn of the modem, and there is one
 *        sweep for every message.
 */
#include "gateway/modem/sweep.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define SELECT_MS 5000
#define LIST_LINE_MS 20000
#define LIST_MS 60000
#define READ_MS 5000
#define DELETE_MS 10000
#define STORED_MS 5000 /* for the daemon's answers; the rest waits for the next sweep */
#define REREADS 2
#define CMS_EMPTY_SLOT 321
#define CMS_FULL 322

static void list(struct sweep *sweep);
static void reread_next(struct sweep *sweep);
static void delete_next(struct sweep *sweep);
static void next_storage(struct sweep *sweep);

void sweep_init(struct sweep *sweep, struct loop *loop, struct ledger *ledger,
    void (*done)(void *context, enum sweep_end end), void *context)
{
    *sweep = (struct sweep){ .loop = loop, .ledger = ledger, .done = done, .context = context };
}

void sweep_set_receive(struct sweep *sweep, const char receive[3][LEDGER_STORAGE_MAX])
{
    memcpy(sweep->receive, receive, sizeof(sweep->receive));
    (void)str_copy(sweep->selected, sizeof(sweep->selected), receive[0]);
}

static const char *storage(const struct sweep *sweep)
{
    return sweep->storages[sweep->at];
}

static void run(struct sweep *sweep, const char *prefix, enum answer_shape shape, int deadline_ms, int cap_ms,
    talk_record_fn record, talk_done_fn done)
{
    const struct talk_command command = {
        .text = sweep->text, .prefix = prefix, .shape = shape, .deadline_ms = deadline_ms, .cap_ms = cap_ms
    };
    talk_run(sweep->talk, &command, record, done, sweep);
}

static void end(struct sweep *sweep, enum sweep_end how)
{
    loop_timer_cancel(sweep->loop, &sweep->timer);
    sweep->is_running = sweep->is_waiting = false;
    sweep->was_busy = ledger_is_busy(sweep->ledger);
    ledger_unlist(sweep->ledger);
    sweep->done(sweep->context, how);
}

/* False when the command had no answer, or the sweep shall stop: then it has ended. */
static bool goes_on(struct sweep *sweep, const struct talk_result *result)
{
    if (result->end == TALK_TIMEOUT || result->end == TALK_GONE) {
        end(sweep, SWEEP_BROKEN);
        return false;
    }
    if (sweep->is_stopping) {
        end(sweep, SWEEP_LEFT);
        return false;
    }
    return true;
}

/* ---- suspects: slots whose PDU did not fit --------------------------------------------------------------------- */

static struct sweep_suspect *find_suspect(struct sweep *sweep, int index)
{
    for (size_t i = 0; i < sweep->suspect_count; i++)
        if (sweep->suspects[i].index == index && str_equal(sweep->suspects[i].storage, storage(sweep)))
            return &sweep->suspects[i];
    return NULL;
}

static void suspect_slot(struct sweep *sweep, int index)
{
    sweep->is_left = true;
    if (find_suspect(sweep, index) != NULL || sweep->suspect_count == SWEEP_SUSPECTS_MAX)
        return;
    struct sweep_suspect *suspect = &sweep->suspects[sweep->suspect_count++];
    *suspect = (struct sweep_suspect){ .index = index, .seen = sweep->number };
    (void)str_copy(suspect->storage, sizeof(suspect->storage), storage(sweep));
}

static void clear_suspect(struct sweep *sweep, struct sweep_suspect *suspect)
{
    size_t at = (size_t)(suspect - sweep->suspects);
    sweep->suspect_count--;
    memmove(suspect, suspect + 1, (sweep->suspect_count - at) * sizeof(*suspect));
}

static void add_slot(struct sweep *sweep, int index)
{
    for (size_t i = 0; i < sweep->slot_count; i++)
        if (sweep->slots[i] == index)
            return;
    sweep->slots[sweep->slot_count++] = index;
}

static void offer(struct sweep *sweep, int index, enum ledger_kind kind, struct span pdu, int length)
{
    if (sweep->slot_count == SWEEP_SLOTS_MAX ||
        ledger_add_slot(sweep->ledger, storage(sweep), index, kind, pdu, length, clock_now_ms()) != 0) {
        sweep->is_left = true;
        return;
    }
    sweep->read++;
    add_slot(sweep, index);
}

static void offer_whole(struct sweep *sweep, int index, const struct answer_found *record)
{
    offer(sweep, index, atline_is_report(record->pdu) ? LEDGER_REPORT : LEDGER_PDU, record->pdu, record->length);
}

/* Some firmwares count the SMSC in the length. After three readings it is believed. */
static void offer_damaged(struct sweep *sweep, int index, const struct answer_found *record)
{
    int length = atline_tpdu_length(record->pdu);
    if (length > 0 && (int)(record->pdu.len / 2) == record->length)
        offer(sweep, index, atline_is_report(record->pdu) ? LEDGER_REPORT : LEDGER_PDU, record->pdu, length);
    else
        offer(sweep, index, LEDGER_RAW, record->pdu.len > 0 ? record->pdu : record->line, record->length);
}

static void listed(void *context, const struct answer_found *record)
{
    struct sweep *sweep = context;
    int index = -1;
    if (!atline_number(record->line, 0, &index) || index < 0) {
        sweep->is_left = true;
    } else if (record->is_whole) {
        offer_whole(sweep, index, record);
    } else {
        suspect_slot(sweep, index);
    }
}

/* Only the first record counts: what else an answer holds is not of this slot. */
static void read_again(void *context, const struct answer_found *record)
{
    struct sweep *sweep = context;
    struct sweep_suspect *suspect = find_suspect(sweep, sweep->reread_index);
    if (sweep->is_reread || suspect == NULL)
        return;
    sweep->is_reread = true;
    if (!record->is_whole && ++suspect->rereads < REREADS)
        return;
    clear_suspect(sweep, suspect);
    if (record->is_whole)
        offer_whole(sweep, sweep->reread_index, record);
    else
        offer_damaged(sweep, sweep->reread_index, record);
}

/* ---- the steps --------------------------------------------------------------------------------------------------- */

static void stored_late(void *context)
{
    struct sweep *sweep = context;
    sweep->is_waiting = false;
    sweep->slot_at = 0;
    if (sweep->is_stopping)
        end(sweep, SWEEP_LEFT);
    else
        delete_next(sweep);
}

static void wait_for_daemon(struct sweep *sweep)
{
    sweep->is_waiting = true;
    if (loop_timer_set(sweep->loop, &sweep->timer, clock_mono_ms() + STORED_MS, stored_late, sweep) != 0)
        end(sweep, SWEEP_LEFT);
    else
        sweep_poke(sweep);
}

void sweep_poke(struct sweep *sweep)
{
    if (!sweep->is_waiting || ledger_is_open(sweep->ledger))
        return;
    loop_timer_cancel(sweep->loop, &sweep->timer);
    stored_late(sweep);
}

static void deleted(void *context, const struct talk_result *result)
{
    struct sweep *sweep = context;
    if (goes_on(sweep, result))
        delete_next(sweep);
}

static void delete_next(struct sweep *sweep)
{
    while (sweep->slot_at < sweep->slot_count) {
        int index = sweep->slots[sweep->slot_at++];
        if (!ledger_is_stored(sweep->ledger, storage(sweep), index) || find_suspect(sweep, index) != NULL) {
            sweep->is_left = true;
            continue;
        }
        (void)snprintf(sweep->text, sizeof(sweep->text), "AT+CMGD=%d", index);
        run(sweep, NULL, ANSWER_PLAIN, DELETE_MS, 0, NULL, deleted);
        return;
    }
    sweep->at++;
    next_storage(sweep);
}

static void reread(void *context, const struct talk_result *result)
{
    struct sweep *sweep = context;
    if (!goes_on(sweep, result))
        return;
    struct sweep_suspect *suspect = find_suspect(sweep, sweep->reread_index);
    if (suspect != NULL && !sweep->is_reread) /* no record: the slot is empty by now */
        clear_suspect(sweep, suspect);
    reread_next(sweep);
}

/* Each suspect that an earlier sweep has found, once. */
static void reread_next(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->suspect_count; i++) {
        struct sweep_suspect *suspect = &sweep->suspects[i];
        if (suspect->seen == sweep->number || !str_equal(suspect->storage, storage(sweep)))
            continue;
        suspect->seen = sweep->number;
        sweep->reread_index = suspect->index;
        sweep->is_reread = false;
        (void)snprintf(sweep->text, sizeof(sweep->text), "AT+CMGR=%d", suspect->index);
        run(sweep, "+CMGR", ANSWER_LISTING, READ_MS, 2 * READ_MS, read_again, reread);
        return;
    }
    wait_for_daemon(sweep);
}

static void list_over(void *context, const struct talk_result *result)
{
    struct sweep *sweep = context;
    if (!goes_on(sweep, result))
        return;
    bool is_receiving = sweep->at + 1 == sweep->storage_count;
    bool is_empty = result->final.code == ATLINE_CMS &&
                    (result->final.number == CMS_EMPTY_SLOT || result->final.number == CMS_FULL);
    if (result->end == TALK_ERROR && is_receiving && !is_empty) {
        end(sweep, SWEEP_REFUSED);
        return;
    }
    reread_next(sweep);
}

static void list(struct sweep *sweep)
{
    ledger_unlist(sweep->ledger);
    sweep->slot_count = 0;
    (void)str_copy(sweep->text, sizeof(sweep->text), "AT+CMGL=4");
    run(sweep, "+CMGL", ANSWER_LISTING, LIST_LINE_MS, LIST_MS, listed, list_over);
}

static void selected(void *context, const struct talk_result *result)
{
    struct sweep *sweep = context;
    if (!goes_on(sweep, result))
        return;
    if (result->end == TALK_OK) {
        (void)str_copy(sweep->selected, sizeof(sweep->selected), storage(sweep));
        list(sweep);
    } else if (sweep->at + 1 == sweep->storage_count) {
        end(sweep, SWEEP_REFUSED);
    } else {
        sweep->at++;
        next_storage(sweep);
    }
}

static void select_storage(struct sweep *sweep)
{
    bool is_receiving = sweep->at + 1 == sweep->storage_count;
    if (is_receiving && sweep->receive[2][0] != '\0')
        (void)snprintf(sweep->text, sizeof(sweep->text), "AT+CPMS=\"%s\",\"%s\",\"%s\"", sweep->receive[0],
            sweep->receive[1], sweep->receive[2]);
    else
        (void)snprintf(sweep->text, sizeof(sweep->text), "AT+CPMS=\"%s\"", storage(sweep));
    run(sweep, "+CPMS", ANSWER_PLAIN, SELECT_MS, 0, NULL, selected);
}

static void next_storage(struct sweep *sweep)
{
    if (sweep->at == sweep->storage_count)
        end(sweep, sweep->is_left ? SWEEP_LEFT : SWEEP_CLEAN);
    else if (str_equal(sweep->selected, storage(sweep)))
        list(sweep);
    else
        select_storage(sweep);
}

void sweep_begin(struct sweep *sweep, struct talk *talk, const char (*others)[LEDGER_STORAGE_MAX], size_t other_count)
{
    sweep->talk = talk;
    sweep->storage_count = 0;
    for (size_t i = 0; i < other_count && sweep->storage_count + 1 < SWEEP_STORAGES_MAX; i++)
        memcpy(sweep->storages[sweep->storage_count++], others[i], LEDGER_STORAGE_MAX);
    memcpy(sweep->storages[sweep->storage_count++], sweep->receive[0], LEDGER_STORAGE_MAX);
    sweep->at = 0;
    sweep->number++;
    sweep->read = 0;
    sweep->is_running = true;
    sweep->is_left = sweep->is_stopping = false;
    next_storage(sweep);
}

void sweep_stop(struct sweep *sweep)
{
    sweep->is_stopping = sweep->is_running;
    if (sweep->is_waiting)
        end(sweep, SWEEP_LEFT);
}

void sweep_distrust(struct sweep *sweep)
{
    sweep->is_stopping = sweep->is_running;
}

void sweep_drop(struct sweep *sweep, bool is_new_device)
{
    loop_timer_cancel(sweep->loop, &sweep->timer);
    sweep->is_running = sweep->is_waiting = false;
    ledger_unlist(sweep->ledger);
    if (is_new_device)
        sweep->suspect_count = 0;
}
