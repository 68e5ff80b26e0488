/* SPDX-License-Identifier: GPL-3.0-or-later */
/* confscan - see confscan.h. */
#include "config/confscan.h"

#include <string.h>
#include <strings.h>

#define GIVEN_UP ERR_UNSUPPORTED
#define DIGITS_MAX 9u     /* of a number that fits 32 bits for sure */
#define SETTINGS_MAX 512u /* of one group: each is compared with those before it */

struct scanner {
    char *at;
    unsigned line, depth, depth_max;
    struct confnodes *nodes;
};

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '*';
}

static bool is_name_part(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* A comment that the text ends in is one of the rare things. */
static bool skip_comment(struct scanner *s)
{
    bool is_block = s->at[0] == '/' && s->at[1] == '*';
    char *end = is_block ? strstr(s->at + 2, "*/") : strchr(s->at, '\n');
    if (!end || (s->at[0] == '/' && s->at[1] != '/' && !is_block))
        return false;
    for (const char *c = s->at; is_block && (c = memchr(c, '\n', (size_t)(end - c))); c++)
        s->line++;
    s->at = is_block ? end + 2 : end;
    return true;
}

/* Returns the character that follows: 0 at the end, the first of a comment that is not understood. */
static char skip_space(struct scanner *s)
{
    for (;;) {
        switch (*s->at) {
        case '\n':
            s->line++;
            s->at++;
            break;
        case ' ':
        case '\t':
            s->at++;
            break;
        case '#':
        case '/':
            if (!skip_comment(s))
                return *s->at;
            break;
        default:
            return *s->at;
        }
    }
}

static int read_text(struct scanner *s, struct conf_node *node)
{
    node->text = ++s->at;
    for (;; s->at++) {
        s->at += strcspn(s->at, "\"\\\n");
        if (*s->at != '\n')
            break;
        s->line++;
    }
    if (*s->at != '"')
        return GIVEN_UP;
    *s->at++ = 0;
    return skip_space(s) == '"' ? GIVEN_UP : 0; /* pieces that are one text */
}

static int read_whole(struct scanner *s, struct conf_node *node)
{
    bool is_negative = *s->at == '-';
    s->at += is_negative;
    size_t digits = strspn(s->at, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX || (digits > 1 && *s->at == '0'))
        return GIVEN_UP;
    for (size_t i = 0; i < digits; i++)
        node->whole = node->whole * 10 + (s->at[i] - '0');
    s->at += digits;
    if (is_negative)
        node->whole = -node->whole;
    return is_name_part(*s->at) || *s->at == '.' || *s->at == '+' ? GIVEN_UP : 0;
}

static int read_bool(struct scanner *s, struct conf_node *node)
{
    node->whole = strncmp(s->at, "true", 4) == 0;
    if (!node->whole && strncmp(s->at, "false", 5) != 0)
        return GIVEN_UP;
    s->at += node->whole ? 4 : 5;
    return is_name_part(*s->at) ? GIVEN_UP : 0;
}

static int read_value(struct scanner *s, const char *name, unsigned line);

/* ( ... ) of anything or [ ... ] of texts. */
static int read_elements(struct scanner *s, char end)
{
    s->at++;
    if (skip_space(s) == end)
        return 0;
    for (;;) {
        if (end == ']' && *s->at != '"')
            return GIVEN_UP;
        int rc = read_value(s, NULL, s->line);
        if (rc)
            return rc;
        char c = skip_space(s);
        if (c == end)
            return 0;
        if (c != ',')
            return GIVEN_UP;
        s->at++;
        skip_space(s);
    }
}

static bool is_new(const struct scanner *s, uint32_t first, const char *name)
{
    for (uint32_t i = first; i < s->nodes->waiting_count; i++)
        if (strcmp(s->nodes->waiting[i].name, name) == 0)
            return false;
    return s->nodes->waiting_count - first < SETTINGS_MAX;
}

/* name = value, with or without a ; or , behind it. */
static int read_setting(struct scanner *s, uint32_t first)
{
    char *name = s->at, *end = name;
    unsigned line = s->line;
    if (!is_name_start(*name))
        return GIVEN_UP;
    while (is_name_part(*end))
        end++;
    s->at = end;
    char equals = skip_space(s);
    if (equals != '=' && equals != ':')
        return GIVEN_UP;
    s->at++;
    *end = 0;
    if (strcasecmp(name, "true") == 0 || strcasecmp(name, "false") == 0 || !is_new(s, first, name))
        return GIVEN_UP;
    skip_space(s);
    int rc = read_value(s, name, line);
    char c = rc ? 0 : skip_space(s);
    s->at += c == ';' || c == ',';
    return rc;
}

static int read_settings(struct scanner *s, uint32_t first, char end)
{
    int rc = 0;
    while (!rc && skip_space(s) != end)
        rc = read_setting(s, first);
    return rc;
}

static int read_aggregate(struct scanner *s, struct conf_node *node)
{
    uint32_t first = s->nodes->waiting_count;
    char begin = *s->at;
    if (s->depth == s->depth_max)
        return GIVEN_UP;
    s->depth++;
    node->type = begin == '{' ? CONF_GROUP : begin == '[' ? CONF_ARRAY : CONF_LIST;
    s->at += begin == '{';
    int rc = begin == '{' ? read_settings(s, first, '}') : read_elements(s, begin == '(' ? ')' : ']');
    s->depth--;
    s->at++;
    return rc ? rc : confnodes_gather(s->nodes, first, node);
}

static int read_value(struct scanner *s, const char *name, unsigned line)
{
    struct conf_node node = { .name = name, .whole = 0, .line = line };
    int rc;
    switch (*s->at) {
    case '{':
    case '[':
    case '(':
        return read_aggregate(s, &node);
    case '"':
        node.type = CONF_TEXT;
        rc = read_text(s, &node);
        break;
    case 't':
    case 'f':
        node.type = CONF_BOOL;
        rc = read_bool(s, &node);
        break;
    default:
        node.type = CONF_INT;
        rc = read_whole(s, &node);
        break;
    }
    return rc ? rc : confnodes_add(s->nodes, &node);
}

int confscan_read(char *text, unsigned depth_max, struct confnodes *nodes)
{
    struct scanner s = { .at = text, .line = 1, .depth_max = depth_max, .nodes = nodes };
    struct conf_node root = { .name = NULL, .type = CONF_GROUP };
    int rc = read_settings(&s, 0, 0);
    if (!rc)
        rc = confnodes_gather(nodes, 0, &root);
    return rc ? rc : confnodes_finish(nodes);
}
