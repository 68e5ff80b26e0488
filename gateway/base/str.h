/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * str - small, bounded text tools: copying, comparing, and the encodings of the wire.
 * Keeps: no function writes past the size it is given; decoders refuse what is not of their alphabet.
 */
#ifndef GATEWAY_BASE_STR_H
#define GATEWAY_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gateway/base/buf.h"

#define STR_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Copies with truncation, always terminates; returns false when src did not fit. src may be NULL (""). */
bool str_copy(char *dst, size_t dst_size, const char *src);
bool str_copy_span(char *dst, size_t dst_size, struct span src);

bool str_equal(const char *a, const char *b);        /* NULL equals only NULL */
bool str_equal_nocase(const char *a, const char *b); /* ASCII case only */
bool str_starts(const char *text, const char *prefix);
bool str_starts_nocase(const char *text, const char *prefix);
bool str_is_empty(const char *text);    /* NULL or "" */
struct span str_trim(struct span text); /* without ASCII white space around it */

/* Constant-time comparison of secrets and signatures; the lengths may differ (and are not secret). */
bool str_equal_secret(struct span a, struct span b);

/* Parses an optionally signed decimal of the whole text within [min, max]; ERR_INVALID otherwise. */
int str_to_int64(const char *text, int64_t min, int64_t max, int64_t *ret_value) MUST_CHECK;

/* A duration for people: "500 ms", "90 s", "15 min", "24 h", "35 d" (a bare number is refused). Milliseconds out. */
int str_to_duration_ms(const char *text, int64_t *ret_ms) MUST_CHECK;

/* RFC 4648. Encoding appends to out. Decoding accepts standard and URL-safe alphabets, with or without padding,
 * no white space; ERR_INVALID otherwise. */
void str_base64_encode(struct buf *out, const void *data, size_t len);
void str_base64url_encode(struct buf *out, const void *data, size_t len); /* URL-safe, no padding */
int str_base64_decode(struct buf *out, struct span text) MUST_CHECK;
void str_base32_encode(struct buf *out, const void *data, size_t len); /* upper case, no padding */
void str_hex_encode(struct buf *out, const void *data, size_t len);    /* lower case */
int str_hex_decode(struct buf *out, struct span text) MUST_CHECK;

/* RFC 3986 percent encoding of everything but unreserved characters. */
void str_percent_encode(struct buf *out, struct span text);
/* Decodes %XX; with is_form also '+' to space. A broken escape stays as it is written (providers do send "100%"). */
void str_percent_decode(struct buf *out, struct span text, bool is_form);

/* The edit distance (Levenshtein) of two short words, or limit+1 when it is larger: for "did you mean". */
unsigned str_distance(const char *a, const char *b, unsigned limit);
/* The nearest of `count` words within distance 2 (1 for words under 4 letters), or NULL. */
const char *str_nearest(const char *word, const char *const *words, size_t count);

/* Adds text for a terminal or a log line: control characters, bidi controls and invalid UTF-8 shown as \xNN / \uNNNN.
 */
void str_add_visible(struct buf *out, struct span text);

#endif
