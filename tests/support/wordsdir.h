/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wordsdir - a folder with invented replies, commands and countries, for tests of config/texts.
 * Keeps: wordsdir_close removes everything that wordsdir_put has written.
 */
#ifndef TESTS_SUPPORT_WORDSDIR_H
#define TESTS_SUPPORT_WORDSDIR_H

#include "config/texts.h"

#define WORDSDIR_FILES_MAX 32

/* A small complete English file: neutral is its line 2, consent 3, who 5. */
extern const char wordsdir_english[];

struct wordsdir {
    char folder[96];
    unsigned count;
    char paths[WORDSDIR_FILES_MAX][192];
};

void wordsdir_open(struct wordsdir *words);
void wordsdir_close(struct wordsdir *words);
/* "replies/ne.conf", "commands.conf", "countries.conf". */
void wordsdir_put(struct wordsdir *words, const char *name, const char *text);
/* What has been put is loaded, what has not is not asked for. */
int wordsdir_load(const struct wordsdir *words, struct config_report *report, struct texts **ret_texts);
/* Is there a line that is the folder and this? */
bool wordsdir_has_line(const struct wordsdir *words, const struct config_report *report, const char *want);
void wordsdir_print(const struct config_report *report, const char *label);

#endif
