/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiet - see quiet.h. */
#include "gateway/core/quiet.h"

#include "config/sending.h"
#include "gateway/base/clock.h"
#include "gateway/base/phone.h"
#include "gateway/store/contacts.h"

const char *quiet_country(const struct case_row *row, const char *number)
{
    const char *country = phone_country(number);
    return *country ? country : row->country;
}

int64_t quiet_for_her(const struct core *core, const struct case_row *row, const struct person_row *person,
    const char *number, int64_t now_ms)
{
    bool has_own_hours = row->flags & FLAG_BIT(safe_time);
    bool is_talking = person->last_inbound_at && now_ms - person->last_inbound_at < QUIET_TALK_MS;
    if (row->urgency >= URGENCY_urgent || has_own_hours || is_talking)
        return 0;
    return sending_quiet_until(core->config->texts, quiet_country(row, number), now_ms);
}

int quiet_for_contact(struct core *core, const struct config_contact *contact, int address, enum urgency urgency,
    int64_t now_ms, int64_t *ret_until)
{
    const struct config_address *to = &contact->addresses[address];
    struct contact_state_row state;
    *ret_until = 0;
    bool is_on_duty = contact->duty.window_count && duty_is_on(&contact->duty, now_ms);
    if (urgency >= URGENCY_urgent || !to->channel->is_sms || is_on_duty)
        return 0;
    int64_t until = sending_quiet_until(core->config->texts, phone_country(to->to), now_ms);
    int rc = until ? contacts_get(core->store, contact->name, &state) : 0;
    if (!rc && until && state.is_on != 1)
        *ret_until = until;
    return rc;
}

void quiet_write_time(const struct core *core, const char *country, int64_t at_ms, struct buf *out)
{
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
        "Dec" };
    const struct country_rules *rules = texts_country(core->config->texts, country);
    const struct zone *zone = rules ? rules->zone : NULL;
    struct clock_civil at;
    clock_to_civil(at_ms + zone_offset_s(zone, at_ms) * 1000LL, &at);
    buf_add_format(out, "%d %s %02d:%02d ", at.day, months[at.month - 1], at.hour, at.minute);
    if (zone)
        buf_add_format(out, "(local time in %s)", phone_country_name(country));
    else
        buf_add_text(out, "UTC");
}
