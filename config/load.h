/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load - what the parts of the loader share: one file, one snapshot in the making, one report.
 * Keeps: an entry with errors keeps its place in the arrays, so that a reference to it is not a second error; a
 *        snapshot is given away only when the report has no error.
 */
#ifndef CONFIG_LOAD_H
#define CONFIG_LOAD_H

#include "config/conf.h"
#include "config/config.h"
#include "config/daemon.h"
#include "config/memory.h"
#include "config/reader.h"

#define LOAD_WHERE_MAX 192

struct load {
    struct config *config;
    struct config_memory *memory;
    const struct config_registry *registry;
    const struct conf_node *root;
    struct config_report *report;
    struct reader reader;
};

/* The parts, in this order; each returns only ERR_NOMEM. */
int load_globals(struct load *load) MUST_CHECK;
int load_replies(struct load *load) MUST_CHECK; /* replies and consent; part of load_globals */
int load_word_paths(struct load *load, const struct settings *root) MUST_CHECK; /* likewise, after the lexicon */
int load_channels(struct load *load) MUST_CHECK;
int load_contacts(struct load *load) MUST_CHECK;
int load_numbers(struct load *load) MUST_CHECK; /* the index of the contacts' telephone numbers */
int load_policies(struct load *load) MUST_CHECK;
int load_routes(struct load *load) MUST_CHECK;
int load_auditor(struct load *load) MUST_CHECK;
int load_loop_tests(struct load *load) MUST_CHECK;
int load_words(struct load *load) MUST_CHECK; /* fixed sentences, commands, countries; after the report is sorted */
void load_check_uses(struct load *load);      /* warnings over everything */
void load_check_senders(struct load *load);   /* names that are too long for their country; after load_words */
/* The form of `senders` of a channel. */
void load_senders(struct load *load, const struct conf_node *node, const char *where, const struct settings *settings,
    struct config_channel *channel);

/* ---- tools of the parts ---------------------------------------------------------------------------------------- */

/* A list of groups by its table: NULL (reported, where it is required) when absent, empty, not a list or longer than
 * max. */
const struct conf_node *load_list(
    struct load *load, const struct conf_node *parent, const char *parent_where, enum daemon_group group, unsigned max);
/* "channels[2] (sms)": the place of an element, with its name when it has one. */
void load_where(
    char *ret_where, const char *parent_where, const char *list, unsigned index, const struct conf_node *node);
/* Reads one group by its table; *ret_settings is NULL when the node is not a group (reported). */
int load_group(struct load *load, const struct conf_node *node, const char *where, enum daemon_group group,
    const char *const *nested, struct settings **ret_settings) MUST_CHECK;
/* A path of the file, from the folder of the file on. */
int load_path(struct load *load, const char *path, const char **ret_path) MUST_CHECK;
/* Line of a key in a group; the group's own when the key is not written. */
int load_line(const struct conf_node *node, const char *key);
/* The name of an element, checked for its form; "" when absent or refused. */
const char *load_name(
    struct load *load, const struct conf_node *node, const char *where, const struct settings *settings);
/* Reports a name that stands for nothing, with the nearest of `names`. */
void load_refuse_name(struct load *load, int line, const char *where, const char *what, const char *name,
    const char *const *names, size_t count);
struct config_texts load_texts(const struct settings *settings, const char *key);
/* Checks BCP 47 tags and ISO 3166 codes of a list. */
void load_check_languages(
    struct load *load, const struct conf_node *node, const char *where, struct config_texts texts);
void load_check_countries(
    struct load *load, const struct conf_node *node, const char *where, struct config_texts texts, bool may_be_unknown);
/* The bits of a list of words. */
uint32_t load_word_set(const struct settings *settings, const char *key);
/* Finds the contacts that a list names into `ret_contacts` (CONFIG_STEP_CONTACTS_MAX); reports what is none. */
unsigned load_contact_list(struct load *load, const struct conf_node *node, const char *where,
    const struct settings *settings, const struct config_contact **ret_contacts);
int load_word(const char *const *words, const char *word); /* the index; 0 when it is none */

#endif
