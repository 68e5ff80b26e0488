/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_print - the example configuration: equal to the committed file, complete, and accepted by the loader.
 * Keeps: run from the root of the tree, as the Makefile does.
 */
#include <fcntl.h>
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

#include "config/coverage.h"
#include "config/daemon.h"
#include "config/print.h"
#include "gateway/base/str.h"
#include "gateway/core/kinds.h"

#define EXAMPLE "config/helplined.conf.example"
#define WEEK_AT 1795305600000LL /* Sunday, 22 November 2026, 00:00 UTC */

static void print(struct buf *out)
{
    buf_init(out, PRINT_BYTES_MAX);
    print_example(&kinds_registry, out);
    assert_int_equal(buf_check(out), 0);
}

static void committed_example_is_what_is_printed(void **state)
{
    AUTO_BUF printed;
    AUTO_BUF committed;
    char chunk[4096];
    size_t got;
    (void)state;
    print(&printed);
    buf_init(&committed, PRINT_BYTES_MAX);
    FILE *file = fopen(EXAMPLE, "rb");
    assert_non_null(file);
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0)
        buf_add(&committed, chunk, got);
    fclose(file);
    if (!span_equal(buf_span(&printed), buf_span(&committed)))
        fail_msg(EXAMPLE " is stale: build/release/helplined --print-example > " EXAMPLE);
}

static bool is_shown(const char *text, const char *name)
{
    char line[96];
    snprintf(line, sizeof line, " %s = ", name);
    if (strstr(text, line))
        return true;
    line[0] = '\n';
    return strstr(text, line) != NULL;
}

static void every_key_is_shown_with_its_sentence(void **state)
{
    AUTO_BUF printed;
    struct config_kind kind;
    unsigned count = 0;
    (void)state;
    print(&printed);
    for (int group = 0; group < DAEMON_GROUP_COUNT; group++)
        for (const struct key *key = daemon_table((enum daemon_group)group)->keys; key->name; key++, count++)
            if (!is_shown(printed.data, key->name) || !key->doc || !*key->doc)
                fail_msg("%s.%s", daemon_table((enum daemon_group)group)->name, key->name);
    for (size_t i = 0; kinds_registry.kind_at(i, &kind); i++)
        for (const struct key *key = kind.keys; key->name; key++, count++)
            if (!is_shown(printed.data, key->name) || !key->doc || !*key->doc)
                fail_msg("%s.%s", kind.kind, key->name);
    assert_true(count > 80);
}

static unsigned count_common(const struct key *keys)
{
    unsigned count = 0;
    const struct key *common = daemon_table(DAEMON_CHANNELS)->keys;
    for (; keys->name; keys++)
        for (const struct key *key = common; key->name; key++)
            count += strcmp(key->name, keys->name) == 0 && strcmp(key->name, "country") != 0 &&
                     strcmp(key->name, "number") != 0;
    return count;
}

/* `country` and `number` (the line's own) may stand in both tables and mean the same; any other common name in a kind
 * would silently mean two things. */
static void kinds_do_not_take_names_of_common_keys(void **state)
{
    struct config_kind kind;
    (void)state;
    for (size_t i = 0; kinds_registry.kind_at(i, &kind); i++)
        if (count_common(kind.keys) > 0)
            fail_msg("%s", kind.kind);
}

static void example_loads_on_a_fresh_machine(void **state)
{
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    (void)state;
    unsetenv("CREDENTIALS_DIRECTORY");
    int code = config_load(EXAMPLE, &kinds_registry, CONFIG_CHECK_ONLY, report, &config);
    for (unsigned i = 0; i < report->line_count; i++)
        if (!report->lines[i].is_warning || !strstr(report->lines[i].text, "no CREDENTIALS_DIRECTORY here"))
            fail_msg("%s", report->lines[i].text);
    assert_int_equal(code, 0);
    assert_false(config->is_complete);
    config_free(config);
}

static void write_secret(const char *directory, const char *name, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    if (!text) {
        unlink(path);
        return;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

#define CREDENTIAL "@credential:"
#define CREDENTIALS_MAX 128
#define CREDENTIAL_USUAL "also-invented-secret-0123456789ab"

struct credentials {
    unsigned count;
    char names[CREDENTIALS_MAX][64];
};

/* The names of all credentials that stand in the example, but for those in a comment. */
static void find_credentials(struct credentials *found)
{
    char line[1024];
    FILE *file = fopen(EXAMPLE, "r");
    assert_non_null(file);
    found->count = 0;
    while (fgets(line, sizeof line, file)) {
        const char *at = strstr(line, CREDENTIAL);
        if (!at || line[strspn(line, " ")] == '#')
            continue;
        assert_true(found->count < CREDENTIALS_MAX);
        at += strlen(CREDENTIAL);
        snprintf(found->names[found->count++], sizeof found->names[0], "%.*s", (int)strcspn(at, "\""), at);
    }
    assert_int_equal(fclose(file), 0);
}

static const char *credential_of(const char *name)
{
    static const struct {
        const char *name, *text;
    } special[] = {
        { "hot.key", "0123456789abcdef0123456789abcdef" },
        { "index.key", "fedcba9876543210fedcba9876543210" },
        { "webhook-secret", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3" },
    };
    for (size_t i = 0; i < STR_COUNT(special); i++)
        if (str_equal(special[i].name, name))
            return special[i].text;
    return CREDENTIAL_USUAL;
}

static void example_is_complete_with_its_credentials_and_has_no_gap(void **state)
{
    char directory[] = "/tmp/example-XXXXXX";
    struct credentials credentials;
    (void)state;
    find_credentials(&credentials);
    assert_non_null(mkdtemp(directory));
    for (unsigned i = 0; i < credentials.count; i++)
        write_secret(directory, credentials.names[i], credential_of(credentials.names[i]));
    setenv("CREDENTIALS_DIRECTORY", directory, 1);
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    int code = config_load(EXAMPLE, &kinds_registry, 0, report, &config);
    if (!code)
        coverage_check(config, WEEK_AT, report);
    unsetenv("CREDENTIALS_DIRECTORY");
    for (unsigned i = 0; i < credentials.count; i++)
        write_secret(directory, credentials.names[i], NULL);
    rmdir(directory);
    for (unsigned i = 0; i < report->line_count; i++)
        fail_msg("%s", report->lines[i].text);
    assert_int_equal(code, 0);
    assert_true(config->is_complete);
    config_free(config);
}

/* A registry with one kind that the story does not know. */
static const struct key new_keys[] = {
    { .name = "token", .type = KEY_TEXT, .flags = KEY_REQUIRED, .doc = "A token.", .example = "say \"hi\"" },
    { .name = NULL },
};

static bool new_kind_at(size_t index, struct config_kind *ret_kind)
{
    if (index > 0)
        return kinds_registry.kind_at(index - 1, ret_kind);
    *ret_kind = (struct config_kind){ .kind = "pigeon", .summary = "by pigeon", .sends = true, .keys = new_keys };
    return true;
}

static void unknown_kind_appears_switched_off_and_loads(void **state)
{
    static const struct config_registry registry = { new_kind_at, NULL };
    AUTO_BUF printed;
    AUTO_REPORT *report = report_new();
    struct config *config = NULL;
    (void)state;
    buf_init(&printed, PRINT_BYTES_MAX);
    print_example(&registry, &printed);
    assert_int_equal(buf_check(&printed), 0);
    int code = config_load_text("config/x.conf", buf_span(&printed), &registry, CONFIG_CHECK_ONLY, report, &config);
    for (unsigned i = 0; code && i < report->line_count; i++)
        print_error("%s\n", report->lines[i].text);
    assert_int_equal(code, 0);
    const struct config_channel *pigeon = config_find_channel(config, "pigeon");
    assert_non_null(pigeon);
    assert_false(pigeon->is_enabled);
    assert_string_equal(settings_text(pigeon->settings, "token"), "say \"hi\"");
    config_free(config);
}

static void comments_wrap_at_words(void **state)
{
    static const struct {
        const char *text, *want;
        unsigned width;
    } rows[] = {
        { "one two three", "# one two\n# three\n", 10 },
        { "one two three", "# one\n# two\n# three\n", 5 },
        { "a-word-too-long x", "# a-word-too-long\n# x\n", 6 },
        { "one   two", "# one two\n", 40 },
        { "", "\n", 40 },
    };
    (void)state;
    for (size_t i = 0; i < STR_COUNT(rows); i++) {
        AUTO_BUF out;
        buf_init(&out, 256);
        print_wrapped("# ", rows[i].text, rows[i].width, &out);
        assert_string_equal(out.data, rows[i].want);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(committed_example_is_what_is_printed),
        cmocka_unit_test(every_key_is_shown_with_its_sentence),
        cmocka_unit_test(kinds_do_not_take_names_of_common_keys),
        cmocka_unit_test(example_loads_on_a_fresh_machine),
        cmocka_unit_test(example_is_complete_with_its_credentials_and_has_no_gap),
        cmocka_unit_test(unknown_kind_appears_switched_off_and_loads),
        cmocka_unit_test(comments_wrap_at_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
