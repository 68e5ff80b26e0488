/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_channel_telegram - alerts from a bot: HTML, buttons and their touch, chats of 64 bits, what its errors mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/actcase.h"
#include "tests/support/alertcase.h"
#include "tests/support/vectorcase.h"

static const char *const pairs[] = { "token=12:Ab-c/", "chat_id=-1001234567890", NULL };

static void alerts_and_notices_become_one_request(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "<b>&\"x\"", false, 0, "POST", "https://api.telegram.org/bot12:Ab-c%2F/sendMessage",
            "Content-Type: application/json",
            "{\"chat_id\":-1001234567890,\"text\":\"&lt;b&gt;&amp;&quot;x&quot;\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true},\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"Answer\",\"url\":\"" ALERTCASE_LINK
            "\"}]]}}" },
        { "another chat", "9007199254740993", "x", true, 0, NULL, "https://api.telegram.org/bot12:Ab-c%2F/sendMessage",
            NULL,
            "{\"chat_id\":9007199254740993,\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}" },
        { "a topic", "-1001/17", "x", true, 0, NULL, NULL, NULL,
            "{\"chat_id\":-1001,\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true},\"message_thread_id\":17}" },
        { "a public channel", "@line_desk", "x", true, 0, NULL, NULL, NULL,
            "{\"chat_id\":\"@line_desk\",\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}" },
        { "a telephone number", "+966500000001", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "a topic that is none", "-1001/x", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "more than 64 bits", "99999999999999999999", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "an empty name", "@", "x", true, ERR_INVALID, NULL, NULL, NULL, NULL },
        { "nothing to say", "default", "", true, ERR_INVALID, NULL, NULL, NULL, NULL },
    };
    alertcase_check_sends("telegram", pairs, cases, STR_COUNT(cases));
}

static void trust_size_and_link_are_kept(void **state)
{
    (void)state;
    alertcase_check_shape(&(const struct alertcase_shape){ "telegram", pairs, "default", "/text", 4096 });
}

static void replies_are_told_apart(void **state)
{
    (void)state;
    static const struct channelcase_reply cases[] = {
        { "taken", REPLY_ANSWERED, 200, "{\"ok\":true,\"result\":{\"message_id\":77}}", OUTCOME_sent, "77", "" },
        { "no id", REPLY_ANSWERED, 200, "{\"ok\":true}", OUTCOME_unparseable, "", "" },
        { "some page", REPLY_ANSWERED, 200, "x", OUTCOME_unparseable, "", "" },
        { "no such chat", REPLY_ANSWERED, 400,
            "{\"ok\":false,\"error_code\":400,\"description\":\"Bad Request: chat not found\"}", OUTCOME_rejected, "",
            "400" },
        { "the group has moved", REPLY_ANSWERED, 400,
            "{\"ok\":false,\"error_code\":400,\"description\":\"x\",\"parameters\":{\"migrate_to_chat_id\":-1009876543210}}",
            OUTCOME_rejected, "", "moved:-1009876543210" },
        { "the bot was blocked", REPLY_ANSWERED, 403, "{\"ok\":false,\"error_code\":403}", OUTCOME_rejected, "",
            "403" },
        { "wrong token", REPLY_ANSWERED, 401, "{\"ok\":false,\"error_code\":401}", OUTCOME_bad_config, "", "401" },
        { "no such bot", REPLY_ANSWERED, 404, "{\"ok\":false,\"error_code\":404}", OUTCOME_bad_config, "", "404" },
        { "trouble there", REPLY_ANSWERED, 502, "", OUTCOME_uncertain, "", "" },
        { "a refusal with 200", REPLY_ANSWERED, 200, "{\"ok\":false}", OUTCOME_unparseable, "", "0" },
        { "certainly not sent", REPLY_NOT_SENT, 0, "", OUTCOME_retry_network, "", "" },
        { "answer lost", REPLY_UNKNOWN, 0, "", OUTCOME_uncertain, "", "" },
    };
    channelcase_check_replies("telegram", pairs, cases, STR_COUNT(cases));
}

static void the_wait_that_is_asked_for_is_kept(void **state)
{
    (void)state;
    static const struct alertcase_wait cases[] = {
        { "throttled by the body", 429, 0, "{\"ok\":false,\"error_code\":429,\"parameters\":{\"retry_after\":35}}",
            OUTCOME_retry_throttled, 35 },
        { "throttled by the header", 429, 9, "{\"ok\":false,\"error_code\":429}", OUTCOME_retry_throttled, 9 },
        { "refused", 400, 0, "{\"ok\":false,\"error_code\":400,\"parameters\":{\"retry_after\":35}}", OUTCOME_rejected,
            0 },
    };
    alertcase_check_waits("telegram", pairs, cases, STR_COUNT(cases));
}

static void settings_that_cannot_work_are_refused(void **state)
{
    (void)state;
    static const struct channelcase_refusal cases[] = {
        { "no chat", { "token=t", "chat_id=desk" }, "chat_id" },
        { "http elsewhere", { "token=t", "api_url=http://api.telegram.org" }, "https" },
    };
    channelcase_check_refusals("telegram", cases, STR_COUNT(cases));
}

/* ---- what comes back ------------------------------------------------------------------------------------------- */

static const char *const heard[] = { "token=12:Ab-c/", "chat_id=-1001234567890", "secret_token=Tg_secret-01", NULL };

static void buttons_stand_under_what_can_still_be_answered(void **state)
{
    (void)state;
    static const struct alertcase_request cases[] = {
        { "an alert", "default", "x", false, 0, NULL, NULL, NULL,
            "{\"chat_id\":-1001234567890,\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true},"
            "\"reply_markup\":{\"inline_keyboard\":[[{\"text\":\"I take it\",\"callback_data\":\"ack:a1\"},{\"text\":\"I cannot\","
            "\"callback_data\":\"decline:a1\"}],[{\"text\":\"Answer\",\"url\":\"" ALERTCASE_LINK "\"}]]}}" },
        { "a notice", "default", "x", true, 0, NULL, NULL, NULL,
            "{\"chat_id\":-1001234567890,\"text\":\"x\",\"parse_mode\":\"HTML\",\"link_preview_options\":{\"is_disabled\":true}}" },
    };
    alertcase_check_sends("telegram", heard, cases, STR_COUNT(cases));
}

static const char *const vector_pairs[] = { "token=t", NULL };

static void signatures_are_judged_as_the_vectors_say(void **state)
{
    (void)state;
    vectorcase_check(&(struct vectorcase){
        .kind = "telegram", .scheme = "telegram", .pairs = vector_pairs, .secret_key = "secret_token", .at_least = 6 });
}

#define FROM "\"from\":{\"id\":42,\"is_bot\":false,\"first_name\":\"Maria\",\"last_name\":\"Cruz\"}"
#define GROUP "\"chat\":{\"id\":-1001234567890,\"type\":\"supergroup\"}"
#define ALONE "\"chat\":{\"id\":77,\"type\":\"private\",\"username\":\"maria\"}"
#define TOUCH(data)                                                                                                    \
    "{\"update_id\":1,\"callback_query\":{\"id\":\"q1\"," FROM ",\"message\":{\"message_id\":7," GROUP                 \
    "},\"data\":\"" data "\"}}"
#define TYPED(chat, text)                                                                                              \
    "{\"update_id\":2,\"message\":{\"message_id\":8," FROM "," chat ",\"date\":1767225600,\"text\":\"" text "\"}}"

static void touches_and_words_are_read(void **state)
{
    (void)state;
    static const struct actcase cases[] = {
        { "taking", TOUCH("ack:a1"), 1, CONTACT_TAKES, "a1", "q1", "-1001234567890", "", "Maria Cruz (42)", "" },
        { "declining", TOUCH("decline:a1"), 1, CONTACT_DECLINES, "a1", "q1", NULL, NULL, NULL, NULL },
        { "a button that is none of ours", TOUCH("buy"), 1, CONTACT_TAKES, "", "q1", NULL, NULL, NULL, NULL },
        { "no alert behind it", TOUCH("ack:"), 1, CONTACT_TAKES, "", NULL, NULL, NULL, NULL, NULL },
        { "an id that is too long", TOUCH("ack:0123456789012345678901234567890123456789012345"), 1, CONTACT_TAKES, "",
            NULL, NULL, NULL, NULL, NULL },
        { "a message that is too old to be shown", "{\"callback_query\":{\"id\":\"q1\",\"data\":\"ack:a1\"}}", 1,
            CONTACT_TAKES, "a1", "q1", "", "", "", NULL },
        { "an id of 64 bits",
            "{\"callback_query\":{\"id\":\"q1\",\"from\":{\"id\":9007199254740993},\"data\":\"ack:a1\"}}", 1,
            CONTACT_TAKES, "a1", "q1", "", "", "(9007199254740993)", NULL },
        { "a name that plays with lines",
            "{\"callback_query\":{\"id\":\"q\",\"from\":{\"first_name\":\"a\\nb\\u202ec\"},\"data\":\"ack:a1\"}}", 1,
            CONTACT_TAKES, "a1", "q", "", "", "a\\x0ab\\u202ec", NULL },
        { "a topic of the group",
            "{\"callback_query\":{\"id\":\"q\",\"message\":{\"message_thread_id\":17,\"is_topic_message\":true," GROUP
            "},\"data\":\"ack:a1\"}}",
            1, CONTACT_TAKES, "a1", "q", "-1001234567890/17", "", "", NULL },
        { "typed to the bot alone", TYPED(ALONE, "OK 1042 KTRM"), 1, CONTACT_SAYS, "", "77/8", "77", "@maria",
            "Maria Cruz (42)", "OK 1042 KTRM" },
        { "a command in the group", TYPED(GROUP, "/ok@line_bot 1042 KTRM"), 1, CONTACT_SAYS, "", NULL, NULL, "", NULL,
            "ok 1042 KTRM" },
        { "a command of one word", TYPED(GROUP, "/off"), 1, CONTACT_SAYS, "", NULL, NULL, "", NULL, "off" },
        { "the talk of the group", TYPED(GROUP, "OK, who goes?"), 0, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "another bot", "{\"message\":{\"from\":{\"is_bot\":true}," ALONE ",\"text\":\"OK 1042 KTRM\"}}", 0, 0, NULL,
            NULL, NULL, NULL, NULL, NULL },
        { "a picture", "{\"message\":{" FROM "," ALONE ",\"photo\":[]}}", 0, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "what we do not ask for", "{\"update_id\":3,\"edited_message\":{}}", 0, 0, NULL, NULL, NULL, NULL, NULL,
            NULL },
        { "a list", "[]", ERR_INVALID, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "no JSON", "{", ERR_INVALID, 0, NULL, NULL, NULL, NULL, NULL, NULL },
        { "the same key twice", "{\"callback_query\":{\"id\":\"a\",\"id\":\"b\"}}", ERR_INVALID, 0, NULL, NULL, NULL,
            NULL, NULL, NULL },
    };
    actcase_check("telegram", heard, cases, STR_COUNT(cases));
}

static void updates_are_fetched_from_where_they_were_left(void **state)
{
    (void)state;
    static const char *const fetched[] = { "token=12:Ab-c/", "chat_id=-1001", "get_updates=true", NULL };
    static const struct {
        const char *label, *cursor;
        int status;
        const char *body;
        int want;
        enum outcome outcome;
        unsigned unread;
        const char *next;
    } cases[] = {
        { "nothing new", "900", 200, "{\"ok\":true,\"result\":[]}", 0, OUTCOME_sent, 0, "900" },
        { "two touches, one thing of another kind and one that cannot be read", "", 200,
            "{\"ok\":true,\"result\":[{\"update_id\":900,\"callback_query\":{\"id\":\"a\",\"data\":\"ack:a1\"}},7,"
            "{\"update_id\":901,\"poll\":{}},{\"update_id\":902,\"callback_query\":{\"id\":\"b\",\"data\":\"ack:a1\"}}]}",
            2, OUTCOME_sent, 1, "903" },
        { "no list", "900", 200, "{\"ok\":true}", ERR_INVALID, OUTCOME_unparseable, 0, "900" },
        { "the bot has a webhook", "900", 409, "{\"ok\":false}", ERR_INVALID, OUTCOME_bad_config, 0, "900" },
        { "no such bot", "", 401, "{\"ok\":false}", ERR_INVALID, OUTCOME_bad_config, 0, "" },
        { "too often", "", 429, "{\"ok\":false}", ERR_INVALID, OUTCOME_retry_throttled, 0, "" },
    };
    struct settings *settings = channels_settings("telegram", fetched);
    const struct channel_ops *ops = registry_find("telegram");
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct contact_act acts[CHANNEL_LISTED_ACTS_MAX];
        struct poll_from from = { .since_ms = 0 };
        struct poll_page page;
        struct transmit_reply reply = {
            .kind = REPLY_ANSWERED, .status = cases[i].status, .body = span_of(cases[i].body), .reason = ""
        };
        str_copy(from.cursor, sizeof from.cursor, cases[i].cursor);
        int got = ops->read_poll_acts(settings, &from, &reply, acts, CHANNEL_LISTED_ACTS_MAX, &page);
        if (got != cases[i].want || page.outcome != cases[i].outcome || page.unread != cases[i].unread ||
            !str_equal(page.cursor, cases[i].next) || page.has_more)
            fail_msg("%s: %d, %s, %u, %s", cases[i].label, got, outcome_word(page.outcome), page.unread, page.cursor);
        for (int k = 0; k < got; k++)
            contact_act_done(&acts[k]);
    }
    struct poll_from from = { .cursor = "903" };
    struct transmit transmit;
    transmit_init(&transmit);
    assert_int_equal(ops->build_poll(settings, &from, &transmit), 0);
    assert_string_equal(transmit.url.data, "https://api.telegram.org/bot12:Ab-c%2F/getUpdates");
    assert_string_equal(
        transmit.body.data, "{\"offset\":903,\"limit\":100,\"allowed_updates\":[\"callback_query\",\"message\"]}");
    transmit_done(&transmit);
    settings_free(settings);
    settings = channels_settings("telegram", heard);
    transmit_init(&transmit);
    assert_int_equal(ops->build_poll(settings, &from, &transmit), ERR_INVALID);
    transmit_done(&transmit);
    settings_free(settings);
}

static void place_belongs_to_an_address_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *label, *to, *place, *name;
        bool want;
    } cases[] = {
        { "the chat of the settings", "default", "-1001234567890", "", true },
        { "another chat", "default", "-1001", "", false },
        { "a chat of its own", "77", "77", "@maria", true },
        { "a name", "@Line_Desk", "-1005", "@line_desk", true },
        { "another name", "@line_desk", "-1005", "@line", false },
        { "any topic of the group", "-1001", "-1001/17", "", true },
        { "its topic", "-1001/17", "-1001/17", "", true },
        { "another topic", "-1001/17", "-1001/18", "", false },
        { "no topic", "-1001/17", "-1001", "", false },
        { "no place", "77", "", "", false },
    };
    struct settings *settings = channels_settings("telegram", heard);
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct contact_act act = { .verb = CONTACT_TAKES };
        str_copy(act.place, sizeof act.place, cases[i].place);
        str_copy(act.place_name, sizeof act.place_name, cases[i].name);
        if (registry_find("telegram")->is_from(settings, &act, cases[i].to) != cases[i].want)
            fail_msg("%s", cases[i].label);
    }
    settings_free(settings);
}

static void answer_shows_a_sentence_to_who_touched(void **state)
{
    (void)state;
    struct settings *settings = channels_settings("telegram", heard);
    struct contact_act act = { .reply_to = "q\"1" };
    struct reply reply;
    char sentence[1200];
    registry_find("telegram")->answer_act(settings, &act, "Case 1042: \"yours\".", &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body, "{\"method\":\"answerCallbackQuery\",\"callback_query_id\":\"q\\\"1\","
                                    "\"text\":\"Case 1042: \\\"yours\\\".\"}");
    assert_string_equal(reply.content_type, "application/json");
    for (size_t i = 0; i + 3 < sizeof sentence; i += 3)
        memcpy(sentence + i, "\xe1\x88\x80", 4);
    registry_find("telegram")->answer_act(settings, &act, sentence, &reply);
    AUTO_JSON *shown = json_read((struct span){ reply.body, reply.body_len }, &(struct error){ 0 });
    assert_true(strlen(json_text(shown, "text", "")) == 198);
    act.reply_to[0] = '\0';
    registry_find("telegram")->answer_act(settings, &act, "x", &reply);
    assert_true(reply.status == 200 && reply.body_len == 0);
    settings_free(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alerts_and_notices_become_one_request),
        cmocka_unit_test(trust_size_and_link_are_kept),
        cmocka_unit_test(replies_are_told_apart),
        cmocka_unit_test(the_wait_that_is_asked_for_is_kept),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
        cmocka_unit_test(buttons_stand_under_what_can_still_be_answered),
        cmocka_unit_test(signatures_are_judged_as_the_vectors_say),
        cmocka_unit_test(touches_and_words_are_read),
        cmocka_unit_test(updates_are_fetched_from_where_they_were_left),
        cmocka_unit_test(place_belongs_to_an_address_or_not),
        cmocka_unit_test(answer_shows_a_sentence_to_who_touched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
