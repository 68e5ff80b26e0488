/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slack - alerts into a Slack channel through an incoming webhook.
 * What:  blocks of plain text, so that no sign of hers formats anything, and the link for answering; the same words as
 *        `text` for notifications and for servers that speak this form without blocks.
 * Keeps: & < > are entities, so nobody is mentioned; links are not unfurled: a fetcher must not open ours.
 */
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/channel.h"
#include "handlers/chat.h"
#include "handlers/chathook.h"
#include "handlers/commonkeys.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/report.h"

static const struct key keys[] = {
    CHATHOOK_KEY_HOOK("T.../B.../...", "@credential:slack-hook"),
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

static json_t *make_section(const char *type, const struct buf *text)
{
    return json_pack("{s:s,s:{s:s,s:o}}", "type", "section", "text", "type", type, "text", chat_json(text));
}

static json_t *make_blocks(const struct sms_out *message, struct chat_limit limit)
{
    json_t *blocks = json_array();
    AUTO_BUF words;
    AUTO_BUF link;
    buf_init(&words, CHAT_BUF_MAX);
    buf_init(&link, CHAT_BUF_MAX);
    chat_add_cut(&words, chat_words(message), CHAT_SLACK, limit);
    json_array_append_new(blocks, make_section("plain_text", &words));
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
                                       make_blocks(message, limit), "unfurl_links", 0, "unfurl_media", 0));
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

const struct channel_ops slack_channel = {
    .kind = "slack",
    .summary = "alerts into a Slack channel",
    .caps = CHANNEL_SENDS | CHANNEL_ALERTS,
    .keys = keys,
    .build_send = build_send,
    .read_reply = read_reply,
    .check = httpsend_check_api_url,
};
