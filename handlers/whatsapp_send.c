/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * whatsapp_send - see the header.
 * Why a parameter is one line: Meta refuses a template whose parameter holds a line break, a tab or more than four
 * spaces in a row, and an empty one; so lines are joined by " / ", and what is absent is "-".
 */
#include "handlers/whatsapp_send.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/alertfields.h"
#include "handlers/chat.h"
#include "handlers/httpreply.h"
#include "handlers/httpsend.h"
#include "handlers/inbound.h"
#include "handlers/msisdn.h"

#define NEXT_LINE 0x85u
#define LINE_SEPARATOR 0x2028u
#define PARAGRAPH_SEPARATOR 0x2029u
#define ABSENT "-"
#define LINE_JOINT " / "

/* ---- out ------------------------------------------------------------------------------------------------------- */

static bool is_line_end(uint32_t c)
{
    return (c >= '\n' && c <= '\r') || c == NEXT_LINE || c == LINE_SEPARATOR || c == PARAGRAPH_SEPARATOR;
}

static void add_one_line(struct buf *out, struct span text)
{
    bool has_break = false, has_space = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        at += utf8_decode(text.data + at, text.len - at, &character);
        if (is_line_end(character)) {
            has_break = true;
            continue;
        }
        if (character <= ' ') {
            has_space = true;
            continue;
        }
        if (out->len && (has_break || has_space))
            buf_add_text(out, has_break ? LINE_JOINT : " ");
        has_break = has_space = false;
        utf8_encode(out, character);
    }
}

static json_t *make_parameter(const struct settings *settings, const struct sms_out *message, const char *word)
{
    /* The note of a cut begins a line, which is joined afterwards. */
    struct chat_limit limit = { CHAT_UTF16, (size_t)settings_int(settings, "parameter_max") - strlen(LINE_JOINT) };
    AUTO_BUF raw;
    AUTO_BUF line;
    AUTO_BUF cut;
    AUTO_BUF text;
    buf_init(&raw, CHAT_BUF_MAX);
    buf_init(&line, 2 * CHAT_BUF_MAX);
    buf_init(&cut, 2 * CHAT_BUF_MAX);
    buf_init(&text, 2 * CHAT_BUF_MAX);
    (void)alertfields_add(message, word, &raw);
    add_one_line(&line, buf_span(&raw));
    chat_add_cut(&cut, buf_span(&line), CHAT_PLAIN, limit);
    add_one_line(&text, buf_span(&cut));
    if (text.len == 0)
        buf_add_text(&text, ABSENT);
    return json_pack("{s:s,s:o}", "type", "text", "text", chat_json(&text));
}

static json_t *make_parameters(const struct settings *settings, const struct sms_out *message)
{
    static const char *const fallback[] = { "subject", "body", "ack_url" };
    unsigned count = settings_count(settings, "parameters");
    json_t *list = json_array();
    for (unsigned i = 0; i < (count ? count : STR_COUNT(fallback)); i++) {
        const char *word = count ? settings_item(settings, "parameters", i) : fallback[i];
        json_array_append_new(list, make_parameter(settings, message, word));
    }
    return list;
}

/* The template has a button or it has none, so its parameter is there also when there is nothing to answer. */
static json_t *make_button(const char *beginning, const struct sms_out *message)
{
    const char *link = chat_link(message);
    const char *rest = link && str_starts(link, beginning) ? link + strlen(beginning) : "";
    return json_pack("{s:s,s:s,s:s,s:[{s:s,s:s}]}", "type", "button", "sub_type", "url", "index", "0", "parameters",
        "type", "text", "text", *rest ? rest : ABSENT);
}

static json_t *make_body(const struct settings *settings, const struct sms_out *message, const char *to)
{
    const char *button_url = settings_text(settings, "button_url");
    json_t *components = json_pack("[{s:s,s:o}]", "type", "body", "parameters", make_parameters(settings, message));
    if (*button_url)
        json_array_append_new(components, make_button(button_url, message));
    return json_pack("{s:s,s:s,s:s,s:s,s:{s:s,s:{s:s,s:s},s:o},s:s}", "messaging_product", "whatsapp", "recipient_type",
        "individual", "to", msisdn_digits(to), "type", "template", "template", "name",
        settings_text(settings, "template"), "language", "policy", "deterministic", "code",
        settings_text(settings, "template_language"), "components", components, "biz_opaque_callback_data",
        message->id);
}

int whatsapp_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    if (phone_normalise(message->to, NULL, to) != PHONE_E164 || chat_words(message).len == 0 ||
        !*settings_text(settings, "template"))
        return ERR_INVALID;
    httpsend_begin(out, false, settings_text(settings, "api_url"), "/", settings_int(settings, "timeout"));
    str_percent_encode(&out->url, span_of(settings_text(settings, "api_version")));
    buf_add_char(&out->url, '/');
    str_percent_encode(&out->url, span_of(settings_text(settings, "phone_number_id")));
    buf_add_text(&out->url, "/messages");
    int rc = httpsend_add_header(out, "Authorization", "Bearer ", settings_text(settings, "token"));
    return rc ? rc : httpsend_take_json(out, make_body(settings, message, to));
}

/* ---- replies --------------------------------------------------------------------------------------------------- */

static const struct {
    int first, last;
    enum outcome outcome;
} codes[] = {
    { 1, 2, OUTCOME_retry_network },
    { 4, 4, OUTCOME_retry_throttled },
    { 10, 10, OUTCOME_bad_config },   /* permission */
    { 190, 190, OUTCOME_bad_config }, /* the token is over */
    { 200, 299, OUTCOME_bad_config }, /* permission */
    { 80007, 80007, OUTCOME_retry_throttled },
    { 130429, 130429, OUTCOME_retry_throttled },
    { 131000, 131000, OUTCOME_retry_network },
    { 131016, 131016, OUTCOME_retry_network },
    { 131026, 131026, OUTCOME_rejected },   /* cannot be delivered to this number */
    { 131031, 131031, OUTCOME_bad_config }, /* the account is locked */
    { 131042, 131042, OUTCOME_bad_config }, /* payment */
    { 131047, 131047, OUTCOME_rejected },   /* free text after more than a day */
    { 131048, 131048, OUTCOME_retry_throttled },
    { 131053, 131053, OUTCOME_retry_network },
    { 131056, 131056, OUTCOME_retry_throttled }, /* too many to this number */
    { 132000, 132099, OUTCOME_bad_config },      /* the template: name, language, count of parameters, paused */
    { 133010, 133010, OUTCOME_bad_config },      /* our number is not registered */
    { 133016, 133016, OUTCOME_retry_throttled },
};

/* -1 when the code says nothing that the status does not. */
static int outcome_of_code(int64_t code)
{
    for (size_t i = 0; i < STR_COUNT(codes); i++) {
        if (code >= codes[i].first && code <= codes[i].last)
            return codes[i].outcome;
    }
    return -1;
}

bool whatsapp_send_is_passing(const char *code)
{
    int64_t number;
    if (str_to_int64(code, 0, INT32_MAX, &number))
        return false;
    int outcome = outcome_of_code(number);
    return outcome == OUTCOME_retry_network || outcome == OUTCOME_retry_throttled;
}

static void read_refusal(json_t *document, struct send_result *result)
{
    char text[24];
    int64_t code = json_int(json_object_get(document, "error"), "code", 0);
    int outcome = outcome_of_code(code);
    (void)snprintf(text, sizeof text, "%lld", (long long)code);
    httpreply_set_code(result, code ? text : "");
    if (outcome >= 0)
        result->outcome = (enum outcome)outcome;
    if (!outcome_is_retried(result->outcome))
        result->retry_after_s = 0;
}

void whatsapp_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    (void)settings;
    struct error error;
    httpreply_read(reply, false, ret_result);
    if (reply->kind != REPLY_ANSWERED)
        return;
    AUTO_JSON *document = json_read(reply->body, &error);
    json_t *id = document ? json_pointer(document, "/messages/0/id") : NULL;
    if (ret_result->outcome != OUTCOME_sent)
        read_refusal(document, ret_result);
    else if (json_is_string(id))
        inbound_set_id(span_of(json_string_value(id)), ret_result->remote_id);
    else
        ret_result->outcome = OUTCOME_unparseable;
}
