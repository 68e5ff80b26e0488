/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * accounts - who may come into the console with a password and a factor: coming in, setting both, proving oneself
 * again. Keeps: an unknown name, a disabled account, one that has set nothing, a wrong password and a wrong code are
 * one answer, after the same work; a failure counts for the account and for the network (delays); what is used once (a
 * step of the time codes, a recovery code, a pass) is used up in the same transaction; all of it is on record. Why:   a
 * password takes a tenth of a second and 64 MiB, so it is worked out beside the loop (hasher): the first call answers
 * ACCOUNTS_LATER, the page gives that on to visits (VISITS_LATER), and is called again when it is ready. Not here:
 * cookies (console/sessions); who may do what to whom (staff); how a network is named (attempts).
 */
#ifndef GATEWAY_CORE_ACCOUNTS_H
#define GATEWAY_CORE_ACCOUNTS_H

#include "gateway/core/core.h"
#include "gateway/core/passes.h"
#include "gateway/store/users.h"

#define ACCOUNTS_CODES 10
#define ACCOUNTS_CODE_MAX 20   /* "ABCD-EFGH-IJKL-MNOP" and NUL: 80 bits in base32 */
#define ACCOUNTS_SECRET_MAX 48 /* the secret in groups of four, with NUL */
#define ACCOUNTS_URI_MAX 400   /* otpauth://... */
#define ACCOUNTS_ISSUER "Help line"

enum accounts_end {
    ACCOUNTS_DONE,
    ACCOUNTS_LATER,   /* not ready yet: nothing was changed; ask again with the same */
    ACCOUNTS_BUSY,    /* too many passwords are worked out at this moment: "try again in a few seconds" */
    ACCOUNTS_WAIT,    /* too many failures: nothing was looked at; wait_ms */
    ACCOUNTS_REFUSED, /* why: a sentence for the person */
};

struct accounts_answer {
    enum accounts_end end;
    int64_t wait_ms;
    char why[400];
    struct user_row user;   /* DONE: whose account it is; password and secret are wiped */
    bool has_used_recovery; /* DONE: by a recovery code; codes_left of them remain */
    int64_t codes_left;
};

/* What somebody typed. owner is what tells this asking from all others that wait (the request's address). */
struct accounts_try {
    const void *owner;
    const char *name;     /* as typed: may be anything */
    struct span password; /* as typed, not trimmed */
    struct span code;     /* six digits, or a recovery code; spaces, hyphens and case do not matter */
    const char *source;   /* address of the client as the proxy saw it; "" = this host, where nobody is told apart */
    int64_t now_ms;
};
/* Name, password and code together. Audits user.signed_in or user.refused. */
int accounts_sign_in(struct core *core, const struct accounts_try *try, struct accounts_answer *ret_answer) MUST_CHECK;
/* Somebody who is in proves it again by password or by code: exactly one of them is given. Audits user.step_up or
 * user.refused. The name is that of the session. */
int accounts_step_up(struct core *core, const struct accounts_try *try, struct accounts_answer *ret_answer) MUST_CHECK;

/* What a pass of `users add` or `users reset` shows before anything is set. ERR_NOT_FOUND: no such pass, or one that
 * comes in without setting anything (users pass); then the page goes on as before. */
struct accounts_enrolment {
    char name[NAME_MAX_LEN];
    enum role role;
    char secret[ACCOUNTS_SECRET_MAX]; /* to type into the app */
    char uri[ACCOUNTS_URI_MAX];       /* to open on the phone that has the app */
};
int accounts_look(
    struct core *core, struct span token, int64_t now_ms, struct accounts_enrolment *ret_enrolment) MUST_CHECK;
/* Sets the password (twice the same), the factor (proved by a code of it) and new recovery codes; uses the pass up.
 * try->name is not looked at: the pass says whose it is. Audits user.enrolled. ERR_NOT_FOUND as above. */
int accounts_enrol(struct core *core, struct span token, const struct accounts_try *try, struct span repeated,
    struct accounts_answer *ret_answer, char (*ret_codes)[ACCOUNTS_CODE_MAX]) MUST_CHECK;

/* For somebody who is in and has just stepped up. Audits user.password, user.codes. ERR_NOT_FOUND: no such account, or
 * it has nothing set yet. */
int accounts_set_password(struct core *core, const struct accounts_try *try, struct span repeated,
    struct accounts_answer *ret_answer) MUST_CHECK;
int accounts_renew_codes(
    struct core *core, const char *name, int64_t now_ms, char (*ret_codes)[ACCOUNTS_CODE_MAX]) MUST_CHECK;

/* The account of who is in, as it is now: ERR_NOT_FOUND when there is none (who came in by a pass of the host). */
int accounts_find(struct core *core, const char *name, struct user_row *ret_row) MUST_CHECK;

#endif
