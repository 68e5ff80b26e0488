/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drill - see drill.h. */
#include "gateway/core/drill.h"

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acklink.h"
#include "gateway/core/command.h"
#include "gateway/core/notices.h"
#include "gateway/store/audit.h"
#include "gateway/store/contacts.h"
#include "gateway/store/drills.h"

static int audit(struct core *core, const char *actor, const char *action, const char *contact, int64_t now_ms)
{
    struct audit_row row = { .at = now_ms, .actor = actor, .action = action, .object = contact, .detail = "" };
    return audit_append(core->store, &row);
}

/* As with an alert: by SMS the answer is an SMS, elsewhere it is a link, if this line has links. */
static void write_text(const struct core *core, const struct drill_row *drill, struct buf *out)
{
    const struct config_contact *contact = config_find_contact(core->config, drill->contact);
    AUTO_BUF link;
    buf_init(&link, 1024);
    if (!contact->addresses[0].channel->is_sms)
        acklink_add(core, drill->public_id, drill->sent_at, &link);
    buf_add_format(out,
        "TEST of the help line %lld: no one is in danger. Please show that this reaches you: ", (long long)drill->id);
    if (link.len)
        buf_add_format(out, "open %s and touch the button.", link.data);
    else
        buf_add_format(out, "answer OK %lld %s from this phone.", (long long)drill->id, drill->code);
}

int drill_start(struct core *core, const char *contact, const char *actor, int64_t now_ms, int64_t *ret_id)
{
    struct drill_row drill = { .id = store_next_id(core->store, SEQUENCE_CASE), .sent_at = now_ms };
    AUTO_BUF text;
    buf_init(&text, NOTICES_TEXT_MAX);
    if (!config_find_contact(core->config, contact))
        return ERR_NOT_FOUND;
    str_copy(drill.contact, sizeof drill.contact, contact);
    str_copy(drill.asked_by, sizeof drill.asked_by, actor);
    vault_random_hex(drill.public_id, 33);
    command_code_new(vault_random_below, drill.code);
    write_text(core, &drill, &text);
    struct notice notice = { .contact = contact, .urgency = URGENCY_soon, .text = buf_span(&text) };
    int rc = buf_check(&text);
    if (!rc)
        rc = drills_insert(core->store, &drill);
    if (!rc)
        rc = notices_queue(core, &notice, now_ms);
    if (!rc)
        rc = audit(core, actor, "contact.drill", contact, now_ms);
    *ret_id = drill.id;
    return rc;
}

int drill_answer(
    struct core *core, const char *contact, int64_t id, const char *code, int64_t now_ms, struct buf *answer)
{
    struct drill_row drill;
    struct contact_state_row state;
    int rc = drills_get(core->store, id, &drill);
    if (rc && rc != ERR_NOT_FOUND)
        return rc;
    if (rc || !str_equal(drill.contact, contact) || !str_equal_secret(span_of(drill.code), span_of(code))) {
        buf_add_format(answer, "There is no case or test %lld for you with that code.", (long long)id);
        return 0;
    }
    rc = drills_set_answered(core->store, id, now_ms);
    if (rc == ERR_CONFLICT) {
        buf_add_text(answer, "Your answer was counted already. Thank you.");
        return 0;
    }
    if (!rc)
        rc = contacts_get(core->store, contact, &state);
    if (rc)
        return rc;
    state.last_answer_at = now_ms;
    rc = contacts_put(core->store, &state);
    if (!rc)
        rc = audit(core, contact, "contact.drill_answer", contact, now_ms);
    buf_add_text(answer, "Thank you: the test reached you and your answer reached us.");
    return rc;
}
