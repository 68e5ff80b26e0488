/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lexicon_read - one file of words into the lexicon that is being built.
 * Keeps: every mistake of the file is reported; the rest of it is still read.
 */
#ifndef GATEWAY_CORE_TRIAGE_LEXICON_READ_H
#define GATEWAY_CORE_TRIAGE_LEXICON_READ_H

#include "config/conf.h"
#include "gateway/core/triage/lexicon.h"

/* The letters that the file wants taken as one. Of every file before any word is read. */
int lexicon_read_letters(struct lexicon *lexicon, const struct conf *conf, struct buf *report) MUST_CHECK;
/* The words. 0, or the first failure's code; sentences "file:line: ..." go to report (may be NULL). */
int lexicon_read_conf(struct lexicon *lexicon, const struct conf *conf, struct buf *report) MUST_CHECK;

/* A word of staff. ERR_NOT_FOUND when its language or label is unknown, ERR_INVALID, ERR_LIMIT, told in the report;
 * ERR_NOMEM. */
int lexicon_read_added(struct lexicon *lexicon, const struct lexicon_added *added, struct buf *report) MUST_CHECK;

#endif
