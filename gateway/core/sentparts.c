/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sentparts - see sentparts.h. */
#include "gateway/core/sentparts.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "gateway/store/outboxparts.h"
#include "handlers/channel.h"
#include "handlers/registry.h"

#define TAIL_DIGITS 8 /* networks report a number with other prefixes than it was dialled with */
#define OTHER_REFERENCE 0x80u
#define CLOCK_ROOM_MS (10 * 60 * 1000) /* clocks of networks are that wrong */

/* ---- tags ------------------------------------------------------------------------------------------------------ */

static void tag_recipient(const struct core *core, const char *to, unsigned char *ret_tag)
{
    char digits[PHONE_MAX];
    size_t len = 0;
    for (; *to && len + 1 < sizeof digits; to++)
        if (*to >= '0' && *to <= '9')
            digits[len++] = *to;
    const char *tail = len > TAIL_DIGITS ? digits + len - TAIL_DIGITS : digits;
    vault_tag(core->vault, "recipient", (struct span){ tail, (size_t)(digits + len - tail) }, ret_tag);
}

void sentparts_bind(const struct core *core, const char *remote_id, const char *to, char *ret)
{
    unsigned char tag[STORE_TAG_LEN];
    AUTO_BUF id;
    buf_init(&id, REMOTE_ID_MAX - 1);
    tag_recipient(core, to, tag);
    buf_add_format(&id, "%.32s-", remote_id);
    str_hex_encode(&id, tag, sizeof tag);
    str_copy(ret, REMOTE_ID_MAX, id.data);
}

static void bind_part(const struct outbox_part *part, char *ret)
{
    AUTO_BUF id;
    buf_init(&id, REMOTE_ID_MAX - 1);
    buf_add_format(&id, "%.32s-", part->remote_id);
    str_hex_encode(&id, part->recipient, sizeof part->recipient);
    str_copy(ret, REMOTE_ID_MAX, id.data);
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

struct known {
    unsigned count;
    struct outbox_part parts[SEND_PARTS_MAX];
};

static int note_part(void *context, const struct outbox_part *row)
{
    struct known *known = context;
    if (known->count == SEND_PARTS_MAX)
        return ERR_LIMIT;
    known->parts[known->count++] = *row;
    return 0;
}

static int load(struct core *core, int64_t outbox_id, struct known *known)
{
    known->count = 0;
    return outboxparts_list(core->store, outbox_id, note_part, known);
}

static bool is_sure(const struct outbox_part *part)
{
    return part->state == PART_SENT || part->state == PART_DELIVERED;
}

static struct outbox_part *find(struct known *known, unsigned part)
{
    for (unsigned i = 0; i < known->count; i++)
        if (known->parts[i].part == part)
            return &known->parts[i];
    return NULL;
}

static struct sentparts_state sum(const struct known *known)
{
    struct sentparts_state state = { .known = known->count };
    for (unsigned i = 0; i < known->count; i++) {
        state.total = known->parts[i].total;
        state.sure += is_sure(&known->parts[i]);
        state.delivered += known->parts[i].state == PART_DELIVERED;
    }
    return state;
}

int sentparts_look(struct core *core, int64_t outbox_id, struct sentparts_state *ret_state)
{
    struct known known;
    int rc = load(core, outbox_id, &known);
    *ret_state = sum(&known);
    return rc;
}

/* ---- building -------------------------------------------------------------------------------------------------- */

static int build(const struct config_channel *channel, const struct channel_ops *ops, const struct sms_out *message,
    struct transmit *out, json_t **ret_list)
{
    struct error error;
    buf_clear(&out->body);
    int rc = ops->build_send(channel->settings, message, out);
    if (rc || out->kind != TRANSMIT_SMS)
        return rc ? rc : ERR_UNSUPPORTED;
    *ret_list = json_read(buf_span(&out->body), &error);
    return json_is_array(*ret_list) ? 0 : ERR_INVALID;
}

static void tag_content(const struct core *core, const json_t *item, unsigned char *ret_tag)
{
    vault_tag(core->vault, "sms", span_of(json_text(item, "pdu", "")), ret_tag);
}

/* Does every part that surely went out still stand in the list as it was? */
static bool is_same(const struct core *core, struct known *known, const json_t *list)
{
    unsigned sure = 0;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        unsigned char tag[STORE_TAG_LEN];
        const struct outbox_part *part = find(known, (unsigned)json_int(item, "part", 0));
        tag_content(core, item, tag);
        if (part && is_sure(part) && !memcmp(part->content, tag, sizeof tag))
            sure++;
    }
    return sure == sum(known).sure;
}

/* Takes out of the list what surely went. */
static void leave_out(struct known *known, json_t *list)
{
    for (size_t i = json_array_size(list); i-- > 0;) {
        const struct outbox_part *part = find(known, (unsigned)json_int(json_array_get(list, i), "part", 0));
        if (part && is_sure(part))
            json_array_remove(list, i);
    }
}

static int give(struct core *core, const struct outbox_row *row, const struct sms_out *message, const json_t *list,
    unsigned total, int64_t now_ms)
{
    struct outbox_part part = { .outbox_id = row->id, .total = total, .state = PART_GIVEN, .at = now_ms };
    int rc = 0;
    size_t i;
    json_t *item;
    str_copy(part.channel, sizeof part.channel, row->channel);
    tag_recipient(core, message->to, part.recipient);
    json_array_foreach(list, i, item)
    {
        part.part = (unsigned)json_int(item, "part", 0);
        tag_content(core, item, part.content);
        if (!rc)
            rc = outboxparts_put(core->store, &part);
    }
    return rc;
}

int sentparts_build(struct core *core, const struct outbox_row *row, const struct config_channel *channel,
    struct sms_out *message, struct transmit *out, bool *ret_is_over, int64_t now_ms)
{
    const struct channel_ops *ops = registry_find(channel->kind);
    struct known known;
    AUTO_JSON *list = NULL;
    *ret_is_over = false;
    message->number = (unsigned)row->id;
    int rc = load(core, row->id, &known);
    if (!rc)
        rc = build(channel, ops, message, out, &list);
    if (rc)
        return rc;
    if (!is_same(core, &known, list)) {
        message->number ^= OTHER_REFERENCE;
        known.count = 0;
        json_decref(list);
        list = NULL;
        rc = outboxparts_delete(core->store, row->id);
        if (!rc)
            rc = build(channel, ops, message, out, &list);
    }
    if (rc)
        return rc;
    leave_out(&known, list);
    *ret_is_over = json_array_size(list) == 0;
    buf_clear(&out->body);
    rc = json_write(list, &out->body);
    return rc ? rc : give(core, row, message, list, out->part_total, now_ms);
}

/* ---- what went out --------------------------------------------------------------------------------------------- */

/* A report may have been faster than the modem's own answer. */
static int take_early_report(struct core *core, struct outbox_part *part, int64_t now_ms)
{
    char id[REMOTE_ID_MAX];
    struct delivery_report report;
    bind_part(part, id);
    int rc = part->remote_id[0] ? reports_take(core->store, part->channel, id, &report) : ERR_NOT_FOUND;
    if (rc)
        return rc == ERR_NOT_FOUND ? 0 : rc;
    if (report.status == REPORT_DELIVERED && now_ms - report.at < CLOCK_ROOM_MS)
        part->state = PART_DELIVERED;
    return 0;
}

static int note_sent(struct core *core, struct known *known, const struct send_part *sent, int64_t now_ms)
{
    struct outbox_part *part = find(known, sent->part);
    if (!part || is_sure(part))
        return 0;
    part->state = PART_SENT;
    part->at = now_ms;
    str_copy(part->remote_id, sizeof part->remote_id, sent->remote_id);
    int rc = take_early_report(core, part, now_ms);
    return rc ? rc : outboxparts_put(core->store, part);
}

/* The modem sends one after the other and tells of each, so only the first of those that it did not tell of may have
 * gone. */
static int doubt_next(struct core *core, struct known *known, int64_t now_ms)
{
    for (unsigned i = 0; i < known->count; i++) {
        struct outbox_part *part = &known->parts[i];
        if (part->state != PART_GIVEN)
            continue;
        part->state = PART_DOUBTFUL;
        part->at = now_ms;
        return outboxparts_put(core->store, part);
    }
    return 0;
}

int sentparts_note(
    struct core *core, const struct outbox_row *row, struct send_result *result, bool is_end, int64_t now_ms)
{
    struct known known;
    int rc = load(core, row->id, &known);
    for (unsigned i = 0; !rc && i < result->part_count; i++)
        rc = note_sent(core, &known, &result->parts[i], now_ms);
    if (rc || !is_end)
        return rc;
    struct sentparts_state state = sum(&known);
    if (result->outcome == OUTCOME_sent && state.sure < state.total)
        result->outcome = OUTCOME_uncertain;
    bool is_doubtful = result->outcome == OUTCOME_uncertain || result->outcome == OUTCOME_unparseable;
    return is_doubtful ? doubt_next(core, &known, now_ms) : 0;
}

/* ---- reports --------------------------------------------------------------------------------------------------- */

struct search {
    const struct delivery_report *report;
    bool has_match, has_doubtful;
    struct outbox_part match, doubtful;
};

static int look(void *context, const struct outbox_part *part)
{
    struct search *search = context;
    if (part->remote_id[0] && str_equal(part->remote_id, search->report->remote_id)) {
        search->match = *part;
        search->has_match = true;
        return 1;
    }
    /* One that was delivered before it was sent is another's. */
    bool may_be = !search->report->at || search->report->at > part->at - CLOCK_ROOM_MS;
    if (part->state != PART_DOUBTFUL || search->has_doubtful || !may_be)
        return 0;
    search->doubtful = *part;
    search->has_doubtful = true;
    return 0;
}

static int apply(struct core *core, struct outbox_part *part, const struct delivery_report *report, int64_t now_ms,
    bool *ret_has_end)
{
    bool is_delivered = report->status == REPORT_DELIVERED;
    bool is_failed = report->status != REPORT_PENDING && report->status != REPORT_SENT && !is_delivered;
    struct sentparts_state state;
    bool is_old = part->state == PART_DELIVERED || (part->state == PART_FAILED && !is_delivered);
    *ret_has_end = false;
    if (is_old || (!is_delivered && !is_failed))
        return 0;
    str_copy(part->remote_id, sizeof part->remote_id, report->remote_id);
    part->state = is_delivered ? PART_DELIVERED : PART_FAILED;
    part->at = now_ms;
    int rc = outboxparts_put(core->store, part);
    if (!rc)
        rc = sentparts_look(core, part->outbox_id, &state);
    *ret_has_end = !rc && (is_failed || state.delivered == state.total);
    return rc;
}

int sentparts_report(struct core *core, const char *channel, const struct delivery_report *report, int64_t now_ms,
    struct outbox_row *ret_row, bool *ret_has_end)
{
    unsigned char recipient[STORE_TAG_LEN];
    struct search search = { .report = report };
    tag_recipient(core, report->to, recipient);
    int rc = outboxparts_find(core->store, recipient, channel, now_ms - SENTPARTS_MATCH_MS, look, &search);
    if (rc)
        return rc;
    if (!search.has_match && !search.has_doubtful)
        return ERR_NOT_FOUND;
    struct outbox_part *part = search.has_match ? &search.match : &search.doubtful;
    rc = apply(core, part, report, now_ms, ret_has_end);
    return rc ? rc : outbox_get(core->store, part->outbox_id, ret_row);
}
