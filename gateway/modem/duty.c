/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * duty - what a modem that is ready does next: receive, send, look after itself, ask for the credit.
 * Why:   receiving goes first, because the storage of a SIM is small and what does not fit waits in a network that
 * drops it one day; but a storm of indications must not hold back what is to be sent: they take turns.
 */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/modem/driver_parts.h"

#define LEFT_MS 2000 /* after a sweep that left something */
#define BUSY_MS 5000 /* after one that the daemon could not store */
#define UNREGISTERED_S 15
#define USSD_MS 10000

static void timer_came(void *context)
{
    duty_next(context);
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t latest(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t sweep_due(const struct driver *driver)
{
    return uplink_is_up(driver->uplink) ? latest(driver->sweep_at, driver->sweep_not_before) : DRIVER_NEVER;
}

static int64_t part_due(const struct driver *driver)
{
    return driver->sending.is_open ? driver->part_not_before : DRIVER_NEVER;
}

static int64_t ussd_due(const struct driver *driver)
{
    return driver->setup.ussd[0] != '\0' && !driver->sending.is_open ? driver->ussd_at : DRIVER_NEVER;
}

void duty_wake(struct driver *driver)
{
    int64_t at = earliest(sweep_due(driver), part_due(driver));
    if (driver->state != MODEM_READY || driver->activity != DRIVER_IDLE)
        return;
    at = earliest(at, earliest(driver->vitals_at, ussd_due(driver)));
    if (calls_due(&driver->calls) != 0)
        at = earliest(at, calls_due(&driver->calls));
    if (driver->has_rebooted || driver->must_reopen || driver->is_stopping)
        at = clock_mono_ms();
    if (loop_timer_set(driver->loop, &driver->timer, at, timer_came, driver) != 0)
        log_event(LOG_LEVEL_ERROR, EV_driver_device, F_WHY("no memory for a timer"));
}

void duty_want_sweep(struct driver *driver, int delay_ms)
{
    driver->sweep_at = earliest(driver->sweep_at, clock_mono_ms() + delay_ms);
    duty_wake(driver);
}

/* ---- receiving
 * ------------------------------------------------------------------------------------------------------- */

static void begin_sweep(struct driver *driver)
{
    char others[BRINGUP_STORAGES_MAX][LEDGER_STORAGE_MAX];
    size_t count = driver->other_count;
    memcpy(others, driver->others, sizeof(others));
    driver->other_count = 0;
    driver->activity = DRIVER_SWEEP;
    driver->has_just_swept = true;
    driver->sweeps++;
    /* Set now, so that an indication during the sweep brings it forward again. */
    driver->sweep_at = clock_mono_ms() + (int64_t)driver->setup.sweep_s * 1000;
    ledger_retry(&driver->ledger);
    sweep_begin(&driver->sweep, driver->talk, others, count);
}

void duty_sweep_ended(void *context, enum sweep_end end)
{
    struct driver *driver = context;
    driver->activity = DRIVER_IDLE;
    if (end == SWEEP_BROKEN || end == SWEEP_REFUSED) {
        driver_desync(driver, "sweep");
        return;
    }
    driver->failures = driver->doublings = 0;
    driver->is_full = driver->is_full && end == SWEEP_LEFT;
    if (driver->sweep.was_busy)
        driver->sweep_not_before = clock_mono_ms() + BUSY_MS;
    if (end == SWEEP_LEFT)
        duty_want_sweep(driver, talk_scale(driver->talk, driver->sweep.was_busy ? BUSY_MS : LEFT_MS));
    news_tell(driver, false);
    duty_next(driver);
}

/* ---- sending
 * --------------------------------------------------------------------------------------------------------- */

int duty_take_job(struct driver *driver, const char *id, const json_t *job, struct error *error)
{
    struct sending refused = { .write = news_write, .context = driver, .is_open = true };
    struct error why = { "" };
    const char *reason = NULL;
    if (driver->sending.is_open && str_equal(driver->sending.id, id))
        return error_set(error, ERR_PROTOCOL, "the id of a job is open already");
    if (driver->is_stopping)
        reason = "the worker is stopping";
    else if (driver->state != MODEM_READY)
        reason = "the modem is not ready";
    else if (driver->sending.is_open)
        reason = "the worker is full";
    else if (sending_read(&driver->sending, id, job, &why) != 0)
        reason = "the job is malformed";
    if (reason != NULL) {
        (void)str_copy(refused.id, sizeof(refused.id), id);
        sending_abort(&refused, false, reason);
        return 0;
    }
    duty_next(driver);
    return 0;
}

void duty_part_ended(void *context, enum sending_end end, bool is_sent)
{
    struct driver *driver = context;
    driver->activity = DRIVER_IDLE;
    driver->part_not_before = clock_mono_ms() + driver->setup.send_interval_ms;
    if (is_sent)
        driver->last_sent_at = clock_now_ms();
    if (end == SENDING_DESYNC)
        driver_desync(driver, "send");
    else
        duty_next(driver);
}

/* ---- looking after itself
 * -------------------------------------------------------------------------------------------- */

static void begin_vitals(struct driver *driver)
{
    driver->activity = DRIVER_VITALS;
    vitals_begin(&driver->vitals, driver->talk, false);
}

void duty_vitals_ended(void *context, bool is_broken)
{
    struct driver *driver = context;
    driver->activity = DRIVER_IDLE;
    if (is_broken) {
        driver_desync(driver, "vitals");
        return;
    }
    bool is_first = driver->state != MODEM_READY;
    if (is_first)
        driver_enter(driver, MODEM_READY, MODEM_NONE);
    int period_s = driver->setup.health_s;
    if (!vitals_is_registered(&driver->vitals) && period_s > UNREGISTERED_S)
        period_s = UNREGISTERED_S;
    /* After a bringup only the registration was asked; the rest follows the first sweep. */
    driver->vitals_at = is_first ? 0 : clock_mono_ms() + (int64_t)period_s * 1000;
    const struct vitals *vitals = &driver->vitals;
    if (vitals->total > 0 && vitals->used >= vitals->total && driver->sweep.was_busy)
        driver->is_full = true;
    news_tell(driver, !is_first);
    duty_next(driver);
}

static void asked_credit(void *context, const struct talk_result *result)
{
    struct driver *driver = context;
    driver->activity = DRIVER_IDLE;
    if (result->end == TALK_TIMEOUT || result->end == TALK_GONE) {
        driver_desync(driver, "ussd");
        return;
    }
    /* Refused as characters: Huawei wants packed septets. Tried once, then at the usual time again. */
    if (result->end == TALK_ERROR) {
        driver->is_ussd_packed = !driver->is_ussd_packed;
        if (!driver->has_tried_ussd)
            driver->ussd_at = 0;
    }
    driver->has_tried_ussd = result->end == TALK_ERROR;
    duty_next(driver);
}

static void ask_credit(struct driver *driver)
{
    driver->activity = DRIVER_USSD;
    driver->ussd_at = clock_mono_ms() + (int64_t)driver->setup.ussd_every_s * 1000;
    ussd_write_command(driver->setup.ussd, driver->is_ussd_packed, driver->command, sizeof(driver->command));
    const struct talk_command command = { .text = driver->command, .deadline_ms = USSD_MS };
    talk_run(driver->talk, &command, NULL, asked_credit, driver);
}

static void expire_call(struct driver *driver, int64_t now)
{
    struct calls_call call;
    if (calls_expire(&driver->calls, now, &call) && driver->setup.wants_calls)
        (void)!ledger_hold(&driver->ledger, LEDGER_CALL, span_of(call.number), call.type, clock_now_ms());
}

/* An echo that had been switched off says that the modem has booted unseen. */
static bool has_lost_settings(struct driver *driver)
{
    bool has_echoed = talk_take_echo(driver->talk) && !driver->bringup.is_echoing;
    return has_echoed || driver->has_rebooted;
}

void duty_next(struct driver *driver)
{
    if (driver->state != MODEM_READY || driver->activity != DRIVER_IDLE)
        return;
    int64_t now = clock_mono_ms();
    expire_call(driver, now);
    if (driver->is_stopping) {
        driver_close(driver, MODEM_NONE);
    } else if (driver->must_reopen) {
        driver_close(driver, MODEM_NONE);
        driver_open(driver);
    } else if (has_lost_settings(driver)) {
        driver_begin_anew(driver);
    } else if (part_due(driver) <= now && (sweep_due(driver) > now || driver->has_just_swept)) {
        driver->activity = DRIVER_SEND;
        driver->has_just_swept = false;
        sending_run(&driver->sending, driver->talk, !driver->bringup.is_echoing);
    } else if (sweep_due(driver) <= now) {
        begin_sweep(driver);
    } else if (driver->vitals_at <= now) {
        begin_vitals(driver);
    } else if (ussd_due(driver) <= now) {
        ask_credit(driver);
    } else {
        driver->has_just_swept = false;
        duty_wake(driver);
    }
}
