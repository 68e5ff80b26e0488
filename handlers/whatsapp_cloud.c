/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * whatsapp_cloud - alerts as WhatsApp templates through Meta's Cloud API; answers and delivery reports back.
 * What:  Meta has one address for everything: messages and reports both come to /message, and its question whether we
 *        are who we say (hub.challenge) is answered there.
 * Why:   free text is allowed for a day after the person wrote, an alert is needed at any time: so it is an approved
 *        template, whose parameters the operator names. Sending is in whatsapp_send.c.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/alertfields.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/fields.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/jsonhook.h"
#include "handlers/report.h"
#include "handlers/signature.h"
#include "handlers/whatsapp_send.h"

#define SIGNATURE_PREFIX "sha256="
#define SIGNATURE_HEX_LEN 64
#define CHALLENGE_MAX 128

static const struct key keys[] = {
    { .name = "phone_number_id",
        .type = KEY_TEXT,
        .flags = KEY_REQUIRED,
        .min = 1,
        .max = 32,
        .doc = "The id of the number that alerts leave from (not the number itself).",
        .example = "100000000000001" },
    { .name = "token",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 1024,
        .doc = "A permanent access token of a system user; without it this channel only receives.",
        .example = "@credential:whatsapp-token" },
    { .name = "template",
        .type = KEY_TEXT,
        .max = 512,
        .doc = "The name of the approved template.",
        .example = "helpline_alert" },
    { .name = "template_language",
        .type = KEY_TEXT,
        .min = 2,
        .max = 16,
        .fallback = "en",
        .doc = "The language of that template." },
    { .name = "parameters",
        .type = KEY_WORDS,
        .words = alertfields_words,
        .doc = "What the places {{1}}, {{2}} ... of its body are filled with; without it, subject, body and ack_url.",
        .example = "subject|body|ack_url" },
    { .name = "button_url",
        .type = KEY_URL,
        .max = 512,
        .doc = "The fixed beginning of the template's link button; the rest of the answer link is its parameter." },
    { .name = "parameter_max",
        .type = KEY_INT,
        .min = 60,
        .max = 32768,
        .fallback = "900",
        .doc = "The longest parameter, in UTF-16 units; a longer one is cut with a note." },
    { .name = "app_secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 1,
        .max = 128,
        .doc = "The secret of the Meta app, which signs what comes in; without it nothing is accepted.",
        .example = "@credential:whatsapp-app" },
    { .name = "app_secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The secret before the last change, accepted beside the current one." },
    { .name = "verify_token",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 8,
        .max = 128,
        .doc = "A word of your own making, typed at Meta beside our address.",
        .example = "@credential:whatsapp-verify" },
    COMMONKEY_API_URL("https://graph.facebook.com"),
    { .name = "api_version",
        .type = KEY_TEXT,
        .min = 2,
        .max = 8,
        .fallback = "v25.0",
        .doc = "The version of the API." },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* ---- proof ----------------------------------------------------------------------------------------------------- */

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms; /* the scheme has no time */
    static const char *const secrets[] = { "app_secret", "app_secret_previous" };
    const char *header = request_header(request, "X-Hub-Signature-256");
    if (!header || !str_starts(header, SIGNATURE_PREFIX))
        return VERDICT_INVALID;
    struct span given = span_of(header + strlen(SIGNATURE_PREFIX));
    for (size_t i = 0; given.len == SIGNATURE_HEX_LEN && i < STR_COUNT(secrets); i++) {
        const char *secret = settings_text(settings, secrets[i]);
        if (signature_is_any(MAC_SHA256, span_of(secret), request->body, given))
            return VERDICT_VALID;
    }
    return VERDICT_INVALID;
}

/* ---- messages -------------------------------------------------------------------------------------------------- */

/* What a message without words says: she sent a voice note, a picture, the place where she is. */
static int set_other_text(json_t *item, struct sms_in *sms)
{
    AUTO_BUF text;
    AUTO_BUF place;
    buf_init(&text, INBOUND_TEXT_MAX);
    buf_init(&place, JSONHOOK_VALUE_MAX);
    const char *type = jsonhook_text(item, "/type");
    if (*sms->text || !*type)
        return 0;
    (void)!jsonhook_add(item, "/location/latitude", &place);
    buf_add_char(&place, ' ');
    (void)!jsonhook_add(item, "/location/longitude", &place);
    buf_add_format(&text, "[%s%s%s]", type, place.len > 1 ? " " : "", place.len > 1 ? place.data : "");
    char *taken = buf_take(&text);
    if (!taken)
        return ERR_NOMEM;
    sms_in_done(sms);
    sms->text = taken;
    return 0;
}

static int fill_message(json_t *item, struct sms_in *out)
{
    static const struct jsonhook_paths paths = { .from = "/from /from_user_id",
        .id = "/id",
        .text = "/text/body /button/text /interactive/button_reply/title /interactive/list_reply/title /image/caption "
                "/video/caption /document/caption",
        .time = "/timestamp",
        .is_msisdn = true };
    int rc = jsonhook_fill(item, &paths, out);
    if (!rc) {
        rc = set_other_text(item, out);
        if (rc)
            sms_in_done(out);
    }
    return rc;
}

/* A sign put under a message of ours says nothing that could be read. */
static bool is_wordless(json_t *item)
{
    return str_equal(jsonhook_text(item, "/type"), "reaction");
}

typedef int (*take_fn)(json_t *item, void *out, size_t *count, size_t max);

static int take_message(json_t *item, void *out, size_t *count, size_t max)
{
    if (is_wordless(item))
        return 0;
    if (*count >= max)
        return ERR_LIMIT;
    int rc = fill_message(item, (struct sms_in *)out + *count);
    *count += rc == 0;
    return rc;
}

/* Calls take for every element of the list `name` in every change of every entry. */
static int walk(json_t *root, const char *name, take_fn take, void *out, size_t max, size_t *ret_count)
{
    json_t *entry, *change, *item, *entries = json_object_get(root, "entry");
    size_t e, c, i;
    int rc = json_is_array(entries) ? 0 : ERR_INVALID;
    *ret_count = 0;
    json_array_foreach(entries, e, entry)
    {
        json_array_foreach(json_object_get(entry, "changes"), c, change)
        {
            json_t *list = json_object_get(json_object_get(change, "value"), name);
            json_array_foreach(list, i, item)
            {
                if (!rc)
                    rc = json_is_object(item) ? take(item, out, ret_count, max) : ERR_INVALID;
            }
        }
    }
    return rc;
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    (void)settings;
    size_t count;
    AUTO_JSON *root = jsonhook_read(request);
    int rc = root ? walk(root, "messages", take_message, out, max, &count) : ERR_INVALID;
    if (rc)
        return root ? jsonhook_give_up(out, count, rc) : rc;
    return (int)count;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

static const struct report_word status_words[] = { { "accepted", REPORT_PENDING }, { "sent", REPORT_SENT },
    { "delivered", REPORT_DELIVERED }, { "read", REPORT_DELIVERED }, { "played", REPORT_DELIVERED },
    { "failed", REPORT_FAILED }, { NULL, 0 } };

static int take_report(json_t *item, void *out, size_t *count, size_t max)
{
    struct delivery_report *report = (struct delivery_report *)out + *count;
    if (*count >= max)
        return ERR_LIMIT;
    int status = report_status(status_words, jsonhook_text(item, "/status"));
    int rc = jsonhook_fill_report(item, "/id", "/errors/0/code", "/timestamp", status, report);
    if (rc)
        return rc;
    if (status == REPORT_FAILED && whatsapp_send_is_passing(report->provider_code))
        report->status = REPORT_FAILED_TEMPORARY;
    (*count)++;
    return 0;
}

static int parse_status(
    const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max)
{
    (void)settings;
    size_t count;
    AUTO_JSON *root = jsonhook_read(request);
    int rc = root ? walk(root, "statuses", take_report, out, max, &count) : ERR_INVALID;
    return rc ? rc : (int)count;
}

/* ---- answers --------------------------------------------------------------------------------------------------- */

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

static bool greet(const struct settings *settings, const struct request *request, struct reply *ret_reply)
{
    const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    AUTO_FIELDS fields;
    AUTO_BUF mode;
    AUTO_BUF token;
    AUTO_BUF challenge;
    fields_init(&fields);
    buf_init(&mode, 32);
    buf_init(&token, 256);
    buf_init(&challenge, CHALLENGE_MAX);
    if (!str_equal(request->method, "GET") || fields_read(&fields, request, FIELDS_QUERY, 0) ||
        fields_get(&fields, "hub.mode", &mode) || fields_get(&fields, "hub.verify_token", &token) ||
        fields_get(&fields, "hub.challenge", &challenge))
        return false;
    bool is_ours = signature_is_secret(span_of(settings_text(settings, "verify_token")), buf_span(&token));
    /* What is echoed is a word: nothing that a browser could take for a page. */
    if (!is_ours || !str_equal(mode.data, "subscribe") || challenge.len == 0 ||
        strspn(challenge.data, letters) != challenge.len)
        return false;
    *ret_reply = (struct reply){ .status = 200, .content_type = "text/plain; charset=utf-8" };
    str_copy(ret_reply->body, sizeof ret_reply->body, challenge.data);
    ret_reply->body_len = challenge.len;
    return true;
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    AUTO_BUF mac;
    buf_init(&mac, 256);
    json_t *item = json_pack("{s:s,s:s,s:s,s:{s:s}}", "id", SELFTEST_ID, "from", SELFTEST_FROM_DIGITS, "type", "text",
        "text", "body", SELFTEST_TEXT);
    selftest_json(out, json_pack("{s:s,s:[{s:s,s:[{s:s,s:{s:[o]}}]}]}", "object", "whatsapp_business_account", "entry",
                           "id", "0", "changes", "field", "messages", "value", "messages", item));
    int rc = selftest_need(settings, "app_secret", error);
    if (!rc)
        rc = selftest_mac(MAC_SHA256, settings_text(settings, "app_secret"), buf_span(&out->body), SELFTEST_HEX, &mac);
    if (!rc)
        selftest_header(out, "X-Hub-Signature-256", SIGNATURE_PREFIX "%s", mac.data);
    return rc;
}

const struct channel_ops whatsapp_cloud_channel = {
    .kind = "whatsapp_cloud",
    .summary = "alerts as WhatsApp templates through Meta's Cloud API",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_REPORTS | CHANNEL_ALERTS | CHANNEL_ONE_ADDRESS | CHANNEL_LISTS,
    .keys = keys,
    .verify = verify,
    .greet = greet,
    .parse_message = parse_message,
    .parse_status = parse_status,
    .answer = answer,
    .build_send = whatsapp_send_build,
    .read_reply = whatsapp_send_read,
    .build_self_test = build_self_test,
    .check = httpsend_check_api_url,
};
