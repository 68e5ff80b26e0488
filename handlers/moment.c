/* SPDX-License-Identifier: GPL-3.0-or-later */
/* moment - numbers first, then RFC 3339, then word by word. */
#include "handlers/moment.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define TEXT_MAX 64
#define DATE_LEN 10
#define DIGITS "0123456789"
#define DAY_MINUTES (24 * 60)
#define NAME_LEN 3             /* letters that tell months and weekdays apart */
#define MS_FROM 100000000000LL /* 1973 in milliseconds, the year 5138 in seconds; then three digits more each */
#define US_FROM (1000 * MS_FROM)
#define NS_FROM (1000 * US_FROM)

int moment_read_zone(const char *text, int *ret_minutes)
{
    bool is_west = *text == '-';
    *ret_minutes = 0;
    if (str_equal_nocase(text, "Z") || str_equal_nocase(text, "UTC") || str_equal_nocase(text, "GMT") ||
        str_equal_nocase(text, "UT"))
        return 0;
    if (*text != '+' && !is_west)
        return ERR_INVALID;
    text++;
    size_t len = strlen(text);
    bool has_colon = len == 5 && text[2] == ':';
    if (strspn(text, DIGITS) != (has_colon ? 2 : len) || (len != 2 && len != 4 && !has_colon))
        return ERR_INVALID;
    int hours = (text[0] - '0') * 10 + text[1] - '0';
    const char *rest = text + 2 + has_colon;
    int minutes = len == 2 ? 0 : (rest[0] - '0') * 10 + rest[1] - '0';
    if (has_colon && strspn(rest, DIGITS) != 2)
        return ERR_INVALID;
    if (hours > 14 || minutes > 59)
        return ERR_INVALID;
    *ret_minutes = (is_west ? -1 : 1) * (hours * 60 + minutes);
    return 0;
}

/* ---- numbers --------------------------------------------------------------------------------------------------- */

/* "20261124225014" and "20261124T225014Z": spread into RFC 3339. */
static bool spread_compact(const char *text, char ret[TEXT_MAX])
{
    size_t len = strspn(text, DIGITS);
    bool has_t = len == 8 && (text[8] == 'T' || text[8] == 't') && strspn(text + 9, DIGITS) == 6;
    if (!has_t && len != 14)
        return false;
    const char *time = text + 8 + has_t;
    if (text[0] != '1' && text[0] != '2')
        return false;
    int wrote = snprintf(
        ret, TEXT_MAX, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%s", text, text + 4, text + 6, time, time + 2, time + 4, time + 6);
    return wrote > 0 && wrote < TEXT_MAX;
}

static bool read_number(const char *text, int64_t *ret_ms)
{
    char whole[TEXT_MAX];
    int64_t value = 0;
    size_t len = strspn(text, DIGITS);
    bool has_fraction = text[len] == '.' && text[len + 1] && text[len + 1 + strspn(text + len + 1, DIGITS)] == '\0';
    if (len == 0 || (text[len] && !has_fraction) || !str_copy_span(whole, sizeof whole, (struct span){ text, len }) ||
        str_to_int64(whole, 0, INT64_MAX, &value))
        return false;
    *ret_ms = value >= NS_FROM   ? value / 1000000
              : value >= US_FROM ? value / 1000
              : value >= MS_FROM ? value
                                 : value * 1000;
    return true;
}

/* ---- RFC 3339 -------------------------------------------------------------------------------------------------- */

/* "...T22:50:14 00:00": the plus of the zone became a space in a form. */
static void mend_zone(char *text)
{
    char *space = strrchr(text, ' ');
    if (space && space > text + DATE_LEN && space[1] >= '0' && space[1] <= '9')
        *space = '+';
}

/* "... UTC" and "... GMT" behind an RFC 3339 time. */
static void mend_name(char *text)
{
    size_t len = strlen(text);
    if (len > DATE_LEN + 4 && (strcasecmp(text + len - 4, " UTC") == 0 || strcasecmp(text + len - 4, " GMT") == 0))
        memcpy(text + len - 4, "Z", 2);
}

static bool names_zone(const char *text)
{
    return strpbrk(text + DATE_LEN, "Zz+-") != NULL;
}

/* "2026-01-01 09:30:15 0300" has lost a plus; "2026/01/01 09:30" writes its date otherwise. */
static bool read_rfc3339(const char *text, int zone_minutes, int64_t *ret_ms)
{
    char copy[TEXT_MAX];
    str_copy(copy, sizeof copy, text);
    if (strlen(copy) == DATE_LEN)
        str_copy(copy + DATE_LEN, sizeof copy - DATE_LEN, "T00:00:00");
    if (strlen(copy) > DATE_LEN && copy[4] == '/' && copy[7] == '/')
        copy[4] = copy[7] = '-';
    mend_name(copy);
    mend_zone(copy);
    if (clock_parse(copy, ret_ms))
        return false;
    if (!names_zone(copy))
        *ret_ms -= zone_minutes * 60000LL;
    return true;
}

/* ---- word by word ---------------------------------------------------------------------------------------------- */

struct parts {
    struct clock_civil civil; /* day, month, year 0 until they are seen */
    bool has_time, is_pm, is_am, has_zone;
    int zone_minutes;
};

static int take_number(const char **text, int digits_max)
{
    int value = 0, digits = 0;
    while (**text >= '0' && **text <= '9' && digits++ < digits_max)
        value = value * 10 + *(*text)++ - '0';
    return digits ? value : -1;
}

static bool read_time(const char *word, struct parts *parts)
{
    int hour = take_number(&word, 2);
    int minute = *word == ':' ? (word++, take_number(&word, 2)) : -1;
    int second = *word == ':' ? (word++, take_number(&word, 2)) : 0;
    if (*word == '.' || *word == ',')
        word += 1 + strspn(word + 1, DIGITS);
    if (parts->has_time || *word || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return false;
    parts->civil.hour = hour;
    parts->civil.minute = minute;
    parts->civil.second = second;
    return parts->has_time = true;
}

/* 31/01/2026, 31.01.2026, 31-01-26. */
static bool read_date(const char *word, bool is_month_first, struct parts *parts)
{
    int first = take_number(&word, 2);
    char sign = *word;
    int second = sign && strchr("/.-", sign) ? (word++, take_number(&word, 2)) : -1;
    int year = *word == sign ? (word++, take_number(&word, 4)) : -1;
    if (parts->civil.day || *word || first < 1 || second < 1 || year < 0)
        return false;
    bool is_swapped = (is_month_first && first <= 12) || second > 12;
    parts->civil.day = is_swapped ? second : first;
    parts->civil.month = is_swapped ? first : second;
    parts->civil.year = year < 100 ? 2000 + year : year;
    return true;
}

static int find_name(const char *word, const char *names)
{
    for (int i = 0; names[i * NAME_LEN]; i++) {
        if (strncasecmp(word, names + i * NAME_LEN, NAME_LEN) == 0)
            return i;
    }
    return -1;
}

static bool read_name(const char *word, struct parts *parts)
{
    if (str_equal_nocase(word, "AM") || str_equal_nocase(word, "PM")) {
        parts->is_pm = (*word | 0x20) == 'p';
        parts->is_am = !parts->is_pm;
        return true;
    }
    int month = find_name(word, "JanFebMarAprMayJunJulAugSepOctNovDec");
    if (month >= 0 && !parts->civil.month) {
        parts->civil.month = month + 1;
        return true;
    }
    if (find_name(word, "SunMonTueWedThuFriSat") >= 0)
        return true;
    return !parts->has_zone && (parts->has_zone = moment_read_zone(word, &parts->zone_minutes) == 0);
}

/* Day, year, or a zone whose plus became a space. */
static bool read_bare_number(const char *word, struct parts *parts)
{
    char zone[8];
    size_t len = strlen(word);
    if (len == 4 && parts->civil.year && parts->has_time && !parts->has_zone) {
        (void)snprintf(zone, sizeof zone, "+%s", word);
        return parts->has_zone = moment_read_zone(zone, &parts->zone_minutes) == 0;
    }
    int value = take_number(&word, 4);
    if (*word)
        return false;
    if (len <= 2 && !parts->civil.day)
        parts->civil.day = value;
    else if (len == 4 || (len == 2 && !parts->civil.year))
        parts->civil.year = len == 4 ? value : 2000 + value;
    else
        return false;
    return true;
}

static bool read_word(const char *word, const struct moment_style *style, struct parts *parts)
{
    bool is_number = word[strspn(word, DIGITS)] == '\0';
    if (*word == '+' || *word == '-')
        return !parts->has_zone && (parts->has_zone = moment_read_zone(word, &parts->zone_minutes) == 0);
    if (*word < '0' || *word > '9')
        return read_name(word, parts);
    if (is_number)
        return read_bare_number(word, parts);
    return strchr(word, ':') ? read_time(word, parts) : read_date(word, style->is_month_first, parts);
}

/* Through RFC 3339 once more: one place knows how long a month is. */
static bool finish(const struct parts *parts, const struct moment_style *style, int64_t *ret_ms)
{
    char text[TEXT_MAX];
    const struct clock_civil *c = &parts->civil;
    bool has_half = parts->is_am || parts->is_pm;
    if (c->day < 1 || c->day > 31 || c->year < 1970 || c->year > 9999 || (has_half && (c->hour < 1 || c->hour > 12)))
        return false;
    int hour = !has_half ? c->hour : c->hour % 12 + 12 * parts->is_pm;
    (void)snprintf(
        text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", c->year, c->month, c->day, hour, c->minute, c->second);
    if (clock_parse(text, ret_ms))
        return false;
    *ret_ms -= (parts->has_zone ? parts->zone_minutes : style->zone_minutes) * 60000LL;
    return true;
}

static bool read_words(char *text, const struct moment_style *style, int64_t *ret_ms)
{
    struct parts parts = { .has_time = false };
    char *end = text + strlen(text);
    for (char *word = text; word < end;) {
        size_t len = strcspn(word, " ,\t");
        word[len] = '\0';
        if (len && !read_word(word, style, &parts))
            return false;
        word += len + 1;
    }
    return finish(&parts, style, ret_ms);
}

int64_t moment_read(struct span text, const struct moment_style *style)
{
    static const struct moment_style usual = { 0 };
    char copy[TEXT_MAX], spread[TEXT_MAX];
    int64_t ms = 0;
    style = style ? style : &usual;
    text = str_trim(text);
    if (text.len == 0 || !str_copy_span(copy, sizeof copy, text))
        return 0;
    if (spread_compact(copy, spread) && read_rfc3339(spread, style->zone_minutes, &ms))
        return ms;
    if (read_number(copy, &ms) || read_rfc3339(copy, style->zone_minutes, &ms) || clock_parse_mail(copy, &ms) == 0)
        return ms;
    return read_words(copy, style, &ms) ? ms : 0;
}
