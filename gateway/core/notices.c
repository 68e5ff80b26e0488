/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notices - see notices.h. */
#include "gateway/core/notices.h"

#include "gateway/base/str.h"
#include "gateway/core/casefile.h"
#include "gateway/store/outbox.h"

static struct vault_place payload_place(int64_t case_id, int64_t row_id)
{
    return (struct vault_place){ "outbox", "payload", case_id, row_id };
}

/* The key of the case, or the hot key itself for what belongs to none. */
static int payload_key(struct core *core, int64_t case_id, struct vault_key *key)
{
    struct case_row row;
    int rc = cases_get(core->store, case_id, &row);
    return rc ? rc : casefile_key(core, &row, key);
}

int notices_seal_payload(struct core *core, int64_t case_id, int64_t row_id, struct span text, struct buf *out)
{
    AUTO_KEY key = { { 0 } };
    struct vault_place place = payload_place(case_id, row_id);
    int rc = case_id ? payload_key(core, case_id, &key) : 0;
    buf_clear(out);
    return rc ? rc : vault_seal(core->vault, case_id ? &key : NULL, &place, text, out);
}

int notices_open_payload(struct core *core, const struct outbox_row *row, struct buf *out)
{
    AUTO_KEY key = { { 0 } };
    struct vault_place place = payload_place(row->case_id, row->id);
    int rc = row->case_id ? payload_key(core, row->case_id, &key) : 0;
    return rc ? rc : vault_unseal(core->vault, row->case_id ? &key : NULL, &place, row->payload, out);
}

int notices_queue(struct core *core, const struct notice *notice, int64_t now_ms)
{
    AUTO_BUF payload;
    buf_init(&payload, NOTICES_TEXT_MAX + 512);
    const struct config_contact *contact = config_find_contact(core->config, notice->contact);
    if (!contact || notice->address >= (int)contact->address_count)
        return 0; /* the contact has been taken out of the configuration meanwhile */
    struct outbox_row row = {
        .id = store_next_id(core->store, SEQUENCE_OUTBOX),
        .kind = OUTBOX_NOTICE,
        .case_id = notice->case_id,
        .alert_id = notice->alert_id,
        .address = notice->address,
        .urgency = notice->urgency,
        .state = STATE_outbox_queued,
        .due_at = now_ms,
        .outcome = -1,
        .created_at = now_ms,
    };
    str_copy(row.contact, sizeof row.contact, notice->contact);
    str_copy(row.channel, sizeof row.channel, contact->addresses[notice->address].channel->name);
    int rc = notices_seal_payload(core, row.case_id, row.id, notice->text, &payload);
    if (rc == ERR_NOT_FOUND || rc == ERR_CRYPTO) { /* the key of the case is gone: the notice must not fail with it */
        row.case_id = row.alert_id = 0;
        rc = notices_seal_payload(core, 0, row.id, notice->text, &payload);
    }
    row.payload = buf_span(&payload);
    return rc ? rc : outbox_insert(core->store, &row);
}
