/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * texts_parts - what the readers of replies, commands and countries share: one set in the making, one report.
 * Keeps: everything in a set belongs to its memory; an entry with an error is not added; a set is given away only when
 *        no error was reported.
 */
#ifndef CONFIG_TEXTS_PARTS_H
#define CONFIG_TEXTS_PARTS_H

#include "config/conf.h"
#include "config/memory.h"
#include "config/report.h"
#include "config/texts.h"

#define TEXTS_LANGUAGES_MAX 96u
#define TEXTS_COUNTRIES_MAX 256u
#define TEXTS_COMMANDS_MAX 1024u
#define TEXTS_SEGMENTS_MAX 2u /* of one sentence: what she pays to answer, and what may arrive in pieces */

/* The sentences of one language. */
struct texts_language {
    char tag[LANGUAGE_MAX];
    const char *path;                          /* of the file */
    const char *sentences[TEXT_PURPOSE_COUNT]; /* NULL = not written */
    int lines[TEXT_PURPOSE_COUNT];
    const char *yes, *no; /* what the question asks for; "" when there is none */
};

struct texts_word {
    const char *word, *language; /* language "" = built in */
    enum command_verb verb;
    int line;
};

struct texts {
    struct config_memory *memory;
    unsigned language_count, country_count, word_count;
    struct texts_language languages[TEXTS_LANGUAGES_MAX]; /* in the order of their tags */
    struct country_rules everywhere;                      /* country "" */
    struct country_rules countries[TEXTS_COUNTRIES_MAX];
    struct texts_word words[TEXTS_COMMANDS_MAX];
};

struct texts_build {
    struct texts *texts;
    struct config_report *report;
};

/* An empty set with the built-in words of the commands. */
int texts_new(struct texts **ret_texts) MUST_CHECK;

/* Each reads one file into the set; faults go to the report under the file's name; only ERR_NOMEM is returned. */
int replies_read(struct texts_build *build, const struct conf *conf, const char *tag) MUST_CHECK;
int commands_read(struct texts_build *build, const struct conf *conf) MUST_CHECK;
int countries_read(struct texts_build *build, const struct conf *conf) MUST_CHECK;
/* What only the whole shows: English must be complete, and every sentence must keep the rules of every country. */
void replies_check(struct texts_build *build);

/* The tables of keys, for the manual. */
extern const struct key replies_keys[], countries_keys[], commands_keys[];

/* The built-in words, one a verb. */
int commands_add_usual(struct texts *texts) MUST_CHECK;
const char *command_key(enum command_verb verb); /* "ok", "no": the key of the file */

#endif
