/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * semaphore - SMS out through Semaphore (Philippines).
 * What:  one form a message; a list with one element back.
 * Why:   a text that begins with TEST is said to be dropped without a word; a point in front of it keeps it.
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

#define SWALLOWED "test"

static const struct key keys[] = {
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The API key of the account.",
        .example = "@credential:semaphore-key" },
    COMMONKEY_FROM("HELPLINE"),
    { .name = "has_priority",
        .type = KEY_BOOL,
        .fallback = "false",
        .doc = "Sends by the priority queue, which costs two credits a message." },
    { .name = "guards_test",
        .type = KEY_BOOL,
        .fallback = "true",
        .doc = "Puts a point in front of a text that begins with TEST, which would be dropped." },
    COMMONKEY_API_URL("https://api.semaphore.co"),
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
    if (settings_bool(settings, "guards_test") && str_starts_nocase(message->text, SWALLOWED))
        buf_add_text(&text, ". ");
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    const char *path = settings_bool(settings, "has_priority") ? "/api/v4/priority" : "/api/v4/messages";
    httpsend_begin(out, false, settings_text(settings, "api_url"), path, settings_int(settings, "timeout"));
    httpsend_add_field(out, "apikey", settings_text(settings, "api_key"));
    httpsend_add_field(out, "number", msisdn_digits(to));
    httpsend_add_field(out, "message", text.data);
    httpsend_add_field(out, "sendername", httpsend_sender(settings, message));
    int rc = buf_check(&text);
    return rc ? rc : httpsend_check(out);
}

static void read_result(json_t *document, struct send_result *result)
{
    static const char *const failures[] = { "Failed", "Refunded", NULL };
    static const char *const account_fields[] = { "/apikey", "/sendername", "/0/apikey", "/0/sendername",
        "/0/senderName" };
    const char *status = jsonhook_text(document, "/0/status");
    AUTO_BUF id;
    buf_init(&id, JSONHOOK_VALUE_MAX);
    (void)!jsonhook_add(document, "/0/message_id", &id);
    httpreply_set_code(result, report_has_word(failures, status) ? status : "");
    if (*result->provider_code || jsonhook_has(document, "/number"))
        result->outcome = OUTCOME_rejected;
    else if (id.len)
        inbound_set_id(buf_span(&id), result->remote_id);
    else
        result->outcome = OUTCOME_unparseable;
    /* What is wrong with a field is told by its name. */
    for (size_t i = 0; result->outcome == OUTCOME_unparseable && i < STR_COUNT(account_fields); i++) {
        if (jsonhook_has(document, account_fields[i]))
            result->outcome = OUTCOME_bad_config;
    }
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    struct error error;
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    if (reply->status == 402) /* no credit */
        ret_result->outcome = OUTCOME_bad_config;
    if (ret_result->outcome != OUTCOME_sent)
        return;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (document)
        read_result(document, ret_result);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

const struct channel_ops semaphore_channel = {
    .kind = "semaphore",
    .summary = "SMS out through Semaphore",
    .caps = CHANNEL_SENDS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = httpsend_check_api_url,
};
