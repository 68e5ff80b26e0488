/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tool - the words of helplinectl that need no daemon: `classify`, `lexicon check`, `lexicon try`.
 * Keeps: the exit codes of helplinectl (0 done, 1 refused, 2 usage); what is wrong goes into why, for the caller to
 * say.
 */
#ifndef GATEWAY_CORE_TRIAGE_TOOL_H
#define GATEWAY_CORE_TRIAGE_TOOL_H

#include <stdio.h>

#include "gateway/base/buf.h"

#define TOOL_NOT_MINE (-1)
#define TOOL_DONE 0
#define TOOL_REFUSED 1
#define TOOL_USAGE 2

struct tool_io {
    FILE *in, *out;
    struct buf *why; /* of any answer but TOOL_DONE: a sentence, or for TOOL_USAGE the word that cannot be read */
};

/* The words of a command line from the noun on (at least one); TOOL_NOT_MINE when they are none of these. */
int tool_run(const struct tool_io *io, int argc, char **argv);

#endif
