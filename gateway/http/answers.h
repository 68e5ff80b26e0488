/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answers - the library's response objects: the fixed ones made at start, the others on demand. Private to
 * gateway/http. Why:   a refusal must need no memory: a flood arrives exactly when there is none, and an unchecked
 * allocation on the 503 path once brought a prototype down.
 */
#ifndef GATEWAY_HTTP_ANSWERS_H
#define GATEWAY_HTTP_ANSWERS_H

#include <microhttpd.h>

#include "gateway/http/server.h"

struct answers {
    const struct http_header *common;             /* on every response; may be NULL */
    struct MHD_Response *refusals[FRAMING_COUNT]; /* with Connection: close; [FRAMING_ok] is NULL */
    struct MHD_Response *busy;                    /* 503 with Retry-After and Connection: close */
};

/* What one answer consists of; NULL members are left out. */
struct answer {
    int status;
    const char *content_type, *allow, *www_authenticate;
    const struct http_header *extra;
    struct span body;
    bool is_last; /* adds Connection: close */
};

int answers_init(struct answers *answers, const struct http_header *common) MUST_CHECK; /* ERR_NOMEM */
void answers_done(struct answers *answers);

/* A copy of everything, owned by the caller; NULL when memory is short or a header value breaks the line. */
struct MHD_Response *answers_build(const struct answers *answers, const struct answer *answer);

#endif
