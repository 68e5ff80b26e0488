/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * movider - SMS out through Movider (Thailand, Indonesia, Philippines, Malaysia).
 * What:  one form a message; the number comes back in the list of the good or of the bad ones.
 */
#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/msisdn.h"

static const struct key keys[] = {
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 128,
        .doc = "The API key of the account.",
        .example = "k0000000001" },
    { .name = "api_secret",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The API secret of the account.",
        .example = "@credential:movider-secret" },
    COMMONKEY_FROM("HELPLINE"),
    COMMONKEY_API_URL("https://api.movider.co"),
    COMMONKEY_TEXT_MAX("1530"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    AUTO_BUF text;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/v1/sms", settings_int(settings, "timeout"));
    httpsend_add_field(out, "api_key", settings_text(settings, "api_key"));
    httpsend_add_field(out, "api_secret", settings_text(settings, "api_secret"));
    httpsend_add_field(out, "to", msisdn_digits(to));
    httpsend_add_field(out, "from", httpsend_sender(settings, message));
    httpsend_add_field(out, "text", text.data);
    int rc = buf_check(&text);
    return rc ? rc : httpsend_check(out);
}

static void read_result(json_t *document, struct send_result *result)
{
    AUTO_BUF id;
    buf_init(&id, JSONHOOK_VALUE_MAX);
    (void)!jsonhook_add(document, "/phone_number_list/0/message_id", &id);
    if (id.len)
        inbound_set_id(buf_span(&id), result->remote_id);
    else if (jsonhook_has(document, "/bad_phone_number_list/0"))
        result->outcome = OUTCOME_rejected;
    else
        result->outcome = jsonhook_has(document, "/error") ? OUTCOME_rejected : OUTCOME_unparseable;
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    struct error error;
    AUTO_BUF code;
    buf_init(&code, JSONHOOK_VALUE_MAX);
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    if (reply->status == 402) /* no credit */
        ret_result->outcome = OUTCOME_bad_config;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (document && jsonhook_add(document, "/error/code", &code) == 0)
        httpreply_set_code(ret_result, code.data);
    if (ret_result->outcome == OUTCOME_sent && document)
        read_result(document, ret_result);
    else if (ret_result->outcome == OUTCOME_sent)
        ret_result->outcome = OUTCOME_unparseable;
}

const struct channel_ops movider_channel = {
    .kind = "movider",
    .summary = "SMS out through Movider",
    .caps = CHANNEL_SENDS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = httpsend_check_api_url,
};
