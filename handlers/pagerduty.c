/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pagerduty - alerts as incidents of PagerDuty (Events API v2).
 * Why:   dedup_key is the id of the alert, equal over all tries: a repetition joins the incident that is there.
 * Keeps: the summary is the subject, which holds no word of hers; what the trust level hides is no detail either.
 */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/alertfields.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define SUMMARY_MAX 1024
#define BODY_MAX 16000
#define ROUTING_KEY_LEN 32

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

const struct channel_ops pagerduty_channel = {
    .kind = "pagerduty",
    .summary = "alerts as incidents of PagerDuty",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = httpsend_check_api_url,
};
