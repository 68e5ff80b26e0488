/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * joining - a long SMS that arrives in pieces: which message a piece belongs to, how the pieces read, and when somebody
 * is told. Pure.
 * Why:  a life may hang on the first piece, and the second may never come; but a half sentence must not wake people
 *       whom the whole would not.
 * Keeps: what reads as critical, or as urgent with a fact, waits for nothing; nothing waits longer than
 *        JOINING_WAIT_MS; the whole is told once.
 * Not here: rows and seals (longtext), telling (intake, alerting).
 */
#ifndef GATEWAY_CORE_JOINING_H
#define GATEWAY_CORE_JOINING_H

#include "gateway/base/model.h"

#define JOINING_PARTS_MAX 255 /* 3GPP TS 23.040: the number of parts is one octet */
#define JOINING_WINDOW_MS                                                                                              \
    (10 * 60 * 1000)                /* references are counted up and begin again: an older one means another SMS */
#define JOINING_WAIT_MS (90 * 1000) /* then what has come is told as it is */
#define JOINING_GAP " [...] "       /* stands before a piece whose predecessor is missing */

/* May this SMS be joined: has it a sender's reference that makes sense? */
bool joining_is_part(const struct sms_in *sms);

struct joining_piece {
    unsigned part; /* from 1 */
    struct span text;
    unsigned last; /* text holds the parts up to this one; 0 = that part alone */
};
/* Pieces in the order of part, into out; what is beyond the ceiling of out is left away, at a whole character. */
void joining_write(const struct joining_piece *pieces, unsigned count, struct buf *out);

/* How far apart are a piece and the message it may belong to? By when they were sent, where both are known: a webhook
 * that was down for an hour must not tear a text apart, and what then comes in a burst is not one text for that. Else
 * by when they came. */
struct joining_times {
    int64_t sent_at, came_at;
};
int64_t joining_distance_ms(struct joining_times message, struct joining_times piece);

/* Is a piece one of a message that is so far away? has_part: that message has one of this number; is_same: with the
 * same text. */
enum joining_fit {
    JOINING_FIT_NEXT, /* it is missing there */
    JOINING_FIT_COPY, /* it is there: delivered twice */
    JOINING_FIT_OTHER /* another message that uses the same reference */
};
enum joining_fit joining_fit(int64_t distance_ms, bool has_part, bool is_same);

struct joining_facts {
    unsigned arrived, total;
    bool is_due;          /* the wait is over */
    bool is_help;         /* as what has come reads */
    enum urgency urgency; /* likewise */
    category_set facts;   /* likewise, without `unclear` */
    bool is_told;         /* somebody has been told of a part of it */
    bool is_rise;         /* the urgency of its case rises by what came now */
    bool has_news;        /* something of it was never told */
};
enum joining_act {
    JOINING_WAIT,       /* not yet: at the end of the wait, or by the next piece */
    JOINING_TELL,       /* as a message like any other: a new case starts, a rise alarms, the rest is bundled */
    JOINING_TELL_AGAIN, /* those who were told of a part learn the rest, at once */
    JOINING_REST        /* nothing is left to tell */
};
enum joining_act joining_decide(const struct joining_facts *facts);

#endif
