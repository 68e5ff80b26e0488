/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * target - asking libcurl's URL parser and refusing what an allow-list could not judge.
 */
#include "gateway/sender/target.h"

#include <arpa/inet.h>
#include <string.h>

#include "gateway/base/str.h"

static const char *const scheme_words[] = {
    [SCHEME_HTTP] = "http", [SCHEME_HTTPS] = "https", [SCHEME_SMTP] = "smtp", [SCHEME_SMTPS] = "smtps"
};

const char *scheme_word(enum scheme scheme)
{
    return scheme_words[scheme];
}

static bool is_printable_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

static int read_scheme(CURLU *parsed, enum scheme *ret_scheme)
{
    char *word = NULL;
    if (curl_url_get(parsed, CURLUPART_SCHEME, &word, 0) != CURLUE_OK)
        return ERR_INVALID;
    int status = ERR_INVALID;
    for (size_t i = 0; i < STR_COUNT(scheme_words); i++)
        if (str_equal_nocase(word, scheme_words[i])) {
            *ret_scheme = (enum scheme)i;
            status = 0;
        }
    curl_free(word);
    return status;
}

static int read_host(CURLU *parsed, struct target *target)
{
    char *host = NULL, *zone = NULL;
    if (curl_url_get(parsed, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return ERR_INVALID;
    bool has_zone = curl_url_get(parsed, CURLUPART_ZONEID, &zone, 0) == CURLUE_OK;
    bool is_usable =
        !has_zone && host[0] != '\0' && is_printable_ascii(host) && str_copy(target->host, sizeof(target->host), host);
    struct in_addr ignored;
    target->is_literal = host[0] == '[' || inet_pton(AF_INET, host, &ignored) == 1;
    curl_free(host);
    curl_free(zone);
    return is_usable ? 0 : ERR_INVALID;
}

static int read_port(CURLU *parsed, unsigned *ret_port)
{
    char *text = NULL;
    if (curl_url_get(parsed, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return ERR_INVALID;
    int64_t port = 0;
    int status = str_to_int64(text, 1, 65535, &port);
    curl_free(text);
    *ret_port = (unsigned)port;
    return status;
}

int target_parse(const char *url, struct target *ret_target, struct error *error)
{
    memset(ret_target, 0, sizeof(*ret_target));
    if (strlen(url) > TARGET_URL_MAX || !is_printable_ascii(url))
        return error_set(error, ERR_INVALID, "the URL is too long or not plain ASCII");
    ret_target->parsed = curl_url();
    if (ret_target->parsed == NULL)
        return error_set(error, ERR_NOMEM, "out of memory");
    const char *why = NULL;
    if (curl_url_set(ret_target->parsed, CURLUPART_URL, url, CURLU_DISALLOW_USER) != CURLUE_OK)
        why = "the URL cannot be read";
    else if (read_scheme(ret_target->parsed, &ret_target->scheme) != 0)
        why = "the URL has a scheme that is not spoken here";
    else if (read_host(ret_target->parsed, ret_target) != 0)
        why = "the URL has no usable host";
    else if (read_port(ret_target->parsed, &ret_target->port) != 0)
        why = "the URL has no usable port";
    if (why == NULL)
        return 0;
    target_done(ret_target);
    return error_set(error, ERR_INVALID, "%s", why);
}

void target_done(struct target *target)
{
    curl_url_cleanup(target->parsed);
    memset(target, 0, sizeof(*target));
}
