/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telnyx - SMS in and out through the v2 messaging interface of Telnyx.
 * What:  one JSON event a request, signed with Ed25519 over "time|body"; messages by Bearer key.
 * Why:   Telnyx gives us two seconds and three tries, repeats events and brings them out of order: ids and states of
 *        core take care of that. It knows no idempotency key, so a lost answer is `uncertain`.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/crypto/ed25519.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/report.h"

#define SIGNED_MAX (256 * 1024)
#define OPTED_OUT_CODE "40300"

static const struct key keys[] = {
    { .name = "public_key",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 40,
        .max = 64,
        .doc = "The public key of the account in base64, as the portal shows it; it proves what Telnyx sends us.",
        .example = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=" },
    { .name = "public_key_previous",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The key before the last change, accepted beside the current one." },
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The key for sending; without it this channel only receives.",
        .example = "@credential:telnyx-key" },
    COMMONKEY_FROM("+13125550002"),
    { .name = "messaging_profile_id",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The messaging profile: it chooses the sender where `from` is empty, and a sender name needs it." },
    COMMONKEY_PUBLIC_URL("telnyx"),
    COMMONKEY_STATUS_URL,
    COMMONKEY_API_URL("https://api.telnyx.com"),
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_REPLAY_WINDOW,
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- proof of origin ------------------------------------------------------------------------------------------- */

static bool is_signed(const char *public_key, struct span text, const char *signature)
{
    AUTO_BUF key;
    AUTO_BUF given;
    buf_init(&key, ED25519_KEY_LEN + 2);
    buf_init(&given, ED25519_SIGNATURE_LEN + 2);
    return *public_key && str_base64_decode(&key, span_of(public_key)) == 0 &&
           str_base64_decode(&given, span_of(signature)) == 0 && !buf_check(&key) && !buf_check(&given) &&
           ed25519_is_valid(buf_span(&key), text, buf_span(&given));
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *signature = request_header(request, "telnyx-signature-ed25519");
    const char *timestamp = request_header(request, "telnyx-timestamp");
    int64_t at_s = 0, window_ms = settings_int(settings, "replay_window");
    if (str_is_empty(signature) || !timestamp || str_to_int64(timestamp, 0, INT64_MAX / 2000, &at_s))
        return VERDICT_INVALID;
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    buf_add_format(&text, "%s|", timestamp);
    buf_add_span(&text, request->body);
    if (buf_check(&text))
        return VERDICT_INVALID;
    bool is_valid = is_signed(settings_text(settings, "public_key"), buf_span(&text), signature) ||
                    is_signed(settings_text(settings, "public_key_previous"), buf_span(&text), signature);
    int64_t age_ms = now_ms - at_s * 1000;
    if (!is_valid)
        return VERDICT_INVALID;
    return age_ms <= window_ms && age_ms >= -window_ms ? VERDICT_VALID : VERDICT_LATE;
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

/* Where the message is: inside the event, or the whole body where an event was unpacked on its way. */
static json_t *payload_of(json_t *root)
{
    json_t *payload = json_pointer(root, "/data/payload");
    if (!payload)
        payload = json_pointer(root, "/payload");
    return json_is_object(payload) ? payload : NULL;
}

static const char *event_of(json_t *root)
{
    const char *event = jsonhook_text(root, "/data/event_type");
    return *event ? event : jsonhook_text(root, "/event_type");
}

/* Telnyx may read STOP and START itself and then blocks the number; HELP stays a cry for help. */
static enum intent intent_of(json_t *payload)
{
    const char *word = jsonhook_text(payload, "/autoresponse_type");
    if (str_equal_nocase(word, "STOP") || str_equal_nocase(word, "opt_out"))
        return INTENT_stop;
    if (str_equal_nocase(word, "START") || str_equal_nocase(word, "opt_in"))
        return INTENT_start;
    return INTENT_help;
}

static bool is_inbound(json_t *root, json_t *payload)
{
    const char *event = event_of(root);
    if (*event)
        return str_equal(event, "message.received");
    return str_equal(jsonhook_text(payload, "/direction"), "inbound") || jsonhook_has(payload, "/text");
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths paths = { .from = "/from/phone_number /from",
        .to = "/to/0/phone_number /to/0 /to/phone_number /to",
        .id = "/id",
        .text = "/text /body /subject",
        .time = "/received_at /sent_at" };
    AUTO_JSON *root = jsonhook_read(request);
    json_t *payload = root ? payload_of(root) : NULL;
    if (!payload)
        return root && *event_of(root) && !str_equal(event_of(root), "message.received") ? 0 : ERR_INVALID;
    if (!is_inbound(root, payload))
        return 0;
    if (max < 1)
        return ERR_LIMIT;
    int rc = jsonhook_fill(payload, &paths, out);
    if (rc)
        return rc;
    out->provider_intent = intent_of(payload);
    return 1;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_word status_words[] = { { "queued", REPORT_PENDING }, { "sending", REPORT_PENDING },
    { "sent", REPORT_SENT }, { "delivery_unconfirmed", REPORT_SENT }, { "dlr_timeout", REPORT_SENT },
    { "delivered", REPORT_DELIVERED }, { "expired", REPORT_FAILED_TEMPORARY },
    { "sending_failed", REPORT_FAILED_TEMPORARY }, { "gw_timeout", REPORT_FAILED_TEMPORARY },
    { "delivery_failed", REPORT_FAILED }, { "failed", REPORT_FAILED }, { NULL, 0 } };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    json_t *payload = root ? payload_of(root) : NULL;
    if (!payload || is_inbound(root, payload))
        return ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    const char *word = jsonhook_text(payload, "/to/0/status");
    bool has_event_only = !*word && str_equal(event_of(root), "message.sent");
    int status = has_event_only ? REPORT_SENT : report_status(status_words, word);
    int rc = jsonhook_fill_report(payload, "/id", "/errors/0/code", "/completed_at /sent_at", status, out);
    if (rc)
        return rc;
    if (str_equal(out->provider_code, OPTED_OUT_CODE))
        out->status = REPORT_OPTED_OUT;
    return 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 400, ret_reply);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, 2048);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_add_status_url(settings, &status_url);
    const char *from = httpsend_sender(settings, message);
    const char *profile = settings_text(settings, "messaging_profile_id");
    json_t *body = json_pack("{s:s,s:s}", "to", to, "text", text.data ? text.data : "");
    if (*from)
        json_object_set_new(body, "from", json_string(from));
    if (*profile)
        json_object_set_new(body, "messaging_profile_id", json_string(profile));
    if (status_url.len) {
        json_object_set_new(body, "webhook_url", json_string(status_url.data));
        json_object_set_new(body, "use_profile_webhooks", json_false());
    }
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    bool has_sender = *httpsend_sender(settings, message) || *settings_text(settings, "messaging_profile_id");
    if (!httpsend_find_recipient(message, to) || !has_sender)
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/v2/messages", settings_int(settings, "timeout"));
    int rc = httpsend_add_header(out, "Authorization", "Bearer ", settings_text(settings, "api_key"));
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
}

static const struct {
    const char *code;
    enum outcome outcome;
} error_codes[] = {
    { "10009", OUTCOME_bad_config },      /* authentication failed */
    { "10010", OUTCOME_bad_config },      /* not allowed */
    { "10011", OUTCOME_retry_throttled }, /* too many requests */
    { "20000", OUTCOME_bad_config }, { "20001", OUTCOME_bad_config }, { "20002", OUTCOME_bad_config }, /* key revoked */
    { "20013", OUTCOME_bad_config },                                      /* account inactive */
    { "20100", OUTCOME_bad_config },                                      /* no funds */
    { OPTED_OUT_CODE, OUTCOME_opted_out }, { "40301", OUTCOME_rejected }, /* number not reachable */
    { "40305", OUTCOME_bad_config },                                      /* sender not ours */
    { "40306", OUTCOME_bad_config },                                      /* sender name not configured */
    { "40310", OUTCOME_rejected },                                        /* not a number */
    { "40315", OUTCOME_bad_config },                                      /* sender not registered */
    { "40318", OUTCOME_retry_throttled },                                 /* queue full */
    { "40319", OUTCOME_rejected },                                        /* sender and recipient do not fit */
    { "40322", OUTCOME_rejected },                                        /* content refused */
};

static void read_error(json_t *document, struct send_result *result)
{
    AUTO_BUF code;
    buf_init(&code, JSONHOOK_VALUE_MAX);
    if (jsonhook_add(document, "/errors/0/code", &code) || code.len == 0)
        return;
    str_copy(result->provider_code, sizeof result->provider_code, code.data);
    for (size_t i = 0; i < STR_COUNT(error_codes); i++) {
        if (str_equal(error_codes[i].code, code.data))
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
    const char *id = document ? jsonhook_text(document, "/data/id") : "";
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    static const char *const names[] = { "public_key", "public_key_previous" };
    for (size_t i = 0; i < STR_COUNT(names); i++) {
        AUTO_BUF key;
        buf_init(&key, ED25519_KEY_LEN + 2);
        const char *text = settings_text(settings, names[i]);
        if (*text && (str_base64_decode(&key, span_of(text)) || buf_check(&key) || key.len != ED25519_KEY_LEN))
            return error_set(error, ERR_INVALID, "%s: not the base64 of 32 bytes", names[i]);
    }
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms, (void)out;
    int rc = selftest_need(settings, "public_key", error);
    if (rc)
        return rc;
    return error_set(error, ERR_UNSUPPORTED,
        "only Telnyx holds the key that signs; `public_key` has the right form (32 bytes in base64): whether it is that of "
        "your account shows when a text is sent to the number");
}

const struct channel_ops telnyx_channel = {
    .kind = "telnyx",
    .summary = "SMS in and out through Telnyx, with delivery reports",
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
