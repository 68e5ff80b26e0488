/* SPDX-License-Identifier: GPL-3.0-or-later */
/* httpreply - see the header. */
#include "handlers/httpreply.h"

#include <string.h>

#define RETRY_AFTER_MAX_S 86400

static enum outcome outcome_of_status(int status, bool is_idempotent)
{
    switch (status) {
    case 301:
    case 308: /* moved for good: the address must be corrected by a person */
    case 410:
        return OUTCOME_rejected;
    case 401:
    case 403:
    case 407:
        return OUTCOME_bad_config;
    case 408:
    case 425:
    case 503: /* these three say that nothing was done */
        return OUTCOME_retry_network;
    case 429:
        return OUTCOME_retry_throttled;
    default:
        break;
    }
    if (status >= 200 && status < 300)
        return OUTCOME_sent;
    if (status >= 300 && status < 400) /* a redirect is not followed; a temporary one is a sign of maintenance */
        return OUTCOME_retry_network;
    if (status >= 400 && status < 500)
        return OUTCOME_rejected;
    if (status >= 500 && status < 600)
        return is_idempotent ? OUTCOME_retry_network : OUTCOME_uncertain;
    return OUTCOME_unparseable;
}

int64_t httpreply_wait(int64_t asked_s, enum outcome outcome)
{
    if (asked_s <= 0 || !outcome_is_retried(outcome))
        return 0;
    return asked_s < RETRY_AFTER_MAX_S ? asked_s : RETRY_AFTER_MAX_S;
}

void httpreply_read(const struct transmit_reply *reply, bool is_idempotent, struct send_result *ret_result)
{
    memset(ret_result, 0, sizeof *ret_result);
    if (reply->kind == REPLY_NOT_SENT) {
        ret_result->outcome = OUTCOME_retry_network;
        return;
    }
    if (reply->kind != REPLY_ANSWERED) {
        ret_result->outcome = OUTCOME_uncertain;
        return;
    }
    ret_result->outcome = outcome_of_status(reply->status, is_idempotent);
    ret_result->retry_after_s = httpreply_wait(reply->retry_after_s, ret_result->outcome);
}

void httpreply_set_code(struct send_result *result, const char *code)
{
    size_t len = 0;
    for (; code && *code && len < sizeof result->provider_code - 1; code++) {
        if (*code > ' ' && *code <= '~')
            result->provider_code[len++] = *code;
    }
    result->provider_code[len] = '\0';
}
