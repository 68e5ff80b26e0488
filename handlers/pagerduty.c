/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pagerduty - alerts as incidents of PagerDuty (Events API v2).
 * Why:   dedup_key is the id of the alert, equal over all tries: a repetition joins the incident that is there.
 *        With a webhook subscription, who acknowledges the incident there takes the case here, and what is called off
 *        here is resolved there.
 * Keeps: only a person of PagerDuty takes a case, no rule or integration of it. The summary is the subject, which holds
 * no word of hers; what the trust level hides is no detail either.
 */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/alertfields.h"
#include "handlers/callback.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/signature.h"

#define SUMMARY_MAX 1024
#define BODY_MAX 16000
#define ROUTING_KEY_LEN 32
#define SIGNATURE_PREFIX "v1="
#define SIGNATURE_HEX_LEN 64

static const struct key keys[] = {
    { .name = "routing_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 64,
        .doc = "The integration key of the service, for contacts whose address is \"default\".",
        .example = "@credential:pagerduty-key" },
    { .name = "source",
        .type = KEY_TEXT,
        .min = 1,
        .max = 128,
        .fallback = "helpline",
        .doc = "What incidents name as the place they come from." },
    { .name = "webhook_secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 8,
        .max = 256,
        .doc = "The secret that PagerDuty showed when the webhook subscription (v3) was made; without it nothing comes "
               "back, and acknowledging in PagerDuty quiets PagerDuty only.",
        .example = "@credential:pagerduty-webhook" },
    { .name = "webhook_secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The secret before the last change, accepted beside the current one." },
    COMMONKEY_API_URL("https://events.pagerduty.com"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static const char *const details[] = { "case", "urgency", "categories", "flags", "language", "country", "received_at",
    "verification", "message_count", "code", "text", "from" };

static bool is_routing_key(const char *key)
{
    const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    return strlen(key) == ROUTING_KEY_LEN && strspn(key, letters) == ROUTING_KEY_LEN;
}

static const char *severity_of(const struct alert_view *alert)
{
    static const char *const words[URGENCY_COUNT] = { [URGENCY_critical] = "critical",
        [URGENCY_urgent] = "error",
        [URGENCY_soon] = "warning",
        [URGENCY_routine] = "info" };
    return alert ? words[alert->urgency] : "warning";
}

static json_t *make_details(const struct sms_out *message)
{
    json_t *object = json_object();
    AUTO_BUF body;
    buf_init(&body, CHAT_BUF_MAX);
    for (size_t i = 0; i < STR_COUNT(details); i++) {
        AUTO_BUF value;
        buf_init(&value, CHAT_BUF_MAX);
        if (alertfields_add(message, details[i], &value))
            json_object_set_new(object, details[i], chat_json(&value));
    }
    chat_add_cut(&body, chat_words(message), CHAT_PLAIN, (struct chat_limit){ CHAT_BYTES, BODY_MAX });
    json_object_set_new(object, "message", chat_json(&body));
    return object;
}

static json_t *make_payload(const struct settings *settings, const struct sms_out *message)
{
    char at[CLOCK_TEXT_MAX];
    AUTO_BUF summary;
    buf_init(&summary, CHAT_BUF_MAX);
    struct span words = str_is_empty(message->subject) ? chat_words(message) : span_of(message->subject);
    chat_add_cut(&summary, words, CHAT_PLAIN, (struct chat_limit){ CHAT_BYTES, SUMMARY_MAX });
    clock_format(message->alert ? message->alert->received_at : message->now_ms, at);
    return json_pack("{s:o,s:s,s:s,s:s,s:o}", "summary", chat_json(&summary), "source",
        settings_text(settings, "source"), "severity", severity_of(message->alert), "timestamp", at, "custom_details",
        make_details(message));
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    bool is_default = chat_is_default(message->to);
    const char *key = is_default ? settings_text(settings, "routing_key") : message->to;
    if (!*key || (!is_default && !is_routing_key(key)) || chat_words(message).len == 0)
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/v2/enqueue", settings_int(settings, "timeout"));
    if (message->settled_alert_id) /* an incident of its own would wake somebody to say that nobody is needed */
        return httpsend_take_json(
            out, json_pack("{s:s,s:s,s:s}", "routing_key", key, "event_action",
                     message->is_over ? "resolve" : "acknowledge", "dedup_key", message->settled_alert_id));
    json_t *body = json_pack("{s:s,s:s,s:s,s:o}", "routing_key", key, "event_action", "trigger", "dedup_key",
        message->alert ? message->alert->alert_id : message->id, "payload", make_payload(settings, message));
    if (chat_link(message))
        json_object_set_new(body, "links", json_pack("[{s:s,s:s}]", "href", chat_link(message), "text", CHAT_LABEL));
    return httpsend_take_json(out, body);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    struct error error;
    httpreply_read(reply, true, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    AUTO_JSON *document = json_read(reply->body, &error);
    const char *word = json_text(document, "status", "");
    if (ret_result->outcome != OUTCOME_sent)
        httpreply_set_code(ret_result, word);
    else if (str_equal(word, "success"))
        inbound_set_id(span_of(json_text(document, "dedup_key", "")), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- back ------------------------------------------------------------------------------------------------------ */

/* "v1=<hex>", several with commas between them while a secret is being changed. */
static bool is_signed(const char *secret, struct span body, const char *signatures)
{
    bool is_valid = false;
    while (*signatures) {
        signatures += strspn(signatures, " \t,");
        size_t len = strcspn(signatures, " \t,");
        bool is_ours = len == strlen(SIGNATURE_PREFIX) + SIGNATURE_HEX_LEN && str_starts(signatures, SIGNATURE_PREFIX);
        struct span hex = { signatures + (is_ours ? strlen(SIGNATURE_PREFIX) : len), is_ours ? SIGNATURE_HEX_LEN : 0 };
        is_valid |= is_ours && signature_is_any(MAC_SHA256, span_of(secret), body, hex);
        signatures += len;
    }
    return is_valid;
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    const char *signatures = request_header(request, "X-PagerDuty-Signature");
    if (!signatures)
        return VERDICT_INVALID;
    bool is_valid = is_signed(settings_text(settings, "webhook_secret"), request->body, signatures);
    is_valid |= is_signed(settings_text(settings, "webhook_secret_previous"), request->body, signatures);
    return is_valid ? VERDICT_VALID : VERDICT_INVALID;
}

static bool is_person(const json_t *agent)
{
    const char *type = json_text(agent, "type", "");
    return str_equal(type, "user_reference") || str_equal(type, "user");
}

static int parse_acts(
    const struct settings *settings, const struct request *request, struct contact_act *out, size_t max)
{
    (void)settings;
    struct error error;
    AUTO_JSON *document = json_read(request->body, &error);
    json_t *event = json_object_get(document, "event");
    if (!json_is_object(event))
        return ERR_INVALID;
    const char *type = json_text(event, "event_type", ""),
               *key = json_text(json_object_get(event, "data"), "incident_key", "");
    const json_t *agent = json_object_get(event, "agent");
    bool is_taking = str_equal(type, "incident.acknowledged");
    if ((!is_taking && !str_equal(type, "incident.resolved")) || !is_person(agent))
        return 0;
    if (max < 1)
        return ERR_LIMIT;
    *out = (struct contact_act){ .verb = is_taking ? CONTACT_TAKES : CONTACT_QUIETS };
    if (!*key || !str_copy(out->alert_id, sizeof out->alert_id, key)) /* an incident that is none of ours */
        return 0;
    inbound_set_id(span_of(json_text(event, "id", "")), out->event_id);
    out->sent_at = inbound_time(span_of(json_text(event, "occurred_at", "")));
    callback_set_who(json_text(agent, "summary", ""), json_text(agent, "id", ""), out);
    return 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    AUTO_BUF mac;
    buf_init(&mac, 256);
    out->is_proof_only = true;
    int rc = selftest_need_for_acts(settings, "webhook_secret", error);
    selftest_json(out, json_pack("{s:{s:s}}", "event", "event_type", "pagey.ping"));
    if (!rc)
        rc = selftest_mac(
            MAC_SHA256, settings_text(settings, "webhook_secret"), buf_span(&out->body), SELFTEST_HEX, &mac);
    if (!rc)
        selftest_header(out, "X-PagerDuty-Signature", SIGNATURE_PREFIX "%s", mac.data);
    return rc;
}

const struct channel_ops pagerduty_channel = {
    .kind = "pagerduty",
    .summary = "alerts as incidents of PagerDuty",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS | CHANNEL_ACTS | CHANNEL_PAGES,
    .keys = keys,
    .verify = verify,
    .parse_acts = parse_acts,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_self_test = build_self_test,
    .check = httpsend_check_api_url,
};
