/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_conf - any bytes are a tree or one sentence, never both and never neither.
 * What:  walks the whole tree: every node has a line within the text, names of children lead back to them, and a
 *        scalar has no children. Behind a form feed, at which the quick reader gives up, libconfig reads the same.
 */
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"

#define DEPTH_MAX 64
#define FEED "\f"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be(bool holds)
{
    if (!holds)
        abort();
}

static void walk(const struct conf_node *node, unsigned lines, unsigned depth)
{
    must_be(depth <= DEPTH_MAX);
    must_be(conf_line(node) <= lines);
    must_be(conf_type_word(conf_type(node)) != NULL);
    must_be(conf_text(node) != NULL);
    (void)conf_int(node);
    (void)conf_float(node);
    (void)conf_bool(node);
    for (unsigned i = 0; i < conf_count(node); i++) {
        const struct conf_node *child = conf_at(node, i);
        must_be(child != NULL);
        if (conf_type(node) == CONF_GROUP)
            must_be(conf_find(node, conf_name(child)) == child);
        walk(child, lines, depth + 1);
    }
    must_be(conf_at(node, conf_count(node)) == NULL);
}

static void compare(const struct conf_node *quick, const struct conf_node *slow)
{
    must_be(conf_type(quick) == conf_type(slow) && conf_count(quick) == conf_count(slow));
    must_be(strcmp(conf_name(quick), conf_name(slow)) == 0 && strcmp(conf_text(quick), conf_text(slow)) == 0);
    must_be(conf_int(quick) == conf_int(slow) && conf_bool(quick) == conf_bool(slow));
    must_be(conf_line(quick) <= conf_line(slow)); /* libconfig has read on before it asks for the line */
    for (unsigned i = 0; i < conf_count(quick); i++)
        compare(conf_at(quick, i), conf_at(slow, i));
}

/* The same text where only libconfig reads it. */
static void compare_readers(const uint8_t *data, size_t size, const struct conf *conf)
{
    struct conf *slow = NULL;
    if (memmem(data, size, "@include", 8) || (size >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0))
        return;
    AUTO_BUF text;
    buf_init(&text, size + sizeof FEED);
    buf_add_text(&text, FEED);
    buf_add(&text, data, size);
    int rc = conf_read_text(buf_span(&text), "slow.conf", NULL, &slow);
    must_be((rc == 0) == (conf != NULL));
    if (conf)
        compare(conf_root(conf), conf_root(slow));
    conf_free(slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf *conf = NULL;
    struct error error = { "" };
    int rc = conf_read_text((struct span){ (const char *)data, size }, "fuzz.conf", &error, &conf);
    if (rc) {
        must_be(conf == NULL);
        must_be(strncmp(error.text, "fuzz.conf", strlen("fuzz.conf")) == 0);
        compare_readers(data, size, NULL);
        return 0;
    }
    unsigned lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    walk(conf_root(conf), lines, 0);
    compare_readers(data, size, conf);
    conf_free(conf);
    return 0;
}
