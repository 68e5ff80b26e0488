/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workers - see workers.h. */
#include "gateway/core/workers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/hostsframe.h"
#include "gateway/core/workerpeers.h"
#include "gateway/json/json.h"

#define CAPACITY_MAX 1000
#define ROLE_MAX 16
#define NAME_LEN_MAX 32             /* PROTOCOL.md 2.1 */
#define REPLY_BODY_MAX (512u << 10) /* PROTOCOL.md 2.4 */
#define HOSTS_FRAME_MAX (512u << 10)

struct worker {
    struct workers *owner;
    struct frame_conn *conn;
    char name[NAME_MAX_LEN], role[ROLE_MAX];
    bool is_welcome;
    bool is_ready; /* takes jobs: a modem says so itself */
    unsigned capacity, in_hand;
    char (*jobs)[WORKERS_JOB_ID_MAX]; /* in_hand of capacity */
    struct loop_timer timer;          /* until the hello: how long it may take; then: between two pings */
    bool is_heard;                    /* since the last ping */
};

struct workers {
    struct loop *loop;
    int listen_fd;
    struct workerpeers peers;
    worker_result_fn on_result;
    void *context;
    struct workers_modems modems; /* none without a settings function */
    struct worker *all[WORKERS_MAX];
    json_t *hosts; /* {"allow": [...], "insecure_hosts": [...]} */
};

/* ---- sending --------------------------------------------------------------------------------------------------- */

int worker_send(struct worker *worker, const json_t *frame)
{
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    int rc = json_write(frame, &text);
    return rc ? rc : frame_conn_send(worker->conn, buf_span(&text));
}

static void refuse(struct worker *worker, const char *why)
{
    AUTO_JSON *frame = json_pack("{s:s}", "refused", why);
    log_event(LOG_LEVEL_WARNING, EV_worker_refused, F_WORD("worker", worker->name), F_WHY(why));
    if (!frame || worker_send(worker, frame))
        frame_conn_close(worker->conn);
    else
        frame_conn_finish(worker->conn);
}

void worker_break_off(struct worker *worker, const char *why)
{
    log_event(LOG_LEVEL_WARNING, EV_worker_protocol_error, F_WORD("worker", worker->name), F_WHY(why));
    frame_conn_close(worker->conn);
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

static void replace_namesake(struct worker *worker)
{
    for (int i = 0; i < WORKERS_MAX; i++) {
        struct worker *other = worker->owner->all[i];
        if (other && other != worker && other->is_welcome && str_equal(other->name, worker->name) &&
            str_equal(other->role, worker->role))
            frame_conn_close(other->conn);
    }
}

static void watch(struct worker *worker);

/* A worker that hangs keeps its jobs and its connection. It is asked now and then, and must have said anything until
 * the next time; otherwise its jobs are better told to be unknown than waited for. */
static void on_ping_time(void *context)
{
    struct worker *worker = context;
    AUTO_JSON *ping = json_pack("{s:i}", "ping", 1);
    if (!worker->is_heard) {
        worker_break_off(worker, "no answer to a ping");
        return;
    }
    worker->is_heard = false;
    if (!ping || worker_send(worker, ping))
        frame_conn_close(worker->conn);
    else
        watch(worker);
}

static void watch(struct worker *worker)
{
    if (loop_timer_set(worker->owner->loop, &worker->timer, clock_mono_ms() + WORKERS_PING_MS, on_ping_time, worker))
        frame_conn_close(worker->conn);
}

static bool is_modem(const struct worker *worker)
{
    return str_equal(worker->role, WORKERS_MODEM);
}

/* A modem reaches no hosts, and is told its settings. */
static json_t *make_welcome(const struct worker *worker, json_t *settings)
{
    if (is_modem(worker))
        return json_pack("{s:i, s:[], s:[], s:O}", "welcome", 1, "allow", "insecure_hosts", "modem", settings);
    json_t *frame = json_pack("{s:i}", "welcome", 1);
    if (!frame || !json_object_update(frame, worker->owner->hosts))
        return frame;
    json_decref(frame);
    return NULL;
}

static void welcome(struct worker *worker, json_t *settings)
{
    AUTO_JSON *frame = make_welcome(worker, settings);
    if (!frame || worker_send(worker, frame)) {
        frame_conn_close(worker->conn);
        return;
    }
    watch(worker);
    worker->is_welcome = true;
    worker->is_ready = !is_modem(worker);
    log_event(LOG_LEVEL_NOTICE, EV_worker_connected, F_WORD("worker", worker->name), F_WORD("role", worker->role),
        F_INT("capacity", worker->capacity));
}

static bool is_name(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    return len >= 1 && len <= NAME_LEN_MAX && text[len] == '\0';
}

static json_t *modem_settings(const struct worker *worker)
{
    const struct workers_modems *modems = &worker->owner->modems;
    return modems->settings ? modems->settings(modems->context, worker->name) : NULL;
}

/* role: NULL = before it has said one. */
static bool may_be(const struct worker *worker, const char *role)
{
    pid_t pid;
    uid_t uid;
    gid_t gid;
    return !frame_conn_peer(worker->conn, &pid, &uid, &gid) && workerpeers_may(&worker->owner->peers, uid, gid, role);
}

static void take_hello(struct worker *worker, const json_t *frame)
{
    int64_t capacity = json_int(frame, "capacity", 0);
    str_copy(worker->name, sizeof worker->name, json_text(frame, "name", ""));
    str_copy(worker->role, sizeof worker->role, json_text(frame, "role", ""));
    if (json_int(frame, "hello", 0) != 1) {
        refuse(worker, "only version 1 of the protocol is spoken here");
        return;
    }
    bool is_role = str_equal(worker->role, WORKERS_SENDER) || is_modem(worker);
    if (!is_role || !is_name(json_text(frame, "name", "")) || capacity < 1 || capacity > CAPACITY_MAX) {
        refuse(worker, "hello needs role sender or modem, a name of [a-z0-9_-] and a capacity of 1 to 1000");
        return;
    }
    if (!may_be(worker, worker->role)) {
        refuse(worker, "the user of this process may not have this role");
        return;
    }
    AUTO_JSON *settings = is_modem(worker) ? modem_settings(worker) : NULL;
    if (is_modem(worker) && !settings) {
        refuse(worker, "no enabled channel of kind modem has this name");
        return;
    }
    worker->jobs = calloc((size_t)capacity, sizeof *worker->jobs);
    if (!worker->jobs) {
        frame_conn_close(worker->conn);
        return;
    }
    worker->capacity = (unsigned)capacity;
    replace_namesake(worker);
    welcome(worker, settings);
}

static int reply_kind(const char *word)
{
    if (str_equal(word, "answered"))
        return REPLY_ANSWERED;
    if (str_equal(word, "not_sent"))
        return REPLY_NOT_SENT;
    return str_equal(word, "unknown") ? REPLY_UNKNOWN : -1;
}

static int find_job(const struct worker *worker, const char *job)
{
    for (unsigned i = 0; i < worker->in_hand; i++)
        if (str_equal(worker->jobs[i], job))
            return (int)i;
    return -1;
}

void worker_unreserve(struct worker *worker, const char *job)
{
    int at = find_job(worker, job);
    if (at < 0)
        return;
    worker->in_hand--;
    if ((unsigned)at != worker->in_hand)
        memcpy(worker->jobs[at], worker->jobs[worker->in_hand], WORKERS_JOB_ID_MAX);
}

/* Of a job that goes on: what went out so far. */
static void take_progress(struct worker *worker, const json_t *frame)
{
    const struct workers_modems *modems = &worker->owner->modems;
    const char *job = json_text(frame, "progress", "");
    AUTO_BUF body;
    buf_init(&body, REPLY_BODY_MAX);
    if (str_base64_decode(&body, span_of(json_text(frame, "body", "")))) {
        worker_break_off(worker, "a progress with a broken body");
        return;
    }
    struct transmit_reply reply = { .kind = REPLY_ANSWERED, .body = buf_span(&body), .reason = "" };
    if (find_job(worker, job) >= 0 && modems->on_progress)
        modems->on_progress(worker->owner->context, job, &reply);
}

static void take_result(struct worker *worker, const json_t *frame)
{
    const char *job = json_text(frame, "result", "");
    int kind = reply_kind(json_text(frame, "kind", ""));
    AUTO_BUF body;
    buf_init(&body, REPLY_BODY_MAX);
    if (kind < 0 || str_base64_decode(&body, span_of(json_text(frame, "body", "")))) {
        worker_break_off(worker, "a result without a known kind or with a broken body");
        return;
    }
    if (find_job(worker, job) < 0)
        return; /* its lease has ended meanwhile */
    struct transmit_reply reply = {
        .kind = kind,
        .status = (int)json_int(frame, "status", 0),
        .retry_after_s = json_int(frame, "retry_after", 0),
        .body = buf_span(&body),
        .reason = json_text(frame, "reason", ""),
    };
    worker_unreserve(worker, job);
    worker->owner->on_result(worker->owner->context, job, &reply);
}

static void answer_ping(struct worker *worker, const json_t *frame)
{
    AUTO_JSON *pong = json_pack("{s:I}", "pong", json_int(frame, "ping", 0));
    if (!pong || worker_send(worker, pong))
        frame_conn_close(worker->conn);
}

static void on_frame(void *context, struct frame_conn *conn, struct span text)
{
    struct worker *worker = context;
    struct error error;
    AUTO_JSON *frame = json_read(text, &error);
    (void)conn;
    worker->is_heard = true;
    if (!json_is_object(frame))
        worker_break_off(worker, "a frame that is not a JSON object");
    else if (!worker->is_welcome && json_object_get(frame, "hello"))
        take_hello(worker, frame);
    else if (worker->is_welcome && json_object_get(frame, "result"))
        take_result(worker, frame);
    else if (worker->is_welcome && json_object_get(frame, "ping"))
        answer_ping(worker, frame);
    else if (worker->is_welcome && is_modem(worker) && json_object_get(frame, "progress"))
        take_progress(worker, frame);
    else if (worker->is_welcome && is_modem(worker) &&
             worker->owner->modems.on_frame(worker->owner->modems.context, worker, frame))
        return;
    else if (!worker->is_welcome || !json_object_get(frame, "pong"))
        worker_break_off(worker, "an unknown word");
}

static void on_close(void *context, struct frame_conn *conn)
{
    struct worker *worker = context;
    struct workers *owner = worker->owner;
    (void)conn;
    for (int i = 0; i < WORKERS_MAX; i++)
        if (owner->all[i] == worker)
            owner->all[i] = NULL;
    loop_timer_cancel(owner->loop, &worker->timer);
    if (worker->is_welcome && is_modem(worker))
        owner->modems.on_gone(owner->modems.context, worker);
    if (worker->is_welcome)
        log_event(LOG_LEVEL_WARNING, EV_worker_gone, F_WORD("worker", worker->name), F_INT("in_hand", worker->in_hand));
    struct transmit_reply reply = { .kind = REPLY_UNKNOWN, .reason = "the worker is gone" };
    for (unsigned i = 0; i < worker->in_hand; i++)
        owner->on_result(owner->context, worker->jobs[i], &reply);
    free(worker->jobs);
    free(worker);
}

static void on_silence(void *context)
{
    worker_break_off(context, "no hello in time");
}

/* ---- accepting ------------------------------------------------------------------------------------------------- */

static int free_slot(const struct workers *workers)
{
    for (int i = 0; i < WORKERS_MAX; i++)
        if (!workers->all[i])
            return i;
    return -1;
}

static void admit(struct workers *workers, int fd, int slot)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker) {
        close(fd);
        return;
    }
    worker->owner = workers;
    if (frame_conn_new(workers->loop, fd, on_frame, on_close, worker, &worker->conn)) {
        close(fd);
        free(worker);
        return;
    }
    workers->all[slot] = worker;
    int64_t deadline = clock_mono_ms() + WORKERS_HELLO_MS;
    if (!may_be(worker, NULL) || loop_timer_set(workers->loop, &worker->timer, deadline, on_silence, worker))
        worker_break_off(worker, "a peer of another user");
}

static void on_accept(void *context, int listen_fd, unsigned events)
{
    struct workers *workers = context;
    (void)events;
    for (;;) {
        int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0)
            return;
        int slot = free_slot(workers);
        if (slot < 0)
            close(fd);
        else
            admit(workers, fd, slot);
    }
}

int workers_new(
    struct loop *loop, int listen_fd, worker_result_fn on_result, void *context, struct workers **ret_workers)
{
    struct workers *workers = calloc(1, sizeof *workers);
    if (!workers)
        return ERR_NOMEM;
    *workers = (struct workers){ .loop = loop, .listen_fd = listen_fd, .on_result = on_result, .context = context };
    workerpeers_read(&workers->peers);
    workers->hosts = json_object();
    int rc = workers->hosts ? loop_add(loop, listen_fd, LOOP_READ, on_accept, workers) : ERR_NOMEM;
    if (rc) {
        json_decref(workers->hosts);
        free(workers);
        return rc;
    }
    *ret_workers = workers;
    return 0;
}

void workers_free(struct workers *workers)
{
    if (!workers)
        return;
    loop_remove(workers->loop, workers->listen_fd);
    for (int i = 0; i < WORKERS_MAX; i++)
        if (workers->all[i])
            frame_conn_close(workers->all[i]->conn);
    json_decref(workers->hosts);
    free(workers);
}

/* ---- hosts ----------------------------------------------------------------------------------------------------- */

int workers_set_hosts(struct workers *workers, const struct hosts *hosts, bool may_send_to_private)
{
    AUTO_JSON *frame = hostsframe_make(hosts, may_send_to_private);
    if (!frame)
        return ERR_NOMEM;
    json_decref(workers->hosts);
    workers->hosts = json_incref(frame);
    for (int i = 0; i < WORKERS_MAX; i++) {
        struct worker *worker = workers->all[i];
        if (worker && worker->is_welcome && !is_modem(worker) && worker_send(worker, frame))
            frame_conn_close(worker->conn);
    }
    return 0;
}

/* ---- modems ---------------------------------------------------------------------------------------------------- */

void workers_set_modems(struct workers *workers, const struct workers_modems *modems)
{
    workers->modems = *modems;
}

static void renew_modem(struct worker *worker)
{
    AUTO_JSON *settings = modem_settings(worker);
    AUTO_JSON *frame = settings ? json_pack("{s:O}", "modem", settings) : NULL;
    if (!settings)
        refuse(worker, "no enabled channel of kind modem has this name any more");
    else if (!frame || worker_send(worker, frame))
        frame_conn_close(worker->conn);
}

void workers_renew_modems(struct workers *workers)
{
    for (int i = 0; i < WORKERS_MAX; i++)
        if (workers->all[i] && workers->all[i]->is_welcome && is_modem(workers->all[i]))
            renew_modem(workers->all[i]);
}

void worker_set_ready(struct worker *worker, bool is_ready)
{
    worker->is_ready = is_ready;
}

/* ---- jobs ------------------------------------------------------------------------------------------------------ */

static bool has_room(const struct worker *worker, const char *role, const char *name)
{
    return worker && worker->is_welcome && worker->is_ready && str_equal(worker->role, role) &&
           (!name || str_equal(worker->name, name)) && worker->in_hand < worker->capacity;
}

struct worker *workers_pick(struct workers *workers, const char *role, const char *name)
{
    struct worker *best = NULL;
    for (int i = 0; i < WORKERS_MAX; i++)
        if (has_room(workers->all[i], role, name) && (!best || workers->all[i]->in_hand < best->in_hand))
            best = workers->all[i];
    return best;
}

unsigned workers_room(const struct workers *workers, const char *role, const char *name)
{
    unsigned room = 0;
    for (int i = 0; i < WORKERS_MAX; i++)
        if (has_room(workers->all[i], role, name))
            room += workers->all[i]->capacity - workers->all[i]->in_hand;
    return room;
}

unsigned workers_count(const struct workers *workers, const char *role)
{
    unsigned count = 0;
    for (int i = 0; i < WORKERS_MAX; i++)
        count += workers->all[i] && workers->all[i]->is_welcome && str_equal(workers->all[i]->role, role);
    return count;
}

void workers_each(const struct workers *workers, worker_fn fn, void *context)
{
    for (int i = 0; i < WORKERS_MAX; i++) {
        const struct worker *worker = workers->all[i];
        if (worker && worker->is_welcome)
            fn(context, worker->name, worker->role, worker->in_hand, worker->capacity);
    }
}

const char *worker_name(const struct worker *worker)
{
    return worker->name;
}

void worker_reserve(struct worker *worker, const char *job)
{
    str_copy(worker->jobs[worker->in_hand++], WORKERS_JOB_ID_MAX, job);
}

void worker_send_job(struct worker *worker, struct span frame)
{
    /* Closing here would free the worker under the caller, who has more frames for it. A connection that a frame cannot
     * be written to ends from the loop by itself. */
    (void)!frame_conn_send(worker->conn, frame);
}
