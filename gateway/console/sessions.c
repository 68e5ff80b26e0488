/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sessions - see sessions.h. */
#include "gateway/console/sessions.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/str.h"
#include "gateway/store/users.h"

#define TOUCH_MS 60000 /* looking must go on while the store takes no writes, so not every look is written */

/* ---- in memory ------------------------------------------------------------------------------------------------- */

static void clear(struct session *session)
{
    kept_clear(&session->kept);
    *session = (struct session){ .begun_at = 0 };
}

void sessions_done(struct sessions *sessions)
{
    for (int i = 0; i < SESSIONS_MAX; i++)
        clear(&sessions->list[i]);
}

/* A clock that was set back would make it live longer. */
static bool is_alive(const struct session *session, int64_t now_ms)
{
    return session->begun_at && now_ms >= session->seen_at - SESSIONS_BACK_MS &&
           now_ms - session->seen_at < SESSIONS_IDLE_MS && now_ms - session->begun_at < SESSIONS_ABSOLUTE_MS;
}

bool sessions_is_fresh(const struct session *session, int64_t now_ms)
{
    return session->fresh_at && now_ms >= session->fresh_at - SESSIONS_BACK_MS &&
           now_ms - session->fresh_at < SESSIONS_FRESH_MS;
}

/* The one of that tag; or a free one, or the one that was silent longest, emptied. */
static struct session *find_place(struct sessions *sessions, const unsigned char *tag)
{
    struct session *place = &sessions->list[0];
    for (int i = 0; i < SESSIONS_MAX; i++) {
        struct session *session = &sessions->list[i];
        if (session->begun_at && memcmp(session->tag, tag, sizeof session->tag) == 0)
            return session;
        if (session->seen_at < place->seen_at)
            place = session;
    }
    clear(place);
    return place;
}

unsigned sessions_forget_name(struct sessions *sessions, const char *name)
{
    unsigned count = 0;
    for (int i = 0; i < SESSIONS_MAX; i++)
        if (sessions->list[i].begun_at && str_equal(sessions->list[i].name, name)) {
            clear(&sessions->list[i]);
            count++;
        }
    return count;
}

static void fill(struct session *session, const struct signin_row *row)
{
    int role = role_from_word(row->role);
    memcpy(session->tag, row->tag, sizeof session->tag);
    str_copy(session->name, sizeof session->name, row->name);
    snprintf(session->actor, sizeof session->actor, "user:%s", row->name);
    str_copy(session->source, sizeof session->source, row->source);
    session->role = role < 0 ? ROLE_viewer : (enum role)role;
    session->begun_at = row->begun_at;
    session->seen_at = row->seen_at > session->seen_at ? row->seen_at : session->seen_at;
    session->fresh_at = row->fresh_at;
}

/* ---- in the store ---------------------------------------------------------------------------------------------- */

static int put(struct core *core, const struct session *session)
{
    struct signin_row row = {
        .begun_at = session->begun_at, .seen_at = session->seen_at, .fresh_at = session->fresh_at
    };
    memcpy(row.tag, session->tag, sizeof row.tag);
    str_copy(row.name, sizeof row.name, session->name);
    str_copy(row.role, sizeof row.role, role_word(session->role));
    str_copy(row.source, sizeof row.source, session->source);
    return signins_put(core->store, &row);
}

static void make_token(const struct core *core, char *ret_token, unsigned char *ret_tag)
{
    vault_random_hex(ret_token, SESSIONS_TOKEN_LEN + 1);
    vault_tag(core->vault, "session", span_of(ret_token), ret_tag);
}

static int make_room(struct sessions *sessions, struct core *core, const char *name, int64_t now_ms)
{
    int64_t ended;
    int rc = signins_drop_name(core->store, name, &ended);
    if (!rc)
        rc = signins_expire(core->store, now_ms - SESSIONS_ABSOLUTE_MS, now_ms - SESSIONS_IDLE_MS);
    (void)sessions_forget_name(sessions, name);
    return rc;
}

/* Whose account it is, as it is now; who came in by a pass of the host may have none. ERR_NOT_FOUND: it may be in no
 * longer. */
static int look_at_account(struct core *core, struct session *session)
{
    struct user_row user;
    int rc = users_get(core->store, session->name, &user);
    session->has_account = !rc;
    str_copy(session->contact, sizeof session->contact, session->name);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    bool is_good = user.is_enabled && str_equal(user.role, role_word(session->role));
    if (user.contact[0])
        str_copy(session->contact, sizeof session->contact, user.contact);
    explicit_bzero(&user, sizeof user);
    return is_good ? 0 : ERR_NOT_FOUND;
}

int sessions_begin(struct sessions *sessions, struct core *core, const struct sessions_who *who, int64_t now_ms,
    char *ret_token, struct session **ret_session)
{
    struct session session = { .begun_at = 0 };
    struct signin_row row = { .begun_at = now_ms, .seen_at = now_ms, .fresh_at = now_ms };
    make_token(core, ret_token, row.tag);
    str_copy(row.name, sizeof row.name, who->name);
    str_copy(row.role, sizeof row.role, role_word(who->role));
    str_copy(row.source, sizeof row.source, who->source);
    fill(&session, &row);
    int rc = look_at_account(core, &session);
    if (!rc)
        rc = make_room(sessions, core, who->name, now_ms);
    if (rc)
        return rc;
    struct session *place = find_place(sessions, row.tag);
    *place = session;
    *ret_session = place;
    return put(core, place);
}

int sessions_end(struct core *core, struct session *session)
{
    int rc = signins_drop(core->store, session->tag);
    clear(session);
    return rc == ERR_NOT_FOUND ? 0 : rc;
}

/* ---- the cookie ------------------------------------------------------------------------------------------------ */

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

int sessions_renew(struct core *core, struct session *session, int64_t now_ms, char *ret_token)
{
    int rc = signins_drop(core->store, session->tag);
    if (rc)
        return rc;
    make_token(core, ret_token, session->tag);
    session->fresh_at = session->seen_at = now_ms;
    make_csrf(core, span_of(ret_token), session);
    return put(core, session);
}

static int touch(struct core *core, struct session *session, int64_t written_at, int64_t now_ms)
{
    if (now_ms > session->seen_at)
        session->seen_at = now_ms;
    return session->seen_at - written_at >= TOUCH_MS ? put(core, session) : 0;
}

int sessions_find(struct sessions *sessions, struct core *core, const struct request *request, int64_t now_ms,
    struct session **ret_session)
{
    struct signin_row row;
    unsigned char tag[VAULT_TAG_LEN];
    struct span token = { "", 0 };
    if (!read_cookie(request, &token))
        return ERR_NOT_FOUND;
    vault_tag(core->vault, "session", token, tag);
    int rc = signins_get(core->store, tag, &row);
    if (rc)
        return rc;
    struct session *session = find_place(sessions, tag);
    fill(session, &row);
    rc = is_alive(session, now_ms) ? look_at_account(core, session) : ERR_NOT_FOUND;
    if (rc == ERR_NOT_FOUND) { /* what has ended stays ended, whatever the clock says next */
        rc = sessions_end(core, session);
        return rc ? rc : ERR_NOT_FOUND;
    }
    if (!rc)
        rc = touch(core, session, row.seen_at, now_ms);
    make_csrf(core, token, session);
    *ret_session = session;
    return rc;
}
