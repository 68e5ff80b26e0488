/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * enter - coming in with a one-time pass: at once, or by setting password and factor first.
 * Keeps: looking at its address uses nothing up; only the button does. The recovery codes are shown once.
 */
#ifndef GATEWAY_CONSOLE_DOOR_ENTER_H
#define GATEWAY_CONSOLE_DOOR_ENTER_H

#include "gateway/console/desk.h"

#define ENTER_PATH "/enter/"

int enter_answer(
    struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;

#endif
