/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * telegram_place - a chat of Telegram as addresses of contacts write it.
 */
#ifndef HANDLERS_TELEGRAM_PLACE_H
#define HANDLERS_TELEGRAM_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#define TELEGRAM_PLACE_MAX 48

/* "-1001234567890", "@name", each also with "/17" for a topic of the group. */
struct telegram_place {
    char name[TELEGRAM_PLACE_MAX]; /* "" when it is a number */
    int64_t id, topic;
};

/* False when it is none: a telephone number ("+...") is no chat. */
bool telegram_place_read(const char *to, struct telegram_place *ret_place);

#endif
