/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * target - where a job wants to go, read out of its URL once.
 * Why:   a check with one parser and a connection with another is how allow-lists are fooled. So the URL is parsed by
 *        libcurl, the answers are judged, and the same parsed handle is what the transfer uses.
 * Keeps: host is ASCII without user information or zone id, in the form the transfer connects to.
 */
#ifndef GATEWAY_SENDER_TARGET_H
#define GATEWAY_SENDER_TARGET_H

#include <curl/curl.h>
#include <stdbool.h>

#include "gateway/base/error.h"

#define TARGET_URL_MAX 4096
#define TARGET_HOST_MAX 256 /* with NUL; an IPv6 address keeps its brackets */

enum scheme { SCHEME_HTTP, SCHEME_HTTPS, SCHEME_SMTP, SCHEME_SMTPS };

struct target {
    CURLU *parsed;
    enum scheme scheme;
    char host[TARGET_HOST_MAX];
    unsigned port;
    bool is_literal; /* host is a numeric address */
};

/* ERR_INVALID (the sentence never repeats the URL) or ERR_NOMEM; then nothing needs freeing. */
int target_parse(const char *url, struct target *ret_target, struct error *error) MUST_CHECK;
void target_done(struct target *target);
const char *scheme_word(enum scheme scheme);

#endif
