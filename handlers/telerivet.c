/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telerivet - SMS in and out through Telerivet, also with an Android phone as the modem.
 * What:  form POST in, with the webhook secret as a field; `send_status` events as delivery reports; JSON to the
 *        project out.
 * Why:   only status 200 counts as taken, within ten seconds; a JSON body of our answer could be sent to her, so the
 *        answer is an empty text/plain. A call is a contact too: it comes as a message without text.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/formhook.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/report.h"
#include "handlers/signature.h"

#define URL_MAX 2048
#define PATH_LEN_MAX 256

static const struct key keys[] = {
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 8,
        .max = 128,
        .doc = "The secret of the webhook service at Telerivet: it comes with every request.",
        .example = "@credential:telerivet-secret" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The secret before the last change, accepted beside the current one." },
    { .name = "project_id",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The project, for sending.",
        .example = "PJ0000000000000001" },
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The API key for sending; without it this channel only receives.",
        .example = "@credential:telerivet-key" },
    { .name = "route_id",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The phone or route that messages leave by; without it, the default of the project." },
    COMMONKEY_PUBLIC_URL("telerivet"),
    COMMONKEY_STATUS_URL,
    COMMONKEY_API_URL("https://api.telerivet.com"),
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- in -------------------------------------------------------------------------------------------------------- */

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    AUTO_FORMHOOK hook;
    AUTO_BUF given;
    formhook_init(&hook);
    buf_init(&given, JSONHOOK_VALUE_MAX);
    /* Secrets of forms and JSON alike, but never of a query: addresses are logged on their way. */
    if (str_equal(request->method, "GET") || formhook_read(&hook, request, false) ||
        formhook_add(&hook, "secret", &given))
        return VERDICT_INVALID;
    bool is_current = signature_is_secret(span_of(settings_text(settings, "secret")), buf_span(&given));
    bool is_previous = signature_is_secret(span_of(settings_text(settings, "secret_previous")), buf_span(&given));
    return is_current || is_previous ? VERDICT_VALID : VERDICT_INVALID;
}

/* An event that Telerivet invents later is taken for a message when it looks like one; what we sent has words too. */
static int read_event(const struct formhook *hook, bool *ret_is_message, bool *ret_is_call)
{
    AUTO_BUF event;
    buf_init(&event, JSONHOOK_VALUE_MAX);
    AUTO_BUF type;
    buf_init(&type, JSONHOOK_VALUE_MAX);
    int rc = formhook_add(hook, "event", &event);
    if (!rc)
        rc = formhook_add(hook, "message_type", &type);
    bool is_known = event.len == 0 || str_equal_nocase(event.data, "incoming_message") ||
                    str_equal_nocase(event.data, "incoming_call");
    *ret_is_call = (event.len && str_equal_nocase(event.data, "incoming_call")) ||
                   (type.len && str_equal_nocase(type.data, "call"));
    *ret_is_message = is_known || (str_starts_nocase(event.data, "incoming") && formhook_has(hook, "content"));
    return rc;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths names = { .from = "from_number_e164 from_number",
        .to = "to_number",
        .id = "id",
        .text = "content",
        .time = "time_sent time_created" };
    bool is_message, is_call;
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, false);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    rc = read_event(&hook, &is_message, &is_call);
    if (rc || !is_message)
        return rc;
    rc = formhook_fill(&hook, &names, out);
    if (rc == 1)
        out->is_call = is_call && str_is_empty(out->text);
    return rc;
}

static const struct report_word status_words[] = { { "queued", REPORT_PENDING }, { "processing", REPORT_PENDING },
    { "sending", REPORT_PENDING }, { "sent", REPORT_SENT }, { "delivered", REPORT_DELIVERED },
    { "read", REPORT_DELIVERED }, { "failed_queued", REPORT_FAILED_TEMPORARY }, { "failed", REPORT_FAILED },
    { "cancelled", REPORT_FAILED }, { "not_delivered", REPORT_FAILED }, { NULL, 0 } };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    static const struct formhook_report names = {
        .id = "id", .word = "status", .time = "time_updated", .words = status_words
    };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, false);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    return formhook_fill_report(&hook, &names, out);
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply); /* Telerivet would repeat a refused request for a day */
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, URL_MAX);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_add_status_url(settings, &status_url);
    json_t *body = json_pack("{s:s,s:s}", "to_number", to, "content", text.data ? text.data : "");
    const char *route = settings_text(settings, "route_id");
    if (*route)
        json_object_set_new(body, "route_id", json_string(route));
    if (status_url.len) {
        json_object_set_new(body, "status_url", json_string(status_url.data));
        json_object_set_new(body, "status_secret", json_string(settings_text(settings, "secret")));
    }
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    const char *project = settings_text(settings, "project_id");
    const char *key = settings_text(settings, "api_key");
    AUTO_BUF path;
    buf_init(&path, PATH_LEN_MAX);
    if (!httpsend_find_recipient(message, to) || !*project || !*key)
        return ERR_INVALID;
    buf_add_text(&path, "/v1/projects/");
    str_percent_encode(&path, span_of(project));
    buf_add_text(&path, "/messages/send");
    if (buf_check(&path))
        return buf_check(&path);
    httpsend_begin(out, false, settings_text(settings, "api_url"), path.data, settings_int(settings, "timeout"));
    buf_add_text(&out->username, key);
    return httpsend_take_json(out, make_body(settings, message, to));
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
        if (reply->status == 402 || reply->status == 404) /* no credit; no such project */
            ret_result->outcome = OUTCOME_bad_config;
        if (document)
            httpreply_set_code(ret_result, jsonhook_text(document, "/error/code"));
        return;
    }
    const char *id = document ? jsonhook_text(document, "/id") : "";
    bool is_failed = document && report_status(status_words, jsonhook_text(document, "/status")) == REPORT_FAILED;
    if (is_failed)
        ret_result->outcome = OUTCOME_rejected;
    else if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

static int check(const struct settings *settings, struct error *error)
{
    if (settings_has(settings, "api_key") && !*settings_text(settings, "project_id"))
        return error_set(error, ERR_INVALID, "api_key needs project_id");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    selftest_field(out, "event", "incoming_message");
    selftest_field(out, "id", SELFTEST_ID);
    selftest_field(out, "content", SELFTEST_TEXT);
    selftest_field(out, "from_number_e164", SELFTEST_FROM);
    selftest_field(out, "to_number", SELFTEST_TO);
    selftest_field(out, "secret", settings_text(settings, "secret"));
    return selftest_need(settings, "secret", error);
}

const struct channel_ops telerivet_channel = {
    .kind = "telerivet",
    .summary = "SMS in and out through Telerivet or an Android phone with its app",
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
