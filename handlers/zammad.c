/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zammad - an alert becomes a ticket of Zammad.
 * Why:   Zammad does not know our ids, so a lost answer is `uncertain` and the alert comes again, marked; with an
 * object attribute for the id (`fields`) a person finds both tickets at once. Keeps: the article is internal: no answer
 * of an agent leaves by accident.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/alertfields.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define TITLE_MAX 250
#define BODY_MAX 32000
#define NAME_LEN_MAX 160

static const struct key keys[] = {
    { .name = "token",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "An access token that may create tickets.",
        .example = "@credential:zammad-token" },
    { .name = "api_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 256,
        .doc = "The server.",
        .example = "https://desk.example.org" },
    { .name = "group",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = NAME_LEN_MAX,
        .doc = "The group of tickets for contacts whose address is \"default\"; any other address is a group's name.",
        .example = "Help line" },
    { .name = "customer",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 3,
        .max = 200,
        .doc = "The mail address of the customer in whose name tickets are opened: the line's own, never hers.",
        .example = "line@example.org" },
    { .name = "fields",
        .type = KEY_TEXTS,
        .max = 200,
        .doc = "Further fields of the ticket: \"field=@part\" (case, alert, urgency, categories, flags, language, "
               "country, received_at, verification, message_count, text, from) or \"field=text\"." },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static bool is_group(const char *group)
{
    size_t len = strlen(group);
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)group[i] < ' ')
            return false;
    }
    return len && len <= NAME_LEN_MAX;
}

static json_t *make_article(const struct sms_out *message, json_t *title)
{
    AUTO_BUF text;
    buf_init(&text, CHAT_BUF_MAX);
    chat_add_message(&text, message, CHAT_PLAIN, (struct chat_limit){ CHAT_BYTES, BODY_MAX });
    return json_pack("{s:O,s:o,s:s,s:b,s:s}", "subject", title, "body", chat_json(&text), "type", "note", "internal", 1,
        "content_type", "text/plain");
}

static json_t *make_title(const struct sms_out *message)
{
    AUTO_BUF title;
    buf_init(&title, CHAT_BUF_MAX);
    struct span words = str_is_empty(message->subject) ? span_of("Help line") : span_of(message->subject);
    chat_add_cut(&title, words, CHAT_PLAIN, (struct chat_limit){ CHAT_BYTES, TITLE_MAX });
    return chat_json(&title);
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char customer[256];
    const char *group = chat_is_default(message->to) ? settings_text(settings, "group") : message->to;
    if (!is_group(group) || chat_words(message).len == 0)
        return ERR_INVALID;
    httpsend_begin(
        out, false, settings_text(settings, "api_url"), "/api/v1/tickets", settings_int(settings, "timeout"));
    (void)snprintf(customer, sizeof customer, "guess:%s", settings_text(settings, "customer"));
    AUTO_JSON *title = make_title(message);
    AUTO_JSON *body = json_pack("{s:O,s:s,s:s,s:o}", "title", title, "group", group, "customer_id", customer, "article",
        make_article(message, title));
    int rc = httpsend_add_header(out, "Authorization", "Token token=", settings_text(settings, "token"));
    if (!rc)
        rc = body ? alertfields_fill(settings, "fields", message, body) : ERR_NOMEM;
    return rc ? rc : httpsend_take_json(out, json_incref(body));
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
    if (reply->status == 404) /* no such interface: the address of the server is wrong */
        ret_result->outcome = OUTCOME_bad_config;
    if (ret_result->outcome != OUTCOME_sent)
        return;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (json_scalar_text(json_object_get(document, "id"), &id) == 0)
        inbound_set_id(buf_span(&id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    int rc = alertfields_check(settings, "fields", error);
    return rc ? rc : httpsend_check_url(settings, "api_url", error);
}

const struct channel_ops zammad_channel = {
    .kind = "zammad",
    .summary = "an alert becomes a ticket of Zammad",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
