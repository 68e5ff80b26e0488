/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lineconf - see lineconf.h. */
#include "tests/support/lineconf.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway/base/str.h"

/* libconfig 1.5 loses the string it was reading when the syntax is wrong: a few bytes of its own, not ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig\n";
}

const char *__lsan_default_options(void);
const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}

/* ---- invented kinds -------------------------------------------------------------------------------------------- */

static const char *const pace_words[] = { "slow", "fast", NULL };
static const struct key sms_keys[] = {
    { .name = "token", .type = KEY_TEXT, .flags = KEY_REQUIRED | KEY_SECRET, .min = 4, .max = 64, .doc = "Proof." },
    { .name = "pace", .type = KEY_WORD, .fallback = "slow", .words = pace_words, .doc = "How fast." },
    { .name = "api_url", .type = KEY_URL, .fallback = "https://api.example.org", .doc = "Where." },
    { .name = "country", .type = KEY_TEXT, .max = 2, .doc = "Also a common key." },
    { .name = NULL },
};
static const struct key no_keys[] = { { .name = NULL } };

static int check_sms(const struct settings *settings, struct error *error)
{
    if (str_equal(settings_text(settings, "pace"), "fast") && str_equal(settings_text(settings, "token"), "slow-token"))
        return error_set(error, ERR_INVALID, "`pace` does not go with this token");
    return 0;
}

static bool kind_at(size_t index, struct config_kind *ret_kind)
{
    static const struct config_kind kinds[] = {
        { "sms", "invented SMS", true, true, true, false, true, sms_keys, check_sms },
        { "post", "invented alerts", false, true, false, true, false, no_keys, NULL },
        { "inbox", "invented inbound", true, false, false, false, false, no_keys, NULL },
    };
    if (index >= STR_COUNT(kinds))
        return false;
    *ret_kind = kinds[index];
    return true;
}

static int check_address(const char *kind, const struct settings *settings, const char *to, struct error *error)
{
    (void)settings;
    if (str_equal(kind, "post") && !str_starts(to, "https://"))
        return error_set(error, ERR_INVALID, "needs an https address");
    return 0;
}

const struct config_registry lineconf_registry = { kind_at, check_address };

/* ---- the file -------------------------------------------------------------------------------------------------- */

const char lineconf_text[] =
    "database = \"line.db\";\n"                                                                        /* 1 */
    "public_url = \"https://line.example.org/\";\n"                                                    /* 2 */
    "listen = { webhooks = \"127.0.0.1:0\"; };\n"                                                      /* 3 */
    "keys = { hot = \"@file:keys/hot.key\"; index = \"@file:keys/index.key\"; };\n"                    /* 4 */
    "channels = (\n"                                                                                   /* 5 */
    "  { name = \"line\"; kind = \"sms\"; token = \"@file:keys/token\"; country = \"PH\"; },\n"        /* 6 */
    "  { name = \"desk\"; kind = \"post\"; },\n"                                                       /* 7 */
    "  { name = \"spare\"; kind = \"inbox\"; enabled = false; }\n"                                     /* 8 */
    ");\n"                                                                                             /* 9 */
    "contacts = (\n"                                                                                   /* 10 */
    "  { name = \"ngo-desk\"; title = \"Desk\"; kind = \"ngo\"; trust = \"full\";\n"                   /* 11 */
    "    languages = [ \"en\", \"tl\" ]; countries = [ \"SA\" ];\n"                                    /* 12 */
    "    time_zone = \"Asia/Riyadh\"; duty = [ \"Sun-Thu 08:00-17:00\" ];\n"                           /* 13 */
    "    holidays = [ \"12-25\" ];\n"                                                                  /* 14 */
    "    addresses = (\n"                                                                              /* 15 */
    "      { channel = \"desk\"; to = \"https://desk.example.org/a\"; },\n"                            /* 16 */
    "      { channel = \"line\"; to = \"0917 555 0111\"; }\n"                                          /* 17 */
    "    ); },\n"                                                                                      /* 18 */
    "  { name = \"house\"; title = \"House\"; kind = \"shelter\";\n"                                   /* 19 */
    "    addresses = ( { channel = \"line\"; to = \"+966505550114\"; } ); },\n"                        /* 20 */
    "  { name = \"embassy\"; title = \"Embassy\"; kind = \"consulate\";\n"                             /* 21 */
    "    addresses = ( { channel = \"desk\"; to = \"https://embassy.example.org/\"; } ); }\n"          /* 22 */
    ");\n"                                                                                             /* 23 */
    "policies = (\n"                                                                                   /* 24 */
    "  { name = \"usual\"; repeat = \"2 h\"; steps = (\n"                                              /* 25 */
    "    { contacts = [ \"ngo-desk\", \"house\" ]; },\n"                                               /* 26 */
    "    { after = \"30 min\"; contacts = [ \"embassy\" ]; } ); }\n"                                   /* 27 */
    ");\n"                                                                                             /* 28 */
    "routes = (\n"                                                                                     /* 29 */
    "  { categories = [ \"danger\", \"escaped\" ]; urgency_min = \"urgent\"; policy = \"usual\"; },\n" /* 30 */
    "  { policy = \"usual\"; }\n"                                                                      /* 31 */
    ");\n";                                                                                            /* 32 */

/* ---- the folder ------------------------------------------------------------------------------------------------ */

void lineconf_write(const struct lineconf *lineconf, const char *name, const void *data, size_t len, unsigned mode)
{
    char path[160];
    snprintf(path, sizeof path, "%s/keys/%s", lineconf->directory, name);
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, data, len) != (ssize_t)len || fchmod(fd, mode) != 0)
        abort();
    close(fd);
}

void lineconf_open(struct lineconf *lineconf)
{
    const char *base = getenv("TMPDIR");
    char keys[96];
    snprintf(lineconf->directory, sizeof lineconf->directory, "%s/lineconf-XXXXXX",
        base && strlen(base) < 40 ? base : "/tmp");
    if (!mkdtemp(lineconf->directory))
        abort();
    snprintf(keys, sizeof keys, "%s/keys", lineconf->directory);
    snprintf(lineconf->path, sizeof lineconf->path, "%s/helplined.conf", lineconf->directory);
    if (mkdir(keys, 0700) != 0)
        abort();
    lineconf_write(lineconf, "hot.key", "0123456789abcdef0123456789abcdeF", 32, 0600);
    lineconf_write(
        lineconf, "index.key", "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF\n", 65, 0400);
    lineconf_write(lineconf, "token", "slow-token\n", 11, 0600);
}

void lineconf_close(struct lineconf *lineconf)
{
    static const char *const names[] = { "keys/hot.key", "keys/index.key", "keys/token", "keys/other", "keys", "" };
    char path[160];
    for (size_t i = 0; i < STR_COUNT(names); i++) {
        snprintf(path, sizeof path, "%s/%s", lineconf->directory, names[i]);
        if (remove(path) != 0 && i + 2 >= STR_COUNT(names))
            fprintf(stderr, "%s stays\n", path);
    }
}

/* ---- changing and loading -------------------------------------------------------------------------------------- */

char *lineconf_replace(const char *text, const char *cut, const char *put)
{
    const char *at = strstr(text, cut);
    AUTO_BUF changed;
    buf_init(&changed, 65536);
    if (!at) {
        fprintf(stderr, "not in the text: %s\n", cut);
        abort();
    }
    buf_add(&changed, text, (size_t)(at - text));
    buf_add_text(&changed, put);
    buf_add_text(&changed, at + strlen(cut));
    return buf_take(&changed);
}

char *lineconf_change(const char *cut, const char *put)
{
    return lineconf_replace(lineconf_text, cut, put);
}

int lineconf_load(const struct lineconf *lineconf, const char *text, unsigned options, struct config_report *report,
    struct config **ret_config)
{
    return config_load_text(lineconf->path, span_of(text), &lineconf_registry, options, report, ret_config);
}

bool lineconf_has_line(const struct config_report *report, const char *want)
{
    for (unsigned i = 0; i < report->line_count; i++) {
        const char *at = strstr(report->lines[i].text, "/helplined.conf");
        if (at && str_equal(at + 1, want))
            return true;
    }
    return false;
}

void lineconf_print(const struct config_report *report, const char *label)
{
    fprintf(stderr, "%s: %u lines\n", label, report->line_count);
    for (unsigned i = 0; i < report->line_count; i++)
        fprintf(stderr, "    %s\n", report->lines[i].text);
}
