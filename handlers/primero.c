/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * primero - an alert becomes a record of Primero (v2).
 * What:  a case or an incident with an id that we choose, or a submission to a registration stream, which needs no
 *        login. Which of its fields hold what is the operator's list: every deployment has forms of its own.
 * Why:   the id is made of the outbox row's under our secret, so a repetition is answered with 409, which means: it is
 *        there. Primero's tokens live for an hour and come in a header; a channel keeps no state, so the login is
 * Basic, or a token that somebody else renews (a proxy, a credential file and SIGHUP).
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"
#include "handlers/alertfields.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define UUID_LEN 36
#define STREAM_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static const char *const records[] = { "cases", "incidents", "intakes", NULL };
static const char *const default_fields[] = { "name=@subject", "notes_section=@body" };

static const struct key keys[] = {
    { .name = "api_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 256,
        .doc = "The server.",
        .example = "https://primero.example.org" },
    { .name = "record",
        .type = KEY_WORD,
        .words = records,
        .fallback = "cases",
        .doc = "What an alert becomes: a record of that kind, or a submission to a registration stream (intakes)." },
    { .name = "stream",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The id of the registration stream, for record \"intakes\"." },
    { .name = "user",
        .type = KEY_TEXT,
        .max = 128,
        .doc = "The user name, where the server or its proxy takes Basic." },
    { .name = "password", .type = KEY_TEXT, .flags = KEY_SECRET, .max = 128, .doc = "The password of that user." },
    { .name = "token",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 4096,
        .doc = "A bearer token instead; Primero's own live for an hour, so somebody must renew it.",
        .example = "@credential:primero-token" },
    { .name = "fields",
        .type = KEY_TEXTS,
        .max = 200,
        .doc = "The fields of the record: \"field=@part\" (subject, body, case, alert, urgency, categories, flags, "
               "language, country, received_at, verification, message_count, text, from, ack_url) or \"field=text\"; "
               "without it, name and notes_section." },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static bool is_intake(const struct settings *settings)
{
    return str_equal(settings_text(settings, "record"), "intakes");
}

/* RFC 9562 clause 5.8. */
static int make_uuid(const struct settings *settings, const char *id, char *ret)
{
    unsigned char mac[MAC_LEN_MAX];
    size_t len;
    AUTO_BUF hex;
    buf_init(&hex, 2 * MAC_LEN_MAX);
    const char *secret = settings_text(settings, *settings_text(settings, "password") ? "password" : "token");
    int rc =
        mac_compute(MAC_SHA256, span_of(*secret ? secret : settings_text(settings, "api_url")), span_of(id), mac, &len);
    if (rc)
        return rc;
    mac[6] = (unsigned char)((mac[6] & 0x0f) | 0x80);
    mac[8] = (unsigned char)((mac[8] & 0x3f) | 0x80);
    str_hex_encode(&hex, mac, 16);
    if (buf_check(&hex))
        return ERR_NOMEM;
    (void)snprintf(ret, UUID_LEN + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex.data, hex.data + 8, hex.data + 12, hex.data + 16,
        hex.data + 20);
    return 0;
}

static int fill_default(const struct sms_out *message, json_t *data)
{
    for (size_t i = 0; i < STR_COUNT(default_fields); i++) {
        const char *at = strchr(default_fields[i], '@');
        char field[32];
        AUTO_BUF value;
        buf_init(&value, CHAT_BUF_MAX);
        str_copy_span(field, sizeof field, (struct span){ default_fields[i], (size_t)(at - default_fields[i]) - 1 });
        if (alertfields_add(message, at + 1, &value) && json_object_set_new(data, field, chat_json(&value)))
            return ERR_NOMEM;
    }
    return 0;
}

static int take_body(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char uuid[UUID_LEN + 1];
    AUTO_JSON *data = json_object();
    if (!data)
        return ERR_NOMEM;
    int rc = make_uuid(settings, message->id, uuid);
    if (!rc && !is_intake(settings))
        rc = json_object_set_new(data, "id", json_string(uuid)) ? ERR_NOMEM : 0;
    if (!rc)
        rc = settings_count(settings, "fields") ? alertfields_fill(settings, "fields", message, data)
                                                : fill_default(message, data);
    return rc ? rc : httpsend_take_json(out, json_pack("{s:O}", "data", data));
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    const char *token = settings_text(settings, "token");
    if (!chat_is_default(message->to) || chat_words(message).len == 0)
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/api/v2/", settings_int(settings, "timeout"));
    buf_add_text(&out->url, settings_text(settings, "record"));
    if (is_intake(settings))
        buf_add_format(&out->url, "/%s", settings_text(settings, "stream"));
    buf_add_text(&out->username, settings_text(settings, "user"));
    buf_add_text(&out->password, settings_text(settings, "password"));
    int rc = *token ? httpsend_add_header(out, "Authorization", "Bearer ", token) : 0;
    return rc ? rc : take_body(settings, message, out);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    struct error error;
    AUTO_BUF code;
    buf_init(&code, 64);
    httpreply_read(reply, !is_intake(settings), ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    if (reply->status == 409 && !is_intake(settings)) /* it is there already */
        ret_result->outcome = OUTCOME_sent;
    else if (reply->status == 404) /* no such server or stream */
        ret_result->outcome = OUTCOME_bad_config;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (ret_result->outcome != OUTCOME_sent) {
        if (json_scalar_text(json_pointer(document, "/errors/0/detail"), &code) == 0)
            httpreply_set_code(ret_result, code.data);
        return;
    }
    json_t *id = json_pointer(document, "/data/id");
    if (json_is_string(id))
        inbound_set_id(span_of(json_string_value(id)), ret_result->remote_id);
    else if (reply->status == 200 || reply->status == 201) /* without a body only 204 and 409 */
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    const char *stream = settings_text(settings, "stream");
    if (is_intake(settings) && (!*stream || stream[strspn(stream, STREAM_LETTERS)]))
        return error_set(error, ERR_INVALID, "stream: record \"intakes\" needs the id of a registration stream");
    if (settings_has(settings, "user") != settings_has(settings, "password"))
        return error_set(error, ERR_INVALID, "user and password belong together: set both or neither");
    if (settings_has(settings, "user") && settings_has(settings, "token"))
        return error_set(error, ERR_INVALID, "token: a login is a user with password, or a token, not both");
    int rc = alertfields_check(settings, "fields", error);
    return rc ? rc : httpsend_check_url(settings, "api_url", error);
}

const struct channel_ops primero_channel = {
    .kind = "primero",
    .summary = "an alert becomes a record of Primero",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
