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
#include "handlers/base64text.h"
#include "handlers/channel.h"
#include "handlers/formhook.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/publicurl.h"
#include "handlers/report.h"
#include "handlers/twilio_list.h"
#include "handlers/twilio_send.h"
#include "handlers/twilio_signature.h"
#include "handlers/url.h"

#define VALUE_MAX (64 * 1024)
#define TOKEN_HEADER "I-Twilio-Idempotency-Token" /* equal over all tries of one request */
#define OPTED_OUT_CODE "21610"
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

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms; /* the scheme has no time: a replay is a duplicate MessageSid */
    const char *public_url = settings_text(settings, "public_url");
    const char *tokens[] = { settings_text(settings, "auth_token"), settings_text(settings, "auth_token_previous"),
        NULL };
    struct url url;
    AUTO_BUF typed;
    buf_init(&typed, VALUE_MAX);
    if (publicurl_is_status(request))
        httpsend_add_status_url(settings, &typed);
    else if (url_split(span_of(public_url), &url) == 0 && !is_base_url(&url))
        buf_add_text(&typed, public_url);
    const char *typed_url = typed.len ? typed.data : "";
    return twilio_signature_is_valid(typed_url, public_url, tokens, request) ? VERDICT_VALID : VERDICT_INVALID;
}

/* Advanced Opt-Out: Twilio read the word itself and already acts on it. HELP stays what it is here: a cry for help. */
static enum intent intent_of_opt_out(const struct formhook *hook)
{
    if (formhook_is_word(hook, "OptOutType", "STOP"))
        return INTENT_stop;
    return formhook_is_word(hook, "OptOutType", "START") ? INTENT_start : INTENT_help;
}

static const struct report_word status_words[] = { { "accepted", REPORT_PENDING }, { "scheduled", REPORT_PENDING },
    { "queued", REPORT_PENDING }, { "sending", REPORT_PENDING }, { "sent", REPORT_SENT },
    { "partially_delivered", REPORT_SENT }, { "delivered", REPORT_DELIVERED }, { "read", REPORT_DELIVERED },
    { "undelivered", REPORT_FAILED }, { "failed", REPORT_FAILED }, { "canceled", REPORT_FAILED }, { NULL, 0 } };

/* A report that was pointed here: its status is one of sending. A message has `received`, or none. */
static bool is_report(const struct formhook *hook)
{
    if (formhook_has(hook, "MessageStatus"))
        return true;
    for (const struct report_word *known = status_words; known->word; known++) {
        if (formhook_is_word(hook, "SmsStatus", known->word))
            return true;
    }
    return false;
}

/* A call of the Voice product that was pointed here has neither text nor message. */
static bool is_message(const struct formhook *hook)
{
    if (formhook_has(hook, "Body"))
        return true;
    bool is_call = formhook_has(hook, "CallSid") && !formhook_has(hook, "MessageSid SmsMessageSid SmsSid");
    return formhook_has(hook, "From MessageSid SmsMessageSid NumMedia") && !is_report(hook) && !is_call;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    static const struct jsonhook_paths names = {
        .from = "From", .to = "To", .id = "MessageSid SmsMessageSid SmsSid", .text = "Body"
    };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    if (max < 1)
        return ERR_LIMIT;
    int rc = formhook_read(&hook, request, false);
    if (rc || !is_message(&hook))
        return rc;
    rc = formhook_fill(&hook, &names, out);
    if (rc != 1)
        return rc;
    const char *token = request_header(request, TOKEN_HEADER);
    if (!*out->remote_id && token)
        inbound_set_id(span_of(token), out->remote_id);
    base64text_reveal(out);
    out->provider_intent = intent_of_opt_out(&hook);
    return 1;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

/* Queue full, handset out of reach, unknown trouble of the operator, a channel that is busy. */
static const char *const passing_codes[] = { "30001", "30003", "30008", "63018", NULL };

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    static const struct formhook_report names = { .id = "MessageSid SmsSid SmsMessageSid",
        .word = "MessageStatus SmsStatus",
        .code = "ErrorCode",
        .text = "Body",
        .words = status_words };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    if (max < 1)
        return ERR_LIMIT;
    int rc = formhook_read(&hook, request, false);
    /* A picture that was pointed at the address of reports has a status too: `received`. */
    if (rc || (is_message(&hook) && formhook_is_word(&hook, "SmsStatus", "received")))
        return rc ? rc : ERR_INVALID;
    rc = formhook_fill_report(&hook, &names, out);
    if (rc != 1 || out->status != REPORT_FAILED)
        return rc;
    if (str_equal(out->provider_code, OPTED_OUT_CODE))
        out->status = REPORT_OPTED_OUT;
    else if (report_has_word(passing_codes, out->provider_code))
        out->status = REPORT_FAILED_TEMPORARY;
    return rc;
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
