/* SPDX-License-Identifier: GPL-3.0-or-later */
/* twilio_send - see the header. */
#include "handlers/twilio_send.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"

#define VALUE_MAX (64 * 1024)
#define TEXT_UNITS_MAX 1600 /* characters in one Body */
#define PATH_LEN_MAX 256

static const char *login_of(const struct settings *settings, bool is_password)
{
    bool has_key = *settings_text(settings, "api_key_sid") != '\0';
    if (is_password)
        return settings_text(settings, has_key ? "api_key_secret" : "auth_token");
    return settings_text(settings, has_key ? "api_key_sid" : "account_sid");
}

static int set_sender(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    const char *service = str_is_empty(message->from) ? settings_text(settings, "messaging_service_sid") : "";
    const char *from = httpsend_sender(settings, message);
    if (!*service && !*from)
        return ERR_INVALID;
    httpsend_add_field(out, *service ? "MessagingServiceSid" : "From", *service ? service : from);
    return 0;
}

int twilio_send_begin(const struct settings *settings, bool is_get, struct transmit *out)
{
    AUTO_BUF path;
    buf_init(&path, PATH_LEN_MAX);
    buf_add_text(&path, "/2010-04-01/Accounts/");
    str_percent_encode(&path, span_of(settings_text(settings, "account_sid")));
    buf_add_text(&path, "/Messages.json");
    if (buf_check(&path))
        return buf_check(&path);
    httpsend_begin(out, is_get, settings_text(settings, "api_url"), path.data, settings_int(settings, "timeout"));
    buf_add_text(&out->username, login_of(settings, false));
    buf_add_text(&out->password, login_of(settings, true));
    return 0;
}

int twilio_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX], validity[24];
    AUTO_BUF status_url;
    AUTO_BUF text;
    buf_init(&status_url, VALUE_MAX);
    buf_init(&text, VALUE_MAX);
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    int rc = twilio_send_begin(settings, false, out);
    if (rc)
        return rc;
    httpsend_add_field(out, "To", to);
    rc = set_sender(settings, message, out);
    if (rc)
        return rc;
    httpsend_add_text(&text, message->text, TEXT_UNITS_MAX);
    httpsend_add_status_url(settings, &status_url);
    int64_t validity_s = settings_int(settings, "validity") / 1000;
    (void)snprintf(validity, sizeof validity, "%lld", (long long)validity_s);
    httpsend_add_field(out, "Body", text.data);
    httpsend_add_field(out, "StatusCallback", status_url.data);
    httpsend_add_field(out, "ValidityPeriod", validity_s ? validity : "");
    rc = buf_check(&text);
    return rc ? rc : httpsend_check(out);
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
