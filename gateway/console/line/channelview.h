/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * channelview - how the channels, the modems and the tests of the line are, and what a test of one channel found.
 * Keeps: shows no number, no text and no secret. Not here: which verb is asked (channels).
 */
#ifndef GATEWAY_CONSOLE_LINE_CHANNELVIEW_H
#define GATEWAY_CONSOLE_LINE_CHANNELVIEW_H

#include "gateway/console/html.h"
#include "gateway/json/json.h"

struct channelview {
    const json_t *rows;   /* of `channels list` */
    const json_t *loops;  /* of `loops list` */
    const json_t *health; /* the first row of `health` */
    const char *trouble;  /* what health says, "" = well */
    int64_t now_ms;
    const void *context;
    void (*write_test)(struct html *html, const void *context, const char *channel); /* a form; NULL = none */
};
void channelview_write(struct html *html, const struct channelview *view);

/* rows: of `channels test`; sentence: how it ended. */
void channelview_write_test(struct html *html, const char *channel, const json_t *rows, const char *sentence);

#endif
