/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * intake_copies - an arrival that has come before: by its id, or by webhook and by the provider's list.
 * Why:   a list is read again and again, so what it repeats is neither counted nor logged as a copy; and where its ids
 *        are not those of the webhooks, sender, words and time tell whether two arrivals are one SMS.
 */
#include "gateway/base/log.h"
#include "gateway/core/copies.h"
#include "gateway/core/intake_parts.h"
#include "gateway/core/joining.h"
#include "gateway/store/messages.h"

void intake_log_copy(const struct arrival *in, int64_t copy_of, struct intake_result *result)
{
    *result = (struct intake_result){ .message_id = copy_of, .is_duplicate = true };
    log_event(LOG_LEVEL_INFO, EV_message_duplicate, F_INT("message", copy_of), F_WORD("channel", in->channel));
}

static struct copies_listed listed_of(const struct arrival *in)
{
    return (struct copies_listed){ .channel = in->channel,
        .is_fetched = in->is_fetched,
        .sender_tag = in->sender_tag,
        .text = span_of(in->sms->text),
        .sent_at = in->sms->sent_at,
        .now_ms = in->now_ms };
}

int intake_note_listed(struct core *core, const struct arrival *in, int64_t id)
{
    struct copies_listed listed = listed_of(in);
    bool is_noted = copies_has_list(core, in->channel) && !joining_is_part(in->sms);
    return is_noted ? copies_note_listed(core, &listed, id) : 0;
}

int intake_find_listed(struct core *core, struct arrival *in, struct intake_result *result)
{
    struct copies_listed listed = listed_of(in);
    int64_t twin_id;
    bool is_dated;
    bool is_nameless = in->is_fetched && !in->sms->remote_id[0];
    if (!is_nameless && !copies_has_other_ids(core, in->channel))
        return ERR_NOT_FOUND;
    int rc = copies_find_listed(core, &listed, &twin_id, &is_dated);
    if (rc)
        return rc;
    *result = (struct intake_result){ .message_id = twin_id, .is_duplicate = true };
    rc = copies_add_listed(core, &listed, is_dated, in->dedupe, twin_id);
    if (rc || in->is_fetched)
        return rc;
    intake_log_copy(in, twin_id, result);
    return messages_count_copy(core->store, twin_id);
}

int intake_take_copy(struct core *core, struct arrival *in, int64_t copy_of, struct intake_result *result)
{
    *result = (struct intake_result){ .message_id = copy_of, .is_duplicate = true };
    int rc = intake_note_listed(core, in, copy_of);
    if (rc || in->is_fetched)
        return rc;
    intake_log_copy(in, copy_of, result);
    return messages_count_copy(core->store, copy_of);
}
