/* SPDX-License-Identifier: GPL-3.0-or-later */
/* totp - see totp.h. */
#include "gateway/crypto/totp.h"

#include "gateway/base/str.h"
#include "gateway/crypto/mac.h"

/* RFC 4226, 5.3: four bytes at a place that the last nibble names, without the sign bit. */
static uint32_t truncate_mac(const unsigned char *mac, size_t len)
{
    const unsigned char *at = mac + (mac[len - 1] & 15);
    return (uint32_t)(at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

int totp_make_code(struct span secret, uint64_t counter, unsigned digits, char *ret_code)
{
    unsigned char mac[MAC_LEN_MAX];
    char bytes[8];
    size_t len = 0;
    if (digits == 0 || digits > TOTP_DIGITS_MAX)
        return ERR_LIMIT;
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(counter >> (56 - 8 * i) & 255);
    int rc = mac_compute(MAC_SHA1, secret, (struct span){ bytes, sizeof bytes }, mac, &len);
    if (rc)
        return rc;
    uint32_t rest = truncate_mac(mac, len);
    ret_code[digits] = '\0';
    for (unsigned i = digits; i-- > 0; rest /= 10)
        ret_code[i] = (char)('0' + rest % 10);
    return 0;
}

int64_t totp_step_of(int64_t now_ms)
{
    return now_ms / TOTP_STEP_MS;
}

int totp_check(struct span secret, struct span code, int64_t now_ms, int64_t last_step, int64_t *ret_step)
{
    char want[TOTP_DIGITS_MAX + 1];
    int64_t now = totp_step_of(now_ms), found = -1;
    /* All steps are computed whatever comes of the first: how long it took says nothing. */
    for (int64_t step = now - TOTP_WINDOW; step <= now + TOTP_WINDOW; step++) {
        int rc = totp_make_code(secret, (uint64_t)step, TOTP_DIGITS, want);
        if (rc)
            return rc;
        if (str_equal_secret(code, span_of(want)) && step > last_step && found < 0)
            found = step;
    }
    if (found < 0)
        return ERR_REFUSED;
    *ret_step = found;
    return 0;
}

void totp_write_uri(struct buf *out, const char *issuer, const char *account, struct span secret)
{
    buf_add_text(out, "otpauth://totp/");
    str_percent_encode(out, span_of(issuer));
    buf_add_char(out, ':');
    str_percent_encode(out, span_of(account));
    buf_add_text(out, "?secret=");
    str_base32_encode(out, secret.data, secret.len);
    buf_add_text(out, "&issuer=");
    str_percent_encode(out, span_of(issuer));
    buf_add_format(out, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_STEP_MS / 1000);
}
