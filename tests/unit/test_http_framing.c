/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_http_framing - what a real server in this process answers to requests of doubtful shape.
 * Why:   the library of Debian 12 serves smuggled requests by itself; the first table is the regression test against
 * it. Each line says the first status, how many requests reached on_request, and whether the connection was ended.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "tests/support/rig_http.h"

#define HOST "Host: line.example\r\n"
#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: line.example\r\n\r\n"
#define POST "POST /in/test/message HTTP/1.1\r\n"
#define GET "GET /healthz HTTP/1.1\r\n"
#define RAW(text) text, sizeof(text) - 1

struct raw_case {
    const char *label;
    const char *bytes;
    size_t len;
    int status; /* 0: closed without an answer */
    unsigned served;
    bool is_open;
};

/* clang-format off */
static const struct raw_case raw_cases[] = {
    /* what must work */
    { "plain GET", RAW(GET HOST "\r\n"), 200, 1, true },
    { "plain POST", RAW(POST HOST "Content-Length: 5\r\n\r\nhello"), 200, 1, true },
    { "empty POST", RAW(POST HOST "Content-Length: 0\r\n\r\n"), 200, 1, true },
    { "GET with length 0", RAW(GET HOST "Content-Length: 0\r\n\r\n"), 200, 1, true },
    { "two requests in one packet", RAW(GET HOST "\r\n" POST HOST "Content-Length: 2\r\n\r\nhi"), 200, 2, true },
    { "leading zeros", RAW(POST HOST "Content-Length: 0005\r\n\r\nhello"), 200, 1, true },
    { "HTTP/1.0", RAW("GET /healthz HTTP/1.0\r\n" HOST "\r\n"), 200, 1, false },
    { "Connection: close", RAW(GET HOST "Connection: close\r\n\r\n" SMUGGLED), 200, 1, false },
    { "raw UTF-8 in the query", RAW("GET /in/a/message?text=\xe1\x88\xb0\xe1\x88\x8b\xe1\x88\x9d HTTP/1.1\r\n" HOST "\r\n"), 200, 1, true },
    { "repeated proxy header", RAW(GET HOST "X-Forwarded-For: a\r\nX-Forwarded-For: b\r\n\r\n"), 200, 1, true },
    { "empty header value", RAW(GET HOST "X-Empty:\r\n\r\n"), 200, 1, true },
    /* two lengths, or a length of two readings */
    { "two equal Content-Length", RAW(POST HOST "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"), 400, 0, false },
    { "Content-Length 0 and 30", RAW(POST HOST "Content-Length: 0\r\nContent-Length: 30\r\n\r\n" SMUGGLED), 400, 0, false },
    { "Content-Length 30 and 0", RAW(POST HOST "Content-Length: 30\r\nContent-Length: 0\r\n\r\n" SMUGGLED), 400, 0, false },
    { "Content-Length in two cases", RAW(POST HOST "content-length: 0\r\nCONTENT-LENGTH: 5\r\n\r\nhello"), 400, 0, false },
    { "Content-Length +5", RAW(POST HOST "Content-Length: +5\r\n\r\nhello"), 400, 0, false },
    { "Content-Length -5", RAW(POST HOST "Content-Length: -5\r\n\r\nhello"), 400, 0, false },
    { "Content-Length 0x5", RAW(POST HOST "Content-Length: 0x5\r\n\r\nhello"), 400, 0, false },
    { "Content-Length 5,5", RAW(POST HOST "Content-Length: 5,5\r\n\r\nhello"), 400, 0, false },
    { "Content-Length empty", RAW(POST HOST "Content-Length:\r\n\r\nhello"), 400, 0, false },
    { "Content-Length 5 folded to 57", RAW(POST HOST "Content-Length: 5\r\n 7\r\n\r\nhello"), 411, 0, false },
    { "Content-Length past 64 bits", RAW(POST HOST "Content-Length: 99999999999999999999999\r\n\r\nhello"), 413, 0, false },
    { "Content-Length of 19 digits", RAW(POST HOST "Content-Length: 9000000000000000000\r\n\r\nhello"), 400, 0, false },
    { "Content-Length of 10 GB", RAW(POST HOST "Content-Length: 10000000000\r\n\r\nhello"), 413, 0, false },
    { "Content-Length one over the limit", RAW(POST HOST "Content-Length: 16385\r\n\r\n"), 413, 0, false },
    { "POST without Content-Length", RAW(POST HOST "\r\n" SMUGGLED), 411, 0, false },
    { "GET with a body", RAW(GET HOST "Content-Length: 47\r\n\r\n" SMUGGLED), 400, 0, false },
    /* transfer codings */
    { "chunked", RAW(POST HOST "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), 400, 0, false },
    { "length and chunked", RAW(POST HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED), 400, 0, false },
    { "chunked and length", RAW(POST HOST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED), 400, 0, false },
    { "space before the colon", RAW(POST HOST "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" SMUGGLED), 400, 0, false },
    { "identity coding", RAW(POST HOST "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello"), 400, 0, false },
    { "unknown coding", RAW(POST HOST "Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nhello"), 400, 0, false },
    { "coding name put together by folding", RAW(POST HOST "Transfer-: chunked\r\n Encoding\r\nContent-Length: 5\r\n\r\nhello"), 400, 0, false },
    { "GET with chunked", RAW(GET HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, 0, false },
    /* hosts and other single headers */
    { "no Host", RAW(GET "\r\n"), 400, 0, false },
    { "no Host, HTTP/1.0", RAW("GET /healthz HTTP/1.0\r\n\r\n"), 400, 0, false },
    { "two Host", RAW(GET HOST HOST "\r\n"), 400, 0, false },
    { "two different Host", RAW(GET HOST "host: other.example\r\n\r\n"), 400, 0, false },
    { "empty Host", RAW(GET "Host:\r\n\r\n"), 400, 0, false },
    { "two Content-Type", RAW(POST HOST "Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n\r\n"), 400, 0, false },
    { "two Authorization", RAW(GET HOST "Authorization: a\r\nAuthorization: b\r\n\r\n"), 400, 0, false },
    /* methods, targets, versions */
    { "PUT", RAW("PUT /healthz HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhello"), 405, 0, false },
    { "DELETE", RAW("DELETE /healthz HTTP/1.1\r\n" HOST "\r\n"), 405, 0, false },
    { "HEAD", RAW("HEAD /healthz HTTP/1.1\r\n" HOST "\r\n"), 405, 0, false },
    { "TRACE", RAW("TRACE /healthz HTTP/1.1\r\n" HOST "\r\n"), 405, 0, false },
    { "invented method", RAW("RESCUE /healthz HTTP/1.1\r\n" HOST "\r\n"), 405, 0, false },
    { "method in small letters", RAW("get /healthz HTTP/1.1\r\n" HOST "\r\n"), 405, 0, false },
    { "CONNECT", RAW("CONNECT line.example:443 HTTP/1.1\r\n" HOST "\r\n"), 400, 0, false },
    { "absolute form", RAW("GET http://line.example/healthz HTTP/1.1\r\n" HOST "\r\n"), 400, 0, false },
    { "fragment", RAW("GET /healthz#x HTTP/1.1\r\n" HOST "\r\n"), 400, 0, false },
    { "space in the target", RAW("GET /healthz x HTTP/1.1\r\n" HOST "\r\n"), 400, 0, false },
    { "control character in the target", RAW("GET /health\x01z HTTP/1.1\r\n" HOST "\r\n"), 400, 0, false },
    { "HTTP/2.0", RAW("GET /healthz HTTP/2.0\r\n" HOST "\r\n"), 505, 0, false },
    { "HTTP/0.9", RAW("GET /healthz\r\n\r\n"), 400, 0, false },
    { "a TLS hello", RAW("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 0, 0, false },
    { "expectation of something else", RAW(POST HOST "Content-Length: 5\r\nExpect: a-miracle\r\n\r\nhello"), 417, 0, false },
    /* header lines */
    { "line without a colon", RAW(GET HOST "nonsense\r\n\r\n"), 400, 0, false },
    { "control character in a value", RAW(GET HOST "X-A: a\x07z\r\n\r\n"), 400, 0, false },
    { "bare CR in a value", RAW(GET HOST "X-A: a\rContent-Length: 5\r\n\r\nhello"), 400, 0, false },
    { "NUL in a header name", RAW(GET HOST "X-\0A: a\r\n\r\n"), 400, 0, false },
    /* Consumed by the library before we can see them; none can give a request a second length. */
    { "NUL in a value", RAW(GET HOST "X-A: a\0z\r\n\r\n"), 200, 1, true },
    { "folded value", RAW(GET HOST "X-A: a\r\n z\r\n\r\n"), 200, 1, true },
    { "empty header name", RAW(GET HOST ": x\r\n\r\n"), 200, 1, true },
    { "bare LF", RAW("GET /healthz HTTP/1.1\nHost: line.example\n\n"), 200, 1, true },
};
/* clang-format on */

static void run_raw(const struct raw_case *row)
{
    struct rig rig;
    rig_start(&rig, NULL);
    struct rig_client *client = rig_connect(&rig);
    rig_send(&rig, client, row->bytes, row->len);
    const char *statuses = rig_statuses(client);
    bool is_ok = row->status == 0 ? str_equal(statuses, "closed") : strtol(statuses, NULL, 10) == row->status;
    is_ok = is_ok && rig.request_count == row->served && client->is_ended == !row->is_open;
    is_ok = is_ok && (row->served > 0 || strstr(statuses, "200") == NULL);
    if (!is_ok)
        fail_msg("%s: answered \"%s\", served %u", row->label, statuses, rig.request_count);
    assert_false(rig_has(client, "Server:"));
    rig_stop(&rig);
}

static void each_request_gets_its_exact_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(raw_cases); i++)
        run_raw(&raw_cases[i]);
}

/* The same bytes, one at a time: the answer must not depend on how the stream is cut into packets. */
static void cutting_into_single_bytes_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(raw_cases); i++) {
        const struct raw_case *row = &raw_cases[i];
        struct rig rig;
        rig_start(&rig, NULL);
        struct rig_client *client = rig_connect(&rig);
        for (size_t at = 0; at < row->len; at++)
            rig_send(&rig, client, row->bytes + at, 1);
        if (row->status != 0 && strtol(rig_statuses(client), NULL, 10) != row->status)
            fail_msg("%s, byte by byte: answered \"%s\"", row->label, rig_statuses(client));
        assert_int_equal(rig.request_count, row->served);
        rig_stop(&rig);
    }
}

static void run_generated(const char *label, struct buf *bytes, const char *want)
{
    struct rig rig;
    assert_int_equal(buf_check(bytes), 0);
    rig_start(&rig, NULL);
    struct rig_client *client = rig_connect(&rig);
    rig_send(&rig, client, bytes->data, bytes->len);
    if (!str_equal(rig_statuses(client), want))
        fail_msg("%s: answered \"%s\", wanted \"%s\"", label, rig_statuses(client), want);
    rig_stop(&rig);
}

static void oversized_headers_are_refused(void **state)
{
    (void)state;
    AUTO_BUF bytes;
    buf_init(&bytes, 1024 * 1024);
    buf_add_text(&bytes, GET HOST "X-Long: ");
    for (int i = 0; i < 65536; i++)
        buf_add_char(&bytes, 'a');
    buf_add_text(&bytes, "\r\n\r\n");
    run_generated("64 KB header", &bytes, "431 closed");
    buf_clear(&bytes);
    buf_add_text(&bytes, GET HOST);
    for (int i = 0; i < 10000; i++)
        buf_add_format(&bytes, "X-%d: y\r\n", i);
    buf_add_text(&bytes, "\r\n");
    run_generated("10,000 headers", &bytes, "431 closed");
    buf_clear(&bytes);
    buf_add_text(&bytes, GET HOST);
    for (int i = 0; i < FRAMING_HEADERS_MAX; i++)
        buf_add_format(&bytes, "X-%d: y\r\n", i);
    buf_add_text(&bytes, "\r\n");
    run_generated("one header too many", &bytes, "431 closed");
    buf_clear(&bytes);
    buf_add_text(&bytes, "GET /");
    for (int i = 0; i < 65536; i++)
        buf_add_char(&bytes, 'a');
    buf_add_text(&bytes, " HTTP/1.1\r\n" HOST "\r\n");
    run_generated("64 KB target", &bytes, "414 closed");
}

static void method_refusal_names_what_is_allowed(void **state)
{
    (void)state;
    struct rig rig;
    rig_start(&rig, NULL);
    struct rig_client *client = rig_connect(&rig);
    rig_send_text(&rig, client, "DELETE / HTTP/1.1\r\n" HOST "\r\n");
    assert_true(rig_has(client, "\r\nAllow: GET, POST\r\n"));
    assert_int_equal(http_server_counters(rig.server)->refused[FRAMING_method], 1);
    rig_stop(&rig);
}

static void every_verdict_has_a_word_and_a_status(void **state)
{
    (void)state;
    for (int verdict = FRAMING_ok + 1; verdict < FRAMING_COUNT; verdict++) {
        assert_true(framing_word(verdict)[0] != '\0');
        assert_true(framing_sentence(verdict)[0] != '\0');
        assert_in_range(framing_status(verdict), 400, 505);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_gets_its_exact_status),
        cmocka_unit_test(cutting_into_single_bytes_changes_nothing),
        cmocka_unit_test(oversized_headers_are_refused),
        cmocka_unit_test(method_refusal_names_what_is_allowed),
        cmocka_unit_test(every_verdict_has_a_word_and_a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
