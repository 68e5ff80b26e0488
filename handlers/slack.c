/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slack - alerts into a Slack channel through an incoming webhook.
 * What:  blocks of plain text, so that no sign of hers formats anything, and the link for answering; the same words as
 *        `text` for notifications and for servers that speak this form without blocks.
 *        With the signing secret of the app, also buttons that answer at once: Slack posts their touch to us.
 * Keeps: a touch outside of the five minutes of its signature is refused, because it may be an old one told again; the
 *        alert escalates meanwhile, so nothing is lost. & < > are entities, so nobody is mentioned; links are not
 * unfurled: a fetcher must not open ours.
 */
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/ack.h"
#include "handlers/callback.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/chathook.h"
#include "handlers/commonkeys.h"
#include "handlers/form.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/report.h"
#include "handlers/signature.h"

static const struct key keys[] = {
    CHATHOOK_KEY_HOOK("T.../B.../...", "@credential:slack-hook"),
    { .name = "signing_secret",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .min = 8,
        .max = 128,
        .doc =
            "The signing secret of the app whose interactivity address is ours: proves that a touch of a button comes "
            "from Slack; without it alerts have no buttons but the link, and nothing comes in.",
        .example = "@credential:slack-signing" },
    { .name = "signing_secret_previous",
        .type = KEY_TEXT,
        .flags = KEY_SECRET,
        .max = 128,
        .doc = "The signing secret before the last change, accepted beside the current one." },
    COMMONKEY_API_URL("https://hooks.slack.com/services"),
    { .name = "text_max",
        .type = KEY_INT,
        .min = 300,
        .max = 3000,
        .fallback = "3000",
        .doc = "The longest text of one block, in UTF-16 units; a longer one is cut with a note." },
    COMMONKEY_TIMEOUT,
    { .name = NULL },
};

/* Slack's own bound on the age of a signature. */
#define REPLAY_WINDOW_S 300
#define SIGNATURE_PREFIX "v0="
#define SIGNATURE_HEX_LEN 64
#define SIGNED_MAX (256u << 10)

/* ---- out ------------------------------------------------------------------------------------------------------- */

static json_t *make_section(const char *type, const struct buf *text)
{
    return json_pack("{s:s,s:{s:s,s:o}}", "type", "section", "text", "type", type, "text", chat_json(text));
}

static json_t *make_button(const struct sms_out *message, bool is_taking)
{
    char value[CALLBACK_DATA_MAX];
    callback_write(message, is_taking, value);
    return json_pack("{s:s,s:{s:s,s:s},s:s,s:s}", "type", "button", "text", "type", "plain_text", "text",
        is_taking ? CALLBACK_LABEL_TAKE : CALLBACK_LABEL_DECLINE, "action_id", is_taking ? "ack" : "decline", "value",
        value);
}

static json_t *make_blocks(const struct settings *settings, const struct sms_out *message, struct chat_limit limit)
{
    json_t *blocks = json_array();
    AUTO_BUF words;
    AUTO_BUF link;
    buf_init(&words, CHAT_BUF_MAX);
    buf_init(&link, CHAT_BUF_MAX);
    chat_add_cut(&words, chat_words(message), CHAT_SLACK, limit);
    json_array_append_new(blocks, make_section("plain_text", &words));
    if (callback_is_wanted(message) && *settings_text(settings, "signing_secret"))
        json_array_append_new(blocks, json_pack("{s:s,s:[o,o]}", "type", "actions", "elements",
                                          make_button(message, true), make_button(message, false)));
    if (chat_link(message)) {
        chat_add_link(&link, chat_link(message), CHAT_SLACK);
        json_array_append_new(blocks, make_section("mrkdwn", &link));
    }
    return blocks;
}

static int build_send(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    struct chat_limit limit = { CHAT_UTF16, (size_t)settings_int(settings, "text_max") };
    AUTO_BUF text;
    buf_init(&text, CHAT_BUF_MAX);
    int rc = chathook_begin(settings, message, out);
    if (rc)
        return rc;
    chat_add_message(&text, message, CHAT_SLACK, limit);
    return httpsend_take_json(out, json_pack("{s:o,s:o,s:b,s:b}", "text", chat_json(&text), "blocks",
                                       make_blocks(settings, message, limit), "unfurl_links", 0, "unfurl_media", 0));
}

/* These mean this hook or this channel, for good; the rest of 403 is about who we are. */
static const char *const refusals[] = { "action_prohibited", "channel_not_found", "channel_is_archived",
    "user_not_found", "posting_to_general_channel_denied", NULL };

static void read_reply(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    char word[64];
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    str_copy_span(word, sizeof word, reply->body);
    word[strcspn(word, " \r\n")] = '\0';
    if (ret_result->outcome == OUTCOME_sent) {
        if (!str_equal(word, "ok"))
            ret_result->outcome = OUTCOME_unparseable;
        return;
    }
    httpreply_set_code(ret_result, word);
    if (report_has_word(refusals, word))
        ret_result->outcome = OUTCOME_rejected;
}

/* ---- back ------------------------------------------------------------------------------------------------------ */

static bool is_signed(const char *secret, const char *timestamp, struct span body, struct span given)
{
    AUTO_BUF text;
    buf_init(&text, SIGNED_MAX);
    buf_add_format(&text, "v0:%s:", timestamp);
    buf_add_span(&text, body);
    return buf_check(&text) == 0 && signature_is_any(MAC_SHA256, span_of(secret), buf_span(&text), given);
}

static enum verdict verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    const char *signature = request_header(request, "X-Slack-Signature");
    const char *timestamp = request_header(request, "X-Slack-Request-Timestamp");
    int64_t at_s;
    if (!signature || !timestamp || !str_starts(signature, SIGNATURE_PREFIX) ||
        str_to_int64(timestamp, 0, INT64_MAX / 1000, &at_s))
        return VERDICT_INVALID;
    struct span given = span_of(signature + strlen(SIGNATURE_PREFIX));
    bool is_hex = given.len == SIGNATURE_HEX_LEN;
    bool is_valid = is_signed(settings_text(settings, "signing_secret"), timestamp, request->body, given);
    is_valid |= is_signed(settings_text(settings, "signing_secret_previous"), timestamp, request->body, given);
    int64_t age_s = now_ms / 1000 - at_s;
    bool is_fresh = age_s <= REPLAY_WINDOW_S && age_s >= -REPLAY_WINDOW_S;
    return is_hex && is_valid && is_fresh ? VERDICT_VALID : VERDICT_INVALID;
}

/* trigger_id is new at each touch; without it the time of the action and the person stand for it. */
static void set_event(json_t *payload, const json_t *action, struct contact_act *act)
{
    char id[REMOTE_ID_MAX];
    const char *trigger = json_text(payload, "trigger_id", ""), *at = json_text(action, "action_ts", "");
    const char *user = json_text(json_object_get(payload, "user"), "id", "");
    (void)snprintf(id, sizeof id, "%s/%s/%s", at, user, json_text(action, "value", ""));
    if (*trigger || *at)
        inbound_set_id(span_of(*trigger ? trigger : id), act->event_id);
}

static bool read_action(json_t *payload, const json_t *action, struct contact_act *act)
{
    const json_t *user = json_object_get(payload, "user");
    *act = (struct contact_act){ .sent_at = 0 };
    if (!callback_read(json_text(action, "value", ""), act))
        return false;
    const char *name = json_text(user, "name", "");
    callback_set_who(*name ? name : json_text(user, "username", ""), json_text(user, "id", ""), act);
    set_event(payload, action, act);
    return true;
}

static int read_payload(struct span text, struct contact_act *out, size_t max)
{
    struct error error;
    int count = 0;
    AUTO_JSON *payload = json_read(text, &error);
    if (!json_is_object(payload))
        return ERR_INVALID;
    if (!str_equal(json_text(payload, "type", ""), "block_actions"))
        return 0;
    const json_t *actions = json_object_get(payload, "actions");
    for (size_t i = 0; i < json_array_size(actions); i++) {
        if ((size_t)count == max)
            return ERR_LIMIT;
        count += read_action(payload, json_array_get(actions, i), &out[count]);
    }
    return count;
}

static int parse_acts(
    const struct settings *settings, const struct request *request, struct contact_act *out, size_t max)
{
    (void)settings;
    struct form form;
    struct span payload;
    form_init(&form);
    int rc = form_add(&form, request->body);
    if (!rc)
        rc = form_find(&form, "payload", &payload) ? read_payload(payload, out, max) : ERR_INVALID;
    form_done(&form);
    return rc;
}

/* Slack shows whatever stands in the body, or complains about it. */
static void answer(const struct settings *settings, enum answer_to to, struct reply *ret_reply)
{
    (void)settings;
    ack_fill(to, 200, ret_reply);
}

/* ---- self-test --------------------------------------------------------------------------------------------------- */

static int build_self_test(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    AUTO_BUF text;
    AUTO_BUF mac;
    buf_init(&text, SELFTEST_BYTES_MAX);
    buf_init(&mac, 256);
    long long now_s = now_ms / 1000;
    out->is_proof_only = true;
    int rc = selftest_need_for_acts(settings, "signing_secret", error);
    selftest_field(out, "payload", "{}");
    buf_add_format(&text, "v0:%lld:", now_s);
    buf_add_span(&text, buf_span(&out->body));
    if (!rc)
        rc = selftest_mac(MAC_SHA256, settings_text(settings, "signing_secret"), buf_span(&text), SELFTEST_HEX, &mac);
    if (rc)
        return rc;
    selftest_header(out, "X-Slack-Request-Timestamp", "%lld", now_s);
    selftest_header(out, "X-Slack-Signature", SIGNATURE_PREFIX "%s", mac.data);
    return 0;
}

const struct channel_ops slack_channel = {
    .kind = "slack",
    .summary = "alerts into a Slack channel",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS | CHANNEL_ACTS | CHANNEL_SHOWS,
    .keys = keys,
    .verify = verify,
    .parse_acts = parse_acts,
    .answer = answer,
    .build_send = build_send,
    .read_reply = read_reply,
    .build_self_test = build_self_test,
    .check = httpsend_check_api_url,
};
