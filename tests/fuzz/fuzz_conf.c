/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_conf - any bytes are a tree or one sentence, never both and never neither.
 * What:  walks the whole tree: every node has a line within the text, names of children lead back to them, and a
 *        scalar has no children.
 */
#include <stdlib.h>
#include <string.h>

#include "config/conf.h"

#define DEPTH_MAX 64

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct conf *conf = NULL;
    struct error error = { "" };
    int rc = conf_read_text((struct span){ (const char *)data, size }, "fuzz.conf", &error, &conf);
    if (rc) {
        must_be(conf == NULL);
        must_be(strncmp(error.text, "fuzz.conf", strlen("fuzz.conf")) == 0);
        return 0;
    }
    unsigned lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    walk(conf_root(conf), lines, 0);
    conf_free(conf);
    return 0;
}
