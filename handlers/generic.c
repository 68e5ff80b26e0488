/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic - any provider that speaks HTTP, by configuration alone.
 * What:  the channel and its answers; the keys stand in generic_keys, proof of origin in generic_auth, receiving in
 *        generic_in, sending in generic_send, what an answer means in generic_result.
 * Why:   an answer body may be sent to her as an SMS by some gateways, so the default is an empty text/plain.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/generic_auth.h"
#include "handlers/generic_in.h"
#include "handlers/generic_keys.h"
#include "handlers/generic_result.h"
#include "handlers/generic_selftest.h"
#include "handlers/generic_send.h"

static void set_body(const struct settings *settings, const char *key, struct reply *reply)
{
    reply->status = (int)settings_int(settings, "ack_status");
    /* The reply must not point into the settings, which may be gone when it is sent. */
    reply->content_type = generic_keys_ack_type(settings_text(settings, "ack_type"));
    str_copy(reply->body, sizeof reply->body, settings_text(settings, key));
    reply->body_len = strlen(reply->body);
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    memset(ret_reply, 0, sizeof *ret_reply);
    ret_reply->content_type = "text/plain";
    switch (to) {
    case ANSWER_STORED:
        set_body(settings, "ack_body", ret_reply);
        break;
    case ANSWER_REPORT:
        set_body(settings, settings_has(settings, "report_body") ? "report_body" : "ack_body", ret_reply);
        break;
    case ANSWER_FORBIDDEN:
        ret_reply->status = (int)settings_int(settings, "forbidden_status");
        if (ret_reply->status == 401)
            ret_reply->www_authenticate = "Basic realm=\"messages\"";
        break;
    case ANSWER_MALFORMED:
        ret_reply->status = (int)settings_int(settings, "malformed_status");
        break;
    case ANSWER_BUSY:
        ret_reply->status = 503;
        break;
    }
}

static int check(const struct settings *settings, struct error *error)
{
    bool has_body = *settings_text(settings, "ack_body") || *settings_text(settings, "report_body");
    if (settings_int(settings, "ack_status") == 204 && has_body)
        return error_set(error, ERR_INVALID, "ack_status 204 has no body: leave ack_body and report_body out");
    int rc = generic_auth_check(settings, error);
    if (!rc)
        rc = generic_in_check(settings, error);
    if (!rc)
        rc = generic_send_check(settings, error);
    return rc ? rc : generic_result_check(settings, error);
}

const struct channel_ops generic_channel = {
    .kind = "generic",
    .summary = "any SMS provider that speaks HTTP, by field names and templates",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = generic_keys,
    .verify = generic_auth_verify,
    .parse_message = generic_in_parse,
    .parse_status = generic_in_parse_status,
    .answer = answer,
    .build_send = generic_send_build,
    .read_reply = generic_result_read,
    .build_self_test = generic_selftest_build,
    .check = check,
};
