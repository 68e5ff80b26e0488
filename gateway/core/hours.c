/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hours - see hours.h. */
#include "gateway/core/hours.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "gateway/core/rules.h"

#define DAY_MIN 1440
#define OPEN_SPAN_MIN 300   /* "after 11pm" means the five hours from then */
#define NIGHT_FROM_MIN 1320 /* "at night" without an hour: 22:00 to 05:00 */
#define NIGHT_TO_MIN 300
#define HOURS_MAX 8
#define NEAR_LEN 12         /* bytes behind an hour in which its am or pm stands */
#define RANGE_GAP_MAX 16    /* bytes between the two hours of a span */
#define NIGHT_BEFORE_LEN 24 /* bytes before an hour in which a word calls it night */
#define CLAUSE_LEN 48       /* bytes before an hour in which a word can turn its meaning */

/* Words that put an hour into the evening or night, or into the morning. Those in Latin letters count as whole words.
 */
static const char *const night_words[] = { "pm", "p.m", "gabi", "gabie", "malam", "mlm", "night", "raat", "rat", "rati",
    "usiku", "nuit", "soir", "bengi", "dem", "đêm", "toi", "tối", "ليل", "رات", "रात", "রাত", "මැද", "இரவு", "రాత్రి",
    "ሌሊት", "ማታ", NULL };
static const char *const morning_words[] = { "am", "a.m", "umaga", "pagi", "morning", "subah", "asubuhi", "matin",
    "madaling araw", "dini hari", "صباح", "सुबह", "সকাল", NULL };
/* Words that turn the meaning of the hour behind them: what then is allowed is for a person to read. */
static const char *const turning_words[] = { "not", "dont", "don't", "don’t", "never", "before", "until", "till",
    "bago", "huwag", "wag", "jangan", "sebelum", "sampai", "pehle", "mat", "avant", "kabla", "usi", "قبل", "لا", "पहले",
    "আগে", NULL };
static const char *const restoring_words[] = { "only", "but", "lang", "hanya", "sirf", "seulement", "tu", NULL };
static const char *const joining_words[] = { "-", "–", "to", "and", "until", "till", "hanggang", "sampai", "hingga",
    "se", "à", "hadi", "و", "الى", "إلى", "से", "থেকে", NULL };

static bool is_latin(char c)
{
    return isalpha((unsigned char)c) != 0;
}

/* Is that word here, and not a part of a longer one? "am" is not in "madam". */
static bool is_word_at(struct span text, size_t at, const char *word)
{
    size_t len = strlen(word);
    if (at + len > text.len || strncasecmp(text.data + at, word, len) != 0)
        return false;
    if (!is_latin(word[0]))
        return true;
    return !(at && is_latin(text.data[at - 1])) && !(at + len < text.len && is_latin(text.data[at + len]));
}

static bool has_word(struct span text, const char *const *words, size_t *ret_at)
{
    bool has = false;
    for (; *words; words++)
        for (size_t at = 0; at < text.len; at++)
            if (is_word_at(text, at, *words) && (!has || at >= *ret_at)) {
                has = true;
                *ret_at = at;
            }
    return has;
}

/* text.len when there is none. */
static size_t first_word(struct span text, const char *const *words)
{
    size_t first = text.len;
    for (; *words; words++)
        for (size_t at = 0; at < first; at++)
            if (is_word_at(text, at, *words))
                first = at;
    return first;
}

struct hour {
    int minutes;    /* as written, 0..1439 */
    bool is_marked; /* by minutes, am, pm, "at night" close behind it: it is a time of day, and no number of days */
    bool is_pm, is_am;
    size_t start, end;
};

static bool read_minutes(struct span text, size_t *at, int *ret_minute)
{
    size_t i = *at;
    bool has = i + 2 < text.len && (text.data[i] == ':' || text.data[i] == '.') &&
               isdigit((unsigned char)text.data[i + 1]) && isdigit((unsigned char)text.data[i + 2]);
    *ret_minute = has ? (text.data[i + 1] - '0') * 10 + text.data[i + 2] - '0' : 0;
    *at += has ? 3 : 0;
    return has;
}

/* "11", "11pm", "11:30 pm", "23.00"; false when the digits are no time of day (a date, an amount). */
static bool read_hour(struct span text, size_t at, struct hour *ret)
{
    int hour = 0, minute;
    size_t i = at;
    while (i < text.len && isdigit((unsigned char)text.data[i]) && i - at < 3)
        hour = hour * 10 + text.data[i++] - '0';
    if (i - at > 2 || hour > 24)
        return false;
    bool has_minutes = read_minutes(text, &i, &minute);
    if (minute > 59)
        return false;
    *ret = (struct hour){ .minutes = (hour * 60 + minute) % DAY_MIN, .start = at, .end = i };
    struct span near = { text.data + i, text.len - i < NEAR_LEN ? text.len - i : NEAR_LEN };
    size_t am = first_word(near, morning_words), pm = first_word(near, night_words);
    ret->is_am = am < pm; /* "11pm to 2am": the nearer one counts */
    ret->is_pm = pm < am;
    ret->is_marked = has_minutes || ret->is_am || ret->is_pm;
    return true;
}

/* Digits behind a letter ("d2") are letters themselves; behind a colon they are the rest of something else. */
static unsigned read_hours(struct span text, struct hour *hours)
{
    unsigned count = 0;
    for (size_t at = 0; at < text.len && count < HOURS_MAX;) {
        bool is_inside = at && (isalnum((unsigned char)text.data[at - 1]) || strchr(":.", text.data[at - 1]));
        if (!isdigit((unsigned char)text.data[at]) || is_inside) {
            at++;
            continue;
        }
        if (read_hour(text, at, &hours[count]))
            at = hours[count++].end;
        else
            while (at < text.len && isdigit((unsigned char)text.data[at]))
                at++;
    }
    return count;
}

/* "10-11 ng gabi", "between 1 and 3 am": nothing between the two but a word that joins them. */
static bool is_range(struct span text, const struct hour *from, const struct hour *to)
{
    struct span gap = { text.data + from->end, to->start - from->end };
    size_t where = 0;
    return gap.len <= RANGE_GAP_MAX && has_word(gap, joining_words, &where);
}

/* "Not after 9pm", "before 7": the hours behind the number are the wrong ones. */
static bool is_turned(struct span text, const struct hour *hour)
{
    size_t begin = hour->start > CLAUSE_LEN ? hour->start - CLAUSE_LEN : 0, turned = 0, restored = 0;
    for (size_t i = begin; i < hour->start; i++)
        if (strchr(".,;!?\n", text.data[i]))
            begin = i + 1;
    struct span clause = { text.data + begin, hour->start - begin };
    return has_word(clause, turning_words, &turned) &&
           !(has_word(clause, restoring_words, &restored) && restored > turned);
}

/* Which hours are meant: the marked ones, else the only one there is, else none. Leaves one or two at the front. */
static unsigned choose(struct span text, struct hour *hours, unsigned count)
{
    unsigned marked = 0, first = 0;
    if (!count)
        return 0;
    for (unsigned i = 0; i < count; i++)
        if (hours[i].is_marked && !marked++)
            first = i;
    if (!marked && count > 2)
        return 0;
    if (marked > 2 ||
        (marked == 2 && !(hours[first + 1].is_marked && is_range(text, &hours[first], &hours[first + 1]))))
        return 0;
    bool has_end = first + 1 < count && is_range(text, &hours[first], &hours[first + 1]);
    if (marked == 1 && first && is_range(text, &hours[first - 1], &hours[first])) {
        first--; /* "10-11pm": the mark of the second is that of both */
        hours[first].is_pm = hours[first + 1].is_pm;
        hours[first].is_am = hours[first + 1].is_am;
        has_end = true;
    }
    if (!marked && count == 2 && !has_end)
        return 0;
    hours[0] = hours[first];
    if (has_end)
        hours[1] = hours[first + 1];
    return has_end ? 2 : 1;
}

/* An hour from 5 to 11 that is called night, or pm, is in the evening; 12 at night is midnight. -1: it could be either.
 */
static int day_minutes(const struct hour *hour, bool is_night)
{
    bool is_evening = hour->is_pm || (is_night && !hour->is_am);
    if (hour->minutes == 0 || hour->minutes >= 780)
        return hour->minutes;
    if (hour->minutes >= 720)
        return is_evening && is_night ? hour->minutes - 720 : hour->is_am ? hour->minutes - 720 : hour->minutes;
    if (is_evening)
        return hour->minutes >= 300 || (hour->is_pm && !is_night) ? hour->minutes + 720 : hour->minutes;
    return hour->is_am ? hour->minutes : -1;
}

/* Called night by a word that is not just "pm". */
static bool is_called_night(struct span text)
{
    size_t where = 0;
    return has_word(text, night_words + 2, &where);
}

/* "raat 11 baje": a number far from the word may count anything. */
static bool is_night_before(struct span text, const struct hour *hour)
{
    size_t begin = hour->start > NIGHT_BEFORE_LEN ? hour->start - NIGHT_BEFORE_LEN : 0;
    return is_called_night((struct span){ text.data + begin, hour->start - begin });
}

void hours_read_window(struct span text, int *ret_from_min, int *ret_to_min)
{
    struct hour hours[HOURS_MAX];
    unsigned found = read_hours(text, hours), count = choose(text, hours, found);
    bool is_night = is_called_night(text);
    *ret_from_min = RULES_WINDOW_UNKNOWN;
    *ret_to_min = RULES_WINDOW_UNKNOWN;
    if (found == 0 && is_night) {
        *ret_from_min = NIGHT_FROM_MIN;
        *ret_to_min = NIGHT_TO_MIN;
    }
    if (count == 0 || is_turned(text, &hours[0]))
        return;
    is_night = is_night && (hours[0].is_marked || hours[count - 1].is_marked || is_night_before(text, &hours[0]));
    int from = day_minutes(&hours[0], is_night), to = count == 2 ? day_minutes(&hours[1], is_night) : from;
    if (from < 0 || to < 0)
        return;
    *ret_from_min = from;
    *ret_to_min = to != from ? to : (from + OPEN_SPAN_MIN) % DAY_MIN;
}
