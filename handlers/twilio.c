/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * twilio - SMS in and out through Twilio's Programmable Messaging.
 * What:  form POST (or GET, or JSON) in, delivery reports, Messages.json out.
 * Why:   Twilio does not repeat a webhook that we answered with an error, unless the address it was given ends with
 *        "#rc=5&rp=all"; and a <Message> in our answer would be sent to her and billed: the answer is an empty
 * <Response/>. Keeps: nothing it sends is repeated by itself: the call has no idempotency key, so a lost answer is
 * `uncertain`. Not here: the signature (twilio_signature), sending (twilio_send), catching up (twilio_list).
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/fields.h"
#include "handlers/inbound.h"
#include "handlers/report.h"
#include "handlers/twilio_list.h"
#include "handlers/twilio_send.h"
#include "handlers/twilio_signature.h"
#include "handlers/url.h"

#define VALUE_MAX (64 * 1024)
#define CODE_MAX 32
#define ANSWER_BODY "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>"

static const struct key keys[] = {
    { .name = "account_sid",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 64,
        .doc = "The account, as the Twilio console shows it.",
        .example = "AC00000000000000000000000000000001" },
    { .name = "auth_token",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED | KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The primary auth token: it signs what Twilio sends us, and logs us in where no API key is given.",
        .example = "@credential:twilio-token" },
    { .name = "auth_token_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The token before the last change; accepted in signatures beside the current one.",
        .example = NULL },
    { .name = "public_url",
        .type = KEY_URL,
        .flags = KEY_REQUIRED,
        .max = 1024,
        .doc = "The address typed at Twilio under \"A message comes in\", exactly; or only scheme and host when this "
               "daemon is reached there without any change of the path.",
        .example = "https://line.example.org/in/twilio/message" },
    { .name = "status_url",
        .type = KEY_URL,
        .max = 1024,
        .doc = "The address for delivery reports; without it, public_url with /status in place of its final "
               "/message.",
        .example = NULL },
    { .name = "from",
        .type = KEY_TEXT,
        .max = 32,
        .doc = "The number or sender name that messages leave from.",
        .example = "+15005550006" },
    { .name = "messaging_service_sid",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "A messaging service that chooses the sender, in place of `from`.",
        .example = NULL },
    { .name = "api_key_sid",
        .type = KEY_TEXT,
        .max = 64,
        .doc = "An API key to log in with when sending, instead of the auth token.",
        .example = NULL },
    { .name = "api_key_secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The secret of api_key_sid.",
        .example = NULL },
    { .name = "api_url",
        .type = KEY_URL,
        .max = 256,
        .fallback = "https://api.twilio.com",
        .doc = "Where messages are sent to; a regional address of Twilio, or a test server on this machine." },
    { .name = "validity",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 36000 * 1000,
        .doc = "How long Twilio may try to hand a message to the operator; without it, Twilio's own 10 hours.",
        .example = NULL },
    { .name = "timeout",
        .type = KEY_DURATION,
        .min = 1000,
        .max = 60000,
        .fallback = "15 s",
        .doc = "How long one request to Twilio may take." },
    { .name = NULL },
};

/* ---- in -------------------------------------------------------------------------------------------------------- */

static bool is_base_url(const struct url *url)
{
    return url->path.len == 0 || span_equal(url->path, span_of("/"));
}

static bool is_status_path(const char *path)
{
    size_t len = strlen(path);
    return len >= 7 && strcmp(path + len - 7, "/status") == 0;
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms; /* the scheme has no time: a replay is a duplicate MessageSid */
    const char *public_url = settings_text(settings, "public_url");
    const char *tokens[] = { settings_text(settings, "auth_token"), settings_text(settings, "auth_token_previous"),
        NULL };
    struct url url;
    AUTO_BUF typed;
    buf_init(&typed, VALUE_MAX);
    if (is_status_path(request->path))
        twilio_send_add_status_url(settings, &typed);
    else if (url_split(span_of(public_url), &url) == 0 && !is_base_url(&url))
        buf_add_text(&typed, public_url);
    const char *typed_url = typed.len ? typed.data : "";
    return twilio_signature_is_valid(typed_url, public_url, tokens, request) ? VERDICT_VALID : VERDICT_INVALID;
}

/* The first of two names that is there; 0 or ERR_NOT_FOUND, with an empty out. */
static int get_either(const struct fields *fields, const char *name, const char *old_name, struct buf *out)
{
    int rc = fields_get(fields, name, out);
    if (rc || out->len == 0) {
        buf_clear(out);
        rc = fields_get(fields, old_name, out) ? rc : 0;
    }
    return rc;
}

/* Advanced Opt-Out: Twilio read the word itself and already acts on it. HELP stays what it is here: a cry for help. */
static enum intent intent_of_opt_out(struct span type)
{
    if (span_equal(type, span_of("STOP")))
        return INTENT_stop;
    if (span_equal(type, span_of("START")))
        return INTENT_start;
    return INTENT_help;
}

struct values {
    struct buf from, to, id, text, opt_out;
};

static void values_init(struct values *values)
{
    buf_init(&values->from, VALUE_MAX);
    buf_init(&values->to, VALUE_MAX);
    buf_init(&values->id, VALUE_MAX);
    buf_init(&values->text, INBOUND_TEXT_MAX);
    buf_init(&values->opt_out, CODE_MAX);
}

static void values_done(struct values *values)
{
    buf_done(&values->from);
    buf_done(&values->to);
    buf_done(&values->id);
    buf_done(&values->text);
    buf_done(&values->opt_out);
}

/* 1 for a message; 0 for a request that is none: a report or a call that was pointed here. */
static int fill_message(const struct fields *fields, struct values *values, struct sms_in *out)
{
    AUTO_BUF status;
    buf_init(&status, VALUE_MAX);
    int text_rc = fields_get_all(fields, "Body", &values->text);
    int id_rc = get_either(fields, "MessageSid", "SmsMessageSid", &values->id);
    if (text_rc == ERR_NOMEM || id_rc == ERR_NOMEM || text_rc == ERR_LIMIT)
        return text_rc ? text_rc : id_rc;
    if (text_rc && (id_rc || fields_get(fields, "MessageStatus", &status) == 0))
        return 0;
    int rc = fields_get_optional(fields, "From", &values->from);
    if (!rc)
        rc = fields_get_optional(fields, "To", &values->to);
    if (!rc)
        rc = fields_get_optional(fields, "OptOutType", &values->opt_out);
    if (rc)
        return rc;
    struct inbound_source source = { .from = buf_span(&values->from),
        .to = buf_span(&values->to),
        .id = buf_span(&values->id),
        .text = buf_span(&values->text) };
    rc = inbound_fill(&source, out);
    if (rc)
        return rc;
    out->provider_intent = intent_of_opt_out(buf_span(&values->opt_out));
    return 1;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    AUTO_FIELDS fields;
    struct values values;
    fields_init(&fields);
    if (max < 1)
        return ERR_LIMIT;
    int rc = fields_read(&fields, request, FIELDS_AUTO, 0);
    if (rc)
        return rc;
    values_init(&values);
    rc = fill_message(&fields, &values, out);
    values_done(&values);
    return rc;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *word;
    int status;
} status_words[] = {
    { "accepted", REPORT_PENDING },
    { "scheduled", REPORT_PENDING },
    { "queued", REPORT_PENDING },
    { "sending", REPORT_PENDING },
    { "sent", REPORT_SENT },
    { "partially_delivered", REPORT_SENT },
    { "delivered", REPORT_DELIVERED },
    { "read", REPORT_DELIVERED },
    { "undelivered", REPORT_FAILED },
    { "failed", REPORT_FAILED },
    { "canceled", REPORT_FAILED },
};

/* Account suspended for the moment or queue full, handset out of reach, unknown trouble of the operator. */
static const char *const passing_codes[] = { "30001", "30003", "30008", "63018" };

static int status_of(const char *word, const char *code)
{
    int status = REPORT_PENDING; /* a word that Twilio adds later moves nothing */
    for (size_t i = 0; i < STR_COUNT(status_words); i++) {
        if (str_equal_nocase(word, status_words[i].word))
            status = status_words[i].status;
    }
    if (status != REPORT_FAILED)
        return status;
    if (str_equal(code, "21610"))
        return REPORT_OPTED_OUT;
    for (size_t i = 0; i < STR_COUNT(passing_codes); i++) {
        if (str_equal(code, passing_codes[i]))
            return REPORT_FAILED_TEMPORARY;
    }
    return status;
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    AUTO_FIELDS fields;
    AUTO_BUF id;
    AUTO_BUF word;
    AUTO_BUF code;
    fields_init(&fields);
    buf_init(&id, VALUE_MAX);
    buf_init(&word, VALUE_MAX);
    buf_init(&code, VALUE_MAX);
    if (max < 1)
        return ERR_LIMIT;
    int rc = fields_read(&fields, request, FIELDS_AUTO, 0);
    if (!rc)
        rc = get_either(&fields, "MessageSid", "SmsSid", &id);
    if (!rc)
        rc = get_either(&fields, "MessageStatus", "SmsStatus", &word);
    if (rc || id.len == 0 || word.len == 0)
        return rc == ERR_NOMEM || rc == ERR_LIMIT ? rc : ERR_INVALID;
    memset(out, 0, sizeof *out);
    inbound_set_id(buf_span(&id), out->remote_id);
    rc = fields_get_optional(&fields, "ErrorCode", &code);
    if (rc)
        return rc;
    report_set_code(buf_span(&code), out);
    out->status = status_of(word.data, out->provider_code);
    return 1;
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    static const int statuses[] = { [ANSWER_STORED] = 200,
        [ANSWER_REPORT] = 200,
        [ANSWER_FORBIDDEN] = 403,
        [ANSWER_MALFORMED] = 400, /* repeated five times at most, within 15 seconds; and it shows in Twilio's log */
        [ANSWER_BUSY] = 503 };
    memset(ret_reply, 0, sizeof *ret_reply);
    ret_reply->status = statuses[to];
    ret_reply->content_type = "text/plain";
    if (ret_reply->status == 200) {
        ret_reply->content_type = "text/xml";
        ret_reply->body_len = strlen(ANSWER_BODY);
        memcpy(ret_reply->body, ANSWER_BODY, ret_reply->body_len);
    }
}

/* ---- checks ----------------------------------------------------------------------------------------------------- */

static int check(const struct settings *settings, struct error *error)
{
    if (!url_is_protected(settings_text(settings, "api_url")))
        return error_set(error, ERR_INVALID, "api_url: use https (http only to this machine)");
    if (settings_has(settings, "api_key_sid") != settings_has(settings, "api_key_secret"))
        return error_set(error, ERR_INVALID, "api_key_sid and api_key_secret belong together: set both or neither");
    if (*settings_text(settings, "from") && *settings_text(settings, "messaging_service_sid"))
        return error_set(error, ERR_INVALID, "from and messaging_service_sid exclude each other: keep one");
    return 0;
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    AUTO_BUF text;
    AUTO_BUF mac;
    buf_init(&text, SELFTEST_BYTES_MAX);
    buf_init(&mac, VALUE_MAX);
    int rc = selftest_need(settings, "auth_token", error);
    if (!rc)
        rc = selftest_add_url(out, settings, &text, error);
    selftest_field(out, "Body", SELFTEST_TEXT);
    selftest_field(out, "From", SELFTEST_FROM);
    selftest_field(out, "MessageSid", SELFTEST_ID);
    selftest_field(out, "To", SELFTEST_TO);
    buf_add_span(&text, buf_span(&out->pairs));
    if (!rc)
        rc = selftest_mac(MAC_SHA1, settings_text(settings, "auth_token"), buf_span(&text), SELFTEST_BASE64, &mac);
    if (!rc)
        selftest_header(out, "X-Twilio-Signature", "%s", mac.data);
    return rc;
}

const struct channel_ops twilio_channel = {
    .kind = "twilio",
    .summary = "SMS in and out through Twilio, with delivery reports and catching up",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_POLLS | CHANNEL_SPLITS | CHANNEL_SMS |
            CHANNEL_ALERTS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = twilio_send_build,
    .read_reply = twilio_send_read,
    .build_poll = twilio_list_build,
    .read_poll = twilio_list_read,
    .build_self_test = build_self_test,
    .check = check,
};
