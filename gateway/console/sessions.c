/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sessions - see sessions.h. */
#include "gateway/console/sessions.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"

/* A clock that was set back would make it live longer. */
static bool is_alive(const struct session *session, int64_t now_ms)
{
    return session->begun_at && now_ms >= session->seen_at - SESSIONS_BACK_MS &&
           now_ms - session->seen_at < SESSIONS_IDLE_MS && now_ms - session->begun_at < SESSIONS_ABSOLUTE_MS;
}

/* A free one, or the one that was silent longest. */
static struct session *find_place(struct sessions *sessions, int64_t now_ms)
{
    struct session *place = &sessions->list[0];
    for (int i = 0; i < SESSIONS_MAX; i++) {
        struct session *session = &sessions->list[i];
        if (!is_alive(session, now_ms))
            return session;
        if (session->seen_at < place->seen_at)
            place = session;
    }
    return place;
}

unsigned sessions_end_name(struct sessions *sessions, const char *name)
{
    unsigned ended = 0;
    for (int i = 0; i < SESSIONS_MAX; i++) {
        struct session *session = &sessions->list[i];
        if (session->begun_at && str_equal(session->name, name)) {
            sessions_end(session);
            ended++;
        }
    }
    return ended;
}

struct session *sessions_begin(
    struct sessions *sessions, const struct core *core, const struct pass *pass, int64_t now_ms, char *ret_token)
{
    (void)sessions_end_name(sessions, pass->name);
    struct session *session = find_place(sessions, now_ms);
    *session = (struct session){ .role = pass->role, .begun_at = now_ms, .seen_at = now_ms };
    vault_random_hex(ret_token, SESSIONS_TOKEN_LEN + 1);
    vault_tag(core->vault, "session", span_of(ret_token), session->tag);
    str_copy(session->name, sizeof session->name, pass->name);
    snprintf(session->actor, sizeof session->actor, "user:%s", pass->name);
    return session;
}

void sessions_end(struct session *session)
{
    *session = (struct session){ .begun_at = 0 };
}

/* The value of our cookie in one header, and how often it is there. */
static unsigned read_header(const char *header, struct span *ret_token)
{
    unsigned count = 0;
    static const char name[] = SESSIONS_COOKIE "=";
    while (*header) {
        header += strspn(header, " \t;");
        size_t len = strcspn(header, ";");
        if (strncmp(header, name, sizeof name - 1) == 0 && ++count)
            *ret_token = (struct span){ header + sizeof name - 1, len - (sizeof name - 1) };
        header += len;
    }
    return count;
}

static bool read_cookie(const struct request *request, struct span *ret_token)
{
    unsigned count = 0;
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, "Cookie") == 0)
            count += read_header(request->headers[i].value, ret_token);
    return count == 1 && ret_token->len == SESSIONS_TOKEN_LEN;
}

static void make_csrf(const struct core *core, struct span token, struct session *session)
{
    unsigned char tag[VAULT_TAG_LEN];
    vault_tag(core->vault, "form", token, tag);
    for (size_t i = 0; i < sizeof tag; i++)
        snprintf(session->csrf + 2 * i, 3, "%02x", tag[i]);
}

struct session *sessions_find(
    struct sessions *sessions, const struct core *core, const struct request *request, int64_t now_ms)
{
    unsigned char tag[VAULT_TAG_LEN];
    struct span token = { "", 0 };
    if (!read_cookie(request, &token))
        return NULL;
    vault_tag(core->vault, "session", token, tag);
    for (int i = 0; i < SESSIONS_MAX; i++) {
        struct session *session = &sessions->list[i];
        if (!session->begun_at || memcmp(session->tag, tag, sizeof tag) != 0)
            continue;
        if (!is_alive(session, now_ms)) {
            sessions_end(session);
            return NULL;
        }
        session->seen_at = now_ms > session->seen_at ? now_ms : session->seen_at;
        make_csrf(core, token, session);
        return session;
    }
    return NULL;
}
