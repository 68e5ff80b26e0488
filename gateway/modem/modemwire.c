/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * modemwire - reading and writing the frames of a modem.
 */
#include "gateway/modem/modemwire.h"

#include <string.h>

#include "gateway/base/frame.h"
#include "gateway/base/str.h"

#define NAME_MAX_CHARS 32

static const char *const words[] = { [MODEMWIRE_WELCOME] = "welcome",
    [MODEMWIRE_REFUSED] = "refused",
    [MODEMWIRE_PIN] = "pin",
    [MODEMWIRE_STORED] = "stored",
    [MODEMWIRE_BUSY] = "busy",
    [MODEMWIRE_JOB] = "job",
    [MODEMWIRE_PING] = "ping",
    [MODEMWIRE_PONG] = "pong",
    [MODEMWIRE_MODEM] = "modem",
    [MODEMWIRE_ALLOW] = "allow" };

/* Words of the other direction: known, so that a frame cannot carry one of them beside its own. */
static const char *const foreign_words[] = { "hello", "message", "status", "progress", "result" };

static enum modemwire_word find_word(const json_t *frame)
{
    enum modemwire_word word = MODEMWIRE_NONE;
    for (size_t i = 0; i < STR_COUNT(foreign_words); i++)
        if (json_object_get(frame, foreign_words[i]) != NULL)
            return MODEMWIRE_NONE;
    for (size_t i = 0; i < STR_COUNT(words); i++) {
        if (json_object_get(frame, words[i]) == NULL || (i >= MODEMWIRE_MODEM && word != MODEMWIRE_NONE))
            continue;
        if (word != MODEMWIRE_NONE)
            return MODEMWIRE_NONE;
        word = (enum modemwire_word)i;
    }
    return word;
}

int modemwire_read(struct span text, json_t **ret_frame, enum modemwire_word *ret_word, struct error *error)
{
    *ret_frame = NULL;
    *ret_word = MODEMWIRE_NONE;
    AUTO_JSON *frame = json_read(text, error);
    if (frame == NULL)
        return ERR_PROTOCOL;
    if (!json_is_object(frame))
        return error_set(error, ERR_PROTOCOL, "the frame is no object");
    *ret_word = find_word(frame);
    if (*ret_word == MODEMWIRE_NONE)
        return error_set(error, ERR_PROTOCOL, "the frame has no known word, or several");
    *ret_frame = json_incref(frame);
    return 0;
}

static bool is_made_of(const char *text, const char *letters, size_t max)
{
    size_t len = strlen(text);
    return len > 0 && len <= max && strspn(text, letters) == len;
}

bool modemwire_is_name(const char *name)
{
    return is_made_of(name, "abcdefghijklmnopqrstuvwxyz0123456789_-", NAME_MAX_CHARS);
}

const char *modemwire_job_id(const json_t *frame)
{
    const char *id = json_text(frame, "job", "");
    return is_made_of(
               id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-", MODEMWIRE_JOB_ID_MAX - 1)
               ? id
               : NULL;
}

/* Takes value. */
static int write_frame(struct buf *out, json_t *value)
{
    AUTO_JSON *frame = value;
    return frame != NULL ? json_write(frame, out) : ERR_NOMEM;
}

int modemwire_write_hello(struct buf *out, const char *name)
{
    return write_frame(out,
        json_pack("{s:i, s:s, s:s, s:i}", "hello", MODEMWIRE_VERSION, "role", "modem", "name", name, "capacity", 1));
}

int modemwire_write_pong(struct buf *out, int64_t number)
{
    return write_frame(out, json_pack("{s:I}", "pong", (json_int_t)number));
}

int modemwire_write_pin(struct buf *out, const char *word)
{
    return write_frame(out, json_pack("{s:s}", "pin", word));
}

static const char *kind_word(enum ledger_kind kind)
{
    static const char *const kinds[] = {
        [LEDGER_PDU] = "pdu", [LEDGER_REPORT] = "report", [LEDGER_RAW] = "raw", [LEDGER_CALL] = "call"
    };
    return kinds[kind];
}

/* A text of the modem, which may be any bytes: made printable, cut. NULL without memory. */
static json_t *visible_text(const char *text, size_t max)
{
    AUTO_BUF visible;
    buf_init(&visible, FRAME_MAX);
    str_add_visible(&visible, (struct span){ text, strnlen(text, max) });
    if (visible.len > max)
        buf_truncate(&visible, max);
    return buf_check(&visible) == 0 ? json_stringn(visible.data != NULL ? visible.data : "", visible.len) : NULL;
}

#define RAW_MAX 2048

int modemwire_write_message(struct buf *out, const struct ledger_entry *entry)
{
    AUTO_JSON *frame = json_pack("{s:s, s:s}", "message", entry->id, "kind", kind_word(entry->kind));
    int failed = frame == NULL;
    failed |= json_object_set_new(frame, entry->kind == LEDGER_CALL ? "from" : "pdu",
        visible_text(entry->pdu, entry->kind == LEDGER_RAW ? RAW_MAX : strlen(entry->pdu)));
    if (entry->length >= 0)
        failed |=
            json_object_set_new(frame, entry->kind == LEDGER_CALL ? "type" : "length", json_integer(entry->length));
    if (entry->index >= 0) {
        failed |= json_object_set_new(frame, "storage", json_string(entry->storage));
        failed |= json_object_set_new(frame, "index", json_integer(entry->index));
    }
    failed |= json_object_set_new(frame, "read_at", json_integer((json_int_t)entry->read_at));
    return failed ? ERR_NOMEM : json_write(frame, out);
}

/* {"sent":[...],"error":"..."} as base64; NULL without memory. */
static json_t *sent_body(const struct modemwire_sent *sent, size_t sent_count, const char *error)
{
    AUTO_JSON *list = json_array();
    int failed = 0;
    for (size_t i = 0; i < sent_count; i++)
        failed |= json_array_append_new(list, json_pack("{s:i, s:i}", "part", sent[i].part, "ref", sent[i].ref));
    AUTO_JSON *body = json_pack("{s:O}", "sent", list);
    if (error[0] != '\0')
        failed |= json_object_set_new(body, "error", visible_text(error, MODEMWIRE_LABEL_MAX - 1));
    AUTO_BUF text, coded;
    buf_init(&text, FRAME_MAX);
    buf_init(&coded, FRAME_MAX);
    if (failed || body == NULL || json_write(body, &text) != 0)
        return NULL;
    str_base64_encode(&coded, text.data, text.len);
    return buf_check(&coded) == 0 ? json_string(coded.data) : NULL;
}

int modemwire_write_progress(struct buf *out, const char *job_id, const struct modemwire_sent *sent, size_t sent_count)
{
    return write_frame(out, json_pack("{s:s, s:o}", "progress", job_id, "body", sent_body(sent, sent_count, "")));
}

int modemwire_write_result(struct buf *out, const char *job_id, const char *kind, int status, const char *reason,
    const struct modemwire_sent *sent, size_t sent_count, const char *error)
{
    return write_frame(
        out, json_pack("{s:s, s:s, s:i, s:i, s:o, s:b, s:s}", "result", job_id, "kind", kind, "status", status,
                 "retry_after", 0, "body", sent_body(sent, sent_count, error), "truncated", 0, "reason", reason));
}

static int set_number(json_t *object, const char *key, int64_t value, int64_t unknown)
{
    return value == unknown ? 0 : json_object_set_new(object, key, json_integer((json_int_t)value));
}

static int set_text(json_t *object, const char *key, const char *value, size_t max)
{
    return value[0] == '\0' ? 0 : json_object_set_new(object, key, visible_text(value, max));
}

#define USSD_TEXT_MAX 512

int modemwire_write_status(struct buf *out, const struct modemwire_status *status)
{
    json_t *inner = json_pack("{s:s, s:s}", "state", status->state, "problem", status->problem);
    AUTO_JSON *frame = json_pack("{s:o}", "status", inner);
    int failed = frame == NULL;
    failed |= set_number(inner, "registration", status->registration, -1);
    failed |= set_text(inner, "operator", status->operator, MODEMWIRE_LABEL_MAX - 1);
    failed |= set_number(inner, "signal", status->signal, -1);
    failed |= set_number(inner, "storage_used", status->storage_used, -1);
    failed |= set_number(inner, "storage_total", status->storage_total, -1);
    failed |= set_text(inner, "model", status->model, MODEMWIRE_LABEL_MAX - 1);
    failed |= set_number(inner, "restarts", status->restarts, -1);
    failed |= set_number(inner, "last_received_at", status->last_received_at, 0);
    failed |= set_number(inner, "last_sent_at", status->last_sent_at, 0);
    failed |= set_number(inner, "sweeps", status->sweeps, -1);
    failed |= set_number(inner, "desyncs", status->desyncs, -1);
    failed |= set_text(inner, "ussd", status->ussd, USSD_TEXT_MAX);
    return failed ? ERR_NOMEM : json_write(frame, out);
}
