/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * error - names of the codes and the sentence that travels with them.
 * Keeps: a sentence that grows too long is cut at its end, never inside a UTF-8 character.
 */
#include "gateway/base/error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/utf8.h"

#define PREFIX_MAX 256

static const struct {
    int code;
    const char *name;
} names[] = {
    { 0, "ok" },
    { ERR_NOMEM, "no_memory" },
    { ERR_INVALID, "invalid" },
    { ERR_NOT_FOUND, "not_found" },
    { ERR_EXISTS, "exists" },
    { ERR_LIMIT, "limit" },
    { ERR_IO, "io" },
    { ERR_FULL, "full" },
    { ERR_CORRUPT, "corrupt" },
    { ERR_CRYPTO, "crypto" },
    { ERR_CONFLICT, "conflict" },
    { ERR_AGAIN, "again" },
    { ERR_PROTOCOL, "protocol" },
    { ERR_REFUSED, "refused" },
    { ERR_UNSUPPORTED, "unsupported" },
};

const char *error_name(int code)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].code == code)
            return names[i].name;
    return "unknown";
}

/* Takes away the beginning of a character whose rest was cut off. */
static void mend_end(char *text)
{
    size_t len = strlen(text), start = len;
    uint32_t character;

    while (start > 0 && len - start < 3 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start == 0 || (unsigned char)text[start - 1] < 0x80)
        return;
    start--;
    if (start + utf8_decode(text + start, len - start, &character) < len || character == UTF8_REPLACEMENT)
        text[start] = '\0';
}

/* Puts format's text into text[size]. */
static void __attribute__((format(printf, 3, 0)))
write_text(char *text, size_t size, const char *format, va_list arguments)
{
    int len = vsnprintf(text, size, format, arguments);

    if (len < 0)
        text[0] = '\0';
    else if ((size_t)len >= size)
        mend_end(text);
}

int error_set(struct error *error, int code, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return code;
    va_start(arguments, format);
    write_text(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    return code;
}

void error_prefix(struct error *error, const char *format, ...)
{
    char prefix[PREFIX_MAX];
    va_list arguments;
    size_t len, kept, room;

    if (!error)
        return;
    va_start(arguments, format);
    write_text(prefix, sizeof(prefix) - 2, format, arguments);
    va_end(arguments);
    len = strlen(prefix);
    memcpy(prefix + len, ": ", 2);
    len += 2;
    room = sizeof(error->text) - 1 - len;
    kept = strnlen(error->text, room + 1);
    if (kept > room) {
        error->text[room] = '\0';
        mend_end(error->text);
        kept = strlen(error->text);
    }
    memmove(error->text + len, error->text, kept);
    memcpy(error->text, prefix, len);
    error->text[len + kept] = '\0';
}
