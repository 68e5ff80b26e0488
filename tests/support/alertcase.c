/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alertcase - see alertcase.h. */
#include "tests/support/alertcase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"

#define NOW_MS 1767225600000 /* 2026-01-01T00:00:00Z */
#define HER_TEXT "walang sahod, tatlong buwan"
#define HER_NUMBER "+966500000001"
#define LONG_MAX (128 * 1024)
#define LONG_REPEATS 3000
#define NOTE "cut here"

static struct alert_view make_alert(void)
{
    return (struct alert_view){ .case_id = 1042,
        .alert_id = "a1",
        .code = "",
        .urgency = URGENCY_urgent,
        .categories = CATEGORY_BIT(wages) | CATEGORY_BIT(documents),
        .flags = FLAG_BIT(do_not_call),
        .language = "tl",
        .country = "SA",
        .received_at = NOW_MS,
        .verification = "unverified",
        .text = HER_TEXT,
        .from = HER_NUMBER,
        .ack_url = ALERTCASE_LINK,
        .awaits_answer = true,
        .message_count = 2 };
}

static struct sms_out make_message(const char *to, const char *text, const struct alert_view *alert)
{
    return (struct sms_out){ .id = "a1-0",
        .from = "",
        .to = to,
        .subject = alert ? ALERTCASE_SUBJECT : "",
        .text = text,
        .alert = alert,
        .now_ms = NOW_MS,
        .attempt = 1 };
}

static bool is_other(const char *want, const char *got)
{
    return want && !str_equal(want, got ? got : "");
}

static void check_transmit(const struct alertcase_request *test, const struct transmit *got)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "%s\n", test->header ? test->header : "");
    const char *headers = got->headers.data ? got->headers.data : "";
    if (is_other(test->method, got->method) || is_other(test->url, got->url.data) ||
        (test->header && !strstr(headers, line)) || is_other(test->body, got->body.data))
        fail_msg("%s: %s %s\n%s\n%s", test->label, got->method, got->url.data, headers,
            got->body.data ? got->body.data : "");
}

void alertcase_check_sends(
    const char *kind, const char *const *pairs, const struct alertcase_request *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    const struct alert_view alert = make_alert();
    for (size_t i = 0; i < count; i++) {
        struct transmit transmit;
        char text[1024];
        (void)snprintf(
            text, sizeof text, "%s%s", cases[i].text, cases[i].is_notice ? "" : "\nAnswer: " ALERTCASE_LINK "\n");
        const struct sms_out message = make_message(cases[i].to, text, cases[i].is_notice ? NULL : &alert);
        transmit_init(&transmit);
        int rc = registry_find(kind)->build_send(settings, &message, &transmit);
        if (rc != cases[i].want)
            fail_msg("%s: %s", cases[i].label, error_name(rc));
        if (rc == 0)
            check_transmit(&cases[i], &transmit);
        transmit_done(&transmit);
    }
    settings_free(settings);
}

/* ---- shape ----------------------------------------------------------------------------------------------------- */

static void build(
    const struct alertcase_shape *shape, const char *text, const struct alert_view *alert, struct buf *out)
{
    struct settings *settings = channels_settings(shape->kind, shape->pairs);
    const struct sms_out message = make_message(shape->to, text, alert);
    struct transmit transmit;
    transmit_init(&transmit);
    int rc = registry_find(shape->kind)->build_send(settings, &message, &transmit);
    if (rc)
        fail_msg("%s: %s", shape->kind, error_name(rc));
    buf_add_format(out, "%s\n%s\n", transmit.url.data, transmit.headers.data);
    buf_add_span(out, buf_span(&transmit.body));
    assert_int_equal(buf_check(out), 0);
    transmit_done(&transmit);
    settings_free(settings);
}

static void check_hidden(const struct alertcase_shape *shape)
{
    struct alert_view alert = make_alert();
    AUTO_BUF request;
    AUTO_BUF again;
    buf_init(&request, LONG_MAX);
    buf_init(&again, LONG_MAX);
    alert.text = NULL;
    alert.from = NULL;
    build(shape, "URGENT case 1042: wages\nAnswer: " ALERTCASE_LINK "\n", &alert, &request);
    if (strstr(request.data, HER_TEXT) || strstr(request.data, "500000001"))
        fail_msg("%s: shows what is hidden: %s", shape->kind, request.data);
    if (!strstr(request.data, "1042") || !strstr(request.data, ALERTCASE_LINK))
        fail_msg("%s: neither case nor link: %s", shape->kind, request.data);
    build(shape, "URGENT case 1042: wages\nAnswer: " ALERTCASE_LINK "\n", &alert, &again);
    assert_string_equal(request.data, again.data);
    buf_clear(&request);
    alert.ack_url = NULL;
    build(shape, "URGENT case 1042: wages", &alert, &request);
    if (strstr(request.data, "line.example.org/ack"))
        fail_msg("%s: a link from nowhere: %s", shape->kind, request.data);
}

static void check_long(const struct alertcase_shape *shape)
{
    struct error error;
    const struct alert_view alert = make_alert();
    AUTO_BUF text;
    AUTO_BUF request;
    buf_init(&text, LONG_MAX);
    buf_init(&request, 8 * LONG_MAX);
    /* Characters of one to four bytes, and of every escape. */
    for (size_t i = 0; i < LONG_REPEATS; i++)
        buf_add_text(&text, "a<ሀ&\xf0\x9f\x99\x8f*\"@b\n");
    buf_add_text(&text, "\nAnswer: " ALERTCASE_LINK "\n");
    build(shape, text.data, &alert, &request);
    const char *body = strstr(strchr(request.data, '\n') + 1, "\n{");
    assert_non_null(body);
    AUTO_JSON *document = json_read(span_of(body + 1), &error);
    const char *words = json_string_value(json_pointer(document, shape->text_path));
    if (!words)
        fail_msg("%s: no text: %s", shape->kind, error.text);
    if (utf8_utf16_units(span_of(words)) > shape->max || !strstr(words, NOTE))
        fail_msg("%s: %zu units, %s", shape->kind, utf8_utf16_units(span_of(words)), words);
    if (utf8_utf16_units(span_of(words)) + 400 < shape->max / 4)
        fail_msg("%s: cut too early: %zu units", shape->kind, utf8_utf16_units(span_of(words)));
    if (strstr(words, "\xef\xbf\xbd") || !strstr(request.data, ALERTCASE_LINK))
        fail_msg("%s: a character was cut, or the link is gone", shape->kind);
}

void alertcase_check_shape(const struct alertcase_shape *shape)
{
    AUTO_BUF request;
    buf_init(&request, LONG_MAX);
    build(shape, "channel `line` has failed", NULL, &request);
    if (!strstr(request.data, "has failed") || strstr(request.data, "1042"))
        fail_msg("%s: a notice is %s", shape->kind, request.data);
    check_hidden(shape);
    check_long(shape);
}

void alertcase_check_waits(const char *kind, const char *const *pairs, const struct alertcase_wait *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        struct transmit_reply reply = { .kind = REPLY_ANSWERED,
            .status = cases[i].status,
            .retry_after_s = cases[i].retry_after_s,
            .body = span_of(cases[i].body),
            .reason = "" };
        struct send_result result;
        registry_find(kind)->read_reply(settings, &reply, &result);
        if (result.outcome != cases[i].want || result.retry_after_s != cases[i].want_wait_s)
            fail_msg("%s: %s, %lld s", cases[i].label, outcome_word(result.outcome), (long long)result.retry_after_s);
    }
    settings_free(settings);
}
