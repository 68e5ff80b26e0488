/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console - see console.h. */
#include "gateway/console/console.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/console/ack.h"
#include "gateway/console/desk.h"
#include "gateway/console/limit.h"
#include "gateway/console/page.h"
#include "gateway/console/peer.h"
#include "gateway/core/hasher.h"
#include "gateway/core/metrics.h"

#define PEER_PER_MINUTE 120
#define RETRY_AFTER "30"
#define METRICS_PATH "/metrics"
#define HEALTH_PATH "/healthz/detail"

struct console {
    struct core *core;
    struct limit *limit;
    struct scrape *scrape; /* NULL = no /metrics */
    struct desk desk;
};

static const struct http_header reading_headers[] = { { "Allow", "GET" }, { NULL, NULL } };
static const struct http_header wait_headers[] = { { "Retry-After", RETRY_AFTER }, { NULL, NULL } };

static unsigned end_visits(void *sessions, const char *name)
{
    return sessions_forget_name(sessions, name);
}

int console_new(struct core *core, struct console **ret_console)
{
    struct console *console = calloc(1, sizeof *console);
    struct limit *limit = limit_new();
    if (!console || !limit) {
        limit_free(limit);
        free(console);
        return ERR_NOMEM;
    }
    *console = (struct console){ .core = core, .limit = limit, .desk = { .core = core } };
    console->desk.passes.end_visits = end_visits;
    console->desk.passes.context = &console->desk.sessions;
    core->passes = &console->desk.passes;
    *ret_console = console;
    return 0;
}

void console_serve_metrics(struct console *console, struct scrape *scrape)
{
    console->scrape = scrape;
}

void console_free(struct console *console)
{
    if (!console)
        return;
    console->core->passes = NULL;
    limit_free(console->limit);
    sessions_done(&console->desk.sessions);
    free(console);
}

/* What a page waits for is a password that is worked out. */
static bool is_ready(void *context, const struct request *request)
{
    const struct console *console = context;
    return !console->core->hasher || hasher_is_ready(console->core->hasher, request);
}

static void settle(void *context, const struct request *request, bool is_done)
{
    struct console *console = context;
    passes_settle(&console->desk.passes, request, is_done);
    if (console->core->hasher)
        hasher_forget(console->core->hasher, request);
}

struct visits_writer console_writer(struct console *console)
{
    return (struct visits_writer){
        .answer = console_answer,
        .busy = console_busy,
        .is_ready = is_ready,
        .settle = settle,
        .context = console,
        .headers = page_headers,
    };
}

static bool may_ask(struct console *console, const struct request *request, int64_t now_ms)
{
    unsigned char tag[VAULT_TAG_LEN];
    struct span peer = peer_of(request, console->core->config);
    vault_tag(console->core->vault, "peer", peer, tag);
    return !peer.len || limit_allow(console->limit, tag, PEER_PER_MINUTE, now_ms);
}

static int say_wait(const struct request *request, struct visits_page *ret_page)
{
    int rc = page_say(request->path, 429, "One moment", "This page was asked for very often in the last minute.",
        "Nothing was changed. Please wait half a minute and try again.", ret_page);
    ret_page->extra = wait_headers;
    return rc;
}

/* A proxy passes the links of contacts to this listener, and with them, if it is told carelessly, everything else: the
 * figures are for who stands at the machine. */
static bool is_for_operator(const struct console *console, const struct request *request, const char *path)
{
    return console->scrape && console->core->config->has_metrics && str_equal(request->path, path) &&
           !request_header(request, "X-Forwarded-For") && !request_header(request, "Forwarded") &&
           !request_header(request, "X-Real-IP") && !request_header(request, "Via");
}

static int say_read_only(const struct request *request, struct visits_page *ret_page)
{
    int rc = page_say(request->path, 405, "Only for reading", "This address can only be read.", NULL, ret_page);
    ret_page->extra = reading_headers;
    return rc;
}

static int answer_health(
    const struct console *console, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    bool is_well = false;
    if (!str_equal(request->method, "GET"))
        return say_read_only(request, ret_page);
    int rc = scrape_write_health(console->scrape, now_ms, &ret_page->body, &is_well);
    ret_page->status = is_well ? 200 : 503;
    ret_page->content_type = "application/json; charset=utf-8";
    ret_page->extra = NULL;
    return rc;
}

static int answer_metrics(const struct console *console, const struct request *request, bool may_read, int64_t now_ms,
    struct visits_page *ret_page)
{
    if (!str_equal(request->method, "GET")) /* of others the framing check lets in POST alone */
        return say_read_only(request, ret_page);
    ret_page->status = 200;
    ret_page->content_type = METRICS_CONTENT_TYPE;
    ret_page->extra = NULL;
    return scrape_write(console->scrape, may_read, now_ms, &ret_page->body);
}

int console_busy(void *context, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    const struct console *console = context;
    if (is_for_operator(
            console, request, METRICS_PATH)) /* while the database fails this is what the operator needs most */
        return answer_metrics(console, request, false, now_ms, ret_page);
    return page_say(request->path, 503, "Not now", "The help line cannot store anything at this moment.",
        "Nothing was changed. Please try again in a minute; if it lasts, call the person who runs the line.", ret_page);
}

int console_answer(void *context, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    struct console *console = context;
    if (str_equal(request->path, "/style.css") && str_equal(request->method, "GET"))
        return page_style(ret_page);
    if (is_for_operator(console, request, METRICS_PATH))
        return answer_metrics(console, request, true, now_ms, ret_page);
    if (is_for_operator(console, request, HEALTH_PATH))
        return answer_health(console, request, now_ms, ret_page);
    if (!may_ask(console, request, now_ms))
        return say_wait(request, ret_page);
    int rc = ERR_NOT_FOUND;
    if (str_starts(request->path, ACK_PATH))
        rc = ack_answer(console->core, console->limit, request, now_ms, ret_page);
    else
        return desk_answer(&console->desk, request, now_ms, ret_page);
    if (rc == ERR_AGAIN)
        return say_wait(request, ret_page);
    return rc == ERR_NOT_FOUND ? ack_say_unknown(request, ret_page) : rc;
}
