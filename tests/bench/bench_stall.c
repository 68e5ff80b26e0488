/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_stall - does any number of busy keep-alive connections bring the HTTP server to a halt?
 * Why:   the library's own epoll loop does, when exactly 128 connections are ready at once: requests then wait for ten
 *        seconds. Ours must not: every request goes through hand-over, suspension, a "commit" at the end of the turn
 * and resumption, as in the daemon; every fourth is answered at once, to mix both ways. Usage: bench_stall [requests of
 * one set]. Exit 1 when a request was lost, refused or slower than a second.
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/http/listen.h"
#include "gateway/http/server.h"
#include "tests/support/loadgen.h"

#define REQUESTS_DEFAULT 20000
#define SLOWEST_ALLOWED_US 1000000
#define HELD_MAX 4096
#define CONNECTIONS_MAX 512

static const unsigned sets[] = { 1, 64, 127, 128, 129, 256, 512 };

struct held {
    struct http_exchange *exchanges[HELD_MAX];
    size_t count;
    uint64_t seen;
};

static void reply_ok(struct http_exchange *exchange)
{
    static const struct reply ok = { .status = 200, .content_type = "text/plain", .body = "stored", .body_len = 6 };
    http_answer(exchange, &ok);
}

static void on_request(void *context, struct http_exchange *exchange, const struct request *request)
{
    struct held *held = context;
    (void)request;
    if (held->seen++ % 4 == 0 || held->count == HELD_MAX)
        reply_ok(exchange);
    else
        held->exchanges[held->count++] = exchange;
}

struct site {
    struct loop *loop;
    struct http_server *server;
    struct held held;
};

static bool open_site(struct site *site, int listen_fd)
{
    memset(site, 0, sizeof(*site));
    return loop_new(&site->loop) == 0 &&
           http_server_new(site->loop, listen_fd, NULL, on_request, &site->held, NULL, &site->server) == 0;
}

static bool turn(struct site *site, int max_ms)
{
    if (loop_wait(site->loop, max_ms) < 0)
        return false;
    for (size_t i = 0; i < site->held.count; i++)
        reply_ok(site->held.exchanges[i]);
    site->held.count = 0;
    return true;
}

static int serve(int listen_fd)
{
    static struct site site;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!open_site(&site, listen_fd))
        return 1;
    while (turn(&site, -1))
        ;
    return 1;
}

static bool next_request(void *context, unsigned connection, struct buf *out)
{
    static const char body[] = "MessageSid=SM0123456789&From=%2B96650000000&To=%2B6325550000&Body=no+food+3+days+po";
    (void)context;
    buf_add_format(out,
        "POST /in/bench/message?c=%u HTTP/1.1\r\nHost: line.example\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        connection, sizeof(body) - 1, body);
    return true;
}

static void on_answer(void *context, unsigned connection, int status, struct span body)
{
    (void)context;
    (void)connection;
    (void)status;
    (void)body;
}

static bool connect_all(struct site *site, int listen_fd, int *ret_fds, unsigned count)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    if (getsockname(listen_fd, (struct sockaddr *)&address, &len) != 0)
        return false;
    for (unsigned i = 0; i < count; i++) {
        ret_fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (ret_fds[i] < 0 || connect(ret_fds[i], (struct sockaddr *)&address, len) != 0)
            return false;
        while (http_server_counters(site->server)->open <= i) {
            if (!turn(site, 1000))
                return false;
        }
    }
    return true;
}

/* One request on each connection, all of them in the kernel before the server looks. The time until all are answered,
 * or -1. */
static int64_t run_round(struct site *site, const int *fds, unsigned count, struct buf *request)
{
    const struct http_counters *counters = http_server_counters(site->server);
    uint64_t wanted = counters->answered + count;
    char answer[1024];
    for (unsigned i = 0; i < count; i++) {
        if (send(fds[i], request->data, request->len, MSG_NOSIGNAL) != (ssize_t)request->len)
            return -1;
    }
    int64_t start = clock_mono_us();
    while (counters->answered < wanted) {
        if (!turn(site, 1000) || counters->aborted > 0)
            return -1;
    }
    int64_t took = clock_mono_us() - start;
    for (unsigned i = 0; i < count; i++) {
        if (recv(fds[i], answer, sizeof(answer), 0) < 12 || memcmp(answer, "HTTP/1.1 200", 12) != 0)
            return -1;
    }
    return took;
}

static bool run_lockstep(int listen_fd, unsigned connections, uint64_t requests)
{
    static struct site site;
    static int fds[CONNECTIONS_MAX];
    AUTO_BUF request;
    int64_t slowest = 0, total = 0;
    uint64_t rounds = requests / connections + 1;
    buf_init(&request, 4096);
    bool is_good = next_request(NULL, connections, &request) && open_site(&site, listen_fd) &&
                   connect_all(&site, listen_fd, fds, connections);
    for (uint64_t round = 0; is_good && round < rounds; round++) {
        int64_t took = run_round(&site, fds, connections, &request);
        total += took;
        slowest = took > slowest ? took : slowest;
        is_good = took >= 0 && slowest < SLOWEST_ALLOWED_US;
    }
    printf("lockstep connections=%-4u requests=%llu req/s=%.0f slowest_ms=%.2f %s\n", connections,
        (unsigned long long)(rounds * connections), (double)(rounds * connections) * 1e6 / (double)(total + 1),
        (double)slowest / 1e3, is_good ? "ok" : "FAILED");
    http_server_free(site.server);
    loop_free(site.loop);
    for (unsigned i = 0; i < connections; i++)
        close(fds[i]);
    return is_good;
}

static bool run_set(const char *address, unsigned connections, uint64_t requests)
{
    static struct loadgen_result result;
    const struct loadgen_options options = { .address = address, .connections = connections, .requests_max = requests };
    int code = loadgen_run(&options, next_request, on_answer, NULL, &result);
    double seconds = (double)result.elapsed_us / 1e6;
    bool is_good =
        code == 0 && result.by_class[2] == requests && result.lost == 0 && result.latency.max_us < SLOWEST_ALLOWED_US;
    printf("stall connections=%-4u requests=%llu lost=%llu req/s=%.0f p50_ms=%.2f p99_ms=%.2f slowest_ms=%.2f %s\n",
        connections, (unsigned long long)result.answered, (unsigned long long)result.lost,
        (double)result.answered / seconds, (double)latency_quantile(&result.latency, 0.5) / 1e3,
        (double)latency_quantile(&result.latency, 0.99) / 1e3, (double)result.latency.max_us / 1e3,
        is_good ? "ok" : "FAILED");
    return is_good;
}

/* Both ends of 512 connections are more than the usual 1024 descriptors. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
    struct error error = { "" };
    char name[HTTP_LISTEN_NAME_MAX];
    int64_t requests = REQUESTS_DEFAULT;
    int listen_fd = -1;
    if (argc > 2 || (argc == 2 && str_to_int64(argv[1], 1, 1000000000, &requests) != 0)) {
        fprintf(stderr, "usage: bench_stall [requests of one set]\n");
        return 2;
    }
    raise_descriptor_limit();
    if (http_listen("127.0.0.1:0", &error, &listen_fd) != 0 || http_listen_name(listen_fd, name) != 0) {
        fprintf(stderr, "bench_stall: %s\n", error.text);
        return 1;
    }
    bool is_good = true;
    for (size_t i = 0; is_good && i < STR_COUNT(sets); i++)
        is_good = run_lockstep(listen_fd, sets[i], (uint64_t)requests);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(serve(listen_fd));
    is_good = is_good && child > 0;
    for (size_t i = 0; is_good && i < STR_COUNT(sets); i++)
        is_good = run_set(name, sets[i], (uint64_t)requests);
    if (child > 0) {
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    return is_good ? 0 : 1;
}
