/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer - sorting lines.
 * Why:   a header keeps waiting for its PDU over other lines, because storms of chatter do come between the two; what
 *        ends the waiting is a hex line, the next header, or the final code. A hex line goes to the message that is
 *        arriving first: those two lines are written together by every modem.
 */
#include "gateway/modem/answer.h"

#include <string.h>

#include "gateway/base/str.h"

#define QUOTED_LINES_MAX 16 /* of one USSD text */

void answer_begin(struct answer *answer, const char *command, enum answer_shape shape, const char *prefix)
{
    answer->is_running = true;
    answer->shape = shape;
    answer->prefix = prefix;
    answer->command = command;
    answer->record.is_open = false;
    answer->is_clouded = false;
}

void answer_end(struct answer *answer)
{
    answer->is_running = false;
    answer->record.is_open = false;
}

static void tell(enum answer_kind kind, struct span line, answer_fn fn, void *context)
{
    const struct answer_found found = { .kind = kind, .line = line, .length = -1 };
    fn(context, &found);
}

static void open_header(struct answer_header *header, enum answer_kind kind, struct span rest)
{
    *header = (struct answer_header){ .is_open = true, .kind = kind, .length = -1 };
    (void)str_copy_span(header->text, sizeof(header->text), rest);
    if (!atline_last_number(rest, &header->length))
        header->length = -1;
}

static void close_header(struct answer_header *header, struct span pdu, bool is_whole, answer_fn fn, void *context)
{
    const struct answer_found found = {
        .kind = header->kind, .line = span_of(header->text), .pdu = pdu, .length = header->length, .is_whole = is_whole
    };
    header->is_open = false;
    fn(context, &found);
}

/* The PDU never came: what looked like it is handed over in its place. */
static void give_up_header(struct answer_header *header, answer_fn fn, void *context)
{
    if (header->is_open)
        close_header(header, span_of(header->near), false, fn, context);
}

static bool fits(const struct answer_header *header, struct span line)
{
    return header->is_open && header->length > 0 && atline_tpdu_length(line) == header->length;
}

static void remember_near(struct answer_header *header, struct span line)
{
    if (header->is_open && header->near[0] == '\0')
        (void)str_copy_span(header->near, sizeof(header->near), line);
}

static bool take_hex(struct answer *answer, struct span line, answer_fn fn, void *context)
{
    line = str_trim(line);
    if (!atline_is_hex(line))
        return false;
    bool is_of_record = fits(&answer->record, line);
    if (answer->is_skipping) {
        answer->is_skipping = false;
        tell(ANSWER_UNASKED, line, fn, context);
    } else if (fits(&answer->arrival, line)) {
        answer->is_clouded = answer->is_clouded || is_of_record;
        close_header(&answer->arrival, line, true, fn, context);
    } else if (is_of_record) {
        close_header(&answer->record, line, !answer->is_clouded, fn, context);
    } else if (answer->arrival.is_open) {
        close_header(&answer->arrival, line, false, fn, context);
    } else if (answer->record.is_open) {
        close_header(&answer->record, line, false, fn, context);
    } else {
        tell(ANSWER_UNASKED, line, fn, context);
    }
    return true;
}

static bool take_arrival(struct answer *answer, struct span line, answer_fn fn, void *context)
{
    struct span rest;
    bool is_message = atline_has_prefix(line, "+CMT", &rest);
    if (!is_message && !atline_has_prefix(line, "+CDS", &rest)) {
        if (atline_has_prefix(line, "+CBM", &rest))
            answer->is_skipping = true;
        return false;
    }
    answer->is_skipping = false; /* what follows is this one's, not that of a broadcast which lost its line */
    give_up_header(&answer->arrival, fn, context);
    open_header(&answer->arrival, is_message ? ANSWER_MESSAGE : ANSWER_REPORT, rest);
    return true;
}

static bool take_final(struct answer *answer, struct span line, answer_fn fn, void *context)
{
    struct answer_found found = { .kind = ANSWER_FINAL, .line = line, .length = -1, .final = atline_final(line) };
    if (!answer->is_running || found.final.code == ATLINE_NOT_FINAL)
        return false;
    give_up_header(&answer->record, fn, context);
    answer_end(answer);
    fn(context, &found);
    return true;
}

/* What a modem says unasked begins with one of these marks or is a known word. */
static bool looks_unasked(struct span line)
{
    static const char *const words[] = { "RING", "RDY", "NO CARRIER", "SMS ", "Call Ready", "PB DONE", "NORMAL POWER" };
    for (size_t i = 0; i < STR_COUNT(words); i++)
        if (atline_starts(line, words[i]))
            return true;
    return line.len == 0 || strchr("+^*%$", line.data[0]) != NULL;
}

static bool take_own(struct answer *answer, struct span line, answer_fn fn, void *context)
{
    struct span rest;
    if (!answer->is_running)
        return false;
    if (atline_is_word(line, answer->command)) {
        tell(ANSWER_ECHO, line, fn, context);
        return true;
    }
    if (answer->shape == ANSWER_BARE && !looks_unasked(line)) {
        tell(ANSWER_LINE, line, fn, context);
        return true;
    }
    if (answer->prefix == NULL || !atline_has_prefix(line, answer->prefix, &rest))
        return false;
    if (answer->shape == ANSWER_LISTING) {
        give_up_header(&answer->record, fn, context);
        open_header(&answer->record, ANSWER_RECORD, rest);
        answer->is_clouded = false;
    } else {
        tell(ANSWER_LINE, line, fn, context);
    }
    return true;
}

static bool has_odd_quotes(struct span line)
{
    bool is_odd = false;
    for (size_t i = 0; i < line.len; i++)
        if (line.data[i] == '"')
            is_odd = !is_odd;
    return is_odd;
}

/* The network writes the text of +CUSD, and may write it in lines: a line "OK" in it must end nobody's command. */
static bool take_quoted(struct answer *answer, struct span line, answer_fn fn, void *context)
{
    struct span rest;
    bool is_odd = has_odd_quotes(line);
    if (!answer->is_in_quotes) {
        if (!is_odd || !atline_has_prefix(line, "+CUSD", &rest))
            return false;
        answer->quoted[0] = '\0';
        answer->quoted_lines = 0;
    } else if (atline_starts(line, "+C")) {
        /* Cut short: this line is nobody's sentence. */
        answer->is_in_quotes = false;
        tell(ANSWER_UNASKED, span_of(answer->quoted), fn, context);
        return false;
    }
    size_t used = strlen(answer->quoted);
    if (used > 0 && used + 1 < sizeof(answer->quoted))
        answer->quoted[used++] = ' ';
    (void)str_copy_span(answer->quoted + used, sizeof(answer->quoted) - used, line);
    answer->is_in_quotes = answer->is_in_quotes != is_odd && ++answer->quoted_lines < QUOTED_LINES_MAX;
    if (!answer->is_in_quotes)
        tell(ANSWER_UNASKED, span_of(answer->quoted), fn, context);
    return true;
}

static void take_whole(struct answer *answer, struct span line, answer_fn fn, void *context)
{
    if (take_quoted(answer, line, fn, context) || take_arrival(answer, line, fn, context) ||
        take_final(answer, line, fn, context) || take_own(answer, line, fn, context) ||
        take_hex(answer, line, fn, context))
        return;
    if (!looks_unasked(str_trim(line)))
        remember_near(answer->arrival.is_open ? &answer->arrival : &answer->record, line);
    tell(ANSWER_UNASKED, line, fn, context);
}

/* Some firmwares forget the line break between a PDU and the next header. */
void answer_take(struct answer *answer, struct span line, answer_fn fn, void *context)
{
    const char *glued = NULL;
    if (answer->is_running && answer->shape == ANSWER_LISTING && line.len > 1)
        glued = memmem(line.data + 1, line.len - 1, answer->prefix, strlen(answer->prefix));
    if (glued == NULL || !atline_is_hex((struct span){ line.data, (size_t)(glued - line.data) })) {
        take_whole(answer, line, fn, context);
        return;
    }
    take_whole(answer, (struct span){ line.data, (size_t)(glued - line.data) }, fn, context);
    take_whole(answer, (struct span){ glued, line.len - (size_t)(glued - line.data) }, fn, context);
}
