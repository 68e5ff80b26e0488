/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contentid - see the header. */
#include "handlers/contentid.h"

#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"
#include "handlers/inbound.h"

#define JOINED_MAX (6 * INBOUND_TEXT_MAX)

void contentid_set(struct span key, struct sms_in *sms)
{
    unsigned char digest[MAC_LEN_MAX];
    size_t digest_len = 0;
    AUTO_BUF joined;
    AUTO_BUF hex;
    buf_init(&joined, JOINED_MAX);
    buf_init(&hex, REMOTE_ID_MAX - 1);
    /* Lengths in front: no two sets of values join to the same bytes. */
    buf_add_format(&joined, "%zu:", key.len);
    buf_add_span(&joined, key);
    buf_add_format(&joined, "%zu:%s", span_of(sms->from).len, sms->from);
    buf_add_text(&joined, sms->text);
    sms->remote_id[0] = '\0';
    if (buf_check(&joined) || mac_digest(MAC_SHA256, buf_span(&joined), digest, &digest_len))
        return;
    buf_add_text(&hex, "content:");
    str_hex_encode(&hex, digest, digest_len);
    if (!buf_check(&hex))
        str_copy_span(sms->remote_id, sizeof sms->remote_id, buf_span(&hex));
}
