/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kept - what somebody asked for when the console wanted a new proof of who it is: the words must not be lost.
 * Keeps: in memory alone, wiped when it is done; never a password.
 */
#ifndef GATEWAY_CONSOLE_KEPT_H
#define GATEWAY_CONSOLE_KEPT_H

#include <stdbool.h>

#include "gateway/base/buf.h"
#include "gateway/base/model.h"

#define KEPT_PATH_MAX 96
#define KEPT_FIELDS_MAX (64u << 10)

struct kept {
    bool is_post;
    char path[KEPT_PATH_MAX]; /* "" = nothing is kept */
    char *fields;             /* as they were sent: the query of a GET, the body of a POST */
};

/* In place of what was kept before. False: it is too long, and nothing is kept. */
bool kept_set(struct kept *kept, const struct request *request);
/* The same for a page that is only to be looked at. */
bool kept_set_path(struct kept *kept, struct span path);
void kept_clear(struct kept *kept);

#endif
