/* SPDX-License-Identifier: GPL-3.0-or-later */
/* enrol - setting a password and the factor of an account, by the pass that `users add` or `users reset` gave. */
#ifndef GATEWAY_CONSOLE_DOOR_ENROL_H
#define GATEWAY_CONSOLE_DOOR_ENROL_H

#include "gateway/console/desk.h"
#include "gateway/core/accounts.h"

/* token: the pass; the enrolment is what accounts_look told of it. */
int enrol_answer(struct desk *desk, const struct request *request, struct span token,
    const struct accounts_enrolment *enrolment, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;

#endif
