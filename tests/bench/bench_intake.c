/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bench_intake - durable, signed intake: acknowledgements a second at 1, 16, 64 and 256 connections, beside what the
 * disk can do. What:  the real daemon, Twilio-signed requests, every message a new number (so a new case, an alert, an
 * outbox row, a step, an audit row). Before and after each run the same disk is asked for its rate of fdatasync; the
 * ratio is the honest figure. Keeps: each line is measured BENCH_ROUNDS times in turn; minimum, median and maximum are
 * printed. Loopback, bounded in time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"
#include "tests/support/line.h"
#include "tests/support/loadgen.h"

#define BENCH_ROUNDS 3
#define RUN_MS 2500
#define SYNC_MS 400
#define TOKEN "0123456789abcdef0123456789abcdef"
#define URL "https://line.example.org/in/line/message"

static const char config[] =
    "channels = ( { name = \"line\"; kind = \"twilio\"; account_sid = \"AC00000000000000000000000000000000\"; auth_token = \"" TOKEN
    "\"; public_url = \"" URL "\"; from = \"+966500000000\"; country = \"SA\"; },\n"
    "  { name = \"desk\"; kind = \"webhook\"; secret = \"whsec_dGhpcnR5LXR3byBieXRlcyBvZiB0ZXN0IHNlY3JldCE=\"; url = \"http://127.0.0.1:9/\"; } );\n"
    "contacts = ( { name = \"a\"; title = \"A\"; kind = \"ngo\"; trust = \"full\"; addresses = ( { channel = \"desk\"; to = "
    "\"http://127.0.0.1:9/a\"; } ); } );\n"
    "policies = ( { name = \"p\"; steps = ( { after = \"0 s\"; contacts = [ \"a\" ]; }, { after = \"1 d\"; contacts = [ \"a\" ]; } ); } );\n"
    "routes = ( { policy = \"p\"; } );\n";

struct state {
    uint32_t next;
    uint64_t refused;
};

/* The fields in the order of their names, which is also the order they are signed in. */
static void sign(uint32_t number, struct buf *signature)
{
    char text[512];
    unsigned char mac[MAC_LEN_MAX];
    size_t len;
    int n = snprintf(text, sizeof text,
        URL "Bodytulong po walang pagkain %uFrom+9665%08uMessageSidSM%032uTo+966500000000", number, number, number);
    if (!mac_compute(MAC_SHA1, span_of(TOKEN), (struct span){ text, (size_t)n }, mac, &len))
        str_base64_encode(signature, mac, len);
}

static bool next_request(void *context, unsigned connection, struct buf *out)
{
    struct state *state = context;
    uint32_t number = state->next++;
    char body[256];
    AUTO_BUF signature;
    (void)connection;
    buf_init(&signature, 128);
    sign(number, &signature);
    int n = snprintf(body, sizeof body,
        "Body=tulong+po+walang+pagkain+%u&From=%%2B9665%08u&MessageSid=SM%032u&To=%%2B966500000000", number, number,
        number);
    buf_add_format(out,
        "POST /in/line/message HTTP/1.1\r\nHost: line\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "X-Twilio-Signature: %s\r\nContent-Length: %d\r\n\r\n%s",
        signature.data, n, body);
    return true;
}

static void on_answer(void *context, unsigned connection, int status, struct span body)
{
    struct state *state = context;
    (void)connection;
    (void)body;
    state->refused += status != 200;
}

/* Appends of 4 KiB, each followed by fdatasync: what one commit costs at least. */
static double sync_rate(const struct line *line)
{
    char path[512], page[4096] = { 0 };
    snprintf(path, sizeof path, "%s/sync", line->folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int64_t begin = clock_mono_us(), now = begin;
    unsigned count = 0;
    for (; fd >= 0 && now - begin < SYNC_MS * 1000; now = clock_mono_us(), count++)
        if (pwrite(fd, page, sizeof page, (off_t)(count % 256) * 4096) != (ssize_t)sizeof page || fdatasync(fd))
            break;
    close(fd);
    unlink(path);
    return count * 1e6 / (double)(now - begin);
}

struct figure {
    double per_s, syncs, p50_ms, p99_ms, max_ms;
};

static struct figure measure(struct line *line, struct state *state, unsigned connections)
{
    struct loadgen_options options = { .address = line->address, .connections = connections, .duration_ms = RUN_MS };
    struct loadgen_result *result = calloc(1, sizeof *result);
    struct figure figure = { .syncs = sync_rate(line) };
    if (!result || loadgen_run(&options, next_request, on_answer, state, result))
        exit(1);
    figure.per_s = (double)result->by_class[2] * 1e6 / (double)result->elapsed_us;
    figure.p50_ms = (double)latency_quantile(&result->latency, 0.5) / 1000;
    figure.p99_ms = (double)latency_quantile(&result->latency, 0.99) / 1000;
    figure.max_ms = (double)result->latency.max_us / 1000;
    figure.syncs = (figure.syncs + sync_rate(line)) / 2;
    free(result);
    return figure;
}

static int compare(const void *a, const void *b)
{
    const struct figure *x = a, *y = b;
    return (x->per_s > y->per_s) - (x->per_s < y->per_s);
}

int main(void)
{
    static const unsigned connections[] = { 1, 16, 64, 256 };
    static struct figure figures[STR_COUNT(connections)][BENCH_ROUNDS];
    struct state state = { 0 };
    struct line line;
    line_open(&line, config);
    line_start(&line);
    printf("bench_intake: start to READY %lld ms, resident at rest %lld kB\n", (long long)line.start_ms,
        (long long)line_rss_kb(line.daemon));
    for (unsigned round = 0; round < BENCH_ROUNDS; round++)
        for (unsigned i = 0; i < STR_COUNT(connections); i++)
            figures[i][round] = measure(&line, &state, connections[i]);
    for (unsigned i = 0; i < STR_COUNT(connections); i++) {
        qsort(figures[i], BENCH_ROUNDS, sizeof figures[i][0], compare);
        const struct figure *m = &figures[i][BENCH_ROUNDS / 2];
        printf(
            "bench_intake: %3u connections: %.0f/s [%.0f-%.0f], %.2f acknowledgements a disk sync (%.0f syncs/s), p50 %.1f ms, p99 %.1f "
            "ms, max %.0f ms\n",
            connections[i], m->per_s, figures[i][0].per_s, figures[i][BENCH_ROUNDS - 1].per_s, m->per_s / m->syncs,
            m->syncs, m->p50_ms, m->p99_ms, m->max_ms);
    }
    printf("bench_intake: %u messages, %llu refused, resident under load %lld kB\n", state.next,
        (unsigned long long)state.refused, (long long)line_rss_kb(line.daemon));
    line_close(&line);
    return state.refused != 0;
}
