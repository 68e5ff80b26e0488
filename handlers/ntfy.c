/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ntfy - alerts as push notifications through ntfy, the public server or one's own.
 * What:  JSON, so that a title in any script needs no header encoding; urgency as priority; the link for answering as
 *        the tap and as a button.
 * Why:   on a public server whoever knows the topic reads it: take an own server, or contacts of trust `minimal`.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define TEXT_MAX 4000 /* bytes; over 4,096 it becomes an attachment */
#define TITLE_MAX 250
#define TOPIC_MAX 64
#define DAILY_QUOTA 42908
#define QUOTA_WAIT_S 3600 /* asking each minute until midnight helps nobody */

static const struct key keys[] = {
    { .name = "topic",
        .type = KEY_TEXT,
        .max = TOPIC_MAX,
        .doc = "The topic for contacts whose address is \"default\".",
        .example = "a-name-nobody-guesses" },
    { .name = "token",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The access token, where the server asks for one.",
        .example = "@credential:ntfy-token" },
    COMMONKEY_API_URL("https://ntfy.sh"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static bool is_topic(const char *topic)
{
    size_t len = strspn(topic, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    return len && len <= TOPIC_MAX && !topic[len];
}

static int priority_of(const struct alert_view *alert)
{
    static const int priorities[URGENCY_COUNT] = {
        [URGENCY_critical] = 5, [URGENCY_urgent] = 4, [URGENCY_soon] = 3, [URGENCY_routine] = 2
    };
    return alert ? priorities[alert->urgency] : 3;
}

static json_t *make_body(const struct sms_out *message, const char *topic)
{
    const char *link = chat_link(message);
    AUTO_BUF title;
    AUTO_BUF text;
    buf_init(&title, CHAT_BUF_MAX);
    buf_init(&text, CHAT_BUF_MAX);
    chat_add_cut(&title, span_of(message->subject), CHAT_PLAIN, (struct chat_limit){ CHAT_BYTES, TITLE_MAX });
    chat_add_cut(&text, chat_words(message), CHAT_PLAIN, (struct chat_limit){ CHAT_BYTES, TEXT_MAX });
    json_t *body = json_pack(
        "{s:s,s:o,s:i}", "topic", topic, "message", chat_json(&text), "priority", priority_of(message->alert));
    if (title.len)
        json_object_set_new(body, "title", chat_json(&title));
    if (link) {
        json_object_set_new(body, "click", json_string(link));
        json_object_set_new(
            body, "actions", json_pack("[{s:s,s:s,s:s}]", "action", "view", "label", CHAT_LABEL, "url", link));
    }
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    const char *topic = chat_is_default(message->to) ? settings_text(settings, "topic") : message->to;
    const char *token = settings_text(settings, "token");
    if (!is_topic(topic) || chat_words(message).len == 0)
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/", settings_int(settings, "timeout"));
    int rc = *token ? httpsend_add_header(out, "Authorization", "Bearer ", token) : 0;
    return rc ? rc : httpsend_take_json(out, make_body(message, topic));
}

static void read_refusal(int status, json_t *document, struct send_result *result)
{
    AUTO_BUF code;
    buf_init(&code, 64);
    if (json_scalar_text(json_object_get(document, "code"), &code) == 0)
        httpreply_set_code(result, code.data);
    if (status == 507) /* no room for the message: nothing was kept */
        result->outcome = OUTCOME_retry_network;
    if (json_int(document, "code", 0) == DAILY_QUOTA && result->retry_after_s == 0)
        chat_set_wait(result, QUOTA_WAIT_S);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    struct error error;
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (ret_result->outcome != OUTCOME_sent) {
        read_refusal(reply->status, document, ret_result);
        return;
    }
    const char *id = json_text(document, "id", "");
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    const char *topic = settings_text(settings, "topic");
    if (*topic && !is_topic(topic))
        return error_set(error, ERR_INVALID, "topic: letters, digits, - and _ only");
    return httpsend_check_url(settings, "api_url", error);
}

const struct channel_ops ntfy_channel = {
    .kind = "ntfy",
    .summary = "alerts as push notifications through ntfy",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
