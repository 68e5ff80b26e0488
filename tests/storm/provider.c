/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * provider - the bytes of Twilio, Vonage, Infobip, Telnyx, Africa's Talking and of a telephone with httpSMS.
 * What:  each request is signed as that provider signs, anew for each try; each repeats as long as its documents say:
 *        Twilio five times within 15 s ("#rc=5&rp=all"), Vonage for a day, Infobip 1 min + n^2 min twenty times, Telnyx
 *        three times and three times at the second address, Africa's Talking never, httpSMS once and at once.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"
#include "handlers/form.h"
#include "handlers/jwt.h"
#include "tests/storm/storm.h"

#define ORIGIN "https://line.example.org"
#define FIELDS_MAX 16
#define FORM "application/x-www-form-urlencoded"

/* Key pair of the seed "storm storm storm storm storm sto": only these tests sign with it. */
static const unsigned char telnyx_seed[] = "storm storm storm storm storm sto";

/* ---- requests -------------------------------------------------------------------------------------------------- */

static void write_request(const char *path, const char *headers, const char *type, struct span body, struct buf *out)
{
    buf_add_format(out,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n",
        path, type, headers, body.len);
    buf_add_span(out, body);
}

struct field {
    const char *name, *value;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct field *)a)->name, ((const struct field *)b)->name);
}

static void add_form(struct buf *out, const struct field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_format(out, "%s%s=", i ? "&" : "", fields[i].name);
        str_percent_encode(out, span_of(fields[i].value));
    }
}

static void write_json(const char *path, const char *headers, json_t *json, struct buf *out)
{
    AUTO_BUF body;
    buf_init(&body, REQUEST_MAX);
    if (json_write(json, &body))
        abort();
    json_decref(json);
    write_request(path, headers, "application/json", buf_span(&body), out);
}

static const char *digits(const char *number)
{
    return number + (*number == '+');
}

static void civil(int64_t ms, bool has_t, char *ret) /* CLOCK_TEXT_MAX */
{
    clock_format(ms, ret);
    if (has_t)
        return;
    ret[10] = ' ';
    ret[19] = '\0';
}

static const char *id_of(const struct sms *sms, const struct hook *hook)
{
    return hook->message_id[0] ? hook->message_id : sms->id;
}

/* ---- Twilio ---------------------------------------------------------------------------------------------------- */

static void write_twilio(const char *action, struct field *fields, size_t count, struct buf *out)
{
    AUTO_BUF text, body, headers, sorted;
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    char path[64];
    struct field copy[FIELDS_MAX];
    buf_init(&text, REQUEST_MAX);
    buf_init(&body, REQUEST_MAX);
    buf_init(&headers, 256);
    buf_init(&sorted, 16);
    snprintf(path, sizeof path, "/in/tw/%s", action);
    memcpy(copy, fields, count * sizeof *fields);
    qsort(copy, count, sizeof *copy, by_name);
    buf_add_format(&text, ORIGIN "%s", path);
    for (size_t i = 0; i < count; i++)
        buf_add_format(&text, "%s%s", copy[i].name, copy[i].value);
    if (mac_compute(MAC_SHA1, span_of("twilio-token"), buf_span(&text), mac, &len))
        abort();
    buf_add_text(&headers, "X-Twilio-Signature: ");
    str_base64_encode(&headers, mac, len);
    buf_add_text(&headers, "\r\n");
    add_form(&body, fields, count);
    write_request(path, headers.data, FORM, buf_span(&body), out);
}

static void twilio_message(const struct storm *storm, const struct sms *sms, const struct hook *hook, struct buf *out)
{
    (void)storm;
    struct field fields[] = { { "ToCountry", "PH" }, { "MessageSid", id_of(sms, hook) }, { "SmsStatus", "received" },
        { "Body", sms->text }, { "From", sms->from }, { "To", "+639175550100" }, { "NumMedia", "0" },
        { "AccountSid", "AC0123" }, { "ApiVersion", "2010-04-01" } };
    write_twilio("message", fields, STR_COUNT(fields), out);
}

static void twilio_report(
    const struct storm *storm, const struct handed *handed, const struct hook *hook, struct buf *out)
{
    static const char *const words[] = { "queued", "sent", "delivered", "undelivered", "failed" };
    (void)storm;
    struct field fields[] = { { "MessageSid", hook->id }, { "MessageStatus", words[hook->word] }, { "To", handed->to },
        { "AccountSid", "AC0123" }, { "ErrorCode", hook->word == WORD_ABSENT ? "30003" : "30005" } };
    write_twilio("status", fields, hook->word < WORD_ABSENT ? 4 : 5, out);
}

static int64_t twilio_next(unsigned tries, int64_t since_ms)
{
    (void)since_ms;
    return tries <= 5 ? 2500 : -1;
}

/* ---- Vonage ---------------------------------------------------------------------------------------------------- */

static void write_vonage(const char *action, struct field *fields, size_t count, struct buf *out)
{
    AUTO_BUF text, body, hex;
    unsigned char mac[MAC_LEN_MAX];
    size_t len = 0;
    struct field sorted[FIELDS_MAX];
    char path[64];
    buf_init(&text, REQUEST_MAX);
    buf_init(&body, REQUEST_MAX);
    buf_init(&hex, 2 * MAC_LEN_MAX);
    memcpy(sorted, fields, count * sizeof *fields);
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t i = 0; i < count; i++) {
        buf_add_format(&text, "&%s=", sorted[i].name);
        for (const char *p = sorted[i].value; *p; p++)
            buf_add_char(&text, *p == '&' || *p == '=' ? '_' : *p);
    }
    if (mac_compute(MAC_SHA256, span_of("vonage-secret"), buf_span(&text), mac, &len))
        abort();
    str_hex_encode(&hex, mac, len);
    add_form(&body, fields, count);
    buf_add_format(&body, "&sig=%s", hex.data);
    snprintf(path, sizeof path, "/in/vo/%s", action);
    write_request(path, "", FORM, buf_span(&body), out);
}

static void vonage_message(const struct storm *storm, const struct sms *sms, const struct hook *hook, struct buf *out)
{
    char sent[CLOCK_TEXT_MAX], stamp[24], ref[16], part[16], total[16];
    civil(sms->sent_at, false, sent);
    snprintf(stamp, sizeof stamp, "%lld", (long long)(storm->now_ms / 1000));
    snprintf(ref, sizeof ref, "%u", sms->part_ref);
    snprintf(part, sizeof part, "%u", sms->part);
    snprintf(total, sizeof total, "%u", sms->part_total);
    struct field fields[] = { { "msisdn", digits(sms->from) }, { "to", "639175550101" },
        { "messageId", id_of(sms, hook) }, { "text", sms->text }, { "type", "unicode" }, { "message-timestamp", sent },
        { "timestamp", stamp }, { "nonce", stamp }, { "api-key", "abcd1234" }, { "concat", "true" },
        { "concat-ref", ref }, { "concat-total", total }, { "concat-part", part } };
    write_vonage("message", fields, sms->part_total ? STR_COUNT(fields) : STR_COUNT(fields) - 4, out);
}

static void vonage_report(
    const struct storm *storm, const struct handed *handed, const struct hook *hook, struct buf *out)
{
    static const char *const words[] = { "buffered", "accepted", "delivered", "failed", "failed" };
    static const char *const codes[] = { "0", "0", "0", "2", "3" };
    char stamp[24];
    snprintf(stamp, sizeof stamp, "%lld", (long long)(storm->now_ms / 1000));
    struct field fields[] = { { "msisdn", digits(handed->to) }, { "to", "639175550101" }, { "messageId", hook->id },
        { "status", words[hook->word] }, { "err-code", codes[hook->word] }, { "timestamp", stamp },
        { "api-key", "abcd1234" } };
    write_vonage("status", fields, STR_COUNT(fields), out);
}

static int64_t vonage_next(unsigned tries, int64_t since_ms)
{
    int64_t wait = 30 * SECOND_MS << (tries < 8 ? tries - 1 : 7);
    return since_ms < 24 * HOUR_MS ? (wait < HOUR_MS ? wait : HOUR_MS) : -1;
}

/* ---- Infobip --------------------------------------------------------------------------------------------------- */

#define INFOBIP_LOGIN "Authorization: Basic aW5mb2JpcDppbmZvYmlwLWhvb2s=\r\n" /* infobip:infobip-hook */

static void infobip_message(const struct storm *storm, const struct sms *sms, const struct hook *hook, struct buf *out)
{
    char sent[CLOCK_TEXT_MAX + 8];
    (void)storm;
    clock_format(sms->sent_at, sent);
    snprintf(sent + 19, sizeof sent - 19, ".000+0000");
    write_json("/in/ib/message", INFOBIP_LOGIN,
        json_pack("{s:[{s:s,s:s,s:s,s:s,s:s,s:s,s:i}],s:i,s:i}", "results", "messageId", id_of(sms, hook), "from",
            digits(sms->from), "to", "639175550102", "text", sms->text, "cleanText", sms->text, "receivedAt", sent,
            "smsCount", 1, "messageCount", 1, "pendingMessageCount", 0),
        out);
}

static void infobip_report(
    const struct storm *storm, const struct handed *handed, const struct hook *hook, struct buf *out)
{
    static const struct {
        int group, id;
        const char *group_name, *name;
        bool is_permanent;
    } words[] = { { 1, 26, "PENDING", "PENDING_ACCEPTED", false },
        { 3, 2, "DELIVERED", "DELIVERED_TO_OPERATOR", false }, { 3, 5, "DELIVERED", "DELIVERED_TO_HANDSET", false },
        { 2, 4, "UNDELIVERABLE", "UNDELIVERABLE_REJECTED_OPERATOR", false },
        { 2, 9, "UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", true } };
    (void)storm;
    json_t *item = json_pack("{s:s,s:s,s:{s:i,s:s,s:i,s:s}}", "messageId", hook->id, "to", digits(handed->to), "status",
        "groupId", words[hook->word].group, "groupName", words[hook->word].group_name, "id", words[hook->word].id,
        "name", words[hook->word].name);
    if (hook->word >= WORD_ABSENT)
        json_object_set_new(item, "error",
            json_pack("{s:i,s:s,s:i,s:s,s:b}", "groupId", 1, "groupName", "HANDSET_ERRORS", "id",
                words[hook->word].is_permanent ? 1 : 27, "name", "EC_ABSENT_SUBSCRIBER", "permanent",
                words[hook->word].is_permanent));
    write_json("/in/ib/status", INFOBIP_LOGIN, json_pack("{s:[o]}", "results", item), out);
}

static int64_t infobip_next(unsigned tries, int64_t since_ms)
{
    (void)since_ms;
    return tries <= 20 ? (1 + (int64_t)tries * tries) * MINUTE_MS : -1;
}

/* ---- Telnyx ---------------------------------------------------------------------------------------------------- */

static void write_telnyx(const struct storm *storm, const char *action, json_t *json, struct buf *out)
{
    unsigned char open[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES], signature[crypto_sign_BYTES];
    AUTO_BUF body, text, headers;
    char path[64];
    buf_init(&body, REQUEST_MAX);
    buf_init(&text, REQUEST_MAX);
    buf_init(&headers, 512);
    if (json_write(json, &body))
        abort();
    json_decref(json);
    crypto_sign_seed_keypair(open, secret, telnyx_seed);
    buf_add_format(&text, "%lld|", (long long)(storm->now_ms / 1000));
    buf_add_span(&text, buf_span(&body));
    crypto_sign_detached(signature, NULL, (const unsigned char *)text.data, text.len, secret);
    buf_add_text(&headers, "telnyx-signature-ed25519: ");
    str_base64_encode(&headers, signature, sizeof signature);
    buf_add_format(&headers, "\r\ntelnyx-timestamp: %lld\r\n", (long long)(storm->now_ms / 1000));
    snprintf(path, sizeof path, "/in/te/%s", action);
    write_request(path, headers.data, "application/json", buf_span(&body), out);
}

static void telnyx_message(const struct storm *storm, const struct sms *sms, const struct hook *hook, struct buf *out)
{
    char sent[CLOCK_TEXT_MAX];
    clock_format(sms->sent_at, sent);
    json_t *payload = json_pack("{s:s,s:s,s:s,s:{s:s},s:[{s:s,s:s}],s:s,s:s,s:i,s:s}", "id", id_of(sms, hook),
        "direction", "inbound", "type", "SMS", "from", "phone_number", sms->from, "to", "phone_number", "+639175550103",
        "status", "webhook_delivered", "text", sms->text, "encoding", "UCS-2", "parts", 1, "received_at", sent);
    write_telnyx(storm, "message",
        json_pack("{s:{s:s,s:s,s:s,s:s,s:o},s:{s:i}}", "data", "event_type", "message.received", "id", id_of(sms, hook),
            "occurred_at", sent, "record_type", "event", "payload", payload, "meta", "attempt", (int)hook->tries + 1),
        out);
}

static void telnyx_report(
    const struct storm *storm, const struct handed *handed, const struct hook *hook, struct buf *out)
{
    static const char *const words[] = { "queued", "sent", "delivered", "sending_failed", "delivery_failed" };
    const char *type = hook->word < WORD_DELIVERED ? "message.sent" : "message.finalized";
    json_t *payload = json_pack("{s:s,s:s,s:[{s:s,s:s}],s:[]}", "id", hook->id, "direction", "outbound", "to",
        "phone_number", handed->to, "status", words[hook->word], "errors");
    write_telnyx(storm, "status",
        json_pack("{s:{s:s,s:s,s:s,s:o}}", "data", "event_type", type, "id", hook->id, "record_type", "event",
            "payload", payload),
        out);
}

static int64_t telnyx_next(unsigned tries, int64_t since_ms)
{
    (void)since_ms;
    return tries < 6 ? (tries == 3 ? SECOND_MS : 4 * SECOND_MS) : -1;
}

/* ---- Africa's Talking ------------------------------------------------------------------------------------------ */

static void write_at(const char *action, const struct field *fields, size_t count, struct buf *out)
{
    AUTO_BUF body;
    char path[64];
    buf_init(&body, REQUEST_MAX);
    add_form(&body, fields, count);
    snprintf(path, sizeof path, "/in/at/%s?token=at-secret-token", action);
    write_request(path, "", FORM, buf_span(&body), out);
}

static void at_message(const struct storm *storm, const struct sms *sms, const struct hook *hook, struct buf *out)
{
    char sent[CLOCK_TEXT_MAX];
    (void)storm;
    civil(sms->sent_at, sms->id[0] & 1, sent);
    struct field fields[] = { { "date", sent }, { "from", sms->from }, { "to", "22334" }, { "text", sms->text },
        { "id", id_of(sms, hook) }, { "linkId", "" }, { "networkCode", "63902" } };
    write_at("message", fields, STR_COUNT(fields), out);
}

static void at_report(const struct storm *storm, const struct handed *handed, const struct hook *hook, struct buf *out)
{
    static const char *const words[] = { "Buffered", "Sent", "Success", "AbsentSubscriber", "Failed" };
    (void)storm;
    struct field fields[] = { { "id", hook->id }, { "status", words[hook->word] }, { "phoneNumber", handed->to },
        { "failureReason", hook->word < WORD_ABSENT ? "" : "DeliveryFailure" } };
    write_at("status", fields, STR_COUNT(fields), out);
}

static int64_t never(unsigned tries, int64_t since_ms)
{
    (void)tries, (void)since_ms;
    return -1;
}

/* ---- a telephone ----------------------------------------------------------------------------------------------- */

static void phone_message(const struct storm *storm, const struct sms *sms, const struct hook *hook, struct buf *out)
{
    AUTO_BUF headers;
    char sent[CLOCK_TEXT_MAX];
    int64_t now_s = storm->now_ms / 1000;
    buf_init(&headers, 2048);
    clock_format(sms->sent_at, sent);
    buf_add_text(&headers, "X-Event-Type: message.phone.received\r\nAuthorization: Bearer ");
    AUTO_JSON *claims = json_pack("{s:s,s:s,s:[s],s:I,s:I,s:I}", "iss", "api.httpsms.com", "sub", "user", "aud",
        ORIGIN "/in/phone/message", "iat", (json_int_t)now_s, "nbf", (json_int_t)(now_s - 600), "exp",
        (json_int_t)(now_s + 600));
    if (jwt_sign(JWT_HS256, span_of("phone-secret"), claims, &headers))
        abort();
    buf_add_text(&headers, "\r\n");
    write_json("/in/phone/message", headers.data,
        json_pack("{s:s,s:s,s:s,s:s,s:{s:s,s:s,s:s,s:s,s:s,s:s}}", "specversion", "1.0", "id", id_of(sms, hook),
            "source", "/v1/messages/receive", "type", "message.phone.received", "data", "message_id", id_of(sms, hook),
            "owner", "+639175550105", "contact", sms->from, "content", sms->text, "sim", "SIM1", "timestamp", sent),
        out);
}

static int64_t phone_next(unsigned tries, int64_t since_ms)
{
    (void)since_ms;
    return tries < 2 ? 5 : -1;
}

/* ---- what they answer to a job --------------------------------------------------------------------------------- */

static bool find(const struct form *form, const char *name, char *ret, size_t size)
{
    struct span value;
    return form_find(form, name, &value) && str_copy_span(ret, size, value);
}

static bool read_form(struct span body, const char *text_name, char *ret_to, char *ret_text)
{
    struct form form;
    form_init(&form);
    const char *to_name = str_equal(text_name, "Body") ? "To" : "to";
    bool is_read =
        form_add(&form, body) == 0 && find(&form, to_name, ret_to, 24) && find(&form, text_name, ret_text, REQUEST_MAX);
    form_done(&form);
    return is_read;
}

static bool read_json(
    struct span body, const char *to, const char *text, const char *id, char *ret_to, char *ret_text, char *ret_own_id)
{
    struct error error;
    AUTO_JSON *root = json_read(body, &error);
    json_t *id_json = root && id ? json_pointer(root, id) : NULL;
    const char *to_text = root ? json_string_value(json_pointer(root, to)) : NULL;
    const char *words = root ? json_string_value(json_pointer(root, text)) : NULL;
    if (id_json)
        str_copy(ret_own_id, ID_MAX, json_string_value(id_json));
    return to_text && words && str_copy(ret_to, 24, to_text) && str_copy(ret_text, REQUEST_MAX, words);
}

bool provider_read_job(unsigned provider, struct span body, char *ret_to, char *ret_text, char *ret_own_id)
{
    char to[24] = "";
    bool is_read = false;
    ret_own_id[0] = '\0';
    if (provider == 0 || provider == 1 || provider == 4)
        is_read = read_form(body, provider == 0 ? "Body" : provider == 1 ? "text" : "message", to, ret_text);
    else if (provider == 2)
        is_read = read_json(body, "/messages/0/destinations/0/to", "/messages/0/content/text",
            "/messages/0/destinations/0/messageId", to, ret_text, ret_own_id);
    else if (provider == 3)
        is_read = read_json(body, "/to", "/text", NULL, to, ret_text, ret_own_id);
    snprintf(ret_to, 24, "+%.22s", digits(to));
    return is_read;
}

static int write_vonage_answer(enum provider_answer answer, const char *id, struct buf *out)
{
    if (answer == ANSWERS_ACCEPTED)
        buf_add_format(out, "{\"message-count\":\"1\",\"messages\":[{\"status\":\"0\",\"message-id\":\"%s\"}]}", id);
    else
        buf_add_format(out, "{\"message-count\":\"1\",\"messages\":[{\"status\":\"%s\",\"error-text\":\"%s\"}]}",
            answer == ANSWERS_THROTTLED ? "1" : "5",
            answer == ANSWERS_THROTTLED ? "Throughput Rate Exceeded" : "Internal Error");
    return 200;
}

int provider_write_answer(unsigned provider, enum provider_answer answer, const char *id, struct buf *out)
{
    if (provider == 1)
        return write_vonage_answer(answer, id, out);
    if (answer == ANSWERS_KNOWN) {
        buf_add_format(out,
            "{\"messages\":[{\"messageId\":\"%s\",\"status\":{\"groupId\":5,\"groupName\":\"REJECTED\",\"id\":101,"
            "\"name\":\"REJECTED_DUPLICATE_MESSAGE_ID\"}}]}",
            id);
        return 200;
    }
    if (answer != ANSWERS_ACCEPTED)
        return answer == ANSWERS_THROTTLED ? 429 : 503;
    static const char *const around[][2] = { { "{\"sid\":\"", "\",\"status\":\"queued\"}" }, { "", "" },
        { "{\"messages\":[{\"messageId\":\"",
            "\",\"status\":{\"groupId\":1,\"groupName\":\"PENDING\",\"id\":26,\"name\":\"PENDING_ACCEPTED\"}}]}" },
        { "{\"data\":{\"id\":\"", "\",\"to\":[{\"status\":\"queued\"}]}}" },
        { "{\"SMSMessageData\":{\"Message\":\"Sent to 1/1\",\"Recipients\":[{\"statusCode\":101,\"messageId\":\"",
            "\",\"status\":\"Success\",\"cost\":\"KES 0.8\"}]}}" } };
    buf_add_format(out, "%s%s%s", around[provider][0], id, around[provider][1]);
    return provider == 0 || provider == 4 ? 201 : 200;
}

/* ---- the list -------------------------------------------------------------------------------------------------- */

const struct provider providers[PROVIDERS] = {
    { "tw", "api.twilio.com", twilio_message, twilio_report, twilio_next, false, true },
    { "vo", "rest.nexmo.com", vonage_message, vonage_report, vonage_next, true, false },
    { "ib", "abc.api.infobip.com", infobip_message, infobip_report, infobip_next, true, false },
    { "te", "api.telnyx.com", telnyx_message, telnyx_report, telnyx_next, true, false },
    { "at", "api.africastalking.com", at_message, at_report, never, false, true },
    { "phone", "phone.invalid", phone_message, NULL, phone_next, false, false },
};

int provider_find(const char *url)
{
    for (int i = 0; i < PROVIDERS; i++)
        if (strstr(url, providers[i].host))
            return i;
    return -1;
}
