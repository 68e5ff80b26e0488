/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arrivals - see arrivals.h. */
#include "gateway/core/arrivals.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/core/daemon.h"
#include "gateway/core/webhooks.h"

struct waiting {
    struct http_exchange *exchange;
    const struct request *request;
    struct reply reply;
    bool is_unstored; /* its savepoint was undone */
};

struct arrivals {
    struct core *core;
    arrivals_answer_fn answer;
    struct waiting *ring; /* DAEMON_QUEUE_MAX places */
    unsigned first, count;
    unsigned handled; /* of this turn: the first ones */
};

int arrivals_new(struct core *core, arrivals_answer_fn answer, struct arrivals **ret_arrivals)
{
    struct arrivals *a = calloc(1, sizeof *a);
    if (!a)
        return ERR_NOMEM;
    a->core = core;
    a->answer = answer;
    a->ring = calloc(DAEMON_QUEUE_MAX, sizeof *a->ring);
    if (!a->ring) {
        free(a);
        return ERR_NOMEM;
    }
    *ret_arrivals = a;
    return 0;
}

void arrivals_free(struct arrivals *a)
{
    if (!a)
        return;
    free(a->ring);
    free(a);
}

static struct waiting *at(struct arrivals *a, unsigned index)
{
    return &a->ring[(a->first + index) % DAEMON_QUEUE_MAX];
}

bool arrivals_add(struct arrivals *a, struct http_exchange *exchange, const struct request *request)
{
    if (a->count == DAEMON_QUEUE_MAX)
        return false;
    *at(a, a->count++) = (struct waiting){ .exchange = exchange, .request = request };
    return true;
}

unsigned arrivals_count(const struct arrivals *a)
{
    return a->count;
}

static int handle(struct arrivals *a, struct waiting *waiting, bool is_careful, int64_t now_ms)
{
    unsigned messages;
    struct store *store = a->core->store;
    int rc = is_careful ? store_savepoint(store) : 0;
    if (rc)
        return rc;
    waiting->is_unstored = false;
    rc = webhooks_handle(a->core, waiting->request, now_ms, &waiting->reply, &messages);
    if (!is_careful)
        return rc;
    if (!rc)
        return store_release(store);
    store_undo(store);
    log_event(LOG_LEVEL_ERROR, EV_request_failed, F_WORD("error", error_name(rc)), F_WHY(store_last_error(store)));
    waiting->is_unstored = true;
    return 0;
}

int arrivals_handle(struct arrivals *a, bool is_careful, int64_t now_ms)
{
    int rc = 0;
    for (a->handled = 0; !rc && a->handled < a->count && a->handled < DAEMON_TURN_MAX;) {
        rc = handle(a, at(a, a->handled++), is_careful, now_ms);
#ifdef CONTROL_ANSWER_BEFORE_COMMIT /* the deliberate mistake that `make crash-control` must detect */
        struct waiting *early = at(a, a->handled - 1);
        if (early->exchange)
            a->answer(early->exchange, &early->reply);
        early->exchange = NULL;
#endif
    }
    return rc;
}

void arrivals_take(struct arrivals *a)
{
    a->handled = a->count < DAEMON_TURN_MAX ? a->count : DAEMON_TURN_MAX;
}

void arrivals_answer(struct arrivals *a, struct outage *outage, bool is_committed, int64_t now_ms)
{
    for (unsigned i = 0; i < a->handled; i++) {
        struct waiting *waiting = at(a, i);
        if (!waiting->exchange)
            continue;
        if (!is_committed || waiting->is_unstored)
            (void)outage_take(outage, waiting->request, now_ms, &waiting->reply);
        a->answer(waiting->exchange, &waiting->reply);
    }
    a->first = (a->first + a->handled) % DAEMON_QUEUE_MAX;
    a->count -= a->handled;
    a->handled = 0;
}
