/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reports - see reports.h. */
#include "gateway/core/reports.h"

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/notices.h"
#include "gateway/core/person.h"
#include "gateway/core/reportid.h"
#include "gateway/core/retry.h"
#include "gateway/core/sentparts.h"
#include "gateway/store/contacts.h"

static int note_delivery(struct core *core, const struct outbox_row *row, int64_t now_ms)
{
    struct contact_state_row state;
    if (!row->contact[0])
        return 0;
    int rc = contacts_get(core->store, row->contact, &state);
    if (rc)
        return rc;
    state.last_delivered_at = now_ms;
    return contacts_put(core->store, &state);
}

/* It never reached her: whoever said it has to know, and a block of the provider too. */
static int lose_reply(
    struct core *core, const struct outbox_row *row, const struct delivery_report *report, int64_t now_ms)
{
    int rc = report->status == REPORT_OPTED_OUT ? person_is_blocked(core, row->case_id, now_ms) : 0;
    if (rc || !row->contact[0])
        return rc;
    return acts_unsaid(core, row->case_id, row->contact, row->sent_at, "the provider could not deliver it", now_ms);
}

/* The seal of a notice is bound to its row. */
static int move_payload(struct core *core, const struct outbox_row *from, int64_t to_id, struct buf *out)
{
    struct outbox_row fresh;
    AUTO_BUF text;
    buf_init(&text, NOTICES_TEXT_MAX + 512);
    int rc = outbox_get(core->store, from->id, &fresh);
    if (!rc)
        rc = notices_open_payload(core, &fresh, &text);
    return rc ? rc : notices_seal_payload(core, from->case_id, to_id, buf_span(&text), out);
}

/* A further try is another message to the provider, so it is a row of its own: what became of the first one stays
 * written, and whatever is still reported of it meets a row that is over. */
static int queue_again(struct core *core, const struct outbox_row *from, int64_t due_at, int64_t now_ms)
{
    AUTO_BUF payload;
    buf_init(&payload, NOTICES_TEXT_MAX + 1024);
    struct outbox_row row = {
        .id = store_next_id(core->store, SEQUENCE_OUTBOX),
        .kind = from->kind,
        .case_id = from->case_id,
        .alert_id = from->alert_id,
        .message_id = from->message_id,
        .address = from->address,
        .urgency = from->urgency,
        .state = STATE_outbox_queued,
        .due_at = due_at,
        .attempt = from->attempt,
        .may_be_repeated = from->may_be_repeated,
        .outcome = -1,
        .created_at = now_ms,
    };
    str_copy(row.contact, sizeof row.contact, from->contact);
    str_copy(row.channel, sizeof row.channel, from->channel);
    int rc = from->kind == OUTBOX_NOTICE ? move_payload(core, from, row.id, &payload) : 0;
    row.payload = buf_span(&payload);
    return rc ? rc : outbox_insert(core->store, &row);
}

/* The provider gave it up after accepting it: for an alert the next try and the next address, for a reply the end. */
static int fail(struct core *core, const struct outbox_row *row, const struct delivery_report *report, int64_t now_ms)
{
    const struct config_channel *channel = config_find_channel(core->config, row->channel);
    struct retry_curve curve = { 30000, 600000, 1 };
    if (channel)
        curve = (struct retry_curve){ channel->retry_first_ms, channel->retry_max_ms, channel->attempts_max };
    bool is_temporary =
        report->status == REPORT_FAILED_TEMPORARY && row->kind != OUTBOX_REPLY && row->kind != OUTBOX_LOOP;
    bool is_again = is_temporary && (unsigned)row->attempt < curve.attempts_max;
    int64_t due_at = now_ms + retry_delay_ms(&curve, (unsigned)row->attempt, 0, vault_random_below(0x10000));
    int rc = outbox_set_failed(core->store, row->id, report->provider_code);
    if (!rc && is_again)
        rc = queue_again(core, row, due_at, now_ms);
    if (!rc && row->alert_id)
        rc = alerting_use_next_address(core, row->alert_id, row->address, now_ms);
    return rc || row->kind != OUTBOX_REPLY ? rc : lose_reply(core, row, report, now_ms);
}

static int apply(struct core *core, const struct outbox_row *row, const struct delivery_report *report, int64_t now_ms)
{
    int rc = 0;
    switch (report->status) {
    case REPORT_PENDING:
    case REPORT_SENT:
        break;
    case REPORT_DELIVERED:
        rc = outbox_set_delivered(core->store, row->id, now_ms);
        if (!rc)
            rc = note_delivery(core, row, now_ms);
        break;
    default:
        rc = fail(core, row, report, now_ms);
    }
    if (rc == ERR_CONFLICT) /* early, twice or out of order: the row is past it */
        return 0;
    if (!rc)
        log_event(LOG_LEVEL_INFO, EV_report_applied, F_INT("outbox", row->id), F_WORD("channel", row->channel),
            F_INT("status", report->status), F_WORD("code", report->provider_code));
    return rc;
}

static int find_row(struct core *core, const char *channel, const char *remote_id, struct outbox_row *ret_row)
{
    char spelling[REMOTE_ID_MAX];
    int rc = outbox_find_remote(core->store, channel, remote_id, ret_row);
    for (unsigned i = 0; rc == ERR_NOT_FOUND && i < REPORTID_SPELLINGS; i++)
        if (reportid_spell(remote_id, i, spelling))
            rc = outbox_find_remote(core->store, channel, spelling, ret_row);
    return rc;
}

static int apply_kept(struct core *core, const struct outbox_row *row, const char *remote_id, int64_t now_ms)
{
    struct delivery_report report;
    int rc = reports_take(core->store, row->channel, remote_id, &report);
    if (rc == ERR_NOT_FOUND)
        return 0;
    return rc ? rc : apply(core, row, &report, now_ms);
}

/* Of one SMS of a message; the row moves when all of them have come, or one failed. What nobody sent may have been
 * sent a moment ago, and the modem has not told yet. */
static int receive_part(struct core *core, const char *channel, const struct delivery_report *report, int64_t now_ms)
{
    struct outbox_row row;
    struct delivery_report kept = *report;
    bool has_end;
    int rc = sentparts_report(core, channel, report, now_ms, &row, &has_end);
    if (rc == ERR_NOT_FOUND) {
        kept.at = now_ms;
        sentparts_bind(core, report->remote_id, report->to, kept.remote_id);
        return reports_keep(core->store, channel, &kept, now_ms);
    }
    return rc || !has_end ? rc : apply(core, &row, report, now_ms);
}

static int catch_up_parts(struct core *core, const struct outbox_row *row, int64_t now_ms)
{
    struct sentparts_state state;
    struct delivery_report report = { .status = REPORT_DELIVERED };
    int rc = sentparts_look(core, row->id, &state);
    return rc || state.known == 0 || state.delivered < state.total ? rc : apply(core, row, &report, now_ms);
}

int reports_receive(struct core *core, const char *channel, const struct delivery_report *report, int64_t now_ms)
{
    struct outbox_row row;
    if (report->to[0])
        return receive_part(core, channel, report, now_ms);
    int rc = find_row(core, channel, report->remote_id, &row);
    if (rc == ERR_NOT_FOUND)
        return reports_keep(core->store, channel, report, now_ms);
    return rc ? rc : apply(core, &row, report, now_ms);
}

/* Each spelling may have brought a report of its own, and the most conclusive wins by what apply may still move. */
int reports_catch_up(struct core *core, const struct outbox_row *row, int64_t now_ms)
{
    char spelling[REMOTE_ID_MAX];
    if (!row->remote_id[0])
        return catch_up_parts(core, row, now_ms);
    int rc = apply_kept(core, row, row->remote_id, now_ms);
    for (unsigned i = 0; !rc && i < REPORTID_SPELLINGS; i++)
        if (reportid_spell(row->remote_id, i, spelling))
            rc = apply_kept(core, row, spelling, now_ms);
    return rc;
}
