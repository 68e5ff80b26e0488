/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin - see origin.h. */
#include "gateway/console/origin.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "handlers/url.h"

#define ORIGIN_MAX 300

/* "https://host:port" in lower case without the scheme's own port; false when it is no origin. */
static bool normalise(struct span text, char *ret)
{
    struct url url;
    char port[16] = "";
    if (text.len >= ORIGIN_MAX || url_split(text, &url))
        return false;
    bool is_default = (url_has_scheme(&url, "https") && span_equal(url.port, span_of(":443"))) ||
                      (url_has_scheme(&url, "http") && span_equal(url.port, span_of(":80")));
    if (!is_default && !str_copy_span(port, sizeof port, url.port))
        return false;
    size_t len = url.origin.len;
    if (!str_copy_span(ret, ORIGIN_MAX, url.origin) || !str_copy(ret + len, ORIGIN_MAX - len, port))
        return false;
    for (char *p = ret; *p; p++)
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
    return true;
}

/* Does the browser itself say that another site sent it? */
static bool is_foreign(const struct request *request)
{
    const char *site = request_header(request, "Sec-Fetch-Site");
    return site && !str_equal(site, "same-origin") && !str_equal(site, "none");
}

static bool is_untold(const char *origin)
{
    return !origin || str_equal(origin, "null");
}

static bool are_equal(const char *origin, const char *address)
{
    char ours[ORIGIN_MAX], theirs[ORIGIN_MAX];
    return normalise(span_of(address), ours) && normalise(span_of(origin), theirs) && str_equal(ours, theirs);
}

/* A proxy ends TLS before us, so the scheme is taken from the Origin. */
static bool is_host(const char *origin, const char *host)
{
    char address[ORIGIN_MAX];
    const char *scheme = str_starts_nocase(origin, "https:") ? "https" : "http";
    int len = snprintf(address, sizeof address, "%s://%s", scheme, host ? host : "");
    return host && len > 0 && (size_t)len < sizeof address && are_equal(origin, address);
}

bool origin_is_own(const struct request *request, const char *public_url)
{
    const char *origin = request_header(request, "Origin");
    return !is_foreign(request) && (is_untold(origin) || are_equal(origin, public_url));
}

bool origin_is_here(const struct request *request, const char *public_url)
{
    const char *origin = request_header(request, "Origin");
    return origin_is_own(request, public_url) ||
           (!is_foreign(request) && is_host(origin, request_header(request, "Host")));
}
