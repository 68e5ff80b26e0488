/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compose - see compose.h. */
#include "gateway/core/compose.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/sending.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/core/acklink.h"
#include "gateway/core/acts.h"
#include "gateway/core/alerting.h"
#include "gateway/core/casefile.h"
#include "gateway/core/looptest.h"
#include "gateway/core/mask.h"
#include "gateway/core/notices.h"
#include "gateway/core/quiet.h"
#include "gateway/core/render.h"
#include "gateway/core/rules.h"
#include "gateway/store/alerts.h"
#include "gateway/store/messages.h"
#include "gateway/store/persons.h"

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
    buf_init(&c->carried, BODY_MAX);
    buf_init(&c->subject, 512);
    buf_init(&c->body, BODY_MAX);
    buf_init(&c->ack_url, 1024);
}

void composed_done(struct composed *c)
{
    struct buf *all[] = { &c->text, &c->from, &c->shown, &c->carried, &c->subject, &c->body, &c->ack_url };
    for (size_t i = 0; i < STR_COUNT(all); i++)
        buf_done(all[i]);
    free(c->row);
    c->row = NULL;
}

/* ---- what the contact has not been told yet ------------------------------------------------------------------- */

struct previous {
    struct core *core;
    const struct alert_row *alert;
    int64_t message_id; /* the newest message it was told of before, 0 = none */
    bool has_told;      /* of the alert's own message too: more of it has come since */
};

static int note_gone(void *context, const struct outbox_row *row)
{
    bool *is_gone = context;
    *is_gone = *is_gone || row->state == STATE_outbox_sent || row->state == STATE_outbox_delivered;
    return 0;
}

/* An alert that was held, or cancelled before it left, has told nobody anything. */
static int note_previous(void *context, const struct alert_row *row)
{
    struct previous *previous = context;
    bool is_gone = false;
    bool is_own = row->message_id >= previous->alert->message_id;
    if (!str_equal(row->contact, previous->alert->contact) || row->message_id <= previous->message_id ||
        (is_own && previous->has_told))
        return 0;
    struct outbox_filter filter = { .state = "all", .alert_id = row->id, .limit = CONFIG_ADDRESSES_MAX };
    int rc = outbox_list(previous->core->store, &filter, note_gone, &is_gone);
    if (is_gone && is_own)
        previous->has_told = true;
    else if (is_gone)
        previous->message_id = row->message_id;
    return rc;
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
    if (row->direction == MESSAGE_IN && !row->author[0] && row->id > untold->after_id)
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

static void note_parts(struct composed *c, const struct message_row *row, const struct previous *previous)
{
    if (row->part < row->part_total) {
        c->part = row->part;
        c->part_total = row->part_total;
    } else if (row->part_total && row->id == previous->alert->message_id)
        c->is_completed = previous->has_told;
}

static int read_texts(struct core *core, const struct alert_row *alert, struct composed *c, int64_t *ret_received_at)
{
    AUTO_KEY key = { { 0 } };
    struct previous previous = { .core = core, .alert = alert };
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
        c->is_doubtful = c->is_doubtful || (!rc && row.is_doubtful);
        if (!rc)
            note_parts(c, &row, &previous);
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

/* ---- what the network lets through ------------------------------------------------------------------------------ */

/* Her words, before they are set among ours: our case numbers and codes are no telephone numbers. Returns the country
 * that bars what is hidden now; NULL = nothing is. */
static const char *carry_words(struct core *core, struct composed *c, const struct config_address *address)
{
    const struct texts *texts = core->config->texts;
    const char *country = phone_country(address->to);
    const struct country_rules *rules = texts_country(texts, country);
    unsigned changed = 0;
    if (!address->channel->is_sms)
        return NULL;
    if (c->view.text) {
        changed = sending_adapt(texts, country, span_of(c->view.text), SENDING_LINKS | SENDING_NUMBERS, &c->carried);
        c->view.text = c->carried.data ? c->carried.data : "";
    }
    if (c->view.from && rules && !rules->allows_numbers) {
        c->view.from = NULL;
        changed |= SENDING_NUMBERS;
    }
    return changed & SENDING_NUMBERS ? phone_country_name(country) : NULL;
}

/* The whole text to a contact, or to her what a person wrote and the rules have let pass. */
static void carry_body(struct core *core, struct composed *c, const char *to, unsigned parts)
{
    AUTO_BUF carried;
    buf_init(&carried, BODY_MAX);
    if (!sending_adapt(core->config->texts, phone_country(to), buf_span(&c->body), parts, &carried))
        return;
    buf_clear(&c->body);
    buf_add_span(&c->body, buf_span(&carried));
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
        .may_not_be_her = c->is_doubtful,
        .part = c->part,
        .part_total = c->part_total,
        .is_completed = c->is_completed,
        .awaits_answer = alert->state == STATE_alert_open && row->state == STATE_case_open,
    };
    str_copy(c->view.alert_id, sizeof c->view.alert_id, alert->public_id);
    str_copy(c->view.code, sizeof c->view.code, c->ack_url.len ? "" : alert->code);
}

/* The id names alert and address, so the second address of a contact is another message than the first. A row that
 * follows a reported failure is another message too: a provider that remembers ids would refuse the same one as known.
 */
static int write_id(struct core *core, const char *alert_id, const struct outbox_row *out, char *ret)
{
    int64_t before = 0;
    int rc = outbox_count_before(core->store, out, &before);
    if (before)
        snprintf(ret, COMPOSE_ID_MAX, "%.32s-%u-%u", alert_id, (unsigned)out->address % 10, (unsigned)before % 100);
    else
        snprintf(ret, COMPOSE_ID_MAX, "%.32s-%d", alert_id, out->address);
    return rc;
}

/* id of the message stays empty. */
static int fill_message(struct core *core, struct composed *c, const struct config_address *address, bool is_update,
    bool is_holder, unsigned attempt, int64_t now_ms)
{
    const char *barred_in = carry_words(core, c, address);
    struct render_input input = { &c->view, is_update, is_holder, barred_in };
    render_subject(&input, &c->subject);
    render_text(&input, &c->body);
    if (address->channel->is_sms)
        carry_body(core, c, address->to, SENDING_WORDS);
    c->message = (struct sms_out){
        .from = config_sender(address->channel, phone_country(address->to)),
        .to = address->to,
        .subject = c->subject.data,
        .text = c->body.data,
        .alert = &c->view,
        .now_ms = now_ms,
        .attempt = attempt,
    };
    int rc = buf_check(&c->shown);
    if (!rc)
        rc = buf_check(&c->carried);
    if (!rc)
        rc = buf_check(&c->subject);
    return rc ? rc : buf_check(&c->body);
}

int compose_loose(struct core *core, const struct compose_loose *loose, int64_t now_ms, struct composed *ret)
{
    composed_init(ret);
    buf_add(&ret->text, loose->text.data, utf8_prefix(loose->text, TEXT_MAX));
    buf_add_text(&ret->from, loose->from);
    ret->view = *loose->facts;
    ret->view.ack_url = NULL;
    ret->view.code[0] = '\0';
    shape(ret, loose->contact->trust);
    int rc = fill_message(core, ret, &loose->contact->addresses[loose->address], false, false, loose->attempt, now_ms);
    snprintf(ret->message.id, sizeof ret->message.id, "%.32s-%u", ret->view.alert_id, loose->address % 10);
    return rc;
}

static int compose_alert(struct core *core, const struct outbox_row *out, int64_t now_ms, struct composed *ret)
{
    struct alert_row alert;
    int64_t received_at = 0;
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
    rc = quiet_for_contact(core, contact, out->address, ret->row->urgency, now_ms, &ret->wait_until);
    if (!rc && !ret->wait_until)
        rc = read_texts(core, &alert, ret, &received_at);
    if (rc || ret->wait_until)
        return rc;
    /* By SMS the contact answers by SMS: a code is shorter than a link, and some countries forbid links. */
    if (!contact->addresses[out->address].channel->is_sms)
        acklink_add(core, alert.public_id, alert.created_at, &ret->ack_url);
    fill_view(ret, &alert, out, received_at);
    shape(ret, contact->trust);
    bool is_holder = ret->row->state == STATE_case_taken && str_equal(ret->row->owner, out->contact);
    rc = fill_message(
        core, ret, &contact->addresses[out->address], is_update, is_holder, (unsigned)out->attempt, now_ms);
    return rc ? rc : write_id(core, ret->view.alert_id, out, ret->message.id);
}

/* ---- notices and replies: a text that is stored with the row ---------------------------------------------------- */

static void write_row_id(const struct core *core, int64_t row_id, char *ret)
{
    unsigned char tag[VAULT_TAG_LEN];
    AUTO_BUF hex;
    buf_init(&hex, 2 * VAULT_TAG_LEN);
    vault_tag(core->vault, "outbox", (struct span){ (const char *)&row_id, sizeof row_id }, tag);
    str_hex_encode(&hex, tag, sizeof tag);
    str_copy(ret, COMPOSE_ID_MAX, hex.data);
}

/* A person writes to the number she wrote from last. The machine answers the number whose text it answers: a joined
 * case has more than one, and each has its own rules and its own window. */
static int find_reader(struct core *core, const struct outbox_row *out, struct composed *c)
{
    AUTO_KEY key = { { 0 } };
    struct message_row message;
    if (out->contact[0])
        return acts_read_number(core, c->row, &c->from);
    int rc = casefile_key(core, c->row, &key);
    if (!rc)
        rc = messages_get(core->store, out->message_id, &message);
    return rc ? rc : casefile_open_message(core, &key, &message, MESSAGE_SENDER, &c->from);
}

/* Her number for a reply, our own for a test, the contact's address for a notice. */
static int find_address(
    struct core *core, const struct outbox_row *out, int64_t now_ms, struct composed *c, const char **ret_to)
{
    if (out->kind == OUTBOX_REPLY) {
        int rc = cases_get(core->store, out->case_id, c->row);
        if (!rc)
            rc = find_reader(core, out, c);
        *ret_to = c->from.data;
        return rc;
    }
    if (out->kind == OUTBOX_LOOP)
        return looptest_find_number(core, out->id, ret_to);
    const struct config_contact *contact = config_find_contact(core->config, out->contact);
    if (!contact || out->address >= (int)contact->address_count ||
        !str_equal(contact->addresses[out->address].channel->name, out->channel))
        return ERR_NOT_FOUND;
    *ret_to = contact->addresses[out->address].to;
    if (!out->case_id) /* a drill, an alarm: a person waits for it now */
        return 0;
    return quiet_for_contact(core, contact, out->address, out->urgency, now_ms, &c->wait_until);
}

/* What she said after the reply was queued counts all the same. When it was late for her hours it waits for the next.
 */
static int still_may(
    struct core *core, struct composed *c, const struct outbox_row *out, const char *to, int64_t now_ms)
{
    unsigned char tag[STORE_TAG_LEN];
    struct person_row person;
    struct rules_answer rules;
    casefile_tag(core, to, tag); /* of the number it goes to: a joined case has more than one */
    int rc = persons_get(core->store, tag, &person);
    if (rc)
        return rc;
    /* A joined case is closed too, but she is still spoken to. */
    if (c->row->state == STATE_case_closed && !c->row->joined_to)
        return ERR_CONFLICT;
    rules_judge(c->row, &person, to, now_ms, &rules);
    if (out->address == OUTBOX_REPLY_FORCED && rules.verdict != RULES_NEVER)
        return 0;
    if (rules.verdict == RULES_WAIT)
        c->wait_until = rules.due_at;
    else if (rules.verdict == RULES_SEND)
        c->wait_until = quiet_for_her(core, c->row, &person, to, now_ms);
    return rules.verdict == RULES_SEND || rules.verdict == RULES_WAIT ? 0 : ERR_CONFLICT;
}

/* A pager hears how it stands when the notice leaves: taken by who was called, or over. */
static int note_settled(struct core *core, const struct outbox_row *out, struct composed *c)
{
    struct alert_row alert;
    struct case_row *row = c->row;
    if (out->kind != OUTBOX_NOTICE || !out->alert_id)
        return 0;
    int rc = alerts_get(core->store, out->alert_id, &alert);
    if (!rc)
        rc = cases_get(core->store, alert.case_id, row);
    if (rc)
        return rc;
    str_copy(c->alert_id, sizeof c->alert_id, alert.public_id);
    c->message.settled_alert_id = c->alert_id;
    c->message.is_over = alert.state != STATE_alert_acknowledged || row->state == STATE_case_closed;
    return 0;
}

static int compose_words(struct core *core, const struct outbox_row *out, int64_t now_ms, struct composed *ret)
{
    struct outbox_row fresh;
    const char *to = NULL;
    ret->row = calloc(1, sizeof *ret->row);
    int rc = ret->row ? outbox_get(core->store, out->id, &fresh) : ERR_NOMEM;
    if (!rc)
        rc = notices_open_payload(core, &fresh, &ret->body);
    if (!rc)
        rc = find_address(core, out, now_ms, ret, &to);
    if (!rc && out->kind == OUTBOX_REPLY)
        rc = still_may(core, ret, out, to, now_ms);
    if (rc || ret->wait_until)
        return rc;
    const struct config_channel *channel = config_find_channel(core->config, out->channel);
    bool is_sms = channel && channel->is_sms;
    if (is_sms && out->kind == OUTBOX_NOTICE) /* ours: it holds case numbers, and no telephone numbers */
        carry_body(core, ret, to, SENDING_LINKS | SENDING_WORDS);
    if (out->case_id)
        buf_add_format(&ret->subject, "Case %lld", (long long)out->case_id);
    else
        buf_add_text(&ret->subject, "Help line");
    ret->message = (struct sms_out){
        .from = is_sms ? config_sender(channel, phone_country(to)) : "",
        .to = to,
        .subject = ret->subject.data,
        .text = ret->body.data ? ret->body.data : "",
        .now_ms = now_ms,
        .attempt = (unsigned)out->attempt,
    };
    write_row_id(core, out->id, ret->message.id);
    rc = note_settled(core, out, ret);
    return rc ? rc : buf_check(&ret->body);
}

int compose_row(struct core *core, const struct outbox_row *out, int64_t now_ms, struct composed *ret)
{
    composed_init(ret);
    return out->kind == OUTBOX_ALERT ? compose_alert(core, out, now_ms, ret) : compose_words(core, out, now_ms, ret);
}

int compose_id(struct core *core, const struct outbox_row *out, char *ret)
{
    struct alert_row alert;
    if (out->kind != OUTBOX_ALERT) {
        write_row_id(core, out->id, ret);
        return 0;
    }
    int rc = alerts_get(core->store, out->alert_id, &alert);
    return rc ? rc : write_id(core, alert.public_id, out, ret);
}
