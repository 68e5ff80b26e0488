/* SPDX-License-Identifier: GPL-3.0-or-later */
/* intake_parts - what the files behind intake.h share: one message on its way in, and the steps it takes. */
#ifndef GATEWAY_CORE_INTAKE_PARTS_H
#define GATEWAY_CORE_INTAKE_PARTS_H

#include "gateway/core/intake.h"
#include "gateway/core/longtext.h"
#include "gateway/store/cases.h"
#include "gateway/store/persons.h"

/* Everything known about one message on its way in. */
struct arrival {
    const char *channel;
    const struct sms_in *sms; /* its text is what has come so far, joined, when it comes in parts */
    bool is_late;
    bool is_fetched;     /* from the provider's list */
    int64_t received_at; /* before now_ms when it has waited in the spool */
    int64_t now_ms;
    unsigned char sender_tag[STORE_TAG_LEN];
    unsigned char dedupe[STORE_TAG_LEN];
    struct triage triage;
    struct case_row row; /* id 0 = none */
    struct vault_key key;
    bool is_new_case;
    enum urgency urgency_before;
    struct person_row person;
    bool is_doubtful;                       /* may not be hers */
    bool is_unproved;                       /* came without a proof of its origin */
    const struct config_contact *responder; /* NULL = a person texted */
    int responder_address;                  /* which of its addresses it texted from */
    bool is_elsewhere;                      /* by a channel that its answers do not count on */
    struct longtext *longtext;              /* NULL = it came whole */
    const struct sms_in *piece;             /* with longtext: the part that came now */
    bool is_known;                          /* it is a further part of a message that its case has already */
    bool is_echo;                           /* the same text is known, and told, by another path */
    int64_t echo_step;                      /* the update that was planned for it; 0 = none */
};

bool intake_has_sender(const struct arrival *in);
/* Is something of it still to come? */
bool intake_is_partial(const struct arrival *in);
/* Reads text into triage; row, when there is one, and person are set. */
int intake_read_text(const struct core *core, struct arrival *in) MUST_CHECK;
/* ret is COUNTRY_MAX bytes: where the phone is, "" = its number does not tell. */
void intake_read_number(struct arrival *in, char *ret_country);
/* Of its case. */
void intake_guess_origin(struct arrival *in);
/* It is that and no request. */
void intake_set_intent(struct triage *triage, enum intent intent);
/* The open case of its sender into row and key; row.id 0 = none. */
int intake_find_case(const struct core *core, struct arrival *in) MUST_CHECK;
/* Tells as alerting does for a message like any other. */
int intake_tell(struct core *core, struct arrival *in, int64_t id, bool must_tell) MUST_CHECK;
/* Reads it, settles its case, writes all rows of it. row, key and person are set; the latter two when there are any. */
int intake_store_person(struct core *core, struct arrival *in, struct intake_result *result) MUST_CHECK;
int intake_store_responder(struct core *core, struct arrival *in, struct intake_result *result) MUST_CHECK;

/* ---- intake_copies.c: what has come before ---- */

void intake_log_copy(const struct arrival *in, int64_t copy_of, struct intake_result *result);
/* Its own id is known: it is counted. */
int intake_take_copy(struct core *core, struct arrival *in, int64_t copy_of, struct intake_result *result) MUST_CHECK;
/* 0: it is known under another id, from the webhook or from the list, and that was written down; ERR_NOT_FOUND: new. */
int intake_find_listed(struct core *core, struct arrival *in, struct intake_result *result) MUST_CHECK;
/* The message id came this way: what lets the other way find it. */
int intake_note_listed(struct core *core, const struct arrival *in, int64_t id) MUST_CHECK;

#endif
