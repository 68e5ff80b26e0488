/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elsewhere - see elsewhere.h. */
#include "gateway/core/elsewhere.h"

#include <stdlib.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/alerting.h"
#include "gateway/core/notices.h"

#define ROWS_MAX 256 /* looked at in one turn; the worst come first when they are tried, so the newest may wait */

/* ---- a channel that rests -------------------------------------------------------------------------------------- */

struct waiting {
    int64_t now_ms, next_due;
    unsigned count;
    struct {
        int64_t alert_id;
        int address;
    } rows[ROWS_MAX];
};

static int note_waiting(void *context, const struct outbox_row *row)
{
    struct waiting *waiting = context;
    if (!row->alert_id || waiting->count == ROWS_MAX)
        return 0;
    bool was_tried = row->attempt > 0;
    if (!was_tried && row->due_at > waiting->now_ms) {
        waiting->next_due = row->due_at < waiting->next_due ? row->due_at : waiting->next_due;
        return 0;
    }
    waiting->rows[waiting->count].alert_id = row->alert_id;
    waiting->rows[waiting->count++].address = row->address;
    return 0;
}

int elsewhere_seek(struct core *core, const char *channel, int64_t now_ms, int64_t *ret_next_due)
{
    struct outbox_filter filter = { .state = "queued", .channel = channel, .limit = ROWS_MAX };
    struct waiting *waiting = calloc(1, sizeof *waiting);
    *ret_next_due = INT64_MAX;
    if (!waiting)
        return ERR_NOMEM;
    waiting->now_ms = now_ms;
    waiting->next_due = INT64_MAX;
    int rc = outbox_list(core->store, &filter, note_waiting, waiting);
    for (unsigned i = 0; !rc && i < waiting->count; i++)
        rc = alerting_use_next_address(core, waiting->rows[i].alert_id, waiting->rows[i].address, now_ms);
    *ret_next_due = waiting->next_due;
    free(waiting);
    return rc;
}

/* ---- a channel that is gone ------------------------------------------------------------------------------------ */

int elsewhere_find_gone(struct core *core, char *ret_name)
{
    int rc = 0;
    ret_name[0] = '\0';
    for (unsigned i = 0; !rc && i <= CONFIG_CHANNELS_MAX; i++) {
        rc = outbox_next_channel(core->store, ret_name, ret_name);
        const struct config_channel *channel = rc ? NULL : config_find_channel(core->config, ret_name);
        if (!rc && (!channel || !channel->sends))
            return 0;
    }
    return rc ? rc : ERR_NOT_FOUND;
}

bool elsewhere_is_there(const struct core *core, const struct outbox_row *row)
{
    const struct config_contact *contact = config_find_contact(core->config, row->contact);
    return contact && row->address < (int)contact->address_count &&
           str_equal(contact->addresses[row->address].channel->name, row->channel);
}

static bool is_open_to(const struct config_address *address, const char *channel)
{
    return address->channel->is_enabled && !str_equal(address->channel->name, channel);
}

/* What was to be said is said by another way; whoever is on duty must not miss an alarm of the auditor for a reload. */
static int move_notice(struct core *core, const struct outbox_row *row, int64_t now_ms)
{
    const struct config_contact *contact = config_find_contact(core->config, row->contact);
    struct outbox_row fresh;
    AUTO_BUF text;
    buf_init(&text, NOTICES_TEXT_MAX + 512);
    int rc = contact ? outbox_get(core->store, row->id, &fresh) : ERR_NOT_FOUND;
    if (!rc)
        rc = notices_open_payload(core, &fresh, &text);
    if (rc)
        return rc == ERR_NOT_FOUND || rc == ERR_CRYPTO ? 0 : rc;
    for (unsigned i = 0; i < contact->address_count; i++) {
        struct notice notice = { .contact = contact->name,
            .address = (int)i,
            .case_id = row->case_id,
            .urgency = row->urgency,
            .text = buf_span(&text) };
        if (is_open_to(&contact->addresses[i], row->channel))
            return notices_queue(core, &notice, now_ms);
    }
    return 0;
}

int elsewhere_move(struct core *core, const struct outbox_row *row, int64_t now_ms)
{
    bool is_moved = false;
    if (row->kind == OUTBOX_NOTICE)
        return move_notice(core, row, now_ms);
    int rc = row->alert_id ? alerting_use_other_address(core, row->alert_id, now_ms, &is_moved) : 0;
    if (!rc && row->alert_id && !is_moved)
        log_event(LOG_LEVEL_ERROR, EV_alert_stranded, F_INT("case", row->case_id), F_INT("alert", row->alert_id),
            F_WORD("contact", row->contact), F_WORD("channel", row->channel));
    return rc;
}
