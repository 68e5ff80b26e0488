/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check - see check.h.
 * Keeps: a URL never carries a user name: credentials in a URL end in logs of proxies (style: no secrets in URLs).
 */
#include "config/check.h"

#include <string.h>

#include "gateway/base/str.h"

#define URL_MAX 2048
#define INT_BOUND 2147483647
#define DURATION_BOUND_MS (3660LL * 24 * 3600 * 1000)
#define WORDS_SHOWN_MAX 600

static const struct {
    const char *unit;
    int64_t ms;
} units[] = { { "d", 86400000 }, { "h", 3600000 }, { "min", 60000 }, { "s", 1000 }, { "ms", 1 } };

bool check_is_list(enum key_type type)
{
    return type == KEY_WORDS || type == KEY_TEXTS;
}

void check_print_duration(struct buf *out, int64_t ms)
{
    if (ms == 0) {
        buf_add_text(out, "0 s");
        return;
    }
    for (size_t i = 0; i < STR_COUNT(units); i++)
        if (ms % units[i].ms == 0) {
            buf_add_format(out, "%lld %s", (long long)(ms / units[i].ms), units[i].unit);
            return;
        }
}

void check_bounds(const struct key *key, int64_t *ret_min, int64_t *ret_max)
{
    int64_t own_max = key->type == KEY_DURATION ? DURATION_BOUND_MS
                      : key->type == KEY_INT    ? INT_BOUND
                      : key->type == KEY_URL    ? URL_MAX
                                                : CHECK_TEXT_MAX;
    *ret_min = key->min;
    *ret_max = key->max ? key->max : own_max;
}

const char *check_nearest_key(const char *name, const struct key *keys)
{
    const char *names[CHECK_KEYS_MAX];
    size_t count = 0;
    for (; keys->name && count < CHECK_KEYS_MAX; keys++)
        names[count++] = keys->name;
    return str_nearest(name, names, count);
}

/* Hosts are letters, digits, '.', '-', or an IPv6 address in brackets; templates and paths come after them. */
bool check_is_url(const char *text)
{
    const char *host = str_starts_nocase(text, "https://")  ? text + 8
                       : str_starts_nocase(text, "http://") ? text + 7
                                                            : NULL;
    if (!host || strlen(text) > URL_MAX)
        return false;
    for (const char *c = text; *c; c++)
        if ((unsigned char)*c <= 0x20 || (unsigned char)*c >= 0x7f)
            return false;
    size_t len = strcspn(host, "/?#");
    size_t name_len = *host == '[' ? strspn(host, "[]:.0123456789abcdefABCDEF")
                                   : strspn(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
    if (name_len == 0 || name_len > len)
        return false;
    if (name_len == len)
        return true;
    size_t digits = strspn(host + name_len + 1, "0123456789");
    return host[name_len] == ':' && digits >= 1 && digits <= 5 && name_len + 1 + digits == len;
}

static int check_text(const struct key *key, const char *text, struct error *error)
{
    int64_t min, max;
    check_bounds(key, &min, &max);
    int64_t len = (int64_t)strlen(text);
    if (len == 0 && (min > 0 || key->flags & KEY_REQUIRED))
        return error_set(error, ERR_INVALID, "`%s` must not be empty", key->name);
    if (len < min || len > max)
        return error_set(error, ERR_INVALID, "`%s` has %lld bytes; allowed are %lld to %lld", key->name, (long long)len,
            (long long)min, (long long)max);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if ((*c < 0x20 && *c != '\n' && *c != '\t') || *c == 0x7f)
            return error_set(error, ERR_INVALID, "`%s` holds a control character", key->name);
    return 0;
}

static int check_int(const struct key *key, int64_t number, struct error *error)
{
    int64_t min, max;
    check_bounds(key, &min, &max);
    if (number < min || number > max)
        return error_set(error, ERR_INVALID, "`%s` is %lld; allowed are %lld to %lld", key->name, (long long)number,
            (long long)min, (long long)max);
    return 0;
}

static int check_duration(const struct key *key, const char *text, struct error *error)
{
    int64_t min, max, ms;
    if (str_to_duration_ms(text, &ms))
        return error_set(
            error, ERR_INVALID, "`%s` must be a number and a unit, such as \"90 s\" (ms, s, min, h, d)", key->name);
    check_bounds(key, &min, &max);
    if (ms >= min && ms <= max)
        return 0;
    AUTO_BUF range = { .max = 64 };
    check_print_duration(&range, min);
    buf_add_text(&range, " to ");
    check_print_duration(&range, max);
    if (buf_check(&range))
        return error_set(error, ERR_INVALID, "`%s` is out of its bounds", key->name);
    return error_set(error, ERR_INVALID, "`%s` is \"%s\"; allowed are %s", key->name, text, range.data);
}

static int refuse_word(const struct key *key, const char *word, size_t count, struct error *error)
{
    AUTO_BUF shown = { .max = WORDS_SHOWN_MAX };
    const char *near = str_nearest(word, key->words, count);
    if (near) {
        buf_add_format(&shown, ", did you mean \"%s\"?", near);
    } else {
        buf_add_text(&shown, "; the words are");
        for (size_t i = 0; i < count; i++)
            buf_add_format(&shown, "%s %s", i ? "," : "", key->words[i]);
    }
    AUTO_BUF visible = { .max = 256 };
    str_add_visible(&visible, (struct span){ word, strnlen(word, 60) });
    return error_set(error, ERR_INVALID, "`%s`: \"%s\" is not one of its words%s", key->name,
        buf_check(&visible) || !visible.data ? "" : visible.data, buf_check(&shown) ? "" : shown.data);
}

static int check_word(const struct key *key, const char *word, struct error *error)
{
    size_t count = 0;
    for (; key->words[count]; count++)
        if (str_equal(key->words[count], word))
            return 0;
    return refuse_word(key, word, count, error);
}

static bool is_repeated(const struct check_value *value, unsigned index)
{
    for (unsigned i = 0; i < index; i++)
        if (str_equal(value->items[i], value->items[index]))
            return true;
    return false;
}

static int check_items(const struct key *key, const struct check_value *value, struct error *error)
{
    if (value->count > CHECK_ITEMS_MAX)
        return error_set(error, ERR_INVALID, "`%s` has more than %d entries", key->name, CHECK_ITEMS_MAX);
    if (value->count == 0 && key->flags & KEY_REQUIRED)
        return error_set(error, ERR_INVALID, "`%s` must not be empty", key->name);
    for (unsigned i = 0; i < value->count; i++) {
        int code =
            key->type == KEY_WORDS ? check_word(key, value->items[i], error) : check_text(key, value->items[i], error);
        if (code)
            return code;
        if (*value->items[i] == '\0')
            return error_set(error, ERR_INVALID, "`%s` has an empty entry", key->name);
        if (is_repeated(value, i) && !(key->flags & KEY_SECRET))
            return error_set(error, ERR_INVALID, "`%s` names \"%s\" twice", key->name, value->items[i]);
    }
    return 0;
}

int check_value(const struct key *key, const struct check_value *value, struct error *error)
{
    switch (key->type) {
    case KEY_TEXT:
        return check_text(key, value->text, error);
    case KEY_INT:
        return check_int(key, value->number, error);
    case KEY_BOOL:
        return 0;
    case KEY_DURATION:
        return check_duration(key, value->text, error);
    case KEY_WORD:
        return check_word(key, value->text, error);
    case KEY_WORDS:
    case KEY_TEXTS:
        return check_items(key, value, error);
    case KEY_URL:
        if (*value->text == '\0' && !(key->flags & KEY_REQUIRED))
            return 0;
        return check_is_url(value->text)
                   ? 0
                   : error_set(error, ERR_INVALID,
                         "`%s` must be an http:// or https:// URL with a host and without user or blanks", key->name);
    }
    return error_set(error, ERR_INVALID, "`%s` has an unknown type", key->name);
}
