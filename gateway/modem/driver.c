/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * driver - opening, closing, beginning anew, stopping.
 */
#include "gateway/modem/driver.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/modem/driver_parts.h"
#include "gateway/modem/serial.h"

#define REOPEN_FIRST_MS 250
#define REOPEN_MAX_MS 30000
#define REOPEN_ABSENT_MAX_MS 1000 /* a stick that is plugged in again is found at once */
#define DOUBLINGS_MAX 7
#define FAILURES_MAX 2 /* desyncs in a row: the next one closes the device */
#define STOP_MS 10000

void driver_enter(struct driver *driver, enum modem_state state, enum modem_problem problem)
{
    driver->state = state;
    driver->problem = problem;
    news_tell(driver, false);
}

static void open_again(void *context)
{
    driver_open(context);
}

static void open_later(struct driver *driver, int64_t delay_ms)
{
    delay_ms = delay_ms * driver->setup.deadline_percent / 100;
    if (driver->is_stopping)
        return;
    if (loop_timer_set(driver->loop, &driver->timer, clock_mono_ms() + delay_ms, open_again, driver) != 0)
        log_event(LOG_LEVEL_ERROR, EV_driver_device, F_WHY("no memory for a timer"));
}

static int64_t reopen_delay(struct driver *driver, int64_t max_ms)
{
    int64_t delay = (int64_t)REOPEN_FIRST_MS << driver->doublings;
    if (driver->doublings < DOUBLINGS_MAX)
        driver->doublings++;
    return delay < max_ms ? delay : max_ms;
}

static void end(struct driver *driver)
{
    loop_timer_cancel(driver->loop, &driver->stop_timer);
    if (!driver->is_over)
        uplink_stop(driver->uplink);
    driver->is_over = true;
}

void driver_close(struct driver *driver, enum modem_problem problem)
{
    /* A job whose part is at the modem: its talk goes away with it. */
    bool is_body_out = driver->talk != NULL && talk_is_body_out(driver->talk);
    sending_abort(&driver->sending, is_body_out, "the device was closed");
    loop_timer_cancel(driver->loop, &driver->timer);
    bringup_drop(&driver->bringup);
    bringup_forget(&driver->bringup);
    sweep_drop(&driver->sweep, true);
    vitals_forget(&driver->vitals);
    talk_free(driver->talk);
    driver->talk = NULL;
    driver->activity = DRIVER_IDLE;
    driver->has_rebooted = driver->must_reopen = false;
    driver->failures = 0;
    driver_enter(driver, MODEM_CLOSED, problem);
    if (driver->is_stopping)
        end(driver);
}

void driver_reopen_later(struct driver *driver, enum modem_problem problem)
{
    driver_close(driver, problem);
    open_later(driver, reopen_delay(driver, REOPEN_MAX_MS));
}

static void gone(void *context, const char *why)
{
    struct driver *driver = context;
    if (driver->talk == NULL)
        return;
    log_event(LOG_LEVEL_WARNING, EV_driver_device, F_WHY(why));
    driver_reopen_later(driver, MODEM_NO_DEVICE);
}

void driver_begin_anew(struct driver *driver)
{
    sending_abort(&driver->sending, talk_is_body_out(driver->talk), "the modem begins anew");
    sweep_drop(&driver->sweep, false);
    bringup_drop(&driver->bringup);
    vitals_forget(&driver->vitals);
    driver->has_rebooted = false;
    driver->activity = DRIVER_BRINGUP;
    driver->part_not_before = 0;
    bringup_begin(&driver->bringup, driver->talk, &driver->setup);
    driver_enter(driver, MODEM_SYNC, MODEM_NONE);
}

void driver_desync(struct driver *driver, const char *during)
{
    if (talk_is_gone(driver->talk))
        return;
    driver->desyncs++;
    log_event(LOG_LEVEL_WARNING, EV_driver_desync, F_WORD("during", during));
    if (driver->is_stopping)
        driver_close(driver, MODEM_NO_ANSWER);
    else if (++driver->failures >= FAILURES_MAX)
        driver_reopen_later(driver, MODEM_NO_ANSWER);
    else
        driver_begin_anew(driver);
}

static enum modem_problem problem_of(int code)
{
    return code == ERR_CONFLICT ? MODEM_BUSY_DEVICE : MODEM_NO_DEVICE;
}

void driver_open(struct driver *driver)
{
    struct error error = { "" };
    const struct talk_events events = {
        .unasked = news_unasked, .arrived = news_arrived, .gone = gone, .context = driver
    };
    int fd = -1;
    if (driver->talk != NULL || !driver->has_setup || driver->is_stopping)
        return;
    int code = serial_open(driver->setup.device, driver->setup.baud, &error, &fd);
    if (code == 0)
        code = talk_new(driver->loop, fd, driver->setup.deadline_percent, &events, &driver->talk);
    if (code != 0) {
        if (driver->problem != problem_of(code))
            log_event(LOG_LEVEL_WARNING, EV_driver_device, F_WHY(error.text));
        driver_enter(driver, MODEM_CLOSED, problem_of(code));
        open_later(driver, reopen_delay(driver, REOPEN_ABSENT_MAX_MS));
        return;
    }
    driver->opens++;
    driver->is_full = false;
    driver_begin_anew(driver);
}

/* ---- bringup -------------------------------------------------------------------------------------------------------
 */

static void bringup_state(void *context, enum modem_state state, enum modem_problem problem)
{
    driver_enter(context, state, problem);
}

static void send_pin_word(struct driver *driver, const char *word)
{
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    (void)uplink_send(driver->uplink, modemwire_write_pin(&frame, word), &frame);
}

static void ask_pin(void *context)
{
    struct driver *driver = context;
    if (uplink_is_up(driver->uplink))
        send_pin_word(driver, "trying");
}

static void pin_accepted(void *context)
{
    struct driver *driver = context;
    driver->is_pin_accepted = !uplink_is_up(driver->uplink);
    if (!driver->is_pin_accepted)
        send_pin_word(driver, "accepted");
}

static void bringup_ended(void *context, bool is_broken)
{
    struct driver *driver = context;
    if (is_broken) {
        driver->activity = DRIVER_IDLE;
        driver_desync(driver, "bringup");
        return;
    }
    (void)talk_take_echo(driver->talk);
    driver->other_count = bringup_list_others(&driver->bringup, driver->others, BRINGUP_STORAGES_MAX);
    sweep_set_receive(&driver->sweep, driver->bringup.receive);
    driver->sweep_at = 0;
    driver->has_just_swept = false;
    driver->activity = DRIVER_VITALS;
    vitals_begin(&driver->vitals, driver->talk, true);
}

/* ---- the daemon ----------------------------------------------------------------------------------------------------
 */

static int take_settings(void *context, const json_t *settings, bool is_welcome, struct error *error)
{
    struct driver *driver = context;
    struct setup setup;
    int status = setup_read(settings, driver->settings->device, &setup, error);
    if (status != 0)
        return status;
    bool is_other = driver->has_setup && setup_needs_reopen(&driver->setup, &setup);
    bool has_other_pin = !str_equal(driver->setup.pin, setup.pin);
    driver->setup = setup;
    if (has_other_pin)
        driver->bringup.tried_pin[0] = '\0';
    if (!driver->has_setup || driver->ussd_at == DRIVER_NEVER)
        driver->ussd_at = 0;
    driver->has_setup = true;
    if (is_welcome) {
        news_tell(driver, true);
        if (driver->is_pin_accepted)
            pin_accepted(driver);
        ledger_pump(&driver->ledger);
        driver->sweep_at = 0;
    }
    if (driver->talk == NULL) {
        loop_timer_cancel(driver->loop, &driver->timer);
        driver_open(driver);
    } else if (is_other && driver->state != MODEM_READY) {
        driver_close(driver, MODEM_NONE);
        driver_open(driver);
    } else {
        driver->must_reopen = driver->must_reopen || is_other;
        bringup_ask_again(&driver->bringup);
        duty_wake(driver);
    }
    return 0;
}

static void take_pin(void *context, bool may_try)
{
    struct driver *driver = context;
    bringup_answer_pin(&driver->bringup, may_try);
}

static void take_answer(void *context, const char *message_id, bool is_stored)
{
    struct driver *driver = context;
    if (ledger_answer(&driver->ledger, message_id, is_stored))
        sweep_poke(&driver->sweep);
}

static int take_job(void *context, const char *id, const json_t *job, struct error *error)
{
    return duty_take_job(context, id, job, error);
}

/* The device may be another worker's by now; the next welcome says which is ours. */
static void refused(void *context)
{
    struct driver *driver = context;
    driver->has_setup = false;
    if (driver->talk != NULL)
        driver_close(driver, MODEM_NONE);
}

static void daemon_lost(void *context)
{
    struct driver *driver = context;
    ledger_reset(&driver->ledger);
    sweep_stop(&driver->sweep);
    sending_cancel(&driver->sending);
    duty_wake(driver);
}

/* ---- life ----------------------------------------------------------------------------------------------------------
 */

static void prepare(struct driver *driver)
{
    const struct bringup_events bringup = { .state = bringup_state,
        .ask_pin = ask_pin,
        .pin_accepted = pin_accepted,
        .done = bringup_ended,
        .context = driver };
    setup_init(&driver->setup);
    bringup_init(&driver->bringup, driver->loop, &bringup);
    vitals_init(&driver->vitals, duty_vitals_ended, driver);
    ledger_init(&driver->ledger, news_send_message, driver);
    sweep_init(&driver->sweep, driver->loop, &driver->ledger, duty_sweep_ended, driver);
    driver->sending = (struct sending){ .write = news_write, .part_done = duty_part_ended, .context = driver };
    driver->sweep_at = driver->ussd_at = DRIVER_NEVER;
}

int driver_new(struct loop *loop, const struct driver_settings *settings, struct driver **ret_driver)
{
    struct driver *driver = calloc(1, sizeof(*driver));
    if (driver == NULL)
        return ERR_NOMEM;
    driver->loop = loop;
    driver->settings = settings;
    prepare(driver);
    const struct uplink_events events = { .settings = take_settings,
        .pin = take_pin,
        .answered = take_answer,
        .job = take_job,
        .refused = refused,
        .lost = daemon_lost,
        .context = driver };
    int status = uplink_new(loop, settings->socket, settings->name, &events, &driver->uplink);
    if (status != 0)
        driver_free(driver);
    else
        *ret_driver = driver;
    return status;
}

static void finish(struct driver *driver)
{
    if (driver->talk != NULL) {
        /* A prompt that is open would swallow the next program's first command. */
        bool is_body_out = talk_is_body_out(driver->talk);
        sending_abort(&driver->sending, is_body_out, "the worker is stopping");
        talk_drop(driver->talk);
        talk_escape(driver->talk);
    }
    driver_close(driver, MODEM_NONE);
}

static void patience_over(void *context)
{
    finish(context);
}

void driver_stop(struct driver *driver)
{
    if (driver->is_stopping)
        return;
    driver->is_stopping = true;
    sweep_stop(&driver->sweep);
    vitals_stop(&driver->vitals);
    bool is_waiting = driver->talk != NULL && talk_is_running(driver->talk) && driver->state == MODEM_READY;
    if (!is_waiting)
        finish(driver);
    else if (loop_timer_set(driver->loop, &driver->stop_timer, clock_mono_ms() + STOP_MS, patience_over, driver) != 0)
        finish(driver);
}

bool driver_is_over(const struct driver *driver)
{
    return driver->is_over && uplink_is_closed(driver->uplink);
}

const char *driver_summary(const struct driver *driver)
{
    if (!uplink_is_up(driver->uplink))
        return "waiting for the daemon";
    return driver->told_state == MODEM_READY ? "ready" : bringup_problem_word(driver->told_problem);
}

void driver_free(struct driver *driver)
{
    if (driver == NULL)
        return;
    driver->is_stopping = true;
    uplink_free(driver->uplink);
    driver->uplink = NULL;
    loop_timer_cancel(driver->loop, &driver->timer);
    loop_timer_cancel(driver->loop, &driver->stop_timer);
    bringup_drop(&driver->bringup);
    sweep_drop(&driver->sweep, true);
    ledger_done(&driver->ledger);
    talk_free(driver->talk);
    free(driver);
}
