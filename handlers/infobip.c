/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * infobip - SMS in and out through Infobip.
 * What:  lists of results in JSON, for messages and for reports; HTTP Basic towards us, an App key from us.
 * Why:   Infobip repeats for almost two days whatever is not answered 2xx, so a request that nobody can read is kept in
 *        quarantine and answered 200. It lets us choose the message id: a repeated send is recognised by it.
 * Keeps: text, not cleanText: the word that Infobip takes for a keyword is hers.
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
#include "handlers/listing.h"
#include "handlers/login.h"
#include "handlers/msisdn.h"
#include "handlers/report.h"

#define POLL_PATH "/sms/1/inbox/reports?limit=100" /* each is given once, so every answer must fit */
#define POLL_LIMIT 100
#define SEND_PATH "/sms/3/messages"
#define DELIVERED_TO_OPERATOR 2 /* in the group DELIVERED, but not the end */

enum group { GROUP_ACCEPTED, GROUP_PENDING, GROUP_UNDELIVERABLE, GROUP_DELIVERED, GROUP_EXPIRED, GROUP_REJECTED };

static const struct key keys[] = {
    { .name = "auth_user",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 64,
        .doc = "The user name that Infobip logs in with when it calls us (HTTP Basic), without a colon.",
        .example = "infobip" },
    { .name = "auth_password",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The password of auth_user.",
        .example = "@credential:infobip-hook" },
    { .name = "auth_password_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The password before the last change, accepted beside the current one." },
    COMMONKEY_PATH_SECRET,
    { .name = "api_url",
        .type = KEY_URL,
        .max = 256,
        .doc = "The personal base address of the account; without it this channel only receives.",
        .example = "https://abc123.api.infobip.com" },
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The API key for sending and for fetching what was missed.",
        .example = "@credential:infobip-key" },
    COMMONKEY_FROM("447537400000"),
    COMMONKEY_PUBLIC_URL("infobip"),
    COMMONKEY_STATUS_URL,
    { .name = "opted_out_names",
        .type = KEY_TEXTS,
        .max = 64,
        .doc = "Names of a status or an error that mean here: this number asked to stop." },
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms; /* the scheme has no time */
    const char *passwords[] = { settings_text(settings, "auth_password"),
        settings_text(settings, "auth_password_previous"), NULL };
    const char *path_secret = settings_text(settings, "path_secret");
    bool is_known = login_is_basic(request, settings_text(settings, "auth_user"), passwords);
    bool is_placed = !*path_secret || login_is_path_secret(request, path_secret);
    return is_known && is_placed ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

/* A multimedia message has a list of parts in place of the text. */
static int add_parts(json_t *item, struct buf *out)
{
    size_t i;
    json_t *part;
    json_array_foreach(json_object_get(item, "message"), i, part)
    {
        const char *type = json_text(part, "contentType", "text/plain");
        const char *value = json_text(part, "value", "");
        if (!str_starts(type, "text/plain") || !*value)
            continue;
        buf_add_text(out, out->len ? "\n" : "");
        buf_add_text(out, value);
    }
    return buf_check(out);
}

static int fill_message(json_t *item, struct sms_in *out)
{
    static const struct jsonhook_paths paths = { .from = "/from /sender",
        .to = "/to /destination",
        .id = "/messageId",
        .text = "/text /cleanText /message",
        .time = "/receivedAt",
        .is_msisdn = true };
    int rc = jsonhook_fill(item, &paths, out);
    if (rc || *out->text || !json_is_array(json_object_get(item, "message")))
        return rc;
    AUTO_BUF text;
    buf_init(&text, INBOUND_TEXT_MAX);
    rc = add_parts(item, &text);
    char *joined = rc ? NULL : buf_take(&text);
    if (!joined) {
        sms_in_done(out);
        return rc ? rc : ERR_NOMEM;
    }
    auto_free(&out->text);
    out->text = joined;
    return 0;
}

/* A report that was pointed at the address of messages. */
static bool is_report(json_t *item)
{
    return jsonhook_has(item, "/status") && !jsonhook_has(item, "/text") && !jsonhook_has(item, "/message");
}

/* The list, also where it came without its envelope; NULL when there is none. */
static json_t *results_of(json_t *root)
{
    json_t *results = json_is_array(root) ? root : json_object_get(root, "results");
    return json_is_array(results) ? results : NULL;
}

static int read_messages(json_t *root, struct sms_in *out, size_t max)
{
    json_t *results = results_of(root);
    size_t count = 0, i;
    json_t *item;
    if (!results)
        return ERR_INVALID;
    json_array_foreach(results, i, item)
    {
        if (is_report(item) || json_is_null(item))
            continue;
        if (!json_is_object(item) || count == max)
            return jsonhook_give_up(out, count, count == max ? ERR_LIMIT : ERR_INVALID);
        int rc = fill_message(item, &out[count]);
        if (rc)
            return jsonhook_give_up(out, count, rc);
        count++;
    }
    return (int)count;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    return root ? read_messages(root, out, max) : ERR_INVALID;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static int group_of(json_t *item)
{
    static const char *const names[] = { "ACCEPTED", "PENDING", "UNDELIVERABLE", "DELIVERED", "EXPIRED", "REJECTED" };
    json_t *status = json_object_get(item, "status");
    const char *name = json_text(status, "groupName", "");
    for (size_t i = 0; i < STR_COUNT(names); i++) {
        if (str_equal_nocase(name, names[i]))
            return (int)i;
    }
    return (int)jsonhook_int(status, "/groupId", GROUP_PENDING);
}

static bool is_opted_out(const struct settings *settings, json_t *item)
{
    const char *status = jsonhook_text(item, "/status/name"), *error = jsonhook_text(item, "/error/name");
    for (unsigned i = 0; i < settings_count(settings, "opted_out_names"); i++) {
        const char *name = settings_item(settings, "opted_out_names", i);
        if (str_equal_nocase(name, status) || str_equal_nocase(name, error))
            return true;
    }
    return false;
}

static bool is_at_operator(json_t *item)
{
    return jsonhook_int(item, "/status/id", 0) == DELIVERED_TO_OPERATOR ||
           str_equal_nocase(jsonhook_text(item, "/status/name"), "DELIVERED_TO_OPERATOR");
}

static bool is_permanent(json_t *item)
{
    return json_bool(json_object_get(item, "error"), "permanent", true) &&
           !str_equal_nocase(jsonhook_text(item, "/error/permanent"), "false");
}

static int status_of(const struct settings *settings, json_t *item)
{
    switch (group_of(item)) {
    case GROUP_DELIVERED:
        return is_at_operator(item) ? REPORT_SENT : REPORT_DELIVERED;
    case GROUP_EXPIRED:
        return REPORT_FAILED_TEMPORARY;
    case GROUP_UNDELIVERABLE:
    case GROUP_REJECTED:
        if (is_opted_out(settings, item))
            return REPORT_OPTED_OUT;
        return is_permanent(item) ? REPORT_FAILED : REPORT_FAILED_TEMPORARY;
    default:
        return REPORT_PENDING;
    }
}

static int fill_report(const struct settings *settings, json_t *item, struct delivery_report *out)
{
    bool has_error = jsonhook_int(item, "/error/id", 0) != 0;
    return jsonhook_fill_report(item, "/messageId", has_error ? "/error/name /error/id" : "/status/name",
        "/doneAt /sentAt", status_of(settings, item), out);
}

/* One report that nobody can read does not hide the others of its list. */
static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    AUTO_JSON *root = jsonhook_read(request);
    json_t *results = results_of(root);
    size_t i, count = 0;
    json_t *item;
    json_array_foreach(results, i, item)
    {
        if (!is_report(item)) /* a message that was pointed here: quarantine, where a person sees it */
            return ERR_INVALID;
        if (count == max)
            return ERR_LIMIT;
        int rc = fill_report(settings, item, &out[count]);
        if (rc && rc != ERR_INVALID)
            return rc;
        count += rc == 0;
    }
    return count || (results && json_array_size(results) == 0) ? (int)count : ERR_INVALID;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static json_t *make_message(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, 2048);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_add_placed_url(settings, &status_url);
    json_t *item = json_pack("{s:[{s:s,s:s}],s:{s:s}}", "destinations", "to", msisdn_digits(to), "messageId",
        message->id, "content", "text", text.data ? text.data : "");
    const char *from = httpsend_sender(settings, message);
    if (*from)
        json_object_set_new(item, "sender", json_string(msisdn_digits(from)));
    if (status_url.len)
        json_object_set_new(item, "webhooks",
            json_pack("{s:{s:s,s:b},s:s}", "delivery", "url", status_url.data, "intermediateReport", 1, "contentType",
                "application/json"));
    return item;
}

static int begin_request(const struct settings *settings, bool is_get, const char *path, struct transmit *out)
{
    const char *url = settings_text(settings, "api_url");
    if (!*url)
        return ERR_INVALID;
    httpsend_begin(out, is_get, url, path, settings_int(settings, "timeout"));
    return httpsend_add_header(out, "Authorization", "App ", settings_text(settings, "api_key"));
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    int rc = begin_request(settings, false, SEND_PATH, out);
    if (rc)
        return rc;
    json_t *item = make_message(settings, message, to);
    return httpsend_take_json(out, item ? json_pack("{s:[o]}", "messages", item) : NULL);
}

/* 200 says that the list was read; the status of the message says the rest. */
static void read_item(const struct settings *settings, json_t *item, struct send_result *result)
{
    static const char *const config_names[] = { "REJECTED_NOT_ENOUGH_CREDITS", "REJECTED_SENDER", "REJECTED_SOURCE",
        "REJECTED_PREPAID_PACKAGE_EXPIRED", "REJECTED_DESTINATION_NOT_REGISTERED", NULL };
    static const char *const passing_names[] = { "REJECTED_SYSTEM_ERROR", "REJECTED_FLOODING_FILTER", NULL };
    const char *name = jsonhook_text(item, "/status/name");
    const char *id = jsonhook_text(item, "/messageId");
    int group = group_of(item);
    bool is_repeated = str_equal(name, "REJECTED_DUPLICATE_MESSAGE_ID"); /* an earlier try did arrive */
    if (is_repeated || group == GROUP_ACCEPTED || group == GROUP_PENDING || group == GROUP_DELIVERED) {
        inbound_set_id(span_of(id), result->remote_id);
        result->outcome = *id || is_repeated ? OUTCOME_sent : OUTCOME_unparseable;
        return;
    }
    str_copy(result->provider_code, sizeof result->provider_code, name);
    if (is_opted_out(settings, item))
        result->outcome = OUTCOME_opted_out;
    else if (report_has_word(config_names, name))
        result->outcome = OUTCOME_bad_config;
    else if (report_has_word(passing_names, name) || group == GROUP_EXPIRED)
        result->outcome = OUTCOME_retry_network;
    else
        result->outcome = OUTCOME_rejected;
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    httpreply_read(reply, true, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    struct error error;
    AUTO_JSON *document = json_read(reply->body, &error);
    if (ret_result->outcome != OUTCOME_sent) {
        if (reply->status == 404) /* the base address is not that of this account */
            ret_result->outcome = OUTCOME_bad_config;
        const char *code = document ? jsonhook_text(document, "/requestError/serviceException/messageId") : "";
        if (document && !*code)
            code = jsonhook_text(document, "/errorCode");
        str_copy(ret_result->provider_code, sizeof ret_result->provider_code, code);
        return;
    }
    json_t *item = document ? json_pointer(document, "/messages/0") : NULL;
    if (jsonhook_has(item, "/status"))
        read_item(settings, item, ret_result);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- catching up ----------------------------------------------------------------------------------------------- */

static int build_poll(const struct settings *settings, const struct poll_from *from, struct transmit *out)
{
    (void)from; /* Infobip gives what it has not given yet */
    int rc = begin_request(settings, true, POLL_PATH, out);
    return rc ? rc : httpsend_check(out);
}

static int read_entry(const struct settings *settings, json_t *item, struct sms_in *ret_sms)
{
    (void)settings;
    if (is_report(item))
        return 0;
    int rc = json_is_object(item) ? fill_message(item, ret_sms) : ERR_INVALID;
    return rc ? rc : 1;
}

/* What is given is not given again, so asking again goes on; how much is left is told, or a full page hints at it. */
static bool has_more(json_t *root)
{
    int64_t pending = json_int(root, "pendingMessageCount", -1);
    size_t count = json_array_size(json_object_get(root, "results"));
    return count > 0 && (pending > 0 || (pending < 0 && count >= POLL_LIMIT));
}

static int read_poll(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page)
{
    (void)from;
    AUTO_JSON *root = listing_read(reply, ret_page);
    if (!root)
        return ERR_INVALID;
    json_t *results = json_object_get(root, "results");
    ret_page->has_more = has_more(root);
    return listing_fill(settings, results, read_entry, out, max, ret_page);
}

static int check(const struct settings *settings, struct error *error)
{
    if (strchr(settings_text(settings, "auth_user"), ':'))
        return error_set(error, ERR_INVALID, "auth_user: a user name of HTTP Basic has no colon");
    if (*settings_text(settings, "api_url") && !settings_has(settings, "api_key"))
        return error_set(error, ERR_INVALID, "api_url is set, but not api_key: set both, or neither to receive only");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    int rc = selftest_need(settings, "auth_password", error);
    selftest_json(out, json_pack("{s:[{s:s,s:s,s:s,s:s}]}", "results", "messageId", SELFTEST_ID, "from",
                           SELFTEST_FROM_DIGITS, "to", SELFTEST_TO_DIGITS, "text", SELFTEST_TEXT));
    selftest_basic(out, settings_text(settings, "auth_user"), settings_text(settings, "auth_password"));
    if (*settings_text(settings, "path_secret"))
        selftest_path(out, settings_text(settings, "path_secret"));
    return rc;
}

const struct channel_ops infobip_channel = {
    .kind = "infobip",
    .summary = "SMS in and out through Infobip, with delivery reports and catching up",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_POLLS | CHANNEL_SPLITS | CHANNEL_SMS |
            CHANNEL_ALERTS | CHANNEL_OWN_IDS | CHANNEL_LISTS,
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
    .check = check,
};
