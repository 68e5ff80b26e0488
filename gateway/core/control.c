/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control - see control.h. */
#include "gateway/core/control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/verbs.h"

struct client {
    struct control *owner;
    struct frame_conn *conn;
    char actor[40];
    json_t *request; /* waits for the turn */
    json_t *rows;    /* produced in this turn */
    int end;         /* -1 = not run yet */
    bool is_outside; /* runs after the commit */
    char why[256];
};

struct control {
    struct core *core;
    struct dispatch *dispatch;
    struct loop *loop;
    int listen_fd;
    struct client *clients[CONTROL_CLIENTS_MAX];
};

/* ---- one client ------------------------------------------------------------------------------------------------ */

static int send_json(struct client *client, json_t *frame)
{
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    int rc = frame ? json_write(frame, &text) : ERR_NOMEM;
    json_decref(frame);
    return rc ? rc : frame_conn_send(client->conn, buf_span(&text));
}

static void forget_request(struct client *client)
{
    json_decref(client->request);
    json_decref(client->rows);
    client->request = NULL;
    client->rows = NULL;
    client->end = -1;
    client->is_outside = false;
    client->why[0] = '\0';
}

static void answer(struct client *client)
{
    int rc = 0;
    size_t i;
    json_t *row;
    json_array_foreach(client->rows, i, row)
    {
        if (!rc)
            rc = send_json(client, json_pack("{s:O}", "row", row));
    }
    if (!rc)
        rc = send_json(client, json_pack("{s:i, s:s}", "end", client->end, "why", client->why));
    forget_request(client);
    if (rc)
        frame_conn_close(client->conn);
}

static void on_frame(void *context, struct frame_conn *conn, struct span text)
{
    struct client *client = context;
    struct error error;
    json_t *frame = json_read(text, &error);
    (void)conn;
    if (client->request || !json_is_object(frame)) {
        json_decref(frame); /* a second request before the first was answered, or no JSON: not our protocol */
        frame_conn_close(client->conn);
        return;
    }
    client->request = frame;
    client->end = -1;
}

static void on_close(void *context, struct frame_conn *conn)
{
    struct client *client = context;
    (void)conn;
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (client->owner->clients[i] == client)
            client->owner->clients[i] = NULL;
    forget_request(client);
    free(client);
}

/* ---- running --------------------------------------------------------------------------------------------------- */

static void on_row(void *context, json_t *row)
{
    struct client *client = context;
    if (row)
        json_array_append_new(client->rows, row);
}

static int run_verb(struct client *client, const struct verb *verb, const struct outage_state *storage, int64_t now_ms)
{
    struct verb_call call = {
        .core = client->owner->core,
        .dispatch = client->owner->dispatch,
        .actor = client->actor,
        .args = json_object_get(client->request, "args"),
        .now_ms = now_ms,
        .storage = storage,
        .on_row = on_row,
        .context = client,
    };
    json_decref(client->rows);
    client->rows = json_array();
    int rc = client->rows ? verb->run(&call) : ERR_NOMEM;
    str_copy(client->why, sizeof client->why, call.why);
    return rc;
}

static const struct verb *verb_of(struct client *client)
{
    const struct verb *verb = verbs_find(json_text(client->request, "verb", ""));
    if (json_int(client->request, "control", 0) == 1 && verb)
        return verb;
    client->end = VERB_USAGE;
    str_copy(client->why, sizeof client->why, verb ? "only version 1 is spoken here" : "unknown verb");
    return NULL;
}

static void refuse_storage(struct client *client, int rc)
{
    client->end = VERB_REFUSED;
    json_array_clear(client->rows);
    snprintf(client->why, sizeof client->why, "the database refused it (%s): nothing was changed", error_name(rc));
}

static int run_client(struct client *client, const struct outage_state *storage, int64_t now_ms)
{
    struct store *store = client->owner->core->store;
    const struct verb *verb = verb_of(client);
    if (!verb)
        return 0;
    client->is_outside = verb->is_outside;
    if (client->is_outside)
        return 0;
    int rc = store_savepoint(store);
    if (rc)
        return rc;
    client->end = run_verb(client, verb, storage, now_ms);
    if (client->end == VERB_DONE || client->end == VERB_REFUSED)
        return store_release(store);
    store_undo(store);
    if (client->end < 0)
        refuse_storage(client, client->end);
    return 0;
}

bool control_is_waiting(const struct control *control)
{
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (control->clients[i] && control->clients[i]->request)
            return true;
    return false;
}

int control_run(struct control *control, const struct outage_state *storage, int64_t now_ms)
{
    int rc = 0;
    for (int i = 0; !rc && i < CONTROL_CLIENTS_MAX; i++)
        if (control->clients[i] && control->clients[i]->request)
            rc = run_client(control->clients[i], storage, now_ms);
    return rc;
}

void control_release(struct control *control, const struct outage_state *storage, int64_t now_ms)
{
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        struct client *client = control->clients[i];
        if (!client || !client->request)
            continue;
        if (client->is_outside) {
            client->end = run_verb(client, verb_of(client), storage, now_ms);
            if (client->end < 0)
                refuse_storage(client, client->end);
        }
        if (client->end >= 0)
            answer(client);
    }
}

void control_abandon(struct control *control)
{
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        struct client *client = control->clients[i];
        if (!client || !client->request)
            continue;
        refuse_storage(client, ERR_IO);
        answer(client);
    }
}

/* ---- accepting ------------------------------------------------------------------------------------------------- */

static void admit(struct control *control, int fd, int slot)
{
    pid_t pid;
    uid_t uid;
    gid_t gid;
    struct client *client = calloc(1, sizeof *client);
    if (!client) {
        close(fd);
        return;
    }
    client->owner = control;
    client->end = -1;
    if (frame_conn_new(control->loop, fd, on_frame, on_close, client, &client->conn)) {
        close(fd);
        free(client);
        return;
    }
    control->clients[slot] = client;
    if (frame_conn_peer(client->conn, &pid, &uid, &gid))
        frame_conn_close(client->conn);
    else
        snprintf(client->actor, sizeof client->actor, "uid:%u", (unsigned)uid);
}

static void on_accept(void *context, int listen_fd, unsigned events)
{
    struct control *control = context;
    (void)events;
    for (;;) {
        int fd = accept4(listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), slot = 0;
        if (fd < 0)
            return;
        while (slot < CONTROL_CLIENTS_MAX && control->clients[slot])
            slot++;
        if (slot == CONTROL_CLIENTS_MAX)
            close(fd);
        else
            admit(control, fd, slot);
    }
}

int control_new(
    struct core *core, struct dispatch *dispatch, struct loop *loop, int listen_fd, struct control **ret_control)
{
    struct control *control = calloc(1, sizeof *control);
    if (!control)
        return ERR_NOMEM;
    *control = (struct control){ .core = core, .dispatch = dispatch, .loop = loop, .listen_fd = listen_fd };
    int rc = loop_add(loop, listen_fd, LOOP_READ, on_accept, control);
    if (rc) {
        free(control);
        return rc;
    }
    *ret_control = control;
    return 0;
}

void control_free(struct control *control)
{
    if (!control)
        return;
    loop_remove(control->loop, control->listen_fd);
    for (int i = 0; i < CONTROL_CLIENTS_MAX; i++)
        if (control->clients[i])
            frame_conn_close(control->clients[i]->conn);
    free(control);
}
