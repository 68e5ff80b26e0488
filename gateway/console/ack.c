/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack - see ack.h. */
#include "gateway/console/ack.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/console/ackview.h"
#include "gateway/console/origin.h"
#include "gateway/console/page.h"
#include "gateway/core/acklink.h"
#include "gateway/core/acts.h"
#include "gateway/core/drill.h"
#include "gateway/store/audit.h"
#include "handlers/form.h"

#define PUBLIC_ID_LEN 40
#define ANSWER_MAX 1000
#define WORDS_MAX ACTS_NOTE_MAX /* the longest text that any act takes */

static const char *const action_words[ACK_ACTION_COUNT] = {
    [ACK_TAKE] = "take",
    [ACK_DECLINE] = "decline",
    [ACK_CONTACTED] = "contacted",
    [ACK_SAY] = "say",
    [ACK_NOTE] = "note",
    [ACK_END] = "end",
};

struct ack { /* one request on its way to its page */
    struct core *core;
    const struct request *request;
    int64_t now_ms;
    bool is_drill;
    struct drill_row drill;
    const struct config_contact *contact;
    struct alert_row alert;
    struct case_row row;
    /* of a POST */
    int action;               /* enum ack_action, -1 = none of them */
    struct buf words, reason; /* as people wrote it: valid UTF-8, trimmed */
    char after[48];
    bool is_done, may_override;
    struct buf answer;
};

static void ack_done(struct ack *ack)
{
    buf_done(&ack->words);
    buf_done(&ack->reason);
    buf_done(&ack->answer);
}

/* ---- what the link leads to ------------------------------------------------------------------------------------ */

static int find_alert(struct ack *ack, const char *public_id)
{
    int rc = alerts_find_public(ack->core->store, public_id, &ack->alert);
    if (!rc)
        rc = cases_get(ack->core->store, ack->alert.case_id, &ack->row);
    return rc;
}

/* Nobody has been sent the link of an alert that is held, and a contact that was taken out of the configuration has no
 * rights any more. */
static bool may_come_in(struct ack *ack)
{
    const char *name = ack->is_drill ? ack->drill.contact : ack->alert.contact;
    ack->contact = config_find_contact(ack->core->config, name);
    return ack->contact && (ack->is_drill || ack->alert.state != STATE_alert_held);
}

/* The store is asked in every case, so that a forged link takes as long as one whose alert is gone. */
static int find(struct ack *ack, const char *token, char *ret_public_id)
{
    int read = acklink_read(ack->core, token, ack->now_ms, ret_public_id);
    if (read)
        str_copy(ret_public_id, PUBLIC_ID_LEN, "none");
    int rc = find_alert(ack, ret_public_id);
    int drill = rc == ERR_NOT_FOUND ? drills_find_public(ack->core->store, ret_public_id, &ack->drill) : ERR_NOT_FOUND;
    if (rc && rc != ERR_NOT_FOUND)
        return rc;
    if (drill && drill != ERR_NOT_FOUND)
        return drill;
    ack->is_drill = !drill;
    if (read || (rc && drill))
        return ERR_NOT_FOUND;
    return may_come_in(ack) ? 0 : ERR_NOT_FOUND;
}

static bool is_live(const struct ack *ack)
{
    return acts_is_live(&ack->row, &ack->alert, ack->contact->name);
}

/* ---- showing --------------------------------------------------------------------------------------------------- */

static int audit_read(struct ack *ack, unsigned texts)
{
    char actor[NAME_MAX_LEN + 16], object[40];
    snprintf(actor, sizeof actor, "contact:%s", ack->contact->name);
    snprintf(object, sizeof object, "alert:%lld", (long long)ack->alert.id);
    struct audit_row row = {
        .at = ack->now_ms,
        .actor = actor,
        .action = "alert.read",
        .case_id = ack->row.id,
        .object = object,
        .detail = contact_trust_word(ack->contact->trust),
    };
    return texts ? audit_append(ack->core->store, &row) : 0;
}

static int show_drill(struct ack *ack, struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    ackview_write_drill(html, ack->request->path, &ack->drill, ack->answer.len ? ack->answer.data : NULL);
    return page_finish(html, 200, ret_page);
}

static int show(struct ack *ack, struct visits_page *ret_page)
{
    unsigned texts = 0;
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    bool is_refused = ack->answer.len && !ack->is_done;
    struct ackview view = {
        .core = ack->core,
        .path = ack->request->path,
        .contact = ack->contact,
        .alert = &ack->alert,
        .row = &ack->row,
        .is_live = is_live(ack),
        .now_ms = ack->now_ms,
        .sentence = ack->answer.len ? ack->answer.data : NULL,
        .is_done = ack->is_done,
        .kept_for = is_refused && ack->action >= 0 ? (enum ack_action)ack->action : ACK_TAKE,
        .kept = is_refused ? buf_span(&ack->words) : span_of(""),
        .kept_reason = is_refused ? buf_span(&ack->reason) : span_of(""),
        .wants_reason = is_refused && ack->may_override,
    };
    int rc = ackview_write(html, &view, &texts);
    if (!rc)
        rc = audit_read(ack, texts);
    if (!rc && texts && ack->is_done && ack->action >= 0) /* a scanner looks at links too; only a person acts */
        rc = cases_mark_read(ack->core->store, ack->row.id, ack->now_ms);
    return rc ? rc : page_finish(html, 200, ret_page);
}

/* ---- reading a form -------------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A text area sends CR LF for each line end (WHATWG HTML 4.10.21.4). */
static void read_words(const struct form *form, const char *name, struct buf *out)
{
    AUTO_BUF valid;
    struct span value = { "", 0 };
    buf_init(&valid, 3 * FORM_BYTES_MAX);
    (void)form_find(form, name, &value);
    utf8_repair(&valid, value);
    struct span text = buf_check(&valid) ? (struct span){ "", 0 } : buf_span(&valid);
    while (text.len && is_blank(text.data[0]))
        text = (struct span){ text.data + 1, text.len - 1 };
    while (text.len && is_blank(text.data[text.len - 1]))
        text.len--;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '\r')
            buf_add_char(out, text.data[i]);
}

static int read_action(const struct form *form)
{
    struct span value;
    if (!form_find(form, "action", &value))
        return -1;
    for (int i = 0; i < ACK_ACTION_COUNT; i++)
        if (span_equal(value, span_of(action_words[i])))
            return i;
    return -1;
}

static bool is_repeated(const struct form *form)
{
    for (size_t i = 0; i < form->count; i++)
        for (size_t j = 0; j < i; j++)
            if (span_equal(form_name(form, i), form_name(form, j)))
                return true;
    return false;
}

/* False: it is no form of ours. */
static bool read_form(struct ack *ack)
{
    char type[64];
    struct form form;
    struct span after = { "", 0 };
    request_media_type(ack->request, type, sizeof type);
    if (!str_equal(type, "application/x-www-form-urlencoded"))
        return false;
    form_init(&form);
    bool is_ours = !form_add(&form, ack->request->body) && !is_repeated(&form);
    if (is_ours) {
        ack->action = read_action(&form);
        read_words(&form, "text", &ack->words);
        read_words(&form, "reason", &ack->reason);
        (void)form_find(&form, "after", &after);
        str_copy_span(ack->after, sizeof ack->after, after);
    }
    form_done(&form);
    return is_ours && ack->action >= 0;
}

/* ---- doing ----------------------------------------------------------------------------------------------------- */

static int refuse(struct ack *ack, const char *sentence)
{
    buf_clear(&ack->answer);
    buf_add_format(&ack->answer, "Case %lld: %s", (long long)ack->row.id, sentence);
    return ERR_REFUSED;
}

/* A second touch on "send", or a reload of the page that came of it. The words are not given back into the form: one
 * more touch would send them to her twice. */
static int check_mark(struct ack *ack)
{
    char now[48];
    struct ack_mark mark;
    if (!ack->after[0] || (ack->action != ACK_SAY && ack->action != ACK_NOTE))
        return 0;
    int rc = ackview_mark(ack->core, &ack->row, ack->contact->name, &mark);
    if (rc)
        return rc;
    ackview_print_mark(&mark, now, sizeof now);
    if (str_equal(now, ack->after))
        return 0;
    buf_clear(&ack->words);
    buf_clear(&ack->reason);
    return refuse(ack, "not sent a second time. If you meant other words, please write them again.");
}

static int check(struct ack *ack)
{
    if (buf_check(&ack->words) || buf_check(&ack->reason))
        return refuse(ack, "that is too long.");
    if (ack->action == ACK_DECLINE && ack->alert.state == STATE_alert_declined)
        return refuse(ack, "you have said so already; the next contact was asked.");
    if (ack->action == ACK_SAY && ack->row.state != STATE_case_taken)
        return refuse(ack, "take the case first; then you can write to her.");
    if (ack->action == ACK_END && !ack->words.len)
        return refuse(ack, "please say in a few words how it ended.");
    return check_mark(ack);
}

static int run(struct act *act, const struct ack *ack)
{
    switch (ack->action) {
    case ACK_TAKE:
        return act_take(act);
    case ACK_DECLINE:
        return act_decline(act);
    case ACK_CONTACTED:
        return act_contacted(act);
    case ACK_SAY:
        return act_say(act, buf_span(&ack->words), buf_span(&ack->reason));
    case ACK_NOTE:
        return act_note(act, buf_span(&ack->words));
    default:
        return act_end(act, buf_span(&ack->words));
    }
}

static int perform(struct ack *ack)
{
    char actor[NAME_MAX_LEN + 16];
    snprintf(actor, sizeof actor, "contact:%s", ack->contact->name);
    struct act act = {
        .core = ack->core,
        .actor = actor,
        .contact = ack->contact->name,
        .row = ack->row,
        .alert = ack->alert,
        .now_ms = ack->now_ms,
        .answer = &ack->answer,
        .is_page = true,
    };
    int rc = check(ack);
    if (!rc)
        rc = run(&act, ack);
    ack->is_done = !rc;
    ack->may_override = act.may_override;
    if (rc == ERR_REFUSED)
        return 0;
    if (!rc)
        rc = cases_get(ack->core->store, ack->row.id, &ack->row);
    return rc ? rc : alerts_get(ack->core->store, ack->alert.id, &ack->alert);
}

static int answer_drill(struct ack *ack)
{
    return drill_answer(ack->core, ack->drill.contact, ack->drill.id, ack->drill.code, ack->now_ms, &ack->answer);
}

static int post(struct ack *ack, struct visits_page *ret_page)
{
    const char *path = ack->request->path;
    if (!origin_is_own(ack->request, ack->core->config->public_url))
        return page_say(path, 403, "Not from here", "This was sent from another page than ours, so nothing was done.",
            "Open the link of your alert and use its buttons.", ret_page);
    if (!read_form(ack))
        return page_say(path, 400, "Not understood", "This is no form of ours, so nothing was done.",
            "Open the link of your alert and use its buttons.", ret_page);
    int rc = ack->is_drill ? answer_drill(ack) : is_live(ack) ? perform(ack) : 0;
    if (rc)
        return rc;
    return ack->is_drill ? show_drill(ack, ret_page) : show(ack, ret_page);
}

/* ---- the request ----------------------------------------------------------------------------------------------- */

static bool may_ask(const struct ack *ack, struct limit *limit, const char *public_id)
{
    unsigned char tag[VAULT_TAG_LEN];
    vault_tag(ack->core->vault, "acklimit", span_of(public_id), tag);
    return limit_allow(limit, tag, ACK_PER_MINUTE, ack->now_ms);
}

/* A row that is missing now is a fault of the store, not of the link: what was done must be undone. */
static int respond(struct ack *ack, struct visits_page *ret_page)
{
    int rc;
    if (str_equal(ack->request->method, "POST"))
        rc = post(ack, ret_page);
    else
        rc = ack->is_drill ? show_drill(ack, ret_page) : show(ack, ret_page);
    return rc == ERR_NOT_FOUND || rc == ERR_AGAIN ? ERR_CORRUPT : rc;
}

int ack_answer(
    struct core *core, struct limit *limit, const struct request *request, int64_t now_ms, struct visits_page *ret_page)
{
    char public_id[PUBLIC_ID_LEN];
    struct ack ack = { .core = core, .request = request, .now_ms = now_ms, .action = -1 };
    buf_init(&ack.words, WORDS_MAX);
    buf_init(&ack.reason, WORDS_MAX);
    buf_init(&ack.answer, ANSWER_MAX);
    int rc = find(&ack, request->path + strlen(ACK_PATH), public_id);
    if (!rc && !may_ask(&ack, limit, public_id))
        rc = ERR_AGAIN;
    else if (!rc)
        rc = respond(&ack, ret_page);
    ack_done(&ack);
    return rc;
}

int ack_say_unknown(const struct request *request, struct visits_page *ret_page)
{
    return page_say(request->path, 404, "Nothing here", "This link is not valid, or no longer.",
        "Please copy the whole address from the newest alert, or answer from your phone.", ret_page);
}
