/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recovery - see recovery.h. */
#include "gateway/core/recovery.h"

#include "gateway/base/str.h"

void recovery_make(char *ret_text)
{
    unsigned char bytes[RECOVERY_BYTES];
    AUTO_BUF letters;
    buf_init(&letters, RECOVERY_LETTERS);
    vault_random(bytes, sizeof bytes);
    str_base32_encode(&letters, bytes, sizeof bytes);
    for (unsigned i = 0; i < letters.len; i++) {
        *ret_text++ = letters.data[i];
        if (i % 4 == 3)
            *ret_text++ = i + 1 < RECOVERY_LETTERS ? '-' : '\0';
    }
}

/* '\0' = of no code. */
static char letter_of(char c)
{
    if (c >= 'a' && c <= 'z')
        return (char)(c - 'a' + 'A');
    if ((c >= 'A' && c <= 'Z') || (c >= '2' && c <= '7'))
        return c;
    return c == '0' ? 'O' : c == '1' ? 'I' : c == '8' ? 'B' : '\0';
}

bool recovery_tag(const struct vault *vault, struct span typed, unsigned char *ret_tag)
{
    char letters[RECOVERY_LETTERS];
    size_t count = 0;
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.data[i] == ' ' || typed.data[i] == '-')
            continue;
        char letter = letter_of(typed.data[i]);
        if (!letter || count == sizeof letters)
            return false;
        letters[count++] = letter;
    }
    if (count < sizeof letters)
        return false;
    vault_tag(vault, "recovery code", (struct span){ letters, sizeof letters }, ret_tag);
    return true;
}
