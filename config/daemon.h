/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * daemon - the groups and keys of the configuration file that belong to no channel kind.
 * What:  one table a group. The loader checks by them, the manual and the example are printed from them.
 */
#ifndef CONFIG_DAEMON_H
#define CONFIG_DAEMON_H

#include "config/schema.h"

enum daemon_group {
    DAEMON_ROOT,
    DAEMON_LISTEN,
    DAEMON_KEYS,
    DAEMON_LIMITS,
    DAEMON_STORAGE,
    DAEMON_REPLIES,
    DAEMON_REPLY_RULES, /* in replies */
    DAEMON_CONSENT,
    DAEMON_AUDITOR,
    DAEMON_RETENTION,
    DAEMON_SENDER,
    DAEMON_CHANNELS,
    DAEMON_CONTACTS,
    DAEMON_ADDRESSES, /* in each contact */
    DAEMON_POLICIES,
    DAEMON_STEPS, /* in each policy */
    DAEMON_ROUTES,
    DAEMON_LOOP_TESTS,
    DAEMON_GROUP_COUNT
};

struct daemon_table {
    const char *name; /* "" for the root */
    enum daemon_group parent;
    bool is_list; /* ( { ... }, { ... } ) instead of { ... } */
    bool is_required;
    const char *doc;
    const struct key *keys; /* ends with a key whose name is NULL */
};

const struct daemon_table *daemon_table(enum daemon_group group);
/* Word lists of the keys, NULL-terminated. */
extern const char *const daemon_urgency_words[];
extern const char *const daemon_replies_words[];
extern const char *const daemon_consent_words[];

#endif
