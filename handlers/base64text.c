/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base64text - see the header. */
#include "handlers/base64text.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/inbound.h"

#define ENCODED_MIN 60 /* shorter, a password or a code could be meant */
#define ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/* Without the line ends that encoders put in; false when anything else stands there. */
static bool join_lines(const char *text, struct buf *out)
{
    for (; *text; text++) {
        if (*text != '\r' && *text != '\n')
            buf_add_char(out, *text);
    }
    if (buf_check(out) || out->len < ENCODED_MIN || out->len % 4)
        return false;
    size_t len = strspn(out->data, ALPHABET);
    return out->len - len <= 2 && strspn(out->data + len, "=") == out->len - len;
}

/* Words: valid UTF-8 without control characters, and with a space or a letter beyond ASCII. */
static bool is_words(struct span text)
{
    bool has_sign = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < ' ' && !strchr("\t\r\n", c)) || c == '\0' || c == 0x7f)
            return false;
        has_sign |= c == ' ' || c >= 0x80;
    }
    return has_sign && utf8_is_valid(text);
}

void base64text_reveal(struct sms_in *sms)
{
    AUTO_BUF encoded;
    AUTO_BUF text;
    buf_init(&encoded, 4 * INBOUND_TEXT_MAX);
    buf_init(&text, 4 * INBOUND_TEXT_MAX);
    if (!join_lines(sms->text, &encoded) || str_base64_decode(&text, buf_span(&encoded)) || buf_check(&text) ||
        !is_words(buf_span(&text)))
        return;
    char *words = buf_take(&text);
    if (!words)
        return;
    auto_free(&sms->text);
    sms->text = words;
}
