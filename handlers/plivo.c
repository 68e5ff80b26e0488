/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plivo - SMS in and out through Plivo.
 * What:  form POST (or GET) in, delivery reports, JSON to the Message resource out.
 * Why:   a <Message> in our answer would be sent to her, so the answer is empty; reports come out of order, which core
 *        settles; the call has no idempotency key, so a lost answer is `uncertain`.
 * Not here: the signatures (plivo_signature).
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/formhook.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/plivo_signature.h"
#include "handlers/report.h"

#define URL_MAX 2048
#define PATH_MAX_LEN 256
#define EXPIRY_MAX_S 14400

static const struct key keys[] = {
    { .name = "auth_id",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 64,
        .doc = "The account, as the Plivo console shows it.",
        .example = "MAXXXXXXXXXXXXXXXXXX" },
    { .name = "auth_token",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The auth token: it signs what Plivo sends us, and logs us in.",
        .example = "@credential:plivo-token" },
    { .name = "auth_token_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The token before the last change, accepted in signatures beside the current one." },
    { .name = "accept_older",
        .type = KEY_BOOL,
        .fallback = "true",
        .doc = "Take a request that carries only the older signature, which does not cover its text; Plivo signs most "
               "messages so." },
    { .name = "public_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 1024,
        .doc = "The address typed at Plivo as message URL, exactly: it is part of what is signed.",
        .example = "https://line.example.org/in/plivo/message" },
    COMMONKEY_STATUS_URL,
    COMMONKEY_FROM("+14155550100"),
    { .name = "powerpack_uuid",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "A Powerpack that chooses the sender, in place of `from`." },
    { .name = "log_text",
        .type = KEY_BOOL,
        .fallback = "false",
        .doc = "Whether Plivo may keep texts and numbers readable in its log." },
    { .name = "validity",
        .type = KEY_DURATION,
        .min = 5000,
        .max = EXPIRY_MAX_S * 1000,
        .doc = "How long Plivo may try to hand a message to the operator; without it, Plivo's own time." },
    { .name = "opted_out_codes",
        .type = KEY_TEXTS,
        .fallback = "200",
        .doc = "Error codes of a delivery report that mean: this person texted STOP to Plivo." },
    { .name = "final_codes",
        .type = KEY_TEXTS,
        .fallback = "10|30|40|50|60|70|100|110|450|451",
        .doc = "Error codes of a report \"undelivered\" after which another try would end in the same way." },
    COMMONKEY_API_URL("https://api.plivo.com"),
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- in -------------------------------------------------------------------------------------------------------- */

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms; /* the scheme has a nonce but no time: a replay is a duplicate MessageUUID */
    const char *tokens[] = { settings_text(settings, "auth_token"), settings_text(settings, "auth_token_previous"),
        NULL };
    AUTO_PUBLICURL urls;
    publicurl_init(&urls);
    publicurl_find(settings, request, &urls);
    bool is_valid = plivo_signature_is_valid(&urls, tokens, settings_bool(settings, "accept_older"), request);
    return is_valid ? VERDICT_VALID : VERDICT_INVALID;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths names = {
        .from = "From", .to = "To", .id = "MessageUUID", .text = "Text", .time = "Time", .is_msisdn = true
    };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    if (max < 1)
        return ERR_LIMIT;
    int rc = formhook_read(&hook, request, false);
    if (rc)
        return rc;
    if (formhook_has(&hook, "Status") && !formhook_has(&hook, "Text"))
        return 0; /* a report that was pointed here */
    return formhook_fill(&hook, &names, out);
}

static const struct report_word status_words[] = { { "queued", REPORT_PENDING }, { "sent", REPORT_SENT },
    { "delivered", REPORT_DELIVERED }, { "read", REPORT_DELIVERED }, { "undelivered", REPORT_FAILED_TEMPORARY },
    { "failed", REPORT_FAILED }, { "rejected", REPORT_FAILED }, { NULL, 0 } };

static bool is_listed(const struct settings *settings, const char *key, const char *code)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        if (str_equal(settings_item(settings, key, i), code))
            return true;
    }
    return false;
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    static const struct formhook_report names = {
        .id = "MessageUUID", .word = "Status", .code = "ErrorCode", .text = "Text", .words = status_words
    };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    if (max < 1)
        return ERR_LIMIT;
    int rc = formhook_read(&hook, request, false);
    if (!rc)
        rc = formhook_fill_report(&hook, &names, out);
    if (rc < 0)
        return rc;
    bool is_failure = out->status == REPORT_FAILED || out->status == REPORT_FAILED_TEMPORARY;
    if (is_failure && is_listed(settings, "opted_out_codes", out->provider_code))
        out->status = REPORT_OPTED_OUT;
    else if (is_failure && is_listed(settings, "final_codes", out->provider_code))
        out->status = REPORT_FAILED;
    return rc;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply); /* Plivo would repeat a refused request for a day */
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static int set_sender(const struct settings *settings, const struct sms_out *message, json_t *body)
{
    const char *pack = settings_text(settings, "powerpack_uuid");
    const char *from = httpsend_sender(settings, message);
    bool is_pack = *pack && str_is_empty(message->from);
    if (!is_pack && !*from)
        return ERR_INVALID;
    const char *sender = is_pack ? pack : from;
    return json_object_set_new(body, is_pack ? "powerpack_uuid" : "src", json_string(sender)) ? ERR_NOMEM : 0;
}

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, URL_MAX);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_add_status_url(settings, &status_url);
    json_t *body = json_pack("{s:s,s:s,s:s,s:b}", "dst", to, "text", text.data ? text.data : "", "type", "sms", "log",
        settings_bool(settings, "log_text"));
    if (status_url.len) {
        json_object_set_new(body, "url", json_string(status_url.data));
        json_object_set_new(body, "method", json_string("POST"));
    }
    int64_t validity_s = settings_int(settings, "validity") / 1000;
    if (validity_s)
        json_object_set_new(body, "message_expiry", json_integer(validity_s));
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    AUTO_BUF path;
    buf_init(&path, PATH_MAX_LEN);
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    buf_add_text(&path, "/v1/Account/");
    str_percent_encode(&path, span_of(settings_text(settings, "auth_id")));
    buf_add_text(&path, "/Message/");
    if (buf_check(&path))
        return buf_check(&path);
    json_t *body = make_body(settings, message, to);
    int rc = body ? set_sender(settings, message, body) : ERR_NOMEM;
    if (rc) {
        json_decref(body);
        return rc;
    }
    httpsend_begin(out, false, settings_text(settings, "api_url"), path.data, settings_int(settings, "timeout"));
    buf_add_text(&out->username, settings_text(settings, "auth_id"));
    buf_add_text(&out->password, settings_text(settings, "auth_token"));
    return httpsend_take_json(out, body);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (reply->kind == REPLY_ANSWERED && (reply->status == 402 || reply->status == 404))
        ret_result->outcome = OUTCOME_bad_config; /* no credit; no such account in the path */
    if (ret_result->outcome != OUTCOME_sent)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    AUTO_BUF id;
    buf_init(&id, JSONHOOK_VALUE_MAX);
    if (document && jsonhook_add(document, "/message_uuid/0 /message_uuid", &id) == 0 && id.len)
        inbound_set_id(buf_span(&id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    if (*settings_text(settings, "from") && *settings_text(settings, "powerpack_uuid"))
        return error_set(error, ERR_INVALID, "from and powerpack_uuid exclude each other: keep one");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    struct request request;
    AUTO_PUBLICURL urls;
    AUTO_BUF url;
    AUTO_BUF mac;
    publicurl_init(&urls);
    buf_init(&url, SELFTEST_BYTES_MAX);
    buf_init(&mac, SELFTEST_BYTES_MAX);
    selftest_field(out, "From", SELFTEST_FROM_DIGITS);
    selftest_field(out, "MessageUUID", SELFTEST_ID);
    selftest_field(out, "Text", SELFTEST_TEXT);
    selftest_field(out, "To", SELFTEST_TO_DIGITS);
    int rc = selftest_need(settings, "auth_token", error);
    if (!rc)
        rc = selftest_add_url(out, settings, &url, error);
    if (!rc)
        rc = selftest_request(out, &request);
    if (rc)
        return rc;
    publicurl_find(settings, &request, &urls);
    rc = plivo_signature_sign(&urls, settings_text(settings, "auth_token"), SELFTEST_NONCE, &request, &mac);
    if (rc)
        return rc;
    selftest_header(out, "X-Plivo-Signature-V3", "%s", mac.data);
    selftest_header(out, "X-Plivo-Signature-V3-Nonce", SELFTEST_NONCE);
    return 0;
}

const struct channel_ops plivo_channel = {
    .kind = "plivo",
    .summary = "SMS in and out through Plivo, with delivery reports",
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
