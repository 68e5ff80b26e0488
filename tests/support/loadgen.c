/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loadgen - see the header.
 */
#include "tests/support/loadgen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define REQUEST_MAX (1024 * 1024)
#define ANSWER_MAX (1024 * 1024)
#define EVENTS_MAX 512
#define PATIENCE_MS_DEFAULT 30000
#define RECONNECT_MS 10

enum line_state { LINE_IDLE, LINE_WAITING, LINE_BROKEN, LINE_OUT };

struct line {
    int fd;
    enum line_state state;
    unsigned next_idle; /* stack of idle lines: index + 1, 0 ends it */
    int64_t since_us;   /* WAITING: when the request was due; BROKEN: when to try again */
    size_t sent_len;    /* of out */
    struct buf out, in;
};

struct load {
    const struct loadgen_options *options;
    loadgen_next_fn next;
    loadgen_answer_fn on_answer;
    void *context;
    struct loadgen_result *result;
    struct sockaddr_storage address;
    socklen_t address_len;
    int epoll_fd;
    int64_t start_us, end_us; /* end_us 0 = none */
    unsigned idle;            /* top of the stack: index + 1 */
    unsigned waiting, broken;
    struct line *lines;
};

static int parse_address(struct load *load, const char *text)
{
    struct sockaddr_un *local = (struct sockaddr_un *)&load->address;
    struct sockaddr_in *v4 = (struct sockaddr_in *)&load->address;
    char host[64];
    int64_t port = 0;
    if (str_starts(text, "unix:")) {
        local->sun_family = AF_UNIX;
        load->address_len = sizeof(*local);
        return str_copy(local->sun_path, sizeof(local->sun_path), text + 5) ? 0 : ERR_INVALID;
    }
    const char *colon = strrchr(text, ':');
    if (colon == NULL || str_to_int64(colon + 1, 1, 65535, &port) != 0 ||
        !str_copy_span(host, sizeof(host), (struct span){ text, (size_t)(colon - text) }))
        return ERR_INVALID;
    v4->sin_family = AF_INET;
    v4->sin_port = htons((uint16_t)port);
    load->address_len = sizeof(*v4);
    return inet_pton(AF_INET, host, &v4->sin_addr) == 1 ? 0 : ERR_INVALID;
}

static bool is_over(const struct load *load)
{
    return (load->options->requests_max > 0 && load->result->sent >= load->options->requests_max) ||
           (load->end_us > 0 && clock_mono_us() >= load->end_us);
}

static void push_idle(struct load *load, struct line *line)
{
    line->state = LINE_IDLE;
    line->next_idle = load->idle;
    load->idle = (unsigned)(line - load->lines) + 1;
}

static struct line *pop_idle(struct load *load)
{
    if (load->idle == 0)
        return NULL;
    struct line *line = &load->lines[load->idle - 1];
    load->idle = line->next_idle;
    return line;
}

static void drop(struct load *load, struct line *line)
{
    if (line->fd >= 0)
        close(line->fd);
    line->fd = -1;
    buf_clear(&line->in);
    buf_clear(&line->out);
    if (!load->options->is_reconnecting) {
        line->state = LINE_OUT;
        return;
    }
    line->state = LINE_BROKEN;
    line->since_us = clock_mono_us() + RECONNECT_MS * 1000;
    load->broken++;
}

/* Loopback connects at once or fails at once, so a blocking connect keeps this simple. */
static void connect_line(struct load *load, struct line *line)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = line };
    line->fd = socket(load->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (line->fd >= 0 && connect(line->fd, (struct sockaddr *)&load->address, load->address_len) == 0 &&
        fcntl(line->fd, F_SETFL, O_NONBLOCK) == 0 && epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, line->fd, &event) == 0) {
        if (load->address.ss_family == AF_INET)
            (void)setsockopt(line->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
        push_idle(load, line);
        return;
    }
    load->result->refused_connects++;
    drop(load, line);
}

static void lose(struct load *load, struct line *line)
{
    load->waiting--;
    load->result->lost++;
    load->on_answer(load->context, (unsigned)(line - load->lines), 0, (struct span){ "", 0 });
    drop(load, line);
}

static void want(struct load *load, struct line *line, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.ptr = line };
    (void)epoll_ctl(load->epoll_fd, EPOLL_CTL_MOD, line->fd, &event);
}

/* False when the connection broke. */
static bool push_out(struct load *load, struct line *line)
{
    while (line->sent_len < line->out.len) {
        ssize_t n = send(line->fd, line->out.data + line->sent_len, line->out.len - line->sent_len, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            want(load, line, EPOLLIN | EPOLLOUT);
            return true;
        }
        if (n < 0 && errno != EINTR)
            return false;
        line->sent_len += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static void send_next(struct load *load, struct line *line, int64_t due_us)
{
    buf_clear(&line->out);
    line->sent_len = 0;
    if (is_over(load) || !load->next(load->context, (unsigned)(line - load->lines), &line->out) ||
        buf_check(&line->out) != 0) {
        close(line->fd);
        line->fd = -1;
        line->state = LINE_OUT;
        return;
    }
    line->state = LINE_WAITING;
    line->since_us = due_us;
    load->waiting++;
    load->result->sent++;
    if (!push_out(load, line))
        lose(load, line);
}

/* Length of the first complete answer in the buffer, or 0. */
static size_t measure(const struct buf *in, int *ret_status, struct span *ret_body, bool *ret_is_last)
{
    const char *end = in->len > 0 ? strstr(in->data, "\r\n\r\n") : NULL;
    if (end == NULL || in->len < 12)
        return 0;
    size_t head = (size_t)(end - in->data) + 4, body = 0;
    *ret_status = (int)strtol(in->data + 9, NULL, 10);
    *ret_is_last = false;
    for (const char *at = in->data; at < end; at = strstr(at, "\r\n") + 2) {
        if (str_starts_nocase(at, "Content-Length:"))
            body = (size_t)strtoul(at + strlen("Content-Length:"), NULL, 10);
        if (str_starts_nocase(at, "Connection: close"))
            *ret_is_last = true;
    }
    if (in->len - head < body)
        return 0;
    *ret_body = (struct span){ in->data + head, body };
    return head + body;
}

static void take_answer(struct load *load, struct line *line, int status, struct span body, bool is_last)
{
    struct loadgen_result *result = load->result;
    latency_add(&result->latency, clock_mono_us() - line->since_us);
    result->answered++;
    result->by_class[status >= 100 && status < 600 ? status / 100 : 0]++;
    load->waiting--;
    load->on_answer(load->context, (unsigned)(line - load->lines), status, body);
    buf_clear(&line->in);
    if (is_last) {
        close(line->fd);
        connect_line(load, line);
    } else {
        push_idle(load, line);
    }
}

/* False when the connection broke or the peer closed. */
static bool pull_in(struct line *line)
{
    char chunk[16384];
    for (;;) {
        ssize_t n = recv(line->fd, chunk, sizeof(chunk), 0);
        if (n > 0) {
            buf_add(&line->in, chunk, (size_t)n);
            if ((size_t)n < sizeof(chunk))
                return buf_check(&line->in) == 0;
        } else {
            return n < 0 && (errno == EAGAIN || errno == EINTR);
        }
    }
}

static void on_event(struct load *load, struct line *line, uint32_t events)
{
    int status = 0;
    struct span body = { "", 0 };
    bool is_last = false;
    if (line->fd < 0)
        return;
    if ((events & EPOLLOUT) != 0 && line->state == LINE_WAITING) {
        want(load, line, EPOLLIN);
        if (!push_out(load, line)) {
            lose(load, line);
            return;
        }
    }
    bool is_alive = pull_in(line);
    size_t len = 0;
    while ((len = measure(&line->in, &status, &body, &is_last)) > 0 && status < 200)
        buf_consume(&line->in, len);
    if (len > 0 && line->state == LINE_WAITING)
        take_answer(load, line, status, body, is_last);
    else if (!is_alive && line->state == LINE_WAITING)
        lose(load, line);
    else if (!is_alive && line->state == LINE_IDLE)
        want(load, line, 0); /* it is in the stack: the next send finds out */
}

/* Requests whose time has come. In the closed loop that is every idle connection. */
static void feed(struct load *load)
{
    unsigned rate = load->options->rate_per_s;
    struct line *line;
    for (;;) {
        int64_t now = clock_mono_us();
        int64_t due = rate > 0 ? load->start_us + (int64_t)(load->result->sent * 1000000 / rate) : now;
        if (due > now || (line = pop_idle(load)) == NULL)
            return;
        send_next(load, line, due);
    }
}

static void mend(struct load *load)
{
    int64_t now = clock_mono_us();
    int64_t patience_us = (load->options->patience_ms > 0 ? load->options->patience_ms : PATIENCE_MS_DEFAULT) * 1000;
    for (unsigned i = 0; i < load->options->connections; i++) {
        struct line *line = &load->lines[i];
        if (line->state == LINE_WAITING && now - line->since_us > patience_us) {
            lose(load, line);
        } else if (line->state == LINE_BROKEN && now >= line->since_us) {
            load->broken--;
            if (is_over(load))
                line->state = LINE_OUT;
            else
                connect_line(load, line);
        }
    }
}

static int run(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];
    int64_t mended_us = 0;
    for (;;) {
        feed(load);
        if (load->waiting == 0 && load->broken == 0 && (load->idle == 0 || is_over(load)))
            return 0;
        int count = epoll_wait(load->epoll_fd, events, EVENTS_MAX, load->options->rate_per_s > 0 ? 1 : RECONNECT_MS);
        if (count < 0 && errno != EINTR)
            return ERR_IO;
        for (int i = 0; i < count; i++)
            on_event(load, events[i].data.ptr, events[i].events);
        if (clock_mono_us() - mended_us > RECONNECT_MS * 1000) {
            mended_us = clock_mono_us();
            mend(load);
        }
    }
}

static int open_lines(struct load *load)
{
    load->lines = calloc(load->options->connections, sizeof(*load->lines));
    load->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (load->lines == NULL || load->epoll_fd < 0)
        return load->lines == NULL ? ERR_NOMEM : ERR_IO;
    for (unsigned i = 0; i < load->options->connections; i++) {
        load->lines[i].fd = -1;
        buf_init(&load->lines[i].out, REQUEST_MAX);
        buf_init(&load->lines[i].in, ANSWER_MAX);
        connect_line(load, &load->lines[i]);
    }
    return 0;
}

static void close_lines(struct load *load)
{
    for (unsigned i = 0; load->lines != NULL && i < load->options->connections; i++) {
        if (load->lines[i].fd >= 0)
            close(load->lines[i].fd);
        buf_done(&load->lines[i].out);
        buf_done(&load->lines[i].in);
    }
    free(load->lines);
    if (load->epoll_fd >= 0)
        close(load->epoll_fd);
}

int loadgen_run(const struct loadgen_options *options, loadgen_next_fn next, loadgen_answer_fn on_answer, void *context,
    struct loadgen_result *ret_result)
{
    struct load load = { .options = options, .next = next, .on_answer = on_answer, .context = context };
    memset(ret_result, 0, sizeof(*ret_result));
    load.result = ret_result;
    load.epoll_fd = -1;
    if (options->connections == 0 || options->connections > LOADGEN_CONNECTIONS_MAX)
        return ERR_INVALID;
    int code = parse_address(&load, options->address);
    if (code == 0)
        code = open_lines(&load);
    load.start_us = clock_mono_us();
    load.end_us = options->duration_ms > 0 ? load.start_us + options->duration_ms * 1000 : 0;
    if (code == 0)
        code = run(&load);
    ret_result->elapsed_us = clock_mono_us() - load.start_us;
    close_lines(&load);
    return code;
}
