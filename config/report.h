/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report - everything that is wrong with a configuration, at once.
 * What:  lines such as "helplined.conf:12: contacts[2] (ngo-desk): unknown key `langauges`, did you mean `languages`?".
 * Keeps: the loader goes on after an error; no line holds a secret or a contact's number; REPORT_LINES_MAX lines are
 *        kept, errors before warnings, and the rest is counted.
 */
#ifndef CONFIG_REPORT_H
#define CONFIG_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "gateway/base/buf.h"

#define REPORT_LINES_MAX 500

struct report_line {
    bool is_warning;
    int line;   /* 0 = the file as a whole */
    char *text; /* the whole sentence with file:line */
};

struct config_report {
    char file[256];                      /* as given to the loader */
    unsigned error_count, warning_count; /* also those that no longer fitted */
    unsigned line_count;
    struct report_line lines[REPORT_LINES_MAX];
};

struct config_report *report_new(void); /* NULL when memory is exhausted */
void report_free(struct config_report *report);
void report_auto_free(struct config_report **report);
#define AUTO_REPORT __attribute__((cleanup(report_auto_free))) struct config_report

/* `where` is the path in the file ("contacts[2] (ngo-desk)"), NULL or "" for none. */
void report_error(struct config_report *report, int line, const char *where, const char *format, ...) PRINTF_LIKE(4, 5);
void report_warn(struct config_report *report, int line, const char *where, const char *format, ...) PRINTF_LIKE(4, 5);

/* A sentence that already begins with its place ("file:12: ..."). */
void report_sentence(struct config_report *report, const char *sentence);

/* Brings the lines into the order of the file. */
void report_sort(struct config_report *report);

#endif
