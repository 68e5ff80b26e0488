/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * looptest - the line tests itself: a coded SMS from one channel to the number of another, which must come in.
 * Why:   a dead modem, an empty credit and a quiet night look the same from outside (product fact 15).
 * Keeps: only the code of a test that is awaited on that very channel makes a text a test; everything else that looks
 *        like one is somebody's message. A test opens no case, is no message, and is sent at most once.
 * Not here: who is told of an absence, and how (auditor).
 */
#ifndef GATEWAY_CORE_LOOPTEST_H
#define GATEWAY_CORE_LOOPTEST_H

#include "gateway/core/core.h"
#include "gateway/store/loops.h"

#define LOOPTEST_CODE_LEN 10
#define LOOPTEST_TEXT_MAX 400                         /* bytes: providers add a line of their own at most */
#define LOOPTEST_LATE_MS (3 * 24LL * 60 * 60 * 1000)  /* so long a missed one is still known when it comes */
#define LOOPTEST_KEEP_MS (30 * 24LL * 60 * 60 * 1000) /* what the counts are made of */

/* At start, in a transaction: what came while nobody was here is read first, so waiting tests get that time. */
int looptest_recover(struct core *core, int64_t now_ms) MUST_CHECK;
/* Ends tests that were not heard of in time and starts those that are due. *ret_next_due: when it wants to be called
 * again, INT64_MAX = after a reload. */
int looptest_run(struct core *core, int64_t now_ms, int64_t *ret_next_due) MUST_CHECK;
int looptest_forget(struct core *core, int64_t now_ms) MUST_CHECK;

/* A message that is coming in: *ret_is_test when it is an awaited test of that channel, which then has arrived, or the
 * same arrival again. With more words than the test's own it is one only when no person's number sent it: whoever got a
 * test by mistake may quote it beside a cry. dedupe: the key of the message (STORE_TAG_LEN bytes). */
int looptest_receive(struct core *core, const char *channel, const struct sms_in *sms, const unsigned char *dedupe,
    int64_t now_ms, bool *ret_is_test) MUST_CHECK;
/* Where the test of that outbox row goes; borrowed from the configuration. ERR_CONFLICT: it is over. ERR_NOT_FOUND: its
 * channel is gone. */
int looptest_find_number(struct core *core, int64_t outbox_id, const char **ret_number) MUST_CHECK;

/* Is it running, and not switched off with one of its channels? */
bool looptest_is_on(const struct config_loop_test *test);
/* Did its last settled test stay out, or come too late? */
bool looptest_is_failing(const struct loop_summary *summary);
/* From start to arrival; -1 when there is none. */
int64_t looptest_latency_ms(const struct loop_row *row);

#endif
