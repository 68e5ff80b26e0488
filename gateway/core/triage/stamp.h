/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stamp - has a folder of words changed since it was read?
 * Why:   reading the words anew stops the line for a good part of a second, and most reloads change a contact.
 * Keeps: doubt means changed: whatever touches a file (name, size, place, times to the nanosecond) changes the stamp.
 */
#ifndef GATEWAY_CORE_TRIAGE_STAMP_H
#define GATEWAY_CORE_TRIAGE_STAMP_H

#include <stdbool.h>
#include <stdint.h>

struct stamp { /* zero = nothing known */
    uint64_t sum;
    unsigned files;
};

/* Of all files of the folder but hidden ones; zero when it cannot be read. Take it before reading the files: what
 * changes meanwhile is then seen as changed. */
void stamp_take(const char *directory, struct stamp *ret_stamp);
bool stamp_equal(const struct stamp *a, const struct stamp *b); /* false when nothing is known */

#endif
