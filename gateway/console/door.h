/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * door - the pages for who is not in yet, and the way to them. Written in gateway/console/door.
 * Keeps: the answer to an address that needs somebody to be in is the same whether that address exists or not.
 */
#ifndef GATEWAY_CONSOLE_DOOR_H
#define GATEWAY_CONSOLE_DOOR_H

#include "gateway/console/desk.h"

/* ERR_NOT_FOUND: it is no page of the door. Otherwise as visits_page_fn. */
int door_answer(
    struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;
/* 303 to the door, keeping the page that was asked for. */
int door_send(const struct request *request, struct visits_page *ret_page) MUST_CHECK;

#endif
