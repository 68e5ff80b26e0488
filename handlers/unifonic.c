/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unifonic - SMS out through Unifonic (Saudi Arabia and the Gulf).
 * What:  one form a message; the answer has its own success word, whatever the HTTP status says.
 * Why:   what its error codes mean is not documented firmly, so which of them stand for our settings is a setting.
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
#include "handlers/report.h"

static const struct key keys[] = {
    { .name = "app_sid",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The AppSid of the application.",
        .example = "@credential:unifonic-app" },
    COMMONKEY_FROM("HELPLINE"),
    { .name = "message_type",
        .type = KEY_TEXT,
        .max = 16,
        .doc = "The class of the message, where the regulator asks for one." },
    { .name = "config_codes",
        .type = KEY_TEXTS,
        .max = 32,
        .doc = "Error codes that mean our account or settings: the channel then pauses; others refuse this message.",
        .example = "ER-01|ER-04" },
    { .name = "opted_out_codes",
        .type = KEY_TEXTS,
        .max = 32,
        .doc = "Error codes that mean: this number asked to stop." },
    COMMONKEY_API_URL("https://el.cloud.unifonic.com"),
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
    httpsend_begin(
        out, false, settings_text(settings, "api_url"), "/rest/SMS/messages", settings_int(settings, "timeout"));
    httpsend_add_field(out, "AppSid", settings_text(settings, "app_sid"));
    httpsend_add_field(out, "SenderID", httpsend_sender(settings, message));
    httpsend_add_field(out, "Recipient", msisdn_digits(to));
    httpsend_add_field(out, "Body", text.data);
    httpsend_add_field(out, "responseType", "JSON");
    httpsend_add_field(out, "CorrelationID", message->id);
    httpsend_add_field(out, "async", "false");
    httpsend_add_field(out, "MessageType", settings_text(settings, "message_type"));
    int rc = buf_check(&text);
    return rc ? rc : httpsend_check(out);
}

static bool has_code(const struct settings *settings, const char *key, const char *code)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        if (str_equal_nocase(settings_item(settings, key, i), code))
            return true;
    }
    return false;
}

static void read_refusal(const struct settings *settings, json_t *document, struct send_result *result)
{
    AUTO_BUF code;
    buf_init(&code, JSONHOOK_VALUE_MAX);
    if (jsonhook_add(document, "/errorCode /error/code", &code) || code.len == 0)
        return;
    httpreply_set_code(result, code.data);
    if (has_code(settings, "opted_out_codes", code.data))
        result->outcome = OUTCOME_opted_out;
    else if (has_code(settings, "config_codes", code.data))
        result->outcome = OUTCOME_bad_config;
}

static void read_result(const struct settings *settings, json_t *document, struct send_result *result)
{
    static const char *const failures[] = { "Failed", "Rejected", NULL };
    AUTO_BUF success;
    AUTO_BUF id;
    buf_init(&success, JSONHOOK_VALUE_MAX);
    buf_init(&id, JSONHOOK_VALUE_MAX);
    (void)!jsonhook_add(document, "/success", &success);
    (void)!jsonhook_add(document, "/data/MessageID /data/MessageId /MessageID", &id);
    bool is_success = success.data && str_equal_nocase(success.data, "true");
    if (is_success && report_has_word(failures, jsonhook_text(document, "/data/Status")))
        result->outcome = OUTCOME_rejected;
    else if (is_success && id.len)
        inbound_set_id(buf_span(&id), result->remote_id);
    else
        result->outcome = success.len && !is_success ? OUTCOME_rejected : OUTCOME_unparseable;
    if (result->outcome == OUTCOME_rejected)
        read_refusal(settings, document, result);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    struct error error;
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    if (reply->status == 402) /* no credit */
        ret_result->outcome = OUTCOME_bad_config;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (ret_result->outcome == OUTCOME_sent)
        read_result(settings, document, ret_result);
    else if (ret_result->outcome == OUTCOME_rejected)
        read_refusal(settings, document, ret_result);
}

const struct channel_ops unifonic_channel = {
    .kind = "unifonic",
    .summary = "SMS out through Unifonic",
    .caps = CHANNEL_SENDS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = httpsend_check_api_url,
};
