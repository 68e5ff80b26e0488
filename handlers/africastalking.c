/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * africastalking - SMS in and out through Africa's Talking.
 * What:  form POST in, with a token in the address because nothing is signed; delivery reports and opt-outs; form POST
 *        to the messaging resource out.
 * Why:   a failed request is not repeated by them as far as is known; success of sending is status 201, and what became
 *        of the one recipient stands in a code of its own.
 *        The list of what came counts by ids that are not those of the webhooks.
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
#include "handlers/listing.h"
#include "handlers/report.h"
#include "handlers/urltoken.h"

#define RECIPIENT "/SMSMessageData/Recipients/0"

static const struct key keys[] = {
    { .name = "username",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 64,
        .doc = "The name of the application at Africa's Talking.",
        .example = "helpline" },
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The key for sending and catching up; without it this channel only receives.",
        .example = "@credential:africastalking-key" },
    URLTOKEN_KEYS("@credential:africastalking-token"),
    COMMONKEY_FROM("22334"),
    COMMONKEY_API_URL("https://api.africastalking.com"),
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    return urltoken_is_given(settings, request) ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

static int read_request(struct formhook *hook, const struct request *request)
{
    formhook_init(hook);
    return formhook_read(hook, request, true);
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths names = {
        .from = "from phoneNumber", .to = "to senderId", .id = "id", .text = "text", .time = "date", .is_msisdn = true
    };
    AUTO_FORMHOOK hook;
    int rc = read_request(&hook, request);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    if (formhook_has(&hook, "status") && !formhook_has(&hook, "text"))
        return 0; /* a report that was pointed here */
    rc = formhook_fill(&hook, &names, out);
    /* The opt-out callback has a number and a sender name and nothing else. */
    bool has_left = formhook_has(&hook, "phoneNumber") && !formhook_has(&hook, "from text id updateType");
    if (rc == 1 && has_left)
        out->provider_intent = INTENT_stop;
    return rc;
}

static const struct report_word status_words[] = { { "Sent", REPORT_SENT }, { "Submitted", REPORT_SENT },
    { "Buffered", REPORT_SENT }, { "Success", REPORT_DELIVERED }, { "Delivered", REPORT_DELIVERED },
    { "AbsentSubscriber", REPORT_FAILED_TEMPORARY }, { "Failed", REPORT_FAILED }, { "Rejected", REPORT_FAILED },
    { "Expired", REPORT_FAILED }, { NULL, 0 } };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    static const struct formhook_report names = {
        .id = "id", .word = "status", .code = "failureReason", .text = "text", .words = status_words
    };
    AUTO_FORMHOOK hook;
    int rc = read_request(&hook, request);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    rc = formhook_fill_report(&hook, &names, out);
    if (rc < 0 || (out->status != REPORT_FAILED && out->status != REPORT_FAILED_TEMPORARY))
        return rc;
    if (str_equal_nocase(out->provider_code, "UserInBlackList"))
        out->status = REPORT_OPTED_OUT;
    else if (str_equal_nocase(out->provider_code, "DoNotDisturbRejection"))
        out->status = REPORT_FAILED_TEMPORARY; /* between 20 and 8 o'clock in Nigeria */
    return rc;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 400, ret_reply);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    AUTO_BUF text;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    httpsend_begin(
        out, false, settings_text(settings, "api_url"), "/version1/messaging", settings_int(settings, "timeout"));
    int rc = httpsend_add_header(out, "apiKey", "", settings_text(settings, "api_key"));
    if (rc)
        return rc;
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    if (buf_check(&text))
        return ERR_INVALID;
    httpsend_add_field(out, "username", settings_text(settings, "username"));
    httpsend_add_field(out, "to", to);
    httpsend_add_field(out, "message", text.data);
    httpsend_add_field(out, "from", httpsend_sender(settings, message));
    httpsend_add_field(out, "bulkSMSMode", "1");
    return httpsend_check(out);
}

static const struct {
    int64_t code;
    enum outcome outcome;
} recipient_codes[] = {
    { 100, OUTCOME_sent },            /* processed */
    { 101, OUTCOME_sent },            /* sent */
    { 102, OUTCOME_sent },            /* queued */
    { 401, OUTCOME_rejected },        /* held back as a risk */
    { 402, OUTCOME_bad_config },      /* sender not valid */
    { 403, OUTCOME_rejected },        /* not a number */
    { 404, OUTCOME_rejected },        /* not a kind of number they serve */
    { 405, OUTCOME_bad_config },      /* no credit */
    { 406, OUTCOME_opted_out },       /* on their list of those who asked to stop */
    { 407, OUTCOME_rejected },        /* no route */
    { 409, OUTCOME_retry_throttled }, /* not at this hour */
    { 500, OUTCOME_retry_network }, { 501, OUTCOME_retry_network }, { 502, OUTCOME_rejected }, /* by the operator */
};

/* Without a recipient the reason stands in the message as one word. */
static enum outcome outcome_without_recipient(json_t *document)
{
    const char *reason = jsonhook_text(document, "/SMSMessageData/Message");
    if (strcasestr(reason, "InvalidSenderId") || strcasestr(reason, "InsufficientBalance"))
        return OUTCOME_bad_config;
    if (strcasestr(reason, "UserInBlacklist"))
        return OUTCOME_opted_out;
    return *reason ? OUTCOME_rejected : OUTCOME_unparseable;
}

static void read_recipient(json_t *document, struct send_result *result)
{
    AUTO_BUF code;
    AUTO_BUF id;
    buf_init(&code, sizeof result->provider_code - 1);
    buf_init(&id, JSONHOOK_VALUE_MAX);
    int64_t number = 0;
    if (!jsonhook_has(document, RECIPIENT)) {
        result->outcome = outcome_without_recipient(document);
        return;
    }
    result->outcome = OUTCOME_unparseable;
    if (jsonhook_add(document, RECIPIENT "/statusCode", &code) || code.len == 0 ||
        str_to_int64(code.data, 0, 9999, &number))
        return;
    for (size_t i = 0; i < STR_COUNT(recipient_codes); i++) {
        if (recipient_codes[i].code == number)
            result->outcome = recipient_codes[i].outcome;
    }
    if (result->outcome != OUTCOME_sent)
        str_copy(result->provider_code, sizeof result->provider_code, code.data);
    else if (jsonhook_add(document, RECIPIENT "/messageId", &id) == 0 && !span_equal(buf_span(&id), span_of("None")))
        inbound_set_id(buf_span(&id), result->remote_id);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (ret_result->outcome != OUTCOME_sent)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (document)
        read_recipient(document, ret_result);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- catching up ----------------------------------------------------------------------------------------------- */

/* They give what has a greater id than the one that we name, oldest first and a page at a time; the cursor is that id.
 */
static int build_poll(const struct settings *settings, const struct poll_from *from, struct transmit *out)
{
    httpsend_begin(
        out, true, settings_text(settings, "api_url"), "/version1/messaging", settings_int(settings, "timeout"));
    int rc = httpsend_add_header(out, "apiKey", "", settings_text(settings, "api_key"));
    buf_add_text(&out->url, "?username=");
    str_percent_encode(&out->url, span_of(settings_text(settings, "username")));
    buf_add_text(&out->url, "&lastReceivedId=");
    str_percent_encode(&out->url, span_of(from->cursor[0] ? from->cursor : "0"));
    return rc ? rc : httpsend_check(out);
}

static int read_entry(const struct settings *settings, json_t *item, struct sms_in *ret_sms)
{
    (void)settings;
    static const struct jsonhook_paths paths = {
        .from = "/from", .to = "/to", .id = "/id", .text = "/text", .time = "/date", .is_msisdn = true
    };
    int rc = json_is_object(item) ? jsonhook_fill(item, &paths, ret_sms) : ERR_INVALID;
    return rc ? rc : 1;
}

/* The greater of two ids; where they are no numbers, the one that comes later in the list. */
static bool is_after(const char *id, const char *before)
{
    int64_t left, right;
    if (str_to_int64(id, 0, INT64_MAX, &left) || str_to_int64(before, 0, INT64_MAX, &right))
        return *id && !str_equal(id, before);
    return left > right;
}

static int find_last_id(json_t *list, struct poll_page *page)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        AUTO_BUF id;
        buf_init(&id, JSONHOOK_VALUE_MAX);
        int rc = jsonhook_add(item, "/id", &id);
        if (rc)
            return rc;
        if (id.len && id.len < sizeof page->cursor && is_after(id.data, page->cursor))
            str_copy(page->cursor, sizeof page->cursor, id.data);
    }
    return 0;
}

static int read_poll(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page)
{
    AUTO_JSON *root = listing_read(reply, ret_page);
    if (!root)
        return ERR_INVALID;
    json_t *list = json_pointer(root, "/SMSMessageData/Messages");
    str_copy(ret_page->cursor, sizeof ret_page->cursor, from->cursor);
    if (find_last_id(list, ret_page))
        return listing_refuse(ret_page);
    ret_page->has_more = !str_equal(ret_page->cursor, from->cursor);
    return listing_fill(settings, list, read_entry, out, max, ret_page);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    selftest_field(out, "from", SELFTEST_FROM);
    selftest_field(out, "id", SELFTEST_ID);
    selftest_field(out, "text", SELFTEST_TEXT);
    selftest_field(out, "to", SELFTEST_TO_DIGITS);
    selftest_path(out, settings_text(settings, "token"));
    return selftest_need(settings, "token", error);
}

const struct channel_ops africastalking_channel = {
    .kind = "africastalking",
    .summary = "SMS in and out through Africa's Talking, with delivery reports and catching up",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_POLLS | CHANNEL_SPLITS | CHANNEL_SMS |
            CHANNEL_ALERTS | CHANNEL_OTHER_IDS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_poll = build_poll,
    .read_poll = read_poll,
    .build_self_test = build_self_test,
    .check = httpsend_check_api_url,
};
