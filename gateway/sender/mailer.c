/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailer - curl_easy_send and curl_easy_recv on a descriptor of the loop.
 */
#include "gateway/sender/mailer.h"

#include <stdlib.h>

#include "gateway/sender/dialogue.h"

#define READ_CHUNK 4096

struct mailer {
    struct loop *loop;
    struct transfer *transfer;
    mailer_fn on_done;
    void *context;
    int fd;
    struct loop_timer timer;
    struct dialogue dialogue;
};

static void finish(struct mailer *mailer, CURLcode code)
{
    struct attempt *attempt = &mailer->transfer->attempt;
    attempt->is_written = dialogue_is_text_written(&mailer->dialogue);
    attempt->status = code == CURLE_OK ? mailer->dialogue.status : 0;
    loop_remove(mailer->loop, mailer->fd);
    loop_timer_cancel(mailer->loop, &mailer->timer);
    mailer->on_done(mailer->context, mailer->transfer, code);
}

/* CURLE_OK: all is written; CURLE_AGAIN: the connection takes no more now. */
static CURLcode write_pending(struct mailer *mailer)
{
    struct span pending = dialogue_pending(&mailer->dialogue);
    while (pending.len > 0) {
        size_t sent = 0;
        CURLcode code = curl_easy_send(mailer->transfer->easy, pending.data, pending.len, &sent);
        if (code != CURLE_OK)
            return code == CURLE_AGAIN ? code : CURLE_SEND_ERROR;
        dialogue_wrote(&mailer->dialogue, sent);
        pending = dialogue_pending(&mailer->dialogue);
    }
    return CURLE_OK;
}

static CURLcode read_some(struct mailer *mailer)
{
    char chunk[READ_CHUNK];
    size_t len = 0;
    CURLcode code = curl_easy_recv(mailer->transfer->easy, chunk, sizeof(chunk), &len);
    if (code != CURLE_OK)
        return code == CURLE_AGAIN ? code : CURLE_RECV_ERROR;
    if (len == 0)
        return CURLE_GOT_NOTHING;
    int status = dialogue_take(&mailer->dialogue, (struct span){ chunk, len });
    if (status != 0)
        return status == ERR_NOMEM || status == ERR_LIMIT ? CURLE_OUT_OF_MEMORY : CURLE_WEIRD_SERVER_REPLY;
    return CURLE_OK;
}

static void go_on(struct mailer *mailer)
{
    CURLcode code = write_pending(mailer);
    while (code == CURLE_OK && mailer->dialogue.step != DIALOGUE_ENDED) {
        code = read_some(mailer);
        if (code == CURLE_OK)
            code = write_pending(mailer);
    }
    if (mailer->dialogue.step == DIALOGUE_ENDED) {
        finish(mailer, CURLE_OK);
        return;
    }
    bool is_writing = dialogue_pending(&mailer->dialogue).len > 0;
    if (code == CURLE_AGAIN && loop_change(mailer->loop, mailer->fd, is_writing ? LOOP_WRITE : LOOP_READ) != 0)
        code = CURLE_OUT_OF_MEMORY;
    if (code != CURLE_AGAIN)
        finish(mailer, code);
}

static void ready(void *context, int fd, unsigned events)
{
    (void)fd;
    (void)events;
    go_on(context);
}

static void overdue(void *context)
{
    finish(context, CURLE_OPERATION_TIMEDOUT);
}

int mailer_new(struct loop *loop, struct transfer *transfer, int64_t deadline_ms, mailer_fn on_done, void *context,
    struct mailer **ret_mailer)
{
    curl_socket_t fd = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(transfer->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK || fd == CURL_SOCKET_BAD)
        return ERR_IO;
    struct mailer *mailer = calloc(1, sizeof(*mailer));
    if (mailer == NULL)
        return ERR_NOMEM;
    *mailer = (struct mailer){ .loop = loop, .transfer = transfer, .on_done = on_done, .context = context, .fd = fd };
    int status = dialogue_begin(&mailer->dialogue, transfer->job, transfer->has_8bitmime, transfer->has_smtputf8);
    if (status == 0)
        status = loop_add(loop, fd, LOOP_WRITE, ready, mailer);
    if (status == 0)
        status = loop_timer_set(loop, &mailer->timer, deadline_ms, overdue, mailer);
    if (status == 0)
        *ret_mailer = mailer;
    else
        mailer_free(mailer);
    return status;
}

void mailer_free(struct mailer *mailer)
{
    if (mailer == NULL)
        return;
    loop_remove(mailer->loop, mailer->fd);
    loop_timer_cancel(mailer->loop, &mailer->timer);
    dialogue_done(&mailer->dialogue);
    free(mailer);
}
