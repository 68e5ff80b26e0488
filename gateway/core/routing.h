/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * routing - who is to be told: pure functions of configuration, facts and time.
 * Keeps: somebody is always told. Where nobody of a step fits (country, duty hours, switched off), everybody of the
 * step is asked: a wrong contact can pass a cry on, nobody cannot. Language and sex of the staff choose who is told
 * first, never who is left out: her language is too often read wrongly. Not here: consent and the rows that follow
 * (alerting), coverage of the whole week (config/coverage).
 */
#ifndef GATEWAY_CORE_ROUTING_H
#define GATEWAY_CORE_ROUTING_H

#include "config/config.h"
#include "gateway/base/model.h"

struct routing_facts {
    category_set categories;
    flag_set flags;
    enum urgency urgency;
    const char *language; /* BCP 47, "und" when unknown */
    const char *country;  /* ISO 3166 alpha-2, "" when unknown */
};

/* Is the language ("ne" fits "ne-Latn"), or the country ("" is "??"), one of these? */
bool routing_has_language(const struct config_texts *texts, const char *language);
bool routing_has_country(const struct config_texts *texts, const char *country);

/* The policy of the first route that fits; the last route fits everything (config_load sees to that). */
const struct config_policy *routing_choose(const struct config *config, const struct routing_facts *facts);

/* Asked for each contact: -1 = as configured, 0 = switched off by hand, 1 = switched on by hand. */
typedef int (*routing_switch_fn)(void *context, const char *contact);

/* The contacts of one step that fit now; ret has room for CONFIG_STEP_CONTACTS_MAX. First those who speak her language,
 * among them (for sexual violence, suicide, pregnancy) those with women on the staff; else as they are configured.
 * Country must fit where both are known; critical ignores duty hours; a switch by hand wins over hours. */
unsigned routing_contacts(const struct config_step *step, const struct routing_facts *facts, int64_t now_ms,
    routing_switch_fn switch_of, void *context, const struct config_contact **ret);

/* Does a contact of these languages understand a text in `language`? "tl" fits "tl", "ne" fits "ne-Latn". */
bool routing_speaks(const struct config_contact *contact, const char *language);

#endif
