/* SPDX-License-Identifier: GPL-3.0-or-later */
/* callbacks - see callbacks.h. */
#include "gateway/core/callbacks.h"

#include <stdio.h>

#include "gateway/base/log.h"
#include "gateway/base/str.h"
#include "gateway/core/acts.h"
#include "gateway/core/intake.h"
#include "gateway/core/notices.h"
#include "gateway/store/audit.h"
#include "gateway/store/callbacks.h"
#include "gateway/store/outbox.h"
#include "handlers/registry.h"

#define UNKNOWN "This alert is not known here, or no longer."
#define KNOWN_ALREADY "That was understood already."
#define KEY_MAX (NAME_MAX_LEN + REMOTE_ID_MAX + 8)
#define DETAIL_MAX 512
#define QUEUED_MAX CONFIG_ADDRESSES_MAX

struct receipt { /* one act on its way through */
    struct core *core;
    const struct config_channel *channel;
    const struct channel_ops *ops;
    const struct contact_act *act;
    const struct config_contact *contact;
    int address; /* of the contact, on this channel */
    struct alert_row alert;
    struct case_row row;
    bool is_done; /* something changed */
    int64_t now_ms;
    struct buf *answer;
};

static const char *const words[] = {
    [CONTACT_TAKES] = "take",
    [CONTACT_DECLINES] = "decline",
    [CONTACT_QUIETS] = "quiet",
    [CONTACT_SAYS] = "say",
};

/* ---- again? ---------------------------------------------------------------------------------------------------- */

/* ERR_EXISTS: told before. An act without an id of the provider counts each time; acts themselves bear repetition. */
static int note_event(struct receipt *in)
{
    unsigned char tag[VAULT_TAG_LEN];
    char key[KEY_MAX];
    if (!in->act->event_id[0])
        return 0;
    int n = snprintf(key, sizeof key, "%s|%s", in->channel->name, in->act->event_id);
    vault_tag(in->core->vault, "callback", (struct span){ key, (size_t)n }, tag);
    int rc = callbacks_note(in->core->store, tag, in->now_ms);
    return rc ? rc : callbacks_forget(in->core->store, in->now_ms - CALLBACKS_KEEP_MS);
}

/* ---- whose? ---------------------------------------------------------------------------------------------------- */

/* The address of that contact from which the act came; -1 = it did not come from there. */
static int find_address(const struct receipt *in, const struct config_contact *contact)
{
    for (unsigned i = 0; i < contact->address_count; i++) {
        const struct config_address *address = &contact->addresses[i];
        bool is_channel = str_equal(address->channel->name, in->channel->name);
        if (is_channel && (!in->ops->is_from || in->ops->is_from(in->channel->settings, in->act, address->to)))
            return (int)i;
    }
    return -1;
}

/* ERR_NOT_FOUND: unknown, never sent, or another's. */
static int find_alert(struct receipt *in)
{
    int rc = alerts_find_public(in->core->store, in->act->alert_id, &in->alert);
    if (rc)
        return rc;
    in->contact = config_find_contact(in->core->config, in->alert.contact);
    in->address = in->contact && in->alert.state != STATE_alert_held ? find_address(in, in->contact) : -1;
    return in->address < 0 ? ERR_NOT_FOUND : cases_get(in->core->store, in->alert.case_id, &in->row);
}

/* ---- doing it -------------------------------------------------------------------------------------------------- */

static int audit(struct receipt *in, const char *actor)
{
    char object[40], detail[DETAIL_MAX];
    snprintf(object, sizeof object, "alert:%lld", (long long)in->alert.id);
    snprintf(detail, sizeof detail, "channel=%s act=%s by=%s", in->channel->name, words[in->act->verb], in->act->who);
    struct audit_row row = {
        .at = in->now_ms,
        .actor = actor,
        .action = "alert.callback",
        .case_id = in->row.id,
        .object = object,
        .detail = detail,
    };
    return audit_append(in->core->store, &row);
}

struct queued {
    unsigned count;
    int64_t ids[QUEUED_MAX];
};

static int note_queued(void *context, const struct outbox_row *row)
{
    struct queued *queued = context;
    if (row->kind == OUTBOX_ALERT && queued->count < QUEUED_MAX)
        queued->ids[queued->count++] = row->id;
    return 0;
}

/* Whoever resolves an incident at the pager wants no more of this alert; the case, its alarm and the others go on. */
static int quiet(struct receipt *in)
{
    struct queued queued = { 0 };
    struct outbox_filter filter = { .state = "queued", .alert_id = in->alert.id, .limit = QUEUED_MAX };
    int rc = outbox_list(in->core->store, &filter, note_queued, &queued);
    for (unsigned i = 0; !rc && i < queued.count; i++)
        rc = outbox_cancel(in->core->store, queued.ids[i]);
    return rc;
}

static void say_ended(struct receipt *in)
{
    const char *sentence = in->row.state == STATE_case_closed
                               ? "it is closed. Thank you."
                               : "this alert has ended. If you are asked again, a newer one has buttons of its own.";
    buf_add_format(in->answer, "Case %lld: %s", (long long)in->row.id, sentence);
}

static int perform(struct receipt *in, const char *actor)
{
    struct act act = {
        .core = in->core,
        .actor = actor,
        .contact = in->contact->name,
        .row = in->row,
        .alert = in->alert,
        .now_ms = in->now_ms,
        .answer = in->answer,
        .is_page = true,
    };
    bool is_others = in->row.state == STATE_case_taken && !str_equal(in->row.owner, in->contact->name);
    if (in->act->verb == CONTACT_QUIETS)
        return quiet(in);
    if (!is_others && !acts_is_live(&in->row, &in->alert, in->contact->name)) {
        say_ended(in);
        return 0;
    }
    int rc = in->act->verb == CONTACT_TAKES ? act_take(&act) : act_decline(&act);
    bool was_held = in->act->verb == CONTACT_TAKES && in->row.state == STATE_case_taken;
    in->is_done = !rc && !was_held;
    return rc == ERR_REFUSED ? 0 : rc;
}

/* In a group others read along: they must see that it is in hand, and whose. Where the provider shows no sentence to
 * who acted, the place is the only way to tell how things stand. */
static int show(struct receipt *in)
{
    AUTO_BUF text;
    buf_init(&text, NOTICES_TEXT_MAX);
    bool is_seen = in->is_done || !in->ops->answer_act;
    if (!(in->ops->caps & CHANNEL_SHOWS) || !is_seen || !in->answer->len)
        return 0;
    buf_add_span(&text, buf_span(in->answer));
    if (in->is_done && in->act->who[0])
        buf_add_format(&text, "\nAnswered by %s.", in->act->who);
    struct notice notice = {
        .contact = in->contact->name,
        .address = in->address,
        .case_id = in->row.id,
        .urgency = in->row.urgency,
        .text = buf_span(&text),
    };
    int rc = buf_check(&text);
    return rc ? rc : notices_queue(in->core, &notice, in->now_ms);
}

static int receive_touch(struct receipt *in)
{
    char actor[NAME_MAX_LEN + 16];
    int rc = find_alert(in);
    if (rc == ERR_NOT_FOUND) {
        log_event(LOG_LEVEL_WARNING, EV_callback_refused, F_WORD("channel", in->channel->name),
            F_WORD("act", words[in->act->verb]));
        buf_add_text(in->answer, UNKNOWN);
        return 0;
    }
    if (rc)
        return rc;
    snprintf(actor, sizeof actor, "contact:%s", in->contact->name);
    rc = audit(in, actor);
    if (!rc)
        rc = perform(in, actor);
    return rc ? rc : show(in);
}

/* ---- typed ----------------------------------------------------------------------------------------------------- */

static int receive_words(struct receipt *in)
{
    struct intake_result result;
    struct sms_in sms = { .from_kind = PHONE_ALPHANUMERIC,
        .sent_at = in->act->sent_at,
        .text = in->act->text,
        .provider_intent = INTENT_help };
    const struct config *config = in->core->config;
    in->address = -1;
    for (unsigned i = 0; in->address < 0 && i < config->contact_count; i++) {
        in->contact = &config->contacts[i];
        in->address = find_address(in, in->contact);
    }
    if (in->address < 0)
        return ERR_NOT_FOUND;
    str_copy(sms.from, sizeof sms.from, in->act->place);
    str_copy(sms.remote_id, sizeof sms.remote_id, in->act->event_id);
    struct intake_source source = { in->channel->name, in->contact, in->address };
    return intake_contact(in->core, &source, &sms, in->now_ms, &result);
}

int callbacks_receive(struct core *core, const struct config_channel *channel, const struct contact_act *act,
    int64_t now_ms, struct buf *answer)
{
    struct receipt in = { .core = core,
        .channel = channel,
        .ops = registry_find(channel->kind),
        .act = act,
        .address = -1,
        .now_ms = now_ms,
        .answer = answer };
    buf_clear(answer);
    if (act->verb == CONTACT_SAYS)
        return receive_words(&in); /* intake knows what came before */
    int rc = note_event(&in);
    if (rc == ERR_EXISTS) {
        buf_add_text(answer, KNOWN_ALREADY);
        return 0;
    }
    return rc ? rc : receive_touch(&in);
}
