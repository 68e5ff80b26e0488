/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alertfields - see the header. */
#include "handlers/alertfields.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"
#include "handlers/chat.h"

#define FIELD_MAX 64

enum part {
    PART_SUBJECT,
    PART_BODY,
    PART_CASE,
    PART_ALERT,
    PART_CODE,
    PART_URGENCY,
    PART_CATEGORIES,
    PART_FLAGS,
    PART_LANGUAGE,
    PART_COUNTRY,
    PART_RECEIVED_AT,
    PART_VERIFICATION,
    PART_MESSAGE_COUNT,
    PART_TEXT,
    PART_FROM,
    PART_ACK_URL,
    PART_COUNT
};

const char *const alertfields_words[PART_COUNT + 1] = { "subject", "body", "case", "alert", "code", "urgency",
    "categories", "flags", "language", "country", "received_at", "verification", "message_count", "text", "from",
    "ack_url", NULL };

static int part_of(const char *word)
{
    for (int i = 0; i < PART_COUNT; i++) {
        if (str_equal(alertfields_words[i], word))
            return i;
    }
    return -1;
}

static bool add_text(struct buf *out, const char *text)
{
    chat_add_escaped(out, span_of(text), CHAT_PLAIN);
    return text != NULL;
}

static bool add_number(struct buf *out, int64_t number)
{
    buf_add_format(out, "%lld", (long long)number);
    return true;
}

static bool add_time(struct buf *out, int64_t at)
{
    char text[CLOCK_TEXT_MAX];
    clock_format(at, text);
    return add_text(out, text);
}

static bool add_set(struct buf *out, uint32_t set, void (*print)(uint32_t, struct buf *))
{
    print(set, out);
    return set != 0;
}

static bool add_part(const struct alert_view *alert, enum part part, struct buf *out)
{
    switch (part) {
    case PART_CASE:
        return add_number(out, alert->case_id);
    case PART_ALERT:
        return add_text(out, alert->alert_id);
    case PART_CODE:
        return *alert->code && add_text(out, alert->code);
    case PART_URGENCY:
        return add_text(out, urgency_word(alert->urgency));
    case PART_CATEGORIES:
        return add_set(out, alert->categories, category_set_print);
    case PART_FLAGS:
        return add_set(out, alert->flags, flag_set_print);
    case PART_LANGUAGE:
        return add_text(out, alert->language);
    case PART_COUNTRY:
        return *alert->country && add_text(out, alert->country);
    case PART_RECEIVED_AT:
        return add_time(out, alert->received_at);
    case PART_VERIFICATION:
        return add_text(out, alert->verification);
    case PART_MESSAGE_COUNT:
        return add_number(out, alert->message_count);
    case PART_TEXT:
        return add_text(out, alert->text);
    case PART_FROM:
        return add_text(out, alert->from);
    case PART_ACK_URL:
        return add_text(out, alert->ack_url);
    case PART_SUBJECT:
    case PART_BODY:
    case PART_COUNT:
        break;
    }
    return false;
}

bool alertfields_add(const struct sms_out *message, const char *word, struct buf *out)
{
    int part = part_of(word);
    if (part == PART_SUBJECT)
        return !str_is_empty(message->subject) && add_text(out, message->subject);
    if (part == PART_BODY) {
        struct span words = chat_words(message);
        chat_add_escaped(out, words, CHAT_PLAIN);
        return words.len != 0;
    }
    return part >= 0 && message->alert && add_part(message->alert, (enum part)part, out);
}

/* "field=value" in two; false when it is not of that form. */
static bool split_item(const char *item, char *ret_field, const char **ret_value)
{
    const char *equals = strchr(item, '=');
    if (!equals || equals == item)
        return false;
    *ret_value = equals + 1;
    return str_copy_span(ret_field, FIELD_MAX, (struct span){ item, (size_t)(equals - item) });
}

int alertfields_fill(const struct settings *settings, const char *key, const struct sms_out *message, json_t *object)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        char field[FIELD_MAX];
        const char *value;
        AUTO_BUF text;
        buf_init(&text, CHAT_BUF_MAX);
        if (!split_item(settings_item(settings, key, i), field, &value))
            continue;
        bool is_there = *value == '@' ? alertfields_add(message, value + 1, &text) : add_text(&text, value);
        int rc = buf_check(&text);
        if (!rc && is_there && json_object_set_new(object, field, chat_json(&text)))
            rc = ERR_NOMEM;
        if (rc)
            return rc;
    }
    return 0;
}

int alertfields_check(const struct settings *settings, const char *key, struct error *error)
{
    for (unsigned i = 0; i < settings_count(settings, key); i++) {
        char field[FIELD_MAX];
        const char *value;
        if (!split_item(settings_item(settings, key, i), field, &value))
            return error_set(error, ERR_INVALID, "%s: write \"field=@part\" or \"field=text\"", key);
        if (*value == '@' && part_of(value + 1) < 0)
            return error_set(error, ERR_INVALID, "%s: `%s` is no part of an alert", key, value);
    }
    return 0;
}
