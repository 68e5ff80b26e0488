/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doorparts - what the pages of the door are built of: fields with their rules beside them, cookies, ways in. */
#ifndef GATEWAY_CONSOLE_DOOR_DOORPARTS_H
#define GATEWAY_CONSOLE_DOOR_DOORPARTS_H

#include "gateway/console/desk.h"
#include "gateway/console/html.h"
#include "gateway/core/accounts.h"

struct doorparts_field {
    const char *name, *label;
    const char *hint;         /* what is asked of it, beside the field; NULL = nothing */
    const char *type;         /* "text", "password" */
    const char *autocomplete; /* of the HTML Standard: "username", "current-password", "one-time-code" ... */
    const char *value;
    bool is_optional, is_fixed; /* fixed: shown for the password manager, not to be changed */
};
void doorparts_write_field(struct html *html, const struct doorparts_field *field);
void doorparts_write_password(struct html *html, const char *name, const char *label);
/* Twice, with the rules: fields password and repeated. */
void doorparts_write_new_password(struct html *html);
void doorparts_write_code(struct html *html, bool is_optional);
/* Ten codes, to be printed or copied by hand. */
void doorparts_write_codes(struct html *html, const char (*codes)[ACCOUNTS_CODE_MAX]);

/* Adds the cookie to a page that is finished. */
void doorparts_add_cookie(struct visits_page *page, const char *token);
/* 303 to path with a new visit; the sentence is shown there (NULL = nothing to say). ERR_NOT_FOUND as sessions_begin.
 */
int doorparts_come_in(struct desk *desk, const struct request *request, const struct sessions_who *who,
    const char *path, const char *sentence, int64_t now_ms, struct visits_page *ret_page) MUST_CHECK;
int doorparts_audit(
    struct core *core, const char *actor, const char *action, const char *detail, int64_t now_ms) MUST_CHECK;

/* Of what accounts said when it was neither done nor later: 403, 429 or 503. */
int doorparts_status(const struct accounts_answer *answer);
/* The header that tells how long to wait; on a page that is finished, when there is something to wait for. */
void doorparts_add_wait(struct visits_page *page, const struct accounts_answer *answer);

#endif
