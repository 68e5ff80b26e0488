/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answers - see the header.
 */
#include "gateway/http/answers.h"

#include <string.h>

#include "gateway/base/str.h"

#define RETRY_AFTER "2" /* seconds; providers that ignore it have their own curve */

static bool add(struct MHD_Response *response, const char *name, const char *value)
{
    return value == NULL || MHD_add_response_header(response, name, value) == MHD_YES;
}

static bool add_all(struct MHD_Response *response, const struct http_header *headers)
{
    for (; headers != NULL && headers->name != NULL; headers++) {
        if (!add(response, headers->name, headers->value))
            return false;
    }
    return true;
}

struct MHD_Response *answers_build(const struct answers *answers, const struct answer *answer)
{
    /* MUST_COPY does not write through the pointer; only the prototype lacks the const. */
    void *body = (void *)(uintptr_t)answer->body.data;
    struct MHD_Response *response = MHD_create_response_from_buffer(answer->body.len, body, MHD_RESPMEM_MUST_COPY);
    if (response == NULL)
        return NULL;
    bool is_built = add(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->content_type) &&
                    add(response, MHD_HTTP_HEADER_ALLOW, answer->allow) &&
                    add(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, answer->www_authenticate) &&
                    add(response, MHD_HTTP_HEADER_RETRY_AFTER,
                        answer->status == MHD_HTTP_SERVICE_UNAVAILABLE ? RETRY_AFTER : NULL) &&
                    add(response, MHD_HTTP_HEADER_CONNECTION, answer->is_last ? "close" : NULL) &&
                    add_all(response, answer->extra) && add_all(response, answers->common);
    if (is_built)
        return response;
    MHD_destroy_response(response);
    return NULL;
}

static struct MHD_Response *build_fixed(const struct answers *answers, int status, const char *sentence)
{
    AUTO_BUF body;
    buf_init(&body, 256);
    buf_add_text(&body, sentence);
    buf_add_char(&body, '\n');
    if (buf_check(&body) != 0)
        return NULL;
    struct answer answer = {
        .status = status, .content_type = "text/plain; charset=utf-8", .body = buf_span(&body), .is_last = true
    };
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        answer.allow = "GET, POST";
    return answers_build(answers, &answer);
}

int answers_init(struct answers *answers, const struct http_header *common)
{
    memset(answers, 0, sizeof(*answers));
    answers->common = common;
    answers->busy = build_fixed(answers, MHD_HTTP_SERVICE_UNAVAILABLE, "try again in a moment");
    bool is_complete = answers->busy != NULL;
    for (int verdict = FRAMING_ok + 1; verdict < FRAMING_COUNT && is_complete; verdict++) {
        answers->refusals[verdict] = build_fixed(answers, framing_status(verdict), framing_sentence(verdict));
        is_complete = answers->refusals[verdict] != NULL;
    }
    if (is_complete)
        return 0;
    answers_done(answers);
    return ERR_NOMEM;
}

void answers_done(struct answers *answers)
{
    for (int verdict = 0; verdict < FRAMING_COUNT; verdict++) {
        if (answers->refusals[verdict] != NULL)
            MHD_destroy_response(answers->refusals[verdict]);
    }
    if (answers->busy != NULL)
        MHD_destroy_response(answers->busy);
    memset(answers, 0, sizeof(*answers));
}
