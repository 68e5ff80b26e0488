/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sessions - who is in: a cookie of 32 random bytes, of which a keyed tag (BLAKE2b) alone is stored.
 * Keeps: a session ends SESSIONS_IDLE_MS after its last request and SESSIONS_ABSOLUTE_MS after its first, when its
 * person comes in again, when the clock is set back, and with its account: disabled, or of another role. A restart ends
 * none. The row in the store decides; in memory is what may be lost. The token of its forms is derived from the cookie,
 * so it is stored nowhere.
 */
#ifndef GATEWAY_CONSOLE_SESSIONS_H
#define GATEWAY_CONSOLE_SESSIONS_H

#include "gateway/console/kept.h"
#include "gateway/core/core.h"
#include "gateway/core/passes.h"
#include "gateway/store/signins.h"

#define SESSIONS_MAX 64 /* of which something is in memory */
#define SESSIONS_IDLE_MS (15 * 60 * 1000)
#define SESSIONS_ABSOLUTE_MS (8 * 3600 * 1000)
#define SESSIONS_BACK_MS 60000             /* what a clock that is kept in time may be set back */
#define SESSIONS_FRESH_MS (10 * 60 * 1000) /* what asks for a new proof accepts one of these last minutes */
#define SESSIONS_TOKEN_LEN 64
#define SESSIONS_COOKIE "__Host-s"
#define SESSIONS_COOKIE_ENDING "; Path=/; Secure; HttpOnly; SameSite=Strict"
#define SESSIONS_SENTENCE_MAX 400

struct session {
    unsigned char tag[VAULT_TAG_LEN];
    char name[NAME_MAX_LEN], actor[NAME_MAX_LEN + 8]; /* "maria", "user:maria" */
    char contact[NAME_MAX_LEN];                       /* who of the line it is: its cases are those of that contact */
    char source[SIGNINS_SOURCE_MAX];
    enum role role;
    bool has_account;                     /* false: came in by a pass of the host, and has no password */
    int64_t begun_at, seen_at, fresh_at;  /* begun_at 0 = free; fresh_at: the last proof of who it is */
    char csrf[SESSIONS_TOKEN_LEN + 1];    /* of this request; made anew from its cookie each time */
    char sentence[SESSIONS_SENTENCE_MAX]; /* for its next page, "" = nothing to say */
    bool is_refusal;
    struct kept kept;
};
struct sessions {
    struct session list[SESSIONS_MAX];
};
void sessions_done(struct sessions *sessions);

struct sessions_who {
    const char *name;
    enum role role;
    const char *source; /* the network: "203.0.113.0/24", "" = this host */
};
/* Ends what that person had. ret_token: SESSIONS_TOKEN_LEN characters and a NUL, for the cookie. ERR_NOT_FOUND: there
 * is an account of that name, and it is disabled or of another role; nothing was ended. */
int sessions_begin(struct sessions *sessions, struct core *core, const struct sessions_who *who, int64_t now_ms,
    char *ret_token, struct session **ret_session) MUST_CHECK;
/* The session of the request's cookie, counted as seen. ERR_NOT_FOUND: there is none that is alive. A cookie that comes
 * twice is none. */
int sessions_find(struct sessions *sessions, struct core *core, const struct request *request, int64_t now_ms,
    struct session **ret_session) MUST_CHECK;
/* Its person has proved again who it is: it is fresh, and goes on under a new cookie; the old one opens nothing. */
int sessions_renew(struct core *core, struct session *session, int64_t now_ms, char *ret_token) MUST_CHECK;
bool sessions_is_fresh(const struct session *session, int64_t now_ms);
int sessions_end(struct core *core, struct session *session) MUST_CHECK;
/* What is in memory of that person; returns of how many visits. The rows are dropped by who calls it
 * (signins_drop_name). */
unsigned sessions_forget_name(struct sessions *sessions, const char *name);

#endif
