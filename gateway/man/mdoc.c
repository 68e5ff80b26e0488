/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mdoc - see mdoc.h.
 * Why:   a line of text that begins with a point is a macro, and a backslash an escape; table text must be neither.
 */
#include "gateway/man/mdoc.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* mdoc wants every sentence on a line of its own. */
static void print_text(const char *text)
{
    if (text[0] == '.' || text[0] == '\'')
        fputs("\\&", stdout);
    for (const char *start = text; *text; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == ' ' && text > start && text[-1] == '.' && isalnum((unsigned char)text[1]))
            putchar('\n');
        else
            putchar(*text);
    }
}

void mdoc_begin_list(const char *widest)
{
    printf(".Bl -tag -width %s\n", widest);
}

void mdoc_print_sentence(const char *sentence)
{
    size_t len = strlen(sentence);

    print_text(sentence);
    printf(len > 0 && sentence[len - 1] == '.' ? "\n" : ".\n");
}

/* The note stands on a line of its own: on the macro's line a word such as "No" would be read as a macro. */
void mdoc_print_item(const char *word, const char *note, const char *sentence)
{
    printf(".It Sy %s\n", word);
    if (note[0]) {
        putchar('(');
        print_text(note);
        printf(")\n");
    }
    mdoc_print_sentence(sentence);
}

void mdoc_print_command(const char *words, const char *positional, const char *options, const char *sentence)
{
    printf(".It Cm %s", words);
    if (positional[0])
        printf(" Ar %s", positional);
    for (const char *option = options; *option;) {
        int len = (int)strcspn(option, " ");
        printf(" Oo Fl -%.*s Ar %.*s Oc", len, option, len, option);
        option += len + (option[len] == ' ');
    }
    putchar('\n');
    mdoc_print_sentence(sentence);
}

void mdoc_end_list(void)
{
    printf(".El\n");
}
