/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model - the vocabulary that every layer shares.
 * What:  the fixed words as enums and bit sets, and the plain structures that travel between channel, intake, triage,
 *        routing and outbox.
 * Keeps: words come from words.def, states.def and outcomes.def and from nowhere else.
 * Not here: how a row is stored (store), how a provider writes it (handlers).
 */
#ifndef GATEWAY_BASE_MODEL_H
#define GATEWAY_BASE_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buf.h"
#include "gateway/base/phone.h"

#define LANGUAGE_MAX 16   /* a BCP 47 tag with NUL, "und" when unknown */
#define NAME_MAX_LEN 64   /* a configured name (channel, contact, policy) with NUL */
#define REMOTE_ID_MAX 192 /* an id given by a provider, with NUL */
#define SEX_MAX 8         /* a word of SEX with NUL */
#define COUNTRY_MAX 3     /* ISO 3166 alpha-2 with NUL; "" when unknown */

enum urgency {
#define URGENCY(word, meaning) URGENCY_##word,
#include "gateway/base/words.def"
#undef URGENCY
    URGENCY_COUNT
};
enum category {
#define CATEGORY(word, usual, meaning) CATEGORY_##word,
#include "gateway/base/words.def"
#undef CATEGORY
    CATEGORY_COUNT
};
enum flag {
#define FLAG(word, meaning) FLAG_##word,
#include "gateway/base/words.def"
#undef FLAG
    FLAG_COUNT
};
enum intent {
#define INTENT(word, meaning) INTENT_##word,
#include "gateway/base/words.def"
#undef INTENT
    INTENT_COUNT
};
enum fact {
#define FACT(word, meaning) FACT_##word,
#include "gateway/base/words.def"
#undef FACT
    FACT_COUNT
};
enum sex {
#define SEX(word, meaning) SEX_##word,
#include "gateway/base/words.def"
#undef SEX
    SEX_COUNT
};
/* How a case ended, in the open: the words that a person wrote about it are sealed. */
enum ending {
#define ENDING(word, meaning) ENDING_##word,
#include "gateway/base/words.def"
#undef ENDING
    ENDING_COUNT
};
enum outcome {
#define OUTCOME(word, is_retried, health, tell, sentence) OUTCOME_##word,
#include "gateway/base/outcomes.def"
#undef OUTCOME
    OUTCOME_COUNT
};
enum state_machine {
    MACHINE_case,
    MACHINE_verification,
    MACHINE_alert,
    MACHINE_outbox,
    MACHINE_step,
    MACHINE_quarantine,
    MACHINE_loop,
    MACHINE_consent,
    MACHINE_COUNT
};
enum state {
#define STATE(machine, word, meaning) STATE_##machine##_##word,
#include "gateway/base/states.def"
#undef STATE
    STATE_COUNT
};

typedef uint32_t category_set; /* bit 1u << CATEGORY_x */
typedef uint32_t flag_set;     /* bit 1u << FLAG_x */
#define CATEGORY_BIT(word) (1u << CATEGORY_##word)
#define FLAG_BIT(word) (1u << FLAG_##word)

const char *urgency_word(enum urgency urgency);
const char *urgency_meaning(enum urgency urgency);
const char *category_word(enum category category);
const char *category_meaning(enum category category);
enum urgency category_usual_urgency(enum category category);
const char *flag_word(enum flag flag);
const char *flag_meaning(enum flag flag);
const char *fact_word(enum fact fact);
const char *intent_word(enum intent intent);
const char *intent_meaning(enum intent intent);
const char *sex_word(enum sex sex);
const char *ending_word(enum ending ending);
const char *ending_meaning(enum ending ending);
const char *outcome_word(enum outcome outcome);
const char *outcome_sentence(enum outcome outcome);
bool outcome_is_retried(enum outcome outcome);
bool outcome_hurts_channel(enum outcome outcome);
bool outcome_is_told(enum outcome outcome);
const char *state_word(enum state state);
const char *state_meaning(enum state state);
enum state_machine state_machine_of(enum state state);
const char *state_machine_word(enum state_machine machine);

/* Word to value: the index, or -1 when it is none of the words. */
int fact_from_word(const char *word);
int urgency_from_word(const char *word);
int category_from_word(const char *word);
int flag_from_word(const char *word);
int intent_from_word(const char *word);
int sex_from_word(const char *word);
int ending_from_word(const char *word);
int state_from_word(enum state_machine machine, const char *word);

/* Sets as space-separated words in table order ("violence wages"), the stored and printed form. */
void category_set_print(category_set set, struct buf *out);
void flag_set_print(flag_set set, struct buf *out);
int category_set_parse(const char *text, category_set *ret_set) MUST_CHECK; /* ERR_INVALID on an unknown word */
int flag_set_parse(const char *text, flag_set *ret_set) MUST_CHECK;

/* One reason for one label: bytes [start, start+len) of the original text. */
enum label_kind { LABEL_CATEGORY, LABEL_FLAG, LABEL_INTENT, LABEL_URGENCY, LABEL_FACT };
struct evidence {
    enum label_kind kind;
    uint8_t label; /* index in the table of its kind */
    uint16_t start, len;
};
#define EVIDENCE_MAX 32

struct triage {
    char language[LANGUAGE_MAX];
    char second_language[LANGUAGE_MAX]; /* "" when there is none */
    bool is_help;
    enum intent intent;
    category_set categories; /* never empty when is_help */
    enum urgency urgency;
    flag_set flags;
    char
        country[COUNTRY_MAX]; /* of destination, by the places that the text names; "" = none, or several; not stored */
    unsigned evidence_count;
    struct evidence evidence[EVIDENCE_MAX];
};

/* One inbound SMS in normal form. text is owned (sms_in_done). */
struct sms_in {
    char from[PHONE_MAX]; /* as phone_normalise leaves it */
    enum phone_kind from_kind;
    char to[PHONE_MAX];
    char remote_id[REMOTE_ID_MAX]; /* the provider's id, "" when it gives none */
    int64_t sent_at;               /* the provider's time, 0 when unknown */
    int64_t signed_at;         /* when its request was signed, 0 when unknown; dates what has no id and no sent_at */
    char *text;                /* valid UTF-8, may be "" */
    unsigned part, part_total; /* 0, 0 for a whole message; else 1-based */
    char part_ref[32];
    char *raw;                   /* owned; what channel_ops.join needs of this part; NULL but for parts that need it */
    bool is_call;                /* a call that nobody took: no text, and nothing is answered */
    enum intent provider_intent; /* INTENT_help unless the provider itself read an opt-out word */
};
void sms_in_done(struct sms_in *sms);

struct delivery_report {
    char remote_id[REMOTE_ID_MAX];
    char to[PHONE_MAX]; /* the recipient, where an id means nothing without it (a modem counts to 255); else "" */
    enum {
        REPORT_PENDING,
        REPORT_SENT,
        REPORT_DELIVERED,
        REPORT_FAILED_TEMPORARY,
        REPORT_FAILED,
        REPORT_OPTED_OUT
    } status;
    char provider_code[32]; /* as the provider wrote it, "" when none */
    int64_t at;             /* 0 when unknown */
};

/* What a contact did where it reads its alert: touched a button there, or typed to the bot. */
#define CONTACT_WHO_MAX 120
struct contact_act {
    enum {
        CONTACT_TAKES,
        CONTACT_DECLINES,
        CONTACT_QUIETS, /* the place itself is to page no more; says nothing about the case */
        CONTACT_SAYS    /* typed: text is a command as by SMS */
    } verb;
    char alert_id[40];            /* as alert_view gave it to the channel; "" for CONTACT_SAYS */
    char event_id[REMOTE_ID_MAX]; /* the provider's id of this act, equal over its retries; "" = it gives none */
    char place[PHONE_MAX];        /* where it happened, as the provider names it; "" = it does not say */
    char place_name[PHONE_MAX];   /* another name of it, "" = none */
    char who[CONTACT_WHO_MAX];    /* the person, as the provider names her; for the audit only */
    char reply_to[REMOTE_ID_MAX]; /* what answer_act needs */
    char *text;                   /* owned (contact_act_done), valid UTF-8; NULL but for CONTACT_SAYS */
    int64_t sent_at;              /* the provider's time, 0 when unknown */
};
void contact_act_done(struct contact_act *act);

/* An alert as its contact may see it. What the trust level hides is NULL (text, from) and must be absent on the wire.
 */
struct alert_view {
    int64_t case_id;   /* 0: made in memory, because nothing can be stored at the moment */
    char alert_id[40]; /* constant over retries, unguessable */
    char code[8];      /* what the contact answers with; "" when the channel takes no answer */
    enum urgency urgency;
    category_set categories;
    flag_set flags;
    const char *language, *country; /* never NULL, may be "" */
    int64_t received_at;
    const char *verification; /* word of states.def, machine verification */
    const char *text;         /* NULL when hidden */
    const char *from;         /* NULL when hidden */
    const char *ack_url;      /* NULL when there is none */
    bool may_be_repeated;
    bool may_not_be_her; /* another may have her phone */
    unsigned message_count;
    unsigned part, part_total; /* so many of so many parts of a text have come; 0, 0 = nothing is missing */
    bool is_completed;         /* parts of it were told before; now all are there */
    bool awaits_answer;        /* the contact may still take it or decline it: buttons make sense */
};

/* One message to transmit. All pointers are borrowed for the call of build_send. */
struct sms_out {
    char id[40];                    /* our own id of this outbox row, constant over retries */
    const char *from;               /* the channel's own number or name, "" for the channel's default */
    const char *to;                 /* number, mail address or URL, as the contact's address says */
    const char *subject;            /* one line without message content, for channels that have one */
    const char *text;               /* the whole text as a person reads it */
    const struct alert_view *alert; /* NULL when this is not an alert */
    const char *settled_alert_id;   /* for a pager: this notice says that its alert is taken or over; NULL = none */
    bool is_over;                   /* with settled_alert_id: over, not only taken by who was called */
    int64_t now_ms;                 /* UTC */
    unsigned attempt;               /* 1 for the first try */
    unsigned number;                /* of the outbox row, constant over retries: a modem's reference of the parts */
};

#define SEND_PARTS_MAX 64 /* SMS of one message of ours */

/* What a channel wants to have transmitted: one HTTP request, one mail, or the SMS of one message. */
struct transmit {
    enum { TRANSMIT_NONE, TRANSMIT_HTTP, TRANSMIT_MAIL, TRANSMIT_LOOPBACK, TRANSMIT_SMS } kind;
    struct buf url;      /* http(s):// or smtp(s):// */
    const char *method;  /* static string, HTTP */
    struct buf headers;  /* HTTP: "Name: value\n" lines */
    struct buf body;     /* HTTP body, the whole mail with CRLF lines, or the list of parts (PROTOCOL.md 2.8) */
    unsigned part_total; /* SMS: parts of the whole message */
    struct buf username, password; /* Basic or SMTP AUTH; empty = none */
    struct buf mail_from, mail_to; /* MAIL: envelope */
    bool needs_starttls;           /* MAIL over smtp:// */
    unsigned timeout_ms;
    unsigned reply_max; /* bytes of the answer that are kept, within what PROTOCOL.md 2.4 allows; 0 = 64 KiB */
};
void transmit_init(struct transmit *transmit);
void transmit_done(struct transmit *transmit);

/* What came back from the worker, before the channel has read it. */
struct transmit_reply {
    enum {
        REPLY_ANSWERED,
        REPLY_NOT_SENT,
        REPLY_UNKNOWN
    } kind;                /* NOT_SENT: certainly nothing was taken by the remote side */
    int status;            /* HTTP status or last SMTP reply code, 0 when none */
    int64_t retry_after_s; /* from Retry-After, 0 when absent */
    struct span body;      /* at most transmit.reply_max bytes */
    const char *reason;    /* one short word-like sentence of the worker, no content */
};

/* One SMS that the network took. */
struct send_part {
    unsigned part;      /* from 1 */
    char remote_id[16]; /* the network's reference: with the recipient it is what a report will name */
};
struct send_result {
    enum outcome outcome;
    char remote_id[REMOTE_ID_MAX]; /* "" when the remote side gives none */
    int64_t retry_after_s;         /* 0 = our own curve */
    char provider_code[32];
    int64_t valid_s;     /* > 0: what fails for now is tried again so long after it was queued, however often */
    unsigned part_count; /* CHANNEL_MODEM: these parts went out surely, whatever the outcome is */
    struct send_part parts[SEND_PARTS_MAX];
};

/* One complete inbound HTTP request, borrowed for the call. */
struct request_header {
    const char *name, *value;
};
struct request {
    const char *method; /* "GET" or "POST" */
    const char *path;   /* raw, without query */
    const char *query;  /* raw, "" when absent */
    const char *peer;   /* numeric address of who is connected to us; "" or NULL = a socket of this machine */
    const struct request_header *headers;
    size_t header_count;
    struct span body;
};
/* First header of that name (case-insensitive), or NULL. */
const char *request_header(const struct request *request, const char *name);
/* The media type without parameters in lower case ("application/json") into ret; "" when absent. */
void request_media_type(const struct request *request, char *ret, size_t ret_size);

/* One complete answer. content_type NULL = none. */
struct reply {
    int status;
    const char *content_type; /* static string */
    char body[512];
    size_t body_len;
    const char *allow;            /* Allow header for 405, else NULL */
    const char *www_authenticate; /* for 401, else NULL */
};

#endif
