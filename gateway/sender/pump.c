/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pump - libcurl's multi interface between our loop's descriptors and one timer.
 * Why:   libcurl says which descriptors and which one deadline it wants; we tell it what became ready. Transfers are
 *        removed only from loop callbacks: libcurl forbids that inside its own.
 */
#include "gateway/sender/pump.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/sender/mailer.h"
#include "gateway/sender/wire.h"

#define PUMP_KEPT_CONNECTIONS 32L

struct slot {
    struct transfer *transfer;
    struct mailer *mailer; /* NULL until a mail's connection stands */
    int64_t deadline_ms;
};

struct pump {
    struct loop *loop;
    CURLM *multi;
    struct loop_timer timer;
    const char *ca_file;
    pump_fn on_done;
    void *context;
    struct slot slots[WIRE_CAPACITY];
    size_t count;
};

static void drop_at(struct pump *pump, size_t index)
{
    struct slot slot = pump->slots[index];
    pump->slots[index] = pump->slots[--pump->count];
    mailer_free(slot.mailer);
    (void)curl_multi_remove_handle(pump->multi, slot.transfer->easy);
    transfer_free(slot.transfer);
}

static size_t find_slot(const struct pump *pump, const struct transfer *transfer)
{
    size_t index = 0;
    while (index < pump->count && pump->slots[index].transfer != transfer)
        index++;
    return index;
}

static void finish(void *context, struct transfer *transfer, CURLcode code)
{
    struct pump *pump = context;
    struct verdict verdict = transfer_finish(transfer, code);
    pump->on_done(pump->context, transfer, verdict);
    /* Not there any more if the daemon was lost while we reported: then pump_abort_all has freed everything. */
    size_t index = find_slot(pump, transfer);
    if (index < pump->count)
        drop_at(pump, index);
}

/* The connection of a mail stands: from here on its dialogue runs beside libcurl. */
static void begin_mail(struct pump *pump, struct transfer *transfer)
{
    struct slot *slot = &pump->slots[find_slot(pump, transfer)];
    int status = mailer_new(pump->loop, transfer, slot->deadline_ms, finish, pump, &slot->mailer);
    if (status == 0)
        transfer->attempt.has_begun = true;
    else
        finish(pump, transfer, status == ERR_UNSUPPORTED ? CURLE_REMOTE_ACCESS_DENIED : CURLE_OUT_OF_MEMORY);
}

static void report_finished(struct pump *pump)
{
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(pump->multi, &left)) != NULL) {
        char *private = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private) != CURLE_OK)
            continue;
        struct transfer *transfer = (struct transfer *)(void *)private;
        if (transfer->attempt.is_mail && code == CURLE_OK)
            begin_mail(pump, transfer);
        else
            finish(pump, transfer, code);
    }
}

static void act(struct pump *pump, curl_socket_t fd, int events)
{
    int running = 0;
    (void)curl_multi_socket_action(pump->multi, fd, events, &running);
    report_finished(pump);
}

/* A hang-up is told as "try to read": libcurl then finds the last bytes of the peer before the end, where its own error
 * flag would make it give up at once. */
static void fd_ready(void *context, int fd, unsigned events)
{
    int action = 0;
    if (events & (LOOP_READ | LOOP_HANGUP))
        action |= CURL_CSELECT_IN;
    if (events & LOOP_WRITE)
        action |= CURL_CSELECT_OUT;
    act(context, fd, action);
}

static void timer_due(void *context)
{
    act(context, CURL_SOCKET_TIMEOUT, 0);
}

static int want_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct pump *pump = context;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        loop_remove(pump->loop, fd);
        (void)curl_multi_assign(pump->multi, fd, NULL);
        return 0;
    }
    unsigned events = 0;
    if (what == CURL_POLL_IN || what == CURL_POLL_INOUT)
        events |= LOOP_READ;
    if (what == CURL_POLL_OUT || what == CURL_POLL_INOUT)
        events |= LOOP_WRITE;
    if (known != NULL)
        return loop_change(pump->loop, fd, events) == 0 ? 0 : -1;
    if (loop_add(pump->loop, fd, events, fd_ready, pump) != 0)
        return -1;
    return curl_multi_assign(pump->multi, fd, pump) == CURLM_OK ? 0 : -1;
}

static int want_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct pump *pump = context;
    (void)multi;
    if (timeout_ms < 0) {
        loop_timer_cancel(pump->loop, &pump->timer);
        return 0;
    }
    return loop_timer_set(pump->loop, &pump->timer, clock_mono_ms() + timeout_ms, timer_due, pump) == 0 ? 0 : -1;
}

#define SET(option, value)                                                                                             \
    do {                                                                                                               \
        if (curl_multi_setopt(pump->multi, option, value) != CURLM_OK)                                                 \
            return ERR_UNSUPPORTED;                                                                                    \
    } while (0)

static int set_options(struct pump *pump)
{
    SET(CURLMOPT_SOCKETFUNCTION, want_socket);
    SET(CURLMOPT_SOCKETDATA, pump);
    SET(CURLMOPT_TIMERFUNCTION, want_timer);
    SET(CURLMOPT_TIMERDATA, pump);
    SET(CURLMOPT_MAXCONNECTS, PUMP_KEPT_CONNECTIONS);
    SET(CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return 0;
}

int pump_new(struct loop *loop, const char *ca_file, pump_fn on_done, void *context, struct pump **ret_pump)
{
    struct pump *pump = calloc(1, sizeof(*pump));
    if (pump == NULL)
        return ERR_NOMEM;
    pump->loop = loop;
    pump->ca_file = ca_file;
    pump->on_done = on_done;
    pump->context = context;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        free(pump);
        return ERR_NOMEM;
    }
    pump->multi = curl_multi_init();
    int status = pump->multi != NULL ? set_options(pump) : ERR_NOMEM;
    if (status == 0)
        *ret_pump = pump;
    else
        pump_free(pump);
    return status;
}

void pump_free(struct pump *pump)
{
    if (pump == NULL)
        return;
    pump_abort_all(pump);
    if (pump->multi != NULL)
        (void)curl_multi_cleanup(pump->multi);
    curl_global_cleanup();
    loop_timer_cancel(pump->loop, &pump->timer);
    free(pump);
}

int pump_start(struct pump *pump, struct job *job)
{
    if (pump->count == WIRE_CAPACITY) {
        job_free(job);
        return ERR_LIMIT;
    }
    struct transfer *transfer = NULL;
    int status = transfer_new(job, pump->ca_file, &transfer);
    if (status != 0)
        return status;
    if (curl_multi_add_handle(pump->multi, transfer->easy) != CURLM_OK) {
        transfer_free(transfer);
        return ERR_NOMEM;
    }
    pump->slots[pump->count++] =
        (struct slot){ .transfer = transfer, .deadline_ms = clock_mono_ms() + transfer->job->timeout_ms };
    return 0;
}

void pump_abort_all(struct pump *pump)
{
    while (pump->count > 0)
        drop_at(pump, pump->count - 1);
}

size_t pump_count(const struct pump *pump)
{
    return pump->count;
}

bool pump_has_job(const struct pump *pump, const char *id)
{
    for (size_t i = 0; i < pump->count; i++)
        if (str_equal(pump->slots[i].transfer->job->id, id))
            return true;
    return false;
}
