/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * webhook - alerts as signed JSON to an HTTP address of the contact (Standard Webhooks).
 * Why:   webhook-id is the id of the outbox row, equal over all tries: a receiver that remembers it sees an alert once,
 * so a lost answer is repeated without harm. Keeps: what the trust level hides is absent, never empty; a redirect is
 * not followed.
 */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/channel.h"
#include "handlers/httpreply.h"
#include "handlers/standardhook.h"
#include "handlers/url.h"

#define SIGNATURE_MAX 512

static const struct key keys[] = {
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The signing secret that the receiver knows too: whsec_ and the base64 of 24 to 64 random bytes.",
        .example = "@credential:webhook-secret" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The secret before the last change; each alert is then signed with both, until all receivers have the "
               "new one." },
    { .name = "url",
        .type = KEY_URL,
        .max = 2048,
        .doc = "Where alerts go when the contact's own address does not name a URL.",
        .example = "https://desk.example.org/alerts" },
    { .name = "timeout",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 60000,
        .fallback = "15 s",
        .doc = "How long one request may take." },
    { .name = NULL },
};

/* ---- body ------------------------------------------------------------------------------------------------------ */

static json_t *category_list(category_set set)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < CATEGORY_COUNT; i++) {
        if (set & (1u << i))
            json_array_append_new(list, json_string(category_word((enum category)i)));
    }
    return list;
}

static json_t *flag_list(flag_set set)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < FLAG_COUNT; i++) {
        if (set & (1u << i))
            json_array_append_new(list, json_string(flag_word((enum flag)i)));
    }
    return list;
}

static void set_optional(json_t *object, const char *key, const char *value)
{
    if (!str_is_empty(value))
        json_object_set_new(object, key, json_string(value));
}

static void set_alert(json_t *object, const struct alert_view *alert)
{
    char received_at[CLOCK_TEXT_MAX];
    clock_format(alert->received_at, received_at);
    json_object_set_new(object, "case", json_integer(alert->case_id));
    if (!alert->case_id)
        json_object_set_new(object, "stored", json_false());
    json_object_set_new(object, "alert", json_string(alert->alert_id));
    set_optional(object, "code", alert->code);
    json_object_set_new(object, "urgency", json_string(urgency_word(alert->urgency)));
    json_object_set_new(object, "categories", category_list(alert->categories));
    json_object_set_new(object, "flags", flag_list(alert->flags));
    json_object_set_new(object, "language", json_string(alert->language));
    json_object_set_new(object, "country", json_string(alert->country));
    json_object_set_new(object, "received_at", json_string(received_at));
    json_object_set_new(object, "verified", json_boolean(str_equal(alert->verification, "verified")));
    json_object_set_new(object, "verification", json_string(alert->verification));
    json_object_set_new(object, "message_count", json_integer(alert->message_count));
    json_object_set_new(object, "may_be_repeated", json_boolean(alert->may_be_repeated));
    /* An empty text is a text: only NULL means hidden. */
    if (alert->text)
        json_object_set_new(object, "text", json_string(alert->text));
    if (alert->part_total) {
        json_object_set_new(object, "part", json_integer(alert->part));
        json_object_set_new(object, "part_total", json_integer(alert->part_total));
    }
    if (alert->is_completed)
        json_object_set_new(object, "completed", json_true());
    if (alert->from)
        json_object_set_new(object, "from", json_string(alert->from));
    if (alert->ack_url)
        json_object_set_new(object, "ack_url", json_string(alert->ack_url));
}

static int add_body(const struct sms_out *message, struct buf *out)
{
    AUTO_JSON *object = json_object();
    if (!object)
        return ERR_NOMEM;
    json_object_set_new(object, "type", json_string(message->alert ? "alert" : "notice"));
    if (message->alert)
        set_alert(object, message->alert);
    else {
        set_optional(object, "subject", message->subject);
        set_optional(object, "text", message->text);
    }
    return json_write(object, out);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static int add_signature(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    int64_t now_s = message->now_ms / 1000;
    const char *previous = settings_text(settings, "secret_previous");
    AUTO_BUF signature;
    buf_init(&signature, SIGNATURE_MAX);
    int rc = standardhook_sign(settings_text(settings, "secret"), message->id, now_s, buf_span(&out->body), &signature);
    if (!rc && *previous)
        rc = standardhook_sign(previous, message->id, now_s, buf_span(&out->body), &signature);
    if (rc)
        return rc;
    buf_add_text(&out->headers, "Content-Type: application/json\n");
    buf_add_format(&out->headers, "webhook-id: %s\nwebhook-timestamp: %lld\n", message->id, (long long)now_s);
    buf_add_format(&out->headers, "webhook-signature: %s\n", signature.data);
    return buf_check(&out->headers);
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    const char *url = str_is_empty(message->to) ? settings_text(settings, "url") : message->to;
    if (!url_is_protected(url))
        return ERR_INVALID;
    out->kind = TRANSMIT_HTTP;
    out->method = "POST";
    out->timeout_ms = (unsigned)settings_int(settings, "timeout");
    buf_add_text(&out->url, url);
    int rc = add_body(message, &out->body);
    if (!rc)
        rc = add_signature(settings, message, out);
    return rc ? rc : buf_check(&out->url);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, true, ret_result);
}

/* A secret that is written but empty could not be read from here, and is judged where the daemon runs. */
static bool is_secret(const struct settings *settings, const char *key)
{
    const char *secret = settings_text(settings, key);
    return !*secret || standardhook_is_secret(secret);
}

static int check(const struct settings *settings, struct error *error)
{
    static const char *const secrets[] = { "secret", "secret_previous" };
    const char *url = settings_text(settings, "url");
    for (size_t i = 0; i < STR_COUNT(secrets); i++) {
        if (!is_secret(settings, secrets[i]))
            return error_set(
                error, ERR_INVALID, "%s: write whsec_ and the base64 of 24 to 64 random bytes", secrets[i]);
    }
    if (*url && !url_is_protected(url))
        return error_set(error, ERR_INVALID, "url: use https (http only to this machine)");
    return 0;
}

const struct channel_ops webhook_channel = {
    .kind = "webhook",
    .summary = "alerts as signed JSON to an HTTP address (Standard Webhooks)",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = check,
};
