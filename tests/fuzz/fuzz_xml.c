/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_xml - any bytes as an XML document, in any charset.
 * What:  byte 0 chooses what the transport says; the rest is the document.
 * Keeps: what is read is an object with one member, within its ceilings, and all of it UTF-8; what is refused has a
 *        sentence; a document that declares entities is never read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/str.h"
#include "gateway/base/utf8.h"
#include "gateway/xml/xml.h"

static const char *const charsets[] = { "", "utf-8", "iso-8859-1", "utf-16", "klingon" };

static unsigned check(json_t *value, int levels)
{
    const char *name;
    json_t *child;
    size_t i;
    unsigned count = 1;
    if (levels == 0)
        abort();
    if (json_is_string(value)) {
        if (!utf8_is_valid((struct span){ json_string_value(value), json_string_length(value) }))
            abort();
        return count;
    }
    json_object_foreach(value, name, child)
    {
        if (!*name || strlen(name) >= XML_NAME_MAX + 1 || !utf8_is_valid(span_of(name)))
            abort();
        count += check(child, levels - 1);
    }
    json_array_foreach(value, i, child) count += check(child, levels - 1);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = { "" };
    if (size < 1)
        return 0;
    struct span text = { (const char *)data + 1, size - 1 };
    json_t *root = xml_read(text, charsets[data[0] % STR_COUNT(charsets)], &error);
    if (!root) {
        if (!*error.text)
            abort();
        return 0;
    }
    if (json_object_size(root) != 1 || check(root, 2 * XML_DEPTH_MAX + 2) > 4 * XML_NODES_MAX)
        abort();
    json_decref(root);
    return 0;
}
