/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_channel_reply - any answer of a remote side to any channel that sends.
 * What:  byte 0 chooses the channel, byte 1 the kind of reply, bytes 2 and 3 the status; the rest is the body.
 * Keeps: the outcome is a word of the table; `sent` only for an answer with a 2xx status, or with 409 where the remote
 *        side knows our id already; an id is UTF-8.
 * Not here: listings of messages (fuzz_channel_poll).
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
    { "plivo", { "auth_id=MA1", "auth_token=t", "public_url=https://line.example.org", NULL } },
    { "africastalking", { "username=u", "token=secret-of-a-fuzzer", NULL } },
    { "messagebird", { "signing_key=k", "public_url=https://line.example.org", NULL } },
    { "bird_channels", { "signing_key=k", "public_url=https://line.example.org", NULL } },
    { "clickatell", { "token=secret-of-a-fuzzer", NULL } },
    { "telerivet", { "secret=secret-of-a-fuzzer", NULL } },
    { "kannel", { "token=secret-of-a-fuzzer", NULL } },
    { "46elks", { "webhook_password=secret-of-a-fuzzer", NULL } },
    { "rapidpro", { "token=secret-of-a-fuzzer", NULL } },
    { "telnyx", { "public_key=A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", NULL } },
    { "infobip", { "auth_user=line", "auth_password=s", "opted_out_names=A|B", NULL } },
    { "sinch", { "service_plan_id=p", "secret=s", NULL } },
    { "vonage_sms", { "api_key=k", "secret=s", NULL } },
    { "vonage_messages", { "secret=s", NULL } },
    { "android_sms_gateway", { "secret=key-of-the-app", NULL } },
    { "httpsms", { "secret=key-of-the-hook", "public_url=https://line.example.org/in/x/message", NULL } },
    { "slack", { "hook=h", NULL } },
    { "mattermost", { "hook=h", "api_url=https://a.example/", NULL } },
    { "rocketchat", { "hook=h", "api_url=https://a.example/", NULL } },
    { "telegram", { "token=t", NULL } },
    { "matrix", { "token=t", "api_url=https://a.example/", NULL } },
    { "signal", { "number=+15005550006", NULL } },
    { "ntfy", { "topic=t", NULL } },
    { "pagerduty", { "routing_key=k", NULL } },
    { "zammad", { "token=t", "api_url=https://a.example/", "group=g", "customer=a@b.example", NULL } },
    { "primero", { "token=t", "api_url=https://a.example/", NULL } },
    { "primero", { "record=intakes", "stream=s", "api_url=https://a.example/", NULL } },
    { "whatsapp_cloud", { "phone_number_id=1", NULL } },
    { "unifonic", { "app_sid=s", "config_codes=ER-01", "opted_out_codes=ER-02", NULL } },
    { "semaphore", { "api_key=k", NULL } },
    { "movider", { "api_key=k", "api_secret=s", NULL } },
    { "modem", { "device=/dev/null", NULL } },
};

/* What is missing above would never be tried. */
static void check_registry(void)
{
    const struct channel_ops *ops;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        bool is_listed = !(ops->caps & (CHANNEL_SENDS | CHANNEL_POLLS)) || str_equal(ops->kind, "loopback");
        for (size_t j = 0; j < STR_COUNT(setups); j++)
            is_listed |= str_equal(setups[j].kind, ops->kind);
        if (!is_listed)
            abort();
    }
}

static void check_result(const struct transmit_reply *reply, const struct send_result *result)
{
    if ((unsigned)result->outcome >= OUTCOME_COUNT || result->retry_after_s < 0)
        abort();
    if (result->outcome == OUTCOME_sent &&
        (reply->kind != REPLY_ANSWERED || ((reply->status < 200 || reply->status > 299) && reply->status != 409)))
        abort();
    if (!memchr(result->remote_id, '\0', sizeof result->remote_id) || !utf8_is_valid(span_of(result->remote_id)))
        abort();
    if (!memchr(result->provider_code, '\0', sizeof result->provider_code))
        abort();
}

static void check_listed_acts(
    const struct channel_ops *ops, const struct settings *settings, const struct transmit_reply *reply)
{
    struct contact_act acts[CHANNEL_LISTED_ACTS_MAX];
    struct poll_from from = { .since_ms = 0 };
    struct poll_page page;
    int count =
        ops->read_poll_acts ? ops->read_poll_acts(settings, &from, reply, acts, CHANNEL_LISTED_ACTS_MAX, &page) : 0;
    if (count > CHANNEL_LISTED_ACTS_MAX)
        abort();
    for (int i = 0; i < count; i++) {
        if ((acts[i].verb == CONTACT_SAYS) != (acts[i].text != NULL) || !utf8_is_valid(span_of(acts[i].who)))
            abort();
        contact_act_done(&acts[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4) {
        check_registry();
        return 0;
    }
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
    check_listed_acts(ops, settings, &reply);
    settings_free(settings);
    return 0;
}
