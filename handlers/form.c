/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * form - splits at '&' and the first '=', then decodes each half into one growing buffer.
 * Why:   fields are kept as offsets because the buffer may move while it grows.
 */
#include "handlers/form.h"

#include <string.h>

#include "gateway/base/str.h"

void form_init(struct form *form)
{
    buf_init(&form->text, FORM_BYTES_MAX);
    form->count = 0;
}

void form_done(struct form *form)
{
    buf_done(&form->text);
    form->count = 0;
}

static void add_decoded(struct form *form, struct span encoded, size_t *ret_start, size_t *ret_len)
{
    *ret_start = form->text.len;
    str_percent_decode(&form->text, encoded, true);
    *ret_len = form->text.len - *ret_start;
}

static int add_pair(struct form *form, struct span pair)
{
    if (form->count == FORM_FIELDS_MAX)
        return ERR_LIMIT;
    const char *equals = memchr(pair.data, '=', pair.len);
    size_t name_len = equals ? (size_t)(equals - pair.data) : pair.len;
    size_t value_at = equals ? name_len + 1 : name_len;
    struct form_field *field = &form->fields[form->count];
    add_decoded(form, (struct span){ pair.data, name_len }, &field->name_start, &field->name_len);
    add_decoded(
        form, (struct span){ pair.data + value_at, pair.len - value_at }, &field->value_start, &field->value_len);
    form->count++;
    return buf_check(&form->text);
}

int form_add(struct form *form, struct span encoded)
{
    size_t at = 0;
    while (at < encoded.len) {
        const char *start = encoded.data + at;
        const char *ampersand = memchr(start, '&', encoded.len - at);
        size_t len = ampersand ? (size_t)(ampersand - start) : encoded.len - at;
        at += len + 1;
        if (len == 0)
            continue;
        int rc = add_pair(form, (struct span){ start, len });
        if (rc)
            return rc;
    }
    return 0;
}

int form_add_plain(struct form *form, struct span name, struct span value)
{
    if (form->count == FORM_FIELDS_MAX)
        return ERR_LIMIT;
    struct form_field *field = &form->fields[form->count];
    field->name_start = form->text.len;
    field->name_len = name.len;
    buf_add_span(&form->text, name);
    field->value_start = form->text.len;
    field->value_len = value.len;
    buf_add_span(&form->text, value);
    form->count++;
    return buf_check(&form->text);
}

static struct span part(const struct form *form, size_t start, size_t len)
{
    return (struct span){ len ? form->text.data + start : "", len };
}

struct span form_name(const struct form *form, size_t index)
{
    return part(form, form->fields[index].name_start, form->fields[index].name_len);
}

struct span form_value(const struct form *form, size_t index)
{
    return part(form, form->fields[index].value_start, form->fields[index].value_len);
}

bool form_find_nth(const struct form *form, const char *name, size_t index, struct span *ret_value)
{
    struct span wanted = span_of(name);
    for (size_t i = 0; i < form->count; i++) {
        if (span_equal(form_name(form, i), wanted) && index-- == 0) {
            *ret_value = form_value(form, i);
            return true;
        }
    }
    return false;
}

bool form_find(const struct form *form, const char *name, struct span *ret_value)
{
    return form_find_nth(form, name, 0, ret_value);
}

size_t form_count_name(const struct form *form, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < form->count; i++)
        count += span_equal(form_name(form, i), span_of(name));
    return count;
}

bool form_is_ambiguous(const struct form *form, const char *name)
{
    struct span first;
    if (!form_find(form, name, &first))
        return false;
    for (size_t i = 0; i < form->count; i++) {
        if (span_equal(form_name(form, i), span_of(name)) && !span_equal(form_value(form, i), first))
            return true;
    }
    return false;
}

bool form_is_repeated(const struct form *form, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (span_equal(form_name(form, i), form_name(form, index)) &&
            span_equal(form_value(form, i), form_value(form, index)))
            return true;
    }
    return false;
}

static int compare_spans(struct span a, struct span b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static bool is_after(const struct form *form, size_t a, size_t b, enum form_order values)
{
    int order = compare_spans(form_name(form, a), form_name(form, b));
    if (!order && values == FORM_BY_VALUE)
        order = compare_spans(form_value(form, a), form_value(form, b));
    return order > 0;
}

/* Insertion sort: a hundred at most, and it keeps the order of equals. */
void form_sort(const struct form *form, enum form_order values, size_t *ret_order)
{
    for (size_t i = 0; i < form->count; i++) {
        size_t k = i;
        for (; k > 0 && is_after(form, ret_order[k - 1], i, values); k--)
            ret_order[k] = ret_order[k - 1];
        ret_order[k] = i;
    }
}
