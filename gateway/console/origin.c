/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin - see origin.h. */
#include "gateway/console/origin.h"

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

bool origin_is_own(const struct request *request, const char *public_url)
{
    const char *site = request_header(request, "Sec-Fetch-Site");
    const char *origin = request_header(request, "Origin");
    char ours[ORIGIN_MAX], theirs[ORIGIN_MAX];
    if (site && !str_equal(site, "same-origin") && !str_equal(site, "none"))
        return false;
    if (!origin || str_equal(origin, "null"))
        return true;
    return normalise(span_of(public_url), ours) && normalise(span_of(origin), theirs) && str_equal(ours, theirs);
}
