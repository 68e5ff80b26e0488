/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bringup - from an open device to a modem that is ready: SYNC, SIM, CONFIG, as a table of commands.
 * Why:   after any doubt the whole table runs again: it is fast, and nothing of the modem's settings is ever assumed.
 * Keeps: a PIN is written at most once in the life of a process, and only after the daemon has said go; received
 * messages are never routed past the storage of the modem (CNMI mt is never 2 or 3). Not here: opening the device
 * (serial), what follows (driver).
 */
#ifndef GATEWAY_MODEM_BRINGUP_H
#define GATEWAY_MODEM_BRINGUP_H

#include "gateway/modem/ledger.h"
#include "gateway/modem/setup.h"
#include "gateway/modem/talk.h"

#define BRINGUP_STORAGES_MAX 8 /* with the empty name that ends a list */

enum modem_state { MODEM_CLOSED, MODEM_SYNC, MODEM_SIM, MODEM_CONFIG, MODEM_READY };
enum modem_problem {
    MODEM_NONE,
    MODEM_NO_DEVICE,
    MODEM_BUSY_DEVICE,
    MODEM_NO_ANSWER,
    MODEM_NO_SIM,
    MODEM_PIN_NEEDED,
    MODEM_PIN_REFUSED,
    MODEM_PUK,
    MODEM_NOT_REGISTERED,
    MODEM_STORAGE_FULL,
    MODEM_NO_SMSC,
    MODEM_NO_SMS
};
const char *bringup_state_word(enum modem_state state);
const char *bringup_problem_word(enum modem_problem problem);

struct bringup_events {
    /* A state is reached, or what keeps us in it has changed. */
    void (*state)(void *context, enum modem_state state, enum modem_problem problem);
    /* The SIM asks for the PIN of the settings; answered by bringup_answer_pin, or never. */
    void (*ask_pin)(void *context);
    void (*pin_accepted)(void *context);
    /* Is the last call: the modem is set up, or it did not answer a command (is_broken). */
    void (*done)(void *context, bool is_broken);
    void *context;
};

struct bringup {
    struct loop *loop;
    struct bringup_events events;
    const struct setup *setup;
    struct talk *talk;
    unsigned step, tries, ladder;
    char text[64];
    bool is_asking_pin, is_pin_written;
    char tried_pin[SETUP_PIN_MAX]; /* of this process, and not known to be right */
    unsigned skipped;              /* optional commands that once had no answer, as bits of steps */
    bool is_echoing;               /* the echo cannot be switched off */
    bool has_smsc;
    enum modem_problem problem; /* why it waits */
    /* What AT+CPMS=? offers, and what was chosen of it. */
    char lists[3][BRINGUP_STORAGES_MAX][LEDGER_STORAGE_MAX];
    char receive[3][LEDGER_STORAGE_MAX];
    struct loop_timer timer;
};

void bringup_init(struct bringup *bringup, struct loop *loop, const struct bringup_events *events);
/* setup is borrowed until done. */
void bringup_begin(struct bringup *bringup, struct talk *talk, const struct setup *setup);
/* Forgets a bringup that is under way. */
void bringup_drop(struct bringup *bringup);
void bringup_answer_pin(struct bringup *bringup, bool may_try);
/* The answer about the PIN was lost with its connection: the SIM is looked at again. */
void bringup_ask_again(struct bringup *bringup);
/* Another device: what the last one could not do counts no more. */
void bringup_forget(struct bringup *bringup);
/* Storages that can hold messages besides the receiving one; returns how many. */
size_t bringup_list_others(const struct bringup *bringup, char (*ret)[LEDGER_STORAGE_MAX], size_t max);
/* Is that storage one the modem can be asked to list? */
bool bringup_has_storage(const struct bringup *bringup, const char *storage);
/* "(...),(...),(...)" of AT+CPMS=? to three lists, each ended by an empty name. Pure. */
void bringup_read_storages(struct span rest, char (*ret)[BRINGUP_STORAGES_MAX][LEDGER_STORAGE_MAX]);

#endif
