/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_loop_tests - the line's tests of itself: which channel texts which.
 * Why:   a test that can never pass, and one whose absence nobody hears of, look like a line that is watched.
 */
#include "config/load.h"
#include "config/settings.h"
#include "gateway/base/str.h"

/* One test on its way. */
struct entry {
    const struct conf_node *node;
    char where[LOAD_WHERE_MAX];
    const struct settings *settings;
};

static const struct config_channel *find_channel(struct load *load, const struct entry *entry, const char *key)
{
    const char *names[CONFIG_CHANNELS_MAX], *name = settings_text(entry->settings, key);
    const struct config_channel *channel = config_find_channel(load->config, name);
    for (unsigned i = 0; i < load->config->channel_count; i++)
        names[i] = load->config->channels[i].name;
    if (!channel && *name)
        load_refuse_name(
            load, load_line(entry->node, key), entry->where, "channel", name, names, load->config->channel_count);
    return channel;
}

static void check_from(struct load *load, const struct entry *entry, const struct config_channel *from)
{
    if (!from->sends || !from->is_sms)
        report_error(load->report, load_line(entry->node, "from"), entry->where,
            "`from`: channel `%s` does not send SMS", from->name);
}

static void check_to(struct load *load, const struct entry *entry, const struct config_channel *to)
{
    if (!to->receives)
        report_error(
            load->report, load_line(entry->node, "to"), entry->where, "`to`: channel `%s` does not receive", to->name);
    else if (!*to->number)
        report_error(load->report, load_line(entry->node, "to"), entry->where,
            "`to`: channel `%s` has no `number`: the test could not be sent to it", to->name);
}

static bool is_by(const struct config_address *address, const struct config_loop_test *test)
{
    return address->channel == test->from || address->channel == test->to;
}

static bool has_other_path(const struct config *config, const struct config_loop_test *test)
{
    for (unsigned c = 0; c < config->auditor.contact_count; c++) {
        const struct config_contact *contact = config->auditor.contacts[c];
        for (unsigned i = 0; i < contact->address_count; i++)
            if (contact->addresses[i].channel && contact->addresses[i].channel->is_enabled &&
                !is_by(&contact->addresses[i], test))
                return true;
    }
    return false;
}

static void warn_path(struct load *load, const struct entry *entry, const struct config_loop_test *test)
{
    if (!load->config->auditor.contact_count)
        report_warn(load->report, (int)conf_line(entry->node), entry->where,
            "nobody hears when this test stays out: name a contact in auditor.contacts");
    else if (!has_other_path(load->config, test))
        report_warn(load->report, (int)conf_line(entry->node), entry->where,
            "no contact in auditor.contacts has an address on a channel other than `%s` and `%s`: when they fail, the "
            "alarm fails with them",
            test->from->name, test->to->name);
}

static void check_times(struct load *load, const struct entry *entry, const struct config_loop_test *test)
{
    if (test->within_ms >= test->every_ms)
        report_error(load->report, load_line(entry->node, "within"), entry->where,
            "`within` must be shorter than `every`: one test at a time");
}

static void check_twice(struct load *load, const struct entry *entry, const struct config_loop_test *tests, unsigned i)
{
    for (unsigned other = 0; other < i; other++)
        if (tests[other].from == tests[i].from && tests[other].to == tests[i].to)
            report_error(load->report, (int)conf_line(entry->node), entry->where,
                "loop_tests[%u] is between the same two channels", other);
}

static int load_entry(struct load *load, const struct conf_node *node, unsigned index, struct config_loop_test *tests)
{
    struct entry entry = { .node = node };
    struct settings *settings;
    struct config_loop_test *test = &tests[index];
    load_where(entry.where, "", "loop_tests", index, node);
    int code = load_group(load, node, entry.where, DAEMON_LOOP_TESTS, NULL, &settings);
    if (code || !settings)
        return code;
    entry.settings = settings;
    *test = (struct config_loop_test){ .from = find_channel(load, &entry, "from"),
        .to = find_channel(load, &entry, "to"),
        .every_ms = settings_int(settings, "every"),
        .within_ms = settings_int(settings, "within") };
    check_times(load, &entry, test);
    if (!test->from || !test->to)
        return 0;
    check_from(load, &entry, test->from);
    check_to(load, &entry, test->to);
    check_twice(load, &entry, tests, index);
    warn_path(load, &entry, test);
    return 0;
}

int load_loop_tests(struct load *load)
{
    const struct conf_node *list = load_list(load, load->root, "", DAEMON_LOOP_TESTS, CONFIG_LOOP_TESTS_MAX);
    unsigned count = list ? conf_count(list) : 0;
    struct config_loop_test *tests = memory_alloc(load->memory, (count + 1) * sizeof tests[0]);
    if (!tests)
        return ERR_NOMEM;
    load->config->loop_tests = tests;
    for (unsigned i = 0; i < count; i++) {
        int code = load_entry(load, conf_at(list, i), i, tests);
        if (code)
            return code;
        load->config->loop_test_count = i + 1;
    }
    return 0;
}
