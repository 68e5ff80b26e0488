/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mdoc - the few forms in which a manual page shows a table. */
#ifndef GATEWAY_MAN_MDOC_H
#define GATEWAY_MAN_MDOC_H

/* widest: the longest word of the list, which sets its indentation. */
void mdoc_begin_list(const char *widest);
/* The sentence on a line of its own, closed by a full stop. */
void mdoc_print_sentence(const char *sentence);
/* A bold word, a note in parentheses ("" for none), and a sentence. */
void mdoc_print_item(const char *word, const char *note, const char *sentence);
/* A command with its arguments and options, both as blank-separated names, and a sentence. */
void mdoc_print_command(const char *words, const char *positional, const char *options, const char *sentence);
void mdoc_end_list(void);

#endif
