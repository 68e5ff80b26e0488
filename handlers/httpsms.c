/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * httpsms - a phone with the app of httpsms.com as a gateway, hosted there or by oneself.
 * What:  CloudEvents in JSON with a bearer token; messages by API key.
 * Why:   the token does not bind the body, so one that was overheard could carry any text: outside its own times it is
 *        false, not late. A webhook is tried twice within milliseconds and then forgotten, so catching up matters. The
 *        phone gets a new message id whenever it repeats itself: what was said, by whom and when is the id here.
 * Keeps: numbers as the phone shows them; core knows the country.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/httpsms_list.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/jwt.h"
#include "handlers/login.h"
#include "handlers/publicurl.h"
#include "handlers/report.h"

#define EVENT_CALL "message.call.missed"
#define EVENT_RECEIVED "message.phone.received"

static const struct key keys[] = {
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 8,
        .max = 256,
        .doc = "The signing key that was typed with the webhook; it proves what httpSMS sends us.",
        .example = "@credential:httpsms-hook" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The signing key before the last change, accepted beside the current one." },
    { .name = "public_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 1024,
        .doc = "The address of the webhook exactly as it was typed at httpSMS: tokens name it.",
        .example = "https://line.example.org/in/httpsms/message" },
    { .name = "status_url",
        .type = KEY_URL,
        .max = 1024,
        .doc =
            "The address of a second webhook for the events of sent messages; without it, public_url with /status in "
            "place of its final /message." },
    { .name = "issuer",
        .type = KEY_TEXT,
        .min = 1,
        .max = 128,
        .fallback = "api.httpsms.com",
        .doc = "The issuer that tokens must name; a server of one's own may have another." },
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The API key for sending and catching up; without it this channel only receives.",
        .example = "@credential:httpsms-key" },
    COMMONKEY_FROM("+966500000002"),
    COMMONKEY_API_URL("https://api.httpsms.com"),
    COMMONKEY_TEXT_MAX("1024"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- proof of origin ------------------------------------------------------------------------------------------- */

static bool is_one_of_ours(const struct settings *settings, const struct request *request, const char *audience)
{
    AUTO_PUBLICURL urls;
    publicurl_init(&urls);
    publicurl_find(settings, request, &urls);
    for (size_t i = 0; i < urls.count; i++) {
        AUTO_BUF whole;
        buf_init(&whole, PUBLICURL_MAX);
        buf_add_span(&whole, buf_span(&urls.bases[i]));
        if (str_equal(buf_check(&whole) || !whole.data ? "" : whole.data, audience))
            return true;
        buf_add_char(&whole, '?');
        buf_add_span(&whole, urls.query);
        if (urls.query.len && !buf_check(&whole) && str_equal(whole.data, audience))
            return true;
    }
    return false;
}

/* RFC 7519, 4.1.3: one text, or a list of them. */
static bool is_audience(const struct settings *settings, const struct request *request, json_t *audience)
{
    size_t i;
    json_t *item;
    if (json_is_string(audience))
        return is_one_of_ours(settings, request, json_string_value(audience));
    json_array_foreach(audience, i, item)
    {
        if (json_is_string(item) && is_one_of_ours(settings, request, json_string_value(item)))
            return true;
    }
    return false;
}

static bool is_timely(const json_t *claims, int64_t now_ms)
{
    json_t *start = json_object_get(claims, "nbf"), *end = json_object_get(claims, "exp");
    double now_s = (double)now_ms / 1000;
    return json_is_number(end) && now_s < json_number_value(end) && (!start || json_is_number(start)) &&
           (!start || now_s >= json_number_value(start));
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *secrets[] = { settings_text(settings, "secret"), settings_text(settings, "secret_previous"), NULL };
    struct span token;
    json_t *read = NULL;
    if (!login_find_bearer(request, &token) || jwt_verify(JWT_HS256, secrets, token, &read))
        return VERDICT_INVALID;
    AUTO_JSON *claims = read;
    bool is_valid = str_equal(json_text(claims, "iss", ""), settings_text(settings, "issuer")) &&
                    is_timely(claims, now_ms) && is_audience(settings, request, json_object_get(claims, "aud"));
    return is_valid ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

static const char *event_of(json_t *root, const struct request *request)
{
    const char *type = jsonhook_text(root, "/type");
    const char *header = request_header(request, "X-Event-Type");
    return *type || !header ? type : header;
}

static const struct report_word event_words[] = { { "message.phone.sending", REPORT_PENDING },
    { "message.phone.sent", REPORT_SENT }, { "message.phone.delivered", REPORT_DELIVERED },
    { "message.send.failed", REPORT_FAILED }, { "message.send.expired", REPORT_FAILED_TEMPORARY }, { NULL, 0 } };

static bool is_report(const char *event)
{
    for (const struct report_word *word = event_words; word->word; word++) {
        if (str_equal(word->word, event))
            return true;
    }
    return false;
}

/* An event that httpSMS invents later is taken for a message when it looks like one; what we sent has words too. */
static bool is_message(const char *event, json_t *data)
{
    return str_equal(event, EVENT_RECEIVED) || str_equal(event, EVENT_CALL) ||
           (strstr(event, "received") && jsonhook_has(data, "/content"));
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths paths = {
        .from = "/contact", .to = "/owner", .id = "/message_id /id", .text = "/content", .time = "/timestamp"
    };
    AUTO_JSON *root = jsonhook_read(request);
    json_t *data = root ? json_object_get(root, "data") : NULL;
    const char *event = root ? event_of(root, request) : "";
    if (*event && !is_message(event, data))
        return 0;
    if (!json_is_object(data) || (!*event && !jsonhook_has(data, "/content")))
        return ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    int rc = httpsms_list_fill(data, &paths, out);
    if (!rc && !*out->remote_id)
        inbound_set_id(span_of(jsonhook_text(root, "/id")), out->remote_id);
    if (!rc)
        out->is_call = str_equal(event, EVENT_CALL) && str_is_empty(out->text);
    return rc ? rc : 1;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    json_t *data = root ? json_object_get(root, "data") : NULL;
    const char *event = root ? event_of(root, request) : "";
    if (!*event || is_message(event, data))
        return ERR_INVALID;
    if (!is_report(event)) /* a heartbeat */
        return 0;
    if (max < 1)
        return ERR_LIMIT;
    int status = report_status(event_words, event);
    if (status == REPORT_FAILED_TEMPORARY && !json_bool(data, "is_final", true))
        status = REPORT_PENDING; /* the phone will try again by itself */
    int rc = jsonhook_fill_report(data, "/id /message_id", NULL, "/timestamp", status, out);
    return rc ? rc : 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 400, ret_reply);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    AUTO_BUF text;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    const char *from = httpsend_sender(settings, message);
    if (!httpsend_find_recipient(message, to) || !*from)
        return ERR_INVALID;
    httpsend_begin(
        out, false, settings_text(settings, "api_url"), "/v1/messages/send", settings_int(settings, "timeout"));
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    int rc = httpsend_add_header(out, "x-api-key", "", settings_text(settings, "api_key"));
    if (rc)
        return rc;
    return httpsend_take_json(out, json_pack("{s:s,s:s,s:s,s:s}", "from", from, "to", to, "content",
                                       text.data ? text.data : "", "request_id", message->id));
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
    bool has_bad_sender = document && jsonhook_has(document, "/data/from"); /* the words of a 422 stand by field */
    if (reply->status == 402 || reply->status == 404 || (reply->status == 422 && has_bad_sender))
        ret_result->outcome = OUTCOME_bad_config; /* no credit; not this address; the phone is not of this account */
    if (ret_result->outcome != OUTCOME_sent)
        return;
    const char *id = document ? jsonhook_text(document, "/data/id") : "";
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF url;
    buf_init(&url, SELFTEST_BYTES_MAX);
    selftest_json(
        out, json_pack("{s:s,s:s,s:{s:s,s:s,s:s,s:s}}", "type", EVENT_RECEIVED, "id", SELFTEST_ID, "data", "message_id",
                 SELFTEST_ID, "owner", SELFTEST_TO, "contact", SELFTEST_FROM, "content", SELFTEST_TEXT));
    int rc = selftest_need(settings, "secret", error);
    if (!rc)
        rc = selftest_add_url(out, settings, &url, error);
    if (rc)
        return rc;
    json_int_t now_s = now_ms / 1000;
    json_t *claims = json_pack("{s:s,s:[s],s:I,s:I}", "iss", settings_text(settings, "issuer"), "aud", url.data, "nbf",
        now_s - 60, "exp", now_s + 60);
    return selftest_token(out, "Authorization", "Bearer ", settings_text(settings, "secret"), claims);
}

const struct channel_ops httpsms_channel = {
    .kind = "httpsms",
    .summary = "SMS in and out through a phone with the app of httpSMS",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_POLLS | CHANNEL_SPLITS | CHANNEL_SMS |
            CHANNEL_ALERTS | CHANNEL_OTHER_IDS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_poll = httpsms_list_build,
    .read_poll = httpsms_list_read,
    .build_self_test = build_self_test,
    .check = httpsend_check_api_url,
};
