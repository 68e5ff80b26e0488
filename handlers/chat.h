/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chat - a message for a place where staff look: its words in the escaping of that place, its link, its size.
 * Why:   her text may hold what the place reads as a mention of everybody, as a link or as a tag. A text that is too
 *        long is cut with a note, and the link for answering is never what is cut.
 *        What turns the direction of text is left out.
 * Keeps: what comes out is valid UTF-8; a cut is between characters and never inside of an escape.
 * Not here: what a contact may see (the core has left out what the trust level hides).
 */
#ifndef HANDLERS_CHAT_H
#define HANDLERS_CHAT_H

#include "gateway/json/json.h"
#include "handlers/channel.h"

enum chat_format {
    CHAT_PLAIN,
    CHAT_SLACK,    /* & < > as entities */
    CHAT_HTML,     /* Telegram: & < > " as entities */
    CHAT_HTML_BR,  /* the same, and line breaks as <br> (Matrix) */
    CHAT_MARKDOWN, /* Mattermost: backslashes; a mention is broken by an invisible joiner */
    CHAT_ROCKET    /* Rocket.Chat knows fewer backslashes: the joiner breaks the rest */
};
enum chat_unit { CHAT_BYTES, CHAT_UTF16 };
struct chat_limit {
    enum chat_unit unit;
    size_t max; /* of what is written, escapes counted */
};

#define CHAT_BUF_MAX (128 * 1024)
#define CHAT_LABEL "Answer"
#define CHAT_CUT_NOTE "\n[cut here: the whole text is in the case]"

/* The words: the text without the line that holds ack_url, which every place writes as a link of its own; the subject
 * where there is no text. */
struct span chat_words(const struct sms_out *message);
/* ack_url when it is an http(s) address, else NULL. */
const char *chat_link(const struct sms_out *message);
/* "" and "default" stand for the room or key of the settings. */
bool chat_is_default(const char *to);

void chat_add_escaped(struct buf *out, struct span text, enum chat_format format);
/* The same, cut to the limit with the note behind. */
void chat_add_cut(struct buf *out, struct span text, enum chat_format format, struct chat_limit limit);
/* The link in the form of the place. */
void chat_add_link(struct buf *out, const char *url, enum chat_format format);
/* Words and link together, within the limit. */
void chat_add_message(struct buf *out, const struct sms_out *message, enum chat_format format, struct chat_limit limit);

/* A new JSON string of a buffer; NULL when the buffer has failed. */
json_t *chat_json(const struct buf *text);
/* The wait that a body names, where the header names none. */
void chat_set_wait(struct send_result *result, int64_t wait_s);

#endif
