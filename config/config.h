/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * config - the immutable snapshot of one configuration file.
 * What:  config_load reads, checks everything, and gives either a whole snapshot or a report of every error.
 * Keeps: nothing in a snapshot changes after loading; its pointers point into itself; secrets in it are wiped by
 *        config_free. The main owns it and swaps it between two turns, so nobody keeps a pointer into it over a turn:
 *        rows name a channel, a contact or a policy by its name.
 * Not here: what the keys are (daemon.h, and each channel's keys[]); who is alerted (core/routing).
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/contact.h"
#include "config/duty.h"
#include "config/report.h"
#include "config/schema.h"
#include "gateway/base/model.h"

#define CONFIG_KEY_LEN 32
#define CONFIG_CHANNELS_MAX 64
#define CONFIG_CONTACTS_MAX 256
#define CONFIG_POLICIES_MAX 64
#define CONFIG_ROUTES_MAX 256
#define CONFIG_REPLY_RULES_MAX 64
#define CONFIG_LOOP_TESTS_MAX 32
#define CONFIG_STEPS_MAX 16         /* of one policy */
#define CONFIG_STEP_CONTACTS_MAX 32 /* of one step */
#define CONFIG_ADDRESSES_MAX 8      /* of one contact */
#define CONFIG_HOSTS_MAX 512
#define CONFIG_ADDRESS_LEN_MAX 512

/* ---- what a main tells the loader about the channels it has ---------------------------------------------------- */

struct config_kind {
    const char *kind, *summary;
    bool receives, sends;
    bool is_sms;         /* its addresses are telephone numbers */
    bool takes_contacts; /* its addresses may be those of contacts */
    bool polls;          /* what it received can be fetched */
    const struct key *keys;
    int (*check)(const struct settings *settings, struct error *error); /* NULL = nothing to check */
};

struct config_registry {
    /* Fills ret_kind; false past the end. */
    bool (*kind_at)(size_t index, struct config_kind *ret_kind);
    /* Could this channel send to that address at all? ERR_INVALID with a sentence that does not repeat the address.
     * NULL = only the general form is checked. */
    int (*check_address)(const char *kind, const struct settings *settings, const char *to, struct error *error);
};

struct config_texts {
    unsigned count;
    const char *const *items;
};

/* ---- the snapshot ---------------------------------------------------------------------------------------------- */

struct config_channel {
    const char *name, *kind;
    bool is_enabled;
    bool receives, sends; /* the direction as written, within what the kind can do */
    bool is_sms, takes_contacts;
    bool polls;                           /* what it received is fetched, within what the kind can do */
    int64_t catch_up_ms, catch_up_max_ms; /* so often, and so far back at most */
    char country[COUNTRY_MAX];            /* where its number stands; "" = unknown */
    const char *number;                   /* its own, in normal form; "" = not known */
    struct config_texts senders;          /* "SA=Line", each checked for its form */
    unsigned in_flight_max;               /* handed to workers at a time */
    unsigned attempts_max;                /* then the row is dead */
    int64_t retry_first_ms, retry_max_ms;
    bool is_shadow;                  /* what does not prove its origin is taken in, and marked */
    bool is_out_of_reach;            /* CONFIG_CHECK_ONLY: a secret of it could not be judged */
    const struct settings *settings; /* the kind's own keys */
};

struct config_address {
    const struct config_channel *channel;
    const char *to;
};

struct config_contact {
    int line; /* in the file */
    const char *name, *title;
    enum contact_kind kind;
    enum contact_trust trust;
    enum staff_sex staff_sex;
    struct config_texts languages; /* BCP 47; empty = any */
    struct config_texts countries; /* ISO 3166 alpha-2 it serves; empty = any */
    struct duty duty;
    unsigned address_count; /* 1 or more, in the order to try */
    struct config_address addresses[CONFIG_ADDRESSES_MAX];
    const struct config_channel *reply_channel; /* on which alone its answers by SMS count; NULL = on any */
};

struct config_step {
    int64_t after_ms; /* from the opening of the case or its last rise; steps are in rising order, the first is 0 */
    unsigned contact_count;
    const struct config_contact *contacts[CONFIG_STEP_CONTACTS_MAX];
};

struct config_policy {
    int line; /* in the file */
    const char *name;
    int64_t repeat_ms;    /* after the last step start again; 0 = never */
    int64_t contacted_ms; /* after an acknowledgement the alarm resumes when nobody recorded contact */
    bool consent_given;   /* her first text names the authority herself: nobody is asked */
    unsigned step_count;
    struct config_step steps[CONFIG_STEPS_MAX];
};

/* The first route that fits decides. An empty condition fits everything; the last route has no condition at all. */
struct config_route {
    category_set categories; /* 0 = any; else at least one of these */
    uint32_t urgencies;      /* bit 1u << urgency; never 0 */
    flag_set flags;          /* 0 = any; else at least one of these */
    struct config_texts languages;
    struct config_texts countries; /* "??" stands for an unknown country */
    const struct config_policy *policy;
};

/* An SMS address of a contact. */
struct config_number {
    const char *number;
    unsigned contact; /* its index */
};

/* A test of the line: from the one channel to the number of the other, which may be the same. */
struct config_loop_test {
    const struct config_channel *from, *to;
    int64_t every_ms, within_ms; /* within is the shorter one */
};

enum replies_mode { REPLIES_OFF, REPLIES_SILENT, REPLIES_NEUTRAL, REPLIES_MODE_COUNT };
enum consent_mode { CONSENT_OFF, CONSENT_ASK };

/* The first rule that fits decides instead of replies.mode. An empty condition fits everything. */
struct config_reply_rule {
    struct config_texts languages;
    struct config_texts countries; /* "??" stands for an unknown country */
    uint32_t urgencies;            /* bit 1u << urgency; never 0 */
    enum replies_mode mode;
};

struct texts;

struct config {
    const char *path; /* as given */

    /* "127.0.0.1:8480" (port 0 allowed), "[::1]:8480" or "unix:/path"; console "" = none */
    const char *listen_webhooks, *listen_console;
    struct config_texts proxies;                 /* numeric addresses whose X-Forwarded-For is believed */
    bool has_metrics;                            /* the console's listener answers /metrics */
    const char *control_socket, *workers_socket; /* file paths */
    const char *database;
    const char *lexicon_directory;
    const char *replies_directory, *commands_file, *countries_file; /* "" = there is none */
    const struct texts *texts; /* what they hold (config/texts.h); never NULL, and as old as this snapshot */
    const char *public_url;    /* base of acknowledgement links, without a slash at its end; "" = none */
    unsigned char hot_key[CONFIG_KEY_LEN];
    unsigned char index_key[CONFIG_KEY_LEN];
    bool is_complete; /* false: loaded with CONFIG_CHECK_ONLY and a secret was out of reach; do not serve from it */

    struct {
        unsigned body_max;
        unsigned connections_max;
        int64_t request_deadline_ms;
        int64_t drain_deadline_ms;
        int64_t second_address_ms; /* critical: the contact's next address after this */
    } limits;
    struct {
        int64_t ballast_bytes; /* 0 = none */
        const char *ballast;   /* path of the file */
        const char *spool;     /* path of the folder */
        int64_t spool_bytes;
    } storage;
    struct {
        enum replies_mode mode;
        int64_t window_ms;     /* at most one automatic reply in this */
        unsigned daily_budget; /* automatic messages to persons in 24 hours */
        unsigned rule_count;
        const struct config_reply_rule *rules;
    } replies;
    struct {
        enum consent_mode mode;
    } consent;
    struct {
        unsigned contact_count;
        const struct config_contact *contacts[CONFIG_STEP_CONTACTS_MAX];
        int64_t every_ms, stale_ms;
    } auditor;
    struct {
        int64_t text_ms;       /* texts and notes are scrubbed so long after closing */
        int64_t quarantine_ms; /* a quarantined request is dropped unread so long after it came */
    } retention;
    bool may_send_to_private; /* the sender may connect to loopback and private networks (trials, a local mail relay) */

    unsigned channel_count, contact_count, policy_count, route_count, number_count, loop_test_count;
    const struct config_channel *channels;
    const struct config_contact *contacts;
    const struct config_policy *policies;
    const struct config_route *routes;
    const struct config_loop_test *loop_tests;
    const struct config_number *numbers; /* in the order of their digits; for config_find_number */

    struct config_memory *memory; /* owner of all of the above */
};

enum config_options {
    /* For --check-config, which anybody may run anywhere: a secret that cannot be judged from here (no credentials
     * directory, no permission, or the folder that should hold it does not exist) is a warning; everything that can be
     * judged (missing in a readable folder, mode too open, wrong length) stays an error. */
    CONFIG_CHECK_ONLY = 1
};

/* 0 with a snapshot (and perhaps warnings), or ERR_INVALID with at least one error in the report and no snapshot;
 * ERR_NOMEM. The report is the caller's (report_new). */
int config_load(const char *path, const struct config_registry *registry, unsigned options,
    struct config_report *report, struct config **ret_config) MUST_CHECK;
/* The same for a text; `path` is only shown and gives the directory that relative paths start from. */
int config_load_text(const char *path, struct span text, const struct config_registry *registry, unsigned options,
    struct config_report *report, struct config **ret_config) MUST_CHECK;
void config_free(struct config *config);

/* What shows as sender of this channel in that country, "" = its usual one. */
const char *config_sender(const struct config_channel *channel, const char *country);
/* The contact with that number (in its normal form) among its SMS addresses, the first of the file; NULL. */
const struct config_contact *config_find_number(const struct config *config, const char *number);

/* NULL when there is none of that name. */
const struct config_channel *config_find_channel(const struct config *config, const char *name);
const struct config_contact *config_find_contact(const struct config *config, const char *name);
const struct config_policy *config_find_policy(const struct config *config, const char *name);

const char *config_replies_word(enum replies_mode mode);

#endif
