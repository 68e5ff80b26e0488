/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * talk - bytes out, lines in, one deadline.
 * Why:   the deadline is short where the modem only has to think, and long where the network has to; a listing has one
 *        for each line and one for the whole, so that a slow drip ends too.
 */
#include "gateway/modem/talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/modem/at.h"

#define READ_CHUNK 4096
#define READS_PER_TURN 4
#define OUT_MAX 4096
#define DEADLINE_MIN_MS 250 /* scaled deadlines: a busy machine must not look like a silent modem */
#define CTRL_Z '\x1a'

struct talk {
    struct loop *loop;
    int fd, percent;
    struct talk_events events;
    struct at at;
    struct answer answer;
    struct buf out, lines;
    struct talk_command command;
    talk_record_fn record;
    talk_done_fn done;
    void *context;
    struct talk_result result;
    int64_t cap_at;
    bool is_running, is_answered, is_body_begun, has_echoed;
    const char *gone_why;
    struct loop_timer timer;
};

int talk_scale(const struct talk *talk, int ms)
{
    return (int)((int64_t)ms * talk->percent / 100);
}

static int scale_deadline(const struct talk *talk, int ms)
{
    int scaled = talk_scale(talk, ms);
    return scaled > DEADLINE_MIN_MS || scaled >= ms ? scaled : DEADLINE_MIN_MS < ms ? DEADLINE_MIN_MS : ms;
}

static void note_gone(struct talk *talk, const char *why)
{
    if (talk->gone_why == NULL)
        talk->gone_why = why;
}

static void finish(struct talk *talk)
{
    talk_done_fn done = talk->done;
    void *context = talk->context;
    loop_timer_cancel(talk->loop, &talk->timer);
    answer_end(&talk->answer);
    talk->at.wants_prompt = false;
    talk->is_running = false;
    talk->result.lines = talk->lines.data != NULL ? talk->lines.data : "";
    talk->result.is_body_out = talk->is_body_begun && talk->out.len == 0;
    const struct talk_result result = talk->result;
    done(context, &result);
}

static void settle(struct talk *talk);

static void timed_out(void *context)
{
    struct talk *talk = context;
    talk->result.end = TALK_TIMEOUT;
    talk->is_answered = true;
    settle(talk);
}

static void set_deadline(struct talk *talk, int ms)
{
    int64_t at = clock_mono_ms() + scale_deadline(talk, ms);
    if (talk->cap_at != 0 && at > talk->cap_at)
        at = talk->cap_at;
    if (loop_timer_set(talk->loop, &talk->timer, at, timed_out, talk) != 0)
        note_gone(talk, "no memory for a timer");
}

static void flush_out(struct talk *talk)
{
    while (talk->out.len > 0) {
        ssize_t written = write(talk->fd, talk->out.data, talk->out.len);
        if (written > 0)
            buf_consume(&talk->out, (size_t)written);
        else if (written < 0 && errno == EINTR)
            continue;
        else if (written < 0 && errno == EAGAIN)
            break;
        else {
            note_gone(talk, "the device takes nothing more");
            break;
        }
    }
    if (loop_change(talk->loop, talk->fd, LOOP_READ | (talk->out.len > 0 ? LOOP_WRITE : 0u)) != 0)
        note_gone(talk, "the device cannot be watched");
}

static void write_text(struct talk *talk, const char *text, char end)
{
    buf_add_text(&talk->out, text);
    buf_add_char(&talk->out, end);
    if (buf_check(&talk->out) != 0)
        note_gone(talk, "the device does not take what is written");
    else
        flush_out(talk);
}

static void take_final(struct talk *talk, const struct answer_found *found)
{
    AUTO_BUF visible;
    buf_init(&visible, AT_LINE_MAX * 6);
    talk->result.final = found->final;
    talk->result.end = found->final.code == ATLINE_OK ? TALK_OK : TALK_ERROR;
    if (talk->result.end == TALK_OK && talk->command.must_have_line && talk->lines.len == 0)
        talk->result.end = TALK_TIMEOUT;
    str_add_visible(&visible, str_trim(found->line));
    if (talk->result.end == TALK_ERROR)
        (void)str_copy_span(talk->result.error, sizeof(talk->result.error), buf_span(&visible));
    talk->is_answered = true;
}

static void found(void *context, const struct answer_found *found_line)
{
    struct talk *talk = context;
    switch (found_line->kind) {
    case ANSWER_LINE:
        if (talk->lines.len + found_line->line.len < TALK_LINES_MAX) {
            buf_add_span(&talk->lines, found_line->line);
            buf_add_char(&talk->lines, '\n');
        }
        break;
    case ANSWER_RECORD:
        if (talk->record != NULL)
            talk->record(talk->context, found_line);
        break;
    case ANSWER_FINAL:
        take_final(talk, found_line);
        break;
    case ANSWER_ECHO:
        talk->result.is_echoed = talk->has_echoed = true;
        break;
    case ANSWER_MESSAGE:
    case ANSWER_REPORT:
        talk->events.arrived(talk->events.context, found_line);
        break;
    case ANSWER_UNASKED:
        talk->events.unasked(talk->events.context, found_line->line);
        break;
    }
}

static void take_prompt(struct talk *talk)
{
    talk->result.has_prompt = true;
    if (talk->result.is_echoed && talk->command.forbids_echo) {
        talk->result.end = TALK_TIMEOUT;
        talk->is_answered = true;
        return;
    }
    talk->is_body_begun = true;
    buf_clear(&talk->lines); /* what came before the body answers an earlier one */
    write_text(talk, talk->command.body, CTRL_Z);
    talk->cap_at = 0;
    set_deadline(talk, talk->command.body_ms);
}

static void take_event(void *context, enum at_event event, struct span line)
{
    struct talk *talk = context;
    if (event == AT_PROMPT) {
        if (talk->is_running && !talk->is_answered && talk->command.body != NULL && !talk->is_body_begun)
            take_prompt(talk);
        return;
    }
    if (talk->is_running && talk->command.shape == ANSWER_LISTING)
        set_deadline(talk, talk->command.deadline_ms);
    answer_take(&talk->answer, line, found, talk);
}

static void read_in(struct talk *talk)
{
    char chunk[READ_CHUNK];
    for (int i = 0; i < READS_PER_TURN && talk->gone_why == NULL; i++) {
        ssize_t got = read(talk->fd, chunk, sizeof(chunk));
        if (got > 0)
            at_feed(&talk->at, (struct span){ chunk, (size_t)got }, take_event, talk);
        else if (got < 0 && errno == EAGAIN)
            break;
        else if (got == 0 || errno != EINTR)
            note_gone(talk, got == 0 ? "the device was closed" : "the device went away");
        if (got > 0 && (size_t)got < sizeof(chunk))
            break;
    }
}

/* Both calls may free talk; gone only when the result before it did not. */
static void settle(struct talk *talk)
{
    if (talk->gone_why != NULL) {
        const struct talk_events events = talk->events;
        const char *why = talk->gone_why;
        loop_remove(talk->loop, talk->fd);
        if (talk->is_running && !talk->is_answered)
            talk->result.end = TALK_GONE;
        if (talk->is_running)
            finish(talk);
        events.gone(events.context, why);
    } else if (talk->is_running && talk->is_answered) {
        finish(talk);
    }
}

static void ready(void *context, int fd, unsigned events)
{
    struct talk *talk = context;
    (void)fd;
    if (events & LOOP_WRITE || talk->out.len > 0)
        flush_out(talk);
    read_in(talk);
    if ((events & LOOP_HANGUP) && !(events & LOOP_READ))
        note_gone(talk, "the device hung up");
    settle(talk);
}

int talk_new(struct loop *loop, int fd, int percent, const struct talk_events *events, struct talk **ret_talk)
{
    struct talk *talk = calloc(1, sizeof(*talk));
    if (talk == NULL || loop_add(loop, fd, LOOP_READ, ready, talk) != 0) {
        free(talk);
        (void)close(fd);
        return ERR_NOMEM;
    }
    talk->loop = loop;
    talk->fd = fd;
    talk->percent = percent;
    talk->events = *events;
    buf_init(&talk->out, OUT_MAX);
    buf_init(&talk->lines, TALK_LINES_MAX + AT_LINE_MAX);
    *ret_talk = talk;
    return 0;
}

void talk_free(struct talk *talk)
{
    if (talk == NULL)
        return;
    loop_timer_cancel(talk->loop, &talk->timer);
    loop_remove(talk->loop, talk->fd);
    (void)close(talk->fd);
    buf_done(&talk->out);
    buf_done(&talk->lines);
    free(talk);
}

void talk_run(
    struct talk *talk, const struct talk_command *command, talk_record_fn record, talk_done_fn done, void *context)
{
    talk->command = *command;
    talk->record = record;
    talk->done = done;
    talk->context = context;
    talk->result = (struct talk_result){ .end = TALK_TIMEOUT };
    talk->is_running = true;
    talk->is_answered = talk->is_body_begun = false;
    buf_clear(&talk->lines);
    talk->at.wants_prompt = command->body != NULL;
    answer_begin(&talk->answer, talk->command.text, command->shape, command->prefix);
    talk->cap_at = command->cap_ms > 0 ? clock_mono_ms() + scale_deadline(talk, command->cap_ms) : 0;
    set_deadline(talk, command->deadline_ms);
    write_text(talk, command->text, '\r');
}

bool talk_is_running(const struct talk *talk)
{
    return talk->is_running;
}

bool talk_is_body_out(const struct talk *talk)
{
    return talk->is_running && talk->is_body_begun && talk->out.len == 0;
}

bool talk_is_gone(const struct talk *talk)
{
    return talk->gone_why != NULL;
}

bool talk_take_echo(struct talk *talk)
{
    bool has_echoed = talk->has_echoed;
    talk->has_echoed = false;
    return has_echoed;
}

void talk_drop(struct talk *talk)
{
    loop_timer_cancel(talk->loop, &talk->timer);
    answer_end(&talk->answer);
    talk->at.wants_prompt = false;
    talk->is_running = false;
}

void talk_escape(struct talk *talk)
{
    buf_clear(&talk->out);
    at_reset(&talk->at);
    write_text(talk, "\x1b", '\r');
}
