/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decoded - see decoded.h. */
#include "gateway/console/line/decoded.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/json/json.h"
#include "handlers/form.h"

#define DEPTH_MAX 8
#define PATH_MAX_BYTES 160
#define VALUE_MAX 4096
#define ROW 8

/* ---- what is not shown ----------------------------------------------------------------------------------------- */

static bool is_secret(struct span name)
{
    static const char *const words[] = { "token", "secret", "pass", "sign", "auth", "key", "hmac", "digest" };
    char lower[PATH_MAX_BYTES];
    size_t len = name.len < sizeof lower - 1 ? name.len : sizeof lower - 1;
    for (size_t i = 0; i < len; i++)
        lower[i] = (char)tolower((unsigned char)name.data[i]);
    lower[len] = '\0';
    for (size_t i = 0; i < STR_COUNT(words); i++)
        if (strstr(lower, words[i]))
            return true;
    return false;
}

struct walk {
    decoded_fn fn;
    void *context;
    unsigned count;
};

static void tell(struct walk *walk, struct span name, struct span value)
{
    if (walk->count++ < DECODED_FIELDS_MAX)
        walk->fn(walk->context, name, is_secret(name) ? NULL : &value);
}

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static void walk_json(struct walk *walk, const json_t *value, const char *path, unsigned depth);

static void walk_object(struct walk *walk, const json_t *object, const char *path, unsigned depth)
{
    const char *key;
    json_t *member;
    char name[PATH_MAX_BYTES];
    json_object_foreach((json_t *)(uintptr_t)object, key, member)
    {
        snprintf(name, sizeof name, "%s%s%s", path, path[0] ? "." : "", key);
        walk_json(walk, member, name, depth);
    }
}

static void walk_array(struct walk *walk, const json_t *array, const char *path, unsigned depth)
{
    size_t i;
    json_t *member;
    char name[PATH_MAX_BYTES];
    json_array_foreach(array, i, member)
    {
        snprintf(name, sizeof name, "%s[%zu]", path, i);
        walk_json(walk, member, name, depth);
    }
}

static void walk_json(struct walk *walk, const json_t *value, const char *path, unsigned depth)
{
    AUTO_BUF text;
    buf_init(&text, VALUE_MAX);
    if (depth == DEPTH_MAX)
        tell(walk, span_of(path), span_of("(deeper than is shown)"));
    else if (json_is_object(value))
        walk_object(walk, value, path, depth + 1);
    else if (json_is_array(value))
        walk_array(walk, value, path, depth + 1);
    else if (json_is_string(value))
        tell(walk, span_of(path), (struct span){ json_string_value(value), json_string_length(value) });
    else if (json_scalar_text(value, &text) == 0)
        tell(walk, span_of(path), text.len ? buf_span(&text) : span_of(""));
}

/* ---- forms ----------------------------------------------------------------------------------------------------- */

/* A form has pairs and no white space; anything else would be one long name. */
static bool looks_like_form(struct span text)
{
    bool has_pair = false;
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.data[i] <= ' ')
            return false;
        has_pair = has_pair || text.data[i] == '=';
    }
    return has_pair;
}

static void walk_form(struct walk *walk, struct span text)
{
    struct form form;
    form_init(&form);
    int rc = form_add(&form, text);
    for (size_t i = 0; !rc && i < form.count; i++)
        tell(walk, form_name(&form, i), form_value(&form, i));
    form_done(&form);
}

unsigned decoded_list(struct span text, decoded_fn fn, void *context)
{
    struct error error = { "" };
    struct walk walk = { .fn = fn, .context = context };
    struct span inner = str_trim(text);
    bool is_json = inner.len && (inner.data[0] == '{' || inner.data[0] == '[');
    AUTO_JSON *json = is_json ? json_read(inner, &error) : NULL;
    if (json)
        walk_json(&walk, json, "", 0);
    else if (looks_like_form(inner))
        walk_form(&walk, inner);
    return walk.count;
}

/* ---- rows of bytes --------------------------------------------------------------------------------------------- */

static void dump_row(const unsigned char *bytes, size_t count, size_t at, struct buf *out)
{
    buf_add_format(out, "%04zx ", at);
    for (size_t i = 0; i < ROW; i++)
        if (i < count)
            buf_add_format(out, " %02x", bytes[i]);
        else
            buf_add_format(out, "   ");
    buf_add_format(out, "  ");
    for (size_t i = 0; i < count; i++)
        buf_add_char(out, bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '.');
    buf_add_char(out, '\n');
}

void decoded_dump(struct span hex, struct buf *out)
{
    AUTO_BUF bytes;
    buf_init(&bytes, DECODED_BYTES_MAX);
    struct span shown = { hex.data, hex.len < 2 * DECODED_BYTES_MAX ? hex.len : 2 * DECODED_BYTES_MAX };
    if (str_hex_decode(&bytes, shown) || !bytes.len)
        return;
    for (size_t at = 0; at < bytes.len; at += ROW)
        dump_row((const unsigned char *)bytes.data + at, bytes.len - at < ROW ? bytes.len - at : ROW, at, out);
}
