/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_latency - from her text at the webhook to the alert at a contact's own server, at 1, 50 and 500 texts a second.
 * What:  the real daemon and the real sender; Twilio-signed texts, each of a new number; an HTTP sink in a process of
 * its own. Each text carries the time at which it left; the answer's delay counts from when it was due.
 * Keeps: every text must be answered with success and must arrive at the sink exactly as often as it was sent: else the
 *        exit status is 1 and the figures mean nothing. Loopback, bounded in time.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"
#include "gateway/http/listen.h"
#include "gateway/http/server.h"
#include "tests/support/line.h"
#include "tests/support/loadgen.h"

#define TOKEN "0123456789abcdef0123456789abcdef"
#define URL "https://line.example.org/in/line/message"
#define MARK "tulong po walang pagkain t" /* then the index of the rate, 't', and the time it left in microseconds */
#define MARK_FORM "tulong+po+walang+pagkain+t"
#define CONNECTIONS 16
#define SETTLE_MS 10000 /* for the last alerts of a run */
#define CONFIG_MAX 4096

static const struct {
    unsigned per_s;
    int64_t duration_ms;
} rates[] = { { 1, 20000 }, { 50, 10000 }, { 500, 6000 } };

static const char config[] =
    "channels = ( { name = \"line\"; kind = \"twilio\"; account_sid = \"AC00000000000000000000000000000000\"; auth_token = \"" TOKEN
    "\"; public_url = \"" URL "\"; from = \"+966500000000\"; country = \"SA\"; },\n"
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_dGhpcnR5LXR3byBieXRlcyBvZiB0ZXN0IHNlY3JldCE=\"; "
    "url = \"http://%s/\"; in_flight_max = 32; } );\n"
    "contacts = ( { name = \"a\"; title = \"A\"; kind = \"ngo\"; trust = \"full\"; addresses = ( { channel = \"desk\"; to = "
    "\"http://%s/a\"; } ); } );\n"
    "policies = ( { name = \"p\"; steps = ( { after = \"0 s\"; contacts = [ \"a\" ]; } ); } );\n"
    "routes = ( { policy = \"p\"; } );\n";

/* What the sink has seen; shared with it. */
struct seen {
    struct latency latency[STR_COUNT(rates)];
    volatile uint64_t count[STR_COUNT(rates)];
};

/* ---- the sink -------------------------------------------------------------------------------------------------- */

static void on_alert(void *context, struct http_exchange *exchange, const struct request *request)
{
    static const struct reply ok = { .status = 200, .content_type = "text/plain" };
    struct seen *seen = context;
    unsigned rate;
    long long left_us;
    const char *at = request->body.len ? memmem(request->body.data, request->body.len, MARK, strlen(MARK)) : NULL;
    int64_t now_us = clock_mono_us();
    http_answer(exchange, &ok);
    if (!at || sscanf(at + strlen(MARK), "%ut%lld", &rate, &left_us) != 2 || rate >= STR_COUNT(rates))
        return;
    latency_add(&seen->latency[rate], now_us - left_us);
    seen->count[rate]++;
}

static void serve(int listen_fd, struct seen *seen)
{
    struct loop *loop;
    struct http_server *server;
    struct error error;
    if (loop_new(&loop) || http_server_new(loop, listen_fd, NULL, on_alert, seen, &error, &server))
        _exit(1);
    while (loop_wait(loop, 1000) >= 0)
        ;
    _exit(1);
}

static pid_t start_sink(struct seen *seen, char *ret_address)
{
    struct error error;
    int fd;
    if (http_listen("127.0.0.1:0", &error, &fd) || http_listen_name(fd, ret_address)) {
        fprintf(stderr, "bench_latency: the sink cannot listen\n");
        exit(1);
    }
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd, seen);
    }
    close(fd);
    return pid;
}

/* ---- the texts ------------------------------------------------------------------------------------------------- */

struct sending {
    uint32_t next; /* number of the sender and id of the message */
    unsigned rate;
    uint64_t refused;
};

/* The fields in the order of their names, which is also the order they are signed in. */
static void sign(uint32_t number, const char *mark, struct buf *signature)
{
    char text[512];
    unsigned char mac[MAC_LEN_MAX];
    size_t len;
    int n = snprintf(
        text, sizeof text, URL "Body" MARK "%sFrom+9665%08uMessageSidSM%032uTo+966500000000", mark, number, number);
    if (!mac_compute(MAC_SHA1, span_of(TOKEN), (struct span){ text, (size_t)n }, mac, &len))
        str_base64_encode(signature, mac, len);
}

static bool next_request(void *context, unsigned connection, struct buf *out)
{
    struct sending *sending = context;
    uint32_t number = sending->next++;
    char mark[48], body[256];
    AUTO_BUF signature;
    (void)connection;
    buf_init(&signature, 128);
    snprintf(mark, sizeof mark, "%ut%lld", sending->rate, (long long)clock_mono_us());
    sign(number, mark, &signature);
    int n = snprintf(body, sizeof body, "Body=" MARK_FORM "%s&From=%%2B9665%08u&MessageSid=SM%032u&To=%%2B966500000000",
        mark, number, number);
    buf_add_format(out,
        "POST /in/line/message HTTP/1.1\r\nHost: line\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "X-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s",
        signature.data, n, body);
    return true;
}

static void on_answer(void *context, unsigned connection, int status, struct span body)
{
    struct sending *sending = context;
    (void)connection;
    (void)body;
    sending->refused += status != 200;
}

/* ---- measuring ------------------------------------------------------------------------------------------------- */

static double ms(const struct latency *latency, double fraction)
{
    return (double)latency_quantile(latency, fraction) / 1000;
}

/* True when every text of the run has become an alert at the sink. */
static bool wait_for_alerts(const struct seen *seen, unsigned rate, uint64_t wanted)
{
    for (int64_t end = clock_mono_ms() + SETTLE_MS; seen->count[rate] < wanted && clock_mono_ms() < end;)
        usleep(1000);
    return seen->count[rate] == wanted;
}

static bool measure(const struct line *line, struct seen *seen, struct sending *sending, unsigned rate)
{
    struct loadgen_options options = { .address = line->address,
        .connections = CONNECTIONS,
        .duration_ms = rates[rate].duration_ms,
        .rate_per_s = rates[rate].per_s };
    struct loadgen_result *result = calloc(1, sizeof *result);
    sending->rate = rate;
    if (!result || loadgen_run(&options, next_request, on_answer, sending, result)) {
        free(result);
        return false;
    }
    bool is_complete = wait_for_alerts(seen, rate, result->by_class[2]) && !result->lost;
    const struct latency *alerts = &seen->latency[rate];
    printf(
        "bench_latency: %3u a second: webhook to sink p50 %.1f ms, p99 %.1f ms, max %.1f ms; answer p50 %.1f ms, p99 "
        "%.1f ms, max %.1f ms (%llu texts, %llu alerts)\n",
        rates[rate].per_s, ms(alerts, 0.5), ms(alerts, 0.99), ms(alerts, 1), ms(&result->latency, 0.5),
        ms(&result->latency, 0.99), ms(&result->latency, 1), (unsigned long long)result->sent,
        (unsigned long long)seen->count[rate]);
    fflush(stdout);
    free(result);
    return is_complete;
}

int main(void)
{
    char address[HTTP_LISTEN_NAME_MAX], text[CONFIG_MAX];
    struct sending sending = { 0 };
    struct line line;
    bool is_complete = true;
    struct seen *seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (seen == MAP_FAILED)
        return 1;
    pid_t sink = start_sink(seen, address);
    snprintf(text, sizeof text, config, address, address);
    line_open(&line, text);
    line_start(&line);
    line_start_sender(&line);
    for (unsigned rate = 0; rate < STR_COUNT(rates); rate++)
        is_complete = measure(&line, seen, &sending, rate) && is_complete;
    printf("bench_latency: resident %lld kB daemon, %lld kB sender\n", (long long)line_rss_kb(line.daemon),
        (long long)line_rss_kb(line.sender));
    line_close(&line);
    kill(sink, SIGKILL);
    waitpid(sink, NULL, 0);
    if (!is_complete || sending.refused)
        fprintf(stderr, "bench_latency: %llu texts were refused, or alerts are missing or doubled\n",
            (unsigned long long)sending.refused);
    return !is_complete || sending.refused;
}
