/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sending - see sending.h. */
#include "config/sending.h"

#include "config/fold.h"
#include "config/texts_parts.h"
#include "config/wording.h"

#define DAY_MIN 1440
#define MINUTE_MS 60000LL
#define SECOND_MS 1000LL
#define PASSES_MAX 8   /* a star makes an edge, at which another word may stand alone */
#define GROWTH 3       /* bytes for one: "(.)" */
#define GROWTH_MORE 64 /* and what a short text grows by */

/* ---- the text -------------------------------------------------------------------------------------------------- */

struct draft {
    struct buf now, next;
    unsigned changed;
};

static void advance(struct draft *draft, bool is_changed, enum sending_part part)
{
    struct buf done = draft->now;
    draft->now = draft->next;
    draft->next = done;
    buf_clear(&draft->next);
    if (is_changed)
        draft->changed |= part;
}

static bool star_words(struct draft *draft, const struct country_rules *rules)
{
    bool has = false;
    for (unsigned i = 0; i < rules->forbidden_count; i++)
        if (fold_holds(buf_span(&draft->now), rules->forbidden[i])) {
            has = true;
            advance(draft, wording_star_word(buf_span(&draft->now), rules->forbidden[i], &draft->next), SENDING_WORDS);
        }
    return has;
}

static void apply(struct draft *draft, const struct country_rules *rules, unsigned parts)
{
    /* Numbers first: a broken link puts brackets between digits. */
    if ((parts & SENDING_NUMBERS) && !rules->allows_numbers)
        advance(draft, wording_hide_numbers(buf_span(&draft->now), &draft->next), SENDING_NUMBERS);
    if ((parts & SENDING_LINKS) && !rules->allows_links)
        advance(draft, wording_break_links(buf_span(&draft->now), &draft->next), SENDING_LINKS);
}

unsigned sending_adapt(
    const struct texts *texts, const char *country, struct span text, unsigned parts, struct buf *out)
{
    const struct country_rules *own = texts_country(texts, country);
    const struct country_rules *rules[] = { &texts->everywhere, own ? own : &texts->everywhere };
    struct draft draft = { .changed = 0 };
    buf_init(&draft.now, GROWTH * text.len + GROWTH_MORE);
    buf_init(&draft.next, GROWTH * text.len + GROWTH_MORE);
    buf_add_span(&draft.now, text);
    apply(&draft, rules[0], parts);
    apply(&draft, rules[1], parts);
    bool is_held = parts & SENDING_WORDS;
    for (int pass = 0; is_held && pass < PASSES_MAX; pass++) {
        is_held = star_words(&draft, rules[0]);
        is_held = star_words(&draft, rules[1]) || is_held;
    }
    if (buf_check(&draft.now) || buf_check(&draft.next))
        buf_add_span(out, text); /* without memory: as it is, rather than not at all */
    else
        buf_add_span(out, buf_span(&draft.now));
    buf_done(&draft.now);
    buf_done(&draft.next);
    return draft.changed;
}

/* ---- the time of day ------------------------------------------------------------------------------------------- */

int64_t sending_quiet_until(const struct texts *texts, const char *country, int64_t now_ms)
{
    const struct country_rules *rules = texts_country(texts, country);
    if (!rules || !rules->zone || rules->quiet_from_min == rules->quiet_to_min)
        return 0;
    int32_t offset_s = zone_offset_s(rules->zone, now_ms);
    int minute = (int)((now_ms + offset_s * SECOND_MS) / MINUTE_MS % DAY_MIN);
    int from = rules->quiet_from_min, to = rules->quiet_to_min;
    bool is_on = from < to ? minute >= from && minute < to : minute >= from || minute < to;
    if (!is_on)
        return 0;
    int64_t until = now_ms - now_ms % MINUTE_MS + (to - minute + DAY_MIN) % DAY_MIN * MINUTE_MS;
    until -= (zone_offset_s(rules->zone, until) - offset_s) * SECOND_MS; /* the clock is changed in the night */
    return until > now_ms ? until : now_ms + MINUTE_MS;
}
