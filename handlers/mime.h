/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mime - the pieces of a mail: addresses, encoded words, a base64 body (RFC 5322, 2047, 2045).
 * Keeps: no function lets a CR or LF of its input reach a header; lines stay within 76 characters (RFC 2045
 * clause 6.8).
 */
#ifndef HANDLERS_MIME_H
#define HANDLERS_MIME_H

#include "gateway/base/buf.h"

#define MIME_ADDRESS_MAX 254 /* RFC 5321 clause 4.5.3.1.3, less the brackets */

/* A bare "local@domain" in ASCII, no quotes, no brackets, no white space: what an envelope may carry. */
bool mime_is_address(const char *text);
/* The part after "@", or "" */
const char *mime_domain(const char *address);

/* Appends "Name: value\r\n". A value of printable ASCII that fits one line stays as it is; any other is written as
 * encoded words, folded, never cut inside a character; line breaks in it become spaces. */
void mime_add_header(struct buf *out, const char *name, const char *value);
/* Appends 'Name: encoded-phrase <address>\r\n', or without the phrase when it is empty. */
void mime_add_mailbox(struct buf *out, const char *name, const char *phrase, const char *address);
/* Appends a text as base64 in lines of 76 with CRLF; every kind of line break in the text becomes CRLF first. */
void mime_add_base64_text(struct buf *out, const char *text);

#endif
