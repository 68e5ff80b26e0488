/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - strict parsing, typed reading, compact writing over jansson.
 * Why:   the sentences of jansson quote the input, which may be a message of a person: only its position and our own
 *        words go into an error.
 */
#include "gateway/json/json.h"

#include <string.h>

#include "gateway/base/str.h"

#define KEY_MAX 256 /* bytes of one key of a pointer, with NUL */

static const char *reason_of(const json_error_t *failure)
{
    switch (json_error_code(failure)) {
    case json_error_out_of_memory:
        return "memory is exhausted";
    case json_error_premature_end_of_input:
        return "the input ends too early";
    case json_error_end_of_input_expected:
        return "something follows after the value";
    case json_error_invalid_utf8:
        return "the input is not valid UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "a string holds a NUL";
    case json_error_duplicate_key:
        return "a key appears twice in one object";
    case json_error_numeric_overflow:
        return "a number is too large";
    case json_error_stack_overflow:
        return "the input is nested too deeply";
    default:
        return "this is not JSON";
    }
}

/* True when more than `levels` containers lie in one another. The recursion ends at the bound. */
static bool is_deeper_than(json_t *value, int levels)
{
    const char *key;
    json_t *child;
    size_t i;

    if (!json_is_object(value) && !json_is_array(value))
        return false;
    if (levels == 0)
        return true;
    json_object_foreach(value, key, child) if (is_deeper_than(child, levels - 1)) return true;
    json_array_foreach(value, i, child) if (is_deeper_than(child, levels - 1)) return true;
    return false;
}

json_t *json_read(struct span text, struct error *error)
{
    json_error_t failure;
    json_t *value =
        json_loadb(text.data ? text.data : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &failure);

    if (!value) {
        error_set(
            error, ERR_INVALID, "JSON, line %d, column %d: %s", failure.line, failure.column, reason_of(&failure));
        return NULL;
    }
    if (is_deeper_than(value, JSON_DEPTH_MAX)) {
        error_set(error, ERR_INVALID, "JSON: nested deeper than %d levels", JSON_DEPTH_MAX);
        json_decref(value);
        return NULL;
    }
    return value;
}

static int add_bytes(const char *bytes, size_t len, void *context)
{
    struct buf *out = context;

    buf_add(out, bytes, len);
    return buf_check(out) ? -1 : 0;
}

int json_write(const json_t *value, struct buf *out)
{
    int code = json_dump_callback(value, add_bytes, out, JSON_COMPACT | JSON_ENCODE_ANY);

    if (buf_check(out))
        return buf_check(out);
    return code == 0 ? 0 : ERR_INVALID;
}

const char *json_text(const json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text ? text : fallback;
}

int64_t json_int(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool json_bool(const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);

    return json_is_boolean(value) ? json_is_true(value) : fallback;
}

/* Reads one key of a pointer up to the next '/', with ~1 for '/' and ~0 for '~' (RFC 6901, 4). */
static bool take_key(const char **pointer, char *ret_key)
{
    size_t len = 0;

    for (; **pointer && **pointer != '/'; (*pointer)++) {
        char c = **pointer;
        if (c == '~') {
            c = *++(*pointer);
            if (c != '0' && c != '1')
                return false;
            c = c == '0' ? '~' : '/';
        }
        if (len == KEY_MAX - 1)
            return false;
        ret_key[len++] = c;
    }
    ret_key[len] = '\0';
    return true;
}

static json_t *find_child(json_t *value, const char *key)
{
    int64_t index;

    if (json_is_object(value))
        return json_object_get(value, key);
    if (!json_is_array(value) || str_to_int64(key, 0, INT32_MAX, &index))
        return NULL;
    /* "The reference token must be digits without leading zeros": "01" and "+1" are no index. */
    if (key[0] < '0' || key[0] > '9' || (key[0] == '0' && key[1] != '\0'))
        return NULL;
    return json_array_get(value, (size_t)index);
}

json_t *json_pointer(json_t *root, const char *pointer)
{
    char key[KEY_MAX];

    if (*pointer != '\0' && *pointer != '/')
        return json_object_get(root, pointer);
    while (root && *pointer == '/') {
        pointer++;
        if (!take_key(&pointer, key))
            return NULL;
        root = find_child(root, key);
    }
    return root;
}

int json_scalar_text(const json_t *value, struct buf *out)
{
    if (!json_is_string(value) && !json_is_number(value) && !json_is_boolean(value))
        return ERR_INVALID;
    if (!json_is_string(value))
        return json_write(value, out);
    buf_add(out, json_string_value(value), json_string_length(value));
    return buf_check(out);
}

void json_auto_decref(json_t **value)
{
    json_decref(*value);
}
