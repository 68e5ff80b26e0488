/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_channel_contract - what handlers/channel.h promises, over the whole registry.
 * Why:   a new channel is held to the contract by its one line in the registry, before anybody writes a test for it.
 * What:  settings are made of each table's own examples and defaults, so an example that does not load fails here.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "tests/support/channels.h"

#define PAIR_LEN 512
#define PAIRS_MAX 64
#define RANDOM_ROUNDS 3000
#define RANDOM_SEED 20261124u
#define SECRET_EXAMPLE "whsec_aGVscGxpbmUtdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXM="

/* xorshift32: the same bytes on every machine. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Settings of the examples: every key that has one, or only those that must be there. A secret's example names where it
 * is kept, so a value that fits every channel stands in for it. */
static struct settings *make_settings(const struct channel_ops *ops, bool is_complete, const char *secret)
{
    static char text[PAIRS_MAX][PAIR_LEN];
    const char *pairs[PAIRS_MAX + 1] = { NULL };
    size_t count = 0;
    for (const struct key *key = ops->keys; key->name; key++) {
        bool is_wanted = key->example && (is_complete || key->flags & KEY_REQUIRED);
        if (!is_wanted && !(key->flags & KEY_SECRET && str_equal(key->name, "secret")))
            continue;
        assert_true(count < PAIRS_MAX);
        const char *value = key->flags & KEY_SECRET ? secret : key->example;
        (void)snprintf(text[count], PAIR_LEN, "%s=%s", key->name, value);
        pairs[count] = text[count];
        count++;
    }
    return channels_settings(ops->kind, pairs);
}

static struct settings *example_settings(const struct channel_ops *ops, bool is_complete)
{
    return make_settings(ops, is_complete, SECRET_EXAMPLE);
}

static struct settings *settings_with(const struct channel_ops *ops, const char *secret)
{
    return make_settings(ops, true, secret);
}

static void check_functions(const struct channel_ops *ops)
{
    const struct {
        unsigned cap;
        bool is_there;
        const char *what;
    } members[] = {
        { CHANNEL_RECEIVES | CHANNEL_ACTS, ops->verify != NULL, "verify" },
        { CHANNEL_RECEIVES, ops->parse_message != NULL, "parse_message" },
        { CHANNEL_RECEIVES | CHANNEL_REPORTS | CHANNEL_ACTS, ops->answer != NULL, "answer" },
        { CHANNEL_ACTS, ops->parse_acts != NULL, "parse_acts" },
        { CHANNEL_REPORTS, ops->parse_status != NULL, "parse_status" },
        { CHANNEL_SENDS, ops->build_send != NULL, "build_send" },
        { CHANNEL_SENDS, ops->read_reply != NULL, "read_reply" },
        { CHANNEL_POLLS, ops->build_poll != NULL, "build_poll" },
        { CHANNEL_POLLS, ops->read_poll != NULL || ops->read_poll_acts != NULL, "read_poll" },
    };
    for (size_t i = 0; i < STR_COUNT(members); i++) {
        if (((ops->caps & members[i].cap) != 0) != members[i].is_there)
            fail_msg("%s: %s and caps disagree", ops->kind, members[i].what);
    }
    if (ops->caps & CHANNEL_REPORTS && !(ops->caps & CHANNEL_RECEIVES))
        fail_msg("%s: reports need a proof of origin", ops->kind);
    if ((ops->is_from || ops->answer_act || ops->caps & (CHANNEL_SHOWS | CHANNEL_TALKS)) && !(ops->caps & CHANNEL_ACTS))
        fail_msg("%s: what of acts is there belongs to CHANNEL_ACTS", ops->kind);
    if (ops->caps & CHANNEL_TALKS && !ops->is_from)
        fail_msg("%s: who types is known by the place alone", ops->kind);
    if (!(ops->caps & (CHANNEL_RECEIVES | CHANNEL_SENDS)))
        fail_msg("%s: does nothing", ops->kind);
    if (ops->caps & CHANNEL_SENDS && !(ops->caps & (CHANNEL_SMS | CHANNEL_ALERTS)))
        fail_msg("%s: sends to nobody", ops->kind);
}

static void every_channel_has_what_its_caps_say(void **state)
{
    (void)state;
    size_t count = 0;
    for (const struct channel_ops *ops; (ops = registry_at(count)); count++) {
        check_functions(ops);
        assert_ptr_equal(registry_find(ops->kind), ops);
        if (str_is_empty(ops->summary) || strlen(ops->summary) > 80)
            fail_msg("%s: summary", ops->kind);
        if (count && strcmp(registry_at(count - 1)->kind, ops->kind) >= 0)
            fail_msg("%s: the registry is in alphabetical order, without doubles", ops->kind);
    }
    assert_true(count >= 5);
    assert_null(registry_find("no such kind"));
    assert_null(registry_find(""));
}

static void check_key(const struct channel_ops *ops, const struct key *key)
{
    bool is_list = key->type == KEY_WORD || key->type == KEY_WORDS;
    if (strspn(key->name, "abcdefghijklmnopqrstuvwxyz_") != strlen(key->name))
        fail_msg("%s.%s: name", ops->kind, key->name);
    if (str_is_empty(key->doc) || !isupper((unsigned char)key->doc[0]) || key->doc[strlen(key->doc) - 1] != '.')
        fail_msg("%s.%s: its doc is a sentence", ops->kind, key->name);
    if (is_list != (key->words != NULL))
        fail_msg("%s.%s: words", ops->kind, key->name);
    if (key->flags & KEY_REQUIRED && (key->fallback || !key->example))
        fail_msg("%s.%s: a required key has an example and no default", ops->kind, key->name);
    if (key->flags & KEY_SECRET && key->example && !str_starts(key->example, "@credential:"))
        fail_msg("%s.%s: the example of a secret shows where to keep it", ops->kind, key->name);
    for (const struct key *other = ops->keys; other != key; other++) {
        if (str_equal(other->name, key->name))
            fail_msg("%s.%s: twice", ops->kind, key->name);
    }
}

static void every_key_is_documented_and_its_example_loads(void **state)
{
    (void)state;
    const struct channel_ops *ops;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        for (const struct key *key = ops->keys; key->name; key++)
            check_key(ops, key);
        settings_free(example_settings(ops, false));
        settings_free(example_settings(ops, true));
    }
}

static void every_answer_is_sane(void **state)
{
    (void)state;
    const struct channel_ops *ops;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        if (!ops->answer)
            continue;
        struct settings *settings = example_settings(ops, true);
        for (int to = ANSWER_STORED; to <= ANSWER_BUSY; to++) {
            struct reply reply;
            memset(&reply, 0xa5, sizeof reply);
            ops->answer(settings, (enum answer_to)to, &reply);
            bool is_success = reply.status >= 200 && reply.status < 300;
            if ((to == ANSWER_STORED || to == ANSWER_REPORT) != is_success && to != ANSWER_MALFORMED)
                fail_msg("%s: answer %d has status %d", ops->kind, to, reply.status);
            if ((to == ANSWER_FORBIDDEN && reply.status != 403) || (to == ANSWER_BUSY && reply.status != 503) ||
                reply.status == 429)
                fail_msg("%s: answer %d has status %d", ops->kind, to, reply.status);
            if (reply.body_len >= sizeof reply.body || reply.body_len != strlen(reply.body) ||
                (reply.body_len && !reply.content_type))
                fail_msg("%s: answer %d has an unsound body", ops->kind, to);
            if (reply.allow || reply.www_authenticate)
                fail_msg("%s: answer %d leaves members as it found them", ops->kind, to);
        }
        settings_free(settings);
    }
}

/* ---- hostile bytes --------------------------------------------------------------------------------------------- */

/* Mostly what the formats are made of, so that parsers get past their first byte. */
static size_t random_text(uint32_t *state, char *ret, size_t max)
{
    static const char *const pieces[] = { "from", "text", "id", "Body", "MessageSid", "From", "status", "MessageStatus",
        "=", "&", "+", "%", "%00", "%ff", "{", "}", "\"", ":", ",", "[", "]", "\\u0000", "\xff", "\xf0\x9f", "1",
        "http://", "\r\n", "true", "null", "v0=", "v1=", "payload=", "\"event\"", "\"message\"", "\"callback_query\"",
        "ack:" };
    size_t len = 0, count = next_random(state) % 60;
    for (size_t i = 0; i < count; i++) {
        const char *piece = pieces[next_random(state) % STR_COUNT(pieces)];
        size_t piece_len = strlen(piece);
        if (len + piece_len + 2 > max)
            break;
        memcpy(ret + len, piece, piece_len);
        len += piece_len;
        if (next_random(state) % 8 == 0)
            ret[len++] = (char)(1 + next_random(state) % 255);
    }
    ret[len] = '\0';
    return len;
}

static void check_message(const struct channel_ops *ops, const struct sms_in *sms)
{
    if (!sms->text || !utf8_is_valid(span_of(sms->text)))
        fail_msg("%s: a text that is not UTF-8", ops->kind);
    if (!memchr(sms->from, '\0', sizeof sms->from) || !memchr(sms->to, '\0', sizeof sms->to) ||
        !memchr(sms->remote_id, '\0', sizeof sms->remote_id))
        fail_msg("%s: a text without end", ops->kind);
    if (!utf8_is_valid(span_of(sms->from)) || !utf8_is_valid(span_of(sms->remote_id)))
        fail_msg("%s: a number or an id that is not UTF-8", ops->kind);
}

static void check_acts(const struct channel_ops *ops, const struct settings *settings, const struct request *request)
{
    struct contact_act acts[CHANNEL_ACTS_MAX];
    int count = ops->parse_acts ? ops->parse_acts(settings, request, acts, CHANNEL_ACTS_MAX) : 0;
    if (count > CHANNEL_ACTS_MAX || (count < 0 && count != ERR_INVALID && count != ERR_LIMIT))
        fail_msg("%s: parse_acts gives %d", ops->kind, count);
    for (int i = 0; i < count; i++) {
        const struct contact_act *act = &acts[i];
        if ((act->verb == CONTACT_SAYS) != (act->text != NULL) || (act->text && !utf8_is_valid(span_of(act->text))) ||
            !utf8_is_valid(span_of(act->who)) || !utf8_is_valid(span_of(act->event_id)))
            fail_msg("%s: an act that is unsound", ops->kind);
        contact_act_done(&acts[i]);
    }
}

static void feed(const struct channel_ops *ops, const struct settings *settings, const struct request *request)
{
    struct sms_in messages[CHANNEL_MESSAGES_MAX];
    struct delivery_report reports[CHANNEL_MESSAGES_MAX];
    enum verdict verdict = ops->verify(settings, request, 1767225600000);
    if (verdict != VERDICT_INVALID)
        fail_msg("%s: random bytes were taken for authentic", ops->kind);
    check_acts(ops, settings, request);
    int count = ops->parse_message ? ops->parse_message(settings, request, messages, CHANNEL_MESSAGES_MAX) : 0;
    if (count > CHANNEL_MESSAGES_MAX || (count < 0 && count != ERR_INVALID && count != ERR_LIMIT))
        fail_msg("%s: parse_message gives %d", ops->kind, count);
    for (int i = 0; i < count; i++) {
        check_message(ops, &messages[i]);
        sms_in_done(&messages[i]);
    }
    count = ops->parse_status ? ops->parse_status(settings, request, reports, CHANNEL_MESSAGES_MAX) : 0;
    if (count > CHANNEL_MESSAGES_MAX || (count < 0 && count != ERR_INVALID && count != ERR_LIMIT))
        fail_msg("%s: parse_status gives %d", ops->kind, count);
}

static void random_bytes_are_never_authentic_and_never_crash(void **state)
{
    (void)state;
    static const char *const types[] = { "application/json", "application/x-www-form-urlencoded",
        "text/plain; charset=utf-16", "" };
    uint32_t seed = RANDOM_SEED;
    const struct channel_ops *ops;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        if (!(ops->caps & (CHANNEL_RECEIVES | CHANNEL_ACTS)))
            continue;
        struct settings *settings = example_settings(ops, true);
        for (int round = 0; round < RANDOM_ROUNDS; round++) {
            char body[1024], query[1024], path[1024], signature[1024];
            struct request_header headers[] = { { "Content-Type", types[next_random(&seed) % STR_COUNT(types)] },
                { "X-Twilio-Signature", signature }, { "X-Signature", signature }, { "webhook-signature", signature },
                { "X-Slack-Signature", signature }, { "X-Slack-Request-Timestamp", "1767225600" },
                { "X-PagerDuty-Signature", signature }, { "X-Telegram-Bot-Api-Secret-Token", signature } };
            struct request request = { .method = next_random(&seed) % 2 ? "POST" : "GET",
                .path = path,
                .query = query,
                .headers = headers,
                .header_count = next_random(&seed) % (STR_COUNT(headers) + 1) };
            request.body.len = random_text(&seed, body, sizeof body);
            request.body.data = body;
            (void)random_text(&seed, query, sizeof query);
            (void)random_text(&seed, path, sizeof path);
            (void)random_text(&seed, signature, sizeof signature);
            feed(ops, settings, &request);
        }
        settings_free(settings);
    }
}

/* ---- sending --------------------------------------------------------------------------------------------------- */

static void check_transmit(const struct channel_ops *ops, const struct transmit *transmit)
{
    bool is_http = transmit->kind == TRANSMIT_HTTP;
    if (transmit->kind == TRANSMIT_NONE)
        fail_msg("%s: build_send says 0 and builds nothing", ops->kind);
    if (is_http && (!transmit->method || transmit->timeout_ms == 0 || transmit->url.len == 0))
        fail_msg("%s: an incomplete HTTP request", ops->kind);
    if (is_http && strpbrk(transmit->url.data, "\r\n \t"))
        fail_msg("%s: white space in the URL", ops->kind);
    const char *line = transmit->headers.data ? transmit->headers.data : "";
    for (; *line; line = strchr(line, '\n') + 1) {
        size_t len = strcspn(line, "\n");
        if (line[len] != '\n' || !memchr(line, ':', len) || memchr(line, '\r', len) ||
            memmem(line, len, "Injected", 8) == line)
            fail_msg("%s: header line \"%.*s\"", ops->kind, (int)len, line);
    }
}

static void hostile_messages_stay_in_their_place(void **state)
{
    (void)state;
    static const char *const texts[] = { "", "x", "\r\nInjected: 1\r\n\r\n", "\"}{\"",
        "&to=%2B1&x=", "{text}{token}{id}", "\n.\r\n", "ሀ🙏" };
    static const char *const addresses[] = { "", "+966500000001", "desk@example.org", "https://desk.example.org/a",
        "http://127.0.0.1:1/", "+966500000001\r\nInjected: 1", "https://desk.example.org/\nInjected: 1",
        "desk@example.org\r\nInjected: 1", "../../x", "STC", "8080" };
    const struct channel_ops *ops;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        struct settings *settings = ops->caps & CHANNEL_SENDS ? example_settings(ops, true) : NULL;
        size_t sent = 0;
        for (size_t k = 0; settings && k < STR_COUNT(texts) * STR_COUNT(addresses); k++) {
            const char *text = texts[k % STR_COUNT(texts)];
            const struct sms_out message = { .id = "out-17",
                .from = "",
                .to = addresses[k / STR_COUNT(texts)],
                .subject = text,
                .text = text,
                .now_ms = 1767225600000,
                .attempt = 1 };
            struct transmit transmit;
            transmit_init(&transmit);
            int rc = ops->build_send(settings, &message, &transmit);
            if (rc == 0)
                check_transmit(ops, &transmit);
            else if (rc != ERR_INVALID)
                fail_msg("%s: build_send gives %d", ops->kind, rc);
            sent += rc == 0;
            transmit_done(&transmit);
        }
        if (settings && sent == 0)
            fail_msg("%s: sends nothing to nobody", ops->kind);
        settings_free(settings);
    }
}

static void every_reply_has_an_outcome(void **state)
{
    (void)state;
    static const char *const bodies[] = { "", "{}", "{\"sid\":\"SM1\",\"id\":\"1\"}", "{\"code\":99999999999}", "[",
        "\xff" };
    const struct channel_ops *ops;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        struct settings *settings = ops->caps & CHANNEL_SENDS ? example_settings(ops, true) : NULL;
        for (int status = 0; settings && status < 700; status++) {
            for (int kind = REPLY_ANSWERED; kind <= REPLY_UNKNOWN; kind++) {
                struct transmit_reply reply = { .status = status, .retry_after_s = status, .reason = "" };
                struct send_result result;
                reply.kind = kind;
                reply.body = span_of(bodies[status % (int)STR_COUNT(bodies)]);
                memset(&result, 0xa5, sizeof result);
                ops->read_reply(settings, &reply, &result);
                if ((unsigned)result.outcome >= OUTCOME_COUNT ||
                    !memchr(result.remote_id, '\0', sizeof result.remote_id) ||
                    !memchr(result.provider_code, '\0', sizeof result.provider_code) || result.retry_after_s < 0)
                    fail_msg("%s: kind %d status %d", ops->kind, kind, status);
                if (result.outcome == OUTCOME_sent && kind != REPLY_ANSWERED)
                    fail_msg("%s: kind %d counts as sent", ops->kind, kind);
                if (kind == REPLY_UNKNOWN && status < 400 && result.outcome != OUTCOME_uncertain &&
                    !str_equal(ops->kind, "loopback"))
                    fail_msg("%s: a lost answer is %s", ops->kind, outcome_word(result.outcome));
            }
        }
        settings_free(settings);
    }
}

/* ---- self-test ------------------------------------------------------------------------------------------------- */

#define NOW_MS 1767225600000
#define SECRET_CHANGED "whsec_YW5vdGhlci1zZWNyZXQtb2YtdGhlc2UtdGVzdHMtMzI="

static enum verdict judge(const struct channel_ops *ops, const struct settings *settings, struct selftest *test)
{
    struct request request;
    assert_int_equal(selftest_request(test, &request), 0);
    return ops->verify(settings, &request, NOW_MS);
}

static void check_made_up_message(const struct channel_ops *ops, const struct settings *settings, struct selftest *test)
{
    struct sms_in message;
    struct request request;
    assert_int_equal(selftest_request(test, &request), 0);
    if (ops->parse_message(settings, &request, &message, 1) != 1)
        fail_msg("%s: the made-up message is not read", ops->kind);
    if (!str_equal(message.text, SELFTEST_TEXT) || !str_equal(message.from, SELFTEST_FROM))
        fail_msg("%s: \"%s\" of %s", ops->kind, message.text, message.from);
    sms_in_done(&message);
}

/* Of every kind that can make one: it is proved, it is read, and without the right secret it is neither. */
static void request_that_the_line_makes_itself_is_proved_by_the_secret_alone(void **state)
{
    (void)state;
    const struct channel_ops *ops;
    size_t count = 0;
    for (size_t i = 0; (ops = registry_at(i)); i++) {
        struct error error = { "" };
        struct selftest test;
        if (!(ops->caps & (CHANNEL_RECEIVES | CHANNEL_ACTS)))
            continue;
        if (!ops->build_self_test)
            fail_msg("%s: `channels test` cannot try its secret", ops->kind);
        struct settings *settings = example_settings(ops, true);
        selftest_init(&test, "line");
        int rc = ops->build_self_test(settings, NOW_MS, &test, &error);
        if (rc != 0 && (rc != ERR_UNSUPPORTED || !error.text[0]))
            fail_msg("%s: %d %s", ops->kind, rc, error.text);
        if (rc == 0) {
            if (judge(ops, settings, &test) != VERDICT_VALID)
                fail_msg("%s: what we prove ourselves is refused", ops->kind);
            if (!test.is_proof_only)
                check_made_up_message(ops, settings, &test);
            struct settings *others = settings_with(ops, SECRET_CHANGED);
            if (judge(ops, others, &test) != VERDICT_INVALID)
                fail_msg("%s: proved with another secret", ops->kind);
            settings_free(others);
            count++;
        }
        selftest_done(&test);
        settings_free(settings);
    }
    assert_true(count >= 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_channel_has_what_its_caps_say),
        cmocka_unit_test(every_key_is_documented_and_its_example_loads),
        cmocka_unit_test(every_answer_is_sane),
        cmocka_unit_test(random_bytes_are_never_authentic_and_never_crash),
        cmocka_unit_test(hostile_messages_stay_in_their_place),
        cmocka_unit_test(every_reply_has_an_outcome),
        cmocka_unit_test(request_that_the_line_makes_itself_is_proved_by_the_secret_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
