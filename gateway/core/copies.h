/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copies - is an arriving SMS one that we have: by the provider's id, by its content, or by another path?
 * Keeps: an honest repetition is not swallowed: by one channel each SMS with an id of its own counts, and two channels
 *        are matched one to one, so twice by both is two messages.
 * Not here: what is done with a copy (intake); pieces of a long SMS (joining).
 */
#ifndef GATEWAY_CORE_COPIES_H
#define GATEWAY_CORE_COPIES_H

#include "gateway/core/core.h"

#define COPIES_REPEAT_MS                                                                                               \
    (2 * 60 * 1000) /* without an id: the same text of the same number within this is the same SMS */
#define COPIES_PATHS_MS (10 * 60 * 1000)           /* the same text by two channels within this is one SMS */
#define COPIES_LISTED_MS 2000                      /* webhook and list may round the same moment differently */
#define COPIES_KEEP_MS (3 * 24LL * 60 * 60 * 1000) /* so long a catch-up may come after the first path */

/* 0: known on this channel, *ret_id. ERR_NOT_FOUND: new. ret_dedupe (STORE_TAG_LEN bytes) is its key in any case. */
int copies_find(const struct core *core, const char *channel, const struct sms_in *sms, int64_t now_ms,
    unsigned char *ret_dedupe, int64_t *ret_id) MUST_CHECK;

/* The time by which two paths are compared: when it came; but when it was sent, for what was fetched later (is_late) or
 * was kept back on its way for longer than two paths may be apart. */
int64_t copies_moment(const struct sms_in *sms, bool is_late, int64_t came_at);

/* One arrival as two paths are compared. sender_tag: of the number; nobody knows a hidden one. */
struct copies_arrival {
    const char *channel;
    const unsigned char *sender_tag;
    struct span text;
    int64_t at; /* copies_moment */
};
/* The message that is this SMS by another channel; ERR_NOT_FOUND, also for a hidden sender. */
int copies_find_path(const struct core *core, const struct copies_arrival *arrival, int64_t *ret_id) MUST_CHECK;
/* The message id has come by this channel: what makes the other path known. */
int copies_note(struct core *core, const struct copies_arrival *arrival, int64_t id) MUST_CHECK;
/* It came by this channel too: recorded as a further origin and counted. */
int copies_add_origin(
    struct core *core, const struct copies_arrival *arrival, const unsigned char *dedupe, int64_t id) MUST_CHECK;

/* One arrival as webhook and list of one channel are compared, where the list has other ids than the webhook: a message
 * has at most one of each, so that the same words twice stay two messages. */
struct copies_listed {
    const char *channel;
    bool is_fetched; /* from the list */
    const unsigned char *sender_tag;
    struct span text;
    int64_t sent_at; /* 0 = not known */
    int64_t now_ms;
};
bool copies_has_list(const struct core *core, const char *channel); /* is its list read? */
bool copies_has_other_ids(const struct core *core, const char *channel);
/* The message that is this SMS by the other of the two ways, and whether that came with a time; ERR_NOT_FOUND, also for
 * a hidden sender. */
int copies_find_listed(
    const struct core *core, const struct copies_listed *arrival, int64_t *ret_id, bool *ret_is_dated) MUST_CHECK;
int copies_note_listed(struct core *core, const struct copies_listed *arrival, int64_t id) MUST_CHECK;
/* It was found so and has a second id: recorded as a further origin. */
int copies_add_listed(struct core *core, const struct copies_listed *arrival, bool is_dated,
    const unsigned char *dedupe, int64_t id) MUST_CHECK;

#endif
