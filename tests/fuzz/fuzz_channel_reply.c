/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_channel_reply - any answer of a remote side to any channel that sends.
 * What:  byte 0 chooses the channel, byte 1 the kind of reply, bytes 2 and 3 the status; the rest is the body.
 * Keeps: the outcome is a word of the table; `sent` only for an answer with a 2xx status; an id is UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/registry.h"

static const struct {
    const char *kind;
    const char *const pairs[6];
} setups[] = {
    { "twilio", { "account_sid=AC1", "auth_token=t", "public_url=https://line.example.org", NULL } },
    { "generic", { "auth=none", "send_url=https://a.example/", "id_path=/messages/0/id", NULL } },
    { "generic",
        { "auth=none", "send_url=https://a.example/", "success_text=ok", "recognises_id=true", "id_path=id", NULL } },
    { "webhook", { "secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", NULL } },
    { "mail", { "url=smtp://mail.example.org", "from=line@example.org", NULL } },
};

static void check_result(const struct transmit_reply *reply, const struct send_result *result)
{
    if ((unsigned)result->outcome >= OUTCOME_COUNT || result->retry_after_s < 0)
        abort();
    if (result->outcome == OUTCOME_sent &&
        (reply->kind != REPLY_ANSWERED || reply->status < 200 || reply->status > 299))
        abort();
    if (!memchr(result->remote_id, '\0', sizeof result->remote_id) || !utf8_is_valid(span_of(result->remote_id)))
        abort();
    if (!memchr(result->provider_code, '\0', sizeof result->provider_code))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    size_t setup = data[0] % STR_COUNT(setups);
    const struct channel_ops *ops = registry_find(setups[setup].kind);
    struct settings *settings = NULL;
    struct error error;
    struct transmit_reply reply = { .status = data[2] * 256 + data[3], .retry_after_s = data[1], .reason = "" };
    reply.kind = data[1] % 3 == 0 ? REPLY_ANSWERED : data[1] % 3 == 1 ? REPLY_NOT_SENT : REPLY_UNKNOWN;
    reply.body = (struct span){ (const char *)data + 4, size - 4 };
    struct send_result result;
    memset(&result, 0xa5, sizeof result);
    if (settings_from_pairs(ops->keys, setups[setup].pairs, &error, &settings))
        abort();
    ops->read_reply(settings, &reply, &result);
    check_result(&reply, &result);
    settings_free(settings);
    return 0;
}
