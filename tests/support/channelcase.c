/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channelcase - see channelcase.h. */
#include "tests/support/channelcase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define MESSAGE_PATH "/in/x/message"
#define STATUS_PATH "/in/x/status"
#define SINCE_MS 1767225600000 /* 2026-01-01T00:00:00Z */

static const char *const verdict_words[] = { "valid", "late", "invalid" };

void channelcase_check_vectors(const char *kind, channelcase_settings_fn make, size_t at_least)
{
    const struct channel_ops *ops = registry_find(kind);
    json_t *vector, *vectors = channels_signatures();
    size_t i, count = 0;
    json_array_foreach(vectors, i, vector)
    {
        if (!str_equal(json_text(vector, "scheme", ""), kind))
            continue;
        for (int previous = 0; previous < 2; previous++) {
            struct request_header headers[CHANNELS_HEADERS_MAX];
            struct request request = channels_vector_request(vector, MESSAGE_PATH, headers);
            struct settings *settings = make(vector, previous);
            const char *got = verdict_words[ops->verify(settings, &request, json_int(vector, "now_s", 0) * 1000)];
            if (!str_equal(got, json_text(vector, "verdict", "")))
                fail_msg("%s: %s (%s secret)", json_text(vector, "name", ""), got, previous ? "previous" : "current");
            settings_free(settings);
        }
        count++;
    }
    if (count < at_least)
        fail_msg("%s: only %zu vectors", kind, count);
    json_decref(vectors);
}

static struct request request_of(const char *path, const char *body)
{
    static const struct request_header json_header[] = { { "Content-Type", "application/json" } };
    struct request request = channels_post(path, body);
    if (*body == '{' || *body == '[')
        request.headers = json_header;
    if (*body == '?') {
        request.method = "GET";
        request.query = body + 1;
        request.body = span_of("");
        request.header_count = 0;
    }
    return request;
}

static bool is_other(const char *want, const char *got)
{
    return want && strcmp(want, got) != 0;
}

static bool is_other_time(const char *want, int64_t got)
{
    int64_t ms = 0;
    if (want && *want && clock_parse(want, &ms))
        fail_msg("the test itself has a bad time: %s", want);
    return want && ms != got;
}

static void check_message(const struct channelcase_message *test, const struct sms_in *sms)
{
    if (is_other(test->from, sms->from) || is_other(test->to, sms->to) || is_other(test->id, sms->remote_id) ||
        is_other(test->text, sms->text) || is_other_time(test->time, sms->sent_at) ||
        sms->provider_intent != test->intent)
        fail_msg("%s: from %s to %s id %s text \"%s\" at %lld intent %d", test->label, sms->from, sms->to,
            sms->remote_id, sms->text, (long long)sms->sent_at, sms->provider_intent);
    if (sms->is_call != test->is_call)
        fail_msg("%s: is%s a call", test->label, sms->is_call ? "" : " not");
    if (sms->part != test->part || sms->part_total != test->part_total || is_other(test->part_ref, sms->part_ref))
        fail_msg("%s: part %u of %u, %s", test->label, sms->part, sms->part_total, sms->part_ref);
}

static void check_messages(const struct channelcase_message *test, struct sms_in *messages, int count)
{
    if (count != test->want)
        fail_msg("%s: %d", test->label, count);
    if (count > 0)
        check_message(test, &messages[0]);
    for (int i = 0; i < count; i++)
        sms_in_done(&messages[i]);
}

void channelcase_check_messages(
    const char *kind, const char *const *pairs, const struct channelcase_message *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        struct sms_in messages[CHANNEL_MESSAGES_MAX];
        struct request request = request_of(MESSAGE_PATH, cases[i].body);
        int got = registry_find(kind)->parse_message(settings, &request, messages, CHANNEL_MESSAGES_MAX);
        check_messages(&cases[i], messages, got);
    }
    settings_free(settings);
}

void channelcase_check_reports(
    const char *kind, const char *const *pairs, const struct channelcase_report *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        const struct channelcase_report *test = &cases[i];
        struct delivery_report reports[CHANNEL_MESSAGES_MAX];
        struct request request = request_of(STATUS_PATH, test->body);
        int got = registry_find(kind)->parse_status(settings, &request, reports, CHANNEL_MESSAGES_MAX);
        if (got != test->want)
            fail_msg("%s: %d", test->label, got);
        if (got > 0 && ((int)reports[0].status != test->status || is_other(test->id, reports[0].remote_id) ||
                           is_other(test->code, reports[0].provider_code) || is_other_time(test->time, reports[0].at)))
            fail_msg("%s: status %d id %s code %s at %lld", test->label, reports[0].status, reports[0].remote_id,
                reports[0].provider_code, (long long)reports[0].at);
    }
    settings_free(settings);
}

void channelcase_check_replies(
    const char *kind, const char *const *pairs, const struct channelcase_reply *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        const struct channelcase_reply *test = &cases[i];
        struct transmit_reply reply = { .status = test->status, .body = span_of(test->body), .reason = "" };
        struct send_result result;
        reply.kind = test->reply;
        registry_find(kind)->read_reply(settings, &reply, &result);
        if (result.outcome != test->want || is_other(test->id, result.remote_id) ||
            is_other(test->code, result.provider_code))
            fail_msg("%s: %s id %s code %s", test->label, outcome_word(result.outcome), result.remote_id,
                result.provider_code);
    }
    settings_free(settings);
}

static void check_transmit(const struct channelcase_request *test, const struct transmit *got)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "%s\n", test->header ? test->header : "");
    const char *headers = got->headers.data ? got->headers.data : "";
    if (is_other(test->method, got->method) || is_other(test->url, got->url.data ? got->url.data : "") ||
        (test->header && !strstr(headers, line)) || is_other(test->body, got->body.data ? got->body.data : "") ||
        is_other(test->username, got->username.data ? got->username.data : ""))
        fail_msg("%s: %s %s\n%s\n%s (user %s)", test->label, got->method, got->url.data, headers,
            got->body.data ? got->body.data : "", got->username.data ? got->username.data : "");
}

void channelcase_check_sends(
    const char *kind, const char *const *pairs, const struct channelcase_request *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        const struct sms_out message = {
            .id = "alert-1-0", .from = "", .to = cases[i].to, .text = cases[i].text, .now_ms = SINCE_MS, .attempt = 1
        };
        struct transmit transmit;
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

void channelcase_check_poll(const char *kind, const char *const *pairs, const struct channelcase_request *want)
{
    struct settings *settings = channels_settings(kind, pairs);
    struct transmit transmit;
    transmit_init(&transmit);
    struct poll_from from = { .since_ms = SINCE_MS };
    str_copy(from.cursor, sizeof from.cursor, want->text ? want->text : "");
    int rc = registry_find(kind)->build_poll(settings, &from, &transmit);
    if (rc != want->want)
        fail_msg("%s: %s", want->label, error_name(rc));
    if (rc == 0)
        check_transmit(want, &transmit);
    transmit_done(&transmit);
    settings_free(settings);
}

void channelcase_check_listings(
    const char *kind, const char *const *pairs, const struct channelcase_message *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        struct sms_in messages[CHANNEL_MESSAGES_MAX];
        struct transmit_reply reply = { .status = 200, .body = span_of(cases[i].body), .reason = "" };
        reply.kind = REPLY_ANSWERED;
        const struct channel_ops *ops = registry_find(kind);
        const struct poll_from from = { .since_ms = SINCE_MS };
        struct poll_page page;
        int got = ops->read_poll(settings, &from, &reply, messages, CHANNEL_MESSAGES_MAX, &page);
        check_messages(&cases[i], messages, got);
        if ((got < 0) != (page.outcome != OUTCOME_sent))
            fail_msg("%s: %d with %s", cases[i].label, got, outcome_word(page.outcome));
        reply.status = 500;
        if (ops->read_poll(settings, &from, &reply, messages, CHANNEL_MESSAGES_MAX, &page) >= 0 ||
            page.outcome != OUTCOME_retry_network)
            fail_msg("%s: a failure was taken for a list", cases[i].label);
    }
    settings_free(settings);
}

static bool is_equal_or_unasked(const char *want, const char *got)
{
    return !want || str_equal(want, got);
}

static void check_page(
    const struct channelcase_page *want, const struct sms_in *first, int count, const struct poll_page *page)
{
    const char *cursor = want->next ? want->next : want->kept ? want->kept : "";
    if (page->outcome != want->want || (count < 0) != (want->want != OUTCOME_sent))
        fail_msg("%s: %s, %d messages", want->label, outcome_word(page->outcome), count);
    if (count < 0)
        return;
    if (count != want->count || page->unread != want->unread)
        fail_msg("%s: %d messages, %u unread", want->label, count, page->unread);
    if (page->has_more != (want->next != NULL) || !str_equal(page->cursor, cursor))
        fail_msg("%s: more %d, cursor %s", want->label, page->has_more, page->cursor);
    if (count && !(is_equal_or_unasked(want->from, first->from) && is_equal_or_unasked(want->id, first->remote_id) &&
                     is_equal_or_unasked(want->text, first->text)))
        fail_msg("%s: from %s id %s text %s", want->label, first->from, first->remote_id, first->text);
}

void channelcase_check_pages(
    const char *kind, const char *const *pairs, const struct channelcase_page *cases, size_t count)
{
    struct settings *settings = channels_settings(kind, pairs);
    for (size_t i = 0; i < count; i++) {
        struct sms_in messages[CHANNEL_MESSAGES_MAX];
        struct poll_from from = { .since_ms = SINCE_MS };
        struct poll_page page;
        struct transmit_reply reply = { .status = cases[i].status, .body = span_of(cases[i].body), .reason = "" };
        reply.kind = cases[i].status ? REPLY_ANSWERED : REPLY_UNKNOWN;
        str_copy(from.cursor, sizeof from.cursor, cases[i].cursor ? cases[i].cursor : "");
        int got = registry_find(kind)->read_poll(settings, &from, &reply, messages, CHANNEL_MESSAGES_MAX, &page);
        check_page(&cases[i], messages, got, &page);
        for (int j = 0; j < got; j++)
            sms_in_done(&messages[j]);
    }
    settings_free(settings);
}

void channelcase_check_refusals(const char *kind, const struct channelcase_refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error error;
        struct settings *settings = NULL;
        int rc = channels_try_settings(kind, cases[i].pairs, &error, &settings);
        if (rc == 0)
            settings_free(settings);
        if (rc != ERR_INVALID || !strstr(error.text, cases[i].word))
            fail_msg("%s: %s, \"%s\"", cases[i].label, error_name(rc), error.text);
    }
}
