/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage - see coverage.h.
 * Why the worst gap only: an administrator repairs one hole after another; a page of ranges is read by nobody.
 * Routes are followed as routing follows them, but conditions on words of the text (categories, flags, languages) may
 * hold or not, so every policy that can be reached is looked at.
 */
#include "config/coverage.h"

#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/str.h"

#define HOUR_MS 3600000LL
#define DAY_MS (24 * HOUR_MS)
#define COUNTRIES_MAX 128
#define COUNTRY_UNKNOWN "??" /* how a route writes it */

/* One policy for one urgency and country: the hours in which it reaches too few. */
struct gap {
    const struct config_policy *policy;
    const char *country; /* "" = unknown */
    unsigned hour_count, least;
    bool hours[COVERAGE_HOURS];
};

struct countries {
    unsigned count;
    const char *codes[COUNTRIES_MAX];
};

/* ---- one policy ------------------------------------------------------------------------------------------------ */

static bool has_text(const struct config_texts *texts, const char *text)
{
    for (unsigned i = 0; i < texts->count; i++)
        if (str_equal(texts->items[i], text))
            return true;
    return false;
}

static bool has_open_address(const struct config_contact *contact)
{
    for (unsigned i = 0; i < contact->address_count; i++)
        if (contact->addresses[i].channel->is_enabled && contact->addresses[i].channel->sends)
            return true;
    return false;
}

static bool is_reached(const struct config_contact *contact, enum urgency urgency, const char *country, int64_t at)
{
    if (contact_is_authority(contact->kind) || !has_open_address(contact))
        return false;
    if (*country && contact->countries.count && !has_text(&contact->countries, country))
        return false;
    return urgency == URGENCY_critical || duty_is_on(&contact->duty, at);
}

/* A contact that stands in two steps is one contact. */
static bool was_reached_before(const struct config_policy *policy, unsigned step, unsigned index, enum urgency urgency,
    const char *country, int64_t opened_at)
{
    const struct config_contact *contact = policy->steps[step].contacts[index];
    for (unsigned s = 0; s < step; s++)
        for (unsigned i = 0; i < policy->steps[s].contact_count; i++)
            if (policy->steps[s].contacts[i] == contact &&
                is_reached(contact, urgency, country, opened_at + policy->steps[s].after_ms))
                return true;
    return false;
}

unsigned coverage_count(
    const struct config_policy *policy, enum urgency urgency, const char *country, int64_t opened_at)
{
    unsigned count = 0;
    for (unsigned s = 0; s < policy->step_count; s++) {
        const struct config_step *step = &policy->steps[s];
        for (unsigned i = 0; i < step->contact_count; i++)
            count += is_reached(step->contacts[i], urgency, country, opened_at + step->after_ms) &&
                     !was_reached_before(policy, s, i, urgency, country, opened_at);
    }
    return count;
}

static void find_gap(struct gap *gap, enum urgency urgency, int64_t week_at)
{
    gap->least = COVERAGE_CONTACTS_WANTED;
    for (unsigned hour = 0; hour < COVERAGE_HOURS; hour++) {
        unsigned count = coverage_count(gap->policy, urgency, gap->country, week_at + hour * HOUR_MS);
        gap->hours[hour] = count < COVERAGE_CONTACTS_WANTED;
        gap->hour_count += gap->hours[hour];
        if (count < gap->least)
            gap->least = count;
    }
}

/* ---- the sentence ---------------------------------------------------------------------------------------------- */

static void print_hour(struct buf *out, int64_t at)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    struct clock_civil civil;
    clock_to_civil(at, &civil);
    buf_add_format(out, "%s %02d:00", days[civil.weekday], civil.hour);
}

/* The first unbroken run of hours, taken over the end of the week when it goes on at its start; how many they are. */
static unsigned print_range(struct buf *out, const struct gap *gap, int64_t week_at)
{
    unsigned start = 0, len = 0;
    if (gap->hour_count == COVERAGE_HOURS) {
        buf_add_text(out, "at every hour");
        return COVERAGE_HOURS;
    }
    while (!gap->hours[start] || gap->hours[(start + COVERAGE_HOURS - 1) % COVERAGE_HOURS])
        start++;
    while (gap->hours[(start + len) % COVERAGE_HOURS])
        len++;
    print_hour(out, week_at + start * HOUR_MS);
    buf_add_char(out, '-');
    print_hour(out, week_at + (start + len) % COVERAGE_HOURS * HOUR_MS);
    buf_add_text(out, " UTC");
    return len;
}

static int tell(
    const struct gap *gap, enum urgency urgency, unsigned others, int64_t week_at, coverage_fn fn, void *context)
{
    AUTO_BUF hours;
    buf_init(&hours, 512);
    unsigned len = print_range(&hours, gap, week_at);
    struct coverage_gap told = { urgency, gap->policy, gap->country, gap->least, gap->hour_count, len, hours.data,
        others };
    return buf_check(&hours) ? ERR_NOMEM : fn(context, &told);
}

static int warn(void *context, const struct coverage_gap *gap)
{
    AUTO_BUF text;
    buf_init(&text, 512);
    buf_add_text(&text, gap->hours);
    if (gap->run < gap->hour_count)
        buf_add_format(&text, " and others, together %u of %d hours", gap->hour_count, COVERAGE_HOURS);
    if (str_equal(gap->country, COVERAGE_ELSEWHERE))
        buf_add_text(&text, ", for a phone in a country that no contact and no route names");
    else if (*gap->country)
        buf_add_format(&text, ", for a phone in %s", gap->country);
    if (gap->others > 0)
        buf_add_format(&text, "; %u more combinations of policy and country have gaps", gap->others);
    if (buf_check(&text))
        return 0;
    report_warn(context, gap->policy->line, "coverage",
        "a case of urgency `%s` reaches only %u contact%s without need of consent by policy `%s` %s",
        urgency_word(gap->urgency), gap->least, gap->least == 1 ? "" : "s", gap->policy->name, text.data);
    return 0;
}

/* ---- all of them ----------------------------------------------------------------------------------------------- */

static void add_countries(struct countries *countries, const struct config_texts *texts)
{
    for (unsigned i = 0; i < texts->count; i++) {
        const struct config_texts known = { countries->count, countries->codes };
        if (countries->count < COUNTRIES_MAX && !str_equal(texts->items[i], COUNTRY_UNKNOWN) &&
            !has_text(&known, texts->items[i]))
            countries->codes[countries->count++] = texts->items[i];
    }
}

/* The countries that make a difference, the unknown one, and one for all the others. */
static void collect_countries(const struct config *config, struct countries *countries)
{
    *countries = (struct countries){ 2, { "", COVERAGE_ELSEWHERE } };
    for (unsigned i = 0; i < config->route_count; i++)
        add_countries(countries, &config->routes[i].countries);
    for (unsigned i = 0; i < config->contact_count; i++)
        add_countries(countries, &config->contacts[i].countries);
}

/* Do urgency and country let the case come to this route? */
static bool may_fit(const struct config_route *route, enum urgency urgency, const char *country)
{
    if (!(route->urgencies & 1u << urgency))
        return false;
    return !route->countries.count || has_text(&route->countries, *country ? country : COUNTRY_UNKNOWN);
}

static bool depends_on_text(const struct config_route *route)
{
    return route->categories || route->flags || route->languages.count;
}

/* Keeps the larger gap in *worst; returns how many of this country have a gap at all. */
static unsigned check_country(
    const struct config *config, enum urgency urgency, const char *country, int64_t week_at, struct gap *worst)
{
    bool seen[CONFIG_POLICIES_MAX] = { false };
    unsigned gaps = 0;
    for (unsigned i = 0; i < config->route_count; i++) {
        const struct config_route *route = &config->routes[i];
        if (!may_fit(route, urgency, country))
            continue;
        bool *is_seen = &seen[route->policy - config->policies];
        struct gap gap = { .policy = route->policy, .country = country };
        if (!*is_seen)
            find_gap(&gap, urgency, week_at);
        *is_seen = true;
        gaps += gap.hour_count > 0;
        if (gap.hour_count > worst->hour_count)
            *worst = gap;
        if (!depends_on_text(route))
            break;
    }
    return gaps;
}

int coverage_each(const struct config *config, int64_t now_ms, coverage_fn fn, void *context)
{
    struct countries countries;
    int64_t week_at = now_ms / DAY_MS * DAY_MS;
    int rc = 0;
    collect_countries(config, &countries);
    for (int urgency = URGENCY_COUNT - 1; urgency >= 0 && !rc; urgency--) {
        struct gap worst = { 0 };
        unsigned gaps = 0;
        for (unsigned i = 0; i < countries.count; i++)
            gaps += check_country(config, (enum urgency)urgency, countries.codes[i], week_at, &worst);
        if (gaps > 0)
            rc = tell(&worst, (enum urgency)urgency, gaps - 1, week_at, fn, context);
    }
    return rc;
}

void coverage_check(const struct config *config, int64_t now_ms, struct config_report *report)
{
    if (!report->file[0])
        (void)str_copy(report->file, sizeof report->file, config->path);
    (void)!coverage_each(config, now_ms, warn, report);
}
