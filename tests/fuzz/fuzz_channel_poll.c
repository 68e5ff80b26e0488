/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_channel_poll - any answer to any channel that lists what it received, from any place in its list.
 * What:  byte 0 chooses the channel, byte 1 the kind of reply, bytes 2 and 3 the status, byte 4 the length of the
 * cursor that follows; the rest is the body. Keeps: messages only with `sent`, and `sent` only with a 2xx status; never
 * more than fits, all of it UTF-8; a next page is one that can be asked for, at the same host and in one line.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/registry.h"

static const struct {
    const char *kind, *host;
    const char *const pairs[6];
} setups[] = {
    { "twilio", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json?",
        { "account_sid=AC1", "auth_token=t", "public_url=https://line.example.org", NULL } },
    { "africastalking", "https://api.africastalking.com/version1/messaging?",
        { "username=u", "api_key=k", "token=secret-of-a-fuzzer", NULL } },
    { "infobip", "https://a.example/sms/1/inbox/reports?",
        { "auth_user=line", "auth_password=s", "api_url=https://a.example", "api_key=k", NULL } },
    { "sinch", "https://us.sms.api.sinch.com/xms/v1/p/inbounds?",
        { "service_plan_id=p", "secret=s", "api_token=t", NULL } },
    { "httpsms", "https://api.httpsms.com/v1/message",
        { "secret=key-of-the-hook", "public_url=https://line.example.org/in/x/message", "api_key=k",
            "from=+966500000002", NULL } },
    { "android_sms_gateway", "https://api.sms-gate.app/3rdparty/v1/inbox/refresh",
        { "secret=key-of-the-app", "api_user=u", "api_password=p", NULL } },
};

static void must(bool is_right)
{
    if (!is_right)
        abort();
}

static void check_page(const struct transmit_reply *reply, const struct poll_page *page, int count)
{
    bool is_success = reply->kind == REPLY_ANSWERED && reply->status >= 200 && reply->status < 300;
    must((unsigned)page->outcome < OUTCOME_COUNT && page->retry_after_s >= 0);
    must((count >= 0) == (page->outcome == OUTCOME_sent));
    must(count < 0 || is_success);
    must(memchr(page->cursor, '\0', sizeof page->cursor) != NULL);
}

static void check_next(
    const struct channel_ops *ops, const struct settings *settings, const struct poll_page *page, const char *host)
{
    struct poll_from from = { .since_ms = 0 };
    struct transmit transmit;
    transmit_init(&transmit);
    memcpy(from.cursor, page->cursor, sizeof from.cursor);
    must(ops->build_poll(settings, &from, &transmit) == 0);
    must(transmit.url.data && str_starts(transmit.url.data, host));
    for (size_t i = 0; i < transmit.url.len; i++)
        must(transmit.url.data[i] > ' ' && transmit.url.data[i] < 0x7f);
    transmit_done(&transmit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 5 || size - 5 < data[4])
        return 0;
    size_t setup = data[0] % STR_COUNT(setups);
    const struct channel_ops *ops = registry_find(setups[setup].kind);
    struct settings *settings = NULL;
    struct error error;
    struct transmit_reply reply = { .status = data[2] * 256 + data[3], .retry_after_s = data[1], .reason = "" };
    reply.kind = data[1] % 3 == 0 ? REPLY_ANSWERED : data[1] % 3 == 1 ? REPLY_NOT_SENT : REPLY_UNKNOWN;
    reply.body = (struct span){ (const char *)data + 5 + data[4], size - 5 - data[4] };
    struct poll_from from = { .since_ms = 1767225600000 };
    memcpy(from.cursor, data + 5, data[4]);
    static struct sms_in messages[CHANNEL_LISTED_MAX]; /* mutable: too large for a stack, and used by one call only */
    struct poll_page page;
    memset(&page, 0xa5, sizeof page);
    must(settings_from_pairs(ops->keys, setups[setup].pairs, &error, &settings) == 0);
    int count = ops->read_poll(settings, &from, &reply, messages, CHANNEL_LISTED_MAX, &page);
    check_page(&reply, &page, count);
    must(count <= CHANNEL_LISTED_MAX);
    for (int i = 0; i < count; i++) {
        must(messages[i].text && utf8_is_valid(span_of(messages[i].text)));
        sms_in_done(&messages[i]);
    }
    if (count >= 0)
        check_next(ops, settings, &page, setups[setup].host);
    settings_free(settings);
    return 0;
}
