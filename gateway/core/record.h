/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * record - a request as it lies in the spool: byte for byte, sealed by the hot key.
 * What:  a format byte, the marks of its arrival, and the written form of a kept request (held); cut into pieces of
 * what one seal holds. Keeps: a record opens only under its own name and channel, whole and in order.
 */
#ifndef GATEWAY_CORE_RECORD_H
#define GATEWAY_CORE_RECORD_H

#include "gateway/core/core.h"
#include "gateway/core/held.h"
#include "gateway/store/spool.h"

/* Appends to out. ERR_LIMIT: larger than any request that the configuration lets in. */
int record_seal(const struct core *core, const struct spool_name *name, const struct request *request, unsigned marks,
    struct buf *out) MUST_CHECK;
/* ERR_CRYPTO, ERR_CORRUPT. Caller calls held_done after 0. marks: enum arrival_marks. */
int record_open(const struct core *core, const struct spool_name *name, struct span sealed, struct held *ret_held,
    unsigned *ret_marks) MUST_CHECK;

#endif
