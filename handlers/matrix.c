/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matrix - alerts into a Matrix room.
 * Why:   the transaction id is the id of the outbox row, equal over all tries: the server answers a repetition with the
 *        first event, so an alert is never shown twice.
 * Keeps: her text mentions nobody (m.mentions is empty). Encrypted rooms need a client with keys: use a plain one on
 *        your own server.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define TEXT_MAX 12000 /* bytes; the whole event, with the text in both forms, stays under 65,536 */
#define ROOM_MAX 255

static const struct key keys[] = {
    { .name = "token",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 1024,
        .doc = "The access token of the account that writes.",
        .example = "@credential:matrix-token" },
    { .name = "api_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 256,
        .doc = "The homeserver.",
        .example = "https://matrix.example.org" },
    { .name = "room",
        .type = KEY_TEXT,
        .max = ROOM_MAX,
        .doc = "The room for contacts whose address is \"default\": its id, which begins with !.",
        .example = "!aBcDeF:example.org" },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static bool is_room(const char *room)
{
    return *room == '!' && room[1] && strlen(room) <= ROOM_MAX && !room[strcspn(room, " \t\r\n")];
}

static json_t *make_body(const struct sms_out *message)
{
    struct chat_limit limit = { CHAT_BYTES, TEXT_MAX };
    AUTO_BUF plain;
    AUTO_BUF html;
    buf_init(&plain, CHAT_BUF_MAX);
    buf_init(&html, CHAT_BUF_MAX);
    chat_add_message(&plain, message, CHAT_PLAIN, limit);
    chat_add_message(&html, message, CHAT_HTML_BR, limit);
    return json_pack("{s:s,s:o,s:s,s:o,s:{}}", "msgtype", "m.text", "body", chat_json(&plain), "format",
        "org.matrix.custom.html", "formatted_body", chat_json(&html), "m.mentions");
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    const char *room = chat_is_default(message->to) ? settings_text(settings, "room") : message->to;
    if (!is_room(room) || chat_words(message).len == 0)
        return ERR_INVALID;
    httpsend_begin(
        out, false, settings_text(settings, "api_url"), "/_matrix/client/v3/rooms/", settings_int(settings, "timeout"));
    out->method = "PUT";
    str_percent_encode(&out->url, span_of(room));
    buf_add_text(&out->url, "/send/m.room.message/");
    str_percent_encode(&out->url, span_of(message->id));
    int rc = httpsend_add_header(out, "Authorization", "Bearer ", settings_text(settings, "token"));
    return rc ? rc : httpsend_take_json(out, make_body(message));
}

static enum outcome outcome_of(const char *code, enum outcome fallback)
{
    static const struct {
        const char *code;
        enum outcome outcome;
    } rows[] = {
        { "M_LIMIT_EXCEEDED", OUTCOME_retry_throttled },
        { "M_UNKNOWN_TOKEN", OUTCOME_bad_config },
        { "M_MISSING_TOKEN", OUTCOME_bad_config },
        { "M_USER_DEACTIVATED", OUTCOME_bad_config },
        { "M_UNRECOGNIZED", OUTCOME_bad_config },
        { "M_FORBIDDEN", OUTCOME_rejected }, /* not in this room */
        { "M_NOT_FOUND", OUTCOME_rejected },
        { "M_TOO_LARGE", OUTCOME_rejected },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        if (str_equal(rows[i].code, code))
            return rows[i].outcome;
    }
    return fallback;
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
    if (ret_result->outcome != OUTCOME_sent) {
        const char *code = json_text(document, "errcode", "");
        httpreply_set_code(ret_result, code);
        ret_result->outcome = outcome_of(code, ret_result->outcome);
        if (ret_result->retry_after_s == 0)
            chat_set_wait(ret_result, (json_int(document, "retry_after_ms", 0) + 999) / 1000);
        return;
    }
    const char *id = json_text(document, "event_id", "");
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    const char *room = settings_text(settings, "room");
    if (*room && !is_room(room))
        return error_set(error, ERR_INVALID, "room: write the room's id, which begins with !");
    return httpsend_check_url(settings, "api_url", error);
}

const struct channel_ops matrix_channel = {
    .kind = "matrix",
    .summary = "alerts into a Matrix room",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
