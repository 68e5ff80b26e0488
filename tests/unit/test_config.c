/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_config - what a right configuration becomes: the snapshot, its secrets and the hosts it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/hosts.h"
#include "config/texts.h"
#include "gateway/base/str.h"
#include "tests/support/lineconf.h"

static int open_folder(void **state)
{
    static struct lineconf lineconf;
    lineconf_open(&lineconf);
    *state = &lineconf;
    return 0;
}

static int close_folder(void **state)
{
    lineconf_close(*state);
    return 0;
}

static struct config *load(const struct lineconf *lineconf, const char *text)
{
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    int code = lineconf_load(lineconf, text, 0, report, &config);
    if (code || report->line_count > 0)
        lineconf_print(report, "a right configuration");
    assert_int_equal(code, 0);
    assert_int_equal(report->line_count, 0);
    return config;
}

static void snapshot_holds_what_the_file_says(void **state)
{
    const struct lineconf *lineconf = *state;
    struct config *config = load(lineconf, lineconf_text);
    char database[128];
    snprintf(database, sizeof database, "%s/line.db", lineconf->directory);
    assert_string_equal(config->database, database);
    assert_string_equal(config->public_url, "https://line.example.org");
    assert_string_equal(config->listen_webhooks, "127.0.0.1:0");
    assert_string_equal(config->listen_console, "");
    assert_string_equal(config->control_socket, "/run/helplined/control.sock");
    assert_true(config->is_complete);
    assert_memory_equal(config->hot_key, "0123456789abcdef0123456789abcdeF", 32);
    assert_memory_equal(config->index_key, "\x00\x11\x22\x33", 4);
    assert_int_equal(config->limits.body_max, 16384);
    assert_int_equal(config->limits.second_address_ms, 60000);
    assert_int_equal(config->replies.mode, REPLIES_OFF);
    assert_int_equal(config->replies.window_ms, 86400000);
    assert_int_equal(config->retention.text_ms, 90LL * 86400000);
    assert_false(config->may_send_to_private);
    config_free(config);
}

static void words_lie_beside_the_file_or_where_the_package_puts_them(void **state)
{
    const struct lineconf *lineconf = *state;
    static const struct {
        const char *put;
        bool is_beside;
        const char *want; /* below the folder of the file unless it begins with a slash */
    } rows[] = {
        { "", false, "/usr/share/helplined/lexicon" },
        { "", true, "lexicon" },
        { "lexicon = \"words\";\n", true, "words" },
        { "lexicon = \"/srv/words\";\n", false, "/srv/words" },
    };
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        char beside[96], put[96], want[128];
        snprintf(beside, sizeof beside, "%s/lexicon", lineconf->directory);
        snprintf(put, sizeof put, "%slisten =", rows[i].put);
        snprintf(want, sizeof want, "%s%s%s", rows[i].want[0] == '/' ? "" : lineconf->directory,
            rows[i].want[0] == '/' ? "" : "/", rows[i].want);
        if (rows[i].is_beside)
            assert_int_equal(mkdir(beside, 0700), 0);
        AUTO_FREE char *text = lineconf_change("listen =", put);
        struct config *config = load(lineconf, text);
        rmdir(beside);
        assert_string_equal(config->lexicon_directory, want);
        config_free(config);
    }
}

static void channels_have_common_and_own_keys(void **state)
{
    struct config *config = load(*state, lineconf_text);
    const struct config_channel *line = config_find_channel(config, "line");
    assert_int_equal(config->channel_count, 3);
    assert_non_null(line);
    assert_true(line->is_enabled && line->receives && line->sends && line->is_sms);
    assert_string_equal(line->country, "PH");
    assert_string_equal(settings_text(line->settings, "country"), "PH");
    assert_string_equal(settings_text(line->settings, "token"), "slow-token");
    assert_string_equal(settings_text(line->settings, "pace"), "slow");
    assert_false(settings_has(line->settings, "pace"));
    assert_int_equal(line->in_flight_max, 8);
    assert_int_equal(line->retry_max_ms, 600000);
    assert_false(config_find_channel(config, "spare")->is_enabled);
    assert_null(config_find_channel(config, "nobody"));
    assert_null(config_find_channel(config, ""));
    config_free(config);
}

static void contacts_have_addresses_in_order_and_normal_form(void **state)
{
    struct config *config = load(*state, lineconf_text);
    const struct config_contact *desk = config_find_contact(config, "ngo-desk");
    assert_non_null(desk);
    assert_int_equal(desk->kind, CONTACT_NGO);
    assert_int_equal(desk->trust, TRUST_FULL);
    assert_int_equal(desk->staff_sex, STAFF_UNKNOWN);
    assert_int_equal(desk->languages.count, 2);
    assert_string_equal(desk->languages.items[1], "tl");
    assert_string_equal(desk->countries.items[0], "SA");
    assert_int_equal(desk->address_count, 2);
    assert_string_equal(desk->addresses[0].to, "https://desk.example.org/a");
    assert_ptr_equal(desk->addresses[1].channel, config_find_channel(config, "line"));
    assert_string_equal(desk->addresses[1].to, "+639175550111");
    assert_int_equal(desk->duty.window_count, 1);
    assert_string_equal(zone_name(desk->duty.zone), "Asia/Riyadh");
    assert_int_equal(config_find_contact(config, "house")->trust, TRUST_MASKED);
    config_free(config);
}

static void policies_and_routes_point_into_the_snapshot(void **state)
{
    struct config *config = load(*state, lineconf_text);
    const struct config_policy *usual = config_find_policy(config, "usual");
    assert_non_null(usual);
    assert_int_equal(usual->repeat_ms, 7200000);
    assert_int_equal(usual->step_count, 2);
    assert_int_equal(usual->steps[0].after_ms, 0);
    assert_int_equal(usual->steps[1].after_ms, 1800000);
    assert_ptr_equal(usual->steps[0].contacts[1], config_find_contact(config, "house"));
    assert_int_equal(config->route_count, 2);
    assert_int_equal(config->routes[0].categories, CATEGORY_BIT(danger) | CATEGORY_BIT(escaped));
    assert_int_equal(config->routes[0].urgencies, 1u << URGENCY_urgent | 1u << URGENCY_critical);
    assert_int_equal(config->routes[1].urgencies, (1u << URGENCY_COUNT) - 1);
    assert_ptr_equal(config->routes[1].policy, usual);
    config_free(config);
}

static void urgencies_are_an_exact_set(void **state)
{
    AUTO_FREE char *text = lineconf_change("urgency_min = \"urgent\"", "urgencies = [ \"soon\", \"critical\" ]");
    struct config *config = load(*state, text);
    assert_int_equal(config->routes[0].urgencies, 1u << URGENCY_soon | 1u << URGENCY_critical);
    config_free(config);
}

static void what_is_new_has_defaults_for_old_files(void **state)
{
    struct config *config = load(*state, lineconf_text);
    assert_int_equal(config->replies.daily_budget, 200);
    assert_int_equal(config->replies.rule_count, 0);
    assert_int_equal(config->consent.mode, CONSENT_OFF);
    assert_int_equal(config->auditor.contact_count, 0);
    assert_int_equal(config->auditor.every_ms, 60000);
    assert_int_equal(config->auditor.stale_ms, 30LL * 86400000);
    assert_int_equal(config->policies[0].contacted_ms, 15 * 60000);
    assert_non_null(config->texts);
    assert_int_equal(texts_command(config->texts, span_of("ok")), COMMAND_TAKE);
    config_free(config);
}

static void replies_auditor_and_consent_are_read(void **state)
{
    AUTO_FREE char *text = lineconf_change("routes = (",
        "replies = { mode = \"silent\"; window = \"12 h\"; daily_budget = 7; rules = (\n"
        "  { mode = \"off\"; countries = [ \"AE\", \"??\" ]; urgencies = [ \"critical\" ]; },\n"
        "  { mode = \"silent\"; languages = [ \"ne\" ]; } ); };\n"
        "auditor = { contacts = [ \"house\" ]; every = \"30 s\"; stale_after = \"7 d\"; };\n"
        "consent = { mode = \"off\"; };\nroutes = (");
    struct config *config = load(*state, text);
    assert_int_equal(config->replies.mode, REPLIES_SILENT);
    assert_int_equal(config->replies.window_ms, 12 * 3600000);
    assert_int_equal(config->replies.daily_budget, 7);
    assert_int_equal(config->replies.rule_count, 2);
    assert_int_equal(config->replies.rules[0].mode, REPLIES_OFF);
    assert_int_equal(config->replies.rules[0].urgencies, 1u << URGENCY_critical);
    assert_int_equal(config->replies.rules[0].countries.count, 2);
    assert_int_equal(config->replies.rules[1].urgencies, (1u << URGENCY_COUNT) - 1);
    assert_string_equal(config->replies.rules[1].languages.items[0], "ne");
    assert_int_equal(config->auditor.contact_count, 1);
    assert_ptr_equal(config->auditor.contacts[0], config_find_contact(config, "house"));
    assert_int_equal(config->auditor.every_ms, 30000);
    config_free(config);
}

static void sentences_are_found_by_key_or_beside_the_lexicon(void **state)
{
    char here[512], put[1200];
    assert_non_null(getcwd(here, sizeof here));
    for (int by_key = 0; by_key < 2; by_key++) {
        if (by_key)
            snprintf(put, sizeof put,
                "replies_texts = \"%s/config/replies\"; commands = \"%s/config/commands.conf\";\nlisten =", here, here);
        else
            snprintf(put, sizeof put, "lexicon = \"%s/config/lexicon\";\nlisten =", here);
        AUTO_FREE char *more = lineconf_change("listen =", put);
        AUTO_FREE char *text = lineconf_replace(
            more, "routes = (", "replies = { mode = \"neutral\"; };\nconsent = { mode = \"ask\"; };\nroutes = (");
        struct config *config = load(*state, text);
        assert_int_equal(config->consent.mode, CONSENT_ASK);
        assert_non_null(texts_find(config->texts, TEXT_CONSENT, "ne"));
        assert_int_equal(texts_command(config->texts, span_of("tidak")), COMMAND_DECLINE);
        assert_int_equal(texts_country(config->texts, "AE") != NULL, !by_key);
        config_free(config);
    }
}

static void direction_limits_a_channel(void **state)
{
    AUTO_FREE char *text = lineconf_change("kind = \"sms\";", "kind = \"sms\"; direction = \"out\";");
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    assert_int_equal(lineconf_load(*state, text, 0, report, &config), 0);
    assert_false(config_find_channel(config, "line")->receives);
    assert_true(config_find_channel(config, "line")->sends);
    assert_true(
        lineconf_has_line(report, "helplined.conf: warning: channels: no channel receives: nobody can text this line"));
    config_free(config);
}

static void only_ngo_and_shelter_need_no_consent(void **state)
{
    (void)state;
    for (int kind = 0; kind < CONTACT_KIND_COUNT; kind++)
        assert_int_equal(contact_is_authority((enum contact_kind)kind), kind != CONTACT_NGO && kind != CONTACT_SHELTER);
    for (int kind = 0; kind < CONTACT_KIND_COUNT; kind++)
        assert_null(contact_explain_kind(contact_kind_word((enum contact_kind)kind)));
    assert_string_equal(contact_kind_word(CONTACT_LABOUR), "labour");
    assert_string_equal(contact_trust_word(TRUST_MASKED), "masked");
    assert_string_equal(contact_sex_word(STAFF_FEMALE), "female");
    assert_string_equal(config_replies_word(REPLIES_NEUTRAL), "neutral");
}

/* ---- secrets --------------------------------------------------------------------------------------------------- */

static void check_only_asks_no_more_than_can_be_judged(void **state)
{
    const struct lineconf *lineconf = *state;
    static const struct {
        const char *label, *put, *warning, *error;
    } rows[] = {
        { "no credentials directory", "@credential:hot",
            "helplined.conf:4: warning: keys: `hot`: credential hot: no CREDENTIALS_DIRECTORY here; systemd sets it for the "
            "service (LoadCredential=); not checked",
            "helplined.conf:4: keys: `hot`: credential hot: no CREDENTIALS_DIRECTORY here; systemd sets it for the service "
            "(LoadCredential=)" },
        { "folder of another machine", "@file:/no/such/folder/hot.key",
            "helplined.conf:4: warning: keys: `hot`: /no/such/folder/hot.key: its folder does not exist or is closed to this "
            "user; not checked",
            "helplined.conf:4: keys: `hot`: /no/such/folder/hot.key: its folder does not exist or is closed to this user" },
    };
    unsetenv("CREDENTIALS_DIRECTORY");
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_FREE char *text = lineconf_change("@file:keys/hot.key", rows[i].put);
        AUTO_REPORT *report = report_new();
        AUTO_REPORT *strict = report_new();
        struct config *config = NULL;
        int code = lineconf_load(lineconf, text, CONFIG_CHECK_ONLY, report, &config);
        if (code || !lineconf_has_line(report, rows[i].warning))
            lineconf_print(report, rows[i].label);
        assert_int_equal(code, 0);
        assert_true(lineconf_has_line(report, rows[i].warning));
        assert_false(config->is_complete);
        config_free(config);
        assert_int_equal(lineconf_load(lineconf, text, 0, strict, &config), ERR_INVALID);
        assert_true(lineconf_has_line(strict, rows[i].error));
    }
}

static void credentials_come_from_the_directory_of_systemd(void **state)
{
    const struct lineconf *lineconf = *state;
    char directory[96];
    AUTO_FREE char *text = lineconf_change("@file:keys/token", "@credential:other");
    snprintf(directory, sizeof directory, "%s/keys", lineconf->directory);
    setenv("CREDENTIALS_DIRECTORY", directory, 1);
    /* 0440 is what an ACL for the service's user looks like. */
    lineconf_write(lineconf, "other", "from-systemd", 12, 0440);
    struct config *config = load(lineconf, text);
    unsetenv("CREDENTIALS_DIRECTORY");
    assert_string_equal(settings_text(config_find_channel(config, "line")->settings, "token"), "from-systemd");
    config_free(config);
}

static void literal_secret_works_with_a_warning(void **state)
{
    AUTO_FREE char *text = lineconf_change("@file:keys/token", "written-out");
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    assert_int_equal(lineconf_load(*state, text, 0, report, &config), 0);
    assert_string_equal(settings_text(config_find_channel(config, "line")->settings, "token"), "written-out");
    assert_true(lineconf_has_line(report,
        "helplined.conf:6: warning: channels[0] (line): `token` is written out; put it into a "
        "file of mode 0600 and write @file:PATH or @credential:NAME"));
    config_free(config);
}

static void kind_is_not_asked_about_a_secret_out_of_reach(void **state)
{
    AUTO_FREE char *text =
        lineconf_change("\"@file:keys/token\";", "\"@file:/no/such/folder/token\"; pace = \"fast\";");
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    assert_int_equal(lineconf_load(*state, text, CONFIG_CHECK_ONLY, report, &config), 0);
    assert_true(config_find_channel(config, "line")->is_out_of_reach);
    assert_false(config->is_complete);
    config_free(config);
}

/* ---- hosts ----------------------------------------------------------------------------------------------------- */

static void hosts_are_those_of_urls_in_use(void **state)
{
    static const struct {
        const char *name;
        unsigned port;
    } want[] = { { "api.example.org", 443 }, { "desk.example.org", 443 }, { "embassy.example.org", 443 } };
    struct config *config = load(*state, lineconf_text);
    struct hosts *hosts = calloc(1, sizeof *hosts);
    assert_int_equal(hosts_collect(config, hosts), 0);
    assert_int_equal(hosts->count, STR_COUNT(want));
    for (size_t i = 0; i < STR_COUNT(want); i++) {
        assert_string_equal(hosts->entries[i].name, want[i].name);
        assert_int_equal(hosts->entries[i].port, want[i].port);
    }
    free(hosts);
    config_free(config);
}

static void hosts_of_a_switched_off_channel_are_not_listed(void **state)
{
    AUTO_FREE char *text = lineconf_change("kind = \"sms\";", "kind = \"sms\"; enabled = false;");
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    struct hosts *hosts = calloc(1, sizeof *hosts);
    assert_int_equal(lineconf_load(*state, text, 0, report, &config), 0);
    assert_int_equal(hosts_collect(config, hosts), 0);
    assert_int_equal(hosts->count, 2);
    assert_string_equal(hosts->entries[0].name, "desk.example.org");
    free(hosts);
    config_free(config);
}

static void url_gives_host_and_port(void **state)
{
    static const struct {
        const char *in, *name;
        unsigned port; /* 0 = refused */
    } rows[] = {
        { "https://API.Example.org/send?to={to}", "api.example.org", 443 },
        { "http://127.0.0.1:8080", "127.0.0.1", 8080 },
        { "smtp://mail.example.org", "mail.example.org", 587 },
        { "smtps://mail.example.org:2465", "mail.example.org", 2465 },
        { "https://[2001:db8::1]:99/x", "2001:db8::1", 99 },
        { "https://user@example.org/", "", 0 },
        { "https://example.org:0/", "", 0 },
        { "https://example.org:65536/", "", 0 },
        { "https://example.org:x/", "", 0 },
        { "https:///x", "", 0 },
        { "https://[2001:db8::1", "", 0 },
        { "ftp://example.org", "", 0 },
        { "desk@example.org", "", 0 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        struct hosts_entry entry = { "", 0 };
        int code = hosts_parse_url(rows[i].in, &entry);
        if (code != (rows[i].port ? 0 : ERR_INVALID) || entry.port != rows[i].port ||
            strcmp(entry.name, rows[i].name) != 0)
            fail_msg("%s: code %d, %s %u", rows[i].in, code, entry.name, entry.port);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(snapshot_holds_what_the_file_says),
        cmocka_unit_test(words_lie_beside_the_file_or_where_the_package_puts_them),
        cmocka_unit_test(channels_have_common_and_own_keys),
        cmocka_unit_test(contacts_have_addresses_in_order_and_normal_form),
        cmocka_unit_test(policies_and_routes_point_into_the_snapshot),
        cmocka_unit_test(urgencies_are_an_exact_set),
        cmocka_unit_test(what_is_new_has_defaults_for_old_files),
        cmocka_unit_test(replies_auditor_and_consent_are_read),
        cmocka_unit_test(sentences_are_found_by_key_or_beside_the_lexicon),
        cmocka_unit_test(direction_limits_a_channel),
        cmocka_unit_test(only_ngo_and_shelter_need_no_consent),
        cmocka_unit_test(check_only_asks_no_more_than_can_be_judged),
        cmocka_unit_test(credentials_come_from_the_directory_of_systemd),
        cmocka_unit_test(literal_secret_works_with_a_warning),
        cmocka_unit_test(kind_is_not_asked_about_a_secret_out_of_reach),
        cmocka_unit_test(hosts_are_those_of_urls_in_use),
        cmocka_unit_test(hosts_of_a_switched_off_channel_are_not_listed),
        cmocka_unit_test(url_gives_host_and_port),
    };
    return cmocka_run_group_tests(tests, open_folder, close_folder);
}
