/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * alertcase - what every alert channel is tested for: what it shows, what it hides, how it cuts, how long it waits.
 * What:  an alert of case 1042 with her text, her number and a link for answering; the same with what a lower trust
 *        level hides; a notice without an alert.
 */
#ifndef TESTS_SUPPORT_ALERTCASE_H
#define TESTS_SUPPORT_ALERTCASE_H

#include "tests/support/channelcase.h"

#define ALERTCASE_LINK "https://line.example.org/ack/a1.9.f0"
#define ALERTCASE_SUBJECT "URGENT case 1042: wages (SA)"

struct alertcase_request {
    const char *label, *to, *text;
    bool is_notice;
    int want;
    const char *method, *url, *header, *body; /* NULL = not looked at; header is one whole line */
};
void alertcase_check_sends(
    const char *kind, const char *const *pairs, const struct alertcase_request *cases, size_t count);

/* Her text and number are nowhere when the view lacks them, and there when it has them where is_structured; the link is
 * always there, also behind a text that is too long; a cut text is valid UTF-8 with a note; two tries are alike.
 * text_path points at the words in the JSON body, max is their limit in UTF-16 units or bytes. */
struct alertcase_shape {
    const char *kind, *const *pairs, *to, *text_path;
    size_t max;
};
void alertcase_check_shape(const struct alertcase_shape *shape);

struct alertcase_wait {
    const char *label;
    int status, retry_after_s;
    const char *body;
    enum outcome want;
    int64_t want_wait_s;
};
void alertcase_check_waits(
    const char *kind, const char *const *pairs, const struct alertcase_wait *cases, size_t count);

#endif
