/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load_words - what is said to her and to contacts: the groups replies, consent and auditor, and the files of fixed
 * texts. Why the files may be absent: a configuration written before they existed must go on loading; only what is
 * switched on needs its sentences.
 */
#include <string.h>
#include <unistd.h>

#include "config/load.h"
#include "config/settings.h"
#include "config/texts.h"
#include "gateway/base/str.h"

#define INSTALLED "/usr/share/helplined/"
#define ALL_URGENCIES ((1u << URGENCY_COUNT) - 1)

static const char *const replies_groups[] = { "rules", NULL };

/* ---- paths ----------------------------------------------------------------------------------------------------- */

/* Beside the lexicon: where the package puts them, and where a checkout has them. */
static int beside_lexicon(struct load *load, const char *name, const char **ret_path)
{
    const char *lexicon = load->config->lexicon_directory, *slash = strrchr(lexicon, '/');
    AUTO_BUF path;
    buf_init(&path, 8192);
    if (slash)
        buf_add(&path, lexicon, (size_t)(slash - lexicon) + 1);
    buf_add_text(&path, name);
    *ret_path = buf_check(&path) ? NULL : memory_copy(load->memory, path.data);
    return *ret_path ? 0 : ERR_NOMEM;
}

static int find_words(struct load *load, const char *written, const char *name, const char **ret_path)
{
    int code = load_path(load, *written ? written : name, ret_path);
    if (code || *written || access(*ret_path, F_OK) == 0)
        return code;
    code = beside_lexicon(load, name, ret_path);
    if (code || access(*ret_path, F_OK) == 0)
        return code;
    AUTO_BUF path;
    buf_init(&path, 256);
    buf_add_format(&path, INSTALLED "%s", name);
    if (buf_check(&path))
        return ERR_NOMEM;
    *ret_path = memory_copy(load->memory, access(path.data, F_OK) == 0 ? path.data : "");
    return *ret_path ? 0 : ERR_NOMEM;
}

int load_word_paths(struct load *load, const struct settings *root)
{
    struct config *config = load->config;
    int code = find_words(load, settings_text(root, "replies_texts"), "replies", &config->replies_directory);
    if (!code)
        code = find_words(load, settings_text(root, "commands"), "commands.conf", &config->commands_file);
    return code ? code : find_words(load, settings_text(root, "countries"), "countries.conf", &config->countries_file);
}

/* ---- replies and consent --------------------------------------------------------------------------------------- */

static int load_rule(struct load *load, const struct conf_node *node, unsigned index, struct config_reply_rule *rule)
{
    char where[LOAD_WHERE_MAX];
    struct settings *settings;
    load_where(where, "replies", "rules", index, node);
    rule->urgencies = ALL_URGENCIES;
    int code = load_group(load, node, where, DAEMON_REPLY_RULES, NULL, &settings);
    if (code || !settings)
        return code;
    uint32_t urgencies = load_word_set(settings, "urgencies");
    rule->urgencies = urgencies ? urgencies : ALL_URGENCIES;
    rule->mode = (enum replies_mode)load_word(daemon_replies_words, settings_text(settings, "mode"));
    rule->languages = load_texts(settings, "languages");
    rule->countries = load_texts(settings, "countries");
    load_check_languages(load, node, where, rule->languages);
    load_check_countries(load, node, where, rule->countries, true);
    return 0;
}

static int load_rules(struct load *load, const struct conf_node *group)
{
    const struct conf_node *list =
        group ? load_list(load, group, "replies", DAEMON_REPLY_RULES, CONFIG_REPLY_RULES_MAX) : NULL;
    unsigned count = list ? conf_count(list) : 0;
    struct config_reply_rule *rules = memory_alloc(load->memory, (count + 1) * sizeof rules[0]);
    int code = rules ? 0 : ERR_NOMEM;
    load->config->replies.rules = rules;
    for (unsigned i = 0; i < count && !code; i++)
        code = load_rule(load, conf_at(list, i), i, &rules[i]);
    load->config->replies.rule_count = code ? 0 : count;
    return code;
}

int load_replies(struct load *load)
{
    struct config *config = load->config;
    const struct conf_node *group = conf_find(load->root, "replies");
    struct settings *settings;
    int code = load_group(load, group, "replies", DAEMON_REPLIES, replies_groups, &settings);
    if (!code && settings) {
        config->replies.mode = (enum replies_mode)load_word(daemon_replies_words, settings_text(settings, "mode"));
        config->replies.window_ms = settings_int(settings, "window");
        config->replies.daily_budget = (unsigned)settings_int(settings, "daily_budget");
        code = load_rules(load, group);
    }
    if (!code)
        code = load_group(load, conf_find(load->root, "consent"), "consent", DAEMON_CONSENT, NULL, &settings);
    if (!code && settings)
        config->consent.mode = (enum consent_mode)load_word(daemon_consent_words, settings_text(settings, "mode"));
    return code;
}

/* ---- auditor --------------------------------------------------------------------------------------------------- */

int load_auditor(struct load *load)
{
    const struct conf_node *group = conf_find(load->root, "auditor");
    struct config *config = load->config;
    struct settings *settings;
    int code = load_group(load, group, "auditor", DAEMON_AUDITOR, NULL, &settings);
    if (code || !settings)
        return code;
    config->auditor.every_ms = settings_int(settings, "every");
    config->auditor.stale_ms = settings_int(settings, "stale_after");
    if (group)
        config->auditor.contact_count = load_contact_list(load, group, "auditor", settings, config->auditor.contacts);
    return 0;
}

/* ---- the files ------------------------------------------------------------------------------------------------- */

static bool is_replying(const struct config *config)
{
    bool is_neutral = config->replies.mode == REPLIES_NEUTRAL;
    for (unsigned i = 0; i < config->replies.rule_count; i++)
        is_neutral = is_neutral || config->replies.rules[i].mode == REPLIES_NEUTRAL;
    return is_neutral || config->consent.mode == CONSENT_ASK;
}

int load_words(struct load *load)
{
    struct config *config = load->config;
    struct texts *texts = NULL;
    if (!config->replies_directory || !config->commands_file || !config->countries_file)
        return 0;
    if (is_replying(config) && !*config->replies_directory)
        report_error(load->report, load_line(load->root, "replies"), "",
            "automatic texts are switched on, but there is no folder `replies` with their sentences: set `replies_texts`");
    int code =
        texts_load(config->replies_directory, config->commands_file, config->countries_file, load->report, &texts);
    if (code)
        return code == ERR_NOMEM ? code : 0;
    config->texts = texts;
    load_check_senders(load);
    return memory_keep_texts(load->memory, texts);
}
