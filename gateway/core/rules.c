/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules - see rules.h. */
#include "gateway/core/rules.h"

#include "gateway/base/phone.h"
#include "gateway/base/str.h"

#define DAY_MIN 1440
#define MINUTE_MS 60000LL
#define SUMMER_MIN 60

/* Destination countries keep one time all year round, but for those that are an hour off in summer. */
static const struct {
    char country[COUNTRY_MAX];
    int16_t offset_min;
    bool has_summer;
} zones[] = {
    { "SA", 180, false },
    { "AE", 240, false },
    { "KW", 180, false },
    { "QA", 180, false },
    { "OM", 240, false },
    { "BH", 180, false },
    { "JO", 180, false },
    { "IQ", 180, false },
    { "SY", 180, false },
    { "TR", 180, false },
    { "LB", 120, true },
    { "EG", 120, true },
    { "IL", 120, true },
    { "CY", 120, true },
    { "HK", 480, false },
    { "MO", 480, false },
    { "TW", 480, false },
    { "SG", 480, false },
    { "MY", 480, false },
    { "BN", 480, false },
    { "CN", 480, false },
    { "TH", 420, false },
    { "JP", 540, false },
    { "KR", 540, false },
    { "MV", 300, false },
};

static bool find_zone(const char *country, size_t *ret_index)
{
    for (*ret_index = 0; *ret_index < STR_COUNT(zones); ++*ret_index)
        if (str_equal(zones[*ret_index].country, country))
            return true;
    return false;
}

bool rules_zone(const char *country, int *ret_offset_min)
{
    size_t i;
    bool is_known = find_zone(country, &i);
    *ret_offset_min = is_known ? zones[i].offset_min : 0;
    return is_known;
}

/* ---- judging --------------------------------------------------------------------------------------------------- */

static bool is_inside(int minute, int from, int to)
{
    return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/* When her window is open next; 0 when it is open now. */
static int64_t wait_ms(const struct case_row *row, int offset_min, int64_t now_ms)
{
    int minute = (int)((now_ms / MINUTE_MS + offset_min) % DAY_MIN);
    if (is_inside(minute, row->safe_from_min, row->safe_to_min))
        return 0;
    int left = (row->safe_from_min - minute + DAY_MIN) % DAY_MIN;
    return left * MINUTE_MS - now_ms % MINUTE_MS;
}

static void hold(struct rules_answer *answer, enum rules_verdict verdict, const char *sentence)
{
    *answer = (struct rules_answer){ .verdict = verdict, .sentence = sentence };
}

/* Where the clock is put forward in summer, the moment has to be inside by both clocks. */
static int64_t wait_both_ms(const struct case_row *row, size_t zone, int64_t now_ms)
{
    int64_t at = now_ms;
    int offset = zones[zone].offset_min;
    for (int i = 0; i < 4; i++) { /* either clock may send the other one on; a window under an hour never fits both */
        int64_t usual = wait_ms(row, offset, at);
        int64_t summer = zones[zone].has_summer ? wait_ms(row, offset + SUMMER_MIN, at + usual) : 0;
        at += usual + summer;
        if (!usual && !summer)
            return at - now_ms;
    }
    return -1;
}

static void judge_hours(const struct case_row *row, int64_t now_ms, struct rules_answer *answer)
{
    size_t zone;
    int64_t wait = -1;
    if (row->safe_from_min >= 0 && row->safe_to_min >= 0 && find_zone(row->country, &zone))
        wait = wait_both_ms(row, zone, now_ms);
    if (wait < 0) {
        hold(answer, RULES_HOLD, "she named safe hours that the machine does not understand: read her text");
        return;
    }
    if (!wait)
        return;
    hold(answer, RULES_WAIT, "it waits for the hours that she named");
    answer->due_at = now_ms + wait;
}

void rules_judge(const struct case_row *row, const struct person_row *person, const char *number, int64_t now_ms,
    struct rules_answer *ret_answer)
{
    hold(ret_answer, RULES_SEND, "");
    if (!phone_is_answerable(number))
        hold(ret_answer, RULES_NEVER, "her message came without a number that could receive an answer");
    else if (person->is_stopped)
        hold(ret_answer, RULES_NEVER, "she texted STOP: nothing may be sent to her until she texts START");
    else if (row->flags & FLAG_BIT(no_reply))
        hold(ret_answer, RULES_HOLD, "she asked that nothing be sent to her");
    else if (row->flags & FLAG_BIT(borrowed_phone))
        hold(ret_answer, RULES_HOLD, "she wrote from a borrowed phone: somebody else may read it");
    else if (row->flags & FLAG_BIT(other_number))
        hold(ret_answer, RULES_HOLD, "she asked to use another number: read her text");
    else if (row->flags & FLAG_BIT(safe_time))
        judge_hours(row, now_ms, ret_answer);
}
