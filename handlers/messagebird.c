/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * messagebird - SMS in and out through the classic REST interface of MessageBird.
 * What:  messages to a number (`originator`, `body`) and to a short code (`shortcode`, `message`), delivery reports by
 *        GET, JSON to the messages resource out.
 * Why:   reports come only for messages that were sent with a reference of ours; a text outside of GSM's alphabet
 *        becomes "?" unless the coding is left to them.
 * Not here: the signatures (messagebird_signature); the newer interface (bird_channels).
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/formhook.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/messagebird_signature.h"
#include "handlers/msisdn.h"
#include "handlers/report.h"

#define URL_MAX 2048
#define JWT_TOLERANCE_MS 5000 /* of the clocks; the token itself lives a minute */
#define LEGACY_WINDOW_MS 100000
#define UNICODE_UNITS_MAX 603 /* nine parts of 67 */
#define OPTED_OUT_CODE "103"
#define ANSWER_BODY "OK"

static const char *const coding_words[] = { "auto", "plain", "unicode", NULL };

static const struct key keys[] = {
    { .name = "signing_key",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The signing key of the account: it proves what MessageBird sends us.",
        .example = "@credential:messagebird-signing-key" },
    { .name = "signing_key_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The signing key before the last change, accepted beside the current one." },
    { .name = "accept_legacy",
        .type = KEY_BOOL,
        .fallback = "true",
        .doc = "Take a request that carries only the older MessageBird-Signature." },
    { .name = "public_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 1024,
        .doc = "The address typed at MessageBird for incoming messages, exactly: its digest is signed.",
        .example = "https://line.example.org/in/messagebird/message" },
    COMMONKEY_STATUS_URL,
    { .name = "access_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The access key for sending; without it this channel only receives.",
        .example = "@credential:messagebird-access-key" },
    COMMONKEY_FROM("+31612345678"),
    { .name = "datacoding",
        .type = KEY_WORD,
        .words = coding_words,
        .fallback = "auto",
        .doc = "How texts are coded; `plain` turns everything outside of GSM's alphabet into question marks." },
    { .name = "validity",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 48 * 3600 * 1000,
        .doc = "How long MessageBird may try to hand a message to the operator; without it, their own time." },
    COMMONKEY_API_URL("https://rest.messagebird.com"),
    COMMONKEY_TEXT_MAX("1377"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- in -------------------------------------------------------------------------------------------------------- */

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *secrets[] = { settings_text(settings, "signing_key"), settings_text(settings, "signing_key_previous"),
        NULL };
    AUTO_PUBLICURL urls;
    publicurl_init(&urls);
    publicurl_find(settings, request, &urls);
    struct messagebird_signature in = {
        .urls = &urls, .secrets = secrets, .request = request, .now_ms = now_ms, .window_ms = JWT_TOLERANCE_MS
    };
    if (request_header(request, "MessageBird-Signature-JWT"))
        return messagebird_signature_jwt(&in);
    in.window_ms = LEGACY_WINDOW_MS;
    return settings_bool(settings, "accept_legacy") ? messagebird_signature_legacy(&in) : VERDICT_INVALID;
}

static int read_request(struct formhook *hook, const struct request *request)
{
    formhook_init(hook);
    return formhook_read(hook, request, true);
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths names = { .from = "originator",
        .to = "recipient shortcode",
        .id = "id mid",
        .text = "body message",
        .time = "createdDatetime receive_datetime",
        .is_msisdn = true };
    AUTO_FORMHOOK hook;
    int rc = read_request(&hook, request);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    if (formhook_has(&hook, "status") && !formhook_has(&hook, "body message"))
        return 0; /* a report that was pointed here */
    return formhook_fill(&hook, &names, out);
}

static const struct report_word status_words[] = { { "scheduled", REPORT_PENDING }, { "sent", REPORT_SENT },
    { "buffered", REPORT_SENT }, { "delivered", REPORT_DELIVERED }, { "expired", REPORT_FAILED_TEMPORARY },
    { "delivery_failed", REPORT_FAILED }, { NULL, 0 } };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    static const struct formhook_report names = { .id = "id",
        .word = "status",
        .code = "statusErrorCode",
        .time = "statusDatetime",
        .text = "body message",
        .words = status_words };
    AUTO_FORMHOOK hook;
    int rc = read_request(&hook, request);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    rc = formhook_fill_report(&hook, &names, out);
    if (rc == 1 && str_equal(out->provider_code, OPTED_OUT_CODE))
        out->status = REPORT_OPTED_OUT;
    return rc;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
    if (to != ANSWER_STORED && to != ANSWER_REPORT)
        return;
    str_copy(ret_reply->body, sizeof ret_reply->body, ANSWER_BODY);
    ret_reply->body_len = strlen(ANSWER_BODY);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static int64_t text_max(const struct settings *settings, const char *text)
{
    int64_t max = settings_int(settings, "text_max");
    return gsm7_is_plain(span_of(text)) || max < UNICODE_UNITS_MAX ? max : UNICODE_UNITS_MAX;
}

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, URL_MAX);
    httpsend_add_text(&text, message->text, text_max(settings, message->text));
    httpsend_add_status_url(settings, &status_url);
    json_t *body = json_pack("{s:s,s:[s],s:s,s:s,s:s}", "originator", msisdn_digits(httpsend_sender(settings, message)),
        "recipients", msisdn_digits(to), "body", text.data ? text.data : "", "datacoding",
        settings_text(settings, "datacoding"), "reference", message->id);
    if (status_url.len)
        json_object_set_new(body, "reportUrl", json_string(status_url.data));
    int64_t validity_s = settings_int(settings, "validity") / 1000;
    if (validity_s)
        json_object_set_new(body, "validity", json_integer(validity_s));
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    if (!httpsend_find_recipient(message, to) || !*httpsend_sender(settings, message))
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/messages", settings_int(settings, "timeout"));
    int rc = httpsend_add_header(out, "Authorization", "AccessKey ", settings_text(settings, "access_key"));
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
}

static const struct {
    int64_t code;
    enum outcome outcome;
} error_codes[] = {
    { 2, OUTCOME_bad_config },  /* key refused */
    { 25, OUTCOME_bad_config }, /* no credit */
};

static void read_error(json_t *document, struct send_result *result)
{
    int64_t code = json_int(json_pointer(document, "/errors/0"), "code", 0);
    if (code <= 0)
        return;
    (void)snprintf(result->provider_code, sizeof result->provider_code, "%lld", (long long)code);
    for (size_t i = 0; i < STR_COUNT(error_codes); i++) {
        if (error_codes[i].code == code)
            result->outcome = error_codes[i].outcome;
    }
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (ret_result->outcome != OUTCOME_sent) {
        if (document)
            read_error(document, ret_result);
        return;
    }
    const char *id = document ? jsonhook_text(document, "/id") : "";
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF url;
    AUTO_BUF url_digest;
    AUTO_BUF body_digest;
    buf_init(&url, SELFTEST_BYTES_MAX);
    buf_init(&url_digest, 256);
    buf_init(&body_digest, 256);
    selftest_field(out, "body", SELFTEST_TEXT);
    selftest_field(out, "id", SELFTEST_ID);
    selftest_field(out, "originator", SELFTEST_FROM_DIGITS);
    selftest_field(out, "recipient", SELFTEST_TO_DIGITS);
    int rc = selftest_need(settings, "signing_key", error);
    if (!rc)
        rc = selftest_add_url(out, settings, &url, error);
    if (!rc)
        rc = selftest_digest(buf_span(&url), &url_digest);
    if (!rc)
        rc = selftest_digest(buf_span(&out->body), &body_digest);
    if (rc)
        return rc;
    json_int_t now_s = now_ms / 1000;
    json_t *claims = json_pack("{s:s,s:I,s:I,s:s,s:s,s:s}", "iss", "MessageBird", "nbf", now_s, "exp", now_s + 60,
        "jti", SELFTEST_NONCE, "url_hash", url_digest.data, "payload_hash", body_digest.data);
    return selftest_token(out, "MessageBird-Signature-JWT", "", settings_text(settings, "signing_key"), claims);
}

const struct channel_ops messagebird_channel = {
    .kind = "messagebird",
    .summary = "SMS in and out through MessageBird's REST interface, with delivery reports",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_self_test = build_self_test,
    .check = httpsend_check_api_url,
};
