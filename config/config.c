/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config - see config.h. The parts of the loader are in load_*.c. */
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "config/conf.h"
#include "config/load.h"
#include "config/texts.h"
#include "gateway/base/str.h"

/* ---- loading --------------------------------------------------------------------------------------------------- */

static int load_parts(struct load *load)
{
    int code = load_globals(load);
    if (!code)
        code = load_channels(load);
    if (!code)
        code = load_contacts(load);
    if (!code)
        code = load_numbers(load);
    if (!code)
        code = load_policies(load);
    if (!code)
        code = load_routes(load);
    if (!code)
        code = load_auditor(load);
    if (!code)
        code = load_loop_tests(load);
    if (!code && load->report->error_count == 0)
        load_check_uses(load);
    return code;
}

/* The folder of the file, in the snapshot's memory: "." for a bare name. */
static char *copy_directory(struct config_memory *memory, const char *path)
{
    char *directory = memory_copy(memory, path);
    char *slash = directory ? strrchr(directory, '/') : NULL;
    if (slash)
        slash[slash == directory] = '\0';
    return slash || !directory ? directory : memory_copy(memory, ".");
}

static struct config *new_config(const char *path)
{
    struct config *config = calloc(1, sizeof *config);
    if (config)
        config->memory = memory_new();
    if (!config || !config->memory) {
        free(config);
        return NULL;
    }
    config->is_complete = true;
    config->path = memory_copy(config->memory, path);
    return config;
}

static int load_tree(const char *path, const struct conf *conf, const struct config_registry *registry,
    unsigned options, struct config_report *report, struct config **ret_config)
{
    struct config *config = new_config(path);
    if (!config)
        return ERR_NOMEM;
    struct load load = { .config = config,
        .memory = config->memory,
        .registry = registry,
        .root = conf_root(conf),
        .report = report,
        .reader = { .report = report,
            .directory = copy_directory(config->memory, path),
            .is_check_only = options & CONFIG_CHECK_ONLY } };
    int code = config->path && load.reader.directory ? load_parts(&load) : ERR_NOMEM;
    report_sort(report);
    if (!code)
        code = load_words(&load);
    if (!code && report->error_count > 0)
        code = ERR_INVALID;
    if (code) {
        config_free(config);
        return code;
    }
    *ret_config = config;
    return 0;
}

/* Takes the tree; a file that cannot be read at all is one sentence. */
static int finish(const char *path, int code, const struct error *error, struct conf *conf,
    const struct config_registry *registry, unsigned options, struct config_report *report, struct config **ret_config)
{
    (void)str_copy(report->file, sizeof report->file, path);
    if (code) {
        report_sentence(report, error->text);
        return code == ERR_NOMEM ? code : ERR_INVALID;
    }
    code = load_tree(path, conf, registry, options, report, ret_config);
    conf_free(conf);
    return code;
}

int config_load(const char *path, const struct config_registry *registry, unsigned options,
    struct config_report *report, struct config **ret_config)
{
    struct error error = { "" };
    struct conf *conf = NULL;
    int code = conf_read_file(path, &error, &conf);
    return finish(path, code, &error, conf, registry, options, report, ret_config);
}

int config_load_text(const char *path, struct span text, const struct config_registry *registry, unsigned options,
    struct config_report *report, struct config **ret_config)
{
    struct error error = { "" };
    struct conf *conf = NULL;
    int code = conf_read_text(text, path, &error, &conf);
    return finish(path, code, &error, conf, registry, options, report, ret_config);
}

void config_free(struct config *config)
{
    if (!config)
        return;
    memory_free(config->memory);
    explicit_bzero(config, sizeof *config);
    free(config);
}

/* ---- finding --------------------------------------------------------------------------------------------------- */

const struct config_channel *config_find_channel(const struct config *config, const char *name)
{
    for (unsigned i = 0; i < config->channel_count; i++)
        if (*name && str_equal(config->channels[i].name, name))
            return &config->channels[i];
    return NULL;
}

const struct config_contact *config_find_contact(const struct config *config, const char *name)
{
    for (unsigned i = 0; i < config->contact_count; i++)
        if (*name && str_equal(config->contacts[i].name, name))
            return &config->contacts[i];
    return NULL;
}

const struct config_policy *config_find_policy(const struct config *config, const char *name)
{
    for (unsigned i = 0; i < config->policy_count; i++)
        if (*name && str_equal(config->policies[i].name, name))
            return &config->policies[i];
    return NULL;
}

const char *config_sender(const struct config_channel *channel, const char *country)
{
    for (unsigned i = 0; i < channel->senders.count; i++)
        if (*country && strncmp(channel->senders.items[i], country, 2) == 0)
            return channel->senders.items[i] + 3;
    return "";
}

static int compare_number(const void *key, const void *item)
{
    return strcmp(key, ((const struct config_number *)item)->number);
}

const struct config_contact *config_find_number(const struct config *config, const char *number)
{
    const struct config_number *found = config->number_count ? bsearch(number, config->numbers, config->number_count,
                                                                   sizeof config->numbers[0], compare_number)
                                                             : NULL;
    if (!found)
        return NULL;
    while (found > config->numbers && str_equal(found[-1].number, number))
        found--; /* two contacts may share a number: the first of the file has it */
    return &config->contacts[found->contact];
}

const char *config_replies_word(enum replies_mode mode)
{
    return mode < REPLIES_MODE_COUNT ? daemon_replies_words[mode] : "unknown";
}
