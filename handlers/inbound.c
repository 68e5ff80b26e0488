/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inbound - see the header. */
#include "handlers/inbound.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/crypto/mac.h"
#include "handlers/moment.h"

#define RAW_NUMBER_MAX 256

/* Is there a lead byte of UTF-8 with a byte that may follow it? Then it was meant as UTF-8, if a damaged one. */
static bool has_utf8_pair(struct span text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned char lead = (unsigned char)text.data[i], next = (unsigned char)text.data[i + 1];
        if (lead >= 0xc2 && lead <= 0xf4 && next >= 0x80 && next <= 0xbf)
            return true;
    }
    return false;
}

int inbound_decode(struct buf *out, struct span text, const char *charset)
{
    bool is_utf8 = str_is_empty(charset) || str_equal_nocase(charset, "utf-8") || str_equal_nocase(charset, "utf8");
    if (!is_utf8) {
        size_t before = out->len;
        int rc = utf8_from_charset(out, text, charset);
        if (rc != ERR_UNSUPPORTED)
            return rc ? rc : buf_check(out);
        buf_truncate(out, before);
    }
    if (!utf8_is_valid(text) && !has_utf8_pair(text)) {
        int rc = utf8_from_charset(out, text, "windows-1252");
        return rc ? rc : buf_check(out);
    }
    utf8_repair(out, text);
    return buf_check(out);
}

static int to_utf8(struct span raw, const char *charset, struct buf *out)
{
    if (str_is_empty(charset) || str_equal_nocase(charset, "utf-8"))
        utf8_repair(out, raw);
    else {
        int rc = utf8_from_charset(out, raw, charset);
        if (rc)
            return rc;
    }
    return buf_check(out);
}

static int set_number(struct span raw, const char *charset, char *ret_number, enum phone_kind *ret_kind)
{
    AUTO_BUF text;
    buf_init(&text, INBOUND_TEXT_MAX);
    int rc = to_utf8(raw, charset, &text);
    if (rc)
        return rc;
    char number[RAW_NUMBER_MAX];
    struct span whole = buf_span(&text);
    str_copy_span(number, sizeof number, (struct span){ whole.data, utf8_prefix(whole, sizeof number - 1) });
    enum phone_kind kind = phone_normalise(number, NULL, ret_number);
    if (ret_kind)
        *ret_kind = kind;
    return 0;
}

void inbound_set_id(struct span id, char *ret)
{
    id = str_trim(id);
    bool is_plain = id.len < REMOTE_ID_MAX && utf8_is_valid(id) && (!id.len || !memchr(id.data, '\0', id.len));
    if (is_plain) {
        str_copy_span(ret, REMOTE_ID_MAX, id);
        return;
    }
    unsigned char digest[MAC_LEN_MAX];
    size_t digest_len = 0;
    AUTO_BUF hex;
    buf_init(&hex, REMOTE_ID_MAX - 1);
    buf_add_text(&hex, "sha256:");
    if (mac_digest(MAC_SHA256, id, digest, &digest_len) == 0)
        str_hex_encode(&hex, digest, digest_len);
    /* Without a digest there is no id: intake then compares the content. */
    str_copy_span(ret, REMOTE_ID_MAX, digest_len && !buf_check(&hex) ? buf_span(&hex) : span_of(""));
}

int64_t inbound_time(struct span text)
{
    return moment_read(text, NULL);
}

int inbound_fill(const struct inbound_source *source, struct sms_in *ret_sms)
{
    memset(ret_sms, 0, sizeof *ret_sms);
    ret_sms->provider_intent = INTENT_help;
    int rc = set_number(source->from, source->charset, ret_sms->from, &ret_sms->from_kind);
    if (!rc)
        rc = set_number(source->to, source->charset, ret_sms->to, NULL);
    if (rc)
        return rc;
    inbound_set_id(source->id, ret_sms->remote_id);
    ret_sms->sent_at = inbound_time(source->time);
    AUTO_BUF text;
    buf_init(&text, 4 * INBOUND_TEXT_MAX); /* repairing may triple a text */
    rc = to_utf8(source->text, source->charset, &text);
    if (rc)
        return rc;
    ret_sms->text = buf_take(&text);
    return ret_sms->text ? 0 : ERR_NOMEM;
}
