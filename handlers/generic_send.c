/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_send - see the header. */
#include "handlers/generic_send.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/gsm7.h"
#include "gateway/base/str.h"
#include "gateway/xml/xml.h"
#include "handlers/httpsend.h"
#include "handlers/kannel_text.h"
#include "handlers/template.h"
#include "handlers/url.h"

#define SAMPLE_MAX (16 * 1024)
#define PLACEHOLDERS 13
#define VALUE_MAX (64 * 1024)
#define NUMBER_MAX 24

/* The values that are made for a message, which the list of placeholders borrows. */
struct values {
    struct buf text, text_hex, status_url;
    char now[NUMBER_MAX];
    struct template_value list[PLACEHOLDERS];
};

static void values_done(struct values *values)
{
    buf_done(&values->text);
    buf_done(&values->text_hex);
    buf_done(&values->status_url);
}
#define AUTO_VALUES __attribute__((cleanup(values_done))) struct values

/* send_type decides how the placeholders of the body are escaped and what the body is called. */
static const struct {
    const char *word, *content_type;
    enum template_place place;
} body_types[] = {
    { "form", "application/x-www-form-urlencoded", TEMPLATE_PERCENT },
    { "json", "application/json", TEMPLATE_JSON },
    { "xml", "text/xml; charset=utf-8", TEMPLATE_XML },
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

/* UTF-16BE in hex, as gateways near a modem want it. */
static void add_hex(struct buf *out, struct span text)
{
    AUTO_BUF units;
    buf_init(&units, VALUE_MAX);
    kannel_text_add_utf16be(&units, text);
    str_hex_encode(out, units.data ? units.data : "", units.len);
}

static int set_values(
    const struct settings *settings, const struct sms_out *message, const char *to, struct values *values)
{
    const char *from = httpsend_sender(settings, message);
    buf_init(&values->text, VALUE_MAX);
    buf_init(&values->text_hex, 4 * VALUE_MAX);
    buf_init(&values->status_url, SAMPLE_MAX);
    httpsend_add_text(&values->text, message->text, settings_int(settings, "text_max"));
    add_hex(&values->text_hex, buf_span(&values->text));
    httpsend_add_status_url(settings, &values->status_url);
    (void)snprintf(values->now, sizeof values->now, "%lld", (long long)(message->now_ms / 1000));
    const char *coding = gsm7_is_plain(buf_span(&values->text)) ? "coding_gsm" : "coding_unicode";
    const struct template_value list[] = { { "to", span_of(to) }, { "to_no_plus", without_plus(to) },
        { "from", span_of(from) }, { "from_no_plus", without_plus(from) }, { "text", buf_span(&values->text) },
        { "text_hex", buf_span(&values->text_hex) }, { "coding", span_of(settings_text(settings, coding)) },
        { "id", span_of(message->id) }, { "now", span_of(values->now) },
        { "status_url", buf_span(&values->status_url) }, { "token", span_of(settings_text(settings, "send_token")) },
        { NULL, { NULL, 0 } } };
    static_assert(STR_COUNT(list) <= PLACEHOLDERS, "the list has room");
    memcpy(values->list, list, sizeof list);
    int rc = buf_check(&values->text);
    if (!rc)
        rc = buf_check(&values->text_hex);
    return rc ? rc : buf_check(&values->status_url);
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
    AUTO_VALUES filled = { .now = "" };
    const struct template_value *values = filled.list;
    enum phone_kind kind = phone_normalise(message->to, NULL, to);
    const char *url = settings_text(settings, "send_url");
    if (!*url || (kind != PHONE_E164 && kind != PHONE_SHORT_CODE) || str_is_empty(message->text))
        return ERR_INVALID;
    int rc = set_values(settings, message, to, &filled);
    if (rc)
        return rc;
    out->kind = TRANSMIT_HTTP;
    out->method = method_of(settings);
    out->timeout_ms = (unsigned)settings_int(settings, "timeout");
    buf_add_text(&out->username, settings_text(settings, "send_user"));
    buf_add_text(&out->password, settings_text(settings, "send_password"));
    bool has_body = !str_equal(out->method, "GET");
    rc = template_fill(&out->url, url, values, TEMPLATE_PERCENT);
    if (!rc && has_body)
        rc = template_fill(
            &out->body, settings_text(settings, "send_body"), values, body_types[body_type_of(settings)].place);
    return rc ? rc : add_headers(settings, values, has_body, &out->headers);
}

/* ---- checks ---------------------------------------------------------------------------------------------------- */

static const struct sms_out sample = {
    .id = "sample-1", .from = "+15005550006", .to = "+15005550001", .text = "a \"b\" <c> & 'd'\n"
};

static int check_template(const char *key, const char *text, const struct template_value *values, struct error *error)
{
    char unknown[NAME_MAX_LEN];
    if (!template_find_unknown(text, values, unknown, sizeof unknown))
        return 0;
    return error_set(error, ERR_INVALID,
        "%s: {%s} is none of {to}, {to_no_plus}, {from}, {from_no_plus}, {text}, {text_hex}, {coding}, {id}, {now}, "
        "{status_url}, {token}",
        key, unknown);
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

/* Does the body still read when a text with quotes, tags and line breaks is filled in? */
static int check_document(const struct settings *settings, const struct template_value *values, struct error *error)
{
    struct error detail;
    AUTO_BUF body;
    buf_init(&body, 4 * SAMPLE_MAX);
    const char *text = settings_text(settings, "send_body"), *type = settings_text(settings, "send_type");
    bool is_json = str_equal(type, "json"), is_xml = str_equal(type, "xml");
    if (!*text || (!is_json && !is_xml))
        return 0;
    int rc = template_fill(&body, text, values, is_json ? TEMPLATE_JSON : TEMPLATE_XML);
    AUTO_JSON *document = rc        ? NULL
                          : is_json ? json_read(buf_span(&body), &detail)
                                    : xml_read(buf_span(&body), "utf-8", &detail);
    if (document)
        return 0;
    return error_set(error, ERR_INVALID,
        is_json ? "send_body: not JSON when it is filled in; put text placeholders in quotes"
                : "send_body: not XML when it is filled in");
}

/* A placeholder that would always be empty is a mistake that nobody would see. */
static int check_sources(const struct settings *settings, const char *text, struct error *error)
{
    static const struct {
        const char *placeholder, *key;
    } sources[] = { { "{token}", "send_token" }, { "{status_url}", "public_url" }, { "{coding}", "coding_unicode" } };
    for (size_t i = 0; i < STR_COUNT(sources); i++) {
        bool is_set = *settings_text(settings, sources[i].key) ||
                      (str_equal(sources[i].key, "public_url") && *settings_text(settings, "status_url"));
        if (strstr(text, sources[i].placeholder) && !is_set)
            return error_set(
                error, ERR_INVALID, "%s is used in sending: set %s", sources[i].placeholder, sources[i].key);
    }
    return 0;
}

static int check_headers(const struct settings *settings, const struct template_value *values, struct error *error)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < settings_count(settings, "send_headers"); i++) {
        const char *line = settings_item(settings, "send_headers", i);
        rc = check_header(line, error);
        if (!rc)
            rc = check_template("send_headers", line, values, error);
        if (!rc)
            rc = check_sources(settings, line, error);
    }
    return rc;
}

int generic_send_check(const struct settings *settings, struct error *error)
{
    AUTO_VALUES filled = { .now = "" };
    const char *url = settings_text(settings, "send_url"), *body = settings_text(settings, "send_body");
    if (!*url)
        return 0;
    if (set_values(settings, &sample, sample.to, &filled))
        return error_set(error, ERR_NOMEM, "send_url: memory is exhausted");
    int rc = check_url(url, error);
    if (!rc)
        rc = check_template("send_url", url, filled.list, error);
    if (!rc)
        rc = check_template("send_body", body, filled.list, error);
    if (!rc)
        rc = check_sources(settings, url, error);
    if (!rc)
        rc = check_sources(settings, body, error);
    if (!rc)
        rc = check_headers(settings, filled.list, error);
    return rc ? rc : check_document(settings, filled.list, error);
}
