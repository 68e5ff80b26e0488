/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sender_job - jobs, destinations and allow-lists as the daemon writes them and as nobody should.
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
#include "gateway/sender/job.h"

#define HTTP(rest) "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/x\"" rest "}"
#define MAIL(rest) "{\"job\":\"1\",\"kind\":\"mail\",\"url\":\"smtp://m.test/gw\"" rest "}"
#define LETTER ",\"from\":\"a@b.test\",\"to\":\"c@d.test\",\"body\":\"eA==\""
#define AT(url) "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"" url "\"}"

/* NULL when refused. Caller frees. */
static struct job *read_job(const char *text)
{
    struct error error = { "" };
    struct job *job = NULL;
    AUTO_JSON *frame = json_read(span_of(text), &error);

    if (frame == NULL)
        fail_msg("the test's own JSON is wrong: %s", text);
    int status = job_read(frame, &job, &error);
    if (status != 0 && (status != ERR_INVALID || job != NULL || error.text[0] == '\0'))
        fail_msg("%s: status %d without a sentence", text, status);
    return job;
}

static void good_jobs_are_read(void **state)
{
    static const char *const rows[] = {
        HTTP(""),
        HTTP(",\"method\":\"GET\""),
        HTTP(",\"method\":\"DELETE\",\"body\":\"eA==\""),
        HTTP(",\"headers\":[]"),
        HTTP(",\"headers\":[[\"X-A\",\"b c\\td\"],[\"X-B\",\"\"]]"),
        HTTP(",\"timeout_ms\":0"),
        HTTP(",\"username\":\"\",\"password\":null"),
        HTTP(",\"unknown\":{\"a\":[1]}"),
        MAIL(LETTER),
        MAIL(LETTER ",\"starttls\":false"),
        MAIL(",\"to\":\"c@d.test\",\"body\":\"eA==\""),
        MAIL(",\"from\":\"\",\"to\":\"\u0b89@d.test\",\"body\":\"eA==\""),
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct job *job = read_job(rows[i]);
        if (job == NULL)
            fail_msg("refused: %s", rows[i]);
        job_free(job);
    }
}

static void bad_jobs_are_refused(void **state)
{
    static const char *const rows[] = {
        "{\"job\":\"1\"}",
        "{\"job\":\"1\",\"kind\":\"fax\",\"url\":\"https://h.test/\"}",
        "{\"job\":\"1\",\"kind\":\"http\"}",
        "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"smtp://h.test/\"}",
        "{\"job\":\"1\",\"kind\":\"mail\",\"url\":\"https://h.test/\"" LETTER "}",
        HTTP(",\"method\":\"get\""),
        HTTP(",\"method\":\"CONNECT\""),
        HTTP(",\"method\":\"GET\",\"body\":\"eA==\""),
        HTTP(",\"body\":\"e\""),
        HTTP(",\"body\":\"e A=\""),
        HTTP(",\"body\":{}"),
        HTTP(",\"timeout_ms\":-1"),
        HTTP(",\"reply_max\":-1"),
        HTTP(",\"headers\":{}"),
        HTTP(",\"headers\":[\"X: y\"]"),
        HTTP(",\"headers\":[[\"X\",\"y\",\"z\"]]"),
        HTTP(",\"headers\":[[\"X\",1]]"),
        HTTP(",\"headers\":[[\"\",\"y\"]]"),
        HTTP(",\"headers\":[[\"X Y\",\"z\"]]"),
        HTTP(",\"headers\":[[\"X:\",\"z\"]]"),
        HTTP(",\"headers\":[[\"X\",\"a\\r\\nHost: b\"]]"),
        HTTP(",\"headers\":[[\"X\",\"a\\nb\"]]"),
        HTTP(",\"headers\":[[\"host\",\"b\"]]"),
        HTTP(",\"headers\":[[\"CONTENT-LENGTH\",\"0\"]]"),
        HTTP(",\"headers\":[[\"Transfer-Encoding\",\"chunked\"]]"),
        HTTP(",\"headers\":[[\"proxy-authorization\",\"b\"]]"),
        HTTP(",\"username\":7"),
        HTTP(",\"password\":\"a\\nb\""),
        MAIL(""),
        MAIL(",\"from\":\"a@b.test\",\"body\":\"eA==\""),
        MAIL(",\"to\":\"c@d.test\""),
        MAIL(",\"to\":\"c@d.test> SIZE=1\",\"body\":\"eA==\""),
        MAIL(",\"to\":\"c@d.test\\r\\nRCPT TO:<e@f.test\",\"body\":\"eA==\""),
        MAIL(",\"to\":\"<c@d.test\",\"body\":\"eA==\""),
        MAIL(",\"from\":\"a b@b.test\",\"to\":\"c@d.test\",\"body\":\"eA==\""),
        MAIL(",\"from\":[],\"to\":\"c@d.test\",\"body\":\"eA==\""),
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        if (read_job(rows[i]) != NULL)
            fail_msg("read: %s", rows[i]);
}

static void ceilings_are_reached_but_not_passed(void **state)
{
    static const struct {
        const char *label, *before, *after;
        char fill;
        size_t len;
        bool want;
    } rows[] = {
        { "body of 256 KiB", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/\",\"body\":\"", "YQ==\"}", 'Y',
            262140 / 3 * 4 + 4, true },
        { "body over 256 KiB", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/\",\"body\":\"", "\"}", 'Y',
            262147 / 3 * 4, false },
        { "header of 8 KiB", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/\",\"headers\":[[\"X\",\"",
            "\"]]}", 'v', 8191, true },
        { "header over 8 KiB", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/\",\"headers\":[[\"X\",\"",
            "\"]]}", 'v', 8192, false },
        { "URL of 4096", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/", "\"}", 'p', 4096 - 15, true },
        { "URL over 4096", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/", "\"}", 'p', 4097 - 15, false },
        { "host of 255", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://", "/\"}", 'h', 255, true },
        { "host over 255", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://", "/\"}", 'h', 256, false },
        { "secret of 1024", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/\",\"password\":\"", "\"}", 's',
            1024, true },
        { "secret over 1024", "{\"job\":\"1\",\"kind\":\"http\",\"url\":\"https://h.test/\",\"password\":\"", "\"}",
            's', 1025, false },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF text;
        buf_init(&text, 1u << 20);
        buf_add_text(&text, rows[i].before);
        for (size_t n = 0; n < rows[i].len; n++)
            buf_add_char(&text, rows[i].fill);
        buf_add_text(&text, rows[i].after);
        struct job *job = read_job(text.data);
        if ((job != NULL) != rows[i].want)
            fail_msg("%s: want %s", rows[i].label, rows[i].want ? "read" : "refused");
        job_free(job);
    }
}

static void time_out_has_a_default_and_a_ceiling(void **state)
{
    static const struct {
        const char *in;
        long want;
    } rows[] = { { HTTP(""), 30000 }, { HTTP(",\"timeout_ms\":0"), 30000 }, { HTTP(",\"timeout_ms\":1"), 1 },
        { HTTP(",\"timeout_ms\":60000"), 60000 }, { HTTP(",\"timeout_ms\":9007199254740992"), 60000 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct job *job = read_job(rows[i].in);
        if (job == NULL || job->timeout_ms != rows[i].want)
            fail_msg("%s: want %ld", rows[i].in, rows[i].want);
        job_free(job);
    }
}

static void room_for_the_answer_has_a_default_and_a_ceiling(void **state)
{
    static const struct {
        const char *in;
        size_t want;
    } rows[] = { { HTTP(""), 65536 }, { HTTP(",\"reply_max\":0"), 65536 }, { HTTP(",\"reply_max\":1"), 1 },
        { HTTP(",\"reply_max\":524288"), 524288 }, { HTTP(",\"reply_max\":9007199254740992"), 524288 } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct job *job = read_job(rows[i].in);
        if (job == NULL || job->reply_max != rows[i].want)
            fail_msg("%s: want %zu", rows[i].in, rows[i].want);
        job_free(job);
    }
}

static void empty_header_is_written_so_that_it_is_sent(void **state)
{
    struct job *job = read_job(HTTP(",\"headers\":[[\"X-A\",\"\"],[\"X-B\",\" \"],[\"X-C\",\"d\"]]"));

    (void)state;
    assert_non_null(job);
    assert_string_equal(job->headers->data, "X-A;");
    assert_string_equal(job->headers->next->data, "X-B;");
    assert_string_equal(job->headers->next->next->data, "X-C: d");
    job_free(job);
}

static void id_is_taken_only_in_its_form(void **state)
{
    static const struct {
        const char *label, *in;
        bool want;
    } rows[] = { { "plain", "{\"job\":\"41-3\"}", true }, { "every kind of letter", "{\"job\":\"aZ0._:-\"}", true },
        { "64", "{\"job\":\"0123456789012345678901234567890123456789012345678901234567890123\"}", true },
        { "65", "{\"job\":\"01234567890123456789012345678901234567890123456789012345678901234\"}", false },
        { "empty", "{\"job\":\"\"}", false }, { "blank", "{\"job\":\"a b\"}", false },
        { "number", "{\"job\":1}", false }, { "no ASCII", "{\"job\":\"\u0661\"}", false }, { "absent", "{}", false } };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_JSON *frame = json_read(span_of(rows[i].in), NULL);
        assert_non_null(frame);
        if ((job_frame_id(frame) != NULL) != rows[i].want)
            fail_msg("%s: want %d", rows[i].label, rows[i].want);
    }
}

static void destination_is_what_the_transfer_will_connect_to(void **state)
{
    static const struct {
        const char *url, *host;
        unsigned port;
        bool is_literal;
    } rows[] = {
        { "https://h.test/x", "h.test", 443, false },
        { "http://h.test", "h.test", 80, false },
        { "HTTPS://H.Test:8443/?q#f", "H.Test", 8443, false },
        { "smtp://m.test/gw", "m.test", 25, false },
        { "smtps://m.test", "m.test", 465, false },
        { "https://192.168.0.7/", "192.168.0.7", 443, true },
        { "https://[fd00::7]:99/", "[fd00::7]", 99, true },
        /* Spellings of an address that the resolver would understand: libcurl writes them out, and so do we. */
        { "https://127.1/", "127.0.0.1", 443, true },
        { "https://0x7f000001/", "127.0.0.1", 443, true },
        { "https://2130706433/", "127.0.0.1", 443, true },
        { "https://0177.0.0.1/", "127.0.0.1", 443, true },
        { "https://h.test./", "h.test.", 443, false },
        { "https://%68.test/", "h.test", 443, false },
        { "https:///h.test/", "h.test", 443, false },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct target target;
        struct error error;
        if (target_parse(rows[i].url, &target, &error) != 0)
            fail_msg("%s: %s", rows[i].url, error.text);
        if (!str_equal(target.host, rows[i].host) || target.port != rows[i].port ||
            target.is_literal != rows[i].is_literal)
            fail_msg("%s: got %s port %u literal %d", rows[i].url, target.host, target.port, target.is_literal);
        target_done(&target);
    }
}

static void urls_that_hide_their_host_are_refused(void **state)
{
    static const char *const rows[] = { "", "h.test", "//h.test/", "https://", "https://u@h.test/",
        "https://u:p@h.test/", "https://a.test\\@b.test/", "https://h.test:0/", "https://h.test:65536/",
        "https://h.test:x/", "https://h .test/", " https://h.test/", "https://h.test/\r\nX: y", "https://h.test/\x7f",
        "https://\xc3\xa9.test/", "https://h%00.test/", "https://h%0a.test/", "https://[fe80::1%25eth0]/",
        "https://[::1/", "file:///etc/passwd", "gopher://h.test/", "ftp://h.test/", "imap://h.test/",
        "javascript:alert(1)" };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct target target;
        struct error error = { "" };
        if (target_parse(rows[i], &target, &error) != ERR_INVALID || error.text[0] == '\0')
            fail_msg("taken: %s", rows[i]);
        if (rows[i][0] != '\0' && strstr(error.text, rows[i]) != NULL)
            fail_msg("the sentence repeats the URL: %s", rows[i]);
    }
}

static void allow_list_matches_host_and_port_and_nothing_else(void **state)
{
    static const struct {
        const char *label, *job, *want; /* NULL = allowed */
    } rows[] = {
        { "listed", AT("https://api.test/x"), NULL },
        { "listed, case", AT("https://API.Test/x"), NULL },
        { "port given", AT("https://api.test:443/x"), NULL },
        { "other port", AT("https://api.test:444/x"), "the destination is not on the allow-list" },
        { "subdomain", AT("https://a.api.test/x"), "the destination is not on the allow-list" },
        { "suffix", AT("https://evil-api.test/x"), "the destination is not on the allow-list" },
        { "prefix", AT("https://api.test.evil/x"), "the destination is not on the allow-list" },
        { "trailing dot", AT("https://api.test./x"), "the destination is not on the allow-list" },
        { "scheme of another port", AT("http://api.test/x"), "the destination is not on the allow-list" },
        { "IPv6", AT("https://[fd00::7]:8443/"), NULL },
        { "plain to a trusted host", AT("http://127.0.0.1:8025/"), NULL },
        { "other spelling of it", AT("http://127.1:8025/"), NULL },
        { "plain to another host", AT("http://plain.test:80/"), "plain text is not allowed to this host" },
        { "STARTTLS", MAIL(LETTER), NULL },
        { "mail in the clear", MAIL(LETTER ",\"starttls\":false"), "plain text is not allowed to this host" },
    };
    struct allow allow;
    struct error error;
    AUTO_JSON *frame = json_read(
        span_of("{\"allow\":[\"api.test:443\",\"[fd00::7]:8443\",\"127.0.0.1:8025\",\"plain.test:80\",\"m.test:25\"],"
                "\"insecure_hosts\":[\"127.0.0.1\"]}"),
        &error);

    (void)state;
    assert_int_equal(allow_read(frame, &allow, &error), 0);
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct job *job = read_job(rows[i].job);
        assert_non_null(job);
        const char *got = job_refusal(job, &allow);
        if (!str_equal(got, rows[i].want))
            fail_msg("%s: got %s", rows[i].label, got != NULL ? got : "allowed");
        job_free(job);
    }
    allow_done(&allow);
}

static void empty_allow_list_allows_nothing(void **state)
{
    struct allow allow = { 0 };
    struct job *job = read_job(HTTP(""));

    (void)state;
    assert_non_null(job);
    assert_non_null(job_refusal(job, &allow));
    job_free(job);
}

static void lists_in_another_form_are_refused_whole(void **state)
{
    static const struct {
        const char *label, *in;
        int want;
    } rows[] = {
        { "absent", "{}", 0 },
        { "empty", "{\"allow\":[],\"insecure_hosts\":[]}", 0 },
        { "no list", "{\"allow\":\"a:1\"}", ERR_PROTOCOL },
        { "number", "{\"allow\":[1]}", ERR_PROTOCOL },
        { "no port", "{\"allow\":[\"a\"]}", ERR_PROTOCOL },
        { "empty port", "{\"allow\":[\"a:\"]}", ERR_PROTOCOL },
        { "port 0", "{\"allow\":[\"a:0\"]}", ERR_PROTOCOL },
        { "port 65536", "{\"allow\":[\"a:65536\"]}", ERR_PROTOCOL },
        { "sign", "{\"allow\":[\"a:+1\"]}", ERR_PROTOCOL },
        { "empty host", "{\"allow\":[\":1\"]}", ERR_PROTOCOL },
        { "wildcard", "{\"allow\":[\"*:443\"]}", ERR_PROTOCOL },
        { "URL", "{\"allow\":[\"https://a:443\"]}", ERR_PROTOCOL },
        { "bare IPv6", "{\"allow\":[\"::1:443\"]}", ERR_PROTOCOL },
        { "empty brackets", "{\"allow\":[\"[]:443\"]}", ERR_PROTOCOL },
        { "second one wrong", "{\"allow\":[\"a:1\",\"b\"]}", ERR_PROTOCOL },
        { "host with port", "{\"allow\":[],\"insecure_hosts\":[\"a:1\"]}", ERR_PROTOCOL },
        { "hosts in their forms", "{\"insecure_hosts\":[\"localhost\",\"127.0.0.1\",\"[::1]\"]}", 0 },
    };

    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct allow allow;
        struct error error = { "" };
        AUTO_JSON *frame = json_read(span_of(rows[i].in), &error);
        int got = allow_read(frame, &allow, &error);
        if (got != rows[i].want || (got != 0 && (allow.entry_count != 0 || error.text[0] == '\0')))
            fail_msg("%s: got %d, want %d", rows[i].label, got, rows[i].want);
        allow_done(&allow);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_jobs_are_read),
        cmocka_unit_test(bad_jobs_are_refused),
        cmocka_unit_test(ceilings_are_reached_but_not_passed),
        cmocka_unit_test(time_out_has_a_default_and_a_ceiling),
        cmocka_unit_test(room_for_the_answer_has_a_default_and_a_ceiling),
        cmocka_unit_test(empty_header_is_written_so_that_it_is_sent),
        cmocka_unit_test(id_is_taken_only_in_its_form),
        cmocka_unit_test(destination_is_what_the_transfer_will_connect_to),
        cmocka_unit_test(urls_that_hide_their_host_are_refused),
        cmocka_unit_test(allow_list_matches_host_and_port_and_nothing_else),
        cmocka_unit_test(empty_allow_list_allows_nothing),
        cmocka_unit_test(lists_in_another_form_are_refused_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
