/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vonage_messages - SMS in and out through the newer Messages API of Vonage.
 * What:  JSON of version 1 and of its predecessor 0.1; a bearer token proves each request and binds its body.
 * Why:   the token has no end of its own, so its birth must lie within our window; what is older is late, not false,
 *        because Vonage repeats for a day and does not say whether it signs again.
 * Keeps: HS256 and nothing else; the digest of the raw body must stand in the token.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/crypto/rsa.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/jwt.h"
#include "handlers/login.h"
#include "handlers/msisdn.h"
#include "handlers/report.h"

#define ISSUER "Vonage"
#define TOKEN_LIFE_S 900 /* of the token that we log in with; Vonage allows a day */
#define CODE_MARK '#'    /* the code stands behind it in the address that names an error */

static const struct key keys[] = {
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The signature secret of the account; it proves what Vonage sends us.",
        .example = "@credential:vonage-signature" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The signature secret before the last change, accepted beside the current one." },
    { .name = "api_key",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The key of the account, to log in with when sending, where there is no private_key.",
        .example = "abcd1234" },
    { .name = "api_secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The secret of api_key.",
        .example = "@credential:vonage-api" },
    { .name = "application_id",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The application that messages are sent by; belongs to private_key." },
    { .name = "private_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 8192,
        .doc = "The private RSA key of application_id in PEM, to log in with instead of api_key." },
    COMMONKEY_FROM("447700900000"),
    COMMONKEY_PUBLIC_URL("vonage"),
    COMMONKEY_STATUS_URL,
    COMMONKEY_API_URL("https://api.nexmo.com"),
    COMMONKEY_TEXT_MAX("1000"),
    COMMONKEY_REPLAY_WINDOW,
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- proof of origin ------------------------------------------------------------------------------------------- */

static enum verdict judge_claims(const json_t *claims, const struct request *request, int64_t window_ms, int64_t now_ms)
{
    json_t *born = json_object_get(claims, "iat");
    if (!json_is_number(born) || !str_equal(json_text(claims, "iss", ""), ISSUER) ||
        !jwt_has_digest(claims, "payload_hash", request->body))
        return VERDICT_INVALID;
    double age_ms = (double)now_ms - json_number_value(born) * 1000;
    return age_ms <= (double)window_ms && age_ms >= -(double)window_ms ? VERDICT_VALID : VERDICT_LATE;
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *secrets[] = { settings_text(settings, "secret"), settings_text(settings, "secret_previous"), NULL };
    struct span token;
    json_t *read = NULL;
    /* The token covers the body alone: a GET would carry its content unsigned. */
    if (str_equal(request->method, "GET") || !login_find_bearer(request, &token) ||
        jwt_verify(JWT_HS256, secrets, token, &read))
        return VERDICT_INVALID;
    AUTO_JSON *claims = read;
    return judge_claims(claims, request, settings_int(settings, "replay_window"), now_ms);
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

static bool is_message(json_t *root)
{
    bool has_content = jsonhook_has(root, "/text") || jsonhook_has(root, "/message");
    bool has_header = jsonhook_has(root, "/message_type") || jsonhook_has(root, "/from");
    return has_content || (has_header && !jsonhook_has(root, "/status"));
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths paths = { .from = "/from /from/number /from/id",
        .to = "/to /to/number /to/id",
        .id = "/message_uuid",
        .text = "/text /message/content/text /text/body /image/caption /file/caption /message/content/image/caption",
        .time = "/timestamp",
        .is_msisdn = true };
    AUTO_JSON *root = jsonhook_read(request);
    if (!json_is_object(root))
        return ERR_INVALID;
    if (!is_message(root))
        return jsonhook_has(root, "/status") ? 0 : ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    int rc = jsonhook_fill(root, &paths, out);
    return rc ? rc : 1;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_word status_words[] = { { "submitted", REPORT_SENT }, { "delivered", REPORT_DELIVERED },
    { "read", REPORT_DELIVERED }, { "undeliverable", REPORT_FAILED_TEMPORARY }, { "rejected", REPORT_FAILED },
    { "failed", REPORT_FAILED }, { NULL, 0 } };

static const char *const passing_codes[] = { "1000", "1180", "1220", NULL };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    const char *word = root ? jsonhook_text(root, "/status") : "";
    if (!*word || is_message(root))
        return ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    /* The type may be longer than a code has room for: its end is what counts. */
    const char *type = jsonhook_text(root, "/error/type");
    const char *mark = strrchr(type, CODE_MARK);
    int rc = jsonhook_fill_report(root, "/message_uuid", mark ? NULL : "/error/code /error/title", "/timestamp",
        report_status(status_words, word), out);
    if (rc)
        return rc;
    if (mark)
        str_copy(out->provider_code, sizeof out->provider_code, mark + 1);
    if (out->status == REPORT_FAILED && report_has_word(passing_codes, out->provider_code))
        out->status = REPORT_FAILED_TEMPORARY;
    return 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static int add_token(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char id[64];
    AUTO_BUF token;
    buf_init(&token, JWT_TOKEN_MAX);
    int64_t now_s = message->now_ms / 1000;
    (void)snprintf(id, sizeof id, "%s.%u", message->id, message->attempt); /* never twice the same */
    AUTO_JSON *claims = json_pack("{s:s,s:I,s:I,s:s}", "application_id", settings_text(settings, "application_id"),
        "iat", (json_int_t)now_s, "exp", (json_int_t)(now_s + TOKEN_LIFE_S), "jti", id);
    int rc = claims ? jwt_sign(JWT_RS256, span_of(settings_text(settings, "private_key")), claims, &token) : ERR_NOMEM;
    return rc ? rc : httpsend_add_header(out, "Authorization", "Bearer ", token.data);
}

static int add_login(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    if (*settings_text(settings, "private_key"))
        return add_token(settings, message, out);
    if (!*settings_text(settings, "api_key"))
        return ERR_INVALID;
    buf_add_text(&out->username, settings_text(settings, "api_key"));
    buf_add_text(&out->password, settings_text(settings, "api_secret"));
    return 0;
}

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, 2048);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_add_status_url(settings, &status_url);
    json_t *body = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "message_type", "text", "channel", "sms", "to",
        msisdn_digits(to), "from", msisdn_digits(httpsend_sender(settings, message)), "text",
        text.data ? text.data : "", "client_ref", message->id);
    if (status_url.len)
        json_object_set_new(body, "webhook_url", json_string(status_url.data));
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    if (!httpsend_find_recipient(message, to) || !*httpsend_sender(settings, message))
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/v1/messages", settings_int(settings, "timeout"));
    int rc = add_login(settings, message, out);
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
}

static const struct {
    const char *code;
    enum outcome outcome;
} error_codes[] = {
    { "1000", OUTCOME_retry_throttled }, { "1120", OUTCOME_bad_config }, /* sender */
    { "1170", OUTCOME_rejected },                                        /* recipient */
    { "1180", OUTCOME_retry_network }, { "1220", OUTCOME_retry_network },
    { "1240", OUTCOME_rejected },   /* rules of the country */
    { "1420", OUTCOME_bad_config }, /* sender */
    { "1430", OUTCOME_rejected },   /* recipient */
    { "1476", OUTCOME_rejected },   /* rules of the country */
};

static void read_error(json_t *document, int status, struct send_result *result)
{
    const char *type = jsonhook_text(document, "/type");
    const char *mark = strrchr(type, CODE_MARK);
    if (status == 402) /* no credit */
        result->outcome = OUTCOME_bad_config;
    str_copy(result->provider_code, sizeof result->provider_code, mark ? mark + 1 : jsonhook_text(document, "/title"));
    for (size_t i = 0; i < STR_COUNT(error_codes); i++) {
        if (str_equal(error_codes[i].code, result->provider_code))
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
        read_error(document, reply->status, ret_result);
        return;
    }
    const char *id = document ? jsonhook_text(document, "/message_uuid") : "";
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    if (settings_has(settings, "private_key") != settings_has(settings, "application_id"))
        return error_set(error, ERR_INVALID, "private_key and application_id belong together: set both or neither");
    if (settings_has(settings, "private_key") && !rsa_is_private_key(span_of(settings_text(settings, "private_key"))))
        return error_set(error, ERR_INVALID,
            "private_key: not a private RSA key in PEM of %d bits or more, without a passphrase", RSA_BITS_MIN);
    if (settings_has(settings, "api_key") != settings_has(settings, "api_secret"))
        return error_set(error, ERR_INVALID, "api_key and api_secret belong together: set both or neither");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF digest;
    buf_init(&digest, 256);
    selftest_json(out, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "message_uuid", SELFTEST_ID, "from", SELFTEST_FROM_DIGITS,
                           "to", SELFTEST_TO_DIGITS, "channel", "sms", "message_type", "text", "text", SELFTEST_TEXT));
    int rc = selftest_need(settings, "secret", error);
    if (!rc)
        rc = selftest_digest(buf_span(&out->body), &digest);
    if (rc)
        return rc;
    json_t *claims = json_pack("{s:s,s:I,s:s,s:s}", "iss", ISSUER, "iat", (json_int_t)(now_ms / 1000), "jti",
        SELFTEST_NONCE, "payload_hash", digest.data);
    return selftest_token(out, "Authorization", "Bearer ", settings_text(settings, "secret"), claims);
}

const struct channel_ops vonage_messages_channel = {
    .kind = "vonage_messages",
    .summary = "SMS in and out through the Messages API of Vonage, with delivery reports",
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
