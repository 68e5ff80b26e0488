/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html - writes a page, and can write nothing but string literals of this program and escaped text.
 * What:  H_LIT takes a literal and nothing else; what comes from a person, a file or a row goes through html_text and
 *        html_attr.
 * Why:   one forgotten escape would let a text from any telephone act as a caseworker.
 * Keeps: the bytes are private, so no other way in exists; the writer follows where in the markup it stands, and a call
 *        in the wrong place (text inside a tag, an attribute outside one) spoils the page instead of being printed.
 * Not here: what a page looks like (page).
 */
#ifndef GATEWAY_CONSOLE_HTML_H
#define GATEWAY_CONSOLE_HTML_H

#include "gateway/base/buf.h"

struct html;

/* max: ceiling in bytes of the whole page. NULL when memory is exhausted. */
struct html *html_new(size_t max);
void html_free(struct html *html);
void html_auto_free(struct html **html);
#define AUTO_HTML __attribute__((cleanup(html_auto_free))) struct html

/* Markup. The concatenation admits string literals only. Attribute values in it stand in double quotes; elements whose
 * text browsers read without entities (script, style, comments ...) are refused. */
#define H_LIT(html, literal) html_put_literal((html), "" literal "", sizeof(literal) - 1)
void html_put_literal(struct html *html, const char *literal, size_t len); /* only by H_LIT: lint rule `markup` */

/* Text between tags. Every character arrives at the reader as it is, but: what HTML cannot hold (NUL, control
 * characters, invalid UTF-8, non-characters) becomes U+FFFD, and the controls that turn the direction of what follows
 * (U+202A-202E, U+2066-2069) are shown as [U+202E]. */
void html_text(struct html *html, struct span text);
void html_string(struct html *html, const char *text); /* the same; NULL prints nothing */
/* Inside a tag: ` name="value"`. name is a literal like H_LIT's. */
#define H_ATTR(html, name, value) html_put_attr((html), " " name "=\"", sizeof(" " name "=\"") - 1, (value))
void html_put_attr(struct html *html, const char *literal, size_t len, const char *value); /* only by H_ATTR */
void html_number(struct html *html, int64_t number);

/* Moves the page into out (appended). ERR_LIMIT, ERR_NOMEM, or ERR_INVALID when a call stood in the wrong place or the
 * markup ends inside a tag. */
int html_finish(struct html *html, struct buf *out) MUST_CHECK;

#endif
