/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mistakes - deliberate mistakes in the daemon of the simulator, to show that its checks can fail.
 * What:  the linker puts the functions of mistakes.c in front of some of the daemon's (--wrap); without a mistake they
 *        pass everything on. The programs that are built know nothing of them.
 */
#ifndef TESTS_STORM_MISTAKES_H
#define TESTS_STORM_MISTAKES_H

#include <stdbool.h>

enum mistake {
    MISTAKE_NONE,
    MISTAKE_EARLY_ANSWER,  /* the provider hears "stored" of what a kill then undoes */
    MISTAKE_NO_DEDUPE,     /* a repetition of the same request is a new message */
    MISTAKE_BLIND_REPORTS, /* the last delivery report wins, whatever came before */
    MISTAKE_COUNT
};
const char *mistake_word(enum mistake mistake);

/* In the daemon's process. is_dying: will somebody kill it soon? die: now. */
void mistakes_make(enum mistake mistake, bool (*is_dying)(void), void (*die)(void));

#endif
