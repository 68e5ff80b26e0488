/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * held - a refused or unreadable request, kept byte for byte so that a person can let it in later.
 * Keeps: the written form can be read back to the same request; it is sealed by the hot key before it is stored.
 *        A rotated secret or a provider's new field so loses nothing (threat F6 of the design).
 */
#ifndef GATEWAY_CORE_HELD_H
#define GATEWAY_CORE_HELD_H

#include "gateway/core/core.h"
#include "gateway/store/quarantine.h"

#define HELD_HEADERS_MAX 64
#define HELD_BYTES_MAX (60u << 10)

/* Stores a request in the quarantine. reason is a fixed word. */
int held_keep(struct core *core, const char *channel, const char *reason, const struct request *request,
    int64_t now_ms) MUST_CHECK;

struct held {
    struct buf bytes; /* owner of everything below */
    struct request_header headers[HELD_HEADERS_MAX];
    struct request request;
};
/* Opens a kept request. Caller calls held_done. ERR_CRYPTO, ERR_CORRUPT. */
int held_open(struct core *core, const struct quarantine_row *row, struct held *ret_held) MUST_CHECK;
void held_done(struct held *held);

/* The written form, for tests and for showing it to a person: request line, headers, empty line, body. */
void held_write(const struct request *request, struct buf *out);
int held_read(struct held *held) MUST_CHECK; /* parses held->bytes in place */

#endif
