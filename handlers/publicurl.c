/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publicurl - see the header. */
#include "handlers/publicurl.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/httpsend.h"
#include "handlers/url.h"

#define VERB_SLASH 3 /* "/in/NAME/status": the verb follows the third slash */

void publicurl_init(struct publicurl *urls)
{
    urls->count = 0;
    urls->query = (struct span){ "", 0 };
    for (size_t i = 0; i < PUBLICURL_COUNT; i++)
        buf_init(&urls->bases[i], PUBLICURL_MAX);
}

void publicurl_auto_done(struct publicurl *urls)
{
    for (size_t i = 0; i < PUBLICURL_COUNT; i++)
        buf_done(&urls->bases[i]);
}

bool publicurl_is_status(const struct request *request)
{
    const char *at = request->path;
    for (int i = 0; at && i < VERB_SLASH; i++) {
        at = strchr(at, '/');
        at = at ? at + 1 : NULL;
    }
    return at && strncmp(at, "status", strlen("status")) == 0;
}

static void add_base(struct publicurl *urls, const struct url *url, struct span path)
{
    struct buf *base = &urls->bases[urls->count];
    buf_add_span(base, url->origin);
    buf_add_span(base, url->port);
    buf_add_span(base, path);
    if (buf_check(base) == 0)
        urls->count++;
}

/* The typed address; the query that was typed with it is borrowed from the settings. */
static void add_typed(struct publicurl *urls, const char *text)
{
    struct url url;
    if (url_split(span_of(text), &url) || url.path.len == 0 || span_equal(url.path, span_of("/")))
        return;
    add_base(urls, &url, url.path);
    urls->query = url.query;
}

void publicurl_find(const struct settings *settings, const struct request *request, struct publicurl *urls)
{
    struct url url;
    const char *public_url = settings_text(settings, "public_url");
    const char *status_url = settings_text(settings, "status_url");
    if (!publicurl_is_status(request))
        add_typed(urls, public_url);
    else if (*status_url)
        add_typed(urls, status_url);
    else {
        AUTO_BUF derived;
        buf_init(&derived, PUBLICURL_MAX);
        httpsend_add_status_url(settings, &derived);
        add_typed(urls, derived.len ? derived.data : "");
        urls->query = (struct span){ "", 0 };
    }
    if (url_split(span_of(public_url), &url) == 0)
        add_base(urls, &url, span_of(request->path));
    if (*request->query)
        urls->query = span_of(request->query);
}
