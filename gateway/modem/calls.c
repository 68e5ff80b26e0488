/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * calls - what rings.
 * Why:   +CLIP follows the first or the second RING, and every RING after that; rings come every 3 to 5 s. A modem may
 * miss the end of a call, so another number is another call.
 */
#include "gateway/modem/calls.h"

#include "gateway/base/str.h"
#include "gateway/modem/atline.h"

#define QUIET_MS 12000 /* without a ring: the call is over */
#define CLIP_MS 7000   /* the number comes within two rings or not at all */
#define CLIP_RINGS 3

static bool is_ring(struct span line)
{
    struct span rest;
    return atline_is_word(line, "RING") || atline_has_prefix(line, "+CRING", &rest);
}

static void ring(struct calls *calls, int64_t mono_ms)
{
    if (!calls->is_ringing || mono_ms - calls->last_ring_at > QUIET_MS)
        *calls = (struct calls){ .is_ringing = true };
    calls->last_ring_at = mono_ms;
}

static bool tell(struct calls *calls)
{
    bool is_first = !calls->is_told;
    calls->is_told = true;
    return is_first;
}

bool calls_take(struct calls *calls, struct span line, int64_t mono_ms, struct calls_call *ret)
{
    struct span rest;
    *ret = (struct calls_call){ .type = -1 };
    if (is_ring(line)) {
        ring(calls, mono_ms);
        return ++calls->rings >= CLIP_RINGS && tell(calls);
    }
    if (atline_has_prefix(line, "+CLIP", &rest)) {
        ring(calls, mono_ms);
        (void)atline_field(rest, 0, ret->number, sizeof(ret->number));
        if (!atline_number(rest, 1, &ret->type))
            ret->type = -1;
        if (ret->number[0] != '\0' && !str_equal(ret->number, calls->number)) {
            calls->is_told = false;
            (void)str_copy(calls->number, sizeof(calls->number), ret->number);
        }
        return tell(calls);
    }
    if (!atline_is_word(line, "NO CARRIER") || !calls->is_ringing)
        return false;
    calls->is_ringing = false;
    return tell(calls);
}

bool calls_expire(struct calls *calls, int64_t mono_ms, struct calls_call *ret)
{
    *ret = (struct calls_call){ .type = -1 };
    return calls_due(calls) != 0 && mono_ms >= calls_due(calls) && tell(calls);
}

int64_t calls_due(const struct calls *calls)
{
    return calls->is_ringing && !calls->is_told ? calls->last_ring_at + CLIP_MS : 0;
}
