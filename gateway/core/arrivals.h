/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arrivals - the requests of providers between their coming and their answer: they wait for a turn, then for its
 * commit. Keeps: in the order in which they came; each is answered once, and with success only when it is durable: by
 * the commit, or by the spool (outage). Not here: what a request means (webhooks), when a turn is (daemon).
 */
#ifndef GATEWAY_CORE_ARRIVALS_H
#define GATEWAY_CORE_ARRIVALS_H

#include "gateway/core/core.h"
#include "gateway/core/outage.h"

struct http_exchange;
typedef void (*arrivals_answer_fn)(struct http_exchange *exchange, const struct reply *reply);

struct arrivals;
int arrivals_new(struct core *core, arrivals_answer_fn answer, struct arrivals **ret_arrivals) MUST_CHECK;
void arrivals_free(struct arrivals *arrivals);

/* request is borrowed until its answer. False when there is no room. */
bool arrivals_add(struct arrivals *arrivals, struct http_exchange *exchange, const struct request *request);
unsigned arrivals_count(const struct arrivals *arrivals);

/* In the open transaction: handles what one turn takes, from the first on. A careful turn gives each request a
 * savepoint, so that one that cannot be stored does not spoil the others. Errors are those of the store. */
int arrivals_handle(struct arrivals *arrivals, bool is_careful, int64_t now_ms) MUST_CHECK;
/* Takes as many without handling them: nothing can be stored now. */
void arrivals_take(struct arrivals *arrivals);
/* Answers what was handled or taken, and forgets it. */
void arrivals_answer(struct arrivals *arrivals, struct outage *outage, bool is_committed, int64_t now_ms);

#endif
