/* SPDX-License-Identifier: GPL-3.0-or-later */
/* joining - see joining.h. */
#include "gateway/core/joining.h"

#include "gateway/base/utf8.h"

bool joining_is_part(const struct sms_in *sms)
{
    return sms->part_total > 1 && sms->part_total <= JOINING_PARTS_MAX && sms->part > 0 && sms->part <= sms->part_total;
}

static void add_prefix(struct buf *out, struct span text)
{
    size_t room = out->max > out->len + 1 ? out->max - out->len - 1 : 0;
    buf_add(out, text.data, text.len <= room ? text.len : utf8_prefix(text, room));
}

void joining_write(const struct joining_piece *pieces, unsigned count, struct buf *out)
{
    unsigned next = 1;
    for (unsigned i = 0; i < count; i++) {
        if (pieces[i].part > next)
            add_prefix(out, span_of(JOINING_GAP));
        add_prefix(out, pieces[i].text);
        next = (pieces[i].last ? pieces[i].last : pieces[i].part) + 1;
    }
}

int64_t joining_distance_ms(struct joining_times message, struct joining_times piece)
{
    if (message.sent_at && piece.sent_at)
        return message.sent_at > piece.sent_at ? message.sent_at - piece.sent_at : piece.sent_at - message.sent_at;
    return piece.came_at - message.came_at;
}

enum joining_fit joining_fit(int64_t distance_ms, bool has_part, bool is_same)
{
    if (distance_ms > JOINING_WINDOW_MS)
        return JOINING_FIT_OTHER;
    if (!has_part)
        return JOINING_FIT_NEXT;
    return is_same ? JOINING_FIT_COPY : JOINING_FIT_OTHER;
}

static bool is_loud(const struct joining_facts *facts)
{
    return facts->is_help && (facts->urgency == URGENCY_critical || (facts->urgency == URGENCY_urgent && facts->facts));
}

enum joining_act joining_decide(const struct joining_facts *facts)
{
    bool is_whole = facts->arrived >= facts->total;
    if (!facts->is_told)
        return is_whole || facts->is_due || is_loud(facts) ? JOINING_TELL : JOINING_WAIT;
    if (!facts->has_news)
        return JOINING_REST;
    if (facts->is_rise)
        return JOINING_TELL;
    return is_whole || facts->is_due ? JOINING_TELL_AGAIN : JOINING_WAIT;
}
