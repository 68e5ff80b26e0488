/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calls - the providers' webhooks on the wire: three in ten are lost, half of them on the way to us, half on the way
 * back; what is not answered with success is repeated as its provider does it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "tests/storm/storm.h"

#define LOST_ON_THE_WAY_PERCENT 15
#define LOST_ANSWER_PERCENT 15
#define AGAIN_PERCENT 12 /* repeated although it was answered */
#define ROUNDS_MAX 400
#define TURNS 3
#define BUSY_MAX 3

static const struct provider *provider_of(const struct storm *storm, const struct hook *hook)
{
    return &providers[hook->is_report ? storm->handed[hook->about].provider : storm->sms[hook->about].provider];
}

/* ---- what an end means ----------------------------------------------------------------------------------------- */

static void give_up(struct storm *storm, struct hook *hook)
{
    storm->hooks_open -= hook->is_of_storm;
    storm->counts.given_up++;
    if (!hook->is_report)
        storm->sms[hook->about].is_given_up = true;
}

static void repeat(struct storm *storm, unsigned index)
{
    struct hook *hook = &storm->hooks[index];
    hook->tries++;
    int64_t wait = provider_of(storm, hook)->next_try_ms(hook->tries, storm->now_ms - hook->first_at);
    if (wait < 0)
        give_up(storm, hook);
    else
        storm_plan(storm, storm->now_ms + wait, EVENT_HOOK, index);
}

static void succeed(struct storm *storm, unsigned index)
{
    struct hook *hook = &storm->hooks[index];
    storm->hooks_open -= hook->is_of_storm;
    if (!hook->is_report)
        storm->sms[hook->about].is_taken = true;
    else if (hook->word == storm->handed[hook->about].truth &&
             str_equal_nocase(hook->id, storm->handed[hook->about].id))
        storm->handed[hook->about].is_told = true;
    if (storm->is_calm || !storm_chance(storm, AGAIN_PERCENT))
        return;
    struct hook again = *hook;
    again.tries = 0;
    storm->counts.duplicates++;
    storm_add_hook(
        storm, &again, storm->now_ms + (int64_t)storm_random(storm, storm_chance(storm, 70) ? MINUTE_MS : 2 * HOUR_MS));
}

static void finish(struct storm *storm, struct call *call)
{
    int status = 0;
    struct hook *hook = &storm->hooks[call->hook];
    close(call->fd);
    call->answer[call->len] = '\0';
    if (call->len)
        (void)sscanf(call->answer, "HTTP/1.1 %d", &status);
    if (!hook->is_report)
        storm->sms[hook->about].may_have_come = true;
    /* "Try again" is honest only for a while: no disk is full here. */
    hook->busy += status == 503;
    if (status && (status < 200 || status > 299) && (status != 503 || hook->busy == BUSY_MAX)) {
        storm_violation(storm, "%s: an honest %s was answered %d", provider_of(storm, hook)->channel,
            hook->is_report ? "report" : "message", status);
        storm->counts.refused++;
    }
    if (call->loses_answer || status < 200 || status > 299)
        repeat(storm, call->hook);
    else
        succeed(storm, call->hook);
}

/* ---- the wire -------------------------------------------------------------------------------------------------- */

static int dial(int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) || fcntl(fd, F_SETFL, O_NONBLOCK))
        abort(); /* it runs, so it listens */
    return fd;
}

void calls_begin(struct storm *storm, unsigned index)
{
    struct hook *hook = &storm->hooks[index];
    AUTO_BUF request;
    buf_init(&request, 2 * REQUEST_MAX);
    if (!house_is_up(&storm->house) || (!storm->is_calm && storm_chance(storm, LOST_ON_THE_WAY_PERCENT))) {
        storm->counts.lost++;
        repeat(storm, index);
        return;
    }
    if (hook->is_report)
        provider_of(storm, hook)->write_report(storm, &storm->handed[hook->about], hook, &request);
    else
        provider_of(storm, hook)->write_message(storm, &storm->sms[hook->about], hook, &request);
    if (buf_check(&request))
        abort();
    struct call *call = &storm->calls[storm->call_count++];
    *call = (struct call){ .fd = dial(storm->house.port), .hook = index };
    call->loses_answer = !storm->is_calm && storm_chance(storm, LOST_ANSWER_PERCENT);
    storm->counts.lost += call->loses_answer;
    if (send(call->fd, request.data, request.len, MSG_NOSIGNAL) != (ssize_t)request.len)
        abort(); /* smaller than the buffer of a socket */
}

/* Has it ended: by its answer, or with the daemon? */
static bool listen_to(struct call *call)
{
    ssize_t n = recv(call->fd, call->answer + call->len, sizeof call->answer - 1 - call->len, 0);
    if (n < 0)
        return errno != EAGAIN && errno != EINTR;
    call->len += (size_t)n;
    return n == 0; /* we asked it to close behind the answer */
}

void calls_settle(struct storm *storm)
{
    for (unsigned round = 0; storm->call_count; round++) {
        if (round == ROUNDS_MAX)
            abort();
        bool is_up = house_turn(&storm->house, TURNS);
        for (unsigned i = 0; i < storm->call_count;) {
            struct call call = storm->calls[i];
            bool has_ended = listen_to(&storm->calls[i]);
            if (!has_ended && is_up) {
                i++;
                continue;
            }
            call = storm->calls[i];
            storm->calls[i] = storm->calls[--storm->call_count];
            finish(storm, &call);
        }
    }
}
