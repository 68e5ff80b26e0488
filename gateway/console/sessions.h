/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sessions - who is in: a cookie of 32 random bytes, of which a keyed tag alone is kept, in memory.
 * Keeps: a session ends SESSIONS_IDLE_MS after its last request and SESSIONS_ABSOLUTE_MS after its first, and when its
 * person comes in again, and when the clock is set back; a restart ends all of them. The token of its forms is derived
 * from the cookie, so it is stored nowhere.
 */
#ifndef GATEWAY_CONSOLE_SESSIONS_H
#define GATEWAY_CONSOLE_SESSIONS_H

#include "gateway/core/core.h"
#include "gateway/core/passes.h"

#define SESSIONS_MAX 64
#define SESSIONS_IDLE_MS (15 * 60 * 1000)
#define SESSIONS_ABSOLUTE_MS (8 * 3600 * 1000)
#define SESSIONS_BACK_MS 60000             /* what a clock that is kept in time may be set back */
#define SESSIONS_FRESH_MS (10 * 60 * 1000) /* what asks for a new pass accepts one of these last minutes */
#define SESSIONS_TOKEN_LEN 64
#define SESSIONS_COOKIE "__Host-s"
#define SESSIONS_SENTENCE_MAX 400

struct session {
    unsigned char tag[VAULT_TAG_LEN];
    char name[NAME_MAX_LEN], actor[NAME_MAX_LEN + 8]; /* "maria", "user:maria" */
    enum role role;
    int64_t begun_at, seen_at;            /* begun_at 0 = free */
    char csrf[SESSIONS_TOKEN_LEN + 1];    /* of this request; made anew from its cookie each time */
    char sentence[SESSIONS_SENTENCE_MAX]; /* for its next page, "" = nothing to say */
    bool is_refusal;
};
struct sessions {
    struct session list[SESSIONS_MAX];
};

/* Ends what that person had, and what is too old; when none is free, the one that was silent longest. ret_token:
 * SESSIONS_TOKEN_LEN characters and a NUL, for the cookie. Never fails. */
struct session *sessions_begin(
    struct sessions *sessions, const struct core *core, const struct pass *pass, int64_t now_ms, char *ret_token);
/* The session of the request's cookie, counted as seen; NULL when there is none that is alive. A cookie that comes
 * twice is none. */
struct session *sessions_find(
    struct sessions *sessions, const struct core *core, const struct request *request, int64_t now_ms);
void sessions_end(struct session *session);
/* Returns how many visits that were alive ended. */
unsigned sessions_end_name(struct sessions *sessions, const char *name);

#endif
