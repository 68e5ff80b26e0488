/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kept - see kept.h. */
#include "gateway/console/kept.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"

void kept_clear(struct kept *kept)
{
    if (kept->fields)
        explicit_bzero(kept->fields, strlen(kept->fields));
    free(kept->fields);
    *kept = (struct kept){ .is_post = false };
}

static bool set(struct kept *kept, bool is_post, struct span path, struct span fields)
{
    kept_clear(kept);
    if (path.len >= KEPT_PATH_MAX || fields.len > KEPT_FIELDS_MAX || memchr(fields.data, '\0', fields.len))
        return false;
    kept->fields = malloc(fields.len + 1);
    if (!kept->fields)
        return false;
    kept->is_post = is_post;
    (void)str_copy_span(kept->path, sizeof kept->path, path);
    (void)str_copy_span(kept->fields, fields.len + 1, fields);
    return true;
}

bool kept_set(struct kept *kept, const struct request *request)
{
    bool is_post = str_equal(request->method, "POST");
    return set(kept, is_post, span_of(request->path), is_post ? request->body : span_of(request->query));
}

bool kept_set_path(struct kept *kept, struct span path)
{
    return set(kept, false, path, span_of(""));
}
