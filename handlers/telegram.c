/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telegram - alerts from a bot into a chat or group.
 * What:  sendMessage in HTML, with the link for answering as an inline button; with a secret_token, by which Telegram
 *        proves itself, also buttons that answer at once (telegram_acts.c).
 * Why:   a group that becomes a supergroup gets another id; the new one is reported as the provider's code, because
 *        only the operator can write it into the contact's address. The token stands in the address of the request.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/callback.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/telegram_acts.h"
#include "handlers/telegram_place.h"

#define TEXT_MAX 4096
#define UPDATES_MAX 100 /* of one getUpdates */

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
    { .name = "secret_token",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc =
            "What setWebhook was told as secret_token: letters, digits, - and _; proves that a touch of a button comes from Telegram; without it "
            "alerts have no buttons but the link, and nothing comes in.",
        .example = "@credential:telegram-webhook" },
    { .name = "secret_token_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The secret_token before the last change, accepted beside the current one." },
    { .name = "get_updates",
        .type = KEY_BOOL,
        .fallback = "false",
        .doc =
            "Fetches touches and words with getUpdates as often as `catch_up` says (write \"15 s\"), for a line without a "
            "public address; a bot that has a webhook refuses it." },
    COMMONKEY_API_URL("https://api.telegram.org"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static void add_address(const struct settings *settings, const char *method, struct buf *out)
{
    for (const char *token = settings_text(settings, "token"); *token;) {
        size_t len = strcspn(token, ":");
        str_percent_encode(out, (struct span){ token, len });
        token += len;
        if (*token)
            buf_add_char(out, *token++);
    }
    buf_add_text(out, method);
}

/* Rows of buttons: two that answer at once, where their touch can come back, and the link. */
static json_t *make_rows(const struct settings *settings, const struct sms_out *message)
{
    char take[CALLBACK_DATA_MAX], decline[CALLBACK_DATA_MAX];
    json_t *rows = json_array();
    if (callback_is_wanted(message) && telegram_acts_are_heard(settings)) {
        callback_write(message, true, take);
        callback_write(message, false, decline);
        json_array_append_new(rows, json_pack("[{s:s,s:s},{s:s,s:s}]", "text", CALLBACK_LABEL_TAKE, "callback_data",
                                        take, "text", CALLBACK_LABEL_DECLINE, "callback_data", decline));
    }
    if (chat_link(message))
        json_array_append_new(rows, json_pack("[{s:s,s:s}]", "text", CHAT_LABEL, "url", chat_link(message)));
    return rows;
}

static json_t *make_body(
    const struct settings *settings, const struct sms_out *message, const struct telegram_place *place)
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
    json_t *rows = make_rows(settings, message);
    if (json_array_size(rows))
        json_object_set_new(body, "reply_markup", json_pack("{s:O}", "inline_keyboard", rows));
    json_decref(rows);
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    struct telegram_place place;
    const char *to = chat_is_default(message->to) ? settings_text(settings, "chat_id") : message->to;
    if (!telegram_place_read(to, &place) || chat_words(message).len == 0)
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/bot", settings_int(settings, "timeout"));
    add_address(settings, "/sendMessage", &out->url);
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

static int build_poll(const struct settings *settings, const struct poll_from *from, struct transmit *out)
{
    int64_t offset = 0;
    if (!settings_bool(settings, "get_updates"))
        return ERR_INVALID;
    if (*from->cursor && str_to_int64(from->cursor, 0, INT64_MAX, &offset))
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/bot", settings_int(settings, "timeout"));
    add_address(settings, "/getUpdates", &out->url);
    return httpsend_take_json(out, json_pack("{s:I,s:i,s:[s,s]}", "offset", (json_int_t)offset, "limit", UPDATES_MAX,
                                       "allowed_updates", "callback_query", "message"));
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply); /* anything else is repeated for a day, and what cannot be read stays so */
}

static int check(const struct settings *settings, struct error *error)
{
    struct telegram_place place;
    const char *chat = settings_text(settings, "chat_id");
    if (*chat && !telegram_place_read(chat, &place))
        return error_set(error, ERR_INVALID, "chat_id: write the number of the chat, or @name");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    out->is_proof_only = true;
    selftest_json(out, json_pack("{s:i}", "update_id", 1));
    selftest_header(out, "X-Telegram-Bot-Api-Secret-Token", "%s", settings_text(settings, "secret_token"));
    return selftest_need_for_acts(settings, "secret_token", error);
}

const struct channel_ops telegram_channel = {
    .kind = "telegram",
    .summary = "alerts from a Telegram bot, with buttons for answering",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS | CHANNEL_POLLS | CHANNEL_ACTS | CHANNEL_SHOWS | CHANNEL_TALKS,
    .keys = keys,
    .verify = telegram_acts_verify,
    .parse_acts = telegram_acts_parse,
    .is_from = telegram_acts_is_from,
    .answer_act = telegram_acts_answer,
    .answer = answer,
    .build_poll = build_poll,
    .read_poll_acts = telegram_acts_read_poll,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_self_test = build_self_test,
    .check = check,
};
