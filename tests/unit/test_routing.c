/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_routing - which policy fits, and who of a step is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/core/routing.h"

#define MONDAY_NOON 1763985600000 /* 2025-11-24T12:00:00Z */
#define HOUR_MS 3600000LL
#define ALL_URGENCIES 0xf

static const char *const tl[] = { "tl", "zh-Hans" };
static const char *const sa[] = { "SA", "KW" };
static const char *const unknown[] = { "??" };

static const struct config_policy policies[] = { { .name = "first" }, { .name = "second" }, { .name = "last" } };

/* One route with a condition, and the last one. */
static const struct config_policy *choose(struct config_route route, struct routing_facts facts)
{
    route.urgencies = route.urgencies ? route.urgencies : ALL_URGENCIES;
    route.policy = &policies[0];
    struct config_route routes[] = { route, { .urgencies = ALL_URGENCIES, .policy = &policies[2] } };
    struct config config = { .policies = policies, .policy_count = 3, .routes = routes, .route_count = 2 };
    facts.language = facts.language ? facts.language : "und";
    facts.country = facts.country ? facts.country : "";
    return routing_choose(&config, &facts);
}

static void first_fitting_route_decides(void **state)
{
    static const struct {
        const char *label;
        struct config_route route;
        struct routing_facts facts;
        bool fits;
    } table[] = {
        { "no condition", { 0 }, { 0 }, true },
        { "urgency in the set", { .urgencies = 1u << URGENCY_urgent }, { .urgency = URGENCY_urgent }, true },
        { "urgency not in the set", { .urgencies = 1u << URGENCY_urgent }, { .urgency = URGENCY_critical }, false },
        { "one of the categories", { .categories = CATEGORY_BIT(wages) | CATEGORY_BIT(legal) },
            { .categories = CATEGORY_BIT(legal) | CATEGORY_BIT(medical) }, true },
        { "none of the categories", { .categories = CATEGORY_BIT(wages) }, { .categories = CATEGORY_BIT(legal) },
            false },
        { "one of the flags", { .flags = FLAG_BIT(minor) }, { .flags = FLAG_BIT(minor) | FLAG_BIT(group) }, true },
        { "none of the flags", { .flags = FLAG_BIT(minor) }, { .flags = FLAG_BIT(group) }, false },
        { "language", { .languages = { 2, tl } }, { .language = "tl" }, true },
        { "its subtag", { .languages = { 2, tl } }, { .language = "tl-Latn" }, true },
        { "only the beginning of a tag", { .languages = { 2, tl } }, { .language = "tlh" }, false },
        { "a wider tag than wanted", { .languages = { 2, tl } }, { .language = "zh" }, false },
        { "language unknown", { .languages = { 2, tl } }, { .language = "und" }, false },
        { "country", { .countries = { 2, sa } }, { .country = "KW" }, true },
        { "another country", { .countries = { 2, sa } }, { .country = "QA" }, false },
        { "country unknown", { .countries = { 2, sa } }, { .country = "" }, false },
        { "?? stands for unknown", { .countries = { 1, unknown } }, { .country = "" }, true },
        { "?? is not any country", { .countries = { 1, unknown } }, { .country = "SA" }, false },
        { "all conditions at once", { .countries = { 2, sa }, .flags = FLAG_BIT(minor) }, { .country = "SA" }, false },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        const struct config_policy *policy = choose(table[i].route, table[i].facts);
        if ((policy == &policies[0]) != table[i].fits)
            fail_msg("%s: policy %s", table[i].label, policy->name);
    }
}

/* ---- contacts -------------------------------------------------------------------------------------------------- */

static struct duty at_night(void)
{
    struct duty duty = { .window_count = 1, .windows = { { 0x7f, 22 * 60, 30 * 60 } } };
    return duty;
}

struct asked {
    const char *off, *on;
};

static int switch_of(void *context, const char *contact)
{
    const struct asked *asked = context;
    if (str_equal(contact, asked->off))
        return 0;
    return str_equal(contact, asked->on) ? 1 : -1;
}

static void contacts_of_a_step_are_those_that_fit(void **state)
{
    static const struct {
        const char *label, *want;
        const char *country;
        enum urgency urgency;
        struct asked asked;
        int64_t at;
    } table[] = {
        { "by day", "day saudi embassy", "SA", URGENCY_urgent, { NULL, NULL }, MONDAY_NOON },
        { "by night", "day night saudi embassy", "SA", URGENCY_urgent, { NULL, NULL }, MONDAY_NOON + 12 * HOUR_MS },
        { "critical ignores the hours", "day night saudi embassy", "SA", URGENCY_critical, { NULL, NULL },
            MONDAY_NOON },
        { "another country", "day embassy", "QA", URGENCY_urgent, { NULL, NULL }, MONDAY_NOON },
        { "an unknown country excludes nobody", "day saudi embassy", "", URGENCY_urgent, { NULL, NULL }, MONDAY_NOON },
        { "off by hand", "saudi embassy", "SA", URGENCY_urgent, { "day", NULL }, MONDAY_NOON },
        { "off by hand, also for critical", "night saudi embassy", "SA", URGENCY_critical, { "day", NULL },
            MONDAY_NOON },
        { "on by hand beats the hours", "day night saudi embassy", "SA", URGENCY_urgent, { NULL, "night" },
            MONDAY_NOON },
        { "on by hand does not beat the country", "day embassy", "QA", URGENCY_urgent, { NULL, "saudi" }, MONDAY_NOON },
        { "only authorities fit: everybody is asked", "day night saudi embassy", "QA", URGENCY_urgent, { "day", NULL },
            MONDAY_NOON },
    };
    struct config_contact contacts[] = {
        { .name = "day", .kind = CONTACT_NGO },
        { .name = "night", .kind = CONTACT_SHELTER, .duty = at_night() },
        { .name = "saudi", .kind = CONTACT_NGO, .countries = { 2, sa } },
        { .name = "embassy", .kind = CONTACT_CONSULATE },
    };
    struct config_step step = { .contact_count = 4,
        .contacts = { &contacts[0], &contacts[1], &contacts[2], &contacts[3] } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        const struct config_contact *found[CONFIG_STEP_CONTACTS_MAX];
        struct routing_facts facts = { .urgency = table[i].urgency, .language = "tl", .country = table[i].country };
        struct asked asked = table[i].asked;
        AUTO_BUF got;
        buf_init(&got, 200);
        unsigned count = routing_contacts(&step, &facts, table[i].at, switch_of, &asked, found);
        for (unsigned k = 0; k < count; k++)
            buf_add_format(&got, "%s%s", k ? " " : "", found[k]->name);
        if (!str_equal(got.data, table[i].want))
            fail_msg("%s: %s", table[i].label, got.data ? got.data : "nobody");
    }
}

static void no_switch_function_means_as_configured(void **state)
{
    struct config_contact contact = { .name = "night", .duty = at_night() };
    struct config_step step = { .contact_count = 1, .contacts = { &contact } };
    struct routing_facts facts = { .urgency = URGENCY_soon, .language = "und", .country = "" };
    const struct config_contact *found[CONFIG_STEP_CONTACTS_MAX];
    (void)state;
    assert_int_equal(routing_contacts(&step, &facts, MONDAY_NOON, NULL, NULL, found), 1); /* nobody is worse */
    assert_ptr_equal(found[0], &contact);
}

static void contact_speaks_its_languages_and_their_subtags(void **state)
{
    static const struct {
        const char *language;
        bool speaks;
    } table[] = { { "tl", true }, { "tl-Latn", true }, { "zh-Hans", true }, { "zh-Hant", false }, { "t", false },
        { "und", false }, { "", false } };
    const struct config_contact some = { .languages = { 2, tl } }, any = { .languages = { 0, NULL } };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        if (routing_speaks(&some, table[i].language) != table[i].speaks)
            fail_msg("%s", table[i].language);
        assert_true(routing_speaks(&any, table[i].language));
    }
}

static void who_speaks_to_her_is_told_first_and_nobody_is_left_out(void **state)
{
    static const char *const arabic[] = { "ar" };
    const struct config_contact any = { .name = "any" },
                                men = { .name = "men", .languages = { 2, tl }, .staff_sex = STAFF_MALE },
                                arabs = { .name = "arabs", .languages = { 1, arabic }, .staff_sex = STAFF_FEMALE },
                                women = { .name = "women", .languages = { 2, tl }, .staff_sex = STAFF_BOTH };
    const struct config_step step = { .contact_count = 4, .contacts = { &arabs, &any, &men, &women } };
    static const struct {
        const char *label, *language;
        category_set categories;
        flag_set flags;
        const char *want;
    } table[] = {
        { "her language", "tl", CATEGORY_BIT(wages), 0, "men women any arabs " },
        { "her language, and women", "tl", CATEGORY_BIT(sexual), 0, "women men any arabs " },
        { "women alone", "und", 0, FLAG_BIT(pregnant), "arabs women any men " },
        { "nothing is known", "und", CATEGORY_BIT(wages), 0, "arabs any men women " },
        { "another language", "ar-Latn", CATEGORY_BIT(suicide), 0, "arabs any women men " },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(table); i++) {
        struct routing_facts facts = { .urgency = URGENCY_critical,
            .language = table[i].language,
            .country = "",
            .categories = table[i].categories,
            .flags = table[i].flags };
        const struct config_contact *found[CONFIG_STEP_CONTACTS_MAX];
        AUTO_BUF got;
        buf_init(&got, 200);
        unsigned count = routing_contacts(&step, &facts, MONDAY_NOON, NULL, NULL, found);
        for (unsigned k = 0; k < count; k++)
            buf_add_format(&got, "%s ", found[k]->name);
        if (!str_equal(got.data, table[i].want))
            fail_msg("%s: %s", table[i].label, got.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_fitting_route_decides),
        cmocka_unit_test(contacts_of_a_step_are_those_that_fit),
        cmocka_unit_test(no_switch_function_means_as_configured),
        cmocka_unit_test(contact_speaks_its_languages_and_their_subtags),
        cmocka_unit_test(who_speaks_to_her_is_told_first_and_nobody_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
