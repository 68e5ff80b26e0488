/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * crash - kills the daemon at random under load and counts what it had acknowledged and lost.
 * What:  CRASH_KILLS times: start the daemon, load it over 64 connections, SIGKILL it after 15 to 265 ms. Then every
 * acknowledged message is sent once more with its own id: a message that had been lost is stored by that, so rows
 * appear. Then the database is counted: one case a message, two outbox rows a message, audit chain intact, integrity
 * ok. Keeps: with CRASH_EXPECT=loss (a daemon built to answer before it commits) the harness passes only if it finds
 * loss.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gateway/base/str.h"
#include "tests/support/line.h"
#include "tests/support/loadgen.h"

#define CONNECTIONS 64
#define MESSAGES_MAX (8u << 20)
#define KILL_AFTER_MIN_MS 15
#define KILL_AFTER_SPAN_MS 250

static const char channels[] =
    "channels = ( { name = \"line\"; kind = \"generic\"; auth = \"none\"; country = \"SA\"; send_url = \"http://127.0.0.1:9/\"; },\n"
    "  { name = \"trial\"; kind = \"loopback\"; } );\n"
    "contacts = ( { name = \"a\"; title = \"A\"; kind = \"ngo\"; trust = \"full\"; addresses = ( { channel = \"trial\"; to = \"+639175550101\"; } ); },\n"
    "  { name = \"b\"; title = \"B\"; kind = \"ngo\"; trust = \"masked\"; addresses = ( { channel = \"trial\"; to = \"+639175550102\"; } ); } );\n"
    "policies = ( { name = \"both\"; steps = ( { after = \"0 s\"; contacts = [ \"a\", \"b\" ]; }, { after = \"1 d\"; contacts = [ \"a\" ]; } ); } );\n"
    "routes = ( { policy = \"both\"; } );\n";

struct state {
    uint32_t next;                  /* number of the next new message */
    uint32_t current[CONNECTIONS];  /* what each connection waits for */
    unsigned char *is_acked;        /* by message */
    uint32_t replay_at, replay_end; /* while replaying */
    bool is_replaying;
    uint64_t acked, refused;
};

static void add_request(struct buf *out, uint32_t number)
{
    char body[256];
    int n = snprintf(body, sizeof body, "from=%%2B9665%08u&to=%%2B966500000000&id=m%u&text=tulong+po+walang+pagkain+%u",
        number, number, number);
    buf_add_format(out,
        "POST /in/line/message HTTP/1.1\r\nHost: line\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: %d\r\n\r\n%s",
        n, body);
}

static bool next_new(void *context, unsigned connection, struct buf *out)
{
    struct state *state = context;
    if (state->next == MESSAGES_MAX)
        return false;
    state->current[connection] = state->next++;
    add_request(out, state->current[connection]);
    return true;
}

static bool next_replay(void *context, unsigned connection, struct buf *out)
{
    struct state *state = context;
    while (state->replay_at < state->replay_end && !state->is_acked[state->replay_at])
        state->replay_at++;
    if (state->replay_at == state->replay_end)
        return false;
    state->current[connection] = state->replay_at++;
    add_request(out, state->current[connection]);
    return true;
}

static void on_answer(void *context, unsigned connection, int status, struct span body)
{
    struct state *state = context;
    (void)body;
    if (status != 200)
        state->refused++;
    else if (!state->is_replaying) {
        state->is_acked[state->current[connection]] = 1;
        state->acked++;
    }
}

static void sleep_ms(long ms)
{
    struct timespec span = { ms / 1000, ms % 1000 * 1000000 };
    nanosleep(&span, NULL);
}

/* A child that kills the daemon after a random time, so that the load itself stays one thread. */
static pid_t start_killer(pid_t daemon)
{
    long after = KILL_AFTER_MIN_MS + random() % KILL_AFTER_SPAN_MS;
    pid_t pid = fork();
    if (pid == 0) {
        sleep_ms(after);
        kill(daemon, SIGKILL);
        _exit(0);
    }
    return pid;
}

static void run_load(const struct line *line, struct state *state, bool is_replay)
{
    struct loadgen_options options = {
        .address = line->address, .connections = CONNECTIONS, .duration_ms = is_replay ? 0 : 5000
    };
    struct loadgen_result *result = calloc(1, sizeof *result);
    state->is_replaying = is_replay;
    if (!result || loadgen_run(&options, is_replay ? next_replay : next_new, on_answer, state, result))
        fprintf(stderr, "crash: the load could not run\n");
    free(result);
}

static void kill_once(struct line *line, struct state *state)
{
    line_start(line);
    pid_t killer = start_killer(line->daemon);
    run_load(line, state, false);
    waitpid(killer, NULL, 0);
    waitpid(line->daemon, NULL, 0);
    line->daemon = -1;
}

/* How many acknowledged messages the database did not have. */
static int64_t count_missing(struct line *line, struct state *state)
{
    int64_t before = line_query(line, "SELECT count(*) FROM messages");
    state->replay_at = 0;
    state->replay_end = state->next;
    line_start(line);
    run_load(line, state, true);
    line_stop(line);
    return line_query(line, "SELECT count(*) FROM messages") - before;
}

static unsigned results;
static bool has_failed;

static void report(bool is_ok, const char *what, int64_t found)
{
    printf("%sok %u - %s (%lld)\n", is_ok ? "" : "not ", ++results, what, (long long)found);
    has_failed = has_failed || !is_ok;
}

static void report_counts(struct line *line)
{
    static const char *const verify[] = { "audit", "verify", NULL };
    int64_t messages = line_query(line, "SELECT count(*) FROM messages");
    int64_t cases = line_query(line, "SELECT count(*) FROM cases");
    int64_t odd = line_query(
        line, "SELECT count(*) FROM messages m WHERE (SELECT count(*) FROM outbox o WHERE o.message_id = m.id) <> 2");
    int64_t audited = line_query(line, "SELECT count(*) FROM audit WHERE action = 'case.open'");
    report(cases == messages, "crash_leaves_one_case_a_message", cases - messages);
    report(odd == 0, "crash_leaves_exactly_two_outbox_rows_a_message", odd);
    report(audited == messages, "crash_leaves_one_audit_row_a_message", audited - messages);
    report(line_query(line, "PRAGMA integrity_check") == 1, "crash_leaves_an_intact_database", 0);
    line_start(line);
    int rc = line_ctl(line, NULL, 0, verify);
    line_stop(line);
    report(rc == 0, "crash_leaves_an_intact_audit_chain", rc);
}

int main(void)
{
    const char *kills_text = getenv("CRASH_KILLS"), *expect = getenv("CRASH_EXPECT");
    int64_t kills = 60;
    bool expects_loss = expect && strcmp(expect, "loss") == 0;
    struct state *state = calloc(1, sizeof *state);
    struct line line;
    if (!state || !(state->is_acked = calloc(1, MESSAGES_MAX)) ||
        (kills_text && str_to_int64(kills_text, 1, 1000000, &kills)))
        return 1;
    setvbuf(stdout, NULL, _IOLBF, 0); /* a run that is cut short has said what it saw */
    unsigned seed = (unsigned)time(NULL);
    srandom(seed);
    line_open(&line, channels);
    printf("1..%d\n# %lld kills, seed %u\n", expects_loss ? 2 : 7, (long long)kills, seed);
    for (int64_t i = 0; i < kills; i++)
        kill_once(&line, state);
    int64_t missing = count_missing(&line, state);
    printf("# %llu acknowledged, %lld missing after %lld kills\n", (unsigned long long)state->acked, (long long)missing,
        (long long)kills);
    report(state->acked > (uint64_t)kills, "crash_load_was_real", (int64_t)state->acked);
    report(expects_loss ? missing > 0 : missing == 0,
        expects_loss ? "crash_harness_sees_loss_when_the_answer_comes_first" : "crash_loses_no_acknowledged_message",
        missing);
    if (!expects_loss)
        report_counts(&line);
    line_close(&line);
    free(state->is_acked);
    free(state);
    return has_failed;
}
