/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * android_sms_gateway - a phone with the app of sms-gate.app as a gateway: alone, by its cloud or by a server of one's
 * own. What:  events straight from the phone, signed with HMAC-SHA256 over body and time without a separator. Why:
 * without a separator, digits of the time could be moved to the end of the body; a body must end with its brace. The
 * phone signs anew for each try, so a time outside the window is a clock that is wrong: late, not false. The app's
 * message id is a hash of 32 bits and no id for us (contentid); ours is one for the app, which refuses it the second
 * time: a repeated send is safe. Keeps: numbers as the phone shows them; core knows the country.
 */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/contentid.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/listing.h"
#include "handlers/report.h"
#include "handlers/signature.h"

#define SIGNED_MAX (256 * 1024)
#define POLL_SPAN_MS                                                                                                   \
    (31LL * 24 * 3600 * 1000) /* the app wants an end of the period: far enough ahead of any outage                    \
                               */
#define URGENT_PRIORITY "100" /* from here on the app's own limits and delays do not apply */

static const struct key keys[] = {
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 8,
        .max = 128,
        .doc = "The signing key in the app's webhook settings; lengthen the one of 8 letters that the app makes.",
        .example = "@credential:smsgate-hook" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The signing key before the last change, accepted beside the current one." },
    { .name = "api_url",
        .type = KEY_URL,
        .max = 256,
        .fallback = "https://api.sms-gate.app/3rdparty/v1",
        .doc = "Where messages are handed in: the cloud, a private server, or the phone itself through a port that is "
               "forwarded to this machine (http://127.0.0.1:PORT).",
        .example = "http://127.0.0.1:9080" },
    { .name = "api_user",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The user name that the app shows; without it this channel only receives.",
        .example = "sms" },
    { .name = "api_password",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The password of api_user.",
        .example = "@credential:smsgate-api" },
    { .name = "device_id", .type = KEY_TEXT, .max = 64, .doc = "The one phone to use, where an account has several." },
    { .name = "sim",
        .type = KEY_INT,
        .min = 0,
        .max = 3,
        .fallback = "0",
        .doc = "The SIM to send with, 1 to 3; 0 leaves it to the phone." },
    { .name = "priority",
        .type = KEY_INT,
        .min = -128,
        .max = 127,
        .fallback = URGENT_PRIORITY,
        .doc = "How urgent the app takes our messages; from 100 on they pass its own delays and limits." },
    { .name = "validity",
        .type = KEY_DURATION,
        .min = 60000,
        .max = 604800000,
        .fallback = "24 h",
        .doc = "How long the phone may try to send a message." },
    { .name = "inbox_path",
        .type = KEY_TEXT,
        .min = 1,
        .max = 64,
        .fallback = "/inbox/refresh",
        .doc = "The call that makes the phone tell missed messages again; older apps have /messages/inbox/export." },
    { .name = "from",
        .type = KEY_TEXT,
        .max = 32,
        .doc = "The number of the SIM, for the records; the phone sends from its own number.",
        .example = "+966500000002" },
    COMMONKEY_TEXT_MAX("1500"),
    COMMONKEY_REPLAY_WINDOW,
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- proof of origin ------------------------------------------------------------------------------------------- */

static bool ends_with_brace(struct span body)
{
    size_t len = body.len;
    while (len && body.data[len - 1] && strchr(" \t\r\n", body.data[len - 1]))
        len--;
    return len && body.data[len - 1] == '}';
}

static bool is_signed(const struct settings *settings, struct span text, const char *given)
{
    struct span secrets[] = { span_of(settings_text(settings, "secret")),
        span_of(settings_text(settings, "secret_previous")) };
    bool is_valid = false;
    for (size_t i = 0; i < STR_COUNT(secrets); i++)
        is_valid |= signature_is_any(MAC_SHA256, secrets[i], text, span_of(given));
    return is_valid;
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *given = request_header(request, "X-Signature");
    const char *at = request_header(request, "X-Timestamp");
    int64_t at_s = 0, window_ms = settings_int(settings, "replay_window");
    if (!given || !at || at[strspn(at, "0123456789")] || str_to_int64(at, 0, INT64_MAX / 2000, &at_s))
        return VERDICT_INVALID;
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    buf_add_span(&text, request->body);
    buf_add_text(&text, at);
    if (buf_check(&text) || !ends_with_brace(request->body) || !is_signed(settings, buf_span(&text), given))
        return VERDICT_INVALID;
    int64_t age_ms = now_ms - at_s * 1000;
    return age_ms <= window_ms && age_ms >= -window_ms ? VERDICT_VALID : VERDICT_LATE;
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

static const struct report_word event_words[] = { { "sms:sent", REPORT_SENT }, { "sms:delivered", REPORT_DELIVERED },
    { "sms:failed", REPORT_FAILED }, { "sms:cancelled", REPORT_FAILED }, { NULL, 0 } };

static const char *const message_events[] = { "sms:received", "sms:data-received", "mms:received", "mms:downloaded",
    "sms:batch:received", "sms:batch:data-received", "mms:batch:received", "mms:batch:downloaded", NULL };

/* An event that a later app invents is taken for a message when it looks like one. */
static bool is_message(const char *event, json_t *payload)
{
    bool is_report = report_status(event_words, event) != REPORT_PENDING;
    return report_has_word(message_events, event) || (!is_report && jsonhook_has(payload, "/message"));
}

/* A data message holds base64: text where it is text, else as it came. */
static int read_data(json_t *item, struct sms_in *sms)
{
    AUTO_BUF data;
    buf_init(&data, INBOUND_TEXT_MAX);
    const char *encoded = jsonhook_text(item, "/data");
    if (!*encoded || jsonhook_has(item, "/message"))
        return 0;
    bool is_text = str_base64_decode(&data, span_of(encoded)) == 0 && !buf_check(&data) &&
                   utf8_is_valid(buf_span(&data)) && data.len && !memchr(data.data, '\0', data.len);
    if (!is_text) {
        buf_clear(&data);
        buf_add_text(&data, encoded);
    }
    char *text = buf_take(&data);
    if (!text)
        return ERR_NOMEM;
    auto_free(&sms->text);
    sms->text = text;
    return 0;
}

/* event_id tells two events apart whose message has neither hash nor time; "" in a list of several. */
static int fill_message(json_t *item, const char *event_id, struct sms_in *out)
{
    static const struct jsonhook_paths paths = { .from = "/sender /phoneNumber",
        .to = "/recipient",
        .id = "/messageId /transactionId /receivedAt",
        .text = "/message /body /text /subject",
        .time = "/receivedAt" };
    if (json_object_size(item) == 0)
        return ERR_INVALID;
    int rc = jsonhook_fill(item, &paths, out);
    if (rc)
        return rc;
    rc = read_data(item, out);
    if (rc) {
        sms_in_done(out);
        return rc;
    }
    char own_id[REMOTE_ID_MAX];
    if (!*out->remote_id)
        inbound_set_id(span_of(event_id), out->remote_id);
    str_copy(own_id, sizeof own_id, out->remote_id);
    if (*own_id) /* her words alone are no id: she may say them again tomorrow */
        contentid_set(span_of(own_id), out);
    return 0;
}

static int read_list(json_t *list, struct sms_in *out, size_t max)
{
    size_t i;
    json_t *item;
    if (json_array_size(list) > max)
        return ERR_LIMIT;
    json_array_foreach(list, i, item)
    {
        int rc = fill_message(item, "", &out[i]);
        if (rc)
            return jsonhook_give_up(out, i, rc);
    }
    return (int)json_array_size(list);
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    json_t *payload = root ? json_object_get(root, "payload") : NULL;
    const char *event = root ? jsonhook_text(root, "/event") : "";
    if (!payload || !is_message(event, payload))
        return *event && !report_has_word(message_events, event) ? 0 : ERR_INVALID;
    json_t *list = json_is_array(payload) ? payload : json_object_get(payload, "messages");
    if (json_is_array(list))
        return read_list(list, out, max);
    if (max < 1)
        return ERR_LIMIT;
    int rc = fill_message(payload, jsonhook_text(root, "/id"), out);
    return rc ? rc : 1;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

/* Credit, coverage and Android's own limits pass; the rest does not. */
static const char *const passing_reasons[] = { "GENERIC_FAILURE", "LIMIT_EXCEEDED", "NO_SERVICE", "RADIO_OFF",
    "RIL_MODEM_ERR", "NETWORK", "RETRY", "TTL", "No SIM" };

static bool is_passing(const char *reason)
{
    for (size_t i = 0; i < STR_COUNT(passing_reasons); i++) {
        if (strcasestr(reason, passing_reasons[i]))
            return true;
    }
    return false;
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    json_t *payload = root ? json_object_get(root, "payload") : NULL;
    const char *event = root ? jsonhook_text(root, "/event") : "";
    if (!*event || is_message(event, payload))
        return ERR_INVALID;
    int status = report_status(event_words, event);
    if (status == REPORT_PENDING) /* a ping, a start of the app */
        return 0;
    if (max < 1)
        return ERR_LIMIT;
    int rc =
        jsonhook_fill_report(payload, "/messageId", NULL, "/deliveredAt /failedAt /cancelledAt /sentAt", status, out);
    if (rc)
        return rc;
    if (status == REPORT_FAILED && is_passing(jsonhook_text(payload, "/reason")))
        out->status = REPORT_FAILED_TEMPORARY;
    return 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static int begin_request(const struct settings *settings, const char *path, struct transmit *out)
{
    if (!*settings_text(settings, "api_user"))
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), path, settings_int(settings, "timeout"));
    buf_add_text(&out->username, settings_text(settings, "api_user"));
    buf_add_text(&out->password, settings_text(settings, "api_password"));
    return 0;
}

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    const char *device = settings_text(settings, "device_id");
    json_t *body = json_pack("{s:s,s:{s:s},s:[s],s:b,s:I,s:I}", "id", message->id, "textMessage", "text",
        text.data ? text.data : "", "phoneNumbers", to, "withDeliveryReport", 1, "priority",
        (json_int_t)settings_int(settings, "priority"), "ttl", (json_int_t)(settings_int(settings, "validity") / 1000));
    if (settings_int(settings, "sim"))
        json_object_set_new(body, "simNumber", json_integer(settings_int(settings, "sim")));
    if (*device)
        json_object_set_new(body, "deviceId", json_string(device));
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    /* The app's own idea of a valid number knows neither every country nor short codes. */
    int rc = begin_request(settings, "/messages?skipPhoneValidation=true", out);
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, true, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    const char *id = document ? jsonhook_text(document, "/id") : "";
    bool is_repeated = reply->status == 409; /* an earlier try did arrive */
    if (reply->status == 404)                /* not the address of such an app */
        ret_result->outcome = OUTCOME_bad_config;
    if (ret_result->outcome != OUTCOME_sent && !is_repeated)
        return;
    ret_result->outcome = *id || is_repeated ? OUTCOME_sent : OUTCOME_unparseable;
    inbound_set_id(span_of(id), ret_result->remote_id);
}

/* ---- catching up ----------------------------------------------------------------------------------------------- */

/* The list of the app has only the beginnings of texts; so the phone is asked to send its events again. */
static int build_poll(const struct settings *settings, const struct poll_from *from, struct transmit *out)
{
    char since[CLOCK_TEXT_MAX], until[CLOCK_TEXT_MAX];
    int rc = begin_request(settings, settings_text(settings, "inbox_path"), out);
    if (rc)
        return rc;
    clock_format(from->since_ms, since);
    clock_format(from->since_ms + POLL_SPAN_MS, until);
    json_t *body = json_pack("{s:s,s:s,s:s}", "since", since, "until", until, "webhookDelivery", "Individual");
    const char *device = settings_text(settings, "device_id");
    if (*device)
        json_object_set_new(body, "deviceId", json_string(device));
    return httpsend_take_json(out, body);
}

/* The messages come as events; what stands in the answer does not matter. */
static int read_poll(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page)
{
    (void)settings, (void)from, (void)out, (void)max;
    listing_judge(reply, ret_page);
    return ret_page->outcome == OUTCOME_sent ? 0 : ERR_INVALID;
}

static int check(const struct settings *settings, struct error *error)
{
    if (settings_has(settings, "api_user") != settings_has(settings, "api_password"))
        return error_set(error, ERR_INVALID, "api_user and api_password belong together: set both or neither");
    if (*settings_text(settings, "inbox_path") != '/')
        return error_set(error, ERR_INVALID, "inbox_path: begins with a slash");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF text;
    AUTO_BUF mac;
    buf_init(&text, SELFTEST_BYTES_MAX);
    buf_init(&mac, 256);
    selftest_json(out, json_pack("{s:s,s:s,s:{s:s,s:s,s:s}}", "event", "sms:received", "id", SELFTEST_ID, "payload",
                           "messageId", SELFTEST_ID, "sender", SELFTEST_FROM, "message", SELFTEST_TEXT));
    buf_add_span(&text, buf_span(&out->body));
    buf_add_format(&text, "%lld", (long long)(now_ms / 1000));
    int rc = selftest_need(settings, "secret", error);
    if (!rc)
        rc = selftest_mac(MAC_SHA256, settings_text(settings, "secret"), buf_span(&text), SELFTEST_HEX, &mac);
    if (rc)
        return rc;
    selftest_header(out, "X-Timestamp", "%lld", (long long)(now_ms / 1000));
    selftest_header(out, "X-Signature", "%s", mac.data);
    return 0;
}

const struct channel_ops android_sms_gateway_channel = {
    .kind = "android_sms_gateway",
    .summary = "SMS in and out through a phone with the app of sms-gate.app",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_POLLS | CHANNEL_SPLITS | CHANNEL_SMS |
            CHANNEL_ALERTS | CHANNEL_OWN_IDS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_poll = build_poll,
    .read_poll = read_poll,
    .build_self_test = build_self_test,
    .check = check,
};
