/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf - see conf.h.
 * Why:   libconfig's own file reader follows @include to any path and reports a line without the file; so the bytes are
 *        read and checked here, and only then given to a parser: the quick one (confscan), and where that gives up,
 *        libconfig, whose tree is copied into our nodes.
 */
#include "config/conf.h"

#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/confnode.h"
#include "config/confscan.h"
#include "gateway/base/utf8.h"

#define CONF_BYTES_MAX (4u * 1024 * 1024)
#define CONF_DEPTH_MAX 32u

struct conf {
    char *name;
    char *bytes; /* names and texts of the nodes, unless they are in the tree */
    bool has_tree;
    config_t tree;
    struct confnodes nodes;
};

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
        if ((signed char)text.data[at] > 0) { /* most of most files */
            at++;
            continue;
        }
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
    size_t at = memchr(text.data, '@', text.len) ? 0 : text.len;
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
    return 0;
}

static enum conf_type type_of(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
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

/* Not deeper than find_too_deep allows. */
static int copy_setting(const config_setting_t *setting, struct confnodes *nodes)
{
    struct conf_node node = { .name = config_setting_name(setting), .whole = 0, .type = type_of(setting) };
    node.line = config_setting_source_line(setting) & ((1u << 28) - 1);
    if (node.type == CONF_TEXT)
        node.text = config_setting_get_string(setting);
    else if (node.type == CONF_INT)
        node.whole = config_setting_type(setting) == CONFIG_TYPE_INT64 ? config_setting_get_int64(setting)
                                                                       : config_setting_get_int(setting);
    else if (node.type == CONF_FLOAT)
        node.real = config_setting_get_float(setting);
    else if (node.type == CONF_BOOL)
        node.whole = config_setting_get_bool(setting) == CONFIG_TRUE;
    if (!config_setting_is_aggregate(setting))
        return confnodes_add(nodes, &node);
    uint32_t first = nodes->waiting_count;
    int rc = 0;
    for (int i = 0; !rc && i < config_setting_length(setting); i++)
        rc = copy_setting(config_setting_get_elem(setting, (unsigned)i), nodes);
    return rc ? rc : confnodes_gather(nodes, first, &node);
}

/* What the quick reader leaves, and every mistake. */
static int parse_tree(struct conf *conf, struct span text, struct error *error)
{
    size_t at = find_too_deep(text);
    if (at < text.len)
        return error_set(
            error, ERR_LIMIT, "%s:%u: nested deeper than %u levels", conf->name, line_at(text, at), CONF_DEPTH_MAX);
    memcpy(conf->bytes, text.data, text.len);
    config_init(&conf->tree);
    conf->has_tree = true;
    if (config_read_string(&conf->tree, conf->bytes) != CONFIG_TRUE) {
        const char *sentence = config_error_text(&conf->tree);
        return error_set(error, ERR_INVALID, "%s:%d: %s", conf->name, config_error_line(&conf->tree),
            sentence ? sentence : "cannot be read");
    }
    confnodes_clear(&conf->nodes);
    if (copy_setting(config_root_setting(&conf->tree), &conf->nodes) || confnodes_finish(&conf->nodes))
        return error_set(error, ERR_NOMEM, "%s: out of memory", conf->name);
    return 0;
}

static int parse(struct conf *conf, struct span text, struct error *error)
{
    memcpy(conf->bytes, text.data, text.len);
    conf->bytes[text.len] = 0;
    int rc = confscan_read(conf->bytes, CONF_DEPTH_MAX, &conf->nodes);
    if (rc == ERR_UNSUPPORTED)
        return parse_tree(conf, text, error);
    return rc ? error_set(error, rc, "%s: out of memory", conf->name) : 0;
}

int conf_read_text(struct span text, const char *name, struct error *error, struct conf **ret_conf)
{
    if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0)
        text = (struct span){ text.data + 3, text.len - 3 };
    int rc = check_bytes(text, name, error);
    if (rc)
        return rc;
    struct conf *conf = calloc(1, sizeof *conf);
    if (!conf || !(conf->bytes = malloc(text.len + 1)) || !(conf->name = strdup(name))) {
        conf_free(conf);
        return error_set(error, ERR_NOMEM, "%s: out of memory", name);
    }
    rc = parse(conf, text, error);
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
    if (conf->has_tree)
        config_destroy(&conf->tree);
    confnodes_clear(&conf->nodes);
    free(conf->bytes);
    free(conf->name);
    free(conf);
}

const struct conf_node *conf_root(const struct conf *conf)
{
    return confnodes_root(&conf->nodes);
}

const char *conf_file(const struct conf *conf)
{
    return conf->name;
}

enum conf_type conf_type(const struct conf_node *node)
{
    return (enum conf_type)node->type;
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
    return node->name ? node->name : "";
}

unsigned conf_line(const struct conf_node *node)
{
    return node->line;
}

const char *conf_text(const struct conf_node *node)
{
    return node->type == CONF_TEXT && node->text ? node->text : "";
}

int64_t conf_int(const struct conf_node *node)
{
    return node->type == CONF_INT ? node->whole : 0;
}

double conf_float(const struct conf_node *node)
{
    if (node->type == CONF_INT)
        return (double)node->whole;
    return node->type == CONF_FLOAT ? node->real : 0.0;
}

bool conf_bool(const struct conf_node *node)
{
    return node->type == CONF_BOOL && node->whole;
}

unsigned conf_count(const struct conf_node *node)
{
    bool has_children = node->type == CONF_GROUP || node->type == CONF_ARRAY || node->type == CONF_LIST;
    return has_children ? node->children.count : 0;
}

const struct conf_node *conf_at(const struct conf_node *node, unsigned index)
{
    return index < conf_count(node) ? node - node->children.distance + index : NULL;
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
