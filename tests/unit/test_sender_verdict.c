/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sender_verdict - what an attempt means; and the frames that say so.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/sender/wire.h"

static void every_ending_has_its_verdict(void **state)
{
    static const struct {
        const char *label;
        struct attempt in;
        int kind, status;
    } rows[] = {
        { "answer", { .code = CURLE_OK, .status = 201, .has_begun = true, .is_written = true }, REPLY_ANSWERED, 201 },
        { "early refusal, body not all written", { .code = CURLE_OK, .status = 413, .has_begun = true }, REPLY_ANSWERED,
            413 },
        { "cut answer",
            { .code = CURLE_WRITE_ERROR, .status = 200, .has_begun = true, .is_written = true, .is_cut = true },
            REPLY_ANSWERED, 200 },
        { "head too long", { .code = CURLE_WRITE_ERROR, .status = 200, .has_begun = true, .is_written = true },
            REPLY_UNKNOWN, 0 },
        { "no name", { .code = CURLE_COULDNT_RESOLVE_HOST }, REPLY_NOT_SENT, 0 },
        { "no connection", { .code = CURLE_COULDNT_CONNECT }, REPLY_NOT_SENT, 0 },
        { "address refused", { .code = CURLE_COULDNT_CONNECT, .is_address_refused = true }, REPLY_NOT_SENT, 0 },
        { "no TLS", { .code = CURLE_SSL_CONNECT_ERROR }, REPLY_NOT_SENT, 0 },
        { "no trust", { .code = CURLE_PEER_FAILED_VERIFICATION }, REPLY_NOT_SENT, 0 },
        { "time-out while connecting", { .code = CURLE_OPERATION_TIMEDOUT }, REPLY_NOT_SENT, 0 },
        { "time-out while writing", { .code = CURLE_OPERATION_TIMEDOUT, .has_begun = true }, REPLY_NOT_SENT, 0 },
        { "time-out after writing", { .code = CURLE_OPERATION_TIMEDOUT, .has_begun = true, .is_written = true },
            REPLY_UNKNOWN, 0 },
        { "time-out in the answer",
            { .code = CURLE_OPERATION_TIMEDOUT, .status = 200, .has_begun = true, .is_written = true }, REPLY_UNKNOWN,
            0 },
        { "closed after writing", { .code = CURLE_GOT_NOTHING, .has_begun = true, .is_written = true }, REPLY_UNKNOWN,
            0 },
        { "half an answer", { .code = CURLE_PARTIAL_FILE, .status = 200, .has_begun = true, .is_written = true },
            REPLY_UNKNOWN, 0 },
        { "written, then a second try",
            { .code = CURLE_ABORTED_BY_CALLBACK, .has_begun = true, .is_written = true, .is_second_try = true },
            REPLY_UNKNOWN, 0 },
        { "not written, then a second try",
            { .code = CURLE_ABORTED_BY_CALLBACK, .has_begun = true, .is_second_try = true }, REPLY_NOT_SENT, 0 },
        { "answer without a status", { .code = CURLE_OK, .has_begun = true, .is_written = true }, REPLY_UNKNOWN, 0 },
        { "mail taken", { .is_mail = true, .code = CURLE_OK, .status = 250, .has_begun = true }, REPLY_ANSWERED, 250 },
        { "mail refused", { .is_mail = true, .code = CURLE_OK, .status = 550, .has_begun = true }, REPLY_ANSWERED,
            550 },
        { "login refused", { .is_mail = true, .code = CURLE_LOGIN_DENIED, .status = 535 }, REPLY_ANSWERED, 535 },
        { "greeting refused", { .is_mail = true, .code = CURLE_WEIRD_SERVER_REPLY, .status = 421 }, REPLY_ANSWERED,
            421 },
        { "time-out after a refused EHLO", { .is_mail = true, .code = CURLE_OPERATION_TIMEDOUT, .status = 502 },
            REPLY_NOT_SENT, 0 },
        { "no STARTTLS", { .is_mail = true, .code = CURLE_USE_SSL_FAILED, .status = 250 }, REPLY_NOT_SENT, 0 },
        { "silence before the dot", { .is_mail = true, .code = CURLE_OPERATION_TIMEDOUT, .has_begun = true },
            REPLY_NOT_SENT, 0 },
        { "silence after the dot",
            { .is_mail = true, .code = CURLE_OPERATION_TIMEDOUT, .has_begun = true, .is_written = true }, REPLY_UNKNOWN,
            0 },
        { "nonsense after the dot",
            { .is_mail = true, .code = CURLE_WEIRD_SERVER_REPLY, .has_begun = true, .is_written = true }, REPLY_UNKNOWN,
            0 },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct verdict got = verdict_reach(&rows[i].in);
        if (got.kind != rows[i].kind || got.status != rows[i].status || str_is_empty(got.reason))
            fail_msg("%s: got %s %d", rows[i].label, verdict_word(got.kind), got.status);
    }
}

/* Over all codes of libcurl: what may have been taken is never called "not sent", and nothing else than an answer has a
 * status. */
static void doubt_never_becomes_not_sent(void **state)
{
    (void)state;
    for (int code = 0; code < CURL_LAST; code++)
        for (unsigned bits = 0; bits < 16; bits++) {
            struct attempt attempt = { .code = (CURLcode)code,
                .has_begun = true,
                .is_written = true,
                .is_mail = bits & 1,
                .is_second_try = bits & 2,
                .is_address_refused = bits & 4,
                .status = bits & 8 ? 250 : 0 };
            struct verdict got = verdict_reach(&attempt);
            if (got.kind == REPLY_NOT_SENT)
                fail_msg("code %d bits %u is called not_sent", code, bits);
            if (got.kind == REPLY_UNKNOWN && got.status != 0)
                fail_msg("code %d bits %u has a status", code, bits);
        }
}

static void frames_are_written_as_documented(void **state)
{
    AUTO_BUF out;
    struct verdict verdict = { .kind = REPLY_ANSWERED, .status = 201, .reason = "answered" };

    (void)state;
    buf_init(&out, 1000);
    assert_int_equal(wire_write_hello(&out, "sender"), 0);
    assert_string_equal(out.data, "{\"hello\":1,\"role\":\"sender\",\"name\":\"sender\",\"capacity\":64}");
    buf_clear(&out);
    assert_int_equal(wire_write_pong(&out, WIRE_PING_MAX), 0);
    assert_string_equal(out.data, "{\"pong\":9007199254740992}");
    buf_clear(&out);
    assert_int_equal(wire_write_result(&out, "41-3", &verdict, 7, (struct span){ "\0\xff", 2 }, true), 0);
    assert_string_equal(out.data,
        "{\"result\":\"41-3\",\"kind\":\"answered\",\"status\":201,\"retry_after\":7,\"body\":\"AP8=\","
        "\"truncated\":true,\"reason\":\"answered\"}");
    buf_clear(&out);
    verdict = verdict_not_sent("the worker is full");
    assert_int_equal(wire_write_result(&out, "a", &verdict, 0, (struct span){ "", 0 }, false), 0);
    assert_string_equal(out.data,
        "{\"result\":\"a\",\"kind\":\"not_sent\",\"status\":0,\"retry_after\":0,\"body\":\"\",\"truncated\":false,"
        "\"reason\":\"the worker is full\"}");
}

static void frame_has_exactly_one_word(void **state)
{
    static const struct {
        const char *in;
        enum wire_word want; /* WIRE_NONE = refused */
    } rows[] = {
        { "{\"welcome\":1}", WIRE_WELCOME },
        { "{\"welcome\":1,\"allow\":[]}", WIRE_WELCOME },
        { "{\"allow\":[]}", WIRE_ALLOW },
        { "{\"job\":\"1\",\"kind\":\"http\"}", WIRE_JOB },
        { "{\"ping\":1,\"new key\":2}", WIRE_PING },
        { "{\"pong\":1}", WIRE_PONG },
        { "{\"refused\":\"no\"}", WIRE_REFUSED },
        { "{}", WIRE_NONE },
        { "[]", WIRE_NONE },
        { "1", WIRE_NONE },
        { "", WIRE_NONE },
        { "{\"ping\":1", WIRE_NONE },
        { "{\"ping\":1}x", WIRE_NONE },
        { "{\"ping\":1,\"ping\":1}", WIRE_NONE },
        { "{\"ping\":1,\"pong\":1}", WIRE_NONE },
        { "{\"job\":\"1\",\"result\":\"1\"}", WIRE_NONE },
        { "{\"hello\":1}", WIRE_NONE },
        { "{\"message\":\"1\"}", WIRE_NONE },
        { "{\"stored\":\"1\"}", WIRE_NONE },
        { "{\"kind\":\"http\"}", WIRE_NONE },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct error error = { "" };
        enum wire_word word;
        json_t *raw;
        int status = wire_read(span_of(rows[i].in), &raw, &word, &error);
        AUTO_JSON *frame = raw;
        if (word != rows[i].want || (status == 0) != (rows[i].want != WIRE_NONE) || (frame != NULL) != (status == 0))
            fail_msg("%s: word %d, status %d", rows[i].in, word, status);
    }
}

static void worker_name_keeps_its_form(void **state)
{
    static const struct {
        const char *in;
        bool want;
    } rows[] = { { "sender", true }, { "a-b_2", true }, { "01234567890123456789012345678901", true },
        { "012345678901234567890123456789012", false }, { "", false }, { "Sender", false }, { "a b", false },
        { "a\n", false } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (wire_is_name(rows[i].in) != rows[i].want)
            fail_msg("%s: want %d", rows[i].in, rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_ending_has_its_verdict),
        cmocka_unit_test(doubt_never_becomes_not_sent),
        cmocka_unit_test(frames_are_written_as_documented),
        cmocka_unit_test(frame_has_exactly_one_word),
        cmocka_unit_test(worker_name_keeps_its_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
