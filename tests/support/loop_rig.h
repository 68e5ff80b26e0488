/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop_rig - the response loop in memory: core_rig with a line that takes and sends SMS, contacts with telephones, the
 * real fixed sentences and command words, and a dispatcher that "sends" everything at once and remembers it.
 * Keeps: virtual time: nothing happens but by loop_run, and then everything that is due by then.
 */
#ifndef TESTS_SUPPORT_LOOP_RIG_H
#define TESTS_SUPPORT_LOOP_RIG_H

#include "gateway/core/acts.h"
#include "tests/support/core_rig.h"

#define LOOP_SENT_MAX 256
#define LOOP_HER "+966505550123"
#define LOOP_AMY "+966500000101"     /* contact amy: ngo, full trust, heard on `line` alone */
#define LOOP_BEA "+966500000102"     /* contact bea: shelter, masked */
#define LOOP_EMBASSY "+966500000103" /* contact embassy: consulate, full */
#define LOOP_MINUTE 60000LL

struct loop_sent {
    enum outbox_kind kind;
    int64_t case_id, row_id, at;
    char contact[NAME_MAX_LEN], to[64], text[1200];
};

struct loop_rig {
    struct core_rig core;
    unsigned next_sms;
    bool is_lost; /* what goes to her from now on ends as "uncertain" */
    char code[8];
    unsigned sent_count;
    struct loop_sent sent[LOOP_SENT_MAX];
};

/* Policies: `ladder` (amy; after 10 min bea; after 20 min amy, bea; repeats after 30 min) for everything, `wide` (amy,
 * bea, embassy at once, repeats after 1 h) for danger. more: further groups of the file, "" = none. */
void loop_open(struct loop_rig *rig, const char *more);
void loop_close(struct loop_rig *rig);

/* A text from that number; then everything that is due at now_ms runs and is sent. */
struct intake_result loop_text(struct loop_rig *rig, const char *from, const char *text, int64_t now_ms);
/* Steps and outbox up to now_ms, each at its own time. */
void loop_run(struct loop_rig *rig, int64_t now_ms);
/* The daemon was away until now_ms: whatever was due before runs only then. */
void loop_run_late(struct loop_rig *rig, int64_t now_ms);
void loop_forget(struct loop_rig *rig); /* what was sent so far */

/* How many of the sent texts went to that number and hold the words; "" = any. */
unsigned loop_count(const struct loop_rig *rig, const char *to, const char *words);
/* The newest text to that number, or "". */
const char *loop_last(const struct loop_rig *rig, const char *to);
/* The code in the newest alert of that case to that number; aborts when there is none. */
const char *loop_code(struct loop_rig *rig, const char *contact, int64_t case_id);
/* "WORD case CODE rest" from a contact with the newest code of it. */
void loop_command(struct loop_rig *rig, const char *from, const char *contact, const char *word, int64_t case_id,
    const char *rest, int64_t now_ms);
/* An act of an administrator. */
struct act loop_act(struct loop_rig *rig, int64_t case_id, struct buf *answer, int64_t now_ms);

#endif
