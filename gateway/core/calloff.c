/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calloff - see calloff.h. */
#include "gateway/core/calloff.h"

#include <stdlib.h>

#include "gateway/base/str.h"
#include "gateway/core/notices.h"
#include "gateway/store/outbox.h"
#include "handlers/registry.h"

#define ALERTS_MAX 64 /* of one case, at pagers, not yet called off */

bool calloff_is_pager(const struct config_channel *channel)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    return ops && (ops->caps & CHANNEL_PAGES);
}

static bool has_pager(const struct config_contact *contact)
{
    bool has = false;
    for (unsigned i = 0; contact && i < contact->address_count; i++)
        has = has || calloff_is_pager(contact->addresses[i].channel);
    return has;
}

struct gone { /* the addresses to which an alert has gone */
    bool at[CONFIG_ADDRESSES_MAX];
};

static int note_gone(void *context, const struct outbox_row *row)
{
    struct gone *gone = context;
    bool is_gone = row->state == STATE_outbox_sent || row->state == STATE_outbox_delivered ||
                   row->state == STATE_outbox_leased || row->may_be_repeated;
    if (row->kind == OUTBOX_ALERT && is_gone && row->address >= 0 && row->address < CONFIG_ADDRESSES_MAX)
        gone->at[row->address] = true;
    return 0;
}

int calloff_alert(
    struct core *core, const struct case_row *row, const struct alert_row *alert, const char *sentence, int64_t now_ms)
{
    const struct config_contact *contact = config_find_contact(core->config, alert->contact);
    struct gone gone = { { false } };
    struct outbox_filter filter = { .state = "all", .alert_id = alert->id, .limit = 50 };
    if (!has_pager(contact))
        return 0;
    int rc = outbox_list(core->store, &filter, note_gone, &gone);
    for (unsigned i = 0; !rc && i < contact->address_count; i++) {
        struct notice notice = {
            .contact = contact->name,
            .address = (int)i,
            .case_id = row->id,
            .alert_id = alert->id,
            .urgency = row->urgency,
            .text = span_of(sentence),
        };
        if (gone.at[i] && calloff_is_pager(contact->addresses[i].channel))
            rc = notices_queue(core, &notice, now_ms);
    }
    return rc;
}

struct standing {
    unsigned count;
    struct alert_row rows[ALERTS_MAX];
};

static int note_standing(void *context, const struct alert_row *row)
{
    struct standing *standing = context;
    bool is_called_off =
        row->state == STATE_alert_ended || row->state == STATE_alert_held || row->state == STATE_alert_declined;
    if (!is_called_off && standing->count < ALERTS_MAX)
        standing->rows[standing->count++] = *row;
    return 0;
}

int calloff_case(struct core *core, const struct case_row *row, const char *sentence, int64_t now_ms)
{
    struct standing *standing = calloc(1, sizeof *standing);
    if (!standing)
        return ERR_NOMEM;
    int rc = alerts_list(core->store, row->id, NULL, 0, 1000, note_standing, standing);
    for (unsigned i = 0; !rc && i < standing->count; i++)
        rc = calloff_alert(core, row, &standing->rows[i], sentence, now_ms);
    free(standing);
    return rc;
}
