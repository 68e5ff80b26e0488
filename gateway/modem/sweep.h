/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sweep - lists a storage of the modem, gives what lies there to the ledger, and empties the slots that are stored.
 * Keeps: a slot is deleted once, after `stored` for everything that this listing read from it, and never as a range;
 * what does not fit its length is read again in the next two sweeps before it is given away as it is. Not here: when to
 * sweep (driver), the daemon (ledger).
 */
#ifndef GATEWAY_MODEM_SWEEP_H
#define GATEWAY_MODEM_SWEEP_H

#include "gateway/modem/ledger.h"
#include "gateway/modem/talk.h"

#define SWEEP_STORAGES_MAX 8
#define SWEEP_SLOTS_MAX 1024
#define SWEEP_SUSPECTS_MAX 64

/* CLEAN: all that was listed is stored and gone. LEFT: something stays for a later sweep. REFUSED: the modem answered
 * the listing with an error: its settings may be gone. BROKEN: a command had no answer. */
enum sweep_end { SWEEP_CLEAN, SWEEP_LEFT, SWEEP_REFUSED, SWEEP_BROKEN };

struct sweep_suspect {
    char storage[LEDGER_STORAGE_MAX];
    int index;
    unsigned rereads;
    unsigned seen; /* number of the sweep that found it or read it last */
};

struct sweep {
    struct loop *loop;
    struct talk *talk;
    struct ledger *ledger;
    void (*done)(void *context, enum sweep_end end);
    void *context;
    char storages[SWEEP_STORAGES_MAX][LEDGER_STORAGE_MAX]; /* of this sweep; the receiving one is the last */
    size_t storage_count, at;
    char receive[3][LEDGER_STORAGE_MAX]; /* AT+CPMS at rest; [0] "" = storages are not selected at all */
    char selected[LEDGER_STORAGE_MAX];
    int slots[SWEEP_SLOTS_MAX];
    size_t slot_count, slot_at;
    struct sweep_suspect suspects[SWEEP_SUSPECTS_MAX];
    size_t suspect_count;
    int reread_index;
    bool is_reread;  /* its record has come */
    unsigned number; /* of sweeps begun */
    unsigned read;   /* records of this sweep */
    bool is_running, is_waiting, is_left, is_stopping;
    bool was_busy; /* the daemon could not store something of the last storage */
    char text[48];
    struct loop_timer timer;
};

void sweep_init(struct sweep *sweep, struct loop *loop, struct ledger *ledger,
    void (*done)(void *context, enum sweep_end end), void *context);
/* The device is set up: AT+CPMS was accepted with these three; all "" when the modem has no such command. */
void sweep_set_receive(struct sweep *sweep, const char receive[3][LEDGER_STORAGE_MAX]);
/* Sweeps these storages besides the receiving one. */
void sweep_begin(struct sweep *sweep, struct talk *talk, const char (*others)[LEDGER_STORAGE_MAX], size_t other_count);
/* The daemon has answered something. */
void sweep_poke(struct sweep *sweep);
/* Ends it as soon as the running command has ended; slots that are not deleted stay. */
void sweep_stop(struct sweep *sweep);
/* Ends it likewise, but never from within: the modem may have begun anew, and its slots may be those of another
 * storage.
 */
void sweep_distrust(struct sweep *sweep);
/* Forgets a running sweep without telling; is_new_device: and the suspects, for their slots may be others. */
void sweep_drop(struct sweep *sweep, bool is_new_device);

#endif
