/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pieces - see pieces.h. */
#include "gateway/core/pieces.h"

#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "gateway/core/copies.h"
#include "gateway/core/notices.h"
#include "gateway/core/person.h"
#include "gateway/core/replies.h"
#include "gateway/core/responders.h"
#include "gateway/store/alerts.h"
#include "gateway/store/outbox.h"

#define ALERTS_SEEN_MAX 1000
#define ANSWER_MAX 200

/* ---- what contacts know of it ---------------------------------------------------------------------------------- */

struct told {
    int64_t message_id;
    bool is_told, is_named; /* an alert tells of it; an alert, or an answer to her, is about it */
    int64_t newest_at;      /* of such alerts */
    int64_t newest_id;      /* newest message that any alert of the case tells of */
};

static int note_alert(void *context, const struct alert_row *row)
{
    struct told *told = context;
    told->newest_id = row->message_id > told->newest_id ? row->message_id : told->newest_id;
    if (row->message_id < told->message_id)
        return 0;
    told->is_told = true;
    told->is_named = told->is_named || row->message_id == told->message_id;
    told->newest_at = row->created_at > told->newest_at ? row->created_at : told->newest_at;
    return 0;
}

static int find_told(struct core *core, int64_t case_id, int64_t message_id, struct told *ret_told)
{
    *ret_told = (struct told){ .message_id = message_id };
    return case_id ? alerts_list(core->store, case_id, NULL, 0, ALERTS_SEEN_MAX, note_alert, ret_told) : 0;
}

static int decide(struct core *core, const struct arrival *in, int64_t id, bool is_due, enum joining_act *ret_act)
{
    struct told told;
    const struct longtext *longtext = in->longtext;
    int rc = find_told(core, in->row.id, id, &told);
    struct joining_facts facts = {
        .arrived = longtext->arrived,
        .total = longtext->join.total,
        .is_due = is_due,
        .is_help = in->triage.is_help,
        .urgency = in->triage.urgency,
        .facts = in->triage.categories & ~CATEGORY_BIT(unclear),
        .is_told = told.is_told,
        .is_rise = !is_due && in->row.id && !in->is_new_case && in->row.urgency > in->urgency_before,
        .has_news = !is_due || told.newest_at <= longtext->join.newest_at,
    };
    *ret_act = in->is_echo ? JOINING_REST : joining_decide(&facts);
    return rc;
}

static int act_on(struct core *core, struct arrival *in, int64_t id, bool must_tell, enum joining_act act)
{
    struct join_row *join = &in->longtext->join;
    int rc = 0;
    bool is_rise = in->row.id && !in->is_new_case && in->row.urgency > in->urgency_before;
    if (act == JOINING_TELL && join->is_rise) /* what rose while it waited alarms now */
        in->urgency_before = URGENCY_routine;
    if (act == JOINING_TELL)
        rc = intake_tell(core, in, id, must_tell);
    else if (act == JOINING_TELL_AGAIN && in->row.id)
        rc = alerting_run_update(core, &in->row, id, in->now_ms);
    join->is_told = join->is_told || act == JOINING_TELL || act == JOINING_TELL_AGAIN;
    join->is_rise = act == JOINING_WAIT && (join->is_rise || is_rise);
    if (act != JOINING_WAIT)
        join->due_at = 0;
    else if (!join->due_at)
        join->due_at = in->now_ms + JOINING_WAIT_MS;
    return rc;
}

/* ---- a part comes ---------------------------------------------------------------------------------------------- */

int pieces_settle(struct core *core, struct arrival *in, int64_t id, bool must_tell, bool *ret_is_told)
{
    struct longtext *longtext = in->longtext;
    struct join_row *join = &longtext->join;
    enum joining_act act = JOINING_WAIT;
    bool is_first = join->message_id == 0;
    join->message_id = id;
    join->newest_at = in->now_ms;
    int rc = 0;
    if (!in->responder)
        rc = decide(core, in, id, false, &act);
    else if (longtext_is_whole(longtext)) /* he has his answer */
        act = JOINING_REST;
    if (!rc)
        rc = act_on(core, in, id, must_tell, act);
    if (!rc)
        rc = is_first ? joins_insert(core->store, join) : joins_update(core->store, join);
    if (!rc)
        rc = longtext_keep(core, longtext, in->piece, &in->key, in->row.id, in->dedupe, in->now_ms);
    *ret_is_told = act == JOINING_TELL || act == JOINING_TELL_AGAIN;
    return rc;
}

/* The case that the message is in already; a message without one may find one now. */
static int find_case(struct core *core, struct arrival *in)
{
    if (!in->longtext->case_id)
        return intake_find_case(core, in);
    int rc = cases_get(core->store, in->longtext->case_id, &in->row);
    in->is_known = true;
    return rc ? rc : casefile_key(core, &in->row, &in->key);
}

static struct copies_arrival path_of(const struct arrival *in)
{
    return (struct copies_arrival){ .channel = in->channel,
        .sender_tag = in->sender_tag,
        .text = span_of(in->sms->text),
        .at = copies_moment(in->sms, in->is_late, in->longtext->received_at) };
}

static int note_row(void *context, const struct outbox_row *row)
{
    struct told *told = context;
    told->is_named = told->is_named || row->message_id == told->message_id;
    return 0;
}

static int find_named(struct core *core, int64_t case_id, int64_t message_id, struct told *ret_told)
{
    struct outbox_filter filter = { .state = "all", .case_id = case_id, .limit = ALERTS_SEEN_MAX };
    int rc = find_told(core, case_id, message_id, ret_told);
    return rc || !case_id ? rc : outbox_list(core->store, &filter, note_row, ret_told);
}

static int drop_update(void *context, const struct step_row *step)
{
    struct arrival *in = context;
    if (step->step == ALERTING_UPDATE_STEP && step->state == STATE_step_waiting)
        in->echo_step = step->id;
    return 0;
}

/* An update that was planned for the parts alone has nothing left to tell. */
static int cancel_update(struct core *core, struct arrival *in, const struct told *told)
{
    int64_t newest;
    int rc = alerting_newest_message(core, in->row.id, &newest);
    if (rc || newest > told->newest_id)
        return rc;
    rc = steps_list(core->store, in->row.id, drop_update, in);
    return rc || !in->echo_step ? rc : steps_set_state(core->store, in->echo_step, STATE_step_cancelled, in->now_ms);
}

/* The whole is a message that came by another path. Where no row is about this one its parts are put to that message;
 * otherwise this one stays, and is not told again. */
static int merge(struct core *core, struct arrival *in, int64_t twin_id, bool *ret_is_merged)
{
    struct message_row twin;
    struct told told;
    struct longtext *longtext = in->longtext;
    struct copies_arrival path = path_of(in);
    int64_t id = longtext->join.message_id;
    int rc = messages_get(core->store, twin_id, &twin);
    if (!rc)
        rc = find_named(core, longtext->case_id, id, &told);
    if (rc)
        return rc;
    bool is_own_case = longtext->case_id && longtext->case_id != twin.case_id;
    *ret_is_merged = !is_own_case && !told.is_named;
    in->is_echo = !is_own_case;
    if (!*ret_is_merged)
        return 0;
    rc = parts_merge(core->store, id, twin_id);
    if (!rc)
        rc = copies_add_origin(core, &path, in->dedupe, twin_id);
    if (rc || !longtext->case_id)
        return rc;
    in->row.message_count--;
    rc = cases_update(core->store, &in->row);
    return rc ? rc : cancel_update(core, in, &told);
}

static int merge_twin(struct core *core, struct arrival *in, struct intake_result *result)
{
    int64_t twin_id;
    bool is_merged = false;
    if (!longtext_is_whole(in->longtext))
        return 0;
    struct copies_arrival path = path_of(in);
    int rc = copies_find_path(core, &path, &twin_id);
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    rc = merge(core, in, twin_id, &is_merged);
    if (rc || !is_merged)
        return rc;
    *result = (struct intake_result){ .message_id = twin_id, .case_id = in->row.id, .is_duplicate = true };
    log_event(LOG_LEVEL_INFO, EV_message_duplicate, F_INT("message", twin_id), F_WORD("channel", in->channel));
    return 0;
}

static int store_joined(struct core *core, struct arrival *in, struct intake_result *result)
{
    int rc = in->responder ? 0 : find_case(core, in);
    if (!rc)
        rc = merge_twin(core, in, result);
    if (rc || result->is_duplicate)
        return rc;
    rc = in->responder ? intake_store_responder(core, in, result) : intake_store_person(core, in, result);
    if (rc || !longtext_is_whole(in->longtext))
        return rc;
    struct copies_arrival path = path_of(in);
    return copies_note(core, &path, result->message_id);
}

static int receive(struct core *core, struct arrival *in, struct intake_result *result)
{
    struct sms_in whole = *in->sms;
    int64_t copy_of;
    in->piece = in->sms;
    int rc = longtext_find(core, in->channel, in->sms, in->sender_tag, in->now_ms, in->longtext, &copy_of);
    if (rc == ERR_EXISTS) {
        *result = (struct intake_result){ .message_id = copy_of, .is_duplicate = true };
        log_event(LOG_LEVEL_INFO, EV_message_duplicate, F_INT("message", copy_of), F_WORD("channel", in->channel));
        return messages_count_copy(core->store, copy_of);
    }
    if (!rc)
        rc = longtext_add(core, in->longtext, in->sms);
    if (rc)
        return rc;
    whole.text = in->longtext->text.data;
    in->sms = &whole;
    in->is_doubtful = in->is_doubtful || in->longtext->is_doubtful;
    in->is_unproved = in->is_unproved || in->longtext->is_unproved;
    if (in->is_unproved) /* half of a command may be somebody else's */
        in->responder = NULL;
    rc = store_joined(core, in, result);
    in->sms = in->piece;
    return rc;
}

int pieces_receive(struct core *core, struct arrival *in, struct intake_result *result)
{
    in->longtext = longtext_new();
    if (!in->longtext)
        return ERR_NOMEM;
    int rc = receive(core, in, result);
    longtext_free(in->longtext);
    in->longtext = NULL;
    return rc;
}

/* ---- the wait is over ------------------------------------------------------------------------------------------ */

/* What a message's row and its case say again, as if it had just come. */
static int resume(struct core *core, struct arrival *in, struct sms_in *sms)
{
    struct message_row message;
    AUTO_KEY key = { { 0 } };
    AUTO_BUF from;
    AUTO_BUF to;
    buf_init(&from, PHONE_MAX);
    buf_init(&to, PHONE_MAX);
    int rc = messages_get(core->store, in->longtext->join.message_id, &message);
    if (!rc)
        rc = casefile_message_key(core, &message, &key);
    if (!rc)
        rc = casefile_open_message(core, &key, &message, MESSAGE_SENDER, &from);
    if (!rc)
        rc = casefile_open_message(core, &key, &message, MESSAGE_RECIPIENT, &to);
    if (rc)
        return rc;
    str_copy(sms->from, sizeof sms->from, from.data ? from.data : "");
    str_copy(sms->to, sizeof sms->to, to.data ? to.data : "");
    sms->text = in->longtext->text.data;
    in->triage = message.triage;
    in->is_doubtful = message.is_doubtful;
    in->is_unproved = message.is_unproved;
    in->responder = message.author[0] ? config_find_contact(core->config, message.author) : NULL;
    memcpy(in->sender_tag, message.sender_tag, sizeof in->sender_tag);
    return message.author[0] && !in->responder ? ERR_NOT_FOUND : 0;
}

static int tell_person(struct core *core, struct arrival *in)
{
    enum joining_act act;
    int64_t id = in->longtext->join.message_id;
    int rc = in->longtext->case_id ? cases_get(core->store, in->longtext->case_id, &in->row) : 0;
    if (!rc)
        rc = persons_get(core->store, in->sender_tag, &in->person);
    in->urgency_before = in->row.urgency;
    if (in->row.id && in->row.state == STATE_case_closed) {
        in->longtext->join.due_at = 0;
        return 0;
    }
    /* Of what half a text may ask, only this is safe to do on a doubt. */
    bool is_stop = in->triage.intent == INTENT_stop;
    if (!rc)
        rc = decide(core, in, id, true, &act);
    if (!rc)
        rc = act_on(core, in, id, is_stop, act);
    if (!rc && is_stop)
        rc = person_act(core, &in->row, &in->person, &in->triage, in->is_doubtful, in->now_ms);
    if (!rc && in->row.id && act != JOINING_REST && !in->is_unproved)
        rc = replies_consider(core, &in->row, &in->person, in->sms, &in->triage, id, in->now_ms);
    if (!rc && in->row.id)
        rc = cases_update(core->store, &in->row);
    return rc ? rc : persons_put(core->store, &in->person);
}

/* Half a command is not obeyed: half a sentence could go to her. */
static int tell_responder(struct core *core, struct arrival *in)
{
    int address = responders_address(in->responder, in->sms->from, in->channel);
    AUTO_BUF text;
    buf_init(&text, ANSWER_MAX);
    in->longtext->join.due_at = 0;
    buf_add_format(&text, "Only %u of the %u parts of your text have come, and nothing was done. Please send it again.",
        in->longtext->arrived, in->longtext->join.total);
    struct notice notice = {
        .contact = in->responder->name,
        .address = address < 0 ? 0 : address,
        .urgency = URGENCY_urgent,
        .text = buf_span(&text),
    };
    return notices_queue(core, &notice, in->now_ms);
}

static int run_opened(struct core *core, const struct join_row *join, struct arrival *in, struct sms_in *sms)
{
    in->sms = sms;
    int rc = longtext_open(core, join, in->longtext);
    if (!rc)
        rc = resume(core, in, sms);
    if (!rc)
        rc = in->responder ? tell_responder(core, in) : tell_person(core, in);
    if (rc == ERR_CRYPTO || rc == ERR_NOT_FOUND) { /* shredded meanwhile, or sealed by a key that was changed */
        in->longtext->join = *join;
        in->longtext->join.due_at = 0;
        rc = 0;
    }
    return rc ? rc : joins_update(core->store, &in->longtext->join);
}

struct round {
    struct core *core;
    int64_t now_ms;
};

static int run_due(void *context, const struct join_row *join)
{
    struct round *round = context;
    struct sms_in sms = { .provider_intent = INTENT_help };
    struct arrival in = {
        .channel = "", .received_at = round->now_ms, .now_ms = round->now_ms, .longtext = longtext_new()
    };
    if (!in.longtext)
        return ERR_NOMEM;
    int rc = run_opened(round->core, join, &in, &sms);
    if (!rc)
        log_event(LOG_LEVEL_INFO, EV_part_waited, F_INT("message", join->message_id), F_INT("case", in.row.id),
            F_INT("late_ms", round->now_ms - join->due_at));
    longtext_free(in.longtext);
    return rc;
}

int pieces_run_due(struct core *core, int64_t now_ms, int64_t *ret_next_due)
{
    struct round round = { core, now_ms };
    int rc = joins_due(core->store, now_ms, PIECES_TURN_MAX, run_due, &round);
    if (!rc)
        rc = joins_next_due(core->store, ret_next_due);
    if (rc != ERR_NOT_FOUND)
        return rc;
    *ret_next_due = INT64_MAX;
    return 0;
}
