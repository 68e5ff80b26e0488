/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tables - fills the tables of a manual page: `tables < PAGE.in > PAGE`.
 * What:  copies mdoc text and replaces each line that is only @NAME@ by a table made from the definition the programs
 *        themselves are built from (events.def, states.def, outcomes.def, words.def, the keys of channels and daemon).
 * Why:   a word that exists in the code exists in the manual, with the same sentence; nothing is written twice.
 * Keeps: an unknown @NAME@ is an error, so a page cannot be published with a hole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/model.h"
#include "gateway/base/str.h"
#include "gateway/man/keys.h"
#include "gateway/man/mdoc.h"

#define LINE_MAX_LEN 4096

static void print_events(void)
{
    mdoc_begin_list("config_refused");
    for (int id = 0; id < EV_COUNT; id++)
        mdoc_print_item(log_event_name(id), "", log_event_meaning(id));
    mdoc_end_list();
}

static void print_metrics(void)
{
    static const struct {
        const char *name, *labels, *help;
    } rows[] = {
#define METRIC(name, type, labels, help) { "helpline_" #name, #labels, help },
#include "gateway/base/metrics.def"
#undef METRIC
    };
    mdoc_begin_list("Ds");
    for (size_t i = 0; i < STR_COUNT(rows); i++)
        mdoc_print_item(rows[i].name, rows[i].labels, rows[i].help);
    mdoc_end_list();
}

static void print_states(void)
{
    for (int machine = 0; machine < MACHINE_COUNT; machine++) {
        printf("The states of %s are\n", state_machine_word(machine));
        mdoc_begin_list("acknowledged");
        for (int state = 0; state < STATE_COUNT; state++)
            if (state_machine_of(state) == (enum state_machine)machine)
                mdoc_print_item(state_word(state), "", state_meaning(state));
        mdoc_end_list();
        if (machine + 1 < MACHINE_COUNT)
            printf(".Pp\n");
    }
}

static void print_outcomes(void)
{
    mdoc_begin_list("retry_throttled");
    for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
        mdoc_print_item(
            outcome_word(outcome), outcome_is_retried(outcome) ? "tried again" : "", outcome_sentence(outcome));
    mdoc_end_list();
}

static void print_urgencies(void)
{
    mdoc_begin_list("critical");
    for (int urgency = URGENCY_COUNT - 1; urgency >= 0; urgency--)
        mdoc_print_item(urgency_word(urgency), "", urgency_meaning(urgency));
    mdoc_end_list();
}

static void print_categories(void)
{
    mdoc_begin_list("confinement");
    for (int category = 0; category < CATEGORY_COUNT; category++)
        mdoc_print_item(
            category_word(category), urgency_word(category_usual_urgency(category)), category_meaning(category));
    mdoc_end_list();
}

static void print_flags(void)
{
    mdoc_begin_list("no_authorities");
    for (int flag = 0; flag < FLAG_COUNT; flag++)
        mdoc_print_item(flag_word(flag), "", flag_meaning(flag));
    mdoc_end_list();
}

static void print_intents(void)
{
    mdoc_begin_list("not_help");
    for (int intent = 0; intent < INTENT_COUNT; intent++)
        mdoc_print_item(intent_word(intent), "", intent_meaning(intent));
    mdoc_end_list();
}

/* "cases note CASE TEXT" and "cases list [--state ...]", each with what it does. */
static void print_verbs(void)
{
    static const struct {
        const char *words, *positional, *options, *summary;
    } verbs[] = {
#define VERB(identifier, words, positional, options, layout, summary) { words, positional, options, summary },
#include "gateway/core/verbs.def"
#undef VERB
    };
    mdoc_begin_list("Ds");
    for (size_t i = 0; i < STR_COUNT(verbs); i++)
        mdoc_print_command(verbs[i].words, verbs[i].positional, verbs[i].options, verbs[i].summary);
    mdoc_end_list();
}

struct table {
    const char *line;
    void (*print)(void);
};

static const struct table tables[] = {
    { "@EVENTS@\n", print_events },
    { "@METRICS@\n", print_metrics },
    { "@STATES@\n", print_states },
    { "@OUTCOMES@\n", print_outcomes },
    { "@URGENCIES@\n", print_urgencies },
    { "@CATEGORIES@\n", print_categories },
    { "@FLAGS@\n", print_flags },
    { "@INTENTS@\n", print_intents },
    { "@VERBS@\n", print_verbs },
    { "@CONFIG_KEYS@\n", keys_print_config },
    { "@REPLY_KEYS@\n", keys_print_replies },
    { "@COUNTRY_KEYS@\n", keys_print_countries },
    { "@COMMAND_KEYS@\n", keys_print_commands },
    { "@CHANNELS@\n", keys_print_channels },
    { "@CHANNEL_KEYS@\n", keys_print_channel_keys },
};

static int print_table(const char *line)
{
    for (size_t i = 0; i < STR_COUNT(tables); i++)
        if (strcmp(line, tables[i].line) == 0) {
            tables[i].print();
            return 0;
        }
    fprintf(stderr, "tables: there is no table %s", line);
    return -1;
}

int main(void)
{
    char line[LINE_MAX_LEN];

    while (fgets(line, sizeof(line), stdin)) {
        if (line[0] != '@')
            fputs(line, stdout);
        else if (print_table(line) < 0)
            return 1;
    }
    return ferror(stdin) || fflush(stdout) != 0 ? 1 : 0;
}
