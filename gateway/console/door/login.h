/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * login - coming in by name, password and code, in one form: an answer that came between would tell which of them was
 * right.
 */
#ifndef GATEWAY_CONSOLE_DOOR_LOGIN_H
#define GATEWAY_CONSOLE_DOOR_LOGIN_H

#include "gateway/console/desk.h"

#define LOGIN_PATH "/login"

int login_answer(
    struct desk *desk, const struct request *request, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;

#endif
