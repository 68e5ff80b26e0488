/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compose - see compose.h. */
#include "gateway/core/compose.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/acklink.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "gateway/core/mask.h"
#include "gateway/core/render.h"
#include "gateway/store/alerts.h"
#include "gateway/store/messages.h"

#define TEXT_MAX (16u << 10)            /* of one alert: longer ones are cut, the case holds everything */
#define SHOWN_MAX (3 * TEXT_MAX)        /* masking writes at most three bytes for one */
#define BODY_MAX (3 * SHOWN_MAX + 4096) /* quoting likewise, for a text of line ends */
#define MESSAGES_MAX 50                 /* told in one alert: the newest */
#define ALERTS_SEEN_MAX 200             /* looked at for what the contact knows */

static void composed_init(struct composed *c)
{
    *c = (struct composed){ .row = NULL };
    buf_init(&c->text, TEXT_MAX);
    buf_init(&c->from, PHONE_MAX);
    buf_init(&c->shown, SHOWN_MAX);
    buf_init(&c->subject, 512);
    buf_init(&c->body, BODY_MAX);
    buf_init(&c->ack_url, 1024);
}

void composed_done(struct composed *c)
{
    struct buf *all[] = { &c->text, &c->from, &c->shown, &c->subject, &c->body, &c->ack_url };
    for (size_t i = 0; i < STR_COUNT(all); i++)
        buf_done(all[i]);
    free(c->row);
    c->row = NULL;
}

/* ---- what the contact has not been told yet ------------------------------------------------------------------- */

struct previous {
    const struct alert_row *alert;
    int64_t message_id; /* the newest message it was told of before, 0 = none */
};

static int note_previous(void *context, const struct alert_row *row)
{
    struct previous *previous = context;
    if (str_equal(row->contact, previous->alert->contact) && row->message_id > previous->message_id &&
        row->message_id < previous->alert->message_id)
        previous->message_id = row->message_id;
    return 0;
}

/* Ids of the messages to tell, newest first. */
struct untold {
    int64_t after_id;
    unsigned count;
    int64_t ids[MESSAGES_MAX];
};

static int note_untold(void *context, const struct message_row *row)
{
    struct untold *untold = context;
    if (row->direction == MESSAGE_IN && row->id > untold->after_id)
        untold->ids[untold->count++] = row->id;
    return 0;
}

/* Adds as much of one message as there is room for: a text that is too long must not hold the alert back. */
static int add_text(struct core *core, const struct vault_key *key, const struct message_row *row, struct composed *c)
{
    AUTO_BUF plain;
    buf_init(&plain, VAULT_PLAIN_MAX);
    int rc = casefile_open_message(core, key, row, MESSAGE_TEXT, &plain);
    if (rc)
        return rc;
    if (c->text.len && c->text.len < TEXT_MAX)
        buf_add_char(&c->text, '\n');
    buf_add(&c->text, plain.data, utf8_prefix(buf_span(&plain), TEXT_MAX - c->text.len));
    buf_clear(&c->from);
    return casefile_open_message(core, key, row, MESSAGE_SENDER, &c->from);
}

static int read_texts(struct core *core, const struct alert_row *alert, struct composed *c, int64_t *ret_received_at)
{
    AUTO_KEY key = { { 0 } };
    struct previous previous = { alert, 0 };
    int rc = casefile_key(core, c->row, &key);
    if (!rc)
        rc = alerts_list(core->store, alert->case_id, NULL, alert->id, ALERTS_SEEN_MAX, note_previous, &previous);
    struct untold untold = { .after_id = previous.message_id };
    struct messages_filter filter = {
        .case_id = alert->case_id, .before_id = alert->message_id + 1, .limit = MESSAGES_MAX
    };
    if (!rc)
        rc = messages_list(core->store, &filter, note_untold, &untold);
    while (!rc && untold.count) {
        struct message_row row;
        rc = messages_get(core->store, untold.ids[--untold.count], &row);
        if (!rc)
            rc = add_text(core, &key, &row, c);
        *ret_received_at = rc ? 0 : row.received_at;
    }
    return rc;
}

/* ---- shaping to trust ------------------------------------------------------------------------------------------ */

static void shape(struct composed *c, enum contact_trust trust)
{
    c->view.text = NULL;
    c->view.from = NULL;
    if (trust == TRUST_MINIMAL)
        return;
    if (trust == TRUST_MASKED) {
        mask_text(buf_span(&c->text), &c->shown);
        c->view.text = c->shown.data ? c->shown.data : "";
        return;
    }
    c->view.text = c->text.data ? c->text.data : "";
    c->view.from = c->from.data && c->from.len ? c->from.data : NULL;
}

static void fill_view(
    struct composed *c, const struct alert_row *alert, const struct outbox_row *out, int64_t received_at)
{
    const struct case_row *row = c->row;
    c->view = (struct alert_view){
        .case_id = row->id,
        .urgency = row->urgency,
        .categories = row->categories,
        .flags = row->flags,
        .language = row->language,
        .country = row->country,
        .received_at = received_at,
        .verification = state_word(row->verification),
        .ack_url = c->ack_url.len ? c->ack_url.data : NULL,
        .may_be_repeated = out->may_be_repeated,
        .message_count = (unsigned)row->message_count,
    };
    str_copy(c->view.alert_id, sizeof c->view.alert_id, alert->public_id);
    str_copy(c->view.code, sizeof c->view.code, alert->code);
}

static void fill_message(struct composed *c, const struct config_address *address, const struct outbox_row *out,
    bool is_update, int64_t now_ms)
{
    struct render_input input = { &c->view, is_update };
    render_subject(&input, &c->subject);
    render_text(&input, &c->body);
    c->message = (struct sms_out){
        .from = "",
        .to = address->to,
        .subject = c->subject.data,
        .text = c->body.data,
        .alert = &c->view,
        .now_ms = now_ms,
        .attempt = (unsigned)out->attempt,
    };
    /* The id names alert and address, so the second address of a contact is another message than the first. */
    snprintf(c->message.id, sizeof c->message.id, "%.32s-%d", c->view.alert_id, out->address);
}

int compose_alert(struct core *core, const struct outbox_row *out, int64_t now_ms, struct composed *ret)
{
    struct alert_row alert;
    int64_t received_at = 0;
    composed_init(ret);
    ret->row = calloc(1, sizeof *ret->row);
    int rc = ret->row ? alerts_get(core->store, out->alert_id, &alert) : ERR_NOMEM;
    if (!rc)
        rc = cases_get(core->store, out->case_id, ret->row);
    if (rc)
        return rc;
    bool is_update = alert.step == ALERTING_UPDATE_STEP;
    if (ret->row->state == STATE_case_closed ||
        (alert.state != STATE_alert_open && !(is_update && alert.state == STATE_alert_acknowledged)))
        return ERR_CONFLICT;
    const struct config_contact *contact = config_find_contact(core->config, out->contact);
    /* After a reload another address may stand there: one channel must not be given the address of another. */
    if (!contact || out->address >= (int)contact->address_count ||
        !str_equal(contact->addresses[out->address].channel->name, out->channel))
        return ERR_NOT_FOUND;
    rc = read_texts(core, &alert, ret, &received_at);
    if (rc)
        return rc;
    acklink_add(core, alert.public_id, alert.created_at, &ret->ack_url);
    fill_view(ret, &alert, out, received_at);
    shape(ret, contact->trust);
    fill_message(ret, &contact->addresses[out->address], out, is_update, now_ms);
    rc = buf_check(&ret->shown);
    if (!rc)
        rc = buf_check(&ret->subject);
    return rc ? rc : buf_check(&ret->body);
}
