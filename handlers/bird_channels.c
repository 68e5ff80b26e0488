/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bird_channels - SMS in and out through the Channels interface of Bird.
 * What:  one JSON event a request, signed over time, URL and body; messages by access key to one channel of a
 *        workspace.
 * Why:   Bird repeats for eight hours, at growing intervals, what was not answered with success.
 * Not here: the signature (messagebird_signature); the older interface (messagebird).
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/messagebird_signature.h"
#include "handlers/report.h"

#define PATH_LEN_MAX 256
#define INBOUND_WORD "inbound" /* "sms.inbound" */
#define OUTBOUND_WORD "outbound"

static const struct key keys[] = {
    { .name = "signing_key",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The signing key of the webhook subscription: it proves what Bird sends us.",
        .example = "@credential:bird-signing-key" },
    { .name = "signing_key_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The signing key before the last change, accepted beside the current one." },
    { .name = "public_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 1024,
        .doc = "The address typed at Bird for the events of incoming messages, exactly: it is signed.",
        .example = "https://line.example.org/in/bird/message" },
    { .name = "status_url",
        .type = KEY_URL,
        .max = 1024,
        .doc = "The address typed at Bird for the events of outgoing messages; without it, public_url with /status "
               "in place of its final /message." },
    { .name = "sender_path",
        .type = KEY_TEXT,
        .max = 256,
        .fallback = "/sender/contact/identifierValue /sender/identifierValue /sender",
        .doc = "Where the sender's number stands in `payload`: JSON pointers with spaces between them, the first that "
               "is there counts." },
    { .name = "receiver_path",
        .type = KEY_TEXT,
        .max = 256,
        .fallback = "/receiver/connector/identifierValue /receiver/identifierValue /receiver",
        .doc = "Where our number stands in `payload`, in the same form." },
    { .name = "workspace_id",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The workspace, for sending.",
        .example = "00000000-0000-4000-8000-000000000001" },
    { .name = "channel_id",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The channel of the workspace that messages leave by.",
        .example = "00000000-0000-4000-8000-000000000002" },
    { .name = "access_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The access key for sending; without it this channel only receives.",
        .example = "@credential:bird-access-key" },
    COMMONKEY_API_URL("https://api.bird.com"),
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_REPLAY_WINDOW,
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
    const struct messagebird_signature in = { .urls = &urls,
        .secrets = secrets,
        .request = request,
        .now_ms = now_ms,
        .window_ms = settings_int(settings, "replay_window") };
    return messagebird_signature_channels(&in);
}

/* What the event says; where it has another name than those that are known, what the message says of itself. */
static bool is_inbound(json_t *root)
{
    const char *event = jsonhook_text(root, "/event"), *direction = jsonhook_text(root, "/payload/direction");
    bool is_leaving = str_equal_nocase(direction, "outgoing") || strstr(event, OUTBOUND_WORD);
    bool is_coming = str_equal_nocase(direction, "incoming") || strstr(event, INBOUND_WORD);
    return !is_leaving && (is_coming || *event == '\0');
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    const struct jsonhook_paths paths = { .from = settings_text(settings, "sender_path"),
        .to = settings_text(settings, "receiver_path"),
        .id = "/id",
        .text = "/body/text/text /body/text /body/list/text /body/image/text /body/file/text",
        .time = "/createdAt /receivedAt /updatedAt",
        .is_msisdn = true };
    AUTO_JSON *root = jsonhook_read(request);
    json_t *payload = root ? json_pointer(root, "/payload") : NULL;
    if (root && !is_inbound(root))
        return 0;
    if (!json_is_object(payload))
        return ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    int rc = jsonhook_fill(payload, &paths, out);
    return rc ? rc : 1;
}

static const struct report_word status_words[] = { { "accepted", REPORT_PENDING }, { "processing", REPORT_PENDING },
    { "pending", REPORT_PENDING }, { "sent", REPORT_SENT }, { "delivered", REPORT_DELIVERED },
    { "read", REPORT_DELIVERED }, { "sending_failed", REPORT_FAILED_TEMPORARY }, { "expired", REPORT_FAILED_TEMPORARY },
    { "delivery_failed", REPORT_FAILED }, { "rejected", REPORT_FAILED }, { "failed", REPORT_FAILED },
    { "skipped", REPORT_FAILED }, { "deleted", REPORT_FAILED }, { NULL, 0 } };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    json_t *payload = root ? json_pointer(root, "/payload") : NULL;
    /* Messages that come in have a status too. */
    bool is_message = json_is_object(payload) && jsonhook_has(payload, "/body") && is_inbound(root);
    if (!json_is_object(payload) || is_message || !*jsonhook_text(payload, "/status"))
        return ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    const char *word = jsonhook_text(payload, "/status");
    int rc = jsonhook_fill_report(payload, "/id /messageId", "/failure/code /reason", "/updatedAt /lastStatusAt",
        report_status(status_words, word), out);
    return rc ? rc : 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    return json_pack("{s:{s:[{s:s,s:s}]},s:{s:s,s:{s:s}},s:s}", "receiver", "contacts", "identifierValue", to,
        "identifierKey", "phonenumber", "body", "type", "text", "text", "text", text.data ? text.data : "", "reference",
        message->id);
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    const char *workspace = settings_text(settings, "workspace_id");
    const char *channel = settings_text(settings, "channel_id");
    AUTO_BUF path;
    buf_init(&path, PATH_LEN_MAX + 1024);
    if (!httpsend_find_recipient(message, to) || !*workspace || !*channel)
        return ERR_INVALID;
    buf_add_text(&path, "/workspaces/");
    str_percent_encode(&path, span_of(workspace));
    buf_add_text(&path, "/channels/");
    str_percent_encode(&path, span_of(channel));
    buf_add_text(&path, "/messages");
    if (buf_check(&path))
        return buf_check(&path);
    httpsend_begin(out, false, settings_text(settings, "api_url"), path.data, settings_int(settings, "timeout"));
    int rc = httpsend_add_header(out, "Authorization", "AccessKey ", settings_text(settings, "access_key"));
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
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
        if (reply->status == 402 || reply->status == 404) /* no credit; no such workspace or channel */
            ret_result->outcome = OUTCOME_bad_config;
        if (document)
            str_copy(ret_result->provider_code, sizeof ret_result->provider_code, jsonhook_text(document, "/code"));
        return;
    }
    const char *id = document ? jsonhook_text(document, "/id") : "";
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    if (*settings_text(settings, "workspace_id") == '\0' && *settings_text(settings, "channel_id"))
        return error_set(error, ERR_INVALID, "channel_id needs workspace_id");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF text;
    AUTO_BUF mac;
    buf_init(&text, SELFTEST_BYTES_MAX);
    buf_init(&mac, 256);
    selftest_json(out, json_pack("{s:s,s:s,s:{s:s,s:{s:{s:s}},s:{s:[{s:s}]},s:{s:s,s:{s:s}}}}", "service", "channels",
                           "event", "sms.inbound", "payload", "id", SELFTEST_ID, "sender", "contact", "identifierValue",
                           SELFTEST_FROM, "receiver", "connectors", "identifierValue", SELFTEST_TO, "body", "type",
                           "text", "text", "text", SELFTEST_TEXT));
    buf_add_format(&text, "%lld\n", (long long)(now_ms / 1000));
    int rc = selftest_need(settings, "signing_key", error);
    if (!rc)
        rc = selftest_add_url(out, settings, &text, error);
    buf_add_char(&text, '\n');
    unsigned char digest[MAC_LEN_MAX];
    size_t len = 0;
    if (!rc)
        rc = mac_digest(MAC_SHA256, buf_span(&out->body), digest, &len);
    buf_add(&text, digest, len);
    if (!rc)
        rc = selftest_mac(MAC_SHA256, settings_text(settings, "signing_key"), buf_span(&text), SELFTEST_BASE64, &mac);
    if (rc)
        return rc;
    selftest_header(out, "messagebird-signature", "%s", mac.data);
    selftest_header(out, "messagebird-request-timestamp", "%lld", (long long)(now_ms / 1000));
    return 0;
}

const struct channel_ops bird_channels_channel = {
    .kind = "bird_channels",
    .summary = "SMS in and out through the Channels interface of Bird, with delivery reports",
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
