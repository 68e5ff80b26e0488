/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jobframe - a built request as the frame that takes it to a worker (PROTOCOL.md 2.4, 2.8).
 */
#ifndef GATEWAY_CORE_JOBFRAME_H
#define GATEWAY_CORE_JOBFRAME_H

#include "gateway/base/model.h"

/* ERR_LIMIT when it does not fit a frame, ERR_INVALID when it is no request that a worker takes. */
int jobframe_write(const char *job, const struct transmit *transmit, struct buf *out) MUST_CHECK;

#endif
