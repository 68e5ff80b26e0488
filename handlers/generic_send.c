/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_send - see the header. */
#include "handlers/generic_send.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/httpreply.h"
#include "handlers/inbound.h"
#include "handlers/template.h"
#include "handlers/url.h"

#define SAMPLE_MAX (16 * 1024)
#define PLACEHOLDERS 8

/* send_type decides how the placeholders of the body are escaped and what the body is called. */
static const struct {
    const char *word, *content_type;
    enum template_place place;
} body_types[] = {
    { "form", "application/x-www-form-urlencoded", TEMPLATE_PERCENT },
    { "json", "application/json", TEMPLATE_JSON },
    { "text", "text/plain; charset=utf-8", TEMPLATE_PLAIN },
};

static size_t body_type_of(const struct settings *settings)
{
    const char *word = settings_text(settings, "send_type");
    size_t i = 0;
    while (i + 1 < STR_COUNT(body_types) && !str_equal(body_types[i].word, word))
        i++;
    return i;
}

static const char *method_of(const struct settings *settings)
{
    static const char *const methods[] = { "POST", "GET", "PUT" };
    size_t i = STR_COUNT(methods) - 1;
    while (i > 0 && !str_equal(methods[i], settings_text(settings, "send_method")))
        i--;
    return methods[i];
}

static struct span without_plus(const char *number)
{
    return span_of(number[0] == '+' ? number + 1 : number);
}

static void set_values(const struct settings *settings, const struct sms_out *message, const char *to,
    struct template_value values[PLACEHOLDERS])
{
    const char *from = str_is_empty(message->from) ? settings_text(settings, "from") : message->from;
    size_t i = 0;
    values[i++] = (struct template_value){ "to", span_of(to) };
    values[i++] = (struct template_value){ "to_no_plus", without_plus(to) };
    values[i++] = (struct template_value){ "from", span_of(from) };
    values[i++] = (struct template_value){ "from_no_plus", without_plus(from) };
    values[i++] = (struct template_value){ "text", span_of(message->text) };
    values[i++] = (struct template_value){ "id", span_of(message->id) };
    values[i++] = (struct template_value){ "token", span_of(settings_text(settings, "send_token")) };
    values[i] = (struct template_value){ NULL, { NULL, 0 } };
}

static int add_headers(
    const struct settings *settings, const struct template_value *values, bool has_body, struct buf *out)
{
    if (has_body)
        buf_add_format(out, "Content-Type: %s\n", body_types[body_type_of(settings)].content_type);
    for (unsigned i = 0; i < settings_count(settings, "send_headers"); i++) {
        int rc = template_fill(out, settings_item(settings, "send_headers", i), values, TEMPLATE_HEADER);
        if (rc)
            return rc;
        buf_add_char(out, '\n');
    }
    return buf_check(out);
}

int generic_send_build(const struct settings *settings, const struct sms_out *message, struct transmit *out)
{
    char to[PHONE_MAX];
    struct template_value values[PLACEHOLDERS];
    enum phone_kind kind = phone_normalise(message->to, NULL, to);
    const char *url = settings_text(settings, "send_url");
    if (!*url || (kind != PHONE_E164 && kind != PHONE_SHORT_CODE) || str_is_empty(message->text))
        return ERR_INVALID;
    set_values(settings, message, to, values);
    out->kind = TRANSMIT_HTTP;
    out->method = method_of(settings);
    out->timeout_ms = (unsigned)settings_int(settings, "timeout");
    buf_add_text(&out->username, settings_text(settings, "send_user"));
    buf_add_text(&out->password, settings_text(settings, "send_password"));
    bool has_body = !str_equal(out->method, "GET");
    int rc = template_fill(&out->url, url, values, TEMPLATE_PERCENT);
    if (!rc && has_body)
        rc = template_fill(
            &out->body, settings_text(settings, "send_body"), values, body_types[body_type_of(settings)].place);
    return rc ? rc : add_headers(settings, values, has_body, &out->headers);
}

static void read_id(const struct settings *settings, struct span body, struct send_result *result)
{
    const char *path = settings_text(settings, "id_path");
    struct error error;
    AUTO_JSON *document = *path ? json_read(body, &error) : NULL;
    AUTO_BUF id;
    buf_init(&id, SAMPLE_MAX);
    json_t *value = document ? json_pointer(document, path) : NULL;
    if (value && json_scalar_text(value, &id) == 0)
        inbound_set_id(buf_span(&id), result->remote_id);
}

void generic_send_read(
    const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result)
{
    httpreply_read(reply, settings_bool(settings, "recognises_id"), ret_result);
    if (ret_result->outcome != OUTCOME_sent)
        return;
    const char *success = settings_text(settings, "success_text");
    bool is_success =
        !*success || (reply->body.len && memmem(reply->body.data, reply->body.len, success, strlen(success)));
    if (is_success)
        read_id(settings, reply->body, ret_result);
    else
        ret_result->outcome = OUTCOME_unparseable;
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static const struct sms_out sample = {
    .id = "sample-1", .from = "+15005550006", .to = "+15005550001", .text = "a \"b\"\n"
};

static int check_template(const char *key, const char *text, const struct template_value *values, struct error *error)
{
    char unknown[NAME_MAX_LEN];
    if (!template_find_unknown(text, values, unknown, sizeof unknown))
        return 0;
    return error_set(error, ERR_INVALID,
        "%s: {%s} is none of {to}, {to_no_plus}, {from}, {from_no_plus}, {text}, {id}, {token}", key, unknown);
}

static int check_header(const char *line, struct error *error)
{
    const char *colon = strchr(line, ':');
    if (!colon || colon == line || strpbrk(line, "\r\n"))
        return error_set(error, ERR_INVALID, "send_headers: write each as \"Name: value\"");
    for (const char *c = line; c < colon; c++) {
        if (*c <= ' ' || *c > '~')
            return error_set(error, ERR_INVALID, "send_headers: a header name has no spaces");
    }
    return 0;
}

static int check_url(const char *text, struct error *error)
{
    struct url url;
    if (!url_is_protected(text) || url_split(span_of(text), &url))
        return error_set(error, ERR_INVALID, "send_url: write an https URL (http only to this machine)");
    if (memchr(url.origin.data, '{', url.origin.len))
        return error_set(error, ERR_INVALID, "send_url: a placeholder cannot stand in the host");
    return 0;
}

static int check_json(const struct settings *settings, const struct template_value *values, struct error *error)
{
    struct error detail;
    AUTO_BUF body;
    buf_init(&body, SAMPLE_MAX);
    const char *text = settings_text(settings, "send_body");
    if (!*text || !str_equal(settings_text(settings, "send_type"), "json"))
        return 0;
    int rc = template_fill(&body, text, values, TEMPLATE_JSON);
    AUTO_JSON *document = rc ? NULL : json_read(buf_span(&body), &detail);
    if (document)
        return 0;
    return error_set(error, ERR_INVALID, "send_body: not JSON when it is filled in; put text placeholders in quotes");
}

int generic_send_check(const struct settings *settings, struct error *error)
{
    struct template_value values[PLACEHOLDERS];
    set_values(settings, &sample, sample.to, values);
    const char *url = settings_text(settings, "send_url");
    if (!*url)
        return 0;
    int rc = check_url(url, error);
    if (!rc)
        rc = check_template("send_url", url, values, error);
    if (!rc)
        rc = check_template("send_body", settings_text(settings, "send_body"), values, error);
    for (unsigned i = 0; !rc && i < settings_count(settings, "send_headers"); i++) {
        rc = check_header(settings_item(settings, "send_headers", i), error);
        if (!rc)
            rc = check_template("send_headers", settings_item(settings, "send_headers", i), values, error);
    }
    return rc ? rc : check_json(settings, values, error);
}
