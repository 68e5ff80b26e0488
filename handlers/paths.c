/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paths - one step at a time; every step is an RFC 6901 pointer of one name. */
#include "handlers/paths.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"

#define STEP_MAX 260 /* "/" and one name, with NUL */
#define UP "../"
#define HERE "./"

void paths_begin(struct paths_place *place, json_t *root, bool is_xml)
{
    *place = (struct paths_place){ .root = root, .is_xml = is_xml };
    place->trail[place->depth++] = root;
}

/* Takes "/name" off the front of the path; false at its end, or when the name is too long. */
static bool take_step(const char **path, char step[STEP_MAX])
{
    if (**path != '/')
        return false;
    size_t len = 1 + strcspn(*path + 1, "/");
    bool is_whole = str_copy_span(step, STEP_MAX, (struct span){ *path, len });
    *path += len;
    return is_whole;
}

static bool is_index(const char *step)
{
    return step[1] && step[1 + strspn(step + 1, "0123456789")] == '\0';
}

static json_t *go(json_t *value, const char *step, bool is_xml)
{
    if (is_xml && json_is_array(value) && !is_index(step))
        value = json_array_get(value, 0);
    if (is_xml && !json_is_array(value) && strcmp(step, "/0") == 0 && !json_object_get(value, "0"))
        return value;
    return json_pointer(value, step);
}

static json_t *follow(json_t *value, const char *path, bool is_xml)
{
    char step[STEP_MAX];
    while (value && *path)
        value = take_step(&path, step) ? go(value, step, is_xml) : NULL;
    return value;
}

/* The root element of XML, which bare words at the top begin from. */
static json_t *only_member(json_t *object)
{
    return json_object_size(object) == 1 ? json_object_iter_value(json_object_iter(object)) : NULL;
}

static json_t *find_bare(const struct paths_place *place, const char *name)
{
    char attribute[STEP_MAX];
    json_t *entry = place->trail[place->depth - 1];
    if (!place->is_xml)
        return json_object_get(entry, name);
    if (place->depth == 1 && entry == place->root)
        entry = only_member(entry);
    (void)snprintf(attribute, sizeof attribute, "@%s", name);
    json_t *value = json_object_get(entry, name);
    return value ? value : json_object_get(entry, attribute);
}

json_t *paths_find(const struct paths_place *place, const char *path)
{
    size_t level = place->depth - 1;
    bool is_moved = false;
    if (*path == '/' || *path == '\0')
        return follow(place->root, path, place->is_xml);
    for (; str_starts(path, UP); path += strlen(UP), is_moved = true) {
        if (level == 0)
            return NULL;
        level--;
    }
    if (str_starts(path, HERE))
        return follow(place->trail[level], path + strlen(HERE) - 1, place->is_xml);
    /* The slash of the last "../" begins the rest. */
    return is_moved ? follow(place->trail[level], path - 1, place->is_xml) : find_bare(place, path);
}

int paths_get(const struct paths_place *place, const char *path, struct buf *out)
{
    json_t *value = paths_find(place, path);
    if (place->is_xml && json_is_array(value))
        value = json_array_get(value, 0);
    if (!value || json_is_null(value))
        return ERR_NOT_FOUND;
    if (!place->is_xml || !json_is_object(value))
        return json_scalar_text(value, out);
    json_t *text = json_object_get(value, "#text");
    const char *name = json_object_iter_key(json_object_iter(value));
    if (text)
        return json_scalar_text(text, out);
    return *name == '@' ? 0 : ERR_INVALID; /* an empty element with attributes is an empty text */
}

/* ---- lists ----------------------------------------------------------------------------------------------------- */

struct walk {
    paths_use_fn use;
    void *context;
    bool is_found;
};

static int walk_on(struct walk *walk, struct paths_place *place, json_t *value, const char *path);

/* Every entry of a list; in XML, or behind a "*", also what is no list. */
static int walk_entries(
    struct walk *walk, const struct paths_place *place, json_t *value, const char *path, bool may_be_one)
{
    size_t i;
    json_t *entry;
    int rc = 0;
    struct paths_place inner = *place;
    if (!json_is_array(value))
        return may_be_one ? walk_on(walk, &inner, value, path) : 0;
    walk->is_found = true;
    json_array_foreach(value, i, entry)
    {
        inner.depth = place->depth;
        if (!rc)
            rc = walk_on(walk, &inner, entry, path);
    }
    return rc;
}

static int walk_on(struct walk *walk, struct paths_place *place, json_t *value, const char *path)
{
    char step[STEP_MAX];
    if (place->depth == PATHS_LEVELS_MAX)
        return ERR_LIMIT;
    if (!json_is_array(value) || !*path)
        place->trail[place->depth++] = value;
    if (!*path) {
        walk->is_found = true;
        return walk->use(walk->context, place);
    }
    if (!take_step(&path, step))
        return ERR_INVALID;
    bool is_star = strcmp(step, "/*") == 0;
    if (is_star && !json_is_array(value))
        place->depth--; /* the same value again, as the one entry of a list */
    json_t *next = is_star ? value : go(value, step, place->is_xml);
    bool is_last = !*path;
    if (!next) {
        walk->is_found |= is_last && place->is_xml; /* no element: an empty list */
        return 0;
    }
    if (is_star || is_last)
        return walk_entries(walk, place, next, path, is_star || place->is_xml);
    return walk_on(walk, place, next, path);
}

int paths_each(const struct paths_place *top, const char *path, paths_use_fn use, void *context)
{
    struct walk walk = { .use = use, .context = context };
    struct paths_place place = { .root = top->root, .is_xml = top->is_xml };
    char bare[STEP_MAX];
    (void)snprintf(bare, sizeof bare, "/%s", path);
    json_t *start = top->root;
    if (*path != '/' && top->is_xml) {
        place.trail[place.depth++] = start;
        start = only_member(start);
    }
    int rc = start ? walk_on(&walk, &place, start, *path == '/' ? path : bare) : 0;
    return rc || walk.is_found ? rc : ERR_INVALID;
}

/* ---- checking -------------------------------------------------------------------------------------------------- */

static int check_escapes(const char *key, const char *path, struct error *error)
{
    for (const char *at = strchr(path, '~'); at; at = strchr(at + 1, '~')) {
        if (at[1] != '0' && at[1] != '1')
            return error_set(error, ERR_INVALID, "%s: in a path \"~\" is written ~0 (and \"/\" in a name ~1)", key);
    }
    return 0;
}

int paths_check(const char *key, const char *path, bool is_list, struct error *error)
{
    size_t len = strlen(path), levels = 0;
    bool is_pointer = *path == '/' || str_starts(path, UP) || str_starts(path, HERE);
    if (!is_pointer)
        return 0;
    for (const char *c = path; *c; c++)
        levels += *c == '/';
    if (levels >= PATHS_LEVELS_MAX)
        return error_set(error, ERR_INVALID, "%s: a path has at most %d levels", key, PATHS_LEVELS_MAX - 1);
    if (path[len - 1] == '/')
        return error_set(error, ERR_INVALID, "%s: \"%s\" ends in a slash; leave it out", key, path);
    if (!is_list && strstr(path, "/*"))
        return error_set(error, ERR_INVALID, "%s: \"*\" belongs into the path of a list (messages, reports)", key);
    return check_escapes(key, path, error);
}
