/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * uplink - the modem's side of the worker socket: hello, welcome, frames both ways, back-off in between.
 * Keeps: only frames that the protocol allows reach the driver; a broken protocol closes the connection.
 * Not here: what a frame makes the modem do (driver).
 */
#ifndef GATEWAY_MODEM_UPLINK_H
#define GATEWAY_MODEM_UPLINK_H

#include "gateway/base/loop.h"
#include "gateway/modem/modemwire.h"

struct uplink;

struct uplink_events {
    /* Settings of a welcome (is_welcome) or a reload. An error closes the connection. */
    int (*settings)(void *context, const json_t *settings, bool is_welcome, struct error *error);
    void (*pin)(void *context, bool may_try);
    void (*answered)(void *context, const char *message_id, bool is_stored);
    int (*job)(void *context, const char *job_id, const json_t *job, struct error *error);
    void (*refused)(void *context); /* before lost, when there was a welcome: the channel is not ours any more */
    void (*lost)(void *context);    /* after a welcome */
    void *context;
};

/* path and name are borrowed for the life of the uplink, events is copied. An absent daemon is no error. */
int uplink_new(struct loop *loop, const char *path, const char *name, const struct uplink_events *events,
    struct uplink **ret_uplink) MUST_CHECK;
void uplink_free(struct uplink *uplink);

/* Is there a welcome? */
bool uplink_is_up(const struct uplink *uplink);
/* built: what the writer of the frame returned; a failure breaks the connection. False when nothing was sent. */
bool uplink_send(struct uplink *uplink, int built, const struct buf *frame);
/* Writes what is queued for at most a second, then closes; no new connection. */
void uplink_stop(struct uplink *uplink);
/* After uplink_stop: is it closed? */
bool uplink_is_closed(const struct uplink *uplink);

#endif
