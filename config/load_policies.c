/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_policies - the steps of each policy, and the routes that lead to a policy. */
#include <string.h>

#include "config/load.h"
#include "config/settings.h"
#include "gateway/base/str.h"

#define REPEAT_MIN_MS 60000 /* oftener would flood every contact of the last step */
#define ALL_URGENCIES ((1u << URGENCY_COUNT) - 1)

static const char *const policy_groups[] = { "steps", NULL };

/* ---- steps ----------------------------------------------------------------------------------------------------- */

static void check_time(
    struct load *load, const struct conf_node *node, const char *where, const struct config_step *step, bool is_first)
{
    if (is_first && step->after_ms != 0)
        report_error(load->report, load_line(node, "after"), where, "the first step must have `after` = \"0 s\"");
    if (!is_first && step->after_ms <= step[-1].after_ms)
        report_error(
            load->report, load_line(node, "after"), where, "`after` must be later than that of the step before");
}

static int load_steps(struct load *load, const struct conf_node *node, const char *where, struct config_policy *policy)
{
    const struct conf_node *list = load_list(load, node, where, DAEMON_STEPS, CONFIG_STEPS_MAX);
    for (unsigned i = 0; list && i < conf_count(list); i++) {
        char step_where[LOAD_WHERE_MAX];
        struct settings *settings;
        load_where(step_where, where, "steps", i, conf_at(list, i));
        int code = load_group(load, conf_at(list, i), step_where, DAEMON_STEPS, NULL, &settings);
        if (code)
            return code;
        policy->step_count = i + 1;
        if (!settings)
            continue;
        policy->steps[i].after_ms = settings_int(settings, "after");
        check_time(load, conf_at(list, i), step_where, &policy->steps[i], i == 0);
        policy->steps[i].contact_count =
            load_contact_list(load, conf_at(list, i), step_where, settings, policy->steps[i].contacts);
    }
    return 0;
}

/* ---- policies -------------------------------------------------------------------------------------------------- */

static int load_policy(struct load *load, const struct conf_node *node, unsigned index, struct config_policy *policy)
{
    char where[LOAD_WHERE_MAX];
    struct settings *settings;
    policy->name = "";
    load_where(where, "", "policies", index, node);
    int code = load_group(load, node, where, DAEMON_POLICIES, policy_groups, &settings);
    if (code || !settings)
        return code;
    policy->name = load_name(load, node, where, settings);
    policy->line = (int)conf_line(node);
    policy->repeat_ms = settings_int(settings, "repeat");
    policy->contacted_ms = settings_int(settings, "contacted_within");
    policy->consent_given = settings_bool(settings, "consent_given");
    for (unsigned i = 0; *policy->name && i < index; i++)
        if (str_equal(load->config->policies[i].name, policy->name))
            report_error(load->report, load_line(node, "name"), where, "policies[%u] has this name already", i);
    if (policy->repeat_ms > 0 && policy->repeat_ms < REPEAT_MIN_MS)
        report_error(load->report, load_line(node, "repeat"), where, "`repeat` must be 0 s or at least 1 min");
    return load_steps(load, node, where, policy);
}

int load_policies(struct load *load)
{
    const struct conf_node *list = load_list(load, load->root, "", DAEMON_POLICIES, CONFIG_POLICIES_MAX);
    unsigned count = list ? conf_count(list) : 0;
    struct config_policy *policies = memory_alloc(load->memory, (count + 1) * sizeof policies[0]);
    if (!policies)
        return ERR_NOMEM;
    load->config->policies = policies;
    for (unsigned i = 0; i < count; i++) {
        int code = load_policy(load, conf_at(list, i), i, &policies[i]);
        if (code)
            return code;
        load->config->policy_count = i + 1;
    }
    return 0;
}

/* ---- routes ---------------------------------------------------------------------------------------------------- */

static uint32_t read_urgencies(
    struct load *load, const struct conf_node *node, const char *where, const struct settings *settings)
{
    const char *least = settings_text(settings, "urgency_min");
    uint32_t set = load_word_set(settings, "urgencies");
    if (*least && set)
        report_error(load->report, load_line(node, "urgencies"), where, "write `urgency_min` or `urgencies`, not both");
    if (*least)
        return ALL_URGENCIES & ~((1u << load_word(daemon_urgency_words, least)) - 1);
    return set ? set : ALL_URGENCIES;
}

static bool has_condition(const struct config_route *route)
{
    return route->categories || route->flags || route->urgencies != ALL_URGENCIES || route->languages.count ||
           route->countries.count;
}

static void find_policy(
    struct load *load, const struct conf_node *node, const char *where, const char *name, struct config_route *route)
{
    const char *names[CONFIG_POLICIES_MAX];
    route->policy = config_find_policy(load->config, name);
    if (route->policy || !*name)
        return;
    for (unsigned i = 0; i < load->config->policy_count; i++)
        names[i] = load->config->policies[i].name;
    load_refuse_name(load, load_line(node, "policy"), where, "policy", name, names, load->config->policy_count);
}

static int load_route(struct load *load, const struct conf_node *node, unsigned index, struct config_route *route)
{
    char where[LOAD_WHERE_MAX];
    struct settings *settings;
    load_where(where, "", "routes", index, node);
    route->urgencies = ALL_URGENCIES;
    int code = load_group(load, node, where, DAEMON_ROUTES, NULL, &settings);
    if (code || !settings)
        return code;
    route->categories = load_word_set(settings, "categories");
    route->flags = load_word_set(settings, "flags");
    route->urgencies = read_urgencies(load, node, where, settings);
    route->languages = load_texts(settings, "languages");
    route->countries = load_texts(settings, "countries");
    load_check_languages(load, node, where, route->languages);
    load_check_countries(load, node, where, route->countries, true);
    find_policy(load, node, where, settings_text(settings, "policy"), route);
    return 0;
}

/* The last route catches everything, and only the last. */
static void check_last(struct load *load, const struct conf_node *list)
{
    unsigned count = load->config->route_count;
    for (unsigned i = 0; i + 1 < count; i++)
        if (!has_condition(&load->config->routes[i]))
            report_warn(load->report, (int)conf_line(conf_at(list, i + 1)), "routes",
                "routes[%u] has no condition, so this route and those after it are never reached", i);
    if (has_condition(&load->config->routes[count - 1]))
        report_error(load->report, (int)conf_line(conf_at(list, count - 1)), "routes",
            "the last route has a condition: a text that fits none would alert nobody; end with { policy = \"...\"; }");
}

int load_routes(struct load *load)
{
    const struct conf_node *list = load_list(load, load->root, "", DAEMON_ROUTES, CONFIG_ROUTES_MAX);
    unsigned count = list ? conf_count(list) : 0;
    struct config_route *routes = memory_alloc(load->memory, (count + 1) * sizeof routes[0]);
    if (!routes)
        return ERR_NOMEM;
    load->config->routes = routes;
    for (unsigned i = 0; i < count; i++) {
        int code = load_route(load, conf_at(list, i), i, &routes[i]);
        if (code)
            return code;
        load->config->route_count = i + 1;
    }
    if (count > 0)
        check_last(load, list);
    return 0;
}
