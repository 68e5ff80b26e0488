/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rapidpro - a RapidPro or TextIt workspace on the other side of an "External" channel: we stand where its aggregator
 * would stand.
 * What:  what RapidPro sends to a contact comes in here as a message of that contact; what we send to a number goes to
 *        RapidPro's receive address as a message from that number. So the staff of a desk that works in RapidPro gets
 *        alerts as conversations, and their answers come back under the number the alert went to.
 * Why:   in both directions the person is the contact in RapidPro: of `from` and `to` the one that is not the number of
 *        the channel itself. RapidPro takes no id of ours, so a lost answer is `uncertain`.
 */
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/channel.h"
#include "handlers/commonkeys.h"
#include "handlers/formhook.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/msisdn.h"
#include "handlers/signature.h"
#include "handlers/urltoken.h"

static const struct key keys[] = {
    URLTOKEN_KEYS("@credential:rapidpro-token"),
    { .name = "authorization",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 8,
        .max = 256,
        .doc = "The whole value of the Authorization header that RapidPro was told to send; accepted in place of the "
               "token." },
    { .name = "number",
        .type = KEY_TEXT,
        .max = 32,
        .doc = "The number or handle of the External channel in RapidPro: our own side of every message.",
        .example = "+15005550006" },
    { .name = "receive_url",
        .type = KEY_URL,
        .max = 512,
        .doc = "The address that RapidPro shows for received messages of the channel, ending in /receive; without it "
               "this channel only receives.",
        .example = "https://rapidpro.example.org/c/ex/00000000-0000-4000-8000-000000000001/receive" },
    COMMONKEY_TEXT_MAX("1600"),
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    const char *header = request_header(request, "Authorization");
    bool is_valid = urltoken_is_given(settings, request);
    is_valid |= header && signature_is_secret(span_of(settings_text(settings, "authorization")), span_of(header));
    return is_valid ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- in -------------------------------------------------------------------------------------------------------- */

static bool is_own_number(const struct settings *settings, const struct formhook *hook, const char *names)
{
    AUTO_BUF value;
    buf_init(&value, JSONHOOK_VALUE_MAX);
    const char *number = settings_text(settings, "number");
    return *number && formhook_add(hook, names, &value) == 0 && value.len &&
           str_equal(msisdn_digits(value.data + strspn(value.data, " ")), msisdn_digits(number));
}

static int parse_message(const struct settings *settings, const struct request *request, struct sms_in *out, size_t max)
{
    static const struct jsonhook_paths to_contact = {
        .from = "to to_no_plus", .to = "from from_no_plus", .id = "id uuid", .text = "text", .is_msisdn = true
    };
    static const struct jsonhook_paths from_contact = { .from = "from sender from_no_plus",
        .to = "to to_no_plus",
        .id = "id uuid",
        .text = "text",
        .time = "date time",
        .is_msisdn = true };
    AUTO_FORMHOOK hook;
    formhook_init(&hook);
    int rc = formhook_read(&hook, request, true);
    if (rc || max < 1)
        return rc ? rc : ERR_LIMIT;
    bool is_reversed = is_own_number(settings, &hook, "to to_no_plus") || !formhook_has(&hook, "to to_no_plus");
    return formhook_fill(&hook, is_reversed ? &from_contact : &to_contact, out);
}

static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 400, ret_reply); /* RapidPro shows it as failed and does not repeat it */
}

/* ---- out ------------------------------------------------------------------------------------------------------- */

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX], date[CLOCK_TEXT_MAX];
    AUTO_BUF text;
    buf_init(&text, JSONHOOK_VALUE_MAX);
    const char *url = settings_text(settings, "receive_url");
    if (!httpsend_find_recipient(message, to) || !*url)
        return ERR_INVALID;
    httpsend_add_text(&text, message->text, settings_int(settings, "text_max"));
    if (buf_check(&text))
        return ERR_INVALID;
    httpsend_begin(out, false, url, "", settings_int(settings, "timeout"));
    clock_format(message->now_ms, date);
    httpsend_add_field(out, "from", to);
    httpsend_add_field(out, "text", text.data);
    httpsend_add_field(out, "date", date);
    return httpsend_check(out);
}

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    httpreply_read(reply, false, ret_result);
    if (reply->kind == REPLY_ANSWERED && reply->status == 404) /* no channel of that address */
        ret_result->outcome = OUTCOME_bad_config;
}

static int check(const struct settings *settings, struct error *error)
{
    return httpsend_check_url(settings, "receive_url", error);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    (void)now_ms;
    const char *number = settings_text(settings, "number");
    selftest_field(out, "from", SELFTEST_FROM);
    selftest_field(out, "id", SELFTEST_ID);
    selftest_field(out, "text", SELFTEST_TEXT);
    selftest_field(out, "to", *number ? number : SELFTEST_TO);
    selftest_path(out, settings_text(settings, "token"));
    return selftest_need(settings, "token", error);
}

const struct channel_ops rapidpro_channel = {
    .kind = "rapidpro",
    .summary = "a RapidPro or TextIt workspace, by its External channel",
    .caps = CHANNEL_RECEIVES | CHANNEL_SENDS | CHANNEL_SPLITS | CHANNEL_SMS | CHANNEL_ALERTS,
    .keys = keys,
    .verify = verify,
    .parse_message = parse_message,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_self_test = build_self_test,
    .check = check,
};
