/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_typed - any bytes as what somebody types at the door: a password, a time code, a recovery code, an address.
 * Keeps: a password that is taken has a fit length and does not hold its account's name, and what is refused never
 * comes back in the sentence; a code that is read is six digits; spelling a recovery code otherwise does not change it;
 * a network is "" or ends with its length.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/accounts_parts.h"
#include "gateway/core/attempts.h"
#include "gateway/core/password.h"
#include "gateway/core/recovery.h"
#include "gateway/crypto/totp.h"
#include "tests/support/textcopy.h"

static void check_password(struct span typed)
{
    struct error error = { "" };
    int rc = password_check(typed, "rosalinda", &error);
    size_t count = utf8_count(typed);
    AUTO_FREE char *text = textcopy_new(typed);
    if (rc != 0 && (rc != ERR_REFUSED || !error.text[0]))
        abort();
    if (rc == 0 && (count < PASSWORD_CHARACTERS_MIN || count > PASSWORD_CHARACTERS_MAX || !utf8_is_valid(typed) ||
                       memchr(typed.data, '\0', typed.len) || (text && strstr(text, "rosalinda"))))
        abort();
}

static void check_code(struct span typed)
{
    char code[TOTP_DIGITS + 1];
    if (accounts_read_code(typed, code) && (strlen(code) != TOTP_DIGITS || strspn(code, "0123456789") != TOTP_DIGITS))
        abort();
}

static void check_recovery(const struct vault *vault, struct span typed)
{
    unsigned char tag[VAULT_TAG_LEN], again[VAULT_TAG_LEN];
    AUTO_BUF spaced;
    buf_init(&spaced, 2 * 65536);
    if (!recovery_tag(vault, typed, tag))
        return;
    for (size_t i = 0; i < typed.len; i++) {
        buf_add_char(
            &spaced, typed.data[i] >= 'A' && typed.data[i] <= 'Z' ? (char)(typed.data[i] + 32) : typed.data[i]);
        buf_add_char(&spaced, i % 2 ? ' ' : '-');
    }
    if (buf_check(&spaced) == 0 &&
        (!recovery_tag(vault, buf_span(&spaced), again) || memcmp(tag, again, sizeof tag) != 0))
        abort();
}

static void check_network(struct span typed)
{
    char network[ATTEMPTS_NETWORK_MAX];
    AUTO_FREE char *address = textcopy_new(typed);
    if (!address)
        return;
    attempts_network(address, network, sizeof network);
    const char *end = strchr(network, '/');
    if (network[0] && (!end || (!str_equal(end, "/24") && !str_equal(end, "/64"))))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned char key[VAULT_KEY_LEN] = { 1 };
    struct span typed = { (const char *)data, size };
    struct vault *vault = NULL;
    if (vault_new(key, key, &vault))
        return 0;
    check_password(typed);
    check_code(typed);
    check_recovery(vault, typed);
    check_network(typed);
    vault_free(vault);
    return 0;
}
