/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lexiconview - how the page of words looks: languages, a text that is tried, words of staff, the form to add one. */
#ifndef GATEWAY_CONSOLE_LINE_LEXICONVIEW_H
#define GATEWAY_CONSOLE_LINE_LEXICONVIEW_H

#include "gateway/console/html.h"
#include "gateway/console/visit.h"

/* What the form to add a word holds. */
struct lexicon_draft {
    char language[LANGUAGE_MAX], label[48], words[LEXICON_WORDS_MAX], weight[4];
    const char *refusal; /* why it was not added; NULL = it was not tried */
};

struct lexiconview {
    const struct visit *visit;
    const json_t *languages, *added;
    const json_t *reading; /* of the text that is tried; NULL = none */
    struct span text;
    struct lexicon_draft draft;
    size_t page_max; /* of added words */
    bool is_further;
};
void lexiconview_write(struct html *html, const struct lexiconview *view);
/* The name of a file of words for people: a language, or what all of them share. */
const char *lexiconview_name(const char *tag);
/* Choices of what a word can stand for, without those that are never added; empty: what "" is called, NULL = none. */
void lexiconview_write_labels(struct html *html, const char *chosen, const char *empty, bool has_quiet);

#endif
