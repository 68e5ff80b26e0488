/* SPDX-License-Identifier: GPL-3.0-or-later */
/* responders - see responders.h. */
#include "gateway/core/responders.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "gateway/core/command.h"
#include "gateway/core/drill.h"
#include "gateway/core/notices.h"
#include "gateway/core/replies.h"
#include "gateway/store/audit.h"
#include "gateway/store/contacts.h"
#include "gateway/store/outbox.h"

#define OPEN_MAX 8
#define ANSWER_MAX 1000
#define VOIDED_MAX 64
#define USAGE_MAX 6 /* answers to texts that are no command, within: */
#define USAGE_WINDOW_MS (10 * 60 * 1000)
#define USAGE_ROWS_SEEN 200

struct receipt { /* one text of a responder on its way through */
    struct core *core;
    const struct config_contact *contact;
    int address; /* it came from, and its answer goes to */
    struct span text;
    struct command command;
    struct buf answer;
    int64_t case_id, now_ms;
};

/* ---- who is it ------------------------------------------------------------------------------------------------- */

int responders_address(const struct config_contact *contact, const char *number, const char *channel)
{
    int found = -1;
    for (unsigned i = 0; i < contact->address_count; i++) { /* they are in their normal form since they were loaded */
        const struct config_channel *own = contact->addresses[i].channel;
        if (!own->is_sms || !str_equal(contact->addresses[i].to, number))
            continue;
        if (str_equal(own->name, channel))
            return (int)i;
        found = found < 0 ? (int)i : found;
    }
    return found;
}

const struct config_contact *responders_find(const struct core *core, const char *number)
{
    return config_find_number(core->config, number);
}

bool responders_is_heard(const struct config_contact *contact, const char *channel)
{
    return !contact->reply_channel || str_equal(contact->reply_channel->name, channel);
}

/* ---- which alert ----------------------------------------------------------------------------------------------- */

struct own_alerts { /* the alerts of this contact that can be answered, the newest of each case, newest first */
    const char *contact;
    int64_t case_id; /* 0 = any */
    unsigned count;
    struct alert_row rows[OPEN_MAX];
};

static int collect_own(void *context, const struct alert_row *row)
{
    struct own_alerts *own = context;
    /* An ended one too: who answers late learns who holds the case. */
    bool is_usable = row->state != STATE_alert_held && row->state != STATE_alert_voided;
    if (!is_usable || !str_equal(row->contact, own->contact) || !row->code[0])
        return 0;
    for (unsigned i = 0; i < own->count; i++)
        if (own->rows[i].case_id == row->case_id)
            return 0; /* the newest alert of a case stands for it */
    if (own->count < OPEN_MAX)
        own->rows[own->count++] = *row;
    return 0;
}

static int find_own(struct receipt *in, int64_t case_id, struct own_alerts *own)
{
    *own = (struct own_alerts){ .contact = in->contact->name, .case_id = case_id };
    return alerts_list(in->core->store, case_id, NULL, 0, 1000, collect_own, own);
}

struct recent {
    const char *contact;
    int64_t since_ms;
    unsigned count;
};

static int count_recent(void *context, const struct outbox_row *row)
{
    struct recent *recent = context;
    recent->count +=
        row->kind == OUTBOX_NOTICE && row->created_at > recent->since_ms && str_equal(row->contact, recent->contact);
    return 0;
}

/* What is no command is answered only so often: an answering machine at the other end would answer each time. */
static int is_answering_machine(struct receipt *in, bool *ret_is)
{
    struct recent recent = { .contact = in->contact->name, .since_ms = in->now_ms - USAGE_WINDOW_MS };
    struct outbox_filter filter = { .state = "all", .limit = USAGE_ROWS_SEEN };
    int rc = outbox_list(in->core->store, &filter, count_recent, &recent);
    *ret_is = recent.count >= USAGE_MAX || replies_looks_automatic(in->core->config->texts, in->text);
    return rc;
}

static int say_usage(struct receipt *in)
{
    bool is_machine;
    int rc = is_answering_machine(in, &is_machine);
    if (rc || is_machine)
        return rc;
    buf_add_text(&in->answer,
        "Not understood. Send the word, the case number and the four letters of your alert: OK 1042 KTRM takes it. "
        "Words: OK, NO, SAY, NOTE, DONE, END, ON, OFF.");
    return 0;
}

/* Somebody may have written in its name; or it answered the wrong one of two numbers. */
static int say_elsewhere(struct receipt *in)
{
    bool is_machine;
    int rc = is_answering_machine(in, &is_machine);
    if (rc || is_machine)
        return rc;
    buf_add_text(&in->answer,
        "Nothing was done: your answers do not count on this number. Please send it again to the number of the help line that "
        "takes them.");
    return 0;
}

static void say_expected(struct receipt *in, unsigned left)
{
    buf_add_format(&in->answer,
        "That is not the code of your alert for case %lld. Expected: a word, %lld, and the four letters of the newest alert you had for "
        "it. %u tries left.",
        (long long)in->command.case_id, (long long)in->command.case_id, left);
}

struct own_ids {
    const char *contact;
    unsigned count;
    int64_t ids[VOIDED_MAX];
};

static int collect_ids(void *context, const struct alert_row *row)
{
    struct own_ids *own = context;
    bool is_usable = row->state != STATE_alert_held && row->state != STATE_alert_voided;
    if (is_usable && str_equal(row->contact, own->contact) && own->count < VOIDED_MAX)
        own->ids[own->count++] = row->id;
    return 0;
}

static int void_codes(struct receipt *in, const struct case_row *row)
{
    struct own_ids own = { .contact = in->contact->name };
    int rc = alerts_list(in->core->store, row->id, NULL, 0, 1000, collect_ids, &own);
    for (unsigned i = 0; !rc && i < own.count; i++)
        rc = alerts_set_state(in->core->store, own.ids[i], STATE_alert_voided, in->now_ms);
    return rc ? rc : audit_case(in->core->store, in->now_ms, "daemon", "alert.void", row->id, in->contact->name);
}

/* Five wrong codes: somebody may be guessing from a borrowed phone. Every code of the contact for this case is void and
 * the next contact is asked; a case that the contact holds is open again, because it could not end it any more. */
static int void_alert(struct receipt *in, const struct alert_row *alert, struct case_row *row)
{
    bool was_holder = row->state == STATE_case_taken && str_equal(row->owner, in->contact->name);
    int rc = void_codes(in, row);
    if (was_holder) {
        row->state = STATE_case_open;
        row->owner[0] = '\0';
        row->contacted_at = 0;
    }
    if (!rc && was_holder)
        rc = alerting_start(in->core, row, alert->message_id, in->now_ms);
    else if (!rc && row->state == STATE_case_open)
        rc = alerting_next_step(in->core, row, alert->message_id, in->now_ms);
    if (!rc)
        rc = cases_update(in->core->store, row);
    buf_add_format(
        &in->answer, "Case %lld: five wrong codes. Your code counts no more; others are asked.", (long long)row->id);
    log_event(LOG_LEVEL_WARNING, EV_code_voided, F_INT("case", row->id), F_WORD("contact", in->contact->name));
    return rc;
}

static int wrong_code(struct receipt *in, const struct alert_row *alert, struct case_row *row)
{
    int tries = alert->wrong_tries;
    if (!in->command.code[0] && !in->command.rest.len) { /* forgotten, not guessed */
        say_expected(in, (unsigned)(RESPONDERS_TRIES_MAX - tries));
        return 0;
    }
    int rc = alerts_count_wrong(in->core->store, alert->id, &tries);
    if (rc)
        return rc;
    if (tries >= RESPONDERS_TRIES_MAX)
        return void_alert(in, alert, row);
    say_expected(in, (unsigned)(RESPONDERS_TRIES_MAX - tries));
    return 0;
}

/* ---- doing it -------------------------------------------------------------------------------------------------- */

/* "reason: text" of FORCE. */
static void split_reason(struct span rest, struct span *ret_reason, struct span *ret_text)
{
    const char *colon = memchr(rest.data, ':', rest.len);
    *ret_reason = (struct span){ rest.data, colon ? (size_t)(colon - rest.data) : rest.len };
    size_t skip = colon ? ret_reason->len + 1 : rest.len;
    while (skip < rest.len && rest.data[skip] == ' ')
        skip++;
    *ret_text = (struct span){ rest.data + skip, rest.len - skip };
}

static int run_act(struct act *act, const struct command *command)
{
    struct span reason, text;
    switch (command->verb) {
    case COMMAND_TAKE:
        return act_take(act);
    case COMMAND_DECLINE:
        return act_decline(act);
    case COMMAND_END:
        return act_end(act, command->rest);
    case COMMAND_NOTE:
        return act_note(act, command->rest);
    case COMMAND_CONTACTED:
        return act_contacted(act);
    case COMMAND_FORCE:
        split_reason(command->rest, &reason, &text);
        return act_say(act, text, reason);
    default:
        return act_say(act, command->rest, (struct span){ "", 0 });
    }
}

static int perform(struct receipt *in, const struct alert_row *alert, const struct case_row *row)
{
    char actor[NAME_MAX_LEN + 16];
    snprintf(actor, sizeof actor, "contact:%s", in->contact->name);
    struct act act = {
        .core = in->core,
        .actor = actor,
        .contact = in->contact->name,
        .row = *row,
        .alert = *alert,
        .now_ms = in->now_ms,
        .answer = &in->answer,
    };
    int rc = run_act(&act, &in->command);
    return rc == ERR_REFUSED ? 0 : rc;
}

static int command_on_case(struct receipt *in)
{
    struct own_alerts own;
    struct case_row row;
    int rc = cases_get(in->core->store, in->command.case_id, &row);
    if (rc == ERR_NOT_FOUND)
        return drill_answer(
            in->core, in->contact->name, in->command.case_id, in->command.code, in->now_ms, &in->answer);
    if (!rc)
        rc = find_own(in, row.id, &own);
    if (rc)
        return rc;
    AUTO_KEY key = { { 0 } };
    if (casefile_key(in->core, &row, &key)) {
        buf_add_format(&in->answer, "Case %lld: its texts are gone or cannot be opened; nothing can be done by SMS.",
            (long long)row.id);
        return 0;
    }
    in->case_id = row.id;
    if (!own.count) {
        buf_add_format(&in->answer, "You have no alert for case %lld that could be answered.", (long long)row.id);
        return 0;
    }
    struct alert_row alert;
    rc = alerts_find_code(in->core->store, row.id, in->command.code, &alert);
    if (rc && rc != ERR_NOT_FOUND)
        return rc;
    bool is_right = !rc && in->command.code[0] && str_equal(alert.contact, in->contact->name) &&
                    alert.state != STATE_alert_voided && alert.state != STATE_alert_held;
    return is_right ? perform(in, &alert, &row) : wrong_code(in, &own.rows[0], &row);
}

static int switch_duty(struct receipt *in, bool is_on)
{
    struct contact_state_row state;
    struct audit_row audit = {
        .at = in->now_ms,
        .actor = "contact",
        .action = is_on ? "contact.on" : "contact.off",
        .object = in->contact->name,
        .detail = "",
    };
    int rc = contacts_get(in->core->store, in->contact->name, &state);
    if (rc)
        return rc;
    state.is_on = is_on;
    state.changed_at = in->now_ms;
    rc = contacts_put(in->core->store, &state);
    buf_add_text(&in->answer, is_on ? "You are on duty until you send OFF." : "You are off duty until you send ON.");
    return rc ? rc : audit_append(in->core->store, &audit);
}

/* A word without number and code: with exactly one open alert the machine asks back, it never guesses. */
static int ask_back(struct receipt *in)
{
    struct own_alerts own;
    unsigned open = 0, which = 0;
    int rc = find_own(in, 0, &own);
    for (unsigned i = 0; !rc && i < own.count; i++)
        if (own.rows[i].state == STATE_alert_open || own.rows[i].state == STATE_alert_acknowledged) {
            open++;
            which = i;
        }
    if (rc)
        return rc;
    bool is_about_case = in->command.verb >= 0 && in->command.verb != COMMAND_ON && in->command.verb != COMMAND_OFF;
    if (open != 1 || !is_about_case) {
        return say_usage(in);
    }
    const struct alert_row *alert = &own.rows[which];
    buf_add_format(&in->answer, "Do you mean case %lld? Then send: %s %lld %s", (long long)alert->case_id,
        texts_command_word((enum command_verb)in->command.verb), (long long)alert->case_id, alert->code);
    in->case_id = alert->case_id;
    return 0;
}

static int handle(struct receipt *in)
{
    const struct command *command = &in->command;
    /* "On my way" is no command. */
    if ((command->verb == COMMAND_ON || command->verb == COMMAND_OFF) && !command->rest.len)
        return switch_duty(in, command->verb == COMMAND_ON);
    bool is_about_case = command->verb >= 0 && command->verb != COMMAND_ON && command->verb != COMMAND_OFF;
    if (is_about_case && command->case_id)
        return command_on_case(in);
    return ask_back(in);
}

static int send_answer(struct receipt *in)
{
    struct notice notice = {
        .contact = in->contact->name,
        .address = in->address,
        .case_id = in->case_id,
        .urgency = URGENCY_urgent,
        .text = buf_span(&in->answer),
    };
    return in->answer.len ? notices_queue(in->core, &notice, in->now_ms) : 0;
}

int responders_receive(struct core *core, const struct responders_text *text, int64_t now_ms, int64_t *ret_case_id)
{
    struct receipt in = {
        .core = core,
        .contact = text->contact,
        .address = text->address,
        .text = text->text,
        .now_ms = now_ms,
    };
    buf_init(&in.answer, ANSWER_MAX);
    command_parse(core->config->texts, in.text, &in.command);
    int rc = text->is_elsewhere ? say_elsewhere(&in) : handle(&in);
    if (!rc)
        rc = send_answer(&in);
    *ret_case_id = in.case_id;
    buf_done(&in.answer);
    return rc;
}
