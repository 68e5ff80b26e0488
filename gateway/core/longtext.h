/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * longtext - one long SMS in memory: its pieces opened, joined to a text, and written back sealed.
 * What:  the rows and seals behind joining.h. A message that comes in parts has one row of messages from its first
 *        piece on; that row holds what has come, joined, and the rows of parts hold the pieces until all are there.
 * Keeps: the pieces are sealed by the key of their message; when the whole is there, it alone keeps the text.
 * Not here: what joins and when it is told (joining), the message's row and its case (intake).
 */
#ifndef GATEWAY_CORE_LONGTEXT_H
#define GATEWAY_CORE_LONGTEXT_H

#include "gateway/core/core.h"
#include "gateway/core/joining.h"
#include "gateway/store/messages.h"
#include "gateway/store/parts.h"

struct longtext_piece {
    unsigned part;
    char *text;
    size_t len;
    char *raw; /* for channel_ops.join; NULL = there is none */
};
struct longtext {
    struct join_row join;       /* message_id 0: the first piece is not stored yet */
    int64_t case_id;            /* of the message as stored, 0 = none */
    int64_t received_at;        /* of the first piece */
    char channel[NAME_MAX_LEN]; /* that its parts come by: it may have to decode them together */
    bool is_doubtful;           /* as stored */
    bool is_unproved;           /* as stored */
    unsigned arrived;
    unsigned count;
    struct longtext_piece pieces[JOINING_PARTS_MAX];
    struct buf text; /* joined */
};

struct longtext *longtext_new(void); /* NULL = no memory */
void longtext_free(struct longtext *longtext);

/* Finds the message that this piece belongs to and opens what has come. A piece without one begins a message of its
 * own (join.message_id 0). ERR_EXISTS: the piece is there already, *ret_copy_of is its message. */
int longtext_find(struct core *core, const char *channel, const struct sms_in *sms, const unsigned char *sender_tag,
    int64_t now_ms, struct longtext *longtext, int64_t *ret_copy_of) MUST_CHECK;
/* Opens one whose wait is over. */
int longtext_open(struct core *core, const struct join_row *join, struct longtext *longtext) MUST_CHECK;

/* Puts the piece in its place and joins the text anew. */
int longtext_add(const struct core *core, struct longtext *longtext, const struct sms_in *sms) MUST_CHECK;
bool longtext_is_whole(const struct longtext *longtext);

/* After the message's row is written with id and case_id under key: writes the piece and what the other pieces need. */
int longtext_keep(struct core *core, struct longtext *longtext, const struct sms_in *piece, const struct vault_key *key,
    int64_t case_id, const unsigned char *dedupe, int64_t now_ms) MUST_CHECK;

#endif
