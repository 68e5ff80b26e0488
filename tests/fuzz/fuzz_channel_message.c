/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_channel_message - any request to any channel that receives.
 * What:  byte 0 chooses the settings, byte 1 method and content type; then the query up to a newline, then the body.
 * Keeps: nothing unsigned is authentic; every text that comes out is UTF-8, every count is within its bound; an error
 * leaves nothing to free; read again, a request is the same message; no receiving channel of the registry is left out.
 * Seeds: tests/fuzz/seeds makes one of every request in tests/golden/requests.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/registry.h"

#define QUERY_MAX 2048

static const struct {
    const char *kind;
    const char *const pairs[6];
} setups[] = {
    { "twilio", { "account_sid=AC1", "auth_token=t", "public_url=https://line.example.org/in/tw/message", NULL } },
    { "twilio",
        { "account_sid=AC1", "auth_token=t", "public_url=https://line.example.org", "auth_token_previous=u", NULL } },
    { "generic", { "auth=hmac", "secret=s", NULL } },
    { "generic", { "auth=token", "secret=secret-of-sixteen", "messages=/results", NULL } },
    { "generic", { "auth=hmac", "secret=s", "charset=utf-16be", "field_text=/a/0/text", NULL } },
    { "generic", { "auth=standard_webhooks", "secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "format=json", NULL } },
    { "plivo", { "auth_id=MA1", "auth_token=t", "public_url=https://line.example.org/in/x/message", NULL } },
    { "africastalking", { "username=u", "token=secret-of-a-fuzzer", NULL } },
    { "messagebird", { "signing_key=k", "public_url=https://line.example.org/in/x/message", NULL } },
    { "bird_channels", { "signing_key=k", "public_url=https://line.example.org/in/x/message", NULL } },
    { "clickatell", { "token=secret-of-a-fuzzer", NULL } },
    { "telerivet", { "secret=secret-of-a-fuzzer", NULL } },
    { "kannel", { "token=secret-of-a-fuzzer", NULL } },
    { "46elks", { "webhook_password=secret-of-a-fuzzer", NULL } },
    { "rapidpro", { "token=secret-of-a-fuzzer", "number=+15005550006", NULL } },
    { "telnyx", { "public_key=A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=", NULL } },
    { "infobip", { "auth_user=line", "auth_password=s", NULL } },
    { "sinch", { "service_plan_id=p", "secret=s", NULL } },
    { "vonage_sms", { "api_key=k", "secret=s", NULL } },
    { "vonage_sms", { "api_key=k", "secret=s", "signature_method=sha256hmac", NULL } },
    { "vonage_messages", { "secret=s", NULL } },
    { "android_sms_gateway", { "secret=key-of-the-app", NULL } },
    { "httpsms", { "secret=key-of-the-hook", "public_url=https://line.example.org/in/x/message", NULL } },
    { "whatsapp_cloud", { "phone_number_id=1", "app_secret=s", NULL } },
    { "telegram", { "token=t", "chat_id=-1001", "secret_token=s", NULL } },
    { "slack", { "hook=T/B/X", "signing_secret=key-of-the-app", NULL } },
    { "pagerduty", { "webhook_secret=key-of-the-hook", NULL } },
    { "modem", { "device=/dev/null", "number=+15005550006", NULL } },
};

static const char *const types[] = { "application/x-www-form-urlencoded", "application/json",
    "text/plain; charset=iso-8859-1", "application/x-www-form-urlencoded; charset=\"utf-16\"" };

/* What is missing above would never be tried. */
static void check_registry(void)
{
    const struct channel_ops *ops;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        bool is_listed = !(ops->caps & (CHANNEL_RECEIVES | CHANNEL_ACTS));
        for (size_t j = 0; j < STR_COUNT(setups); j++)
            is_listed |= str_equal(setups[j].kind, ops->kind);
        if (!is_listed)
            abort();
    }
}

static void check_messages(struct sms_in *messages, int count)
{
    for (int i = 0; i < count; i++) {
        struct sms_in *sms = &messages[i];
        if (sms->part > sms->part_total || (sms->part_total && (!sms->part || sms->part_total < 2)) ||
            (unsigned)sms->from_kind > PHONE_HIDDEN || !utf8_is_valid(span_of(sms->part_ref)))
            abort();
        if (!sms->text || !utf8_is_valid(span_of(sms->text)) || !utf8_is_valid(span_of(sms->from)) ||
            !utf8_is_valid(span_of(sms->to)) || !utf8_is_valid(span_of(sms->remote_id)))
            abort();
        sms_in_done(sms);
    }
}

/* A retry that is read otherwise would be a second message. */
static void check_repetition(const struct channel_ops *ops, const struct settings *settings,
    const struct request *request, const struct sms_in *first, int count)
{
    struct sms_in again[CHANNEL_MESSAGES_MAX];
    int twice = ops->parse_message ? ops->parse_message(settings, request, again, CHANNEL_MESSAGES_MAX) : 0;
    if (twice != count)
        abort();
    for (int i = 0; i < count; i++) {
        if (!str_equal(first[i].text, again[i].text) || !str_equal(first[i].from, again[i].from) ||
            !str_equal(first[i].remote_id, again[i].remote_id) || first[i].sent_at != again[i].sent_at)
            abort();
        sms_in_done(&again[i]);
    }
}

/* A sentence fits every answer, whatever stood in the request; an act names its alert within bounds. */
static void check_acts(const struct channel_ops *ops, const struct settings *settings, const struct request *request)
{
    struct contact_act acts[CHANNEL_ACTS_MAX];
    int count = ops->parse_acts ? ops->parse_acts(settings, request, acts, CHANNEL_ACTS_MAX) : 0;
    if (count > CHANNEL_ACTS_MAX)
        abort();
    for (int i = 0; i < count; i++) {
        struct reply reply;
        bool is_typed = acts[i].verb == CONTACT_SAYS;
        if (is_typed != (acts[i].text != NULL) || !utf8_is_valid(span_of(acts[i].text)) ||
            !utf8_is_valid(span_of(acts[i].who)) || !utf8_is_valid(span_of(acts[i].event_id)))
            abort();
        if (ops->is_from)
            (void)ops->is_from(settings, &acts[i], "default");
        if (ops->answer_act)
            ops->answer_act(settings, &acts[i], "Case 1042: \"yours\".", &reply);
        if (ops->answer_act && (reply.status != 200 || reply.body_len >= sizeof reply.body))
            abort();
        contact_act_done(&acts[i]);
    }
}

static void try_request(const struct channel_ops *ops, const struct settings *settings, const struct request *request)
{
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
    struct delivery_report reports[CHANNEL_MESSAGES_MAX];
    if (ops->verify(settings, request, 1767225600000) != VERDICT_INVALID)
        abort();
    check_acts(ops, settings, request);
    int count = ops->parse_message ? ops->parse_message(settings, request, messages, CHANNEL_MESSAGES_MAX) : 0;
    if (count > CHANNEL_MESSAGES_MAX)
        abort();
    check_repetition(ops, settings, request, messages, count);
    check_messages(messages, count);
    count = ops->parse_status ? ops->parse_status(settings, request, reports, CHANNEL_MESSAGES_MAX) : 0;
    for (int i = 0; i < count; i++) {
        if ((unsigned)reports[i].status > REPORT_OPTED_OUT || !utf8_is_valid(span_of(reports[i].remote_id)) ||
            !reports[i].remote_id[0] || !utf8_is_valid(span_of(reports[i].provider_code)))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        check_registry();
        return 0;
    }
    size_t setup = data[0] % STR_COUNT(setups);
    const char *start = (const char *)data + 2;
    const char *newline = memchr(start, '\n', size - 2);
    size_t query_len = newline ? (size_t)(newline - start) : 0;
    size_t body_at = newline ? query_len + 1 : 0;
    char query[QUERY_MAX];
    str_copy_span(query, sizeof query, (struct span){ start, query_len });
    const struct request_header headers[] = { { "Content-Type", types[(data[1] >> 1) % STR_COUNT(types)] },
        { "X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }, { "X-Signature", "00" }, { "webhook-id", "a" },
        { "webhook-timestamp", "1767225600" }, { "webhook-signature", "v1,AAAA v1a,AAAA" },
        { "X-Timestamp", "1767225600" },
        { "Authorization", data[1] & 64 ? "Basic bGluZTpvdGhlcg==" : "Bearer e30.e30.e30" },
        { "telnyx-timestamp", "1767225600" }, { "telnyx-signature-ed25519", "AAAA" },
        { "x-sinch-webhook-signature", "AAAA" }, { "x-sinch-webhook-signature-nonce", "n" },
        { "x-sinch-webhook-signature-timestamp", "1767225600" }, { "X-Hub-Signature-256", "sha256=00" } };
    struct request request = { .method = data[1] & 1 ? "GET" : "POST",
        .path = data[1] & 128 ? "/in/x/status" : "/in/x/message",
        .query = query,
        .headers = headers,
        .header_count = STR_COUNT(headers),
        .body = { start + body_at, size - 2 - body_at } };
    const struct channel_ops *ops = registry_find(setups[setup].kind);
    struct settings *settings = NULL;
    struct error error;
    if (settings_from_pairs(ops->keys, setups[setup].pairs, &error, &settings))
        abort();
    try_request(ops, settings, &request);
    settings_free(settings);
    return 0;
}
