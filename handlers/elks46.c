/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * elks46 - SMS in and out through 46elks (kind `46elks`; a C name cannot begin with a digit).
 * What:  form POST in, proved by the login that stands in the address (or by a token); `whendelivered` as delivery
 *        report; form POST to the sms resource out.
 * Why:   any body of our answer would be sent to her as an SMS, so it is empty; they repeat for hours what was not
 *        answered with 200 to 204, so what cannot be read is kept here and answered with success.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/formhook.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/login.h"
#include "handlers/report.h"
#include "handlers/url.h"

#define URL_MAX 2048

static const struct key keys[] = {
    { .name = "webhook_user",
        .type = KEY_TEXT,
        .min = 1,
        .max = 64,
        .fallback = "elks",
        .doc = "The user name in the address that 46elks is given: https://USER:PASSWORD@host/in/NAME/message." },
    { .name = "webhook_password",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 8,
        .max = 128,
        .doc = "The password in that address; it is also taken as the last part of the path, "
               "/in/NAME/message/PASSWORD.",
        .example = "@credential:elks-webhook" },
    { .name = "webhook_password_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The password before the last change, accepted beside the current one." },
    COMMONKEY_PUBLIC_URL("elks"),
    COMMONKEY_STATUS_URL,
    { .name = "username",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The API user name for sending.",
        .example = "u0000000000000000000000000000000a" },
    { .name = "password",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The API password for sending; without it this channel only receives.",
        .example = "@credential:elks-password" },
    COMMONKEY_FROM("+46706860000"),
    { .name = "dontlog",
        .type = KEY_TEXT,
        .max = 16,
        .fallback = "message",
        .doc = "What 46elks leaves out of its log: message, from, to; empty keeps everything." },
    COMMONKEY_API_URL("https://api.46elks.com"),
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    const char *passwords[] = { settings_text(settings, "webhook_password"),
        settings_text(settings, "webhook_password_previous"), NULL };
    bool is_valid = login_is_basic(request, settings_text(settings, "webhook_user"), passwords);
    for (size_t i = 0; passwords[i]; i++)
        is_valid |= login_is_path_secret(request, passwords[i]);
    return is_valid ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths names = {
        .from = "from", .to = "to", .id = "id", .text = "message", .time = "created", .is_msisdn = true
    };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, true);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    bool is_report = formhook_has(&hook, "status") && !formhook_has(&hook, "message");
    if (is_report || formhook_is_word(&hook, "direction", "outgoing"))
        return 0;
    return formhook_fill(&hook, &names, out);
}

static const struct report_word status_words[] = { { "created", REPORT_PENDING }, { "sent", REPORT_SENT },
    { "delivered", REPORT_DELIVERED }, { "failed", REPORT_FAILED }, { NULL, 0 } };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    static const struct formhook_report names = {
        .id = "id", .word = "status", .time = "delivered", .words = status_words
    };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, true);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    return formhook_fill_report(&hook, &names, out);
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

/* The address for delivery reports with our login in it, as 46elks wants it. */
static void add_report_url(const struct settings *settings, struct buf *out)
{
    struct url url;
    AUTO_BUF plain;
    buf_init(&plain, URL_MAX);
    httpsend_add_status_url(settings, &plain);
    if (plain.len == 0 || url_split(buf_span(&plain), &url))
        return;
    size_t scheme_len = url.scheme.len + strlen("://");
    buf_add(out, plain.data, scheme_len);
    str_percent_encode(out, span_of(settings_text(settings, "webhook_user")));
    buf_add_char(out, ':');
    str_percent_encode(out, span_of(settings_text(settings, "webhook_password")));
    buf_add_char(out, '@');
    buf_add_text(out, plain.data + scheme_len);
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    AUTO_BUF text;
    AUTO_BUF report_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&report_url, URL_MAX);
    const char *from = httpsend_sender(settings, message);
    if (!httpsend_find_recipient(message, to) || !*from || !*settings_text(settings, "password"))
        return ERR_INVALID;
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    if (buf_check(&text))
        return ERR_INVALID;
    add_report_url(settings, &report_url);
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/a1/sms", settings_int(settings, "timeout"));
    buf_add_text(&out->username, settings_text(settings, "username"));
    buf_add_text(&out->password, settings_text(settings, "password"));
    httpsend_add_field(out, "from", from);
    httpsend_add_field(out, "to", to);
    httpsend_add_field(out, "message", text.data);
    httpsend_add_field(out, "whendelivered", report_url.data);
    httpsend_add_field(out, "dontlog", settings_text(settings, "dontlog"));
    return httpsend_check(out);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (reply->kind == REPLY_ANSWERED && reply->status == 402) /* no credit */
        ret_result->outcome = OUTCOME_bad_config;
    if (ret_result->outcome != OUTCOME_sent)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    const char *id = document ? jsonhook_text(document, "/id") : "";
    if (document && str_equal(jsonhook_text(document, "/status"), "failed"))
        ret_result->outcome = OUTCOME_rejected;
    else if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    if (settings_has(settings, "password") && !*settings_text(settings, "username"))
        return error_set(error, ERR_INVALID, "password needs username");
    if (strchr(settings_text(settings, "webhook_user"), ':'))
        return error_set(error, ERR_INVALID, "webhook_user: a user name has no colon");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    selftest_field(out, "direction", "incoming");
    selftest_field(out, "from", SELFTEST_FROM);
    selftest_field(out, "id", SELFTEST_ID);
    selftest_field(out, "message", SELFTEST_TEXT);
    selftest_field(out, "to", SELFTEST_TO);
    selftest_basic(out, settings_text(settings, "webhook_user"), settings_text(settings, "webhook_password"));
    return selftest_need(settings, "webhook_password", error);
}

const struct channel_ops elks46_channel = {
    .kind = "46elks",
    .summary = "SMS in and out through 46elks, with delivery reports",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_self_test = build_self_test,
    .check = check,
};
