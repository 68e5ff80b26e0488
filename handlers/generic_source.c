/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_source - see the header. */
#include "handlers/generic_source.h"

#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "handlers/jsonhook.h"
#include "handlers/multipart.h"

#define NUMBER "{n}"
#define NUMBERS_MAX FORM_FIELDS_MAX
#define ENTRIES "/*"

void generic_source_init(struct generic_source *source, const struct settings *settings, const struct request *request)
{
    memset(source, 0, sizeof *source);
    source->settings = settings;
    source->request = request;
    source->number = -1;
    source->list = "";
    fields_init(&source->fields);
}

void generic_source_done(struct generic_source *source)
{
    fields_done(&source->fields);
}

void generic_source_auto_done(struct generic_source *source)
{
    generic_source_done(source);
}

static enum fields_format format_of(const struct settings *settings)
{
    static const struct {
        const char *word;
        enum fields_format format;
    } formats[] = { { "form", FIELDS_FORM }, { "query", FIELDS_QUERY }, { "json", FIELDS_JSON },
        { "xml", FIELDS_XML } };
    for (size_t i = 0; i < STR_COUNT(formats); i++) {
        if (str_equal(settings_text(settings, "format"), formats[i].word))
            return formats[i].format;
    }
    return FIELDS_AUTO;
}

/* A document in a field takes the place of the form; where the field is missing, the form stands for itself. */
static int read_inner(struct generic_source *source, const char *name)
{
    struct span value;
    if (!*name || source->fields.root || !form_find(&source->fields.form, name, &value) || !value.len)
        return 0;
    bool is_xml = memchr(value.data, '<', value.len < 8 ? value.len : 8) != NULL;
    return fields_read_document(&source->fields, value, source->charset, is_xml);
}

int generic_source_read(struct generic_source *source, unsigned flags)
{
    const char *chosen = settings_text(source->settings, "charset");
    if (*chosen)
        str_copy(source->charset, sizeof source->charset, chosen);
    else
        jsonhook_charset(source->request, source->charset);
    int rc = fields_read(&source->fields, source->request, format_of(source->settings), flags);
    source->is_form = !source->fields.root && !multipart_is(source->request);
    return rc ? rc : read_inner(source, settings_text(source->settings, "document_field"));
}

/* ---- one value ------------------------------------------------------------------------------------------------- */

static int add_span(struct buf *out, struct span value)
{
    buf_add_span(out, value);
    return buf_check(out);
}

static int get_query(const struct generic_source *source, const char *name, struct buf *out)
{
    AUTO_FIELDS query;
    fields_init(&query);
    int rc = fields_read(&query, source->request, FIELDS_QUERY, 0);
    return rc ? rc : fields_get(&query, name, out);
}

/* Beside the fields: 0 or an error; 1 when the path does not mean that. */
static int get_beside(const struct generic_source *source, const char *path, struct buf *out)
{
    if (str_starts(path, "header:")) {
        const char *value = request_header(source->request, path + strlen("header:"));
        return value ? add_span(out, span_of(value)) : ERR_NOT_FOUND;
    }
    if (str_starts(path, "query:"))
        return get_query(source, path + strlen("query:"), out);
    return str_equal(path, "body:") ? add_span(out, source->request->body) : 1;
}

/* "field{n}" to "field7"; false when it does not fit. */
static bool expand(const char *path, int number, char ret[GENERIC_PATH_MAX])
{
    const char *at = strstr(path, NUMBER);
    if (!at || number < 0)
        return str_copy(ret, GENERIC_PATH_MAX, path);
    int len = snprintf(ret, GENERIC_PATH_MAX, "%.*s%d%s", (int)(at - path), path, number, at + strlen(NUMBER));
    return len > 0 && len < GENERIC_PATH_MAX;
}

/* Of repeated fields the one with this number; a field that came once belongs to all of them. */
static int get_form(const struct generic_source *source, const char *path, struct buf *out)
{
    struct span value;
    char name[GENERIC_PATH_MAX];
    const struct form *form = &source->fields.form;
    if (!expand(path, source->number, name))
        return ERR_NOT_FOUND;
    bool is_repeated = source->number >= 0 && !strstr(path, NUMBER) && form_count_name(form, name) > 1;
    size_t index = is_repeated ? (size_t)source->number : 0;
    return form_find_nth(form, name, index, &value) ? add_span(out, value) : ERR_NOT_FOUND;
}

/* "/results/" followed by a star and "/text", while the entries of /results are read, is "./text". */
static int get_tree(const struct generic_source *source, const char *path, struct buf *out)
{
    char relative[GENERIC_PATH_MAX];
    const char *list = source->list;
    size_t len = strlen(list);
    if (len >= strlen(ENTRIES) && strcmp(list + len - strlen(ENTRIES), ENTRIES) == 0)
        len -= strlen(ENTRIES);
    bool is_entry = *list && strncmp(path, list, len) == 0 && str_starts(path + len, ENTRIES "/");
    if (!is_entry)
        return paths_get(&source->fields.place, path, out);
    (void)snprintf(relative, sizeof relative, ".%s", path + len + strlen(ENTRIES));
    return paths_get(&source->fields.place, relative, out);
}

static int get_one(const struct generic_source *source, const char *path, struct buf *out)
{
    int rc = get_beside(source, path, out);
    if (rc <= 0)
        return rc;
    return source->fields.root ? get_tree(source, path, out) : get_form(source, path, out);
}

/* The first of several paths that holds something; ERR_NOT_FOUND when none is there at all. */
static int get_first(const struct generic_source *source, const char *paths, struct buf *out)
{
    char path[GENERIC_PATH_MAX];
    size_t before = out->len;
    int found = ERR_NOT_FOUND;
    for (paths += strspn(paths, " "); *paths && out->len == before; paths += strspn(paths, " ")) {
        size_t len = strcspn(paths, " ");
        str_copy_span(path, sizeof path, (struct span){ paths, len });
        int rc = get_one(source, path, out);
        if (rc == 0 || rc != ERR_NOT_FOUND)
            found = rc;
        if (rc == ERR_NOMEM || rc == ERR_LIMIT)
            return rc;
        paths += len;
    }
    return out->len > before ? 0 : found;
}

/* A field may have a blank in its name, so the whole is tried first. */
int generic_source_get(const struct generic_source *source, const char *path, struct buf *out)
{
    int rc = get_one(source, path, out);
    return rc == ERR_NOT_FOUND && strchr(path, ' ') ? get_first(source, path, out) : rc;
}

int generic_source_add(const struct generic_source *source, const char *key, struct buf *out)
{
    const char *path = settings_text(source->settings, key);
    int rc = *path ? generic_source_get(source, path, out) : 0;
    return rc == ERR_NOMEM || rc == ERR_LIMIT ? rc : 0;
}

int generic_source_get_text(const struct generic_source *source, const char *path, struct buf *out)
{
    bool is_single = source->fields.root || source->number >= 0 || !form_is_ambiguous(&source->fields.form, path);
    return is_single ? generic_source_get(source, path, out) : fields_get_all(&source->fields, path, out);
}

/* ---- entries --------------------------------------------------------------------------------------------------- */

struct visit {
    struct generic_source *source;
    generic_source_use_fn use;
    void *context;
};

static int visit_entry(void *context, const struct paths_place *entry)
{
    struct visit *visit = context;
    visit->source->fields.place = *entry;
    return visit->use(visit->source, visit->context);
}

/* The list: as configured, or what stands before the last star of the path that every entry has. */
static void find_list(
    const struct generic_source *source, const char *list_key, const char *probe, char ret[GENERIC_PATH_MAX])
{
    const char *list = settings_text(source->settings, list_key), *star = NULL;
    for (const char *at = strstr(probe, ENTRIES "/"); at; at = strstr(at + 1, ENTRIES "/"))
        star = at;
    if (*list || !star)
        str_copy(ret, GENERIC_PATH_MAX, list);
    else
        str_copy_span(ret, GENERIC_PATH_MAX, (struct span){ probe, (size_t)(star - probe) + strlen(ENTRIES) });
}

static int each_of_tree(struct visit *visit, const char *list_key, const char *probe)
{
    char list[GENERIC_PATH_MAX];
    struct generic_source *source = visit->source;
    const struct paths_place top = source->fields.place;
    find_list(source, list_key, probe, list);
    if (!*list)
        return visit->use(source, visit->context);
    source->list = list;
    int rc = paths_each(&top, list, visit_entry, visit);
    source->list = "";
    source->fields.place = top;
    return rc;
}

static bool has_field(const struct generic_source *source, const char *path, int number)
{
    char name[GENERIC_PATH_MAX];
    struct span value;
    return expand(path, number, name) && form_find(&source->fields.form, name, &value);
}

static int each_of_numbers(struct visit *visit, const char *probe)
{
    struct generic_source *source = visit->source;
    int rc = 0;
    unsigned count = 0;
    for (int i = 0; !rc && i < NUMBERS_MAX; i++) {
        if (!has_field(source, probe, i))
            continue;
        source->number = i;
        count++;
        rc = visit->use(source, visit->context);
    }
    source->number = -1;
    return rc || count ? rc : ERR_INVALID;
}

static int each_of_repeated(struct visit *visit, const char *probe)
{
    struct generic_source *source = visit->source;
    size_t count = form_count_name(&source->fields.form, probe);
    int rc = 0;
    for (size_t i = 0; !rc && i < count; i++) {
        source->number = (int)i;
        rc = visit->use(source, visit->context);
    }
    source->number = -1;
    return rc || count ? rc : visit->use(source, visit->context);
}

int generic_source_each(struct generic_source *source, const char *list_key, const char *probe_key,
    generic_source_use_fn use, void *context)
{
    struct visit visit = { .source = source, .use = use, .context = context };
    const char *probe = settings_text(source->settings, probe_key);
    if (source->fields.root)
        return each_of_tree(&visit, list_key, probe);
    if (strstr(probe, NUMBER))
        return each_of_numbers(&visit, probe);
    if (str_equal(settings_text(source->settings, "repeated"), "messages"))
        return each_of_repeated(&visit, probe);
    return use(source, context);
}

/* ---- words ----------------------------------------------------------------------------------------------------- */

bool generic_source_has_word(const struct settings *settings, const char *words_key, const char *word)
{
    for (unsigned i = 0; i < settings_count(settings, words_key); i++) {
        if (str_equal_nocase(settings_item(settings, words_key, i), word))
            return true;
    }
    return false;
}

bool generic_source_is_word(const struct generic_source *source, const char *key, const char *words_key)
{
    AUTO_BUF value;
    buf_init(&value, GENERIC_VALUE_MAX);
    return generic_source_add(source, key, &value) == 0 && value.len &&
           generic_source_has_word(source->settings, words_key, value.data);
}
