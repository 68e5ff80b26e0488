/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telegram - alerts from a bot into a chat or group.
 * What:  sendMessage in HTML, with the link for answering as an inline button.
 * Why:   a group that becomes a supergroup gets another id; the new one is reported as the provider's code, because
 *        only the operator can write it into the contact's address. The token stands in the address of the request.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define TEXT_MAX 4096
#define CHAT_MAX 48
#define DIGITS "0123456789"

static const struct key keys[] = {
    { .name = "token",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The token of the bot.",
        .example = "@credential:telegram-token" },
    { .name = "chat_id",
        .type = KEY_TEXT,
        .max = 40,
        .doc = "The chat for contacts whose address is \"default\": a number, or @name of a public channel.",
        .example = "-1001234567890" },
    { .name = "protect_content",
        .type = KEY_BOOL,
        .fallback = "false",
        .doc = "Telegram then refuses to forward or to save the alert." },
    COMMONKEY_API_URL("https://api.telegram.org"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* "-1001234567890", "@name", each also with "/17" for a topic of the group. */
struct place {
    char name[CHAT_MAX]; /* "" when it is a number */
    int64_t id, topic;
};

static bool read_place(const char *to, struct place *ret)
{
    char chat[CHAT_MAX];
    const char *slash = strchr(to, '/');
    *ret = (struct place){ .id = 0 };
    if (!str_copy_span(chat, sizeof chat, (struct span){ to, slash ? (size_t)(slash - to) : strlen(to) }))
        return false;
    if (slash && str_to_int64(slash + 1, 1, INT64_MAX, &ret->topic))
        return false;
    if (*chat == '@') {
        const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_";
        str_copy(ret->name, sizeof ret->name, chat);
        return chat[1] && !chat[1 + strspn(chat + 1, letters)];
    }
    /* A telephone number is no chat: "+" is refused. */
    return *chat != '+' && str_to_int64(chat, INT64_MIN, INT64_MAX, &ret->id) == 0 && ret->id != 0;
}

static void add_address(const struct settings *settings, struct buf *out)
{
    for (const char *token = settings_text(settings, "token"); *token;) {
        size_t len = strcspn(token, ":");
        str_percent_encode(out, (struct span){ token, len });
        token += len;
        if (*token)
            buf_add_char(out, *token++);
    }
    buf_add_text(out, "/sendMessage");
}

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const struct place *place)
{
    AUTO_BUF text;
    buf_init(&text, CHAT_BUF_MAX);
    chat_add_cut(&text, chat_words(message), CHAT_HTML, (struct chat_limit){ CHAT_UTF16, TEXT_MAX });
    json_t *chat = *place->name ? json_string(place->name) : json_integer(place->id);
    json_t *body = json_pack("{s:o,s:o,s:s,s:{s:b}}", "chat_id", chat, "text", chat_json(&text), "parse_mode", "HTML",
        "link_preview_options", "is_disabled", 1);
    if (place->topic)
        json_object_set_new(body, "message_thread_id", json_integer(place->topic));
    if (settings_bool(settings, "protect_content"))
        json_object_set_new(body, "protect_content", json_true());
    if (chat_link(message))
        json_object_set_new(body, "reply_markup",
            json_pack("{s:[[{s:s,s:s}]]}", "inline_keyboard", "text", CHAT_LABEL, "url", chat_link(message)));
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    struct place place;
    const char *to = chat_is_default(message->to) ? settings_text(settings, "chat_id") : message->to;
    if (!read_place(to, &place) || chat_words(message).len == 0)
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/bot", settings_int(settings, "timeout"));
    add_address(settings, &out->url);
    return httpsend_take_json(out, make_body(settings, message, &place));
}

static void read_refusal(const json_t *document, struct send_result *result)
{
    char code[sizeof result->provider_code];
    const json_t *parameters = json_object_get(document, "parameters");
    int64_t moved_to = json_int(parameters, "migrate_to_chat_id", 0);
    int64_t number = json_int(document, "error_code", 0);
    (void)snprintf(code, sizeof code, moved_to ? "moved:%lld" : "%lld", (long long)(moved_to ? moved_to : number));
    httpreply_set_code(result, code);
    if (moved_to || number == 400 || number == 403) /* this chat; 403: the bot was blocked or thrown out */
        result->outcome = OUTCOME_rejected;
    else if (number == 401 || number == 404) /* no such bot */
        result->outcome = OUTCOME_bad_config;
    else if (number == 429)
        result->outcome = OUTCOME_retry_throttled;
    chat_set_wait(result, json_int(parameters, "retry_after", 0));
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    struct error error;
    AUTO_BUF id;
    buf_init(&id, REMOTE_ID_MAX);
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    AUTO_JSON *document = json_read(reply->body, &error);
    const json_t *ok = json_object_get(document, "ok");
    if (json_is_false(ok)) {
        if (ret_result->outcome == OUTCOME_sent)
            ret_result->outcome = OUTCOME_unparseable;
        read_refusal(document, ret_result);
    } else if (ret_result->outcome == OUTCOME_sent) {
        if (json_is_true(ok) && json_scalar_text(json_pointer(document, "/result/message_id"), &id) == 0)
            inbound_set_id(buf_span(&id), ret_result->remote_id);
        else
            ret_result->outcome = OUTCOME_unparseable;
    }
}

static int check(const struct settings *settings, struct error *error)
{
    struct place place;
    const char *chat = settings_text(settings, "chat_id");
    if (*chat && !read_place(chat, &place))
        return error_set(error, ERR_INVALID, "chat_id: write the number of the chat, or @name");
    return httpsend_check_url(settings, "api_url", error);
}

const struct channel_ops telegram_channel = {
    .kind = "telegram",
    .summary = "alerts from a Telegram bot, with a button for answering",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
