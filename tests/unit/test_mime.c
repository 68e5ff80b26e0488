/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_mime - addresses, headers and bodies of a mail. */
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
#include "handlers/mime.h"

static void only_plain_addresses_are_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool want;
    } cases[] = {
        { "desk@example.org", true },
        { "duty.officer+line@desk.example.org", true },
        { "root@localhost", true },
        { "o'neil@example.org", true },
        { "", false },
        { NULL, false },
        { "desk", false },
        { "@example.org", false },
        { "desk@", false },
        { "desk@@example.org", false },
        { "desk@example..org", false },
        { ".desk@example.org", false },
        { "desk.@example.org", false },
        { "desk@example.org\r\nRCPT TO:<x@example.org>", false },
        { "<desk@example.org>", false },
        { "Desk <desk@example.org>", false },
        { "desk@example.org>", false },
        { "desk @example.org", false },
        { "desk@example.org,other@example.org", false },
        { "\"a b\"@example.org", false },
        { "désk@example.org", false },
        { "desk@exämple.org", false },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        if (mime_is_address(cases[i].text) != cases[i].want)
            fail_msg("%s", cases[i].text ? cases[i].text : "(null)");
    }
    char longest[300];
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    memcpy(longest + 10, "@", 1);
    assert_false(mime_is_address(longest));
}

static void headers_are_plain_or_encoded(void **state)
{
    (void)state;
    static const struct {
        const char *value, *want;
    } cases[] = {
        { "Case 1234: urgent", "Subject: Case 1234: urgent\r\n" },
        { "", "Subject: \r\n" },
        { "ሀ", "Subject: =?utf-8?B?4YiA?=\r\n" },
        { "a\r\nBcc: x@example.org", "Subject: =?utf-8?B?YSAgQmNjOiB4QGV4YW1wbGUub3Jn?=\r\n" },
        { "=?utf-8?B?4YiA?=", "Subject: =?utf-8?B?PT91dGYtOD9CPzRZaUE/PQ==?=\r\n" },
        { "a\xff"
          "b",
            "Subject: =?utf-8?B?Ye+/vWI=?=\r\n" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF out;
        buf_init(&out, 4096);
        mime_add_header(&out, "Subject", cases[i].value);
        if (strcmp(out.data, cases[i].want) != 0)
            fail_msg("%s", out.data);
    }
}

/* Decodes the words of a folded header and checks the limits of RFC 2047 on the way. */
static void decode_words(const char *header, struct buf *out)
{
    for (const char *line = header; *line;) {
        size_t len = strcspn(line, "\r");
        assert_in_range(len, 1, 76);
        const char *start = strstr(line, "=?utf-8?B?") + 10;
        size_t word = strcspn(start, "?");
        size_t before = out->len;
        assert_int_equal(str_base64_decode(out, (struct span){ start, word }), 0);
        assert_true(utf8_is_valid((struct span){ out->data + before, out->len - before }));
        line += len + 2;
    }
}

static void a_long_subject_is_folded_between_characters(void **state)
{
    (void)state;
    for (size_t length = 1; length < 60; length++) {
        AUTO_BUF value;
        AUTO_BUF out;
        AUTO_BUF back;
        buf_init(&value, 4096);
        buf_init(&out, 8192);
        buf_init(&back, 4096);
        for (size_t i = 0; i < length; i++)
            buf_add_text(&value, i % 3 ? "ሀ" : i % 2 ? "🙏" : "a");
        buf_add_text(&value, "é");
        mime_add_header(&out, "Subject", value.data);
        decode_words(out.data, &back);
        assert_string_equal(back.data, value.data);
    }
}

static void a_name_cannot_break_out_of_its_mailbox(void **state)
{
    (void)state;
    AUTO_BUF out;
    buf_init(&out, 4096);
    mime_add_mailbox(&out, "From", "Line\" <x@example.org>,\r\nBcc: y", "line@example.org");
    assert_string_equal(
        out.data, "From: =?utf-8?B?TGluZSIgPHhAZXhhbXBsZS5vcmc+LCAgQmNjOiB5?=\r\n <line@example.org>\r\n");
    buf_clear(&out);
    mime_add_mailbox(&out, "To", "", "desk@example.org");
    assert_string_equal(out.data, "To: desk@example.org\r\n");
}

static void a_body_is_base64_with_crlf(void **state)
{
    (void)state;
    static const char *const texts[] = { "a\nb", "a\rb", "a\r\nb" };
    for (size_t i = 0; i < STR_COUNT(texts); i++) {
        AUTO_BUF out;
        buf_init(&out, 4096);
        mime_add_base64_text(&out, texts[i]);
        assert_string_equal(out.data, "YQ0KYg==\r\n");
    }
    AUTO_BUF text;
    AUTO_BUF out;
    buf_init(&text, 4096);
    buf_init(&out, 8192);
    for (int i = 0; i < 1000; i++)
        buf_add_char(&text, 'x');
    mime_add_base64_text(&out, text.data);
    for (const char *line = out.data; *line; line = strchr(line, '\n') + 1)
        assert_in_range(strcspn(line, "\r"), 1, 76);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_plain_addresses_are_addresses),
        cmocka_unit_test(headers_are_plain_or_encoded),
        cmocka_unit_test(a_long_subject_is_folded_between_characters),
        cmocka_unit_test(a_name_cannot_break_out_of_its_mailbox),
        cmocka_unit_test(a_body_is_base64_with_crlf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
