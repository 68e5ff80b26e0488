/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acklink - see acklink.h. */
#include "gateway/core/acklink.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"

#define SIGNATURE_BYTES 16 /* 128 of the 256 bits: the address must fit an SMS */
#define SIGNATURE_LEN (2 * SIGNATURE_BYTES)
#define DAY_MS (24LL * 60 * 60 * 1000)

static void sign(const struct core *core, const char *public_id, int64_t expiry_s, struct buf *out)
{
    char text[80];
    unsigned char mac[VAULT_MAC_LEN];
    int n = snprintf(text, sizeof text, "%s.%lld", public_id, (long long)expiry_s);
    vault_sign(core->vault, "acklink", (struct span){ text, (size_t)n }, mac);
    str_hex_encode(out, mac, SIGNATURE_BYTES);
}

void acklink_add(const struct core *core, const char *public_id, int64_t created_at, struct buf *out)
{
    if (!core->config->public_url[0])
        return;
    int64_t expiry_s = (created_at + ACKLINK_DAYS * DAY_MS) / 1000;
    buf_add_format(out, "%s/ack/%s.%lld.", core->config->public_url, public_id, (long long)expiry_s);
    sign(core, public_id, expiry_s, out);
}

int acklink_read(const struct core *core, const char *token, int64_t now_ms, char *ret_public_id)
{
    const char *dot = strchr(token, '.');
    const char *second = dot ? strchr(dot + 1, '.') : NULL;
    if (!second || dot - token >= 40 || second - dot > 20 || strlen(second + 1) != SIGNATURE_LEN)
        return ERR_REFUSED;
    char expiry[24];
    int64_t expiry_s;
    str_copy_span(ret_public_id, 40, (struct span){ token, (size_t)(dot - token) });
    str_copy_span(expiry, sizeof expiry, (struct span){ dot + 1, (size_t)(second - dot - 1) });
    if (str_to_int64(expiry, 0, INT64_MAX / 1000, &expiry_s))
        return ERR_REFUSED;
    AUTO_BUF expected;
    buf_init(&expected, SIGNATURE_LEN);
    sign(core, ret_public_id, expiry_s, &expected);
    if (buf_check(&expected) || !str_equal_secret(buf_span(&expected), span_of(second + 1)))
        return ERR_REFUSED;
    return now_ms / 1000 > expiry_s ? ERR_REFUSED : 0;
}
