/* SPDX-License-Identifier: GPL-3.0-or-later */
/* peer - see peer.h. */
#include "gateway/console/peer.h"

#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"

static bool is_here(const char *peer)
{
    return !peer || !*peer || str_starts(peer, "127.") || str_equal(peer, "::1");
}

static bool is_proxy(const char *peer, const struct config_texts *proxies)
{
    for (unsigned i = 0; i < proxies->count; i++)
        if (str_equal(proxies->items[i], peer))
            return true;
    return false;
}

/* The last element: the nearest proxy wrote it, and the client cannot choose it. */
static struct span last_of(const char *list)
{
    const char *comma = strrchr(list, ',');
    return str_trim(span_of(comma ? comma + 1 : list));
}

/* The proxy's own header comes after one that the client sent. */
static const char *last_header(const struct request *request)
{
    const char *list = NULL;
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, "X-Forwarded-For") == 0)
            list = request->headers[i].value;
    return list;
}

struct span peer_of(const struct request *request, const struct config *config)
{
    const char *list = last_header(request);
    if (!is_here(request->peer) && !is_proxy(request->peer, &config->proxies))
        return span_of(request->peer);
    return list ? last_of(list) : span_of(is_here(request->peer) ? "" : request->peer);
}
