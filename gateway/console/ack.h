/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ack - the page behind the link of an alert or a drill: what a contact may see, and what it can do, with one touch.
 * What:  GET shows; POST does (action=take|decline|note|contacted|say|end, text, reason) and shows the sentence.
 * Why:   a mail scanner or a preview of a chat opens every link it sees, and must not take a case.
 * Keeps: the token is the only right: no cookie, no account; unknown, forged, expired and held look the same, and take
 *        the same time; every text that is shown leaves an audit row; a link of an alert that ended shows no text.
 * Not here: signing (core/acklink), what an act means (core/acts), markup (ackview).
 */
#ifndef GATEWAY_CONSOLE_ACK_H
#define GATEWAY_CONSOLE_ACK_H

#include "gateway/console/limit.h"
#include "gateway/core/visits.h"

#define ACK_PATH "/ack/"
#define ACK_PER_MINUTE 30 /* uses of one link */

/* ERR_NOT_FOUND: the link is none of ours, or no more. ERR_AGAIN: it is used too often. Then nothing is in ret_page. */
int ack_answer(struct core *core, struct limit *limit, const struct request *request, int64_t now_ms,
    struct visits_page *ret_page) MUST_CHECK;
/* The one page for everything that is not ours. */
int ack_say_unknown(const struct request *request, struct visits_page *ret_page) MUST_CHECK;

#endif
