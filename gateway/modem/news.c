/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * news - what the modem says unasked, and what the daemon is told of it.
 * Why:   whatever a line says, it only makes something due: nothing is written to the modem while its bytes are sorted.
 */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/modem/driver_parts.h"

#define DEBOUNCE_MS 30 /* a burst is one sweep */
#define BOOT_QUIET_MS 60000

void news_write(void *context, int built, const struct buf *frame)
{
    struct driver *driver = context;
    (void)uplink_send(driver->uplink, built, frame);
}

bool news_send_message(void *context, const struct ledger_entry *entry)
{
    struct driver *driver = context;
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    if (driver->uplink == NULL || !uplink_is_up(driver->uplink))
        return false;
    driver->last_received_at = entry->read_at;
    return uplink_send(driver->uplink, modemwire_write_message(&frame, entry), &frame);
}

/* ---- how it is ------------------------------------------------------------------------------------------------------
 */

/* A modem that has no network receives what lies on its SIM, but is not ready for the daemon's jobs. */
static void describe(const struct driver *driver, enum modem_state *ret_state, enum modem_problem *ret_problem)
{
    bool is_ready = driver->state == MODEM_READY;
    *ret_state = driver->state;
    *ret_problem = is_ready ? MODEM_NONE : driver->problem;
    if (is_ready && !vitals_is_registered(&driver->vitals)) {
        *ret_state = MODEM_CONFIG;
        *ret_problem = MODEM_NOT_REGISTERED;
    } else if (is_ready && driver->is_full) {
        *ret_problem = MODEM_STORAGE_FULL;
    } else if (is_ready && !driver->bringup.has_smsc) {
        *ret_problem = MODEM_NO_SMSC;
    }
}

static void write_status(struct driver *driver)
{
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    const struct vitals *vitals = &driver->vitals;
    const struct modemwire_status status = { .state = bringup_state_word(driver->told_state),
        .problem = bringup_problem_word(driver->told_problem),
        .registration = vitals_registration(vitals),
        .signal = vitals->signal,
        .storage_used = vitals->used,
        .storage_total = vitals->total,
        .operator= vitals->operator,
        .model = vitals->model,
        .ussd = driver->ussd,
        .last_received_at = driver->last_received_at,
        .last_sent_at = driver->last_sent_at,
        .restarts = driver->opens > 0 ? driver->opens - 1 : 0,
        .sweeps = driver->sweeps,
        .desyncs = driver->desyncs };
    if (uplink_send(driver->uplink, modemwire_write_status(&frame, &status), &frame))
        driver->ussd[0] = '\0';
}

void news_tell(struct driver *driver, bool is_due)
{
    enum modem_state state;
    enum modem_problem problem;
    describe(driver, &state, &problem);
    bool has_changed = state != driver->told_state || problem != driver->told_problem;
    driver->told_state = state;
    driver->told_problem = problem;
    if (has_changed)
        log_event(LOG_LEVEL_NOTICE, EV_driver_state, F_WORD("state", bringup_state_word(state)),
            F_WORD("problem", bringup_problem_word(problem)));
    if ((has_changed || is_due) && driver->uplink != NULL && uplink_is_up(driver->uplink))
        write_status(driver);
}

/* ---- what the modem says
 * --------------------------------------------------------------------------------------------- */

/* +CMTI: "SM",3 names the storage; a message in another one than the receiving is looked for there. */
static bool take_indication(struct driver *driver, struct span line)
{
    struct span rest;
    char storage[LEDGER_STORAGE_MAX];
    if (!atline_has_prefix(line, "+CMTI", &rest) && !atline_has_prefix(line, "+CDSI", &rest))
        return false;
    (void)atline_field(rest, 0, storage, sizeof(storage));
    bool is_other = !str_equal(storage, driver->bringup.receive[0]) && bringup_has_storage(&driver->bringup, storage);
    for (size_t i = 0; i < driver->other_count; i++)
        is_other = is_other && !str_equal(driver->others[i], storage);
    if (is_other && driver->other_count < BRINGUP_STORAGES_MAX)
        memcpy(driver->others[driver->other_count++], storage, sizeof(storage));
    duty_want_sweep(driver, DEBOUNCE_MS);
    return true;
}

static bool take_full(struct driver *driver, struct span line)
{
    struct span rest;
    bool is_full = atline_starts(line, "^SMMEMFULL") || atline_starts(line, "+SMS FULL") ||
                   atline_starts(line, "*SMS FULL") || atline_is_word(line, "SMS FULL") ||
                   atline_starts(line, "+ZSMFULL");
    if (!is_full && atline_has_prefix(line, "+QIND", &rest))
        is_full = memmem(rest.data, rest.len, "smsfull", strlen("smsfull")) != NULL;
    if (!is_full)
        return false;
    driver->is_full = true;
    duty_want_sweep(driver, DEBOUNCE_MS);
    news_tell(driver, false);
    return true;
}

static bool is_boot_word(struct span line)
{
    static const char *const words[] = { "RDY", "SMS DONE", "SMS READY", "PB DONE", "Call Ready", "+QIND: SMS DONE" };
    static const char *const starts[] = { "^BOOT", "^SYSSTART", "+ZUSIMR", "+CPIN: NOT" };
    for (size_t i = 0; i < STR_COUNT(words); i++)
        if (atline_is_word(line, words[i]))
            return true;
    for (size_t i = 0; i < STR_COUNT(starts); i++)
        if (atline_starts(line, starts[i]))
            return true;
    return false;
}

/* Settings are gone after a boot. While bringup is still at its beginning it notices by itself. */
static bool take_boot(struct driver *driver, struct span line)
{
    if (!is_boot_word(line))
        return false;
    int64_t now = clock_mono_ms();
    bool is_first = driver->rebooted_at == 0 || now - driver->rebooted_at >= BOOT_QUIET_MS;
    /* Some sticks repeat these two for as long as they live: only silence before them makes them a boot. */
    bool is_repeated = atline_starts(line, "^BOOT") || atline_starts(line, "+ZUSIMR");
    driver->rebooted_at = now;
    if (driver->state == MODEM_SYNC || (!is_first && is_repeated))
        return true;
    driver->has_rebooted = true;
    sweep_distrust(&driver->sweep);
    duty_wake(driver);
    return true;
}

static void tell_call(struct driver *driver, const struct calls_call *call)
{
    /* LIMIT: so many are waiting for the daemon that this one says nothing new. */
    if (driver->setup.wants_calls)
        (void)!ledger_hold(&driver->ledger, LEDGER_CALL, span_of(call->number), call->type, clock_now_ms());
}

static bool take_ussd(struct driver *driver, struct span line)
{
    struct span rest;
    if (!atline_has_prefix(line, "+CUSD", &rest))
        return false;
    if (ussd_read_text(rest, driver->ussd, sizeof(driver->ussd)))
        news_tell(driver, true);
    return true;
}

void news_unasked(void *context, struct span line)
{
    struct driver *driver = context;
    struct calls_call call;
    line = str_trim(line);
    if (calls_take(&driver->calls, line, clock_mono_ms(), &call)) {
        tell_call(driver, &call);
    } else if (vitals_take(&driver->vitals, line)) {
        news_tell(driver, false);
    } else if (!take_indication(driver, line) && !take_full(driver, line) && !take_boot(driver, line)) {
        (void)take_ussd(driver, line);
    }
    duty_wake(driver);
}

void news_arrived(void *context, const struct answer_found *message)
{
    struct driver *driver = context;
    enum ledger_kind kind = message->kind == ANSWER_REPORT ? LEDGER_REPORT : LEDGER_PDU;
    struct span text = message->pdu.len > 0 ? message->pdu : message->line;
    if (!message->is_whole)
        kind = LEDGER_RAW;
    (void)!ledger_hold(&driver->ledger, kind, text, message->length, clock_now_ms());
}
