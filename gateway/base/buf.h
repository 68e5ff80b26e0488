/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf - a growing byte buffer with a ceiling.
 * What:  every variable-length output of the program is built in one of these.
 * Keeps: growth past `max` is impossible; the first failure sticks (`is_failed`) and later calls do nothing, so a
 *        builder checks once at its end with buf_check(). data is NUL-terminated whenever data is not NULL.
 */
#ifndef GATEWAY_BASE_BUF_H
#define GATEWAY_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/error.h"

/* Borrowed bytes: not owned, not necessarily NUL-terminated; valid as long as their source is. */
struct span {
    const char *data;
    size_t len;
};

struct buf {
    char *data;
    size_t len;
    size_t cap;
    size_t max; /* ceiling in bytes, without the NUL */
    bool is_failed;
    bool is_out_of_memory; /* the failure was memory, not the ceiling */
};

void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf);  /* frees; the buffer is as after buf_init with the same max */
void buf_clear(struct buf *buf); /* empties, keeps the memory, clears the failure */

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_format(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_add_span(struct buf *buf, struct span span);
void buf_consume(struct buf *buf, size_t len);  /* drops len bytes from the front */
void buf_truncate(struct buf *buf, size_t len); /* keeps the first len bytes and clears the failure */

/* 0, or ERR_LIMIT / ERR_NOMEM when an earlier call failed. */
int buf_check(const struct buf *buf) MUST_CHECK;

/* Gives the bytes away (caller frees); NULL when failed or out of memory. An empty buffer gives "". */
char *buf_take(struct buf *buf);

struct span buf_span(const struct buf *buf);
struct span span_of(const char *text); /* text may be NULL: an empty span */
bool span_equal(struct span a, struct span b);

/* An AUTO_BUF must be initialised before the first return of its scope: the cleanup runs on every way out. */
void buf_auto_done(struct buf *buf);
void auto_free(void *pointer_to_pointer);
#define AUTO_BUF __attribute__((cleanup(buf_auto_done))) struct buf
#define AUTO_FREE __attribute__((cleanup(auto_free)))

#endif
