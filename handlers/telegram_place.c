/* SPDX-License-Identifier: GPL-3.0-or-later */
/* telegram_place - see the header. */
#include "handlers/telegram_place.h"

#include <string.h>

#include "gateway/base/str.h"

#define DIGITS "0123456789"

bool telegram_place_read(const char *to, struct telegram_place *ret_place)
{
    char chat[TELEGRAM_PLACE_MAX];
    const char *slash = strchr(to, '/');
    *ret_place = (struct telegram_place){ .id = 0 };
    if (!str_copy_span(chat, sizeof chat, (struct span){ to, slash ? (size_t)(slash - to) : strlen(to) }))
        return false;
    if (slash && str_to_int64(slash + 1, 1, INT64_MAX, &ret_place->topic))
        return false;
    if (*chat == '@') {
        const char *letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_";
        str_copy(ret_place->name, sizeof ret_place->name, chat);
        return chat[1] && !chat[1 + strspn(chat + 1, letters)];
    }
    return *chat != '+' && str_to_int64(chat, INT64_MIN, INT64_MAX, &ret_place->id) == 0 && ret_place->id != 0;
}
