/* SPDX-License-Identifier: GPL-3.0-or-later */
/* formhook - see the header. */
#include "handlers/formhook.h"

#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "handlers/inbound.h"
#include "handlers/msisdn.h"
#include "handlers/report.h"

#define NAME_MAX 96
#define TEXT_MAX (4 * INBOUND_TEXT_MAX) /* decoding and repairing may make a text longer */

void formhook_init(struct formhook *hook)
{
    form_init(&hook->form);
    hook->root = NULL;
    hook->charset[0] = '\0';
}

void formhook_done(struct formhook *hook)
{
    form_done(&hook->form);
    json_decref(hook->root);
    hook->root = NULL;
}

void formhook_auto_done(struct formhook *hook)
{
    formhook_done(hook);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

int formhook_read(struct formhook *hook, const struct request *request, bool has_query)
{
    /* A POST that has its fields in the query and no body says no less than a GET. */
    bool is_query = str_equal(request->method, "GET") || request->body.len == 0;
    jsonhook_charset(request, hook->charset);
    if (!is_query && jsonhook_is_json(request)) {
        hook->root = jsonhook_read(request);
        if (hook->root || jsonhook_begins(request->body))
            return hook->root ? 0 : ERR_INVALID;
    }
    int rc = is_query ? 0 : form_add(&hook->form, jsonhook_unmarked(request->body));
    if (!rc && (is_query || has_query))
        rc = form_add(&hook->form, span_of(request->query));
    return rc;
}

/* ---- values ---------------------------------------------------------------------------------------------------- */

/* The next of the names into name; false after the last. */
static bool next_name(const char **names, char *name)
{
    if (str_is_empty(*names))
        return false;
    size_t len = strcspn(*names, " ");
    str_copy_span(name, NAME_MAX, (struct span){ *names, len });
    *names += len + strspn(*names + len, " ");
    return true;
}

json_t *formhook_list(const struct formhook *hook, const char *pointers)
{
    char pointer[NAME_MAX];
    if (json_is_array(hook->root))
        return hook->root;
    while (hook->root && next_name(&pointers, pointer)) {
        json_t *list = json_pointer(hook->root, pointer);
        if (json_is_array(list))
            return list;
    }
    return NULL;
}

struct formhook formhook_of(json_t *item)
{
    struct formhook hook;
    formhook_init(&hook);
    hook.root = item;
    return hook;
}

bool formhook_has(const struct formhook *hook, const char *names)
{
    char name[NAME_MAX];
    struct span value;
    while (next_name(&names, name)) {
        if (hook->root ? jsonhook_has(hook->root, name) : form_find(&hook->form, name, &value))
            return true;
    }
    return false;
}

int formhook_add(const struct formhook *hook, const char *names, struct buf *out)
{
    char name[NAME_MAX];
    struct span value;
    if (hook->root)
        return jsonhook_add(hook->root, names, out);
    while (next_name(&names, name)) {
        if (form_find(&hook->form, name, &value) && value.len) {
            buf_add_span(out, value);
            break;
        }
    }
    return buf_check(out);
}

bool formhook_is_word(const struct formhook *hook, const char *names, const char *word)
{
    AUTO_BUF value;
    buf_init(&value, JSONHOOK_VALUE_MAX);
    return formhook_add(hook, names, &value) == 0 && value.len && str_equal_nocase(value.data, word);
}

static int each_value(
    const struct formhook *hook, const char *name, formhook_value_fn use, void *context, bool *ret_any)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < hook->form.count; i++) {
        struct span value = form_value(&hook->form, i);
        if (value.len == 0 || !span_equal(form_name(&hook->form, i), span_of(name)) || form_is_repeated(&hook->form, i))
            continue;
        *ret_any = true;
        rc = use(context, value);
    }
    return rc;
}

int formhook_each(const struct formhook *hook, const char *names, formhook_value_fn use, void *context)
{
    char name[NAME_MAX];
    AUTO_BUF value;
    bool has_any = false;
    int rc = 0;
    buf_init(&value, JSONHOOK_VALUE_MAX);
    if (!hook->root) {
        while (!rc && !has_any && next_name(&names, name))
            rc = each_value(hook, name, use, context, &has_any);
        return rc;
    }
    rc = jsonhook_add(hook->root, names, &value);
    return rc || value.len == 0 ? rc : use(context, buf_span(&value));
}

struct lines {
    struct buf *out;
    size_t before;
    const char *charset;
};

static int add_line(void *context, struct span value)
{
    struct lines *lines = context;
    if (lines->out->len > lines->before)
        buf_add_char(lines->out, '\n');
    return inbound_decode(lines->out, value, lines->charset);
}

int formhook_add_text(const struct formhook *hook, const char *names, struct buf *out)
{
    struct lines lines = { out, out->len, hook->charset };
    if (hook->root)
        return jsonhook_add(hook->root, names, out);
    int rc = formhook_each(hook, names, add_line, &lines);
    return rc ? rc : buf_check(out);
}

/* ---- messages and reports -------------------------------------------------------------------------------------- */

/* Numbers are ASCII whatever the charset of the text is; names of senders are not. */
static int add_number(const struct formhook *hook, const char *names, bool is_msisdn, struct buf *out)
{
    AUTO_BUF raw;
    AUTO_BUF text;
    buf_init(&raw, JSONHOOK_VALUE_MAX);
    buf_init(&text, TEXT_MAX);
    int rc = formhook_add(hook, names, &raw);
    bool is_wide = str_starts_nocase(hook->charset, "utf-16") && raw.len && memchr(raw.data, '\0', raw.len);
    bool is_narrow = !str_starts_nocase(hook->charset, "utf-16");
    if (!rc)
        rc = inbound_decode(&text, buf_span(&raw), !hook->root && (is_wide || is_narrow) ? hook->charset : "");
    if (rc)
        return rc;
    if (is_msisdn)
        msisdn_add(out, buf_span(&text));
    else
        buf_add_span(out, buf_span(&text));
    return buf_check(out);
}

int formhook_fill(const struct formhook *hook, const struct jsonhook_paths *names, struct sms_in *ret_sms)
{
    AUTO_BUF from;
    AUTO_BUF to;
    AUTO_BUF id;
    AUTO_BUF text;
    AUTO_BUF time;
    buf_init(&from, TEXT_MAX);
    buf_init(&to, TEXT_MAX);
    buf_init(&id, JSONHOOK_VALUE_MAX);
    buf_init(&text, INBOUND_TEXT_MAX);
    buf_init(&time, JSONHOOK_VALUE_MAX);
    if (!hook->root && hook->form.count == 0)
        return 0;
    if (!formhook_has(hook, names->from) && !formhook_has(hook, names->text))
        return ERR_INVALID;
    int rc = add_number(hook, names->from, names->is_msisdn, &from);
    if (!rc)
        rc = add_number(hook, names->to, names->is_msisdn, &to);
    if (!rc)
        rc = formhook_add(hook, names->id, &id);
    if (!rc)
        rc = formhook_add_text(hook, names->text, &text);
    if (!rc)
        rc = formhook_add(hook, names->time, &time);
    if (rc)
        return rc;
    const struct inbound_source source = { .from = buf_span(&from),
        .to = buf_span(&to),
        .id = buf_span(&id),
        .text = buf_span(&text),
        .time = buf_span(&time) };
    rc = inbound_fill(&source, ret_sms);
    return rc ? rc : 1;
}

int formhook_fill_report(const struct formhook *hook, const struct formhook_report *names, struct delivery_report *out)
{
    AUTO_BUF id;
    AUTO_BUF word;
    AUTO_BUF code;
    AUTO_BUF time;
    buf_init(&id, JSONHOOK_VALUE_MAX);
    buf_init(&word, JSONHOOK_VALUE_MAX);
    buf_init(&code, JSONHOOK_VALUE_MAX);
    buf_init(&time, JSONHOOK_VALUE_MAX);
    if (formhook_has(hook, names->text))
        return ERR_INVALID;
    int rc = formhook_add(hook, names->id, &id);
    if (!rc)
        rc = formhook_add(hook, names->word, &word);
    if (!rc)
        rc = formhook_add(hook, names->code, &code);
    if (!rc)
        rc = formhook_add(hook, names->time, &time);
    if (rc || str_trim(buf_span(&id)).len == 0 || str_trim(buf_span(&word)).len == 0)
        return rc ? rc : ERR_INVALID;
    report_fill(out, report_status(names->words, word.data), buf_span(&id), buf_span(&code), buf_span(&time));
    return 1;
}
