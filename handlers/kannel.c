/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kannel - SMS in and out through the smsbox of a Kannel: SMPP operators, modems and gateways that already exist.
 * What:  the get-url or post-url of a service in, with a token because Kannel signs nothing; dlr-url; sendsms out.
 * Why:   what we answer may be sent to her as an SMS, and so is Kannel's own complaint about a refused answer: success
 *        is 200 with an empty text/plain, also for what cannot be read. The answer to sendsms names no message, so
 *        reports carry our own id.
 * Not here: the bytes of a text (kannel_text).
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
#include "handlers/kannel_text.h"
#include "handlers/report.h"
#include "handlers/udh.h"
#include "handlers/urltoken.h"

#define URL_MAX 4096
#define DLR_MASK "31" /* delivered, failed, buffered, taken and refused by the operator */
#define MINUTE_MS 60000

static const char *const charset_words[] = { "utf-8", "utf-16be", NULL };

static const struct key keys[] = {
    URLTOKEN_KEYS("@credential:kannel-token"),
    COMMONKEY_PUBLIC_URL("kannel"),
    COMMONKEY_STATUS_URL,
    { .name = "send_url",
        .type = KEY_URL,
        .max = 512,
        .fallback = "http://127.0.0.1:13013/cgi-bin/sendsms",
        .doc = "The sendsms address of the smsbox; http only to this machine." },
    { .name = "username",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The name of the sendsms-user; without it this channel only receives.",
        .example = "helpline" },
    { .name = "password",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The password of the sendsms-user.",
        .example = "@credential:kannel-password" },
    COMMONKEY_FROM("1234"),
    { .name = "smsc",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The SMSC that messages leave by, where Kannel has several." },
    { .name = "account", .type = KEY_TEXT, .max = 64, .doc = "A word for Kannel's access log." },
    { .name = "validity",
        .type = KEY_DURATION,
        .min = MINUTE_MS,
        .max = 7 * 24 * 60 * MINUTE_MS,
        .doc = "How long the operator may try to hand a message over; without it, the operator's own time." },
    { .name = "unicode_charset",
        .type = KEY_WORD,
        .words = charset_words,
        .fallback = "utf-8",
        .doc = "How texts outside of GSM's alphabet are given to Kannel; a Kannel that was built without iconv needs "
               "`utf-16be`." },
    COMMONKEY_TEXT_MAX("1000"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    return urltoken_is_given(settings, request) ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

/* What one request says, from whichever place it stands in. */
struct values {
    struct buf from, to, id, text, time, udh, coding, charset;
};

static const char *text_of(const struct buf *value)
{
    return value->len ? value->data : "";
}

static void values_init(struct values *values)
{
    struct buf *const bufs[] = { &values->from, &values->to, &values->id, &values->time, &values->udh, &values->coding,
        &values->charset };
    for (size_t i = 0; i < STR_COUNT(bufs); i++)
        buf_init(bufs[i], JSONHOOK_VALUE_MAX);
    buf_init(&values->text, 4 * INBOUND_TEXT_MAX); /* decoding may make it longer */
}

static void values_done(struct values *values)
{
    struct buf *const bufs[] = { &values->from, &values->to, &values->id, &values->time, &values->udh, &values->coding,
        &values->charset, &values->text };
    for (size_t i = 0; i < STR_COUNT(bufs); i++)
        buf_done(bufs[i]);
}

static void add_header_where_empty(const struct request *request, const char *name, struct buf *out)
{
    const char *value = request_header(request, name);
    if (out->len == 0 && value)
        buf_add_text(out, value);
}

/* A post-url carries the text as the body and the rest in headers; its address may have fields as well. */
static bool is_post_url(const struct request *request)
{
    char type[64];
    request_media_type(request, type, sizeof type);
    return str_equal(request->method, "POST") && !str_equal(type, "application/x-www-form-urlencoded") &&
           !str_equal(type, "application/json");
}

static void add_post_url(const struct request *request, const struct formhook *hook, struct values *values)
{
    add_header_where_empty(request, "X-Kannel-From", &values->from);
    add_header_where_empty(request, "X-Kannel-To", &values->to);
    add_header_where_empty(request, "X-Kannel-ID", &values->id);
    add_header_where_empty(request, "X-Kannel-Time", &values->time);
    add_header_where_empty(request, "X-Kannel-UDH", &values->udh);
    add_header_where_empty(request, "X-Kannel-Coding", &values->coding);
    if (values->charset.len == 0)
        buf_add_text(&values->charset, hook->charset);
}

static int add_text(void *context, struct span raw)
{
    struct values *values = context;
    if (values->text.len)
        buf_add_char(&values->text, '\n');
    return kannel_text_decode(&values->text, raw, text_of(&values->coding), text_of(&values->charset));
}

static int read_values(const struct request *request, const struct formhook *hook, struct values *values)
{
    const struct {
        const char *names;
        struct buf *out;
    } wanted[] = { { "from sender", &values->from }, { "to recipient", &values->to }, { "id", &values->id },
        { "ts time", &values->time }, { "udh", &values->udh }, { "coding", &values->coding },
        { "charset", &values->charset } };
    int rc = 0;
    for (size_t i = 0; !rc && i < STR_COUNT(wanted); i++)
        rc = formhook_add(hook, wanted[i].names, wanted[i].out);
    if (rc)
        return rc;
    if (!is_post_url(request))
        return formhook_each(hook, "text", add_text, values);
    add_post_url(request, hook, values);
    return add_text(values, request->body);
}

/* %u is the header's bytes; a post-url has them in hex, or percent-encoded. */
static void set_part(struct span udh, struct sms_in *sms)
{
    AUTO_BUF bytes;
    buf_init(&bytes, JSONHOOK_VALUE_MAX);
    if (udh.len == 0 || udh_set_part(udh, sms) || udh_set_part_hex(udh, sms))
        return;
    str_percent_decode(&bytes, udh, false);
    if (buf_check(&bytes) == 0)
        (void)udh_set_part(buf_span(&bytes), sms);
}

static int fill_message(struct values *values, struct sms_in *out)
{
    /* A Kannel that does not know %I leaves it alone; then every message would have the same id. */
    bool is_id = !str_equal(text_of(&values->id), "%I");
    const struct inbound_source source = { .from = buf_span(&values->from),
        .to = buf_span(&values->to),
        .id = is_id ? buf_span(&values->id) : span_of(""),
        .text = buf_span(&values->text),
        .time = buf_span(&values->time) };
    int rc = inbound_fill(&source, out);
    if (!rc)
        set_part(buf_span(&values->udh), out);
    return rc;
}

/* The fields of the address, and of a form; a body that is the text itself is left alone. */
static int read_request(const struct request *request, struct formhook *hook)
{
    if (!is_post_url(request))
        return formhook_read(hook, request, true);
    struct request address = *request;
    address.method = "GET";
    return formhook_read(hook, &address, true);
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    struct values values;
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = read_request(request, &hook);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    bool is_message = is_post_url(request) || formhook_has(&hook, "text from sender");
    if (!is_message)
        return formhook_has(&hook, "status") ? 0 : ERR_INVALID;
    values_init(&values);
    rc = read_values(request, &hook, &values);
    if (!rc)
        rc = fill_message(&values, out);
    values_done(&values);
    return rc ? rc : 1;
}

static const struct report_word status_words[] = { { "1", REPORT_DELIVERED }, { "2", REPORT_FAILED },
    { "4", REPORT_PENDING }, { "8", REPORT_SENT }, { "16", REPORT_FAILED }, { "32", REPORT_PENDING }, { NULL, 0 } };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    static const struct formhook_report names = {
        .id = "id", .word = "status", .code = "status", .time = "ts", .words = status_words
    };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = read_request(request, &hook);
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

static void add_query(struct buf *out, const char *name, struct span value)
{
    if (value.len == 0)
        return;
    buf_add_format(out, "%c%s=", out->data && strchr(out->data, '?') ? '&' : '?', name);
    str_percent_encode(out, value);
}

static void add_words(const struct settings *settings, const char *text, struct buf *out)
{
    AUTO_BUF cut;
    AUTO_BUF wide;
    buf_init(&cut, JSONHOOK_VALUE_MAX);
    buf_init(&wide, JSONHOOK_VALUE_MAX);
    httpsend_add_text(&cut, text, settings_int(settings, "text_max"));
    bool is_plain = gsm7_is_plain(buf_span(&cut));
    bool is_wide = !is_plain && str_equal(settings_text(settings, "unicode_charset"), "utf-16be");
    if (is_wide)
        kannel_text_add_utf16be(&wide, buf_span(&cut));
    add_query(out, "charset", span_of(is_wide ? "UTF-16BE" : "UTF-8"));
    add_query(out, "coding", span_of(is_plain ? "0" : "2"));
    add_query(out, "text", buf_span(is_wide ? &wide : &cut));
}

/* Kannel fills in %d and %T, so a percent sign of our own is written twice. Our id is constant over retries. */
static void add_dlr(const struct settings *settings, const char *id, struct buf *out)
{
    AUTO_BUF plain;
    AUTO_BUF url;
    buf_init(&plain, URL_MAX);
    buf_init(&url, 2 * URL_MAX);
    urltoken_add_status_url(settings, &plain);
    if (plain.len == 0)
        return;
    buf_add_text(&plain, "&id=");
    str_percent_encode(&plain, span_of(id));
    for (size_t i = 0; i < plain.len; i++)
        buf_add(&url, plain.data[i] == '%' ? "%%" : plain.data + i, plain.data[i] == '%' ? 2 : 1);
    buf_add_text(&url, "&status=%d&ts=%T");
    add_query(out, "dlr-mask", span_of(DLR_MASK));
    add_query(out, "dlr-url", buf_span(&url));
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX], minutes[24] = "";
    if (!httpsend_find_recipient(message, to) || !*settings_text(settings, "username"))
        return ERR_INVALID;
    httpsend_begin(out, true, settings_text(settings, "send_url"), "", settings_int(settings, "timeout"));
    struct buf *url = &out->url;
    add_query(url, "username", span_of(settings_text(settings, "username")));
    add_query(url, "password", span_of(settings_text(settings, "password")));
    add_query(url, "from", span_of(httpsend_sender(settings, message)));
    add_query(url, "to", span_of(to));
    add_words(settings, message->text, url);
    add_query(url, "smsc", span_of(settings_text(settings, "smsc")));
    add_query(url, "account", span_of(settings_text(settings, "account")));
    int64_t validity = settings_int(settings, "validity") / MINUTE_MS;
    if (validity)
        (void)snprintf(minutes, sizeof minutes, "%lld", (long long)validity);
    add_query(url, "validity", span_of(minutes));
    add_dlr(settings, message->id, url);
    return httpsend_check(out);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (reply->kind == REPLY_ANSWERED && reply->status == 404) /* no sendsms there */
        ret_result->outcome = OUTCOME_bad_config;
}

static int check(const struct settings *settings, struct error *error)
{
    if (settings_has(settings, "password") && !*settings_text(settings, "username"))
        return error_set(error, ERR_INVALID, "password needs username");
    return httpsend_check_url(settings, "send_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    out->method = "GET";
    selftest_query(out, "token", settings_text(settings, "token"));
    selftest_query(out, "id", SELFTEST_ID);
    selftest_query(out, "sender", SELFTEST_FROM);
    selftest_query(out, "to", SELFTEST_TO);
    selftest_query(out, "coding", "0");
    selftest_query(out, "text", SELFTEST_TEXT);
    return selftest_need(settings, "token", error);
}

const struct channel_ops kannel_channel = {
    .kind = "kannel",
    .summary = "SMS in and out through a Kannel smsbox: SMPP operators, modems, other gateways",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS |
            CHANNEL_OWN_IDS,
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
