/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * at - line assembly.
 * Why:   modems end lines with CR LF, LF, CR, or CR CR LF; whichever it is, an empty line more does no harm.
 */
#include "gateway/modem/at.h"

void at_reset(struct at *at)
{
    at->len = 0;
    at->wants_prompt = false;
    at->skips_blank = false;
}

static void end_line(struct at *at, at_fn fn, void *context)
{
    struct span line = { at->line, at->len };
    at->len = 0;
    at->line[line.len] = '\0';
    if (line.len > 0)
        fn(context, AT_LINE, line);
}

static void take_byte(struct at *at, char c, at_fn fn, void *context)
{
    bool is_blank_of_prompt = at->skips_blank && c == ' ';
    at->skips_blank = false;
    if (c == '\r' || c == '\n') {
        end_line(at, fn, context);
    } else if (c == '>' && at->len == 0 && at->wants_prompt) {
        at->wants_prompt = false;
        at->skips_blank = true;
        fn(context, AT_PROMPT, (struct span){ "", 0 });
    } else if (c != '\0' && !is_blank_of_prompt && at->len < AT_LINE_MAX) {
        at->line[at->len++] = c;
    }
}

void at_feed(struct at *at, struct span data, at_fn fn, void *context)
{
    for (size_t i = 0; i < data.len; i++)
        take_byte(at, data.data[i], fn, context);
}
