/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * texts - the fixed sentences that the machine may send to a person, per language, and the words that responders answer
 * with. What:  config/replies/<language>.conf: `neutral` (the automatic reply), `consent` (may we pass it on?), `who`
 * (asked of a reporter). config/commands.conf: the words of the SMS commands (OK, NO, END ...) per language. Keeps:
 * checked at load: alphabet and segments, forbidden words, links, telephone numbers, the sending rules of every country
 *        (config/countries.conf); a directory with an error is not used.
 * Not here: whether a text is sent at all (core/replies), what a command does (core/responders).
 */
#ifndef CONFIG_TEXTS_H
#define CONFIG_TEXTS_H

#include "config/report.h"
#include "config/zone.h"
#include "gateway/base/model.h"

enum text_purpose { TEXT_NEUTRAL, TEXT_CONSENT, TEXT_WHO, TEXT_PURPOSE_COUNT };

enum command_verb {
    COMMAND_TAKE,      /* OK */
    COMMAND_DECLINE,   /* NO */
    COMMAND_END,       /* END */
    COMMAND_NOTE,      /* NOTE */
    COMMAND_SAY,       /* SAY */
    COMMAND_FORCE,     /* FORCE: say although her rules hold it, with a reason */
    COMMAND_CONTACTED, /* DONE: she was reached */
    COMMAND_ON,
    COMMAND_OFF,
    COMMAND_VERB_COUNT
};

#define TEXTS_SENDER_MAX 11u /* letters of a sender's name (3GPP TS 23.040 9.1.2.5) */

struct country_rules { /* one country of config/countries.conf */
    char country[COUNTRY_MAX];
    bool allows_links, allows_numbers; /* in a text */
    bool allows_replies;               /* can an answer reach us by SMS from there? (provider numbers) */
    char sender[16];                   /* any | name | registered | number: what may show as sender */
    unsigned sender_max;               /* letters of a name */
    int quiet_from_min, quiet_to_min;  /* local minutes in which nothing that is not urgent begins; equal = none */
    const struct zone *zone;           /* of these minutes; NULL = not known, so they are not applied */
    unsigned forbidden_count;
    char **forbidden; /* words that a text must not hold, lower case */
};

struct texts;

/* Loads the directory of replies, the commands file and the countries file; every error goes to the report. */
int texts_load(const char *replies_directory, const char *commands_file, const char *countries_file,
    struct config_report *report, struct texts **ret_texts) MUST_CHECK;
void texts_free(struct texts *texts);

/* The sentence in her language: exact tag, then its primary tag, then English; NULL only when purpose has none in
 * English. */
const char *texts_find(const struct texts *texts, enum text_purpose purpose, const char *language);
/* Is the text the word of agreement or of refusal that the question asked for? Her language first; else a word of any
 * language, if all that have it agree. Only the bare word counts (blanks, signs and case around it do not): what is
 * longer is for triage, and what is neither is no answer. */
enum texts_answer { ANSWER_NONE, ANSWER_YES, ANSWER_NO };
enum texts_answer texts_answer(const struct texts *texts, const char *language, struct span text);
/* The verb of a word ("ok", "OO"), case-insensitive (ASCII and simple Unicode folding as the files need), or -1. */
int texts_command(const struct texts *texts, struct span word);
/* The usual (English) word of a verb in capitals, for help texts. */
const char *texts_command_word(enum command_verb verb);
const struct country_rules *texts_country(
    const struct texts *texts, const char *country); /* NULL when none are known */
/* Does the text keep the rules of that country ("" = rules that hold everywhere)? ERR_REFUSED with the sentence. */
int texts_check(const struct texts *texts, const char *country, struct span text, struct error *error) MUST_CHECK;
/* One line a sentence for `helplined --check-config` and `helplinectl`: language, purpose, alphabet, segments. */
typedef void (*texts_fn)(void *context, const char *language, enum text_purpose purpose, const char *text);
void texts_each(const struct texts *texts, texts_fn fn, void *context);

#endif
