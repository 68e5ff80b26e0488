/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mattermost - alerts into a Mattermost channel through an incoming webhook.
 * What:  Markdown, in which her text stays what she wrote: every sign that formats is escaped, a mention is broken. A
 *        critical alert is marked urgent where the server's edition knows that.
 */
#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/chathook.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"

static const struct key keys[] = {
    CHATHOOK_KEY_HOOK("its key", "@credential:mattermost-hook"),
    { .name = "api_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 256,
        .doc = "Where the webhooks of the server are.",
        .example = "https://chat.example.org/hooks" },
    { .name = "username",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The name that posts are shown under, where the server allows it.",
        .example = "Help line" },
    { .name = "set_priority",
        .type = KEY_BOOL,
        .fallback = "false",
        .doc = "Marks a critical alert as urgent (only some editions of the server know this)." },
    { .name = "text_max",
        .type = KEY_INT,
        .min = 300,
        .max = 16383,
        .fallback = "16000",
        .doc = "The longest post, in UTF-16 units; a longer one is cut with a note." },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    struct chat_limit limit = { CHAT_UTF16, (size_t)settings_int(settings, "text_max") };
    const char *room = chathook_room(message), *username = settings_text(settings, "username");
    AUTO_BUF text;
    buf_init(&text, CHAT_BUF_MAX);
    int rc = chathook_begin(settings, message, out);
    if (rc)
        return rc;
    chat_add_message(&text, message, CHAT_MARKDOWN, limit);
    json_t *body = json_pack("{s:o}", "text", chat_json(&text));
    /* Their form: "@person", and a channel without "#". */
    if (*room)
        json_object_set_new(body, "channel", json_string(*room == '#' ? room + 1 : room));
    if (*username)
        json_object_set_new(body, "username", json_string(username));
    if (settings_bool(settings, "set_priority") && message->alert && message->alert->urgency == URGENCY_critical)
        json_object_set_new(body, "priority", json_pack("{s:s}", "priority", "urgent"));
    return httpsend_take_json(out, body);
}

static bool is_ok(struct span body)
{
    while (body.len && (body.data[body.len - 1] == '\n' || body.data[body.len - 1] == '\r'))
        body.len--;
    return span_equal(body, span_of("ok"));
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
    httpreply_set_code(ret_result, json_text(document, "id", ""));
    if (ret_result->outcome == OUTCOME_sent && !is_ok(reply->body))
        ret_result->outcome = OUTCOME_unparseable;
}

const struct channel_ops mattermost_channel = {
    .kind = "mattermost",
    .summary = "alerts into a Mattermost channel",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = httpsend_check_api_url,
};
