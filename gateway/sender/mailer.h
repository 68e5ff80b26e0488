/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailer - carries one dialogue over the connection that a CONNECT_ONLY transfer has opened.
 * Keeps: never blocks; reports once, from the loop, and may be freed inside that report.
 */
#ifndef GATEWAY_SENDER_MAILER_H
#define GATEWAY_SENDER_MAILER_H

#include "gateway/base/loop.h"
#include "gateway/sender/transfer.h"

struct mailer;

typedef void (*mailer_fn)(void *context, struct transfer *transfer, CURLcode code);

/* transfer is borrowed and must stay in its multi handle; its attempt gets what was seen. deadline_ms is monotonic. */
int mailer_new(struct loop *loop, struct transfer *transfer, int64_t deadline_ms, mailer_fn on_done, void *context,
    struct mailer **ret_mailer) MUST_CHECK;
/* Before the transfer leaves its multi handle. NULL is fine. */
void mailer_free(struct mailer *mailer);

#endif
