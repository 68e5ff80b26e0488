/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * report - see report.h.
 * Why errors push warnings out: when the report is full, what stops the program matters more than what does not.
 */
#include "config/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 1600

struct config_report *report_new(void)
{
    return calloc(1, sizeof(struct config_report));
}

void report_free(struct config_report *report)
{
    if (!report)
        return;
    for (unsigned i = 0; i < report->line_count; i++)
        free(report->lines[i].text);
    free(report);
}

void report_auto_free(struct config_report **report)
{
    report_free(*report);
}

/* The slot for a new line: a free one, or for an error the last warning's; NULL when there is none. */
static struct report_line *take_slot(struct config_report *report, bool is_warning)
{
    if (report->line_count < REPORT_LINES_MAX)
        return &report->lines[report->line_count++];
    for (unsigned i = report->line_count; !is_warning && i > 0; i--)
        if (report->lines[i - 1].is_warning) {
            free(report->lines[i - 1].text);
            return &report->lines[i - 1];
        }
    return NULL;
}

static void add(struct config_report *report, bool is_warning, int line, struct buf *text)
{
    if (is_warning)
        report->warning_count++;
    else
        report->error_count++;
    struct report_line *slot = take_slot(report, is_warning);
    if (slot)
        *slot = (struct report_line){ is_warning, line, buf_take(text) };
}

static void add_format(struct config_report *report, bool is_warning, int line, const char *where, const char *format,
    va_list args) PRINTF_LIKE(5, 0);
static void add_format(
    struct config_report *report, bool is_warning, int line, const char *where, const char *format, va_list args)
{
    char sentence[1024];
    AUTO_BUF text;
    buf_init(&text, LINE_BYTES_MAX);
    vsnprintf(sentence, sizeof sentence, format, args);
    buf_add_text(&text, report->file);
    if (line > 0)
        buf_add_format(&text, ":%d", line);
    buf_add_format(&text, ": %s", is_warning ? "warning: " : "");
    if (where && *where)
        buf_add_format(&text, "%s: ", where);
    buf_add_text(&text, sentence);
    add(report, is_warning, line, &text);
}

void report_error(struct config_report *report, int line, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_format(report, false, line, where, format, args);
    va_end(args);
}

void report_warn(struct config_report *report, int line, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_format(report, true, line, where, format, args);
    va_end(args);
}

void report_sentence(struct config_report *report, const char *sentence)
{
    AUTO_BUF text;
    buf_init(&text, LINE_BYTES_MAX);
    buf_add_text(&text, sentence);
    add(report, false, 0, &text);
}

/* Insertion sort: stable, and lines mostly come in order. */
void report_sort(struct config_report *report)
{
    for (unsigned i = 1; i < report->line_count; i++) {
        struct report_line line = report->lines[i];
        unsigned at = i;
        for (; at > 0 && report->lines[at - 1].line > line.line; at--)
            report->lines[at] = report->lines[at - 1];
        report->lines[at] = line;
    }
}
