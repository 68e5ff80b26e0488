/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twilio_send - see the header. */
#include "handlers/twilio_send.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/json/json.h"
#include "handlers/httpreply.h"
#include "handlers/inbound.h"
#include "handlers/url.h"

#define VALUE_MAX (64 * 1024)
#define TEXT_UNITS_MAX 1600 /* characters in one Body */
#define CUT_MARK "..."
#define MESSAGE_END "/message"

/* public_url with /status in place of its final /message. False when it does not end so. */
static bool derive_status_url(const struct settings *settings, struct buf *out)
{
    struct url url;
    const char *public_url = settings_text(settings, "public_url");
    size_t end_len = strlen(MESSAGE_END);
    if (url_split(span_of(public_url), &url) || url.path.len < end_len ||
        memcmp(url.path.data + url.path.len - end_len, MESSAGE_END, end_len) != 0)
        return false;
    buf_add(out, public_url, (size_t)(url.path.data - public_url) + url.path.len - end_len);
    buf_add_text(out, "/status");
    return buf_check(out) == 0;
}

void twilio_send_add_status_url(const struct settings *settings, struct buf *out)
{
    const char *status_url = settings_text(settings, "status_url");
    if (*status_url)
        buf_add_text(out, status_url);
    else
        (void)derive_status_url(settings, out);
}

static void add_field(struct buf *out, const char *name, struct span value)
{
    if (value.len == 0)
        return;
    buf_add_format(out, "%s%s=", out->len ? "&" : "", name);
    str_percent_encode(out, value);
}

/* Length of the longest start of the text that has at most TEXT_UNITS_MAX UTF-16 units, less the mark when it is cut.
 */
static size_t text_room(struct span text, size_t units_max)
{
    size_t at = 0, units = 0;
    while (at < text.len) {
        uint32_t character;
        size_t step = utf8_decode(text.data + at, text.len - at, &character);
        units += character > 0xffff ? 2 : 1;
        if (units > units_max)
            break;
        at += step;
    }
    return at;
}

/* A text over the limit would be refused as a whole; an alert that ends in "..." is better than none. */
static void add_text_field(struct buf *out, const char *text)
{
    struct span whole = span_of(text);
    AUTO_BUF cut;
    buf_init(&cut, VALUE_MAX);
    if (text_room(whole, TEXT_UNITS_MAX) < whole.len) {
        buf_add(&cut, text, text_room(whole, TEXT_UNITS_MAX - strlen(CUT_MARK)));
        buf_add_text(&cut, CUT_MARK);
        whole = buf_span(&cut);
    }
    add_field(out, "Body", whole);
}

static int set_sender(const struct settings *settings, const struct sms_out *message, struct buf *out)
{
    const char *service = settings_text(settings, "messaging_service_sid");
    const char *from = str_is_empty(message->from) ? settings_text(settings, "from") : message->from;
    if (str_is_empty(message->from) && *service)
        add_field(out, "MessagingServiceSid", span_of(service));
    else if (*from)
        add_field(out, "From", span_of(from));
    else
        return ERR_INVALID;
    return 0;
}

static void set_login(const struct settings *settings, struct transmit *out)
{
    const char *key = settings_text(settings, "api_key_sid");
    buf_add_text(&out->username, *key ? key : settings_text(settings, "account_sid"));
    buf_add_text(&out->password, settings_text(settings, *key ? "api_key_secret" : "auth_token"));
}

static void set_url(const struct settings *settings, struct buf *out)
{
    const char *base = settings_text(settings, "api_url");
    size_t len = strlen(base);
    while (len && base[len - 1] == '/')
        len--;
    buf_add(out, base, len);
    buf_add_text(out, "/2010-04-01/Accounts/");
    str_percent_encode(out, span_of(settings_text(settings, "account_sid")));
    buf_add_text(out, "/Messages.json");
}

void twilio_send_begin(const struct settings *settings, const char *method, struct transmit *out)
{
    out->kind = TRANSMIT_HTTP;
    out->method = method;
    set_url(settings, &out->url);
    set_login(settings, out);
    buf_add_text(&out->headers, "Accept: application/json\n");
    out->timeout_ms = (unsigned)settings_int(settings, "timeout");
}

int twilio_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    AUTO_BUF status_url;
    buf_init(&status_url, VALUE_MAX);
    enum phone_kind kind = phone_normalise(message->to, NULL, to);
    if ((kind != PHONE_E164 && kind != PHONE_SHORT_CODE) || str_is_empty(message->text))
        return ERR_INVALID;
    add_field(&out->body, "To", span_of(to));
    int rc = set_sender(settings, message, &out->body);
    if (rc)
        return rc;
    add_text_field(&out->body, message->text);
    twilio_send_add_status_url(settings, &status_url);
    add_field(&out->body, "StatusCallback", buf_span(&status_url));
    int64_t validity_s = settings_int(settings, "validity") / 1000;
    if (validity_s)
        buf_add_format(&out->body, "&ValidityPeriod=%lld", (long long)validity_s);
    twilio_send_begin(settings, "POST", out);
    buf_add_text(&out->headers, "Content-Type: application/x-www-form-urlencoded\n");
    rc = buf_check(&out->body);
    return rc ? rc : buf_check(&out->url);
}

static const struct {
    int64_t code;
    enum outcome outcome;
} error_codes[] = {
    { 20003, OUTCOME_bad_config },                                    /* wrong credentials */
    { 20404, OUTCOME_bad_config },                                    /* no such account */
    { 20429, OUTCOME_retry_throttled }, { 21211, OUTCOME_rejected },  /* not a number */
    { 21212, OUTCOME_bad_config },                                    /* sender not valid */
    { 21408, OUTCOME_bad_config },                                    /* country not enabled for this account */
    { 21602, OUTCOME_rejected },                                      /* no text */
    { 21603, OUTCOME_bad_config },                                    /* no sender */
    { 21606, OUTCOME_bad_config },                                    /* sender is not ours */
    { 21608, OUTCOME_bad_config },                                    /* trial account */
    { 21610, OUTCOME_opted_out }, { 21611, OUTCOME_retry_throttled }, /* the sender's queue is full */
    { 21612, OUTCOME_rejected },                                      /* no route from this sender to that number */
    { 21614, OUTCOME_rejected },                                      /* not a mobile number */
    { 21617, OUTCOME_rejected },                                      /* too long */
    { 21659, OUTCOME_bad_config },                                    /* sender is not a number of Twilio */
    { 30001, OUTCOME_retry_throttled },                               /* queue overflow */
};

/* Twilio's own code says more than the status. An error document with a 5xx is a refusal, so nothing was sent. */
static void read_error(const json_t *document, int status, struct send_result *result)
{
    int64_t code = json_int(document, "code", 0);
    if (code <= 0)
        return;
    (void)snprintf(result->provider_code, sizeof result->provider_code, "%lld", (long long)code);
    if (status >= 500)
        result->outcome = OUTCOME_retry_network;
    for (size_t i = 0; i < STR_COUNT(error_codes); i++) {
        if (error_codes[i].code == code)
            result->outcome = error_codes[i].outcome;
    }
}

void twilio_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (ret_result->outcome != OUTCOME_sent) {
        if (reply->status == 404) /* the account in the URL does not exist there */
            ret_result->outcome = OUTCOME_bad_config;
        if (document)
            read_error(document, reply->status, ret_result);
        return;
    }
    const char *sid = document ? json_text(document, "sid", "") : "";
    if (*sid)
        inbound_set_id(span_of(sid), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}
