/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_utf8 - any bytes in any charset: the outcome is valid UTF-8 without NUL, and repairing it again changes nothing.
 * What:  the first byte chooses the charset, the rest is the text. Also read as a sender's number.
 */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "tests/support/textcopy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const charsets[] = { "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "utf-16be", "utf-16le",
    "utf-16" };

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(struct span bytes, const char *charset)
{
    AUTO_BUF text;
    AUTO_BUF again;
    AUTO_BUF visible;

    buf_init(&text, bytes.len * 3 + 3);
    buf_init(&again, bytes.len * 3 + 3);
    buf_init(&visible, bytes.len * 18 + 18);
    must_be(utf8_from_charset(&text, bytes, charset) == 0);
    must_be(utf8_is_valid(buf_span(&text)));
    must_be(text.len == 0 || !memchr(text.data, 0, text.len));
    utf8_repair(&again, buf_span(&text));
    must_be(span_equal(buf_span(&text), buf_span(&again)));
    must_be(utf8_count(buf_span(&text)) <= utf8_utf16_units(buf_span(&text)));
    must_be(utf8_prefix(buf_span(&text), text.len / 2) <= text.len / 2);
    str_add_visible(&visible, bytes);
    must_be(buf_check(&visible) == 0 && utf8_is_valid(buf_span(&visible)));
}

static void check_number(struct span bytes, const char *country)
{
    AUTO_FREE char *raw = textcopy_new(bytes);
    char number[PHONE_MAX], again[PHONE_MAX];
    enum phone_kind kind;

    must_be(raw != NULL);
    kind = phone_normalise(raw, country, number);
    must_be(strlen(number) < PHONE_MAX && utf8_is_valid(span_of(number)));
    must_be(phone_is_answerable(number) == (kind == PHONE_E164));
    if (kind == PHONE_E164)
        must_be(phone_normalise(number, NULL, again) == PHONE_E164 && strcmp(number, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const countries[] = { NULL, "SA", "HK", "IT", "US", "RU", "HU", "PH" };
    struct span bytes;

    if (size == 0)
        return 0;
    bytes = (struct span){ (const char *)data + 1, size - 1 };
    check_text(bytes, charsets[data[0] % STR_COUNT(charsets)]);
    check_number(bytes, countries[data[0] % STR_COUNT(countries)]);
    return 0;
}
