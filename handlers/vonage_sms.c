/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vonage_sms - SMS in and out through the older SMS API of Vonage (Nexmo).
 * What:  GET, form or JSON, as the dashboard is set; long messages come in parts, a request each.
 * Why:   Vonage answers 200 to a send that it refused: only the list in the body tells. It repeats for a day what is
 * not answered 2xx, and does not say whether it signs again: an old time is late, not false. Keeps: the one algorithm
 * of the settings is tried; a request never chooses it. Not here: the signature (vonage_signature), sending
 * (vonage_sms_send).
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/formhook.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/login.h"
#include "handlers/report.h"
#include "handlers/udh.h"
#include "handlers/vonage_signature.h"
#include "handlers/vonage_sms_send.h"

#define VALUE_MAX (64 * 1024)

static const char *const algorithm_words[] = { "md5hash", "md5hmac", "sha1hmac", "sha256hmac", "sha512hmac", NULL };

static const struct key keys[] = {
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 64,
        .doc = "The key of the account, as the dashboard shows it.",
        .example = "abcd1234" },
    { .name = "api_secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The secret of api_key for sending; without it this channel only receives.",
        .example = "@credential:vonage-api" },
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The signature secret of the account; Vonage signs only after its support has switched that on.",
        .example = "@credential:vonage-signature" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The signature secret before the last change, accepted beside the current one." },
    { .name = "signature_method",
        .type = KEY_WORD,
        .words = algorithm_words,
        .fallback = "md5hash",
        .doc = "The signature method of the account; sha256hmac or sha512hmac should be chosen at Vonage.",
        .example = "sha256hmac" },
    COMMONKEY_PATH_SECRET,
    COMMONKEY_FROM("447700900000"),
    COMMONKEY_PUBLIC_URL("vonage"),
    COMMONKEY_STATUS_URL,
    { .name = "validity",
        .type = KEY_DURATION,
        .min = 20000,
        .max = 604800000,
        .doc = "How long Vonage may try to hand a message to the operator; without it, the operator's own time." },
    COMMONKEY_API_URL("https://rest.nexmo.com"),
    COMMONKEY_TEXT_MAX("3200"),
    COMMONKEY_REPLAY_WINDOW,
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *path_secret = settings_text(settings, "path_secret");
    if (*path_secret && !login_is_path_secret(request, path_secret))
        return VERDICT_INVALID;
    if (!*settings_text(settings, "secret"))
        return *path_secret ? VERDICT_VALID : VERDICT_INVALID;
    return vonage_signature_verify(settings, request, now_ms);
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

static const struct jsonhook_paths message_names = { .from = "msisdn",
    .to = "to",
    .id = "messageId message-id",
    .text = "text",
    .time = "message-timestamp timestamp",
    .is_msisdn = true };

/* UTF-16 as phones write it: of most pairs the first byte names the block of a script, below every letter of ASCII. */
static bool looks_like_utf16(struct span data)
{
    size_t blocks = 0;
    for (size_t i = 0; i + 1 < data.len; i += 2)
        blocks += (unsigned char)data.data[i] < ' ';
    return data.len > 0 && data.len % 2 == 0 && blocks * 4 >= data.len;
}

static const char *charset_of(struct span data)
{
    if (looks_like_utf16(data))
        return "utf-16be";
    return utf8_is_valid(data) ? "utf-8" : "iso-8859-1";
}

/* Binary messages come as hex. Legible or not, a person has seen it: what is no hex stays as it came. */
static int read_data(const struct formhook *hook, struct sms_in *sms)
{
    AUTO_BUF hex;
    AUTO_BUF data;
    AUTO_BUF text;
    buf_init(&hex, VALUE_MAX);
    buf_init(&data, VALUE_MAX);
    buf_init(&text, 2 * VALUE_MAX);
    int rc = formhook_add(hook, "data", &hex);
    if (rc || hex.len == 0 || *sms->text)
        return rc;
    bool is_hex = str_hex_decode(&data, buf_span(&hex)) == 0 && buf_check(&data) == 0;
    if (is_hex)
        rc = utf8_from_charset(&text, buf_span(&data), charset_of(buf_span(&data)));
    else
        utf8_repair(&text, buf_span(&hex));
    char *decoded = rc ? NULL : buf_take(&text);
    if (!decoded)
        return rc ? rc : ERR_NOMEM;
    auto_free(&sms->text);
    sms->text = decoded;
    return 0;
}

static int set_part(const struct formhook *hook, struct sms_in *sms)
{
    AUTO_BUF part;
    AUTO_BUF total;
    AUTO_BUF ref;
    AUTO_BUF header;
    buf_init(&part, VALUE_MAX);
    buf_init(&total, VALUE_MAX);
    buf_init(&ref, VALUE_MAX);
    buf_init(&header, VALUE_MAX);
    int rc = formhook_add(hook, "concat-part", &part);
    if (!rc)
        rc = formhook_add(hook, "concat-total", &total);
    if (!rc)
        rc = formhook_add(hook, "concat-ref", &ref);
    if (!rc)
        rc = formhook_add(hook, "udh", &header);
    if (!rc && !udh_set_part_numbers(buf_span(&part), buf_span(&total), buf_span(&ref), sms))
        (void)udh_set_part_hex(buf_span(&header), sms);
    return rc;
}

/* Vonage calls the address without any field when it is typed in; and a report may be pointed at it. */
static bool is_message(const struct formhook *hook)
{
    return formhook_has(hook, "text data") || (formhook_has(hook, "msisdn") && !formhook_has(hook, "status"));
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, false);
    if (rc || !is_message(&hook))
        return rc;
    if (max < 1)
        return ERR_LIMIT;
    rc = formhook_fill(&hook, &message_names, out);
    if (rc != 1)
        return rc;
    rc = read_data(&hook, out);
    if (!rc)
        rc = set_part(&hook, out);
    return rc ? jsonhook_give_up(out, 1, rc) : 1;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_word status_words[] = { { "accepted", REPORT_SENT }, { "buffered", REPORT_SENT },
    { "unknown", REPORT_SENT }, { "delivered", REPORT_DELIVERED }, { "expired", REPORT_FAILED_TEMPORARY },
    { "failed", REPORT_FAILED }, { "rejected", REPORT_FAILED }, { NULL, 0 } };

static const char *const passing_codes[] = { "2", "7", "8", NULL }; /* absent, busy, network */

static const struct formhook_report report_names = { .id = "messageId message-id",
    .word = "status",
    .code = "err-code",
    .time = "message-timestamp",
    .text = "text data",
    .words = status_words };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, false);
    if (rc)
        return rc;
    if (!formhook_has(&hook, "messageId message-id status msisdn text data"))
        return 0; /* the call without fields */
    if (max < 1)
        return ERR_LIMIT;
    rc = formhook_fill_report(&hook, &report_names, out);
    if (rc != 1)
        return rc;
    if (out->status == REPORT_FAILED && report_has_word(passing_codes, out->provider_code))
        out->status = REPORT_FAILED_TEMPORARY;
    if (str_equal(out->provider_code, "0"))
        out->provider_code[0] = '\0';
    return 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

static int check(const struct settings *settings, struct error *error)
{
    if (!settings_has(settings, "secret") && !settings_has(settings, "path_secret"))
        return error_set(error, ERR_INVALID, "nothing would prove a message: set secret, or at least path_secret");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF mac;
    buf_init(&mac, 256);
    char now[24];
    (void)snprintf(now, sizeof now, "%lld", (long long)(now_ms / 1000));
    bool is_signed = *settings_text(settings, "secret") != '\0';
    int rc = is_signed ? 0 : selftest_need(settings, "path_secret", error);
    selftest_field(out, "messageId", SELFTEST_ID);
    selftest_field(out, "msisdn", SELFTEST_FROM_DIGITS);
    selftest_field(out, "text", SELFTEST_TEXT);
    selftest_field(out, "timestamp", now);
    selftest_field(out, "to", SELFTEST_TO_DIGITS);
    if (*settings_text(settings, "path_secret"))
        selftest_path(out, settings_text(settings, "path_secret"));
    if (!rc && is_signed)
        rc = vonage_signature_sign(settings, buf_span(&out->body), &mac);
    if (!rc && is_signed)
        selftest_field(out, "sig", mac.data);
    return rc;
}

const struct channel_ops vonage_sms_channel = {
    .kind = "vonage_sms",
    .summary = "SMS in and out through the SMS API of Vonage, with delivery reports",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = vonage_sms_send_build,
    .read_reply = vonage_sms_send_read,
    .build_self_test = build_self_test,
    .check = check,
};
