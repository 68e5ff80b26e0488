/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generic - any provider that speaks HTTP, by configuration alone.
 * What:  messages and reports by form, query or JSON, with field names or JSON pointers from the settings; sending by
 *        templates; the answer that this provider wants.
 * Why:   an answer body may be sent to her as an SMS by some gateways, so the default is an empty text/plain.
 * Keeps: a text without a sender is still a message; a request without a text is malformed and goes to quarantine.
 * Not here: proof of origin (generic_auth), sending (generic_send).
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/fields.h"
#include "handlers/generic_auth.h"
#include "handlers/generic_selftest.h"
#include "handlers/generic_send.h"
#include "handlers/inbound.h"
#include "handlers/report.h"

#define VALUE_MAX (64 * 1024)
#define CHARSET_MAX 32
#define WORD_MAX 64
#define ACK_BODY_MAX 256
#define TEMPLATE_MAX 4096

static const char *const auth_words[] = { "none", "token", "path", "header", "hmac", "standard_webhooks", NULL };
static const char *const format_words[] = { "auto", "form", "query", "json", NULL };
static const char *const charset_words[] = { "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16be", "utf-16le",
    "utf-16", NULL };
static const char *const method_words[] = { "POST", "GET", "PUT", NULL };
static const char *const type_words[] = { "form", "json", "text", NULL };
static const char *const ack_words[] = { "text/plain", "text/html", "text/xml", "application/xml", "application/json",
    NULL };

static const struct key keys[] = {
    { .name = "auth",
        .type = KEY_WORD,
        .flags = KEY_REQUIRED,
        .words = auth_words,
        .doc = "How the provider proves itself: `none` (only for a provider on this machine or behind another "
               "proof); `token` in the field auth_field; `path`: the secret is the last part of the address, "
               "/in/NAME/message/SECRET; `header`: auth_header holds auth_prefix and the secret; `hmac`: auth_header "
               "holds the HMAC-SHA256 of signed_text in hex or base64; `standard_webhooks`: webhook-id, "
               "webhook-timestamp and webhook-signature headers.",
        .example = "hmac" },
    { .name = "secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The secret that the provider and this line share.",
        .example = "@credential:generic-secret" },
    { .name = "secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "The secret before the last change, accepted beside the current one." },
    { .name = "auth_field",
        .type = KEY_TEXT,
        .min = 1,
        .max = WORD_MAX,
        .fallback = "token",
        .doc = "For `token`: the field of query, form or JSON that holds the secret." },
    { .name = "auth_header",
        .type = KEY_TEXT,
        .min = 1,
        .max = WORD_MAX,
        .fallback = "X-Signature",
        .doc = "For `header` and `hmac`: the header with the secret or the signature." },
    { .name = "auth_prefix",
        .type = KEY_TEXT,
        .max = WORD_MAX,
        .doc = "For `header` and `hmac`: what stands in that header before the value, such as \"sha256=\" or "
               "\"Bearer \".",
        .example = "sha256=" },
    { .name = "signed_text",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "{body}",
        .doc = "For `hmac`: what is signed, made of {body} (raw), {query} (raw) and {timestamp}." },
    { .name = "timestamp_header",
        .type = KEY_TEXT,
        .max = WORD_MAX,
        .doc = "For `hmac`: the header with the time of the request (seconds or milliseconds since 1970, or RFC "
               "3339)." },
    { .name = "replay_window",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 24 * 3600 * 1000,
        .fallback = "5 min",
        .doc = "For timestamp_header: a request outside this span around now is still accepted, but flagged as late." },
    { .name = "format",
        .type = KEY_WORD,
        .words = format_words,
        .fallback = "auto",
        .doc = "Where the fields stand; `auto` reads the query of a GET, and form or JSON of a body by its media "
               "type." },
    { .name = "messages",
        .type = KEY_TEXT,
        .max = 256,
        .doc = "JSON pointer, such as /results, to the list when one request carries several messages; field paths "
               "then start at its elements." },
    { .name = "field_from",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "from",
        .doc = "The sender's number: a field name, or in JSON a pointer such as /data/from/phone_number." },
    { .name = "field_text",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "text",
        .doc = "The text of the message." },
    { .name = "field_id",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "id",
        .doc = "The provider's id of the message; where it is missing, equal content within a short time counts as a "
               "repetition." },
    { .name = "field_to",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "to",
        .doc = "The number of ours that was texted." },
    { .name = "field_time",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "time",
        .doc = "When it was sent: RFC 3339 and its relatives, or seconds or milliseconds since 1970." },
    { .name = "charset",
        .type = KEY_WORD,
        .words = charset_words,
        .doc = "The charset of form and query fields; without it, what the Content-Type says, else UTF-8." },
    { .name = "field_status_id",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "id",
        .doc = "In a delivery report: the id that the provider gave when the message was sent." },
    { .name = "field_status",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "status",
        .doc = "In a delivery report: the word for what happened." },
    { .name = "field_status_code",
        .type = KEY_TEXT,
        .min = 1,
        .max = 256,
        .fallback = "code",
        .doc = "In a delivery report: the provider's code for a failure." },
    { .name = "status_delivered",
        .type = KEY_TEXTS,
        .doc = "Words of field_status that mean delivered, beside the usual ones." },
    { .name = "status_failed",
        .type = KEY_TEXTS,
        .doc = "Words of field_status that mean failed for good, beside the usual ones." },
    { .name = "ack_status",
        .type = KEY_INT,
        .min = 200,
        .max = 299,
        .fallback = "200",
        .doc = "The HTTP status that this provider takes for success." },
    { .name = "ack_type",
        .type = KEY_WORD,
        .words = ack_words,
        .fallback = "text/plain",
        .doc = "The content type of the answer." },
    { .name = "ack_body",
        .type = KEY_TEXT,
        .max = ACK_BODY_MAX,
        .doc = "The body of the answer. Some providers send it to the person as an SMS: leave it empty unless theirs "
               "needs one." },
    { .name = "malformed_status",
        .type = KEY_INT,
        .min = 200,
        .max = 499,
        .fallback = "400",
        .doc = "The HTTP status for a request that cannot be read (it is kept in quarantine); 200 for a provider "
               "that would repeat it for hours." },
    { .name = "send_url",
        .type = KEY_TEXT,
        .max = TEMPLATE_MAX,
        .doc = "Where messages are sent to, with {to}, {to_no_plus}, {from}, {from_no_plus}, {text}, {id}, {token} "
               "filled in and escaped.",
        .example = "https://sms.example.org/send" },
    { .name = "send_method",
        .type = KEY_WORD,
        .words = method_words,
        .fallback = "POST",
        .doc = "The HTTP method for sending; a GET has no body." },
    { .name = "send_type",
        .type = KEY_WORD,
        .words = type_words,
        .fallback = "form",
        .doc = "What send_body is: it sets the content type and the escaping of the placeholders." },
    { .name = "send_body",
        .type = KEY_TEXT,
        .max = TEMPLATE_MAX,
        .fallback = "to={to}&from={from}&text={text}&id={id}",
        .doc = "The body template; in JSON the placeholders stand inside quotes: {\"to\":\"{to}\"}." },
    { .name = "send_headers",
        .type = KEY_TEXTS,
        .max = 1024,
        .doc = "More headers, each \"Name: value\"; {token} is filled in.",
        .example = "Authorization: Bearer {token}" },
    { .name = "send_token",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 512,
        .doc = "The value of {token}.",
        .example = "@credential:generic-token" },
    { .name = "send_user",
        .type = KEY_TEXT,
        .max = 128,
        .doc = "User name for HTTP Basic authentication when sending." },
    { .name = "send_password",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 256,
        .doc = "Password for HTTP Basic authentication when sending." },
    { .name = "from",
        .type = KEY_TEXT,
        .max = 32,
        .doc = "The number or sender name that messages leave from: the value of {from}.",
        .example = "+15005550006" },
    { .name = "success_text",
        .type = KEY_TEXT,
        .max = 128,
        .doc = "Words that the answer must hold to count as sent, beside a 2xx status." },
    { .name = "id_path",
        .type = KEY_TEXT,
        .max = 256,
        .doc = "JSON pointer to the provider's id in its answer, needed for delivery reports.",
        .example = "/id" },
    { .name = "recognises_id",
        .type = KEY_BOOL,
        .fallback = "false",
        .doc = "True when the provider never sends one {id} twice: a lost answer can then be repeated safely." },
    { .name = "timeout",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 60000,
        .fallback = "15 s",
        .doc = "How long one request to the provider may take." },
    { .name = NULL },
};

/* ---- in -------------------------------------------------------------------------------------------------------- */

static int read_request(const struct settings *settings, const struct request *request, struct fields *fields)
{
    enum fields_format format = FIELDS_AUTO;
    const char *word = settings_text(settings, "format");
    if (str_equal(word, "form"))
        format = FIELDS_FORM;
    else if (str_equal(word, "query"))
        format = FIELDS_QUERY;
    else if (str_equal(word, "json"))
        format = FIELDS_JSON;
    return fields_read(fields, request, format, generic_auth_fields_flags(settings));
}

/* The charset parameter of the Content-Type, "" when there is none. */
static void find_charset(const struct request *request, char ret[CHARSET_MAX])
{
    const char *type = request_header(request, "Content-Type");
    const char *at = type ? strcasestr(type, "charset=") : NULL;
    if (at)
        at += strlen("charset=");
    if (at && *at == '"')
        at++;
    size_t len = at ? strcspn(at, "\"; \t") : 0;
    if (!str_copy_span(ret, CHARSET_MAX, (struct span){ len ? at : "", len }))
        ret[0] = '\0';
}

/* A charset that somebody made up must not lose the message: it is then read as UTF-8. */
static int fill(struct inbound_source *source, const char *charset, struct sms_in *out)
{
    source->charset = charset;
    int rc = inbound_fill(source, out);
    if (rc != ERR_UNSUPPORTED)
        return rc;
    source->charset = NULL;
    return inbound_fill(source, out);
}

static int get_optional(const struct settings *settings, const struct fields *fields, const char *key, struct buf *out)
{
    buf_init(out, VALUE_MAX);
    return fields_get_optional(fields, settings_text(settings, key), out);
}

static int fill_message(
    const struct settings *settings, const struct fields *fields, const char *charset, struct sms_in *out)
{
    AUTO_BUF text;
    AUTO_BUF from;
    AUTO_BUF to;
    AUTO_BUF id;
    AUTO_BUF time;
    buf_init(&text, INBOUND_TEXT_MAX);
    int rc = get_optional(settings, fields, "field_from", &from);
    rc |= get_optional(settings, fields, "field_to", &to);
    rc |= get_optional(settings, fields, "field_id", &id);
    rc |= get_optional(settings, fields, "field_time", &time);
    if (rc)
        return ERR_LIMIT;
    rc = fields_get_all(fields, settings_text(settings, "field_text"), &text);
    if (rc)
        return rc == ERR_NOT_FOUND ? ERR_INVALID : rc;
    struct inbound_source source = { .from = buf_span(&from),
        .to = buf_span(&to),
        .id = buf_span(&id),
        .text = buf_span(&text),
        .time = buf_span(&time) };
    return fill(&source, fields->root ? NULL : charset, out);
}

static int fill_list(
    const struct settings *settings, struct fields *fields, const char *path, struct sms_in *out, size_t max)
{
    size_t count = 0;
    int rc = json_is_array(json_pointer(fields->root, path)) ? 0 : ERR_INVALID;
    while (!rc && fields_enter(fields, path, count)) {
        rc = count == max ? ERR_LIMIT : fill_message(settings, fields, NULL, &out[count]);
        if (!rc)
            count++;
    }
    for (size_t i = 0; rc && i < count; i++)
        sms_in_done(&out[i]);
    return rc ? rc : (int)count;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    AUTO_FIELDS fields;
    char charset[CHARSET_MAX];
    fields_init(&fields);
    if (max < 1)
        return ERR_LIMIT;
    int rc = read_request(settings, request, &fields);
    if (rc)
        return rc;
    const char *list = settings_text(settings, "messages");
    if (*list && fields.root)
        return fill_list(settings, &fields, list, out, max);
    find_charset(request, charset);
    const char *chosen = settings_text(settings, "charset");
    rc = fill_message(settings, &fields, *chosen ? chosen : charset, out);
    return rc ? rc : 1;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_word status_words[] = {
    { "sent", REPORT_SENT },
    { "submitted", REPORT_SENT },
    { "buffered", REPORT_SENT },
    { "dispatched", REPORT_SENT },
    { "delivered", REPORT_DELIVERED },
    { "success", REPORT_DELIVERED },
    { "read", REPORT_DELIVERED },
    { "expired", REPORT_FAILED_TEMPORARY },
    { "undelivered", REPORT_FAILED_TEMPORARY },
    { "failed", REPORT_FAILED },
    { "failure", REPORT_FAILED },
    { "rejected", REPORT_FAILED },
    { "undeliverable", REPORT_FAILED },
    { "cancelled", REPORT_FAILED },
    { "canceled", REPORT_FAILED },
    { "opted_out", REPORT_OPTED_OUT },
    { NULL, 0 },
};

static bool is_listed(const struct settings *settings, const char *key, const char *word)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        if (str_equal_nocase(settings_item(settings, key, i), word))
            return true;
    }
    return false;
}

static int status_of(const struct settings *settings, const char *word)
{
    if (is_listed(settings, "status_delivered", word))
        return REPORT_DELIVERED;
    if (is_listed(settings, "status_failed", word))
        return REPORT_FAILED;
    return report_status(status_words, word);
}

static int fill_report(const struct settings *settings, const struct fields *fields, struct delivery_report *out)
{
    AUTO_BUF id;
    AUTO_BUF word;
    AUTO_BUF code;
    AUTO_BUF time;
    int rc = get_optional(settings, fields, "field_status_id", &id);
    rc |= get_optional(settings, fields, "field_status", &word);
    rc |= get_optional(settings, fields, "field_status_code", &code);
    rc |= get_optional(settings, fields, "field_time", &time);
    if (rc || id.len == 0 || word.len == 0)
        return rc ? ERR_LIMIT : ERR_INVALID;
    report_fill(out, status_of(settings, word.data), buf_span(&id), buf_span(&code), buf_span(&time));
    return 1;
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    AUTO_FIELDS fields;
    fields_init(&fields);
    if (max < 1)
        return ERR_LIMIT;
    int rc = read_request(settings, request, &fields);
    return rc ? rc : fill_report(settings, &fields, out);
}

/* ---- answer ---------------------------------------------------------------------------------------------------- */

/* The reply must not point into the settings, which may be gone when it is sent. */
static const char *content_type_of(const struct settings *settings)
{
    size_t i = 0;
    while (ack_words[i] && !str_equal(ack_words[i], settings_text(settings, "ack_type")))
        i++;
    return ack_words[i] ? ack_words[i] : "text/plain";
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    memset(ret_reply, 0, sizeof *ret_reply);
    ret_reply->content_type = "text/plain";
    switch (to) {
    case ANSWER_STORED:
    case ANSWER_REPORT:
        ret_reply->status = (int)settings_int(settings, "ack_status");
        ret_reply->content_type = content_type_of(settings);
        str_copy(ret_reply->body, sizeof ret_reply->body, settings_text(settings, "ack_body"));
        ret_reply->body_len = strlen(ret_reply->body);
        break;
    case ANSWER_FORBIDDEN:
        ret_reply->status = 403;
        break;
    case ANSWER_MALFORMED:
        ret_reply->status = (int)settings_int(settings, "malformed_status");
        break;
    case ANSWER_BUSY:
        ret_reply->status = 503;
        break;
    }
}

static int check(const struct settings *settings, struct error *error)
{
    if (settings_int(settings, "ack_status") == 204 && *settings_text(settings, "ack_body"))
        return error_set(error, ERR_INVALID, "ack_status 204 has no body: leave ack_body out");
    int rc = generic_auth_check(settings, error);
    return rc ? rc : generic_send_check(settings, error);
}

const struct channel_ops generic_channel = {
    .kind = "generic",
    .summary = "any SMS provider that speaks HTTP, by field names and templates",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .verify = generic_auth_verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = generic_send_build,
    .read_reply = generic_send_read,
    .build_self_test = generic_selftest_build,
    .check = check,
};
