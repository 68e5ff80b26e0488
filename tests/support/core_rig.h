/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * core_rig - a whole core in memory: store, vault, the real channel kinds, a configuration from text, a few words.
 * What:  tests of gateway/core call its functions as the daemon's turn does, at times they choose.
 * Keeps: fixed keys, fixed times (RIG_NOW, a Monday at 16:00 UTC), no file but the two keys in a temporary folder.
 */
#ifndef TESTS_SUPPORT_CORE_RIG_H
#define TESTS_SUPPORT_CORE_RIG_H

#include "gateway/core/core.h"
#include "gateway/core/intake.h"
#include "gateway/store/alerts.h"
#include "gateway/store/audit.h"
#include "gateway/store/cases.h"
#include "gateway/store/messages.h"
#include "gateway/store/outbox.h"
#include "tests/support/lineconf.h"
#include "tests/support/store_rig.h"

#define RIG_ROWS_MAX 256

struct core_rig {
    struct lineconf folder;
    struct store_rig base;
    struct config *config;
    struct lexicon *lexicon;
    struct core core;
};

/* The configuration as written; tests change places of it by lineconf_replace.
 * Channels: in (generic, takes forms with token "open-sesame"), desk (webhook), post (mail), self (loopback).
 * Contacts: ngo (full; desk, then post), house (shelter, masked; post), watch (ngo, minimal; self), embassy (consulate,
 * full; desk). Policies: all (ngo, house, watch, embassy; then after 10 min house; repeats after 1 h) for urgent and
 * worse, one (ngo; after 30 min house) for the rest. */
extern const char core_rig_text[];

void core_rig_open(struct core_rig *rig, const char *config_text); /* NULL = core_rig_text */
void core_rig_close(struct core_rig *rig);
/* As a reload: the old snapshot is freed. */
void core_rig_configure(struct core_rig *rig, const char *config_text);

/* Takes one message in, in a transaction of its own that is committed. id "" = the provider gives none. */
struct intake_result core_rig_text_in(
    struct core_rig *rig, const char *from, const char *text, const char *id, int64_t now_ms);
struct sms_in core_rig_sms(const char *from, const char *text, const char *id); /* sms_in_done */

void core_rig_begin(struct core_rig *rig);
void core_rig_commit(struct core_rig *rig);

/* All rows that a list of the store gives, in its order; asserts that they fit. */
struct rig_outbox {
    unsigned count;
    struct outbox_row rows[RIG_ROWS_MAX];
};
struct rig_alerts {
    unsigned count;
    struct alert_row rows[RIG_ROWS_MAX];
};
struct rig_steps {
    unsigned count;
    struct step_row rows[RIG_ROWS_MAX];
};
/* state NULL = all. Oldest first. The caller frees. */
struct rig_outbox *core_rig_outbox(struct core_rig *rig, const char *state);
struct rig_alerts *core_rig_alerts(struct core_rig *rig, int64_t case_id); /* 0 = of all cases; oldest first */
struct rig_steps *core_rig_steps(struct core_rig *rig, int64_t case_id);
unsigned core_rig_count_outbox(struct core_rig *rig, const char *state);
unsigned core_rig_count_alerts(struct core_rig *rig, int64_t case_id, const char *state);
unsigned core_rig_count_audit(struct core_rig *rig, const char *action); /* NULL = all */
unsigned core_rig_count_messages(struct core_rig *rig);
struct case_row core_rig_case(struct core_rig *rig, int64_t id);
/* The one row of that alert's contact and address in the outbox, or abort. */
struct outbox_row core_rig_row(struct core_rig *rig, const char *contact, int address);

#endif
