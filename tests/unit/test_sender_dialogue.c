/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sender_dialogue - a mail's dialogue, reply by reply, and its text on the wire.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/sender/dialogue.h"

/* Plays the replies, one for each step that is fully written, and returns everything the dialogue wrote. */
static int play(struct dialogue *dialogue, const char *const *replies, struct buf *ret_wire)
{
    int status = 0;

    for (; status == 0 && *replies != NULL && dialogue->step != DIALOGUE_ENDED; replies++) {
        buf_add_span(ret_wire, dialogue_pending(dialogue));
        dialogue_wrote(dialogue, dialogue_pending(dialogue).len);
        status = dialogue_take(dialogue, span_of(*replies));
    }
    if (dialogue->step == DIALOGUE_ENDED)
        buf_add_span(ret_wire, dialogue_pending(dialogue));
    return status;
}

static void start(struct dialogue *dialogue, struct job *job, const char *body)
{
    static char from[] = "a@b.test", to[] = "c@d.test";

    *job = (struct job){ .from = from, .to = to };
    buf_init(&job->body, 1000);
    buf_add_text(&job->body, body);
    assert_int_equal(dialogue_begin(dialogue, job, false, false), 0);
}

static void stop(struct dialogue *dialogue, struct job *job)
{
    dialogue_done(dialogue);
    buf_done(&job->body);
}

static void whole_dialogue_is_this(void **state)
{
    static const char *const replies[] = { "250 ok\r\n", "250-one\r\n250-two\r\n250 three\r\n", "354\r\n",
        "250 2.0.0 queued\r\n", NULL };
    struct dialogue dialogue;
    struct job job;
    AUTO_BUF wire;

    (void)state;
    buf_init(&wire, 2000);
    start(&dialogue, &job, "S: x\r\n\r\n.dot\r\n");
    assert_int_equal(play(&dialogue, replies, &wire), 0);
    assert_string_equal(
        wire.data, "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\nS: x\r\n\r\n..dot\r\n.\r\nQUIT\r\n");
    assert_int_equal(dialogue.step, DIALOGUE_ENDED);
    assert_int_equal(dialogue.status, 250);
    stop(&dialogue, &job);
}

static void replies_lead_to_an_end_or_a_protocol_error(void **state)
{
    static const struct {
        const char *label, *replies[5];
        int want, status; /* status: 0 = not ended */
    } rows[] = {
        { "MAIL later", { "451 x\r\n" }, 0, 451 },
        { "RCPT unknown", { "250\r\n", "550 x\r\n" }, 0, 550 },
        { "RCPT will forward", { "250\r\n", "251 x\r\n", "354 x\r\n", "250 x\r\n" }, 0, 250 },
        { "DATA refused", { "250\r\n", "250\r\n", "554 x\r\n" }, 0, 554 },
        { "dot refused", { "250\r\n", "250\r\n", "354\r\n", "452 x\r\n" }, 0, 452 },
        { "421 anywhere", { "250\r\n", "421 bye\r\n" }, 0, 421 },
        { "bare LF", { "250 ok\n" }, 0, 0 },
        { "DATA without 354", { "250\r\n", "250\r\n", "250\r\n" }, ERR_PROTOCOL, 0 },
        { "354 too early", { "354\r\n" }, ERR_PROTOCOL, 0 },
        { "dot with 3yz", { "250\r\n", "250\r\n", "354\r\n", "354\r\n" }, ERR_PROTOCOL, 0 },
        { "1yz", { "150\r\n" }, ERR_PROTOCOL, 0 },
        { "two replies at once", { "250 a\r\n250 b\r\n" }, ERR_PROTOCOL, 0 },
        { "words", { "hello there\r\n" }, ERR_PROTOCOL, 0 },
        { "code runs into text", { "250ok\r\n" }, ERR_PROTOCOL, 0 },
        { "empty line", { "\r\n" }, ERR_PROTOCOL, 0 },
        { "not finished", { "250-a\r\n250 b" }, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct dialogue dialogue;
        struct job job;
        AUTO_BUF wire;
        buf_init(&wire, 2000);
        start(&dialogue, &job, "x");
        int got = play(&dialogue, rows[i].replies, &wire);
        if (got != rows[i].want || dialogue.status != rows[i].status ||
            (dialogue.step == DIALOGUE_ENDED) != (rows[i].status != 0))
            fail_msg("%s: got %d, step %d, status %d", rows[i].label, got, dialogue.step, dialogue.status);
        stop(&dialogue, &job);
    }
}

static void text_counts_as_written_only_with_the_last_byte_of_the_dot(void **state)
{
    static const char *const replies[] = { "250\r\n", "250\r\n", "354\r\n", NULL };
    struct dialogue dialogue;
    struct job job;
    AUTO_BUF wire;

    (void)state;
    buf_init(&wire, 2000);
    start(&dialogue, &job, "x");
    assert_false(dialogue_is_text_written(&dialogue));
    assert_int_equal(play(&dialogue, replies, &wire), 0);
    size_t len = dialogue_pending(&dialogue).len;
    assert_int_equal(len, strlen("x\r\n.\r\n"));
    dialogue_wrote(&dialogue, len - 1);
    assert_false(dialogue_is_text_written(&dialogue));
    dialogue_wrote(&dialogue, 1);
    assert_true(dialogue_is_text_written(&dialogue));
    stop(&dialogue, &job);
}

static void replies_have_a_ceiling(void **state)
{
    struct dialogue dialogue;
    struct job job;
    char line[DIALOGUE_LINE_MAX + 1];
    int status = 0, lines = 0;

    (void)state;
    memset(line, 'x', sizeof(line));
    start(&dialogue, &job, "x");
    assert_int_equal(dialogue_take(&dialogue, (struct span){ line, sizeof(line) }), ERR_PROTOCOL);
    stop(&dialogue, &job);
    start(&dialogue, &job, "x");
    while (status == 0 && lines++ < 100000)
        status = dialogue_take(&dialogue, span_of("250-more\r\n"));
    assert_int_equal(status, ERR_PROTOCOL);
    assert_in_range(lines, DIALOGUE_REPLIES_MAX / 10, DIALOGUE_REPLIES_MAX / 10 + 2);
    stop(&dialogue, &job);
}

static void text_cannot_end_early(void **state)
{
    static const struct {
        const char *label, *in, *want;
    } rows[] = {
        { "empty", "", ".\r\n" },
        { "no last CRLF", "a", "a\r\n.\r\n" },
        { "last CRLF", "a\r\n", "a\r\n.\r\n" },
        { "dot first", ".", "..\r\n.\r\n" },
        { "dot alone", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n" },
        { "two dots", "..a\r\n", "...a\r\n.\r\n" },
        { "dot inside", "a.b\r\n", "a.b\r\n.\r\n" },
        { "LF dot LF", "a\n.\nb", "a\r\n..\r\nb\r\n.\r\n" },
        { "CR dot CR", "a\r.\rb", "a\r\n..\r\nb\r\n.\r\n" },
        { "LF CR", "a\n\rb", "a\r\n\r\nb\r\n.\r\n" },
        { "CR CR LF", "a\r\r\n.\r\n", "a\r\n\r\n..\r\n.\r\n" },
        { "UTF-8", "\xe0\xae\x89.\r\n", "\xe0\xae\x89.\r\n.\r\n" },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 1000);
        dialogue_add_text(&out, span_of(rows[i].in));
        if (!str_equal(out.data, rows[i].want))
            fail_msg("%s: got %s", rows[i].label, out.data);
    }
}

static void extensions_are_used_only_where_offered_and_needed(void **state)
{
    static const struct {
        const char *label, *to, *body;
        bool has_8bitmime, has_smtputf8;
        const char *want; /* NULL = unsupported */
    } rows[] = {
        { "plain", "c@d.test", "x", true, true, "MAIL FROM:<>\r\n" },
        { "8 bit offered", "c@d.test", "\xc3\xa9", true, true, "MAIL FROM:<> BODY=8BITMIME\r\n" },
        { "8 bit not offered", "c@d.test", "\xc3\xa9", false, false, "MAIL FROM:<>\r\n" },
        { "address offered", "\xc3\xa9@d.test", "x", true, true, "MAIL FROM:<> SMTPUTF8\r\n" },
        { "address not offered", "\xc3\xa9@d.test", "x", true, false, NULL },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct dialogue dialogue;
        struct job job = { .to = strdup(rows[i].to) };
        buf_init(&job.body, 1000);
        buf_add_text(&job.body, rows[i].body);
        int status = dialogue_begin(&dialogue, &job, rows[i].has_8bitmime, rows[i].has_smtputf8);
        if (status != (rows[i].want != NULL ? 0 : ERR_UNSUPPORTED))
            fail_msg("%s: status %d", rows[i].label, status);
        if (status == 0 && !str_equal(dialogue.out.data, rows[i].want))
            fail_msg("%s: got %s", rows[i].label, dialogue.out.data);
        stop(&dialogue, &job);
        free(job.to);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_dialogue_is_this),
        cmocka_unit_test(replies_lead_to_an_end_or_a_protocol_error),
        cmocka_unit_test(text_counts_as_written_only_with_the_last_byte_of_the_dot),
        cmocka_unit_test(replies_have_a_ceiling),
        cmocka_unit_test(text_cannot_end_early),
        cmocka_unit_test(extensions_are_used_only_where_offered_and_needed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
