/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_uses - warnings that only the whole shows: what is never used, who cannot be reached, one address for two. */
#include <stdio.h>
#include <string.h>

#include "config/load.h"
#include "gateway/base/str.h"

static bool is_alerted(const struct config *config, const struct config_contact *contact)
{
    for (unsigned p = 0; p < config->policy_count; p++)
        for (unsigned s = 0; s < config->policies[p].step_count; s++) {
            const struct config_step *step = &config->policies[p].steps[s];
            for (unsigned i = 0; i < step->contact_count; i++)
                if (step->contacts[i] == contact)
                    return true;
        }
    return false;
}

static bool is_routed(const struct config *config, const struct config_policy *policy)
{
    for (unsigned i = 0; i < config->route_count; i++)
        if (config->routes[i].policy == policy)
            return true;
    return false;
}

static bool has_address(const struct config_contact *contact, const struct config_address *wanted)
{
    for (unsigned i = 0; i < contact->address_count; i++) {
        const struct config_address *address = &contact->addresses[i];
        if (address->channel && wanted->channel && address->channel->kind && wanted->channel->kind &&
            str_equal(address->channel->kind, wanted->channel->kind) && str_equal_nocase(address->to, wanted->to))
            return true;
    }
    return false;
}

/* Two contacts with one address cannot be told apart by their answers. */
static void check_shared(struct load *load, unsigned index, const char *where)
{
    const struct config_contact *contact = &load->config->contacts[index];
    for (unsigned other = 0; other < index; other++)
        for (unsigned i = 0; i < contact->address_count; i++)
            if (contact->addresses[i].to && has_address(&load->config->contacts[other], &contact->addresses[i]))
                report_warn(load->report, contact->line, where,
                    "addresses[%u] is also an address of contact `%s`: an answer from it does not tell who answers", i,
                    load->config->contacts[other].name);
}

static void check_contact(struct load *load, unsigned index)
{
    const struct config_contact *contact = &load->config->contacts[index];
    char where[LOAD_WHERE_MAX];
    bool can_be_reached = false;
    snprintf(where, sizeof where, "contacts[%u] (%s)", index, contact->name);
    for (unsigned i = 0; i < contact->address_count; i++)
        can_be_reached = can_be_reached || (contact->addresses[i].channel && contact->addresses[i].channel->is_enabled);
    if (!can_be_reached)
        report_warn(load->report, contact->line, where, "all channels of its addresses are switched off");
    if (!is_alerted(load->config, contact))
        report_warn(load->report, contact->line, where, "no policy alerts this contact");
    check_shared(load, index, where);
}

void load_check_uses(struct load *load)
{
    const struct config *config = load->config;
    bool has_inbound = false;
    for (unsigned i = 0; i < config->channel_count; i++)
        has_inbound = has_inbound || (config->channels[i].is_enabled && config->channels[i].receives);
    if (!has_inbound)
        report_warn(load->report, 0, "channels", "no channel receives: nobody can text this line");
    for (unsigned i = 0; i < config->contact_count; i++)
        check_contact(load, i);
    for (unsigned i = 0; i < config->policy_count; i++)
        if (!is_routed(config, &config->policies[i]))
            report_warn(load->report, config->policies[i].line, "policies", "no route leads to policy `%s`",
                config->policies[i].name);
}
