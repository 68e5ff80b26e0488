/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * driver_parts - the driver's state, shared by its three files alone (driver.h).
 * Keeps: at most one activity uses the talk; whoever ends one calls duty_next, which chooses the next.
 */
#ifndef GATEWAY_MODEM_DRIVER_PARTS_H
#define GATEWAY_MODEM_DRIVER_PARTS_H

#include "gateway/modem/bringup.h"
#include "gateway/modem/calls.h"
#include "gateway/modem/driver.h"
#include "gateway/modem/sending.h"
#include "gateway/modem/sweep.h"
#include "gateway/modem/uplink.h"
#include "gateway/modem/ussd.h"
#include "gateway/modem/vitals.h"

#define DRIVER_NEVER INT64_MAX

enum driver_activity { DRIVER_IDLE, DRIVER_BRINGUP, DRIVER_VITALS, DRIVER_SWEEP, DRIVER_SEND, DRIVER_USSD };

struct driver {
    struct loop *loop;
    const struct driver_settings *settings;
    struct uplink *uplink;
    struct setup setup;
    bool has_setup;
    struct talk *talk; /* NULL = the device is closed */
    enum modem_state state;
    enum driver_activity activity;
    struct bringup bringup;
    struct vitals vitals;
    struct ledger ledger;
    struct sweep sweep;
    struct sending sending;
    struct calls calls;

    /* Monotonic ms of what is due next in READY; DRIVER_NEVER = not at all. */
    int64_t sweep_at, sweep_not_before, part_not_before, vitals_at, ussd_at;
    char others[BRINGUP_STORAGES_MAX][LEDGER_STORAGE_MAX]; /* storages to sweep once besides the receiving one */
    size_t other_count;
    bool has_just_swept, has_rebooted, must_reopen, is_pin_accepted, is_full, is_ussd_packed, has_tried_ussd;
    char command[USSD_COMMAND_MAX];

    unsigned failures;  /* desyncs since the last sweep that went well */
    unsigned doublings; /* of the pause before opening again */
    bool is_stopping, is_over;
    struct loop_timer timer;      /* READY: the next thing that is due; CLOSED: the next opening */
    struct loop_timer stop_timer; /* the end of patience after driver_stop */

    enum modem_state told_state;
    enum modem_problem told_problem, problem; /* problem of a state other than READY */
    char ussd[USSD_TEXT_MAX];                 /* not yet told */
    int64_t opens, sweeps, desyncs, last_received_at, last_sent_at;
    int64_t rebooted_at; /* monotonic ms of the last reboot believed */
};

/* driver.c */
void driver_open(struct driver *driver);
void driver_close(struct driver *driver, enum modem_problem problem);
/* Closes, and opens again after the pause. */
void driver_reopen_later(struct driver *driver, enum modem_problem problem);
/* The settings of the modem are doubtful: the whole of bringup again. */
void driver_begin_anew(struct driver *driver);
/* A command had no answer. during: a fixed word. */
void driver_desync(struct driver *driver, const char *during);
void driver_enter(struct driver *driver, enum modem_state state, enum modem_problem problem);

/* duty.c */
void duty_next(struct driver *driver);
/* Something may have become due: looks again from the loop. */
void duty_wake(struct driver *driver);
void duty_want_sweep(struct driver *driver, int delay_ms);
void duty_sweep_ended(void *context, enum sweep_end end);
void duty_part_ended(void *context, enum sending_end end, bool is_sent);
void duty_vitals_ended(void *context, bool is_broken);
/* A job of the daemon; refused with a result when it cannot be begun. */
int duty_take_job(struct driver *driver, const char *id, const json_t *job, struct error *error) MUST_CHECK;

/* news.c */
void news_unasked(void *context, struct span line);
void news_arrived(void *context, const struct answer_found *message);
/* Tells the daemon how the modem is, if that is not what it knows, or anyway. */
void news_tell(struct driver *driver, bool is_due);
bool news_send_message(void *context, const struct ledger_entry *entry);
void news_write(void *context, int built, const struct buf *frame);

#endif
