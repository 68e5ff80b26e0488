/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rocketchat - alerts into a Rocket.Chat room through an incoming integration.
 * Why:   its Markdown knows few escapes; what has none is broken by an invisible joiner, so that her text mentions
 *        nobody, hides nothing and links nowhere under another name.
 */
#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/chathook.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"

static const struct key keys[] = {
    CHATHOOK_KEY_HOOK("the integration's id, a slash and its token", "@credential:rocketchat-hook"),
    { .name = "api_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 256,
        .doc = "Where the webhooks of the server are.",
        .example = "https://chat.example.org/hooks" },
    { .name = "alias",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The name that messages are shown under.",
        .example = "Help line" },
    { .name = "text_max",
        .type = KEY_INT,
        .min = 300,
        .max = 50000,
        .fallback = "5000",
        .doc = "The longest message that the server takes, in UTF-16 units; a longer one is cut with a note." },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    struct chat_limit limit = { CHAT_UTF16, (size_t)settings_int(settings, "text_max") };
    const char *room = chathook_room(message), *alias = settings_text(settings, "alias");
    AUTO_BUF text;
    buf_init(&text, CHAT_BUF_MAX);
    int rc = chathook_begin(settings, message, out);
    if (rc)
        return rc;
    chat_add_message(&text, message, CHAT_ROCKET, limit);
    json_t *body = json_pack("{s:o,s:b}", "text", chat_json(&text), "parseUrls", 0);
    if (*room)
        json_object_set_new(body, "channel", json_string(room));
    if (*alias)
        json_object_set_new(body, "alias", json_string(alias));
    return httpsend_take_json(out, body);
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
        httpreply_set_code(ret_result, json_text(document, "error", ""));
        return;
    }
    const json_t *success = json_object_get(document, "success");
    if (json_is_false(success))
        ret_result->outcome = OUTCOME_rejected;
    else if (!json_is_true(success))
        ret_result->outcome = OUTCOME_unparseable;
}

const struct channel_ops rocketchat_channel = {
    .kind = "rocketchat",
    .summary = "alerts into a Rocket.Chat room",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = httpsend_check_api_url,
};
