/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uplink - one connection after another to the daemon.
 */
#include "gateway/modem/uplink.h"

#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"

#define RETRY_FIRST_MS 100
#define RETRY_MAX_MS 2000
#define RETRY_DOUBLINGS_MAX 5
#define STEADY_MS 10000  /* a connection that lived this long starts the back-off anew */
#define WELCOME_MS 10000 /* from hello to welcome */
#define FLUSH_MS 1000

struct uplink {
    struct loop *loop;
    const char *path, *name;
    struct uplink_events events;
    struct frame_conn *conn; /* NULL between two connections */
    struct loop_timer timer;
    const char *lost_why; /* why we closed; NULL = the daemon did */
    int64_t welcomed_at;  /* monotonic ms, 0 = not yet */
    unsigned failures;
    bool is_stopping;
};

static void try_connect(void *context);

static void set_timer(struct uplink *uplink, int64_t delay_ms, loop_timer_fn fn)
{
    if (loop_timer_set(uplink->loop, &uplink->timer, clock_mono_ms() + delay_ms, fn, uplink) != 0)
        log_event(LOG_LEVEL_ERROR, EV_driver_lost, F_WORD("why", "no memory for a timer"));
}

static void retry_later(struct uplink *uplink, const char *why)
{
    unsigned doublings = uplink->failures < RETRY_DOUBLINGS_MAX ? uplink->failures : RETRY_DOUBLINGS_MAX;
    int64_t delay = (int64_t)RETRY_FIRST_MS << doublings;
    if (uplink->failures == 0 || uplink->welcomed_at != 0)
        log_event(LOG_LEVEL_WARNING, EV_driver_lost, F_WHY(why));
    uplink->failures++;
    uplink->welcomed_at = 0;
    set_timer(uplink, delay < RETRY_MAX_MS ? delay : RETRY_MAX_MS, try_connect);
}

static void close_because(struct uplink *uplink, const char *why)
{
    uplink->lost_why = why;
    frame_conn_close(uplink->conn);
}

static void lost(void *context, struct frame_conn *conn)
{
    struct uplink *uplink = context;
    bool was_up = uplink->welcomed_at != 0;
    (void)conn;
    uplink->conn = NULL;
    loop_timer_cancel(uplink->loop, &uplink->timer);
    if (was_up && clock_mono_ms() - uplink->welcomed_at >= STEADY_MS)
        uplink->failures = 0;
    if (!uplink->is_stopping)
        retry_later(uplink, uplink->lost_why != NULL ? uplink->lost_why : "the daemon closed the connection");
    uplink->welcomed_at = 0;
    if (was_up)
        uplink->events.lost(uplink->events.context);
}

/* A frame that cannot be sent breaks the connection inside frame_conn_send; the loop then brings us to lost(). */
bool uplink_send(struct uplink *uplink, int built, const struct buf *frame)
{
    if (uplink->conn == NULL)
        return false;
    int status = built == 0 ? frame_conn_send(uplink->conn, buf_span(frame)) : built;
    if (status != 0 && uplink->lost_why == NULL) {
        uplink->lost_why = "the connection broke while writing";
        frame_conn_finish(uplink->conn);
    }
    return status == 0;
}

static int take_welcome(struct uplink *uplink, const json_t *frame, struct error *error)
{
    if (uplink->welcomed_at != 0)
        return error_set(error, ERR_PROTOCOL, "a second welcome");
    if (json_int(frame, "welcome", 0) != MODEMWIRE_VERSION)
        return error_set(error, ERR_PROTOCOL, "the daemon speaks another version");
    loop_timer_cancel(uplink->loop, &uplink->timer);
    uplink->welcomed_at = clock_mono_ms();
    log_event(LOG_LEVEL_INFO, EV_driver_welcomed, F_WORD("name", uplink->name));
    return uplink->events.settings(uplink->events.context, json_object_get(frame, "modem"), true, error);
}

static int answer_ping(struct uplink *uplink, const json_t *frame, struct error *error)
{
    const json_t *number = json_object_get(frame, "ping");
    if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > MODEMWIRE_PING_MAX)
        return error_set(error, ERR_PROTOCOL, "a ping without a number");
    AUTO_BUF pong;
    buf_init(&pong, FRAME_MAX);
    (void)uplink_send(uplink, modemwire_write_pong(&pong, json_integer_value(number)), &pong);
    return 0;
}

static int take_pin(struct uplink *uplink, const json_t *frame, struct error *error)
{
    const char *word = json_text(frame, "pin", "");
    if (!str_equal(word, "go") && !str_equal(word, "no"))
        return error_set(error, ERR_PROTOCOL, "pin is neither go nor no");
    uplink->events.pin(uplink->events.context, str_equal(word, "go"));
    return 0;
}

static int take_frame(struct uplink *uplink, const json_t *frame, enum modemwire_word word, struct error *error)
{
    const struct uplink_events *events = &uplink->events;
    if (uplink->welcomed_at == 0 && word != MODEMWIRE_WELCOME && word != MODEMWIRE_REFUSED)
        return error_set(error, ERR_PROTOCOL, "a frame before the welcome");
    switch (word) {
    case MODEMWIRE_WELCOME:
        return take_welcome(uplink, frame, error);
    case MODEMWIRE_MODEM:
        return events->settings(events->context, json_object_get(frame, "modem"), false, error);
    case MODEMWIRE_PIN:
        return take_pin(uplink, frame, error);
    case MODEMWIRE_STORED:
    case MODEMWIRE_BUSY:
        events->answered(events->context, json_text(frame, word == MODEMWIRE_STORED ? "stored" : "busy", ""),
            word == MODEMWIRE_STORED);
        return 0;
    case MODEMWIRE_JOB:
        if (modemwire_job_id(frame) == NULL)
            return error_set(error, ERR_PROTOCOL, "the id of a job is unusable");
        return events->job(events->context, modemwire_job_id(frame), frame, error);
    case MODEMWIRE_PING:
        return answer_ping(uplink, frame, error);
    case MODEMWIRE_PONG:
    case MODEMWIRE_ALLOW:
        return 0;
    case MODEMWIRE_REFUSED:
        events->refused(events->context);
        break;
    case MODEMWIRE_NONE:
        break;
    }
    close_because(uplink, "the daemon refused us");
    return 0;
}

static void received(void *context, struct frame_conn *conn, struct span text)
{
    struct uplink *uplink = context;
    struct error error = { "" };
    enum modemwire_word word = MODEMWIRE_NONE;
    json_t *raw = NULL;
    (void)conn;
    int status = modemwire_read(text, &raw, &word, &error);
    AUTO_JSON *frame = raw;
    if (status == 0)
        status = take_frame(uplink, frame, word, &error);
    if (status == 0)
        return;
    log_event(LOG_LEVEL_ERROR, EV_driver_frame_refused, F_WHY(error.text));
    close_because(uplink, "the daemon broke the protocol");
}

static void welcome_missing(void *context)
{
    close_because(context, "no welcome in time");
}

static void try_connect(void *context)
{
    struct uplink *uplink = context;
    struct error error = { "" };
    int fd = -1;
    if (frame_connect(uplink->path, &error, &fd) != 0) {
        retry_later(uplink, error.text);
        return;
    }
    if (frame_conn_new(uplink->loop, fd, received, lost, uplink, &uplink->conn) != 0) {
        (void)close(fd);
        uplink->conn = NULL;
        retry_later(uplink, "the connection could not be watched");
        return;
    }
    uplink->lost_why = NULL;
    set_timer(uplink, WELCOME_MS, welcome_missing);
    AUTO_BUF hello;
    buf_init(&hello, FRAME_MAX);
    (void)uplink_send(uplink, modemwire_write_hello(&hello, uplink->name), &hello);
}

int uplink_new(struct loop *loop, const char *path, const char *name, const struct uplink_events *events,
    struct uplink **ret_uplink)
{
    struct uplink *uplink = calloc(1, sizeof(*uplink));
    if (uplink == NULL)
        return ERR_NOMEM;
    uplink->loop = loop;
    uplink->path = path;
    uplink->name = name;
    uplink->events = *events;
    *ret_uplink = uplink;
    try_connect(uplink);
    return 0;
}

static void flush_over(void *context)
{
    struct uplink *uplink = context;
    if (uplink->conn != NULL)
        frame_conn_close(uplink->conn);
}

void uplink_stop(struct uplink *uplink)
{
    if (uplink->is_stopping)
        return;
    uplink->is_stopping = true;
    loop_timer_cancel(uplink->loop, &uplink->timer);
    if (uplink->conn != NULL) {
        set_timer(uplink, FLUSH_MS, flush_over);
        frame_conn_finish(uplink->conn);
    }
}

bool uplink_is_up(const struct uplink *uplink)
{
    return uplink->conn != NULL && uplink->welcomed_at != 0;
}

bool uplink_is_closed(const struct uplink *uplink)
{
    return uplink->conn == NULL;
}

void uplink_free(struct uplink *uplink)
{
    if (uplink == NULL)
        return;
    uplink->is_stopping = true;
    uplink->welcomed_at = 0;
    if (uplink->conn != NULL)
        frame_conn_close(uplink->conn);
    loop_timer_cancel(uplink->loop, &uplink->timer);
    free(uplink);
}
