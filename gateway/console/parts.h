/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parts - what all pages of the console are built of, so that they look and read alike.
 * What:  badges, times, terms, tables, pagers, filters; each writes markup that gateway/console/style.css knows.
 * Keeps: a word stands beside every shape and colour; texts of persons stand in <bdi>; times are of UTC and
 * machine-readable. Not here: the frame of a page and its POST forms (shell).
 */
#ifndef GATEWAY_CONSOLE_PARTS_H
#define GATEWAY_CONSOLE_PARTS_H

#include "gateway/console/html.h"
#include "gateway/json/json.h"

#define PARTS_HREF_MAX 1024 /* an address with its query, with NUL */

/* ---- words ---- */
/* A badge: the word with its shape. word: of URGENCY; another one is written plainly. */
void parts_write_urgency(struct html *html, const char *word);
/* A chip; kind is a word of style.css: "rule" (her rules: stands out), "alarm", "good", "new", or "" (quiet). */
void parts_write_chip(struct html *html, const char *kind, const char *text);
/* The flags of a row as chips, the ones that bind a responder first; nothing for an empty array. */
void parts_write_flags(struct html *html, const json_t *flags);
/* "wages, overwork": underscores as spaces; "none" for an empty array. */
void parts_write_words(struct html *html, const json_t *words);
void parts_write_word(struct html *html, const char *word);
/* A text of a person, or a name out of the configuration: isolated in its own direction. */
void parts_write_name(struct html *html, const char *text);
/* What a person wrote, quoted in its own direction; language: a tag, "" or "und" = not known. Then the caller writes
 * it. */
void parts_begin_words(struct html *html, const char *language);
#define PARTS_WORDS_END(html) H_LIT(html, "</blockquote>\n")

/* ---- times ---- */
/* "24 Nov 2026, 22:50 UTC". */
void parts_write_moment(struct html *html, int64_t at);
/* "24 Nov 2026, 22:50 UTC (3 minutes ago)", or "(in 3 minutes)". at 0: "never". */
void parts_write_time(struct html *html, int64_t at, int64_t now_ms);
/* "3 min", "5 h", "12 d", with the whole time for a pointer and a screen reader. at 0: a dash. */
void parts_write_age(struct html *html, int64_t at, int64_t now_ms);
/* The time of a row (RFC 3339 or null) in milliseconds, 0 when there is none. */
int64_t parts_time_of(const json_t *row, const char *key);

/* ---- terms: <dl class="facts"> ---- */
#define PARTS_FACTS_BEGIN(html) H_LIT(html, "<dl class=\"facts\">\n")
#define PARTS_FACTS_END(html) H_LIT(html, "</dl>\n")
/* name: a literal of this program; then the value is written by the caller, then PARTS_FACT_END. */
void parts_begin_fact(struct html *html, const char *name);
#define PARTS_FACT_END(html) H_LIT(html, "</dd>\n")
void parts_write_fact(struct html *html, const char *name, const char *value);

/* ---- tables: scroll on a narrow screen, or become cards ---- */
/* kind: "cards" (each row a card below 40 rem; give every cell its label) or "" (scrolls). headings: as many as count;
 * "" is a column without a heading. */
void parts_begin_table(
    struct html *html, const char *kind, const char *caption, const char *const *headings, size_t count);
void parts_end_table(struct html *html);
/* label: the heading of its column, shown beside the value on a card. Then the caller writes, then </td>. */
void parts_begin_cell(struct html *html, const char *label);
#define PARTS_CELL_END(html) H_LIT(html, "</td>\n")
void parts_write_cell(struct html *html, const char *label, const char *value);
/* Of an audit row: its object and its detail. */
void parts_write_object_cell(struct html *html, const json_t *row);
void parts_write_number_cell(struct html *html, const char *label, int64_t value);

/* ---- what stands around a list ---- */
/* Nothing to show: what that means, and what one could do (NULL = nothing). */
void parts_write_empty(struct html *html, const char *sentence, const char *next);
/* Addresses; NULL = there is none. Prints nothing when both are NULL. */
void parts_write_pager(struct html *html, const char *first, const char *next);

/* A GET form; fields between. action: a relative address. */
void parts_begin_filter(struct html *html, const char *action, const char *label);
void parts_end_filter(struct html *html, const char *reset); /* reset: address of the list without a filter */
struct parts_option {
    const char *value, *text;
};
/* A choice; the first entry is always "any" with the empty value. */
void parts_write_choice(struct html *html, const char *name, const char *label, const struct parts_option *options,
    size_t count, const char *chosen);
/* The same without "any". */
void parts_write_select(struct html *html, const char *name, const char *label, const struct parts_option *options,
    size_t count, const char *chosen);
/* type: "text", "search", "date", "number", "password" ... */
void parts_write_field(struct html *html, const char *name, const char *label, const char *type, const char *value);
void parts_write_check(struct html *html, const char *name, const char *label, bool is_checked);

#endif
