/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telegram_acts - see the header. */
#include "handlers/telegram_acts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/ack.h"
#include "handlers/callback.h"
#include "handlers/chat.h"
#include "handlers/httpreply.h"
#include "handlers/inbound.h"
#include "handlers/signature.h"
#include "handlers/telegram_place.h"

#define HEADER "X-Telegram-Bot-Api-Secret-Token"
#define SENTENCE_MAX 200 /* of answerCallbackQuery, in UTF-16 units; in bytes it stays below */
#define NAME_MAX 256

enum verdict telegram_acts_verify(const struct settings *settings, const struct request *request, int64_t now_ms)
{
    (void)now_ms;
    struct span given = span_of(request_header(request, HEADER));
    bool is_valid = signature_is_secret(span_of(settings_text(settings, "secret_token")), given);
    is_valid |= signature_is_secret(span_of(settings_text(settings, "secret_token_previous")), given);
    return is_valid ? VERDICT_VALID : VERDICT_INVALID;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

static bool is_private(const json_t *chat)
{
    return str_equal(json_text(chat, "type", ""), "private");
}

static void read_place(const json_t *message, struct contact_act *act)
{
    const json_t *chat = json_object_get(message, "chat");
    const char *name = json_text(chat, "username", "");
    int64_t id = json_int(chat, "id", 0), topic = json_int(message, "message_thread_id", 0);
    if (id && topic > 0 && json_bool(message, "is_topic_message", false))
        (void)snprintf(act->place, sizeof act->place, "%lld/%lld", (long long)id, (long long)topic);
    else if (id)
        (void)snprintf(act->place, sizeof act->place, "%lld", (long long)id);
    if (*name && strlen(name) < sizeof act->place_name - 1)
        (void)snprintf(act->place_name, sizeof act->place_name, "@%s", name);
}

static void read_who(const json_t *from, struct contact_act *act)
{
    char id[24] = "", name[NAME_MAX];
    const char *first = json_text(from, "first_name", ""), *last = json_text(from, "last_name", "");
    int64_t number = json_int(from, "id", 0);
    if (number)
        (void)snprintf(id, sizeof id, "%lld", (long long)number);
    (void)snprintf(name, sizeof name, "%s%s%s", first, *first && *last ? " " : "", last);
    callback_set_who(name, id, act);
}

static int read_touch(json_t *query, struct contact_act *act)
{
    const char *id = json_text(query, "id", ""), *data = json_text(query, "data", "");
    inbound_set_id(span_of(id), act->event_id);
    (void)str_copy(act->reply_to, sizeof act->reply_to, id);
    read_place(json_object_get(query, "message"), act);
    read_who(json_object_get(query, "from"), act);
    /* Another button than ours must be answered too: the person waits. */
    if (!callback_read(data, act))
        act->verb = CONTACT_TAKES;
    return 1;
}

/* "/ok@the_line_bot 1042 KTRM" is the command "ok 1042 KTRM". */
static char *copy_command(const char *text)
{
    AUTO_BUF out;
    buf_init(&out, INBOUND_TEXT_MAX);
    if (*text == '/') {
        size_t word = strcspn(++text, "@ \t\r\n");
        size_t skip = text[word] == '@' ? strcspn(text + word, " \t\r\n") : 0;
        buf_add(&out, text, word);
        text += word + skip;
    }
    buf_add(&out, text, utf8_prefix(span_of(text), INBOUND_TEXT_MAX - out.len));
    return buf_take(&out);
}

static int read_words(json_t *message, struct contact_act *act)
{
    const json_t *chat = json_object_get(message, "chat"), *from = json_object_get(message, "from");
    const char *text = json_text(message, "text", "");
    if (!*text || json_bool(from, "is_bot", false) || (!is_private(chat) && *text != '/'))
        return 0;
    act->verb = CONTACT_SAYS;
    act->sent_at = json_int(message, "date", 0) * 1000;
    read_place(message, act);
    read_who(from, act);
    (void)snprintf(
        act->event_id, sizeof act->event_id, "%s/%lld", act->place, (long long)json_int(message, "message_id", 0));
    act->text = copy_command(text);
    return act->text ? 1 : ERR_NOMEM;
}

int telegram_acts_read(json_t *update, struct contact_act *ret_act)
{
    json_t *query = json_object_get(update, "callback_query"), *message = json_object_get(update, "message");
    *ret_act = (struct contact_act){ .sent_at = 0 };
    if (!json_is_object(update))
        return ERR_INVALID;
    if (json_is_object(query))
        return read_touch(query, ret_act);
    return json_is_object(message) ? read_words(message, ret_act) : 0;
}

int telegram_acts_parse(
    const struct settings *settings, const struct request *request, struct contact_act *out, size_t max)
{
    (void)settings;
    struct error error;
    AUTO_JSON *update = json_read(request->body, &error);
    if (!update)
        return ERR_INVALID;
    return max < 1 ? ERR_LIMIT : telegram_acts_read(update, out);
}

/* ---- fetched --------------------------------------------------------------------------------------------------- */

bool telegram_acts_are_heard(const struct settings *settings)
{
    return *settings_text(settings, "secret_token") || settings_bool(settings, "get_updates");
}

static int read_list(json_t *list, struct contact_act *out, size_t max, struct poll_page *page)
{
    int count = 0;
    for (size_t i = 0; i < json_array_size(list) && (size_t)count < max; i++) {
        json_t *update = json_array_get(list, i);
        int64_t number = json_int(update, "update_id", -1);
        int got = telegram_acts_read(update, &out[count]);
        if (got == ERR_NOMEM) {
            while (count)
                contact_act_done(&out[--count]);
            return ERR_NOMEM;
        }
        page->unread += got < 0;
        count += got > 0;
        if (number >= 0) /* asked for from here, Telegram forgets what is before */
            (void)snprintf(page->cursor, sizeof page->cursor, "%lld", (long long)(number + 1));
    }
    return count;
}

int telegram_acts_read_poll(const struct settings *settings, const struct poll_from *from,
    const struct transmit_reply *reply, struct contact_act *out, size_t max, struct poll_page *ret_page)
{
    (void)settings;
    struct error error;
    struct send_result result;
    *ret_page = (struct poll_page){ .outcome = OUTCOME_unparseable };
    str_copy(ret_page->cursor, sizeof ret_page->cursor, from->cursor);
    httpreply_read(reply, true, &result);
    bool is_refused = reply->kind == REPLY_ANSWERED &&
                      (reply->status == 401 || reply->status == 404 || reply->status == 409); /* 409: has a webhook */
    ret_page->outcome = is_refused ? OUTCOME_bad_config : result.outcome;
    ret_page->retry_after_s = result.retry_after_s;
    if (ret_page->outcome != OUTCOME_sent)
        return ERR_INVALID;
    AUTO_JSON *document = json_read(reply->body, &error);
    json_t *list = json_object_get(document, "result");
    ret_page->outcome = json_is_array(list) ? OUTCOME_sent : OUTCOME_unparseable;
    return json_is_array(list) ? read_list(list, out, max, ret_page) : ERR_INVALID;
}

/* ---- whose, and answering --------------------------------------------------------------------------------------- */

bool telegram_acts_is_from(const struct settings *settings, const struct contact_act *act, const char *to)
{
    struct telegram_place own, there;
    const char *address = chat_is_default(to) ? settings_text(settings, "chat_id") : to;
    if (!telegram_place_read(address, &own) || !telegram_place_read(act->place, &there))
        return false;
    bool is_chat = *own.name ? str_equal_nocase(own.name, act->place_name) : own.id == there.id;
    return is_chat && (!own.topic || own.topic == there.topic);
}

/* The answer to the webhook itself may name a method: the one who touched the button sees the sentence for a moment,
 * nobody else does. */
void telegram_acts_answer(
    const struct settings *settings, const struct contact_act *act, const char *sentence, struct reply *ret_reply)
{
    (void)settings;
    AUTO_BUF body;
    buf_init(&body, sizeof ret_reply->body - 1);
    ack_fill(ANSWER_STORED, 200, ret_reply);
    if (!act->reply_to[0])
        return;
    size_t len = utf8_prefix(span_of(sentence), SENTENCE_MAX);
    AUTO_JSON *answer = json_pack(
        "{s:s,s:s,s:s%}", "method", "answerCallbackQuery", "callback_query_id", act->reply_to, "text", sentence, len);
    if (!answer || json_write(answer, &body))
        return;
    ret_reply->content_type = "application/json";
    memcpy(ret_reply->body, body.data, body.len);
    ret_reply->body_len = body.len;
}
