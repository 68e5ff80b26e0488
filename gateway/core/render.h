/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * render - what a contact reads: an alert shaped to the contact's trust level, as fields and as a text. Pure.
 * Keeps: her contact rules come first; nothing is invented; the subject never holds a word of hers.
 *        minimal: case, urgency, categories, country, flags, language. masked: also the text with numbers and names
 *        hidden. full: also the text as it came and her number.
 */
#ifndef GATEWAY_CORE_RENDER_H
#define GATEWAY_CORE_RENDER_H

#include "config/config.h"
#include "gateway/base/model.h"

struct render_input {
    const struct alert_view *view; /* already shaped: text and from are NULL when hidden */
    bool is_update;                /* a further message of a case that the contact knows */
    bool is_holder;                /* the reader holds the case: the message is an answer to her */
    const char *barred_in;         /* the country whose network bars numbers, when any are hidden for it; NULL */
};

/* One line: "CRITICAL case 1042: violence, confinement (SA)". */
void render_subject(const struct render_input *input, struct buf *out);
/* The whole alert for SMS, mail and chat. */
void render_text(const struct render_input *input, struct buf *out);
/* What the flags ask of whoever reads the alert, the most important first: sentence number `index`, NULL past the last.
 */
const char *render_rule(flag_set flags, unsigned index);

#endif
