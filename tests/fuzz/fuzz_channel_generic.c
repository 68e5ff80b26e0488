/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_channel_generic - any request to providers that are described by settings alone.
 * What:  byte 0 chooses the settings, byte 1 method, path and content type; then the query up to a newline, then the
 *        body.
 * Keeps: nothing unsigned is authentic; every text that comes out is UTF-8; part numbers make sense; an error leaves
 *        nothing to free. Whatever the provider answers to a message, only a 2xx is `sent`.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/registry.h"

#define QUERY_MAX 2048
#define SECRET "secret=key-of-a-fuzzer"

static const char *const setups[][14] = {
    { "auth=hmac", SECRET, "messages=/inbox/sms", "field_from=@from", "field_text=./body/text", "field_to=../to",
        "reports=/inbox/dlr", "field_udh=udh" },
    { "auth=token", SECRET, "auth_field=/a/key", "messages=/entry/*/changes/*/value/messages", "field_text=/a/0" },
    { "auth=hmac", SECRET, "hash=sha1", "public_url=https://line.example.org/in/x/message",
        "signed_text={url_query}{params}.{header:X-Time}", "field_text=t{n}", "field_from=f{n}",
        "field_status_id=id{n}" },
    { "auth=hash", SECRET, "hash=md5", "signed_text=&{params}{secret}", "params_equals==", "params_separator=&",
        "params_replace=&=", "signature_field=sig", "timestamp_field=ts", "field_part=p", "field_part_total=n",
        "field_part_ref=r", "field_time=ts" },
    { "auth=hmac", SECRET, "auth_prefix=v1=", "timestamp_header=X-Signature", "timestamp_prefix=t=",
        "signed_text={timestamp}{newline}{method}{path}{query}{body_sha256}{field:id}", "field_coding=dcs",
        "coding_words=8 = hex utf-16be|0 = gsm-7|1 = base64 utf-8", "time_zone=-03:30", "date_order=month_first" },
    { "auth=basic", SECRET, "auth_user=line", "repeated=messages", "numbers=international", "charset=utf-16be",
        "field_opt_out=kw", "first_part=0", "field_part=p" },
    { "auth=hmac", SECRET, "document_field=xml", "field_type=@type", "report_types=dlr", "ignored_types=ping",
        "field_text=body text /m/t", "text_coding=hex gsm-7" },
    { "auth=header", SECRET, "field_text=body:", "field_from=header:X-Time", "field_id=query:id", "format=form" },
    { "auth=token", SECRET, "format=xml", "field_text=/results/*/text", "field_from=/results/*/from" },
};

static const char *const types[] = { "application/x-www-form-urlencoded", "application/json", "text/xml",
    "text/plain; charset=iso-8859-1", "multipart/form-data; boundary=x7", "application/xml; charset=utf-16", "" };

static void check_messages(struct sms_in *messages, int count)
{
    for (int i = 0; i < count; i++) {
        struct sms_in *sms = &messages[i];
        if (!sms->text || !utf8_is_valid(span_of(sms->text)) || !utf8_is_valid(span_of(sms->from)) ||
            !utf8_is_valid(span_of(sms->remote_id)) || !utf8_is_valid(span_of(sms->part_ref)))
            abort();
        if (sms->part > sms->part_total || (sms->part_total && !sms->part))
            abort();
        sms_in_done(sms);
    }
}

static void check_answer(const struct channel_ops *ops, const struct settings *settings, struct span body, int status)
{
    struct transmit_reply reply = { .kind = REPLY_ANSWERED, .status = status, .body = body, .reason = "" };
    struct send_result result;
    ops->read_reply(settings, &reply, &result);
    if ((unsigned)result.outcome >= OUTCOME_COUNT || !utf8_is_valid(span_of(result.remote_id)))
        abort();
    if (result.outcome == OUTCOME_sent && (status < 200 || status > 299))
        abort();
}

static void try_request(const struct channel_ops *ops, const struct settings *settings, const struct request *request)
{
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
    struct delivery_report reports[CHANNEL_MESSAGES_MAX];
    if (ops->verify(settings, request, 1767225600000) != VERDICT_INVALID)
        abort();
    int count = ops->parse_message(settings, request, messages, CHANNEL_MESSAGES_MAX);
    if (count > CHANNEL_MESSAGES_MAX)
        abort();
    check_messages(messages, count);
    count = ops->parse_status(settings, request, reports, CHANNEL_MESSAGES_MAX);
    for (int i = 0; i < count; i++) {
        if ((unsigned)reports[i].status > REPORT_OPTED_OUT || !utf8_is_valid(span_of(reports[i].remote_id)) ||
            !utf8_is_valid(span_of(reports[i].provider_code)))
            abort();
    }
}

static void try_answers(const struct channel_ops *ops, struct span body, int status)
{
    static const char *const pairs[] = { "auth=none", "send_url=https://a.example/", "result_path=/r/0/@s",
        "sent_when=ok|http:202", "retry_when=http:5xx", "rejected_when=no", "id_path=/r/0/id",
        "id_after=ID:", "code_path=c", NULL };
    struct settings *settings = NULL;
    struct error error;
    if (settings_from_pairs(ops->keys, pairs, &error, &settings))
        abort();
    check_answer(ops, settings, body, status);
    settings_free(settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const char *start = (const char *)data + 2;
    const char *newline = memchr(start, '\n', size - 2);
    size_t query_len = newline ? (size_t)(newline - start) : 0;
    size_t body_at = newline ? query_len + 1 : 0;
    char query[QUERY_MAX];
    str_copy_span(query, sizeof query, (struct span){ start, query_len });
    const struct request_header headers[] = { { "Content-Type", types[(data[1] >> 2) % STR_COUNT(types)] },
        { "X-Signature", data[1] & 64 ? "t=1767225600,v1=00,v1=AAAA" : "AAAAAAAAAAAAAAAAAAAAAA==" },
        { "X-Time", "1767225600" }, { "Authorization", "Basic bGluZTpvdGhlcg==" } };
    struct request request = { .method = data[1] & 1 ? "GET" : "POST",
        .path = data[1] & 2 ? "/in/x/status" : "/in/x/message",
        .query = query,
        .headers = headers,
        .header_count = STR_COUNT(headers),
        .body = { start + body_at, size - 2 - body_at } };
    const struct channel_ops *ops = registry_find("generic");
    struct settings *settings = NULL;
    struct error error;
    if (settings_from_pairs(ops->keys, setups[data[0] % STR_COUNT(setups)], &error, &settings) ||
        ops->check(settings, &error))
        abort();
    try_request(ops, settings, &request);
    settings_free(settings);
    try_answers(ops, request.body, 100 + data[1] * 2);
    return 0;
}
