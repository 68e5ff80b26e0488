/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * channel - the contract every provider and every alert channel keeps.
 * What:  a channel is a pure translator: bytes in, structures out, no I/O, no state, no clock of its own, no log.
 *        So each can be tested with a table of bytes (tests/unit/test_channel_<kind>.c), and one contract test runs
 * over the whole registry (tests/unit/test_channel_contract.c). Keeps: any input whatever is answered with a typed
 * result, never a crash; nothing that was a message is lost: what cannot be parsed is an error, which intake keeps in
 * quarantine. Not here: when and how often to send (core/dispatch), who may be told (core/routing), what is stored
 * (core/intake).
 */
#ifndef HANDLERS_CHANNEL_H
#define HANDLERS_CHANNEL_H

#include "config/schema.h"
#include "gateway/base/model.h"
#include "handlers/selftest.h"

enum channel_caps {
    CHANNEL_RECEIVES = 1,      /* has verify, parse_message and answer */
    CHANNEL_SENDS = 2,         /* has build_send and read_reply */
    CHANNEL_REPORTS = 4,       /* has parse_status */
    CHANNEL_POLLS = 8,         /* has build_poll and read_poll */
    CHANNEL_SPLITS = 16,       /* joins and splits long texts itself */
    CHANNEL_SMS = 32,          /* its addresses are telephone numbers: usable for answering a worker */
    CHANNEL_ALERTS = 64,       /* its addresses are those of contacts */
    CHANNEL_OWN_IDS = 128,     /* the other side gives no id: its reports name sms_out.id */
    CHANNEL_ONE_ADDRESS = 256, /* the provider knows one address: reports come to /message too */
    CHANNEL_OTHER_IDS = 512,   /* its list has other ids than its webhooks, or none to rely on */
    CHANNEL_ACTS = 1024,       /* has parse_acts: what contacts do where they read their alerts comes back */
    CHANNEL_SHOWS = 2048,      /* what came of an act is written there for all who read along */
    CHANNEL_TALKS = 4096,      /* what contacts type there are acts too */
    CHANNEL_PAGES = 8192,      /* it goes on calling by itself until it is told that an alert is taken or over */
    CHANNEL_LISTS = 16384,     /* a hundred messages or reports may come in one request: CHANNEL_LIST_BYTES */
    CHANNEL_MODEM = 32768      /* its messages come from, and its jobs go to, the worker of role modem of its name */
};

enum verdict {
    VERDICT_VALID,  /* authentic (or the channel is configured without authentication) */
    VERDICT_LATE,   /* authentic, but outside the replay window: accepted and flagged */
    VERDICT_INVALID /* forged, mis-signed or unsigned: 403 and quarantine */
};

/* What kind of request is answered. */
enum answer_to {
    ANSWER_STORED,    /* durable: the provider may forget it (also for a duplicate) */
    ANSWER_REPORT,    /* a delivery report was taken */
    ANSWER_FORBIDDEN, /* VERDICT_INVALID */
    ANSWER_MALFORMED, /* authentic but unreadable: kept in quarantine; status chosen so that the provider does not
                         hammer */
    ANSWER_BUSY       /* nothing durable: try again (503) */
};

/* Messages or reports in one request; Infobip bundles a hundred reports. */
#define CHANNEL_MESSAGES_MAX 128
#define CHANNEL_LISTED_MAX 1024           /* messages on one page of a listing: more than we ask for */
#define CHANNEL_LISTED_BYTES (512u << 10) /* of its answer, for transmit.reply_max */
#define CHANNEL_CURSOR_MAX 512            /* with NUL */
/* Bytes of a request of CHANNEL_LISTS, whatever limits.body_max says. */
#define CHANNEL_LIST_BYTES (128u << 10)

#define CHANNEL_ACTS_MAX 16         /* acts in one request */
#define CHANNEL_LISTED_ACTS_MAX 128 /* on one page of a listing */

/* Where a listing is taken up. */
struct poll_from {
    int64_t since_ms;                /* UTC: what was sent before that is not wanted */
    char cursor[CHANNEL_CURSOR_MAX]; /* as read_poll left it, "" at first: an id, a page token; core does not read it */
};

/* One page of it. */
struct poll_page {
    enum outcome outcome; /* `sent`: it was read; else as for read_reply, `bad_config` when our credentials are wrong */
    int64_t retry_after_s;
    bool has_more;                   /* there is a next page now */
    char cursor[CHANNEL_CURSOR_MAX]; /* where the next page, or without one the next poll, is taken up */
    unsigned unread;                 /* entries that could not be read, and are not in out */
};

struct channel_ops {
    const char *kind;    /* the word in the configuration */
    const char *summary; /* one line for manuals */
    unsigned caps;
    const struct key *keys; /* ends with a key whose name is NULL */

    /* Signature or token check over the raw request. now_ms is UTC. Constant time in the secret. */
    enum verdict (*verify)(const struct settings *settings, const struct request *request, int64_t now_ms);

    /* Answers a provider's unsigned question whether we are who we say, which carries no message; false when it is not
     * such a question, or not asked with our secret. NULL = the provider never asks. */
    bool (*greet)(const struct settings *settings, const struct request *request, struct reply *ret_reply);

    /* Fills out[0..n) and returns n >= 0 (0: authentic but carries no message, e.g. a provider's ping), or
     * ERR_INVALID (malformed), ERR_LIMIT (more than max), ERR_NOMEM. On error nothing in out needs freeing. */
    int (*parse_message)(
        const struct settings *settings, const struct request *request, struct sms_in *out, size_t max);
    int (*parse_status)(
        const struct settings *settings, const struct request *request, struct delivery_report *out, size_t max);

    /* What contacts did, in a request that verify found authentic: a button of an alert was touched, a command was
     * typed. Returns as parse_message does; the caller calls contact_act_done for each. An act proves nothing by
     * itself: core looks whether its alert is that of a contact who has an address on this channel. NULL without
     * CHANNEL_ACTS. */
    int (*parse_acts)(
        const struct settings *settings, const struct request *request, struct contact_act *out, size_t max);
    /* Did it happen at that address of a contact? NULL = the provider's places cannot be compared with addresses. */
    bool (*is_from)(const struct settings *settings, const struct contact_act *act, const char *to);
    /* The answer to a request with one act, where it can show a sentence to who acted. NULL = answer(ANSWER_STORED). */
    void (*answer_act)(
        const struct settings *settings, const struct contact_act *act, const char *sentence, struct reply *ret_reply);

    /* The exact status, content type and body that this provider needs. */
    void (*answer)(const struct settings *settings, enum answer_to to, struct reply *ret_reply);

    /* What to transmit. out is initialised by the caller. ERR_INVALID when the address or text cannot be sent at all.
     */
    int (*build_send)(const struct settings *settings, const struct sms_out *message, struct transmit *out);
    /* Reads what came back. Never fails: the worst it says is `unparseable`. */
    void (*read_reply)(
        const struct settings *settings, const struct transmit_reply *reply, struct send_result *ret_result);

    /* Catch-up after an outage, where the provider lists what it received. NULL without CHANNEL_POLLS.
     * build_poll asks for one page; ERR_INVALID when the settings do not suffice for it (the channel only receives).
     * read_poll fills out[0..n) as parse_message does and returns n, or a negative code when ret_page->outcome is not
     * `sent`. An entry that cannot be read is left out and counted: it must not hide those behind it. When a poll
     * breaks off between two pages, core begins again where the poll had begun; so a page may come twice. */
    int (*build_poll)(const struct settings *settings, const struct poll_from *from, struct transmit *out);
    int (*read_poll)(const struct settings *settings, const struct poll_from *from, const struct transmit_reply *reply,
        struct sms_in *out, size_t max, struct poll_page *ret_page);
    /* The same for a list of what contacts did, instead of read_poll; needs CHANNEL_ACTS. */
    int (*read_poll_acts)(const struct settings *settings, const struct poll_from *from,
        const struct transmit_reply *reply, struct contact_act *out, size_t max, struct poll_page *ret_page);

    /* Makes the request that the provider would send for an invented text, proved with the current secret of the
     * settings; out is initialised by the caller. ERR_INVALID: a setting is missing, and the sentence says which.
     * ERR_UNSUPPORTED: only the provider can sign (we hold a public key), and the sentence says how to see that it
     * fits. NULL = this kind cannot be tried so. */
    int (*build_self_test)(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error);

    /* The text of parts that follow one another, each given as its sms_in.raw, decoded together: a character may lie
     * across two of them. Appends it to out. NULL = their own texts, one after the other, are the whole. */
    int (*join)(const struct settings *settings, const char *const *raws, size_t count, struct buf *out);

    /* CHANNEL_MODEM: appends the JSON object `modem` of the worker's welcome (PROTOCOL.md 2.8). */
    int (*write_modem)(const struct settings *settings, struct buf *out);

    /* Checks what no single key can (two keys that exclude each other); writes the sentence. NULL = nothing to check.
     */
    int (*check)(const struct settings *settings, struct error *error);
};

#endif
