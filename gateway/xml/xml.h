/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xml - the one door to expat: a small XML document as the same tree that JSON becomes, so that one kind of path
 *       reaches into both (handlers/paths.h).
 * What:  an element that holds nothing but text is a string; any other an object of its children by name, its
 * attributes as "@name" and its own text, unless it is blank, as "#text"; what stands several times is a list. The
 * document is an object with the root element in it. Prefixes of names are left out. Why:   gateways write XML by hand:
 * a bare "&", half an emoji, Latin-1 that says nothing. The text in it is a cry for help, so it is mended when it does
 * not parse as it came. Keeps: entities are never declared: a document that brings its own is refused, and nothing
 * outside of it is read. Bounded in bytes, depth, elements and names. Errors tell the line, never the content.
 */
#ifndef GATEWAY_XML_XML_H
#define GATEWAY_XML_XML_H

#include "gateway/json/json.h"

#define XML_BYTES_MAX (512 * 1024)
#define XML_DEPTH_MAX 32
#define XML_NODES_MAX 10000 /* elements and attributes */
#define XML_NAME_MAX 128    /* bytes of one name, with NUL */

/* charset: what the transport says ("" = the document's own words). NULL with the sentence in error. Caller
 * json_decref()s. */
json_t *xml_read(struct span text, const char *charset, struct error *error) MUST_CHECK;

#endif
