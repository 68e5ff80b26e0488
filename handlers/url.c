/* SPDX-License-Identifier: GPL-3.0-or-later */
/* url - see the header; RFC 3986 clause 3 for the cutting. */
#include "handlers/url.h"

#include <string.h>

#include "gateway/base/str.h"

#define URL_LEN_MAX 2048
#define HOST_LEN_MAX 256

static size_t find(struct span text, const char *set)
{
    size_t at = 0;
    while (at < text.len && !strchr(set, text.data[at]))
        at++;
    return at;
}

static struct span cut(struct span text, size_t start, size_t end)
{
    return (struct span){ text.data + start, end - start };
}

static bool is_printable(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c <= ' ' || c == 0x7f)
            return false;
    }
    return true;
}

static bool is_port(struct span text)
{
    if (text.len < 2 || text.len > 6)
        return false;
    for (size_t i = 1; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return true;
}

/* authority = [userinfo "@"] host [":" port] */
static int split_authority(struct span text, size_t start, size_t end, struct url *url)
{
    size_t host_start = start;
    for (size_t i = start; i < end; i++) {
        if (text.data[i] == '@')
            host_start = i + 1;
    }
    size_t host_end = end;
    bool is_bracketed = host_start < end && text.data[host_start] == '[';
    size_t from = is_bracketed ? host_start + find(cut(text, host_start, end), "]") : host_start;
    size_t colon = from + find(cut(text, from, end), ":");
    if (colon < end) {
        host_end = colon;
        url->port = cut(text, colon, end);
        if (!is_port(url->port))
            return ERR_INVALID;
    }
    url->host = cut(text, host_start, host_end);
    url->origin = cut(text, 0, host_end);
    return url->host.len > 0 && url->host.len < HOST_LEN_MAX ? 0 : ERR_INVALID;
}

int url_split(struct span text, struct url *ret_url)
{
    *ret_url = (struct url){ .port = { "", 0 }, .path = { "", 0 }, .query = { "", 0 } };
    if (text.len == 0 || text.len > URL_LEN_MAX || !is_printable(text))
        return ERR_INVALID;
    text.len = find(text, "#");
    size_t colon = find(text, ":/?");
    if (colon == 0 || text.len < colon + 3 || memcmp(text.data + colon, "://", 3) != 0)
        return ERR_INVALID;
    ret_url->scheme = cut(text, 0, colon);
    size_t start = colon + 3;
    size_t end = start + find(cut(text, start, text.len), "/?");
    int rc = split_authority(text, start, end, ret_url);
    if (rc)
        return rc;
    size_t question = end + find(cut(text, end, text.len), "?");
    ret_url->path = cut(text, end, question);
    ret_url->has_query = question < text.len;
    if (ret_url->has_query)
        ret_url->query = cut(text, question + 1, text.len);
    return 0;
}

bool url_has_scheme(const struct url *url, const char *scheme)
{
    char copy[16];
    return str_copy_span(copy, sizeof copy, url->scheme) && str_equal_nocase(copy, scheme);
}

static bool is_loopback_v4(const char *host)
{
    return str_starts(host, "127.") && host[strspn(host, "0123456789.")] == '\0';
}

bool url_is_loopback(const struct url *url)
{
    char host[HOST_LEN_MAX];
    if (!str_copy_span(host, sizeof host, url->host))
        return false;
    return str_equal_nocase(host, "localhost") || str_equal(host, "[::1]") || is_loopback_v4(host);
}

bool url_is_protected(const char *text)
{
    struct url url;
    if (url_split(span_of(text), &url))
        return false;
    return url_has_scheme(&url, "https") || (url_has_scheme(&url, "http") && url_is_loopback(&url));
}
