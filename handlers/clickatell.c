/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clickatell - SMS in and out through the Clickatell platform.
 * What:  one JSON object a message or a list of them, or the form and query of the older interfaces; delivery reports
 * by number; JSON to the messages resource out. Nothing is signed, so the address has a token. Why:   a text that names
 * UTF-16BE or ISO-8859-1 as its charset holds percent-encoded bytes of that charset; all of them are joined before
 * decoding, else an emoji would be torn in half.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/formhook.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/msisdn.h"
#include "handlers/report.h"
#include "handlers/udh.h"
#include "handlers/urltoken.h"

#define RESULT "/messages/0"
#define TEXT_NAMES "text content"
#define STATUS_NAMES "statusCode status"

static const struct key keys[] = {
    URLTOKEN_KEYS("@credential:clickatell-token"),
    { .name = "api_key",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 256,
        .doc = "The API key for sending; without it this channel only receives.",
        .example = "@credential:clickatell-key" },
    COMMONKEY_FROM("+27820000001"),
    COMMONKEY_API_URL("https://platform.clickatell.com"),
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

static bool is_ascii(struct span text)
{
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] >= 0x80)
            return false;
    }
    return true;
}

/* The text of a JSON message. What cannot be percent-encoded bytes is what it looks like. */
static int decode_json_text(struct buf *out, struct span text, const char *charset)
{
    AUTO_BUF bytes;
    buf_init(&bytes, INBOUND_TEXT_MAX);
    bool is_wide = str_starts_nocase(charset, "utf-16");
    bool is_named = is_wide || str_starts_nocase(charset, "iso-8859") || str_starts_nocase(charset, "windows");
    bool has_escapes = text.len && memchr(text.data, '%', text.len);
    if (!is_named || !is_ascii(text) || (is_wide && !has_escapes)) {
        buf_add_span(out, text);
        return buf_check(out);
    }
    bool is_form = !memchr(text.data, ' ', text.len); /* a space stands as a plus where all is encoded */
    str_percent_decode(&bytes, text, is_form);
    int rc = buf_check(&bytes);
    return rc ? rc : inbound_decode(out, buf_span(&bytes), charset);
}

/* One text in the making, and the charset that its request names. */
struct words {
    struct buf *out;
    const char *charset;
    bool is_json;
};

static int add_words(void *context, struct span raw)
{
    struct words *words = context;
    if (words->out->len)
        buf_add_char(words->out, '\n');
    return words->is_json ? decode_json_text(words->out, raw, words->charset)
                          : inbound_decode(words->out, raw, words->charset);
}

static int set_text(const struct formhook *hook, struct sms_in *sms)
{
    AUTO_BUF charset;
    AUTO_BUF text;
    buf_init(&charset, JSONHOOK_VALUE_MAX);
    buf_init(&text, 4 * INBOUND_TEXT_MAX);
    int rc = formhook_add(hook, "charset", &charset);
    if (rc || charset.len == 0)
        return rc;
    struct words words = { &text, charset.data, hook->root != NULL };
    rc = formhook_each(hook, TEXT_NAMES, add_words, &words);
    char *decoded = rc || text.len == 0 ? NULL : buf_take(&text);
    if (!decoded)
        return rc;
    free(sms->text);
    sms->text = decoded;
    return 0;
}

static int set_part(const struct formhook *hook, struct sms_in *sms)
{
    AUTO_BUF udh;
    buf_init(&udh, JSONHOOK_VALUE_MAX);
    int rc = formhook_add(hook, "udh", &udh);
    if (!rc && udh.len)
        (void)udh_set_part_hex(buf_span(&udh), sms);
    return rc;
}

static int read_message(const struct formhook *hook, struct sms_in *out)
{
    static const struct jsonhook_paths names = { .from = "fromNumber from",
        .to = "toNumber to",
        .id = "messageId moMsgId",
        .text = TEXT_NAMES,
        .time = "timestamp",
        .is_msisdn = true };
    if (formhook_has(hook, STATUS_NAMES) && !formhook_has(hook, TEXT_NAMES))
        return 0; /* a report that was pointed here */
    int rc = formhook_fill(hook, &names, out);
    if (rc != 1)
        return rc;
    rc = set_text(hook, out);
    if (!rc)
        rc = set_part(hook, out);
    if (rc)
        sms_in_done(out);
    return rc ? rc : 1;
}

static int read_list(json_t *list, struct sms_in *out, size_t max)
{
    size_t count = 0, i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        struct formhook hook = formhook_of(item);
        int rc = count == max ? ERR_LIMIT : read_message(&hook, &out[count]);
        if (rc < 0)
            return jsonhook_give_up(out, count, rc);
        count += (size_t)rc;
    }
    return i ? (int)count : ERR_INVALID;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, true);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    json_t *list = formhook_list(&hook, "/event/moText");
    return list ? read_list(list, out, max) : read_message(&hook, out);
}

static const struct report_word status_words[] = { { "1", REPORT_FAILED }, { "2", REPORT_PENDING },
    { "3", REPORT_SENT }, { "4", REPORT_DELIVERED }, { "5", REPORT_FAILED }, { "6", REPORT_FAILED },
    { "7", REPORT_FAILED }, { "8", REPORT_PENDING }, { "9", REPORT_FAILED }, { "10", REPORT_FAILED_TEMPORARY },
    { "11", REPORT_PENDING }, { "12", REPORT_FAILED }, { "14", REPORT_FAILED }, { "DELIVERED_TO_GATEWAY", REPORT_SENT },
    { "RECEIVED_BY_RECIPIENT", REPORT_DELIVERED }, { NULL, 0 } };

static int read_report(const struct formhook *hook, struct delivery_report *out)
{
    static const struct formhook_report names = { .id = "messageId apiMessageId apiMsgId",
        .word = STATUS_NAMES,
        .code = STATUS_NAMES,
        .time = "timestamp",
        .words = status_words };
    int rc = formhook_fill_report(hook, &names, out);
    if (rc == 1) /* older reports write "004" */
        out->status = report_status(status_words, out->provider_code + strspn(out->provider_code, "0"));
    return rc;
}

static int read_reports(json_t *list, struct delivery_report *out, size_t max)
{
    size_t i;
    json_t *item;
    if (json_array_size(list) > max)
        return ERR_LIMIT;
    json_array_foreach(list, i, item)
    {
        struct formhook hook = formhook_of(item);
        int rc = read_report(&hook, &out[i]);
        if (rc != 1)
            return rc;
    }
    return i ? (int)i : ERR_INVALID;
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, true);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    json_t *list = formhook_list(&hook, "/event/messageStatusUpdate");
    return list ? read_reports(list, out, max) : read_report(&hook, out);
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    AUTO_BUF text;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    json_t *body = json_pack("{s:s,s:[s],s:s}", "content", text.data ? text.data : "", "to", msisdn_digits(to),
        "clientMessageId", message->id);
    const char *from = httpsend_sender(settings, message);
    if (*from)
        json_object_set_new(body, "from", json_string(msisdn_digits(from)));
    return body;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    if (!httpsend_find_recipient(message, to))
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/messages", settings_int(settings, "timeout"));
    int rc = httpsend_add_header(out, "Authorization", "", settings_text(settings, "api_key"));
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
}

static void read_result(json_t *document, struct send_result *result)
{
    AUTO_BUF id;
    AUTO_BUF code;
    buf_init(&id, JSONHOOK_VALUE_MAX);
    buf_init(&code, JSONHOOK_VALUE_MAX);
    bool is_refused = json_is_false(json_pointer(document, RESULT "/accepted"));
    if (is_refused)
        result->outcome = OUTCOME_rejected;
    if (jsonhook_add(document, RESULT "/errorCode " RESULT "/error/code /errorCode /error/code", &code) == 0 &&
        code.len)
        httpreply_set_code(result, code.data);
    if (result->outcome != OUTCOME_sent)
        return;
    if (jsonhook_add(document, RESULT "/apiMessageId " RESULT "/messageId", &id) == 0 && id.len)
        inbound_set_id(buf_span(&id), result->remote_id);
    else
        result->outcome = jsonhook_has(document, RESULT "/error") ? OUTCOME_rejected : OUTCOME_unparseable;
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
    if (reply->status == 402) /* no credit */
        ret_result->outcome = OUTCOME_bad_config;
    if (document)
        read_result(document, ret_result);
    else if (ret_result->outcome == OUTCOME_sent)
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    selftest_json(out, json_pack("{s:s,s:s,s:s,s:s}", "messageId", SELFTEST_ID, "fromNumber", SELFTEST_FROM_DIGITS,
                           "toNumber", SELFTEST_TO_DIGITS, "text", SELFTEST_TEXT));
    selftest_path(out, settings_text(settings, "token"));
    return selftest_need(settings, "token", error);
}

const struct channel_ops clickatell_channel = {
    .kind = "clickatell",
    .summary = "SMS in and out through the Clickatell platform, with delivery reports",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_self_test = build_self_test,
    .check = httpsend_check_api_url,
};
