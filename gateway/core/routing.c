/* SPDX-License-Identifier: GPL-3.0-or-later */
/* routing - see routing.h. */
#include "gateway/core/routing.h"

#include <string.h>

#include "gateway/base/str.h"

#define COUNTRY_UNKNOWN "??" /* how a route says "no destination country known" */

/* "ne" is the primary tag of "ne" and of "ne-Latn". */
static bool is_language(const char *wanted, const char *language)
{
    size_t len = strlen(wanted);
    return strncmp(wanted, language, len) == 0 && (language[len] == '\0' || language[len] == '-');
}

bool routing_has_language(const struct config_texts *texts, const char *language)
{
    for (unsigned i = 0; i < texts->count; i++)
        if (is_language(texts->items[i], language))
            return true;
    return false;
}

bool routing_has_country(const struct config_texts *texts, const char *country)
{
    const char *known = country[0] ? country : COUNTRY_UNKNOWN;
    for (unsigned i = 0; i < texts->count; i++)
        if (str_equal(texts->items[i], known))
            return true;
    return false;
}

static bool route_fits(const struct config_route *route, const struct routing_facts *facts)
{
    if (!(route->urgencies & (1u << facts->urgency)))
        return false;
    if (route->categories && !(route->categories & facts->categories))
        return false;
    if (route->flags && !(route->flags & facts->flags))
        return false;
    if (route->languages.count && !routing_has_language(&route->languages, facts->language))
        return false;
    return !route->countries.count || routing_has_country(&route->countries, facts->country);
}

const struct config_policy *routing_choose(const struct config *config, const struct routing_facts *facts)
{
    for (unsigned i = 0; i < config->route_count; i++)
        if (route_fits(&config->routes[i], facts))
            return config->routes[i].policy;
    return &config->policies[0];
}

bool routing_speaks(const struct config_contact *contact, const char *language)
{
    return !contact->languages.count || routing_has_language(&contact->languages, language);
}

/* What a woman may be able to say to a woman only. */
static bool wants_women(const struct routing_facts *facts)
{
    return (facts->categories & (CATEGORY_BIT(sexual) | CATEGORY_BIT(suicide))) || (facts->flags & FLAG_BIT(pregnant));
}

/* How near the contact is to her: more is nearer. What is not known of it stands between yes and no. */
static int nearness(const struct config_contact *contact, const struct routing_facts *facts)
{
    bool has_women = contact->staff_sex == STAFF_FEMALE || contact->staff_sex == STAFF_BOTH;
    bool is_known = !str_is_empty(facts->language) && !str_equal(facts->language, "und");
    int language = !is_known || !contact->languages.count ? 1 : routing_speaks(contact, facts->language) ? 2 : 0;
    int sex = !wants_women(facts) || contact->staff_sex == STAFF_UNKNOWN ? 1 : has_women ? 2 : 0;
    return language * 3 + sex;
}

/* Stable, so that equals stay in the order of the configuration; a step has few contacts. */
static void sort_by_nearness(const struct config_contact **contacts, unsigned count, const struct routing_facts *facts)
{
    for (unsigned i = 1; i < count; i++) {
        const struct config_contact *moved = contacts[i];
        unsigned at = i;
        for (; at && nearness(contacts[at - 1], facts) < nearness(moved, facts); at--)
            contacts[at] = contacts[at - 1];
        contacts[at] = moved;
    }
}

static bool contact_fits(const struct config_contact *contact, const struct routing_facts *facts, int64_t now_ms,
    routing_switch_fn switch_of, void *context)
{
    if (contact->countries.count && facts->country[0] && !routing_has_country(&contact->countries, facts->country))
        return false;
    int by_hand = switch_of ? switch_of(context, contact->name) : -1;
    if (by_hand >= 0)
        return by_hand == 1;
    return facts->urgency == URGENCY_critical || duty_is_on(&contact->duty, now_ms);
}

unsigned routing_contacts(const struct config_step *step, const struct routing_facts *facts, int64_t now_ms,
    routing_switch_fn switch_of, void *context, const struct config_contact **ret)
{
    unsigned count = 0;
    bool has_ngo = false;
    for (unsigned i = 0; i < step->contact_count; i++) {
        if (!contact_fits(step->contacts[i], facts, now_ms, switch_of, context))
            continue;
        has_ngo = has_ngo || !contact_is_authority(step->contacts[i]->kind);
        ret[count++] = step->contacts[i];
    }
    /* Only authorities fit, and those wait for her consent: then everybody of the step is asked. */
    for (unsigned i = 0; !has_ngo && i < step->contact_count; i++)
        ret[i] = step->contacts[i];
    count = has_ngo ? count : step->contact_count;
    sort_by_nearness(ret, count, facts);
    return count;
}
