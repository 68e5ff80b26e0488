/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vonage_sms_send - see the header. */
#include "handlers/vonage_sms_send.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/msisdn.h"

#define STATUS_OK "0"
#define THROTTLED_WAIT_S 1  /* Vonage counts by the second */
#define WAIT_MAX_MS 3600000 /* of the number in its sentence: "please wait [ 1500 ] and retry" */

int vonage_sms_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    char validity[24];
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, 2048);
    const char *from = httpsend_sender(settings, message);
    if (!httpsend_find_recipient(message, to) || !*from || !*settings_text(settings, "api_secret"))
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/sms/json", settings_int(settings, "timeout"));
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_add_placed_url(settings, &status_url);
    int64_t validity_ms = settings_int(settings, "validity");
    (void)snprintf(validity, sizeof validity, "%lld", (long long)validity_ms);
    httpsend_add_field(out, "api_key", settings_text(settings, "api_key"));
    httpsend_add_field(out, "api_secret", settings_text(settings, "api_secret"));
    httpsend_add_field(out, "from", msisdn_digits(from));
    httpsend_add_field(out, "to", msisdn_digits(to));
    httpsend_add_field(out, "text", text.data);
    /* Vonage does not look for itself: without this word every other letter would become a question mark. */
    httpsend_add_field(out, "type", gsm7_is_plain(buf_span(&text)) ? "" : "unicode");
    httpsend_add_field(out, "ttl", validity_ms ? validity : "");
    httpsend_add_field(out, "status-report-req", "1");
    httpsend_add_field(out, "callback", status_url.data);
    httpsend_add_field(out, "client-ref", message->id);
    int rc = buf_check(&text);
    return rc ? rc : httpsend_check(out);
}

static const struct {
    const char *status;
    enum outcome outcome;
} statuses[] = {
    { "1", OUTCOME_retry_throttled }, { "2", OUTCOME_bad_config }, /* a parameter is missing */
    { "3", OUTCOME_bad_config },                                   /* a parameter is wrong */
    { "4", OUTCOME_bad_config },                                   /* credentials */
    { "5", OUTCOME_retry_network },                                /* trouble at Vonage */
    { "6", OUTCOME_rejected },                                     /* not routable */
    { "7", OUTCOME_rejected },                                     /* number barred */
    { "8", OUTCOME_bad_config },                                   /* account barred */
    { "9", OUTCOME_bad_config },                                   /* no credit */
    { "10", OUTCOME_retry_throttled },                             /* too many connections */
    { "11", OUTCOME_bad_config },                                  /* account not enabled for this */
    { "12", OUTCOME_rejected },                                    /* too long */
    { "14", OUTCOME_bad_config },                                  /* signature */
    { "15", OUTCOME_bad_config },                                  /* sender */
    { "22", OUTCOME_bad_config },                                  /* network code */
    { "23", OUTCOME_bad_config },                                  /* callback address */
    { "29", OUTCOME_bad_config },                                  /* number not on the list of a trial account */
    { "32", OUTCOME_bad_config },                                  /* signature together with the secret */
    { "33", OUTCOME_rejected },                                    /* number deactivated */
};

static enum outcome outcome_of(const char *status)
{
    for (size_t i = 0; i < STR_COUNT(statuses); i++) {
        if (str_equal(statuses[i].status, status))
            return statuses[i].outcome;
    }
    return OUTCOME_rejected;
}

static int64_t wait_of(json_t *part)
{
    char digits[16];
    int64_t wait_ms = 0;
    const char *mark = strchr(jsonhook_text(part, "/error-text"), '[');
    if (!mark)
        return THROTTLED_WAIT_S;
    mark += 1 + strspn(mark + 1, " ");
    str_copy_span(digits, sizeof digits, (struct span){ mark, strspn(mark, "0123456789") });
    return str_to_int64(digits, 1, WAIT_MAX_MS, &wait_ms) ? THROTTLED_WAIT_S : (wait_ms + 999) / 1000;
}

static int add_status(json_t *part, struct buf *out)
{
    int rc = jsonhook_add(part, "/status", out);
    return rc || out->len ? rc : ERR_INVALID;
}

/* One entry a part. When some were taken and one was refused, she has half a message: that is nothing to call sent. */
static void read_parts(json_t *parts, struct send_result *result)
{
    size_t i, accepted = 0;
    json_t *part;
    result->outcome = OUTCOME_unparseable;
    json_array_foreach(parts, i, part)
    {
        AUTO_BUF status;
        buf_init(&status, 64);
        if (add_status(part, &status))
            return;
        if (str_equal(status.data, STATUS_OK)) {
            accepted++;
            continue;
        }
        str_copy(result->provider_code, sizeof result->provider_code, status.data);
        result->outcome = accepted ? OUTCOME_uncertain : outcome_of(status.data);
        result->retry_after_s = result->outcome == OUTCOME_retry_throttled ? wait_of(part) : 0;
        return;
    }
    const char *id = jsonhook_text(parts, "/0/message-id");
    if (*id)
        inbound_set_id(span_of(id), result->remote_id);
    result->outcome = accepted && *id ? OUTCOME_sent : OUTCOME_unparseable;
}

void vonage_sms_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED || ret_result->outcome != OUTCOME_sent)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    read_parts(document ? json_object_get(document, "messages") : NULL, ret_result);
}
