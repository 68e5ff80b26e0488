/* SPDX-License-Identifier: GPL-3.0-or-later */
/* consent - see consent.h. */
#include "gateway/core/consent.h"

#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "gateway/store/alerts.h"
#include "gateway/store/audit.h"

#define HELD_MAX 64

struct held_alerts {
    unsigned count;
    struct alert_row rows[HELD_MAX];
};

static int collect(void *context, const struct alert_row *row)
{
    struct held_alerts *held = context;
    if (row->state == STATE_alert_held && held->count < HELD_MAX)
        held->rows[held->count++] = *row;
    return 0;
}

static int find_held(struct core *core, int64_t case_id, struct held_alerts *held)
{
    held->count = 0;
    return alerts_list(core->store, case_id, state_word(STATE_alert_held), 0, HELD_MAX, collect, held);
}

bool consent_is_given(const struct case_row *row)
{
    if (row->consent == STATE_consent_override)
        return true;
    return row->consent == STATE_consent_yes && !(row->flags & FLAG_BIT(no_authorities)); /* she changed her mind */
}

int consent_is_due(struct core *core, const struct case_row *row, bool *ret_is_due)
{
    struct held_alerts held;
    *ret_is_due = false;
    if (row->consent != STATE_consent_none || (row->flags & FLAG_BIT(no_authorities)))
        return 0; /* asked already, or said before anybody asked */
    int rc = find_held(core, row->id, &held);
    *ret_is_due = !rc && held.count > 0;
    return rc;
}

static int share(struct core *core, struct case_row *row, struct alert_row *alert, enum consent_ground ground,
    const char *actor, int64_t now_ms)
{
    static const char *const grounds[] = { "her yes", "override" };
    char detail[NAME_MAX_LEN + 64];
    snprintf(detail, sizeof detail, "contact=%s ground=%s", alert->contact, grounds[ground]);
    int64_t newest;
    int rc = alerting_newest_message(core, row->id, &newest);
    if (!rc && newest > alert->message_id)
        rc = alerts_set_message(core->store, alert->id, newest);
    if (!rc)
        rc = alerts_set_state(core->store, alert->id, STATE_alert_open, now_ms);
    if (!rc)
        rc = alerting_send_alert(core, row, alert, now_ms);
    return rc ? rc : audit_case(core->store, now_ms, actor, "case.share", row->id, detail);
}

static int keep_reason(
    struct core *core, const struct case_row *row, const char *actor, struct span reason, int64_t now_ms)
{
    AUTO_KEY key = { { 0 } };
    AUTO_BUF sealed;
    buf_init(&sealed, VAULT_PLAIN_MAX);
    struct note_row note = { .id = store_next_id(core->store, SEQUENCE_NOTE), .case_id = row->id, .at = now_ms };
    str_copy(note.author, sizeof note.author, actor);
    int rc = casefile_key(core, row, &key);
    if (!rc)
        rc = casefile_seal_note(core, &key, row->id, note.id, reason, &sealed);
    note.text = buf_span(&sealed);
    return rc ? rc : cases_add_note(core->store, &note);
}

/* A policy that repeats holds one alert more each time; the contact gets the newest, with everything in it. */
static bool is_older_one(const struct held_alerts *held, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (str_equal(held->rows[i].contact, held->rows[index].contact))
            return true;
    return false;
}

int consent_release(struct core *core, struct case_row *row, enum consent_ground ground, const char *actor,
    struct span reason, int64_t now_ms, unsigned *ret_count)
{
    struct held_alerts held;
    *ret_count = 0;
    row->consent = ground == CONSENT_BY_OVERRIDE ? STATE_consent_override : STATE_consent_yes;
    row->updated_at = now_ms;
    int rc = find_held(core, row->id, &held);
    for (unsigned i = 0; !rc && i < held.count; i++) {
        bool is_old = is_older_one(&held, i);
        *ret_count += !is_old;
        rc = is_old ? alerts_set_state(core->store, held.rows[i].id, STATE_alert_ended, now_ms)
                    : share(core, row, &held.rows[i], ground, actor, now_ms);
    }
    if (!rc && reason.len)
        rc = keep_reason(core, row, actor, reason, now_ms);
    if (!rc)
        rc = audit_case(core->store, now_ms, actor, ground == CONSENT_BY_OVERRIDE ? "consent.override" : "consent.yes",
            row->id, "");
    if (!rc)
        rc = cases_update(core->store, row);
    if (!rc)
        log_event(LOG_LEVEL_NOTICE, EV_consent_given, F_INT("case", row->id), F_WORD("by", actor),
            F_INT("alerts", *ret_count));
    return rc;
}

int consent_deny(struct core *core, struct case_row *row, int64_t now_ms)
{
    row->consent = STATE_consent_no;
    row->updated_at = now_ms;
    int rc = cases_update(core->store, row);
    return rc ? rc : audit_case(core->store, now_ms, "person", "consent.no", row->id, "");
}
