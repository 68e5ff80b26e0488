/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sending - AT+CMGS, the prompt, the body, the final code (3GPP TS 27.005 §3.5.1 and 4.3).
 */
#include "gateway/modem/sending.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/frame.h"
#include "gateway/base/log.h"
#include "gateway/base/str.h"

#define PROMPT_MS 10000
#define BODY_MS 120000 /* what vendors name as the longest */
#define LOOK_BACK_LINES_MAX 64

static int read_part(const json_t *entry, struct sending_part *part, struct error *error)
{
    const char *pdu = json_text(entry, "pdu", "");
    int64_t number = json_int(entry, "part", 1);
    int64_t length = json_int(entry, "length", 0);
    if (!str_copy(part->pdu, sizeof(part->pdu), pdu) || atline_tpdu_length(span_of(pdu)) != length)
        return error_set(error, ERR_INVALID, "the PDU of a part is no hex or not as long as it says");
    if (number < 1 || number > 255)
        return error_set(error, ERR_INVALID, "the number of a part is out of bounds");
    part->part = (int)number;
    part->length = (int)length;
    return 0;
}

int sending_read(struct sending *sending, const char *id, const json_t *job, struct error *error)
{
    const json_t *parts = json_object_get(job, "parts");
    size_t count = json_array_size(parts);
    int64_t timeout_ms = json_int(job, "timeout_ms", 0);
    if (!str_equal(json_text(job, "kind", ""), "sms") || count == 0 || count > MODEMWIRE_PARTS_MAX)
        return error_set(error, ERR_INVALID, "the job is no sms, or has no parts or too many");
    for (size_t i = 0; i < count; i++) {
        int status = read_part(json_array_get(parts, i), &sending->parts[i], error);
        if (status != 0)
            return status;
    }
    if (timeout_ms <= 0)
        timeout_ms = SENDING_TIMEOUT_MS;
    sending->timeout_ms = timeout_ms < SENDING_TIMEOUT_MAX_MS ? (int)timeout_ms : SENDING_TIMEOUT_MAX_MS;
    (void)str_copy(sending->id, sizeof(sending->id), id);
    sending->part_count = count;
    sending->at = sending->sent_count = 0;
    sending->is_cancelled = false;
    sending->is_open = true;
    return 0;
}

static void end_job(struct sending *sending, const char *kind, int status, const char *reason, const char *error)
{
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    sending->is_open = false;
    if (!str_equal(kind, "answered"))
        log_event(LOG_LEVEL_WARNING, EV_driver_job_failed, F_WORD("job", sending->id), F_WORD("result", kind),
            F_INT("status", status), F_WHY(reason));
    if (!sending->is_cancelled)
        sending->write(sending->context,
            modemwire_write_result(
                &frame, sending->id, kind, status, reason, sending->sent, sending->sent_count, error),
            &frame);
}

/* The number in "+CMGS: 17", or -1. */
static int find_reference(const char *lines)
{
    int ref = -1;
    for (unsigned i = 0; i < LOOK_BACK_LINES_MAX && *lines != '\0'; i++) {
        size_t len = strcspn(lines, "\n");
        struct span rest;
        if (atline_has_prefix((struct span){ lines, len }, "+CMGS", &rest) && !atline_number(rest, 0, &ref))
            ref = 0;
        lines += len + (lines[len] == '\n');
    }
    return ref;
}

static void take_sent(struct sending *sending, int ref)
{
    AUTO_BUF frame;
    buf_init(&frame, FRAME_MAX);
    sending->sent[sending->sent_count++] = (struct modemwire_sent){ sending->parts[sending->at].part, ref };
    sending->at++;
    if (!sending->is_cancelled)
        sending->write(sending->context,
            modemwire_write_progress(&frame, sending->id, sending->sent, sending->sent_count), &frame);
    if (sending->at == sending->part_count)
        end_job(sending, "answered", 0, "answered", "");
    else if (sending->is_cancelled)
        sending->is_open = false;
}

static void ended(void *context, const struct talk_result *result)
{
    struct sending *sending = context;
    int ref = find_reference(result->lines);
    /* The late answer to an earlier message says nothing of this one, whose prompt is still open then. */
    bool is_sent = ref >= 0 && result->is_body_out && result->end != TALK_ERROR;
    bool is_silent = result->end == TALK_TIMEOUT || result->end == TALK_GONE || (result->end == TALK_OK && !is_sent);
    sending->talk = NULL;
    if (is_sent)
        take_sent(sending, ref);
    else if (result->end == TALK_ERROR)
        end_job(sending, "answered", atline_status(result->final), "answered", result->error);
    else if (result->is_body_out)
        end_job(sending, "unknown", 0, "the modem took the message and said nothing more", "");
    else if (result->has_prompt)
        end_job(sending, "not_sent", 0, "the modem has lost its settings", "");
    else
        end_job(sending, "not_sent", 0, "the modem did not ask for the message", "");
    sending->part_done(sending->context, is_silent ? SENDING_DESYNC : SENDING_STEADY, is_sent);
}

void sending_run(struct sending *sending, struct talk *talk, bool echo_means_reset)
{
    const struct sending_part *part = &sending->parts[sending->at];
    int prompt_ms = sending->timeout_ms < PROMPT_MS ? sending->timeout_ms : PROMPT_MS;
    const struct talk_command command = { .text = sending->text,
        .prefix = "+CMGS",
        .deadline_ms = prompt_ms,
        .must_have_line = true,
        .forbids_echo = echo_means_reset,
        .body = part->pdu,
        .body_ms = sending->timeout_ms < BODY_MS ? sending->timeout_ms : BODY_MS };
    (void)snprintf(sending->text, sizeof(sending->text), "AT+CMGS=%d", part->length);
    sending->talk = talk;
    talk_run(talk, &command, NULL, ended, sending);
}

bool sending_is_running(const struct sending *sending)
{
    return sending->talk != NULL;
}

void sending_abort(struct sending *sending, bool is_body_out, const char *reason)
{
    sending->talk = NULL;
    if (sending->is_open)
        end_job(sending, is_body_out ? "unknown" : "not_sent", 0, reason, "");
}

void sending_cancel(struct sending *sending)
{
    sending->is_cancelled = true;
    if (!sending_is_running(sending))
        sending->is_open = false;
}
