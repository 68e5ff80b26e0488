/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger - a list in the order of reading.
 * Why:   a listing has tens of entries, a burst some hundreds: walking the list is cheaper than keeping an index right.
 */
#include "gateway/modem/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

void ledger_init(struct ledger *ledger, ledger_send_fn send, void *context)
{
    *ledger = (struct ledger){ .send = send, .context = context };
}

static void free_entry(struct ledger_entry *entry)
{
    free(entry->pdu);
    free(entry);
}

void ledger_done(struct ledger *ledger)
{
    while (ledger->first != NULL) {
        struct ledger_entry *entry = ledger->first;
        ledger->first = entry->next;
        free_entry(entry);
    }
    ledger_init(ledger, ledger->send, ledger->context);
}

static bool is_held(const struct ledger_entry *entry)
{
    return entry->index < 0;
}

static bool is_unanswered(const struct ledger_entry *entry)
{
    return entry->state == LEDGER_WAITING || entry->state == LEDGER_SENT;
}

/* Nobody asks for it any more: a held one that is stored; one of a slot that is of no listing now and answered, or was
 * never sent. */
static bool is_over(const struct ledger_entry *entry)
{
    if (is_held(entry))
        return entry->state == LEDGER_STORED;
    return !entry->is_listed && entry->state != LEDGER_SENT;
}

static void drop_over(struct ledger *ledger)
{
    struct ledger_entry **place = &ledger->first;
    ledger->last = NULL;
    while (*place != NULL) {
        struct ledger_entry *entry = *place;
        if (!is_over(entry)) {
            ledger->last = entry;
            place = &entry->next;
            continue;
        }
        *place = entry->next;
        ledger->count--;
        ledger->held -= is_held(entry);
        free_entry(entry);
    }
}

static int append(struct ledger *ledger, const struct ledger_entry *model, struct span pdu)
{
    struct ledger_entry *entry = malloc(sizeof(*entry));
    char *copy = strndup(pdu.data != NULL ? pdu.data : "", pdu.len);
    if (entry == NULL || copy == NULL) {
        free(entry);
        free(copy);
        return ERR_NOMEM;
    }
    *entry = *model;
    entry->pdu = copy;
    if (ledger->last != NULL)
        ledger->last->next = entry;
    else
        ledger->first = entry;
    ledger->last = entry;
    ledger->count++;
    ledger->held += is_held(entry);
    return 0;
}

static struct ledger_entry *find_unanswered(
    struct ledger *ledger, const char *storage, int index, enum ledger_kind kind, struct span pdu)
{
    for (struct ledger_entry *entry = ledger->first; entry != NULL; entry = entry->next)
        if (entry->index == index && entry->kind == kind && is_unanswered(entry) &&
            str_equal(entry->storage, storage) && span_equal(span_of(entry->pdu), pdu))
            return entry;
    return NULL;
}

int ledger_add_slot(struct ledger *ledger, const char *storage, int index, enum ledger_kind kind, struct span pdu,
    int length, int64_t now_ms)
{
    struct ledger_entry *known = find_unanswered(ledger, storage, index, kind, pdu);
    if (known != NULL) {
        known->is_listed = true;
        return 0;
    }
    if (ledger->count >= LEDGER_MAX)
        return ERR_LIMIT;
    struct ledger_entry entry = {
        .kind = kind, .length = length, .index = index, .read_at = now_ms, .is_listed = true
    };
    if (index < 0 || !str_copy(entry.storage, sizeof(entry.storage), storage))
        return ERR_INVALID;
    int status = append(ledger, &entry, pdu);
    if (status == 0)
        ledger_pump(ledger);
    return status;
}

/* A call that could not be told for so long is worth less than a message. */
static bool drop_oldest_call(struct ledger *ledger)
{
    for (struct ledger_entry *entry = ledger->first; entry != NULL; entry = entry->next)
        if (entry->kind == LEDGER_CALL && entry->state != LEDGER_SENT) {
            entry->state = LEDGER_STORED;
            drop_over(ledger);
            return true;
        }
    return false;
}

int ledger_hold(struct ledger *ledger, enum ledger_kind kind, struct span pdu, int length, int64_t now_ms)
{
    const struct ledger_entry entry = { .kind = kind, .length = length, .index = -1, .read_at = now_ms };
    if (ledger->held >= LEDGER_HELD_MAX && !drop_oldest_call(ledger))
        return ERR_LIMIT;
    int status = append(ledger, &entry, pdu);
    if (status == 0)
        ledger_pump(ledger);
    return status;
}

void ledger_pump(struct ledger *ledger)
{
    for (struct ledger_entry *entry = ledger->first; entry != NULL && ledger->unanswered < LEDGER_WINDOW;
         entry = entry->next) {
        if (entry->state != LEDGER_WAITING)
            continue;
        (void)snprintf(entry->id, sizeof(entry->id), "m%llu", (unsigned long long)ledger->last_id + 1);
        if (!ledger->send(ledger->context, entry))
            return;
        ledger->last_id++;
        ledger->unanswered++;
        entry->state = LEDGER_SENT;
    }
}

bool ledger_answer(struct ledger *ledger, const char *id, bool is_stored)
{
    struct ledger_entry *entry = ledger->first;
    while (entry != NULL && !(entry->state == LEDGER_SENT && str_equal(entry->id, id)))
        entry = entry->next;
    if (entry == NULL)
        return false;
    entry->state = is_stored ? LEDGER_STORED : LEDGER_BUSY;
    ledger->unanswered--;
    drop_over(ledger);
    ledger_pump(ledger);
    return true;
}

void ledger_reset(struct ledger *ledger)
{
    for (struct ledger_entry *entry = ledger->first; entry != NULL; entry = entry->next) {
        entry->is_listed = false;
        if (entry->state != LEDGER_STORED)
            entry->state = LEDGER_WAITING;
    }
    ledger->unanswered = 0;
    drop_over(ledger);
}

void ledger_retry(struct ledger *ledger)
{
    for (struct ledger_entry *entry = ledger->first; entry != NULL; entry = entry->next)
        if (is_held(entry) && entry->state == LEDGER_BUSY)
            entry->state = LEDGER_WAITING;
    ledger_pump(ledger);
}

void ledger_unlist(struct ledger *ledger)
{
    for (struct ledger_entry *entry = ledger->first; entry != NULL; entry = entry->next)
        entry->is_listed = false;
    drop_over(ledger);
}

static bool has_listed(const struct ledger *ledger, bool is_wanted_busy)
{
    for (const struct ledger_entry *entry = ledger->first; entry != NULL; entry = entry->next)
        if (entry->is_listed && (is_wanted_busy ? entry->state == LEDGER_BUSY : is_unanswered(entry)))
            return true;
    return false;
}

bool ledger_is_open(const struct ledger *ledger)
{
#ifdef CONTROL_DELETE_BEFORE_STORED /* the deliberate mistake that `make modem-crash-control` must detect */
    (void)ledger;
    return false;
#else
    return has_listed(ledger, false);
#endif
}

bool ledger_is_busy(const struct ledger *ledger)
{
    return has_listed(ledger, true);
}

static bool may_be_emptied(const struct ledger_entry *entry)
{
#ifdef CONTROL_DELETE_BEFORE_STORED
    return entry->state != LEDGER_BUSY;
#else
    return entry->state == LEDGER_STORED;
#endif
}

bool ledger_is_stored(const struct ledger *ledger, const char *storage, int index)
{
    bool is_stored = false;
    for (const struct ledger_entry *entry = ledger->first; entry != NULL; entry = entry->next) {
        if (!entry->is_listed || entry->index != index || !str_equal(entry->storage, storage))
            continue;
        if (!may_be_emptied(entry))
            return false;
        is_stored = true;
    }
    return is_stored;
}
