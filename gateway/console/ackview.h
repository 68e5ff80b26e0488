/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ackview - the markup of the page behind a link: her rules, the case as far as the contact may see it, and what can be
 * done.
 * Keeps: her rules come first; shows no text of hers that the contact's trust hides, and none at all on a link that
 *        ended; a text is shown with its own direction, and nothing in it can pass for a line of ours.
 * Not here: whether the link is ours, and doing what it asks (ack).
 */
#ifndef GATEWAY_CONSOLE_ACKVIEW_H
#define GATEWAY_CONSOLE_ACKVIEW_H

#include "gateway/console/html.h"
#include "gateway/core/core.h"
#include "gateway/store/alerts.h"
#include "gateway/store/cases.h"
#include "gateway/store/drills.h"

enum ack_action { ACK_TAKE, ACK_DECLINE, ACK_CONTACTED, ACK_SAY, ACK_NOTE, ACK_END, ACK_ACTION_COUNT };

struct ackview {
    const struct core *core;
    const char *path;
    const struct config_contact *contact;
    const struct alert_row *alert;
    const struct case_row *row;
    bool is_live; /* the link still opens the case; else only who holds it is shown */
    int64_t now_ms;
    const char *sentence;          /* what came of a POST; NULL = it was a GET */
    bool is_done;                  /* the sentence reports a success */
    enum ack_action kept_for;      /* a refused text is given back into its form */
    struct span kept, kept_reason; /* empty = none */
    bool wants_reason;             /* her rules forbade it: a reason may override */
};

/* *ret_texts counts the texts that were shown. An error of storage. */
int ackview_write(struct html *html, const struct ackview *view, unsigned *ret_texts) MUST_CHECK;
/* sentence NULL = nothing was done yet. */
void ackview_write_drill(struct html *html, const char *path, const struct drill_row *drill, const char *sentence);

/* The mark of what this contact has written so far: a form that carries an older one was sent already. */
struct ack_mark {
    int64_t message_id, note_id;
};
int ackview_mark(
    const struct core *core, const struct case_row *row, const char *contact, struct ack_mark *ret_mark) MUST_CHECK;
void ackview_print_mark(const struct ack_mark *mark, char *ret, size_t size);

#endif
