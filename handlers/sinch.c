/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sinch - SMS in and out through the SMS (XMS) interface of Sinch.
 * What:  one JSON object a request, proved by HMAC-SHA256 over "body.nonce.time" or by HTTP Basic, as the account is
 * set up. Why:   Sinch repeats only after a 5xx; what it is told with any other 4xx is gone for it. So nothing here
 * answers 4xx but a forgery, which quarantine keeps. Its retries last 22 hours: an old time is late, not false.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
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
#include "handlers/signature.h"
#include "handlers/udh.h"

#define SIGNED_MAX (256 * 1024)
#define POLL_PAGE 50 /* they fit an answer */
#define POLL_PAGES_MAX 1000
#define ALGORITHM "HmacSHA256"

static const struct key keys[] = {
    { .name = "service_plan_id",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 64,
        .doc = "The service plan, as the Sinch dashboard shows it.",
        .example = "0123456789abcdef0123456789abcdef" },
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The webhook secret that Sinch has set for this account on request; it proves what Sinch sends us.",
        .example = "@credential:sinch-hook" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The secret before the last change, accepted beside the current one." },
    { .name = "auth_user",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "The user name of HTTP Basic, where Sinch was asked to prove itself in that way; without a colon." },
    { .name = "auth_password", .type = KEY_TEXT, .flags = KEY_SECRET, .max = 256, .doc = "The password of auth_user." },
    COMMONKEY_PATH_SECRET,
    { .name = "api_token",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The token of the service plan for sending and catching up; without it this channel only receives.",
        .example = "@credential:sinch-token" },
    COMMONKEY_FROM("447537400000"),
    COMMONKEY_PUBLIC_URL("sinch"),
    COMMONKEY_STATUS_URL,
    COMMONKEY_API_URL("https://us.sms.api.sinch.com"),
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_REPLAY_WINDOW,
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- proof of origin ------------------------------------------------------------------------------------------- */

static bool is_signed(const struct settings *settings, const struct request *request, const char *nonce, const char *at)
{
    const char *given = request_header(request, "x-sinch-webhook-signature");
    const char *algorithm = request_header(request, "x-sinch-webhook-signature-algorithm");
    struct span secrets[] = { span_of(settings_text(settings, "secret")),
        span_of(settings_text(settings, "secret_previous")) };
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    buf_add_span(&text, request->body);
    buf_add_format(&text, ".%s.%s", nonce, at);
    if (!given || buf_check(&text) || (algorithm && !str_equal_nocase(algorithm, ALGORITHM)))
        return false;
    bool is_valid = false;
    for (size_t i = 0; i < STR_COUNT(secrets); i++)
        is_valid |= signature_is_base64(MAC_SHA256, secrets[i], buf_span(&text), span_of(given));
    return is_valid;
}

static enum verdict verify_signature(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *nonce = request_header(request, "x-sinch-webhook-signature-nonce");
    const char *at = request_header(request, "x-sinch-webhook-signature-timestamp");
    int64_t at_s = 0, window_ms = settings_int(settings, "replay_window");
    if (!nonce || !at || str_to_int64(at, 0, INT64_MAX / 2000, &at_s) || !is_signed(settings, request, nonce, at))
        return VERDICT_INVALID;
    int64_t age_ms = now_ms - at_s * 1000;
    return age_ms <= window_ms && age_ms >= -window_ms ? VERDICT_VALID : VERDICT_LATE;
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *passwords[] = { settings_text(settings, "auth_password"), NULL };
    const char *path_secret = settings_text(settings, "path_secret");
    if (*path_secret && !login_is_path_secret(request, path_secret))
        return VERDICT_INVALID;
    enum verdict verdict = verify_signature(settings, request, now_ms);
    if (verdict != VERDICT_INVALID)
        return verdict;
    bool is_known = login_is_basic(request, settings_text(settings, "auth_user"), passwords);
    bool is_path_alone = *path_secret && !*settings_text(settings, "secret") && !*passwords[0];
    return is_known || is_path_alone ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- receiving ------------------------------------------------------------------------------------------------- */

static const struct jsonhook_paths text_paths = { .from = "/from",
    .to = "/to",
    .id = "/id",
    .text = "/body /body/message /body/subject",
    .time = "/sent_at /received_at",
    .is_msisdn = true };

/* Data that is text is shown as text; everything else as it came, in base64: a person may know what it is. */
static int decode_binary(json_t *item, struct sms_in *sms)
{
    AUTO_BUF data;
    buf_init(&data, INBOUND_TEXT_MAX);
    (void)udh_set_part_hex(span_of(jsonhook_text(item, "/udh")), sms);
    if (str_base64_decode(&data, span_of(sms->text)) || buf_check(&data) || !utf8_is_valid(buf_span(&data)) ||
        (data.len && memchr(data.data, '\0', data.len)))
        return 0;
    char *text = buf_take(&data);
    if (!text)
        return ERR_NOMEM;
    auto_free(&sms->text);
    sms->text = text;
    return 0;
}

/* 1 for a message, 0 for anything else that Sinch sends to the same address. */
static int read_message(json_t *item, struct sms_in *out)
{
    const char *type = jsonhook_text(item, "/type");
    /* A type that Sinch invents later is taken for a message when it looks like one. */
    bool has_words = jsonhook_has(item, "/body") && !jsonhook_has(item, "/status") && !str_starts_nocase(type, "mt_");
    bool is_message = str_starts_nocase(type, "mo_") || has_words;
    if (!json_is_object(item) || (!*type && !is_message))
        return ERR_INVALID;
    if (!is_message)
        return 0;
    int rc = jsonhook_fill(item, &text_paths, out);
    if (!rc && str_equal_nocase(type, "mo_binary")) {
        rc = decode_binary(item, out);
        if (rc)
            sms_in_done(out);
    }
    return rc ? rc : 1;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    if (!root)
        return ERR_INVALID;
    return max < 1 ? ERR_LIMIT : read_message(root, out);
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_word status_words[] = { { "Queued", REPORT_PENDING }, { "Dispatched", REPORT_SENT },
    { "Unknown", REPORT_SENT }, { "Delivered", REPORT_DELIVERED }, { "Expired", REPORT_FAILED_TEMPORARY },
    { "Aborted", REPORT_FAILED }, { "Cancelled", REPORT_FAILED }, { "Rejected", REPORT_FAILED },
    { "Deleted", REPORT_FAILED }, { "Failed", REPORT_FAILED }, { NULL, 0 } };

/* A summary tells of one message to one person, so its list has one entry that counts. */
static json_t *status_item(json_t *root)
{
    size_t i;
    json_t *item, *statuses = json_object_get(root, "statuses");
    json_array_foreach(statuses, i, item)
    {
        if (json_int(item, "count", 1) > 0)
            return item;
    }
    return statuses ? NULL : root;
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_JSON *root = jsonhook_read(request);
    json_t *item = root ? status_item(root) : NULL;
    const char *word = item ? jsonhook_text(item, "/status") : "";
    if (!*word)
        return ERR_INVALID;
    if (max < 1)
        return ERR_LIMIT;
    int rc = jsonhook_fill_report(
        root, "/batch_id", NULL, "/operator_status_at /at", report_status(status_words, word), out);
    if (rc)
        return rc;
    AUTO_BUF code;
    buf_init(&code, JSONHOOK_VALUE_MAX);
    rc = jsonhook_add(item, "/code", &code);
    if (!rc && code.len && !str_equal(code.data, "0"))
        report_set_code(buf_span(&code), out);
    return rc ? rc : 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static int begin_request(const struct settings *settings, bool is_get, const char *end, struct transmit *out)
{
    AUTO_BUF path;
    buf_init(&path, 256);
    buf_add_text(&path, "/xms/v1/");
    str_percent_encode(&path, span_of(settings_text(settings, "service_plan_id")));
    buf_add_text(&path, end);
    int rc = buf_check(&path);
    if (rc)
        return rc;
    httpsend_begin(out, is_get, settings_text(settings, "api_url"), path.data, settings_int(settings, "timeout"));
    return httpsend_add_header(out, "Authorization", "Bearer ", settings_text(settings, "api_token"));
}

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    AUTO_BUF status_url;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    buf_init(&status_url, 2048);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    httpsend_add_placed_url(settings, &status_url);
    json_t *body = json_pack("{s:[s],s:s,s:s,s:s,s:s}", "to", msisdn_digits(to), "body", text.data ? text.data : "",
        "type", "mt_text", "delivery_report", "per_recipient", "client_reference", message->id);
    const char *from = httpsend_sender(settings, message);
    if (*from)
        json_object_set_new(body, "from", json_string(msisdn_digits(from)));
    if (status_url.len)
        json_object_set_new(body, "callback_url", json_string(status_url.data));
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    int rc = begin_request(settings, false, "/batches", out);
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
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
        if (reply->status == 404) /* no such service plan in this region */
            ret_result->outcome = OUTCOME_bad_config;
        const char *code = document ? jsonhook_text(document, "/code") : "";
        httpreply_set_code(ret_result, code);
        return;
    }
    const char *id = document ? jsonhook_text(document, "/id") : "";
    if (*id)
        inbound_set_id(span_of(id), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- catching up ----------------------------------------------------------------------------------------------- */

/* The cursor is the number of the page. */
static int64_t page_of(const struct poll_from *from)
{
    int64_t page = 0;
    return str_to_int64(from->cursor, 0, POLL_PAGES_MAX, &page) ? 0 : page;
}

static int build_poll(const struct settings *settings, const struct poll_from *from, struct transmit *out)
{
    char since[CLOCK_TEXT_MAX];
    int rc = begin_request(settings, true, "/inbounds", out);
    if (rc)
        return rc;
    clock_format(from->since_ms, since);
    buf_add_format(&out->url, "?page=%lld&page_size=%d&start_date=", (long long)page_of(from), POLL_PAGE);
    str_percent_encode(&out->url, span_of(since));
    return httpsend_check(out);
}

static int read_entry(const struct settings *settings, json_t *item, struct sms_in *ret_sms)
{
    (void)settings;
    return read_message(item, ret_sms);
}

/* The list is absent where there is nothing in it. A page may be shorter than we asked for; an empty one is the end. */
static int read_poll(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
    struct sms_in *out, size_t max, struct poll_page *ret_page)
{
    AUTO_JSON *root = listing_read(reply, ret_page);
    if (!root)
        return ERR_INVALID;
    json_t *list = json_object_get(root, "inbounds");
    int64_t total = json_int(root, "count", -1), next = page_of(from) + 1;
    if (!json_is_array(list) && total == 0)
        return 0;
    int64_t size = json_int(root, "page_size", POLL_PAGE);
    size = size >= 1 && size <= POLL_PAGE ? size : POLL_PAGE;
    ret_page->has_more = json_array_size(list) > 0 && next <= POLL_PAGES_MAX && total > next * size;
    if (ret_page->has_more)
        (void)snprintf(ret_page->cursor, sizeof ret_page->cursor, "%lld", (long long)next);
    return listing_fill(settings, list, read_entry, out, max, ret_page);
}

static int check(const struct settings *settings, struct error *error)
{
    bool has_login = settings_has(settings, "auth_user") && settings_has(settings, "auth_password");
    if (settings_has(settings, "auth_user") != settings_has(settings, "auth_password"))
        return error_set(error, ERR_INVALID, "auth_user and auth_password belong together: set both or neither");
    if (strchr(settings_text(settings, "auth_user"), ':'))
        return error_set(error, ERR_INVALID, "auth_user: a user name of HTTP Basic has no colon");
    if (!settings_has(settings, "secret") && !has_login && !settings_has(settings, "path_secret"))
        return error_set(error, ERR_INVALID, "nothing would prove a message: set secret, auth_user or path_secret");
    return httpsend_check_url(settings, "api_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF text;
    AUTO_BUF mac;
    buf_init(&text, SELFTEST_BYTES_MAX);
    buf_init(&mac, 256);
    const char *secret = settings_text(settings, "secret"), *path_secret = settings_text(settings, "path_secret");
    long long now_s = now_ms / 1000;
    selftest_json(out, json_pack("{s:s,s:s,s:s,s:s,s:s}", "type", "mo_text", "id", SELFTEST_ID, "from",
                           SELFTEST_FROM_DIGITS, "to", SELFTEST_TO_DIGITS, "body", SELFTEST_TEXT));
    if (*path_secret)
        selftest_path(out, path_secret);
    if (!*secret && *settings_text(settings, "auth_password"))
        selftest_basic(out, settings_text(settings, "auth_user"), settings_text(settings, "auth_password"));
    if (!*secret)
        return *settings_text(settings, "auth_password") ? 0 : selftest_need(settings, "path_secret", error);
    buf_add_span(&text, buf_span(&out->body));
    buf_add_format(&text, "." SELFTEST_NONCE ".%lld", now_s);
    int rc = selftest_mac(MAC_SHA256, secret, buf_span(&text), SELFTEST_BASE64, &mac);
    if (rc)
        return rc;
    selftest_header(out, "x-sinch-webhook-signature", "%s", mac.data);
    selftest_header(out, "x-sinch-webhook-signature-nonce", SELFTEST_NONCE);
    selftest_header(out, "x-sinch-webhook-signature-timestamp", "%lld", now_s);
    selftest_header(out, "x-sinch-webhook-signature-algorithm", "HmacSHA256");
    return 0;
}

const struct channel_ops sinch_channel = {
    .kind = "sinch",
    .summary = "SMS in and out through Sinch, with delivery reports and catching up",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_POLLS | CHANNEL_SPLITS | CHANNEL_SMS |
            CHANNEL_ALERTS,
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
