/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_config - any text is a whole snapshot or a report with an error, never both and never neither.
 * What:  loads the input as lineconf's file (so that its keys are there), strictly or as --check-config by its length;
 *        a snapshot must be whole enough that somebody is always alerted.
 */
#include <stdlib.h>
#include <string.h>

#include "config/coverage.h"
#include "config/hosts.h"
#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "tests/support/lineconf.h"

#define WEEK_AT 1795305600000LL /* Sunday, 22 November 2026, 00:00 UTC */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct lineconf folder;

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void remove_folder(void)
{
    lineconf_close(&folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    lineconf_open(&folder);
    atexit(remove_folder);
    return 0;
}

static void check_contacts(const struct config *config)
{
    for (unsigned i = 0; i < config->contact_count; i++) {
        const struct config_contact *contact = &config->contacts[i];
        must_be(contact->kind < CONTACT_KIND_COUNT && *contact->title && contact->duty.zone);
        must_be(contact->address_count > 0 && config_find_contact(config, contact->name) == contact);
        for (unsigned a = 0; a < contact->address_count; a++)
            must_be(contact->addresses[a].channel && contact->addresses[a].channel->sends && *contact->addresses[a].to);
        (void)duty_is_on(&contact->duty, WEEK_AT);
    }
}

static void check_policies(const struct config *config)
{
    for (unsigned p = 0; p < config->policy_count; p++) {
        const struct config_policy *policy = &config->policies[p];
        must_be(policy->step_count > 0 && policy->steps[0].after_ms == 0);
        must_be(config_find_policy(config, policy->name) == policy);
        for (unsigned s = 0; s < policy->step_count; s++) {
            must_be(policy->steps[s].contact_count > 0);
            must_be(s == 0 || policy->steps[s].after_ms > policy->steps[s - 1].after_ms);
        }
    }
}

static void check_routes(const struct config *config)
{
    must_be(config->route_count > 0);
    const struct config_route *last = &config->routes[config->route_count - 1];
    must_be(!last->categories && !last->flags && last->urgencies == (1u << URGENCY_COUNT) - 1);
    must_be(!last->languages.count && !last->countries.count);
    for (unsigned i = 0; i < config->route_count; i++)
        must_be(config->routes[i].policy != NULL && config->routes[i].urgencies != 0);
}

static void check_report(const struct config_report *report)
{
    must_be(report->line_count <= REPORT_LINES_MAX);
    for (unsigned i = 0; i < report->line_count; i++)
        must_be(report->lines[i].text && utf8_is_valid(span_of(report->lines[i].text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    struct hosts *hosts = calloc(1, sizeof *hosts);
    unsigned options = size % 2 ? CONFIG_CHECK_ONLY : 0;
    must_be(report && hosts);
    int code = config_load_text(
        folder.path, (struct span){ (const char *)data, size }, &lineconf_registry, options, report, &config);
    must_be(code == 0 || code == ERR_INVALID);
    must_be((code == 0) == (report->error_count == 0) && (code == 0) == (config != NULL));
    check_report(report);
    if (config) {
        must_be(options || config->is_complete);
        check_contacts(config);
        check_policies(config);
        check_routes(config);
        coverage_check(config, WEEK_AT, report);
        must_be(hosts_collect(config, hosts) == 0);
    }
    free(hosts);
    config_free(config);
    return 0;
}
