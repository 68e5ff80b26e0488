/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calls - see calls.h. */
#include "gateway/core/calls.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/store/echoes.h"
#include "gateway/store/messages.h"

#define NO_CHANNEL "" /* a call is the same by whatever channel it was told */

static void tag_of(const struct core *core, const struct arrival *in, unsigned char *ret_tag)
{
    vault_tag(core->vault, "call", (struct span){ (const char *)in->sender_tag, STORE_TAG_LEN }, ret_tag);
}

int calls_count(struct core *core, struct arrival *in, struct intake_result *result)
{
    unsigned char tag[STORE_TAG_LEN];
    struct origin_row origin = { .at = in->now_ms };
    if (!intake_has_sender(in))
        return ERR_NOT_FOUND;
    tag_of(core, in, tag);
    int rc = echoes_find(core->store, tag, NO_CHANNEL, in->now_ms - CALLS_WINDOW_MS, in->now_ms, &origin.message_id);
    if (rc)
        return rc;
    intake_log_copy(in, origin.message_id, result);
    str_copy(origin.channel, sizeof origin.channel, in->channel);
    memcpy(origin.dedupe, in->dedupe, sizeof origin.dedupe);
    rc = echoes_add_origin(core->store, &origin);
    return rc ? rc : messages_count_copy(core->store, origin.message_id);
}

int calls_note(struct core *core, const struct arrival *in, int64_t id)
{
    unsigned char tag[STORE_TAG_LEN];
    if (!intake_has_sender(in))
        return 0;
    tag_of(core, in, tag);
    return echoes_add(core->store, tag, id, in->channel, in->now_ms);
}

void calls_read(const struct arrival *in, struct triage *ret_triage)
{
    *ret_triage = (struct triage){ .is_help = true,
        .intent = INTENT_help,
        .categories = CATEGORY_BIT(unclear),
        .urgency = category_usual_urgency(CATEGORY_unclear) };
    str_copy(ret_triage->language, sizeof ret_triage->language, "und");
    if (!intake_has_sender(in))
        intake_set_intent(ret_triage, INTENT_not_help);
}
