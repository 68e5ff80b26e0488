/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ends - see ends.h. */
#include "gateway/core/ends.h"

#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/core/person.h"
#include "gateway/core/reports.h"
#include "gateway/store/audit.h"
#include "gateway/store/cases.h"
#include "gateway/store/contacts.h"

#define ROWS_MAX 1000
#define SPEAKERS_MAX 16 /* who wrote to her in one case and whose words still wait */

static int audit_end(
    struct core *core, const struct outbox_row *row, enum state state, enum outcome outcome, int64_t now_ms)
{
    static const char *const actions[][2] = {
        [OUTBOX_ALERT] = { "alert.send", "alert.fail" },
        [OUTBOX_REPLY] = { "reply.send", "reply.fail" },
        [OUTBOX_NOTICE] = { "notice.send", "notice.fail" },
        [OUTBOX_LOOP] = { "loop.send", "loop.fail" },
    };
    char object[40], detail[2 * NAME_MAX_LEN + 128];
    snprintf(object, sizeof object, "%s:%lld", row->alert_id ? "alert" : "outbox",
        (long long)(row->alert_id ? row->alert_id : row->id));
    snprintf(detail, sizeof detail, "contact=%s channel=%s outcome=%s attempt=%d", row->contact, row->channel,
        outcome_word(outcome), row->attempt);
    struct audit_row audit = {
        .at = now_ms,
        .actor = "daemon",
        .action = actions[row->kind][state != STATE_outbox_sent],
        .case_id = row->case_id,
        .object = object,
        .detail = detail,
    };
    return audit_append(core->store, &audit);
}

static int note_sent(struct core *core, struct outbox_row *row, const char *remote_id, int64_t now_ms)
{
    struct contact_state_row state;
    int rc = 0;
    if (row->kind == OUTBOX_ALERT || row->kind == OUTBOX_NOTICE) {
        rc = contacts_get(core->store, row->contact, &state);
        state.last_sent_at = now_ms;
        if (!rc)
            rc = contacts_put(core->store, &state);
    }
    row->state = STATE_outbox_sent;
    row->sent_at = now_ms;
    str_copy(row->remote_id, sizeof row->remote_id, remote_id);
    return rc ? rc : reports_catch_up(core, row, now_ms);
}

/* What a settled reply means: she was reached, or whoever wrote to her has to know that she perhaps was not. */
static int end_reply(
    struct core *core, const struct outbox_row *row, bool is_sent, enum outcome outcome, int64_t now_ms)
{
    int rc = outcome == OUTCOME_opted_out ? person_is_blocked(core, row->case_id, now_ms) : 0;
    if (rc || !row->contact[0])
        return rc;
    return acts_said(core, row->case_id, row->contact, is_sent, outcome_sentence(outcome), now_ms);
}

int ends_settled(struct core *core, struct outbox_row *row, const struct outbox_settlement *settlement, int64_t now_ms)
{
    bool is_sent = settlement->state == STATE_outbox_sent;
    int rc = 0;
    if (row->kind == OUTBOX_REPLY)
        rc = end_reply(core, row, is_sent, settlement->outcome, now_ms);
    /* A report of failure may be waiting already: it has the last word. */
    if (!rc && is_sent)
        rc = note_sent(core, row, settlement->remote_id, now_ms);
    return rc ? rc : audit_end(core, row, settlement->state, settlement->outcome, now_ms);
}

static const char *why_cancelled(struct core *core, int64_t case_id)
{
    struct case_row row;
    bool is_over = !cases_get(core->store, case_id, &row) && row.state == STATE_case_closed && !row.joined_to;
    return is_over ? "the case was ended before it left" : "her rules or her hours now speak against it";
}

int ends_cancelled(struct core *core, const struct outbox_row *row, int64_t now_ms)
{
    int rc = outbox_cancel(core->store, row->id);
    if (rc || row->kind != OUTBOX_REPLY || !row->contact[0])
        return rc;
    return acts_said(core, row->case_id, row->contact, false, why_cancelled(core, row->case_id), now_ms);
}

struct speakers {
    unsigned count;
    char names[SPEAKERS_MAX][NAME_MAX_LEN];
};

static int note_speaker(void *context, const struct outbox_row *row)
{
    struct speakers *speakers = context;
    if (row->kind != OUTBOX_REPLY || !row->contact[0] || speakers->count == SPEAKERS_MAX)
        return 0;
    for (unsigned i = 0; i < speakers->count; i++)
        if (str_equal(speakers->names[i], row->contact))
            return 0;
    str_copy(speakers->names[speakers->count++], NAME_MAX_LEN, row->contact);
    return 0;
}

int ends_unspoken(struct core *core, int64_t case_id, int64_t now_ms)
{
    struct speakers speakers = { 0 };
    struct outbox_filter filter = { .state = "queued", .case_id = case_id, .limit = ROWS_MAX };
    int rc = outbox_list(core->store, &filter, note_speaker, &speakers);
    if (!rc)
        rc = outbox_cancel_replies(core->store, case_id);
    for (unsigned i = 0; !rc && i < speakers.count; i++)
        rc = acts_said(core, case_id, speakers.names[i], false, why_cancelled(core, case_id), now_ms);
    return rc;
}

int ends_put_off(struct core *core, const struct outbox_row *row, int64_t until_ms, int64_t now_ms)
{
    int rc = outbox_put_off(core->store, row->id, until_ms);
    if (rc)
        return rc;
    log_event(LOG_LEVEL_INFO, EV_outbox_put_off, F_INT("outbox", row->id), F_INT("case", row->case_id),
        F_WORD("channel", row->channel), F_INT("wait_s", (until_ms - now_ms) / 1000));
    bool is_first = !str_equal(row->provider_code, OUTBOX_PUT_OFF);
    if (row->kind != OUTBOX_REPLY || !row->contact[0] || !is_first)
        return 0;
    return acts_waits(core, row->case_id, row->contact, until_ms, now_ms);
}
