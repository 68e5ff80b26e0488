/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reportid - see reportid.h. */
#include "gateway/core/reportid.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

#define SHORTEST 8     /* a shorter number says too little to be taken for another */
#define LONGEST_HEX 16 /* of 64 bits */
#define LONGEST_DECIMAL 19

static const char digits[] = "0123456789";
static const char hex_digits[] = "0123456789abcdefABCDEF";

static void change_case(const char *id, char from, char to, char *ret)
{
    str_copy(ret, REMOTE_ID_MAX, id);
    for (char *p = ret; *p; p++)
        if (*p >= from && *p <= from + ('z' - 'a'))
            *p = (char)(*p - from + to);
}

static bool is_of(const char *id, const char *set, size_t longest)
{
    size_t len = strlen(id);
    return len >= SHORTEST && len <= longest && strspn(id, set) == len;
}

static bool read_number(const char *id, int base, unsigned long long *ret_number)
{
    errno = 0;
    *ret_number = strtoull(id, NULL, base);
    return errno == 0;
}

/* Only what has a letter is surely hexadecimal: ten digits may be either, and mostly they are what they seem. */
static bool spell_decimal(const char *id, char *ret)
{
    unsigned long long number;
    if (!is_of(id, hex_digits, LONGEST_HEX) || is_of(id, digits, LONGEST_HEX) || !read_number(id, 16, &number))
        return false;
    snprintf(ret, REMOTE_ID_MAX, "%llu", number);
    return true;
}

static bool spell_hex(const char *id, bool is_upper, char *ret)
{
    unsigned long long number;
    if (!is_of(id, digits, LONGEST_DECIMAL) || !read_number(id, 10, &number))
        return false;
    if (is_upper)
        snprintf(ret, REMOTE_ID_MAX, "%llX", number);
    else
        snprintf(ret, REMOTE_ID_MAX, "%llx", number);
    return true;
}

bool reportid_spell(const char *id, unsigned spelling, char *ret)
{
    bool has_one = true;
    ret[0] = '\0';
    switch (spelling) {
    case 0:
        change_case(id, 'A', 'a', ret);
        break;
    case 1:
        change_case(id, 'a', 'A', ret);
        break;
    case 2:
        str_copy(ret, REMOTE_ID_MAX, id + strspn(id, "0"));
        has_one = strlen(ret) >= SHORTEST;
        break;
    case 3:
        has_one = spell_decimal(id, ret);
        break;
    default:
        has_one = spell_hex(id, spelling == 5, ret);
        break;
    }
    return has_one && ret[0] && !str_equal(ret, id);
}
