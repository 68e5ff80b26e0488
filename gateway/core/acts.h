/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acts - what a person does to a case: takes it, declines, ends it, notes, says something to her, records that she was
 * reached. What:  the same acts for an SMS of a responder, the page behind a link, helplinectl and the console; each
 * checks, changes, writes its audit row, and answers with a sentence for the person who acts. Keeps: only a named
 * person ends a case; one contact holds a case; nothing goes to her against her rules without a person's reason; all
 *        within the caller's transaction.
 * Not here: who the person is (responders, the page, control), what the texts look like on the wire (dispatch).
 */
#ifndef GATEWAY_CORE_ACTS_H
#define GATEWAY_CORE_ACTS_H

#include "gateway/core/core.h"
#include "gateway/core/rules.h"
#include "gateway/store/alerts.h"
#include "gateway/store/cases.h"

#define ACTS_TEXT_MAX 1000 /* bytes of one message to her */
#define ACTS_NOTE_MAX 4000
#define ACTS_RESUME_STEP (-2) /* step number of "nobody recorded that she was reached: alarm again" */

struct act {
    struct core *core;
    const char *actor;      /* "contact:ngo-desk", "uid:1000" */
    const char *contact;    /* name of the contact that acts, "" = an administrator */
    struct case_row row;    /* the case; written back by the act */
    struct alert_row alert; /* the alert that was answered; id 0 = none */
    int64_t now_ms;
    struct buf *answer; /* the sentence; cleared by the act */
    bool is_page;       /* the person acts on a page: the sentence names no words of the SMS commands */
    const char *ending; /* for act_end: a word of ENDING; NULL = the one that the outcome begins with, if any */
    bool may_override;  /* written by act_say: her rules forbid it, and a reason would override them */
};

/* Each returns 0 when done, ERR_REFUSED when a rule forbids it (the answer says why, nothing changed), or an error of
 * storage. */
int act_take(struct act *act) MUST_CHECK;
int act_decline(struct act *act) MUST_CHECK;
/* outcome empty: asks for it, nothing changes (ERR_REFUSED). The outcome is kept as a sealed note. */
int act_end(struct act *act, struct span outcome) MUST_CHECK;
int act_note(struct act *act, struct span text) MUST_CHECK;
int act_contacted(struct act *act) MUST_CHECK;
/* reason empty: her rules are obeyed. Otherwise they are overridden (but never STOP), and the reason goes into notes
 * and audit. */
int act_say(struct act *act, struct span text, struct span reason) MUST_CHECK;
int act_assign(struct act *act, const char *owner) MUST_CHECK;
int act_verify(struct act *act, enum state verification) MUST_CHECK;
/* Puts a flag on the case, or takes it off (possible_lure, no_reply ...: a person's judgement). */
int act_flag(struct act *act, enum flag flag, bool is_set) MUST_CHECK;
/* Two numbers, one person: the other case is closed and points here, its labels and urgency come along, its alarms end.
 * ERR_REFUSED when either is closed. */
int act_join(struct act *act, int64_t other_id) MUST_CHECK;

/* What a person says the labels are; what is left out stays. Urgency that rises (also because a label was added whose
 * usual urgency is higher, when no urgency is given) alerts as a text of hers that raises it; urgency that falls stops
 * nothing. */
struct correction {
    int64_t message_id;   /* the text that shows it, 0 = the case as a whole */
    const char *language; /* "" = stays */
    int is_help;          /* -1 = stays */
    int urgency;          /* -1 = stays */
    bool has_categories, has_flags;
    category_set categories;
    flag_set flags;
    category_set added, dropped; /* beside what stands there: for who saw the labels a while ago */
    flag_set flags_added, flags_dropped;
};
int act_correct(struct act *act, const struct correction *correction) MUST_CHECK;
/* What a person says for the figures: a country of origin, a word of SEX, a word of ENDING (of a closed case). "" =
 * stays, "unknown" = it is not known after all. */
struct facts {
    const char *origin, *sex, *ending;
};
int act_describe(struct act *act, const struct facts *facts) MUST_CHECK;
/* A text of another person: it becomes a case of its own, whose contacts are asked anew. The labels of this case stay.
 * ERR_REFUSED when it is no whole text of hers in this case or the only one. */
int act_split(struct act *act, int64_t message_id, int64_t *ret_case_id) MUST_CHECK;
/* A text that opened no case is a request after all: it becomes one. act->row is that case afterwards. */
int act_open(struct act *act, int64_t message_id) MUST_CHECK;

/* What stands between a person and a message to her, now. */
struct say_outlook {
    enum rules_verdict verdict;
    int64_t due_at; /* RULES_WAIT */
    char sentence[256];
    bool has_number, can_reach, is_stopped;
    int64_t stopped_at, blocked_at, last_auto_at; /* 0 = never */
};
/* By her rules alone, whoever asks and whatever the text is. */
int acts_look_out(const struct act *act, struct say_outlook *ret) MUST_CHECK;
/* What act_say would answer to that text: nothing changes. ERR_REFUSED as there; act->may_override says whether a
 * reason would do. */
int act_preview(struct act *act, struct span text, struct say_outlook *ret) MUST_CHECK;

/* Does an alert of that contact still open the case to it? While another holds it, nobody else needs her words. */
bool acts_is_live(const struct case_row *row, const struct alert_row *alert, const char *contact);
/* Her latest number in clear, from the newest message she sent in this case; ret is cleared first. ERR_NOT_FOUND. */
int acts_read_number(struct core *core, const struct case_row *row, struct buf *ret_number) MUST_CHECK;
/* Can the channel she wrote to last send SMS? */
bool acts_can_reach(const struct core *core, const struct case_row *row);
/* The step of ACTS_RESUME_STEP is due: if nobody recorded contact, the case is open again and everybody is asked anew.
 */
int acts_resume(struct core *core, struct case_row *row, int64_t message_id, int64_t now_ms) MUST_CHECK;
/* She was reached: that step is not due any more. Texts of hers that wait to be told are not touched. */
int acts_pause(struct core *core, int64_t case_id, int64_t now_ms) MUST_CHECK;
/* What was said at said_at (sent then) did not arrive after all: she was not reached by it, and the alarm waits for
 * contact again. */
int acts_unsaid(struct core *core, int64_t case_id, const char *contact, int64_t said_at, const char *why,
    int64_t now_ms) MUST_CHECK;
/* What a person said has left (or will never leave): recorded as contact, or told to the contact who said it. */
int acts_said(
    struct core *core, int64_t case_id, const char *contact, bool is_sent, const char *why, int64_t now_ms) MUST_CHECK;
/* What a person said waits: its hour was missed, or the night of her country began. The contact who said it is told. */
int acts_waits(struct core *core, int64_t case_id, const char *contact, int64_t until_ms, int64_t now_ms) MUST_CHECK;

#endif
