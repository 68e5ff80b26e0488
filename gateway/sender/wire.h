/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire - the worker protocol as words and frames (gateway/PROTOCOL.md §1 and §2).
 * Keeps: pure; a frame has exactly one word or it is refused.
 */
#ifndef GATEWAY_SENDER_WIRE_H
#define GATEWAY_SENDER_WIRE_H

#include "gateway/json/json.h"
#include "gateway/sender/verdict.h"

#define WIRE_VERSION 1
#define WIRE_CAPACITY 64 /* jobs in progress; times a full answer it stays below FRAME_QUEUE_MAX */
#define WIRE_NAME_MAX 32
#define WIRE_PING_MAX ((int64_t)1 << 53)

enum wire_word { WIRE_WELCOME, WIRE_REFUSED, WIRE_ALLOW, WIRE_JOB, WIRE_PING, WIRE_PONG, WIRE_NONE };

/* Parses one frame of the daemon and tells its word. ERR_PROTOCOL (sentence without content) when it is none that a
 * sender understands; then *ret_frame is NULL. */
int wire_read(struct span text, json_t **ret_frame, enum wire_word *ret_word, struct error *error) MUST_CHECK;

/* [a-z0-9_-]{1,32} */
bool wire_is_name(const char *name);

int wire_write_hello(struct buf *out, const char *name) MUST_CHECK;
int wire_write_pong(struct buf *out, int64_t number) MUST_CHECK;
int wire_write_result(struct buf *out, const char *job_id, const struct verdict *verdict, long retry_after_s,
    struct span body, bool is_truncated) MUST_CHECK;

#endif
