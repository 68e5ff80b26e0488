/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * countries - reads the sending rules of config/countries.conf.
 * Why:   a text that breaks a rule is not refused but silently dropped by the network; she would wait for it.
 * Not here: applying them to a text (texts_check, sending), to a time of day and a sender (sending).
 */
#include <stdio.h>
#include <string.h>

#include "config/reader.h"
#include "config/settings.h"
#include "config/texts_parts.h"
#include "gateway/base/phone.h"
#include "gateway/base/str.h"

#define WHERE_MAX 64
#define DAY_MIN 1440

static const char *const sender_words[] = { "any", "name", "registered", "number", NULL };
const struct key countries_keys[] = {
    { "country", KEY_TEXT, KEY_REQUIRED, 2, 2, NULL, NULL, "ISO 3166 code.", NULL },
    { "sender", KEY_WORD, 0, 0, 0, "any", sender_words,
        "What shows as sender; registered: only a name that the operators know.", NULL },
    { "links", KEY_BOOL, 0, 0, 0, "true", NULL, "May a text hold a link?", NULL },
    { "numbers", KEY_BOOL, 0, 0, 0, "true", NULL, "May a text hold a telephone number?", NULL },
    { "replies", KEY_BOOL, 0, 0, 0, "true", NULL,
        "Does her answer reach a provider's number? A modem with a SIM of the country is always answered.", NULL },
    { "sender_max", KEY_INT, 0, 3, TEXTS_SENDER_MAX, "11", NULL, "Letters of a sender's name at most.", NULL },
    { "quiet", KEY_TEXT, 0, 11, 11, NULL, NULL,
        "Local hours in which nothing that is not urgent begins, such as 22:00-07:00.", NULL },
    { "zone", KEY_TEXT, 0, 1, ZONE_NAME_MAX - 1, NULL, NULL,
        "IANA name of the time zone, such as Asia/Dubai; without it `quiet` is not applied.", NULL },
    { "forbidden", KEY_TEXTS, 0, 2, 64, NULL, NULL,
        "Words that a text must not hold there; * at the end stands for any ending.", NULL },
    { .name = NULL },
};
static const struct key everywhere_keys[] = {
    { "links", KEY_BOOL, 0, 0, 0, "true", NULL, "As above.", NULL },
    { "numbers", KEY_BOOL, 0, 0, 0, "true", NULL, "As above.", NULL },
    { "forbidden", KEY_TEXTS, 0, 2, 64, NULL, NULL, "As above.", NULL },
    { .name = NULL },
};
static const struct key no_keys[] = { { .name = NULL } };
static const char *const root_groups[] = { "everywhere", "countries", NULL };

/* ---- values ---------------------------------------------------------------------------------------------------- */

static bool read_clock(const char *text, int *ret_minutes)
{
    int64_t hour, minute;
    char two[3] = { text[0], text[1], 0 };
    if (text[2] != ':' || str_to_int64(two, 0, 24, &hour))
        return false;
    two[0] = text[3];
    two[1] = text[4];
    if (str_to_int64(two, 0, 59, &minute) || hour * 60 + minute > DAY_MIN)
        return false;
    *ret_minutes = (int)(hour * 60 + minute);
    return true;
}

/* "22:00-07:00"; the length was checked by the table. */
static bool read_quiet(const char *text, struct country_rules *rules)
{
    return strlen(text) == 11 && text[5] == '-' && read_clock(text, &rules->quiet_from_min) &&
           read_clock(text + 6, &rules->quiet_to_min) && rules->quiet_from_min < DAY_MIN;
}

static int copy_forbidden(struct texts *texts, const struct settings *settings, struct country_rules *rules)
{
    rules->forbidden_count = settings_count(settings, "forbidden");
    rules->forbidden = memory_alloc(texts->memory, (rules->forbidden_count + 1) * sizeof rules->forbidden[0]);
    for (unsigned i = 0; rules->forbidden && i < rules->forbidden_count; i++)
        if (!(rules->forbidden[i] = memory_copy(texts->memory, settings_item(settings, "forbidden", i))))
            return ERR_NOMEM;
    return rules->forbidden ? 0 : ERR_NOMEM;
}

/* The night of a country that is nowhere on the clock would be the night of London. */
static int read_night(struct texts_build *build, const struct conf_node *node, const char *where,
    const struct settings *settings, struct country_rules *rules)
{
    struct error error = { "" };
    const char *quiet = settings_text(settings, "quiet"), *zone = settings_text(settings, "zone");
    int code = *zone ? memory_zone(build->texts->memory, zone, &error, &rules->zone) : 0;
    if (code && code != ERR_NOMEM)
        report_error(build->report, (int)conf_line(node), where, "`zone`: %s", error.text);
    if (*quiet && !read_quiet(quiet, rules))
        report_error(build->report, (int)conf_line(node), where, "`quiet` must be two times, such as \"22:00-07:00\"");
    if (*quiet && !*zone)
        report_warn(build->report, (int)conf_line(node), where,
            "`quiet` without `zone` is not applied: name the zone, such as \"Asia/Dubai\"");
    return code == ERR_NOMEM ? code : 0;
}

static int copy_common(struct texts *texts, const struct settings *settings, struct country_rules *rules)
{
    rules->allows_links = settings_bool(settings, "links");
    rules->allows_numbers = settings_bool(settings, "numbers");
    return copy_forbidden(texts, settings, rules);
}

/* ---- entries --------------------------------------------------------------------------------------------------- */

static int read_group(struct texts_build *build, const struct conf_node *node, const char *where,
    const struct key *keys, struct settings **ret_settings)
{
    struct reader reader = { .report = build->report };
    struct settings *settings = memory_settings(build->texts->memory, keys);
    if (!settings)
        return ERR_NOMEM;
    *ret_settings = settings;
    return reader_read(&reader,
        &(struct reader_group){ .node = node, .where = where, .tables = { { keys, settings } }, .table_count = 1 });
}

static bool is_group(struct texts_build *build, const struct conf_node *node, const char *where)
{
    if (conf_type(node) != CONF_GROUP)
        report_error(
            build->report, (int)conf_line(node), where, "this must be a group in braces: { name = value; ... }");
    return conf_type(node) == CONF_GROUP;
}

static void check_country(
    struct texts_build *build, const struct conf_node *node, const char *where, const struct country_rules *rules)
{
    if (*rules->country && !phone_country_name(rules->country))
        report_error(build->report, (int)conf_line(node), where, "`country` is not an ISO 3166 code known here");
    if (texts_country(build->texts, rules->country))
        report_error(build->report, (int)conf_line(node), where, "%s has an entry already", rules->country);
}

static int read_country(struct texts_build *build, const struct conf_node *node, const char *where)
{
    struct texts *texts = build->texts;
    struct country_rules rules = { .country = "" };
    struct settings *settings = NULL;
    unsigned errors = build->report->error_count;
    int code = read_group(build, node, where, countries_keys, &settings);
    if (code)
        return code;
    (void)str_copy(rules.country, sizeof rules.country, settings_text(settings, "country"));
    (void)str_copy(rules.sender, sizeof rules.sender, settings_text(settings, "sender"));
    rules.allows_replies = settings_bool(settings, "replies");
    rules.sender_max = (unsigned)settings_int(settings, "sender_max");
    check_country(build, node, where, &rules);
    code = read_night(build, node, where, settings, &rules);
    if (!code)
        code = copy_common(texts, settings, &rules);
    if (!code && build->report->error_count == errors)
        texts->countries[texts->country_count++] = rules;
    return code;
}

static int read_list(struct texts_build *build, const struct conf_node *list)
{
    int code = 0;
    if (conf_type(list) != CONF_LIST || conf_count(list) > TEXTS_COUNTRIES_MAX) {
        report_error(build->report, (int)conf_line(list), NULL,
            "`countries` must be a list of at most %u groups in round brackets", TEXTS_COUNTRIES_MAX);
        return 0;
    }
    for (unsigned i = 0; i < conf_count(list) && !code; i++) {
        char where[WHERE_MAX];
        snprintf(where, sizeof where, "countries[%u]", i);
        if (is_group(build, conf_at(list, i), where))
            code = read_country(build, conf_at(list, i), where);
    }
    return code;
}

int countries_read(struct texts_build *build, const struct conf *conf)
{
    struct reader reader = { .report = build->report };
    const struct conf_node *root = conf_root(conf);
    const struct conf_node *everywhere = conf_find(root, "everywhere"), *list = conf_find(root, "countries");
    struct settings *settings = memory_settings(build->texts->memory, no_keys);
    if (!settings)
        return ERR_NOMEM;
    int code = reader_read(&reader,
        &(struct reader_group){
            .node = root, .where = "", .tables = { { no_keys, settings } }, .table_count = 1, .groups = root_groups });
    if (!code && everywhere && is_group(build, everywhere, "everywhere")) {
        code = read_group(build, everywhere, "everywhere", everywhere_keys, &settings);
        if (!code)
            code = copy_common(build->texts, settings, &build->texts->everywhere);
    }
    return code || !list ? code : read_list(build, list);
}
