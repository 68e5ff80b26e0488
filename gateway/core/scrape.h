/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * scrape - how the line is at this moment, as /metrics and /healthz/detail say it.
 * Keeps: no label holds a number, a text, a case or a name of a person; all labels are words of this program or names
 * of channels, so they are few. What is read from the database is read at most once a second; while the database fails,
 * the last of it is said together with what lives in memory. Not here: names and format (metrics), growing figures
 * (store/tally), who may ask (console).
 */
#ifndef GATEWAY_CORE_SCRAPE_H
#define GATEWAY_CORE_SCRAPE_H

#include "gateway/core/core.h"
#include "gateway/core/dispatch.h"
#include "gateway/core/outage.h"
#include "gateway/http/server.h"

#define SCRAPE_FRESH_MS 1000

struct scrape_sources { /* borrowed */
    struct core *core;
    struct dispatch *dispatch;
    struct outage *outage;
    struct http_server *webhooks, *console; /* console NULL = none */
};

struct scrape;
int scrape_new(const struct scrape_sources *sources, struct scrape **ret_scrape) MUST_CHECK;
void scrape_free(struct scrape *scrape);

/* Appends everything. may_read: inside a transaction, so that the database may be asked; an error is one of it. */
int scrape_write(struct scrape *scrape, bool may_read, int64_t now_ms, struct buf *out) MUST_CHECK;

/* The same that `helplinectl health` says, as one JSON document {"well", "why", "rows"}. Inside a transaction. */
int scrape_write_health(const struct scrape *scrape, int64_t now_ms, struct buf *out, bool *ret_is_well) MUST_CHECK;

/* store_commit, timed: what was counted in the turn holds. */
int scrape_commit(struct scrape *scrape) MUST_CHECK;
void scrape_undone(struct scrape *scrape); /* the turn was rolled back */
void scrape_turned(struct scrape *scrape, int64_t began_us);

#endif
