/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * classify - what a text says: language, help or not, categories, urgency, flags, and the words that say so.
 * Keeps: a pure function of its arguments, no allocation, bounded work; a text that nothing recognises is help,
 * unclear, urgent; only positive evidence makes it anything else. Not here: who is told (routing), what is stored
 * (intake).
 */
#ifndef GATEWAY_CORE_TRIAGE_CLASSIFY_H
#define GATEWAY_CORE_TRIAGE_CLASSIFY_H

#include "gateway/base/model.h"
#include "gateway/core/triage/lexicon.h"

/* What is known about the number before this text. NULL = nothing. */
struct triage_history {
    const char *language; /* tag of the person's last sure text, NULL or "" when unknown */
    bool has_open_case;   /* the text joins a case: FLAG_repeat */
    bool asked_yes_no;    /* the last message to the person asked for yes or no */
    int64_t last_at;      /* of the person's last text, 0 when there is none */
};

/* text: the message in UTF-8; bytes that are not valid are read as U+FFFD. Always fills ret; ERR_LIMIT says that only
 * the first NORMAL_BYTES_MAX bytes were read (the answer still stands). */
int triage_classify(const struct lexicon *lexicon, struct span text, const struct triage_history *history,
    int64_t now_ms, struct triage *ret) MUST_CHECK;

#endif
