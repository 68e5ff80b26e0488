/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link - one connection after another to the daemon.
 * Why:   the daemon treats every open job of a lost connection as uncertain and decides itself what to repeat. So on a
 *        loss the sender breaks everything off: finishing would send what the daemon may be sending a second time.
 */
#include "gateway/sender/link.h"

#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/sender/pump.h"
#include "gateway/sender/wire.h"

#define RETRY_FIRST_MS 100
#define RETRY_MAX_MS 2000
#define RETRY_DOUBLINGS_MAX 5
#define STEADY_MS 10000  /* a connection that lived this long starts the back-off anew */
#define WELCOME_MS 10000 /* from hello to welcome */
#define DRAIN_MS 5000    /* for open jobs after link_stop */
#define FLUSH_MS 1000    /* for their results after that */

struct link {
    struct loop *loop;
    const struct link_settings *settings;
    struct pump *pump;
    struct frame_conn *conn; /* NULL between two connections */
    struct allow allow;
    struct loop_timer timer; /* the next try, or the welcome that is missing, or the end of a drain */
    const char *lost_why;    /* why we closed; NULL = the daemon did */
    int64_t welcomed_at;     /* monotonic ms, 0 = not yet */
    unsigned failures;
    bool is_stopping;
    bool is_flushing;
};

static void try_connect(void *context);

static void set_timer(struct link *link, int64_t delay_ms, loop_timer_fn fn)
{
    /* Can only fail for want of memory; then the watchdog of the service manager is what is left. */
    if (loop_timer_set(link->loop, &link->timer, clock_mono_ms() + delay_ms, fn, link) != 0)
        log_event(LOG_LEVEL_ERROR, EV_sender_lost, F_WORD("why", "no memory for a timer"));
}

static void retry_later(struct link *link, const char *why, size_t dropped)
{
    unsigned doublings = link->failures < RETRY_DOUBLINGS_MAX ? link->failures : RETRY_DOUBLINGS_MAX;
    int64_t delay = (int64_t)RETRY_FIRST_MS << doublings;
    if (link->failures == 0 || link->welcomed_at != 0)
        log_event(LOG_LEVEL_WARNING, EV_sender_lost, F_WHY(why), F_INT("dropped", (int64_t)dropped));
    link->failures++;
    link->welcomed_at = 0;
    set_timer(link, delay < RETRY_MAX_MS ? delay : RETRY_MAX_MS, try_connect);
}

static void close_because(struct link *link, const char *why)
{
    link->lost_why = why;
    frame_conn_close(link->conn);
}

static void lost(void *context, struct frame_conn *conn)
{
    struct link *link = context;
    size_t dropped = pump_count(link->pump);
    (void)conn;
    pump_abort_all(link->pump);
    link->conn = NULL;
    loop_timer_cancel(link->loop, &link->timer);
    if (link->is_stopping)
        return;
    if (link->welcomed_at != 0 && clock_mono_ms() - link->welcomed_at >= STEADY_MS)
        link->failures = 0;
    retry_later(link, link->lost_why != NULL ? link->lost_why : "the daemon closed the connection", dropped);
}

/* A frame that cannot be sent breaks the connection inside frame_conn_send; the loop then brings us to lost(). */
static void send_frame(struct link *link, int built, const struct buf *frame)
{
    int status = built == 0 ? frame_conn_send(link->conn, buf_span(frame)) : built;
    if (status != 0 && link->lost_why == NULL) {
        link->lost_why = "the connection broke while writing";
        frame_conn_finish(link->conn);
    }
}

static void send_result(struct link *link, const char *job_id, struct verdict verdict, const struct transfer *transfer)
{
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    struct span body = { "", 0 };
    if (transfer != NULL && verdict.kind == REPLY_ANSWERED)
        body = buf_span(&transfer->reply);
    long retry_after_s = transfer != NULL && verdict.kind == REPLY_ANSWERED ? transfer->retry_after_s : 0;
    bool is_cut = transfer != NULL && transfer->attempt.is_cut && verdict.kind == REPLY_ANSWERED;
    send_frame(link, wire_write_result(&frame, job_id, &verdict, retry_after_s, body, is_cut), &frame);
}

static void refuse(struct link *link, const char *job_id, const char *host, const char *why)
{
    log_event(LOG_LEVEL_WARNING, EV_sender_job_refused, F_WORD("job", job_id), F_WORD("host", host), F_WHY(why));
    send_result(link, job_id, verdict_not_sent(why), NULL);
}

static void transfer_done(void *context, const struct transfer *transfer, struct verdict verdict)
{
    struct link *link = context;
    const struct job *job = transfer->job;
    if (verdict.kind != REPLY_ANSWERED)
        log_event(LOG_LEVEL_WARNING, EV_sender_job_failed, F_WORD("job", job->id), F_WORD("host", job->target.host),
            F_WORD("result", verdict_word(verdict.kind)), F_WHY(verdict.reason));
    if (link->conn != NULL)
        send_result(link, job->id, verdict, transfer);
}

static void start_job(struct link *link, const json_t *frame)
{
    struct error error = { "" };
    struct job *job = NULL;
    const char *id = job_frame_id(frame);
    if (id == NULL || pump_has_job(link->pump, id)) {
        log_event(
            LOG_LEVEL_ERROR, EV_sender_frame_refused, F_WORD("why", "the id of a job is unusable or open already"));
        close_because(link, "the daemon broke the protocol");
        return;
    }
    if (link->is_stopping) {
        refuse(link, id, "", "the worker is stopping");
        return;
    }
    if (job_read(frame, &job, &error) != 0) {
        log_event(LOG_LEVEL_ERROR, EV_sender_job_refused, F_WORD("job", id), F_WORD("host", ""), F_WHY(error.text));
        send_result(link, id, verdict_not_sent("the job is malformed"), NULL);
        return;
    }
    const char *refusal = job_refusal(job, &link->allow);
    if (refusal == NULL && pump_count(link->pump) >= WIRE_CAPACITY)
        refusal = "the worker is full";
    if (refusal != NULL) {
        refuse(link, id, job->target.host, refusal);
        job_free(job);
        return;
    }
    if (pump_start(link->pump, job) != 0)
        refuse(link, id, "", "the job could not be started");
}

static int take_allow(struct link *link, const json_t *frame, struct error *error)
{
    struct allow fresh;
    int status = allow_read(frame, &fresh, error);
    if (status != 0)
        return status;
    allow_done(&link->allow);
    link->allow = fresh;
    return 0;
}

static int take_welcome(struct link *link, const json_t *frame, struct error *error)
{
    if (link->welcomed_at != 0)
        return error_set(error, ERR_PROTOCOL, "a second welcome");
    if (json_int(frame, "welcome", 0) != WIRE_VERSION)
        return error_set(error, ERR_PROTOCOL, "the daemon speaks another version");
    int status = take_allow(link, frame, error);
    if (status != 0)
        return status;
    link->welcomed_at = clock_mono_ms();
    loop_timer_cancel(link->loop, &link->timer);
    log_event(LOG_LEVEL_INFO, EV_sender_welcomed, F_WORD("name", link->settings->name),
        F_INT("destinations", (int64_t)link->allow.entry_count));
    return 0;
}

static int answer_ping(struct link *link, const json_t *frame, struct error *error)
{
    const json_t *number = json_object_get(frame, "ping");
    if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > WIRE_PING_MAX)
        return error_set(error, ERR_PROTOCOL, "a ping without a number");
    AUTO_BUF pong;
    buf_init(&pong, FRAME_MAX);
    send_frame(link, wire_write_pong(&pong, json_integer_value(number)), &pong);
    return 0;
}

static int take_frame(struct link *link, const json_t *frame, enum wire_word word, struct error *error)
{
    if (link->welcomed_at == 0 && word != WIRE_WELCOME && word != WIRE_REFUSED)
        return error_set(error, ERR_PROTOCOL, "a frame before the welcome");
    switch (word) {
    case WIRE_WELCOME:
        return take_welcome(link, frame, error);
    case WIRE_ALLOW:
        log_event(LOG_LEVEL_INFO, EV_sender_allow_changed,
            F_INT("destinations", (int64_t)json_array_size(json_object_get(frame, "allow"))));
        return take_allow(link, frame, error);
    case WIRE_JOB:
        start_job(link, frame);
        return 0;
    case WIRE_PING:
        return answer_ping(link, frame, error);
    case WIRE_PONG:
        return 0;
    case WIRE_REFUSED:
    case WIRE_NONE:
        break;
    }
    close_because(link, "the daemon refused us");
    return 0;
}

static void received(void *context, struct frame_conn *conn, struct span text)
{
    struct link *link = context;
    struct error error = { "" };
    enum wire_word word = WIRE_NONE;
    json_t *raw = NULL;
    (void)conn;
    int status = wire_read(text, &raw, &word, &error);
    AUTO_JSON *frame = raw;
    if (status == 0)
        status = take_frame(link, frame, word, &error);
    if (status == 0)
        return;
    log_event(LOG_LEVEL_ERROR, EV_sender_frame_refused, F_WHY(error.text));
    close_because(link, "the daemon broke the protocol");
}

static void welcome_missing(void *context)
{
    close_because(context, "no welcome in time");
}

static void try_connect(void *context)
{
    struct link *link = context;
    struct error error = { "" };
    int fd = -1;
    if (frame_connect(link->settings->path, &error, &fd) != 0) {
        retry_later(link, error.text, 0);
        return;
    }
    if (frame_conn_new(link->loop, fd, received, lost, link, &link->conn) != 0) {
        close(fd);
        retry_later(link, "the connection could not be watched", 0);
        return;
    }
    link->lost_why = NULL;
    set_timer(link, WELCOME_MS, welcome_missing);
    AUTO_BUF hello;
    buf_init(&hello, FRAME_MAX);
    send_frame(link, wire_write_hello(&hello, link->settings->name), &hello);
}

int link_new(struct loop *loop, const struct link_settings *settings, struct link **ret_link)
{
    struct link *link = calloc(1, sizeof(*link));
    if (link == NULL)
        return ERR_NOMEM;
    link->loop = loop;
    link->settings = settings;
    int status = pump_new(loop, settings->ca_file, transfer_done, link, &link->pump);
    if (status != 0) {
        free(link);
        return status;
    }
    try_connect(link);
    *ret_link = link;
    return 0;
}

static void flush_over(void *context)
{
    struct link *link = context;
    if (link->conn != NULL)
        frame_conn_close(link->conn);
}

/* Results that are queued still get out; jobs that are still open do not. */
static void drain_over(void *context)
{
    struct link *link = context;
    if (link->is_flushing)
        return;
    link->is_flushing = true;
    set_timer(link, FLUSH_MS, flush_over);
    frame_conn_finish(link->conn);
}

void link_stop(struct link *link)
{
    if (link->is_stopping)
        return;
    link->is_stopping = true;
    loop_timer_cancel(link->loop, &link->timer);
    if (link->conn != NULL)
        set_timer(link, DRAIN_MS, drain_over);
}

bool link_settle(struct link *link)
{
    if (link->is_stopping && link->conn != NULL && pump_count(link->pump) == 0)
        drain_over(link);
    return link->is_stopping && link->conn == NULL;
}

bool link_is_up(const struct link *link)
{
    return link->conn != NULL && link->welcomed_at != 0;
}

void link_free(struct link *link)
{
    if (link == NULL)
        return;
    link->is_stopping = true;
    if (link->conn != NULL)
        frame_conn_close(link->conn);
    loop_timer_cancel(link->loop, &link->timer);
    pump_free(link->pump);
    allow_done(&link->allow);
    free(link);
}
