/* SPDX-License-Identifier: GPL-3.0-or-later */
/* next - see next.h. */
#include "gateway/console/door/next.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool next_is_own(struct span path)
{
    if (path.len < 2 || path.len >= NEXT_MAX || path.data[0] != '/')
        return false;
    for (size_t i = 1; i < path.len; i++) {
        bool is_single_slash = path.data[i] == '/' && path.data[i - 1] != '/';
        if (!is_letter(path.data[i]) && !is_single_slash)
            return false;
    }
    return true;
}
