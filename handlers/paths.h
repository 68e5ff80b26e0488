/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * paths - where a value stands in a tree that was JSON or XML.
 * What:  "/data/text"  from the top, RFC 6901 ("~1" is a slash in a name, "~0" a tilde, a number an entry of a list);
 *                      in XML the first name is that of the root element
 *        "text"        a member of the current entry (or of the top; in XML of the root element); in XML also its
 *                      attribute
 *        "./a/b"       from the current entry          "../to"  from what holds the current entry (a list is no level)
 *        "@id"         an attribute, "#text" the text of an XML element beside its children
 *        "/a/ * /b"    (without the spaces) as a list of entries: every entry of a list; the end may be a list as well
 * Keeps: in XML one element stands for a list of one, and a list for its first element, because the document does not
 *        tell the difference; in JSON what is no list is none.
 */
#ifndef HANDLERS_PATHS_H
#define HANDLERS_PATHS_H

#include "gateway/json/json.h"

#define PATHS_LEVELS_MAX 40

/* One entry, with what holds it. Borrowed from the tree. */
struct paths_place {
    json_t *root;
    json_t *trail[PATHS_LEVELS_MAX]; /* objects from the top to the entry itself */
    size_t depth;                    /* at least 1 */
    bool is_xml;
};

/* The top of a document. */
void paths_begin(struct paths_place *place, json_t *root, bool is_xml);
/* NULL when there is nothing. */
json_t *paths_find(const struct paths_place *place, const char *path);
/* Appends the text at the path. ERR_NOT_FOUND (also null), ERR_INVALID for an object or a list, ERR_LIMIT, ERR_NOMEM.
 */
int paths_get(const struct paths_place *place, const char *path, struct buf *out) MUST_CHECK;

/* Calls use for every entry of the list at the path, until it gives something else than 0, which is returned.
 * ERR_INVALID when there is no such list. */
typedef int (*paths_use_fn)(void *context, const struct paths_place *entry);
int paths_each(const struct paths_place *top, const char *path, paths_use_fn use, void *context) MUST_CHECK;

/* Is it written as above? is_list: "*" is allowed. Writes the sentence. */
int paths_check(const char *key, const char *path, bool is_list, struct error *error) MUST_CHECK;

#endif
