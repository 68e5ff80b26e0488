/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * visits - requests for pages that wait for the turn of the daemon and for its commit.
 * What:  the daemon's second queue, beside the webhooks'; who writes the pages is given at construction, because the
 *        console stands above core.
 * Keeps: a page is written inside the turn's transaction, in a savepoint of its own, and leaves only after the commit;
 *        a page that fails changes nothing and spoils no other; webhooks go first. A page that must wait for something
 *        outside the turn (a password that is worked out) is undone and written anew when that is ready.
 */
#ifndef GATEWAY_CORE_VISITS_H
#define GATEWAY_CORE_VISITS_H

#include "gateway/core/core.h"
#include "gateway/http/server.h"

#define VISITS_MAX 256     /* that wait; beyond it the answer is 503 at once */
#define VISITS_TURN_MAX 16 /* pages open texts: the alerts of the same turn must not wait long for them */
#define VISITS_BODY_MAX (512u << 10)
#define VISITS_LINE_MAX 512 /* one header that is made for one answer, with NUL */

struct visits_page {
    int status;
    const char *content_type;        /* static; NULL = none */
    const struct http_header *extra; /* ends with a NULL name; NULL = none; static, or own */
    struct http_header own[4];       /* of this answer alone, pointing to location and cookie */
    char location[VISITS_LINE_MAX], cookie[VISITS_LINE_MAX];
    struct buf body; /* at most VISITS_BODY_MAX */
};

#define VISITS_LATER 1 /* what the page needs is not ready: undo, and ask again when it is */

/* Writes the page that answers the request: 0, or VISITS_LATER. An error is one of storage or memory: what was done is
 * undone, and `busy` answers. */
typedef int (*visits_page_fn)(
    void *context, const struct request *request, int64_t now_ms, struct visits_page *ret_page);

struct visits_writer {
    visits_page_fn answer;
    visits_page_fn busy; /* "try again": touches no storage */
    /* What was answered VISITS_LATER: can it be written now? NULL = the writer never answers so. */
    bool (*is_ready)(void *context, const struct request *request);
    /* The request has its answer. is_done: what its page did is committed; else it was undone. NULL = no matter. */
    void (*settle)(void *context, const struct request *request, bool is_done);
    void *context;
    const struct http_header *headers; /* put on every response of that listener, also on those of the framing check */
};

struct visits;
int visits_new(const struct visits_writer *writer, struct visits **ret_visits) MUST_CHECK;
void visits_free(struct visits *visits);

/* Takes the exchange; answers it at once when too many wait. */
void visits_add(struct visits *visits, struct http_exchange *exchange, const struct request *request, int64_t now_ms);
unsigned visits_waiting(const struct visits *visits); /* those that a turn can answer */
unsigned visits_parked(const struct visits *visits);  /* those that wait for something outside the turn */
/* Inside the transaction, from the first one anew (a failed turn is repeated). */
int visits_handle(struct visits *visits, struct store *store, int64_t now_ms) MUST_CHECK;
/* After it: gives the handled ones their pages, or "try again". */
void visits_answer(struct visits *visits, bool is_committed, int64_t now_ms);

#endif
