/* SPDX-License-Identifier: GPL-3.0-or-later */
/* visits - see visits.h. */
#include "gateway/core/visits.h"

#include <stdlib.h>

#include "gateway/base/log.h"

struct visit {
    struct http_exchange *exchange;
    const struct request *request;
};

struct visits {
    struct visits_writer writer;
    unsigned first, count, handled; /* handled: of this turn, the first ones of the queue */
    struct visit queue[VISITS_MAX]; /* a ring */
    struct visits_page pages[VISITS_TURN_MAX];
};

int visits_new(const struct visits_writer *writer, struct visits **ret_visits)
{
    struct visits *v = calloc(1, sizeof *v);
    if (!v)
        return ERR_NOMEM;
    v->writer = *writer;
    for (unsigned i = 0; i < VISITS_TURN_MAX; i++)
        buf_init(&v->pages[i].body, VISITS_BODY_MAX);
    *ret_visits = v;
    return 0;
}

void visits_free(struct visits *v)
{
    if (!v)
        return;
    for (unsigned i = 0; i < VISITS_TURN_MAX; i++)
        buf_done(&v->pages[i].body);
    free(v);
}

static struct visit *visit_at(struct visits *v, unsigned index)
{
    return &v->queue[(v->first + index) % VISITS_MAX];
}

static void clear(struct visits_page *page)
{
    buf_clear(&page->body);
    page->status = 503;
    page->content_type = NULL;
    page->extra = NULL;
}

static void say_busy(struct visits *v, const struct request *request, int64_t now_ms, struct visits_page *page)
{
    clear(page);
    if (v->writer.busy(v->writer.context, request, now_ms, page))
        clear(page); /* without memory: the number alone */
}

static void give(struct http_exchange *exchange, const struct visits_page *page)
{
    http_answer_large(exchange, page->status, page->content_type, page->extra, buf_span(&page->body));
}

void visits_add(struct visits *v, struct http_exchange *exchange, const struct request *request, int64_t now_ms)
{
    if (v->count < VISITS_MAX) {
        *visit_at(v, v->count++) = (struct visit){ exchange, request };
        return;
    }
    struct visits_page page = { .status = 503 };
    buf_init(&page.body, VISITS_BODY_MAX);
    say_busy(v, request, now_ms, &page);
    give(exchange, &page);
    buf_done(&page.body);
}

unsigned visits_waiting(const struct visits *v)
{
    return v->count;
}

static int handle(struct visits *v, struct store *store, unsigned index, int64_t now_ms)
{
    const struct request *request = visit_at(v, index)->request;
    struct visits_page *page = &v->pages[index];
    int rc = store_savepoint(store);
    if (rc)
        return rc;
    clear(page);
    rc = v->writer.answer(v->writer.context, request, now_ms, page);
    if (!rc)
        return store_release(store);
    log_event(LOG_LEVEL_ERROR, EV_part_failed, F_WORD("part", "page"), F_WORD("error", error_name(rc)),
        F_WHY(store_last_error(store)));
    store_undo(store);
    say_busy(v, request, now_ms, page);
    return 0;
}

int visits_handle(struct visits *v, struct store *store, int64_t now_ms)
{
    int rc = 0;
    for (v->handled = 0; !rc && v->handled < v->count && v->handled < VISITS_TURN_MAX; v->handled++)
        rc = handle(v, store, v->handled, now_ms);
    return rc;
}

void visits_answer(struct visits *v, bool is_committed, int64_t now_ms)
{
    for (unsigned i = 0; i < v->handled; i++) {
        struct visit *visit = visit_at(v, i);
        if (!is_committed)
            say_busy(v, visit->request, now_ms, &v->pages[i]);
        give(visit->exchange, &v->pages[i]);
    }
    v->first = (v->first + v->handled) % VISITS_MAX;
    v->count -= v->handled;
    v->handled = 0;
}
