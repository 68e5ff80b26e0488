/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger - what was read from the modem and what the daemon said to it.
 * Why:   a slot may be emptied only when everything that this listing read from it is stored; a flash message or a call
 *        has no slot to keep it, so it stays here until it is stored.
 * Keeps: at most LEDGER_WINDOW unanswered frames; what is unanswered is never sent twice on one connection; nothing of
 *        a slot outlives its connection or its device.
 * Not here: the frame (uplink), deleting (sweep).
 */
#ifndef GATEWAY_MODEM_LEDGER_H
#define GATEWAY_MODEM_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/base/buf.h"

#define LEDGER_WINDOW 64
#define LEDGER_MAX 2048     /* entries; a slot beyond it waits for the next listing */
#define LEDGER_HELD_MAX 256 /* of them without a slot */
#define LEDGER_STORAGE_MAX 8
#define LEDGER_FROM_MAX 48

enum ledger_kind { LEDGER_PDU, LEDGER_REPORT, LEDGER_RAW, LEDGER_CALL };
enum ledger_state { LEDGER_WAITING, LEDGER_SENT, LEDGER_STORED, LEDGER_BUSY };

struct ledger_entry {
    char id[24];
    enum ledger_kind kind;
    enum ledger_state state;
    char *pdu;  /* owned; hex, for RAW any text; CALL: the number */
    int length; /* octets of the TPDU; CALL: type of the address */
    char storage[LEDGER_STORAGE_MAX];
    int index;       /* -1 = in no slot */
    int64_t read_at; /* UTC ms */
    bool is_listed;  /* read in the listing that is going on */
    struct ledger_entry *next;
};

/* Writes the frame; false = not now. entry is borrowed. */
typedef bool (*ledger_send_fn)(void *context, const struct ledger_entry *entry);

struct ledger {
    struct ledger_entry *first, *last;
    size_t count, held, unanswered;
    uint64_t last_id;
    ledger_send_fn send;
    void *context;
};

void ledger_init(struct ledger *ledger, ledger_send_fn send, void *context);
void ledger_done(struct ledger *ledger);

/* What a listing read from a slot. The same content that is still unanswered from an earlier listing is not sent again.
 * ERR_LIMIT, ERR_NOMEM: this slot must wait. */
int ledger_add_slot(struct ledger *ledger, const char *storage, int index, enum ledger_kind kind, struct span pdu,
    int length, int64_t now_ms) MUST_CHECK;
/* What lies in no slot; kept until stored. When LEDGER_HELD_MAX are held the oldest call gives way, else ERR_LIMIT. */
int ledger_hold(struct ledger *ledger, enum ledger_kind kind, struct span pdu, int length, int64_t now_ms) MUST_CHECK;

/* Sends what waits, as far as the window and the connection allow. */
void ledger_pump(struct ledger *ledger);
/* The daemon's answer; false when nobody waits for that id. */
bool ledger_answer(struct ledger *ledger, const char *id, bool is_stored);
/* The connection to the daemon ended: what is held will be sent again under a new id, slots will be read again. */
void ledger_reset(struct ledger *ledger);
/* What was busy may be tried again: held entries wait anew. */
void ledger_retry(struct ledger *ledger);

/* A listing begins, or ends without the right to delete: nothing read before counts any more. */
void ledger_unlist(struct ledger *ledger);
/* Something of this listing has no answer yet. */
bool ledger_is_open(const struct ledger *ledger);
/* The daemon could not store something of this listing. */
bool ledger_is_busy(const struct ledger *ledger);
/* Something was read from this slot in this listing, and all of it is stored. */
bool ledger_is_stored(const struct ledger *ledger, const char *storage, int index);

#endif
