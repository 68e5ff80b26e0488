/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - the steps and their replies.
 */
#include "gateway/sender/dialogue.h"

#include <string.h>

#include "gateway/base/str.h"

static bool is_ascii(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] > 0x7e)
            return false;
    return true;
}

void dialogue_add_text(struct buf *out, struct span text)
{
    bool is_line_start = true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '\r' || c == '\n') {
            buf_add_text(out, "\r\n");
            if (c == '\r' && i + 1 < text.len && text.data[i + 1] == '\n')
                i++;
            is_line_start = true;
            continue;
        }
        if (is_line_start && c == '.')
            buf_add_char(out, '.');
        buf_add_char(out, c);
        is_line_start = false;
    }
    buf_add_text(out, is_line_start ? ".\r\n" : "\r\n.\r\n");
}

static int put_mail(struct dialogue *dialogue)
{
    const struct job *job = dialogue->job;
    const char *from = job->from != NULL ? job->from : "";
    bool needs_utf8 = !is_ascii(span_of(from)) || !is_ascii(span_of(job->to));
    if (needs_utf8 && !dialogue->has_smtputf8)
        return ERR_UNSUPPORTED;
    buf_add_format(&dialogue->out, "MAIL FROM:<%s>", from);
    if (dialogue->has_8bitmime && !is_ascii(buf_span(&job->body)))
        buf_add_text(&dialogue->out, " BODY=8BITMIME");
    if (needs_utf8)
        buf_add_text(&dialogue->out, " SMTPUTF8");
    buf_add_text(&dialogue->out, "\r\n");
    return buf_check(&dialogue->out);
}

int dialogue_begin(struct dialogue *dialogue, const struct job *job, bool has_8bitmime, bool has_smtputf8)
{
    memset(dialogue, 0, sizeof(*dialogue));
    dialogue->job = job;
    dialogue->has_8bitmime = has_8bitmime;
    dialogue->has_smtputf8 = has_smtputf8;
    buf_init(&dialogue->out, DIALOGUE_OUT_MAX);
    int status = put_mail(dialogue);
    if (status != 0)
        dialogue_done(dialogue);
    return status;
}

void dialogue_done(struct dialogue *dialogue)
{
    if (dialogue->out.data != NULL)
        explicit_bzero(dialogue->out.data, dialogue->out.len);
    buf_done(&dialogue->out);
}

struct span dialogue_pending(const struct dialogue *dialogue)
{
    struct span all = buf_span(&dialogue->out);
    return (struct span){ all.data + dialogue->out_sent, all.len - dialogue->out_sent };
}

void dialogue_wrote(struct dialogue *dialogue, size_t len)
{
    dialogue->out_sent += len;
}

bool dialogue_is_text_written(const struct dialogue *dialogue)
{
    return dialogue->step == DIALOGUE_TEXT && dialogue->out_sent == dialogue->out.len;
}

/* Goes to the next step and puts its bytes. */
static int advance(struct dialogue *dialogue)
{
    dialogue->step++;
    dialogue->out_sent = 0;
    buf_clear(&dialogue->out);
    if (dialogue->step == DIALOGUE_RCPT)
        buf_add_format(&dialogue->out, "RCPT TO:<%s>\r\n", dialogue->job->to);
    else if (dialogue->step == DIALOGUE_DATA)
        buf_add_text(&dialogue->out, "DATA\r\n");
    else if (dialogue->step == DIALOGUE_TEXT)
        dialogue_add_text(&dialogue->out, buf_span(&dialogue->job->body));
    return buf_check(&dialogue->out);
}

/* The final dot's reply and every refusal end the dialogue; QUIT is said on the way out and its reply not waited for.
 */
static int end(struct dialogue *dialogue, int status)
{
    dialogue->step = DIALOGUE_ENDED;
    dialogue->status = status;
    dialogue->out_sent = 0;
    buf_clear(&dialogue->out);
    buf_add_text(&dialogue->out, "QUIT\r\n");
    return buf_check(&dialogue->out);
}

static int take_reply(struct dialogue *dialogue, int status)
{
    bool is_early = dialogue->out_sent < dialogue->out.len; /* spoken while we were speaking */
    if (status >= 400)
        return end(dialogue, status);
    if (is_early)
        return ERR_PROTOCOL;
    if (dialogue->step == DIALOGUE_DATA)
        return status == 354 ? advance(dialogue) : ERR_PROTOCOL;
    if (status < 200 || status > 299)
        return ERR_PROTOCOL;
    return dialogue->step == DIALOGUE_TEXT ? end(dialogue, status) : advance(dialogue);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* line: without CRLF. A hyphen after the code means that more lines follow. */
static int take_line(struct dialogue *dialogue, const char *line, size_t len)
{
    if (len < 3 || line[0] < '2' || line[0] > '5' || !is_digit(line[1]) || !is_digit(line[2]))
        return ERR_PROTOCOL;
    if (len > 3 && line[3] == '-')
        return 0;
    if (len > 3 && line[3] != ' ')
        return ERR_PROTOCOL;
    return take_reply(dialogue, (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
}

int dialogue_take(struct dialogue *dialogue, struct span data)
{
    dialogue->taken += data.len;
    if (dialogue->taken > DIALOGUE_REPLIES_MAX)
        return ERR_PROTOCOL;
    for (size_t i = 0; i < data.len && dialogue->step != DIALOGUE_ENDED; i++) {
        if (data.data[i] != '\n') {
            if (dialogue->line_len == sizeof(dialogue->line))
                return ERR_PROTOCOL;
            dialogue->line[dialogue->line_len++] = data.data[i];
            continue;
        }
        size_t len = dialogue->line_len;
        dialogue->line_len = 0;
        if (len > 0 && dialogue->line[len - 1] == '\r')
            len--;
        int status = take_line(dialogue, dialogue->line, len);
        if (status != 0)
            return status;
    }
    return 0;
}
