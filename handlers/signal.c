/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signal - alerts through Signal, by signal-cli-rest-api on this machine.
 * Why:   that service has no login of its own, so http is for this machine only, and https for a proxy that has one. A
 *        demand for a captcha needs a person: the channel pauses, loudly.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define TEXT_MAX 2000 /* bytes; longer ones come as an attachment */
#define ADDRESS_MAX 128

static const struct key keys[] = {
    { .name = "number",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 3,
        .max = 32,
        .doc = "The number that is registered with Signal for this line.",
        .example = "+15005550006" },
    { .name = "api_url",
        .type = KEY_URL,
        .max = 256,
        .fallback = "http://127.0.0.1:8080",
        .doc = "Where signal-cli-rest-api listens." },
    { .name = "user", .type = KEY_TEXT, .max = 64, .doc = "The login of a proxy in front of it, when there is one." },
    { .name = "password", .type = KEY_TEXT, .flags = KEY_SECRET, .max = 128, .doc = "The password of that login." },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* A number with plus, "group." and its id, or a user name such as "desk.01". */
static bool is_address(const char *to)
{
    const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/=._-:";
    char number[PHONE_MAX];
    if (str_is_empty(to) || strlen(to) > ADDRESS_MAX || to[strspn(to, letters)])
        return false;
    return str_starts(to, "group.") || phone_normalise(to, NULL, number) == PHONE_E164 ||
           (strchr(to, '.') && !strchr(to, '/'));
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    AUTO_BUF text;
    buf_init(&text, CHAT_BUF_MAX);
    if (!is_address(message->to) || chat_words(message).len == 0)
        return ERR_INVALID;
    chat_add_message(&text, message, CHAT_PLAIN, (struct chat_limit){ CHAT_BYTES, TEXT_MAX });
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/v2/send", settings_int(settings, "timeout"));
    buf_add_text(&out->username, settings_text(settings, "user"));
    buf_add_text(&out->password, settings_text(settings, "password"));
    return httpsend_take_json(out, json_pack("{s:s,s:[s],s:o,s:s}", "number", settings_text(settings, "number"),
                                       "recipients", message->to, "message", chat_json(&text), "text_mode", "normal"));
}

static void read_refusal(int status, const json_t *document, struct send_result *result)
{
    const char *sentence = json_text(document, "error", "");
    bool is_challenged = json_array_size(json_object_get(document, "challenge_tokens")) > 0;
    if (status == 429 && is_challenged) {
        result->outcome = OUTCOME_bad_config;
        httpreply_set_code(result, "captcha");
    } else if (status == 400 && (strcasestr(sentence, "account") || strcasestr(sentence, "not registered"))) {
        result->outcome = OUTCOME_bad_config; /* about our own number, not about the contact's */
        httpreply_set_code(result, "account");
    } else if (status == 404) /* another service, or an old one */
        result->outcome = OUTCOME_bad_config;
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
    if (ret_result->outcome != OUTCOME_sent)
        read_refusal(reply->status, document, ret_result);
    else if (json_scalar_text(json_object_get(document, "timestamp"), &id) == 0)
        inbound_set_id(buf_span(&id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    if (settings_has(settings, "user") != settings_has(settings, "password"))
        return error_set(error, ERR_INVALID, "user and password belong together: set both or neither");
    return httpsend_check_url(settings, "api_url", error);
}

const struct channel_ops signal_channel = {
    .kind = "signal",
    .summary = "alerts through Signal, by signal-cli-rest-api",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
