/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire - reading and writing frames.
 */
#include "gateway/sender/wire.h"

#include <string.h>

#include "gateway/base/frame.h"
#include "gateway/base/str.h"

static const char *const words[] = { [WIRE_WELCOME] = "welcome",
    [WIRE_REFUSED] = "refused",
    [WIRE_ALLOW] = "allow",
    [WIRE_JOB] = "job",
    [WIRE_PING] = "ping",
    [WIRE_PONG] = "pong" };

/* Words of the other direction or of another role: known, so that a frame cannot carry one of them beside its own. */
static const char *const foreign_words[] = { "hello", "result", "message", "stored" };

static int count_words(const json_t *frame, enum wire_word *ret_word)
{
    int count = 0;
    bool has_allow = false;
    for (size_t i = 0; i < STR_COUNT(words); i++) {
        if (json_object_get(frame, words[i]) == NULL)
            continue;
        if (i == WIRE_ALLOW) {
            has_allow = true;
            continue;
        }
        *ret_word = (enum wire_word)i;
        count++;
    }
    for (size_t i = 0; i < STR_COUNT(foreign_words); i++)
        count += json_object_get(frame, foreign_words[i]) != NULL ? 2 : 0;
    if (count == 0 && has_allow) {
        *ret_word = WIRE_ALLOW;
        count = 1;
    }
    return count;
}

int wire_read(struct span text, json_t **ret_frame, enum wire_word *ret_word, struct error *error)
{
    *ret_frame = NULL;
    *ret_word = WIRE_NONE;
    AUTO_JSON *frame = json_read(text, error);
    if (frame == NULL)
        return ERR_PROTOCOL;
    if (!json_is_object(frame))
        return error_set(error, ERR_PROTOCOL, "the frame is no object");
    enum wire_word word = WIRE_NONE;
    if (count_words(frame, &word) != 1)
        return error_set(error, ERR_PROTOCOL, "the frame has no known word, or several");
    *ret_word = word;
    *ret_frame = json_incref(frame);
    return 0;
}

bool wire_is_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= WIRE_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == len;
}

/* Takes value. */
static int write_frame(struct buf *out, json_t *value)
{
    AUTO_JSON *frame = value;
    return frame != NULL ? json_write(frame, out) : ERR_NOMEM;
}

int wire_write_hello(struct buf *out, const char *name)
{
    return write_frame(out, json_pack("{s:i, s:s, s:s, s:i}", "hello", WIRE_VERSION, "role", "sender", "name", name,
                                "capacity", WIRE_CAPACITY));
}

int wire_write_pong(struct buf *out, int64_t number)
{
    return write_frame(out, json_pack("{s:I}", "pong", (json_int_t)number));
}

int wire_write_result(struct buf *out, const char *job_id, const struct verdict *verdict, long retry_after_s,
    struct span body, bool is_truncated)
{
    AUTO_BUF text;
    buf_init(&text, FRAME_MAX);
    str_base64_encode(&text, body.data, body.len);
    if (buf_check(&text) != 0)
        return buf_check(&text);
    return write_frame(
        out, json_pack("{s:s, s:s, s:i, s:I, s:s, s:b, s:s}", "result", job_id, "kind", verdict_word(verdict->kind),
                 "status", verdict->status, "retry_after", (json_int_t)retry_after_s, "body",
                 text.data != NULL ? text.data : "", "truncated", (int)is_truncated, "reason", verdict->reason));
}
