/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alarms - see alarms.h. */
#include "gateway/core/alarms.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/core/notices.h"
#include "gateway/store/findings.h"

#define TEXT_MAX 1500
#define LINE_ROOM 250 /* what does not fit is told in the next round */
#define FINDINGS_MAX 100
#define LOOK_MAX 1000

struct alarm {
    const struct config *config;
    struct buf text;
    int64_t now_ms;
    unsigned count, open;
    int64_t ids[FINDINGS_MAX];
    bool is_broken[CONFIG_CHANNELS_MAX]; /* an open finding is about it; by its place in the configuration */
};

/* ---- ways ------------------------------------------------------------------------------------------------------ */

static void note_channel(struct alarm *alarm, struct span name)
{
    const struct config *config = alarm->config;
    for (unsigned i = 0; i < config->channel_count; i++)
        if (span_equal(span_of(config->channels[i].name), name))
            alarm->is_broken[i] = true;
}

/* "channel:sim1", "loop:sim1>line" */
static bool is_about_channels(const char *object)
{
    return str_starts(object, "channel:") || str_starts(object, "loop:");
}

static void note_broken(struct alarm *alarm, const char *object)
{
    if (!is_about_channels(object))
        return;
    const char *name = strchr(object, ':') + 1;
    size_t len = strcspn(name, ALARMS_ARROW);
    note_channel(alarm, (struct span){ name, len });
    if (name[len])
        note_channel(alarm, span_of(name + len + 1));
}

static bool is_sound(const struct alarm *alarm, const struct config_address *address)
{
    return address->channel->is_enabled && !alarm->is_broken[address->channel - alarm->config->channels];
}

/* The last one: another path than the one an alert begins with. -1 = none. */
static int find_sound(const struct alarm *alarm, const struct config_contact *contact)
{
    for (int i = (int)contact->address_count - 1; i >= 0; i--)
        if (is_sound(alarm, &contact->addresses[i]))
            return i;
    return -1;
}

static int queue(struct core *core, const struct alarm *alarm, const struct config_contact *contact, int address)
{
    struct notice notice = {
        .contact = contact->name,
        .address = address,
        .urgency = URGENCY_critical,
        .text = buf_span(&alarm->text),
    };
    return notices_queue(core, &notice, alarm->now_ms);
}

static int tell_contact(struct core *core, const struct alarm *alarm, const struct config_contact *contact)
{
    int sound = find_sound(alarm, contact), rc = 0;
    if (sound >= 0)
        return queue(core, alarm, contact, sound);
    for (int i = 0; !rc && i < (int)contact->address_count; i++)
        rc = queue(core, alarm, contact, i);
    return rc;
}

static int tell(struct core *core, const struct alarm *alarm)
{
    int rc = 0;
    for (unsigned i = 0; !rc && i < core->config->auditor.contact_count; i++)
        rc = tell_contact(core, alarm, core->config->auditor.contacts[i]);
    return rc;
}

/* ---- what is found ---------------------------------------------------------------------------------------------- */

/* What a person has set and may forget is told every day until it ends. */
static bool is_told_again(const struct finding_row *row, int64_t now_ms)
{
    return str_equal(row->kind, ALARMS_SHADOW) && row->told_at <= now_ms - ALARMS_REMIND_MS;
}

static void add_line(struct alarm *alarm, const struct finding_row *row)
{
    if (alarm->count == FINDINGS_MAX || alarm->text.len > TEXT_MAX - LINE_ROOM)
        return;
    buf_add_format(&alarm->text, "%s (%s)\n", row->kind, row->object);
    alarm->ids[alarm->count++] = row->id;
}

static int add_open(void *context, const struct finding_row *row)
{
    struct alarm *alarm = context;
    alarm->open++;
    note_broken(alarm, row->object);
    if (!row->told_at || is_told_again(row, alarm->now_ms))
        add_line(alarm, row);
    return 0;
}

int alarms_raise(struct core *core, int64_t now_ms, unsigned *ret_open)
{
    struct alarm alarm = { .config = core->config, .now_ms = now_ms };
    buf_init(&alarm.text, TEXT_MAX);
    buf_add_text(&alarm.text, "The help line's auditor found:\n");
    int rc = findings_list(core->store, true, LOOK_MAX, add_open, &alarm);
    if (!rc && alarm.count)
        rc = tell(core, &alarm);
    for (unsigned i = 0; !rc && core->config->auditor.contact_count && i < alarm.count; i++)
        rc = findings_set_told(core->store, alarm.ids[i], now_ms);
    *ret_open = alarm.open;
    buf_done(&alarm.text);
    return rc;
}

/* ---- what is over ----------------------------------------------------------------------------------------------- */

/* Who ends shadow mode knows it. */
static bool is_end_told(const struct finding_row *row)
{
    return row->told_at && is_about_channels(row->object) && !str_equal(row->kind, ALARMS_SHADOW);
}

static int add_over(void *context, const struct finding_row *row)
{
    struct alarm *alarm = context;
    note_broken(alarm, row->object); /* what has just come back may go again */
    if (row->last_at < alarm->now_ms && is_end_told(row))
        add_line(alarm, row);
    return 0;
}

int alarms_end(struct core *core, int64_t now_ms)
{
    struct alarm alarm = { .config = core->config, .now_ms = now_ms };
    buf_init(&alarm.text, TEXT_MAX);
    buf_add_text(&alarm.text, "The help line's auditor no longer finds:\n");
    int rc = findings_list(core->store, true, LOOK_MAX, add_over, &alarm);
    if (!rc && alarm.count)
        rc = tell(core, &alarm);
    buf_done(&alarm.text);
    return rc ? rc : findings_resolve_unseen(core->store, now_ms, now_ms);
}
