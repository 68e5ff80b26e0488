/* SPDX-License-Identifier: GPL-3.0-or-later */
/* visits - see visits.h. */
#include "gateway/core/visits.h"

#include <stdlib.h>

#include "gateway/base/log.h"

#define PARKED_MAX 32

struct visit {
    struct http_exchange *exchange;
    const struct request *request;
};

struct visits {
    struct visits_writer writer;
    unsigned first, count, handled; /* handled: of this turn, the first ones of the queue */
    struct visit queue[VISITS_MAX]; /* a ring */
    struct visits_page pages[VISITS_TURN_MAX];
    enum { PAGE_FAILED, PAGE_LATER, PAGE_DONE } ends[VISITS_TURN_MAX];
    unsigned parked_count;
    struct visit parked[PARKED_MAX];
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

static bool is_ready(const struct visits *v, const struct visit *visit)
{
    return v->writer.is_ready(v->writer.context, visit->request);
}

unsigned visits_waiting(const struct visits *v)
{
    unsigned ready = 0;
    for (unsigned i = 0; i < v->parked_count; i++)
        ready += is_ready(v, &v->parked[i]);
    return v->count + ready;
}

unsigned visits_parked(const struct visits *v)
{
    return v->parked_count;
}

/* Those that are ready queue up again, as far as there is room. */
static void unpark(struct visits *v)
{
    unsigned left = 0;
    for (unsigned i = 0; i < v->parked_count; i++) {
        if (v->count < VISITS_MAX && is_ready(v, &v->parked[i]))
            *visit_at(v, v->count++) = v->parked[i];
        else
            v->parked[left++] = v->parked[i];
    }
    v->parked_count = left;
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
    v->ends[index] = rc == VISITS_LATER ? PAGE_LATER : rc ? PAGE_FAILED : PAGE_DONE;
    if (!rc)
        return store_release(store);
    if (rc == VISITS_LATER) {
        store_undo(store);
        return 0;
    }
    log_event(LOG_LEVEL_ERROR, EV_part_failed, F_WORD("part", "page"), F_WORD("error", error_name(rc)),
        F_WHY(store_last_error(store)));
    store_undo(store);
    say_busy(v, request, now_ms, page);
    return 0;
}

int visits_handle(struct visits *v, struct store *store, int64_t now_ms)
{
    int rc = 0;
    unpark(v);
    for (v->handled = 0; !rc && v->handled < v->count && v->handled < VISITS_TURN_MAX; v->handled++)
        rc = handle(v, store, v->handled, now_ms);
    return rc;
}

static void answer(struct visits *v, const struct visit *visit, struct visits_page *page, bool is_done)
{
    if (v->writer.settle)
        v->writer.settle(v->writer.context, visit->request, is_done);
    give(visit->exchange, page);
}

void visits_answer(struct visits *v, bool is_committed, int64_t now_ms)
{
    for (unsigned i = 0; i < v->handled; i++) {
        struct visit *visit = visit_at(v, i);
        bool is_later = v->ends[i] == PAGE_LATER;
        if (is_committed && is_later && v->parked_count < PARKED_MAX) {
            v->parked[v->parked_count++] = *visit;
            continue;
        }
        if (!is_committed || is_later)
            say_busy(v, visit->request, now_ms, &v->pages[i]);
        answer(v, visit, &v->pages[i], is_committed && v->ends[i] == PAGE_DONE);
    }
    v->first = (v->first + v->handled) % VISITS_MAX;
    v->count -= v->handled;
    v->handled = 0;
}
