/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coding - see the header. */
#include "handlers/coding.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/gsm/alphabet.h"

#define DECODED_MAX (64 * 1024)
#define GSM7 "gsm-7"

bool coding_is_charset(const char *name)
{
    AUTO_BUF nothing;
    buf_init(&nothing, 1);
    return str_equal_nocase(name, GSM7) || utf8_from_charset(&nothing, (struct span){ "", 0 }, name) == 0;
}

int coding_parse(const char *text, struct coding *ret_coding)
{
    static const struct {
        const char *word;
        int wrap;
    } wraps[] = { { "hex", CODING_HEX }, { "base64", CODING_BASE64 } };
    *ret_coding = (struct coding){ .wrap = CODING_PLAIN };
    size_t len = strcspn(text, " ");
    for (size_t i = 0; i < STR_COUNT(wraps); i++) {
        if (len == strlen(wraps[i].word) && strncasecmp(text, wraps[i].word, len) == 0) {
            ret_coding->wrap = wraps[i].wrap;
            text += len + strspn(text + len, " ");
        }
    }
    bool is_known = !*text || coding_is_charset(text);
    return is_known && str_copy(ret_coding->charset, CODING_CHARSET_MAX, text) ? 0 : ERR_INVALID;
}

/* false when raw is not written like that. */
static bool unwrap(const struct coding *coding, struct span raw, struct buf *out)
{
    int rc = coding->wrap == CODING_HEX ? str_hex_decode(out, raw) : str_base64_decode(out, raw);
    return rc == 0 && buf_check(out) == 0;
}

/* What neither table has is a space, and so is an escape that nothing follows. */
void coding_add_gsm7(struct buf *out, struct span raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char septet = (unsigned char)raw.data[i];
        bool is_escaped = septet == GSM_ESCAPE && ++i < raw.len;
        if (is_escaped)
            septet = (unsigned char)raw.data[i];
        uint32_t character = is_escaped ? gsm_single(0, septet) : 0;
        if (!character)
            character = gsm_locking(0, septet);
        utf8_encode(out, character ? character : ' ');
    }
}

/* A charset that somebody made up must not lose the message. */
static int decode_plain(const char *charset, struct span raw, struct buf *out)
{
    size_t before = out->len;
    if (str_equal_nocase(charset, GSM7)) {
        coding_add_gsm7(out, raw);
        return buf_check(out);
    }
    int rc = *charset ? utf8_from_charset(out, raw, charset) : ERR_UNSUPPORTED;
    if (rc != ERR_UNSUPPORTED)
        return rc;
    buf_truncate(out, before);
    utf8_repair(out, raw);
    return buf_check(out);
}

int coding_decode(const struct coding *coding, struct span raw, struct buf *out)
{
    AUTO_BUF bytes;
    buf_init(&bytes, DECODED_MAX);
    if (coding->wrap == CODING_PLAIN)
        return decode_plain(coding->charset, raw, out);
    if (unwrap(coding, raw, &bytes))
        return decode_plain(coding->charset, buf_span(&bytes), out);
    return decode_plain("", raw, out);
}
