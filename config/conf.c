/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf - see conf.h.
 * Why:   libconfig's own file reader follows @include to any path and reports a line without the file; so the bytes are
 *        read and checked here and only then given to its parser.
 */
#include "config/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/utf8.h"

#define CONF_BYTES_MAX (4u * 1024 * 1024)
#define CONF_DEPTH_MAX 32u

struct conf {
    config_t tree;
    char *name;
};

static const config_setting_t *setting_of(const struct conf_node *node)
{
    return (const config_setting_t *)(const void *)node;
}

static const struct conf_node *node_of(const config_setting_t *setting)
{
    return (const struct conf_node *)(const void *)setting;
}

static unsigned line_at(struct span text, size_t offset)
{
    unsigned line = 1;
    for (size_t i = 0; i < offset && i < text.len; i++)
        line += text.data[i] == '\n';
    return line;
}

static size_t first_invalid(struct span text)
{
    size_t at = 0;
    while (at < text.len) {
        uint32_t character;
        size_t used = utf8_decode(text.data + at, text.len - at, &character);
        if (character == 0 || (character == 0xFFFD && used == 1))
            return at;
        at += used;
    }
    return text.len;
}

/* libconfig looks for @include before anything else on a line, whatever surrounds it: so do we. */
static size_t find_include(struct span text)
{
    static const char word[] = "@include";
    size_t at = 0;
    while (at < text.len) {
        size_t i = at;
        while (i < text.len && (text.data[i] == ' ' || text.data[i] == '\t'))
            i++;
        if (text.len - i >= sizeof word - 1 && memcmp(text.data + i, word, sizeof word - 1) == 0)
            return i;
        const char *end = memchr(text.data + at, '\n', text.len - at);
        if (!end)
            break;
        at = (size_t)(end - text.data) + 1;
    }
    return text.len;
}

/* Where the scanner of brackets stands: comments and strings may hold brackets that nest nothing. */
enum scan_mode { SCAN_PLAIN, SCAN_TEXT, SCAN_LINE, SCAN_BLOCK };

static enum scan_mode scan_step(enum scan_mode mode, const char *text, size_t len, size_t *at)
{
    char c = text[*at], next = *at + 1 < len ? text[*at + 1] : 0;
    switch (mode) {
    case SCAN_TEXT:
        *at += c == '\\';
        return c == '"' ? SCAN_PLAIN : SCAN_TEXT;
    case SCAN_LINE:
        return c == '\n' ? SCAN_PLAIN : SCAN_LINE;
    case SCAN_BLOCK:
        *at += c == '*' && next == '/';
        return c == '*' && next == '/' ? SCAN_PLAIN : SCAN_BLOCK;
    case SCAN_PLAIN:
        break;
    }
    if (c == '/' && next == '*') {
        *at += 1;
        return SCAN_BLOCK;
    }
    if (c == '#' || (c == '/' && next == '/'))
        return SCAN_LINE;
    return c == '"' ? SCAN_TEXT : SCAN_PLAIN;
}

/* The generated parser recurses when it frees: a hostile file must not choose the depth. */
static size_t find_too_deep(struct span text)
{
    enum scan_mode mode = SCAN_PLAIN;
    unsigned depth = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (mode == SCAN_PLAIN && (c == '{' || c == '(' || c == '[')) {
            if (++depth > CONF_DEPTH_MAX)
                return i;
        } else if (mode == SCAN_PLAIN && (c == '}' || c == ')' || c == ']')) {
            depth -= depth > 0;
        }
        mode = scan_step(mode, text.data, text.len, &i);
    }
    return text.len;
}

static int check_bytes(struct span text, const char *name, struct error *error)
{
    if (text.len > CONF_BYTES_MAX)
        return error_set(error, ERR_LIMIT, "%s: larger than %u bytes", name, CONF_BYTES_MAX);
    size_t at = first_invalid(text);
    if (at < text.len)
        return error_set(error, ERR_INVALID, "%s:%u: not valid UTF-8", name, line_at(text, at));
    at = find_include(text);
    if (at < text.len)
        return error_set(
            error, ERR_INVALID, "%s:%u: @include is not supported: write it all in one file", name, line_at(text, at));
    at = find_too_deep(text);
    if (at < text.len)
        return error_set(
            error, ERR_LIMIT, "%s:%u: nested deeper than %u levels", name, line_at(text, at), CONF_DEPTH_MAX);
    return 0;
}

static int parse(struct conf *conf, const char *text, struct error *error)
{
    if (config_read_string(&conf->tree, text) == CONFIG_TRUE)
        return 0;
    const char *sentence = config_error_text(&conf->tree);
    return error_set(error, ERR_INVALID, "%s:%d: %s", conf->name, config_error_line(&conf->tree),
        sentence ? sentence : "cannot be read");
}

int conf_read_text(struct span text, const char *name, struct error *error, struct conf **ret_conf)
{
    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        text = (struct span){ text.data + 3, text.len - 3 };
    int rc = check_bytes(text, name, error);
    if (rc)
        return rc;
    AUTO_BUF bytes;
    buf_init(&bytes, CONF_BYTES_MAX);
    buf_add_span(&bytes, text);
    AUTO_FREE char *copy = buf_take(&bytes);
    struct conf *conf = calloc(1, sizeof *conf);
    if (!copy || !conf || !(conf->name = strdup(name))) {
        free(conf);
        return error_set(error, ERR_NOMEM, "%s: out of memory", name);
    }
    config_init(&conf->tree);
    rc = parse(conf, copy, error);
    if (rc) {
        conf_free(conf);
        return rc;
    }
    *ret_conf = conf;
    return 0;
}

static int read_all(FILE *file, const char *path, struct buf *bytes, struct error *error)
{
    char chunk[8192];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0 && !bytes->is_failed)
        buf_add(bytes, chunk, got);
    if (ferror(file))
        return error_set(error, ERR_IO, "%s: %s", path, strerror(errno));
    int rc = buf_check(bytes);
    if (rc)
        return error_set(error, rc, "%s: larger than %u bytes", path, CONF_BYTES_MAX);
    return 0;
}

int conf_read_file(const char *path, struct error *error, struct conf **ret_conf)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return error_set(error, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "%s: %s", path, strerror(errno));
    AUTO_BUF bytes;
    buf_init(&bytes, CONF_BYTES_MAX);
    int rc = read_all(file, path, &bytes, error);
    fclose(file);
    return rc ? rc : conf_read_text(buf_span(&bytes), path, error, ret_conf);
}

void conf_free(struct conf *conf)
{
    if (!conf)
        return;
    config_destroy(&conf->tree);
    free(conf->name);
    free(conf);
}

const struct conf_node *conf_root(const struct conf *conf)
{
    return node_of(config_root_setting(&conf->tree));
}

const char *conf_file(const struct conf *conf)
{
    return conf->name;
}

enum conf_type conf_type(const struct conf_node *node)
{
    switch (config_setting_type(setting_of(node))) {
    case CONFIG_TYPE_STRING:
        return CONF_TEXT;
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return CONF_INT;
    case CONFIG_TYPE_FLOAT:
        return CONF_FLOAT;
    case CONFIG_TYPE_BOOL:
        return CONF_BOOL;
    case CONFIG_TYPE_ARRAY:
        return CONF_ARRAY;
    case CONFIG_TYPE_LIST:
        return CONF_LIST;
    default:
        return CONF_GROUP;
    }
}

const char *conf_type_word(enum conf_type type)
{
    static const char *const words[] = {
        [CONF_TEXT] = "text",
        [CONF_INT] = "whole number",
        [CONF_FLOAT] = "number with a point",
        [CONF_BOOL] = "true or false",
        [CONF_GROUP] = "group { }",
        [CONF_ARRAY] = "array [ ]",
        [CONF_LIST] = "list ( )",
    };
    return words[type];
}

const char *conf_name(const struct conf_node *node)
{
    const char *name = config_setting_name(setting_of(node));
    return name ? name : "";
}

unsigned conf_line(const struct conf_node *node)
{
    return config_setting_source_line(setting_of(node));
}

const char *conf_text(const struct conf_node *node)
{
    const char *text = conf_type(node) == CONF_TEXT ? config_setting_get_string(setting_of(node)) : NULL;
    return text ? text : "";
}

int64_t conf_int(const struct conf_node *node)
{
    switch (config_setting_type(setting_of(node))) {
    case CONFIG_TYPE_INT:
        return config_setting_get_int(setting_of(node));
    case CONFIG_TYPE_INT64:
        return config_setting_get_int64(setting_of(node));
    default:
        return 0;
    }
}

double conf_float(const struct conf_node *node)
{
    if (conf_type(node) == CONF_INT)
        return (double)conf_int(node);
    return conf_type(node) == CONF_FLOAT ? config_setting_get_float(setting_of(node)) : 0.0;
}

bool conf_bool(const struct conf_node *node)
{
    return conf_type(node) == CONF_BOOL && config_setting_get_bool(setting_of(node)) == CONFIG_TRUE;
}

unsigned conf_count(const struct conf_node *node)
{
    return config_setting_is_aggregate(setting_of(node)) ? (unsigned)config_setting_length(setting_of(node)) : 0;
}

const struct conf_node *conf_at(const struct conf_node *node, unsigned index)
{
    return index < conf_count(node) ? node_of(config_setting_get_elem(setting_of(node), index)) : NULL;
}

const struct conf_node *conf_find(const struct conf_node *group, const char *name)
{
    if (conf_type(group) != CONF_GROUP)
        return NULL;
    for (unsigned i = 0; i < conf_count(group); i++) {
        const struct conf_node *child = conf_at(group, i);
        if (strcmp(conf_name(child), name) == 0)
            return child;
    }
    return NULL;
}
