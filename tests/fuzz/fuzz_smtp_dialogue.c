/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_smtp_dialogue - any replies of a mail server, and any text of a mail.
 * What:  the input up to the first NUL is the text, the rest are replies, handed over in pieces.
 * Keeps: a dialogue writes the dot exactly once and only after the text; it ends with a reply's code or goes on.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/sender/dialogue.h"

#define PIECE 7

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

/* The end of the data (RFC 5321 §4.1.1.4) stands at the end and nowhere else, whoever reads lines by CR, LF or both. */
static void check_text(struct span text)
{
    AUTO_BUF out;
    unsigned ends = 0;

    buf_init(&out, DIALOGUE_OUT_MAX);
    dialogue_add_text(&out, text);
    must_be(buf_check(&out) == 0);
    for (size_t i = 0; i < out.len; i++) {
        bool is_start = i == 0 || out.data[i - 1] == '\n' || out.data[i - 1] == '\r';
        if (is_start && out.data[i] == '.' && (out.data[i + 1] == '\r' || out.data[i + 1] == '\n'))
            ends++;
        must_be(out.data[i] != '\n' || (i > 0 && out.data[i - 1] == '\r'));
        must_be(out.data[i] != '\r' || out.data[i + 1] == '\n');
    }
    must_be(ends == 1 && str_equal(out.data + out.len - 3, ".\r\n"));
}

static void check_dialogue(struct job *job, struct span replies)
{
    struct dialogue dialogue;
    int status = 0;

    must_be(dialogue_begin(&dialogue, job, true, true) == 0);
    while (status == 0 && replies.len > 0 && dialogue.step != DIALOGUE_ENDED) {
        size_t len = replies.len < PIECE ? replies.len : PIECE;
        dialogue_wrote(&dialogue, dialogue_pending(&dialogue).len);
        status = dialogue_take(&dialogue, (struct span){ replies.data, len });
        replies.data += len;
        replies.len -= len;
    }
    must_be(status == 0 || status == ERR_PROTOCOL);
    must_be((dialogue.step == DIALOGUE_ENDED) == (dialogue.status >= 200 && dialogue.status <= 599));
    dialogue_done(&dialogue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char to[] = "c@d.test";
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    size_t text_len = nul != NULL ? (size_t)(nul - data) : size;
    struct job job = { .to = to };

    if (size > JOB_BODY_MAX)
        return 0;
    buf_init(&job.body, JOB_BODY_MAX);
    buf_add(&job.body, data, text_len);
    check_text(buf_span(&job.body));
    if (nul != NULL)
        check_dialogue(&job, (struct span){ (const char *)nul + 1, size - text_len - 1 });
    buf_done(&job.body);
    return 0;
}
