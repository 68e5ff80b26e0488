/* SPDX-License-Identifier: GPL-3.0-or-later */
/* generic_selftest - see the header. */
#include "handlers/generic_selftest.h"

#include <string.h>

#include "gateway/base/str.h"
#include "handlers/generic_prove.h"

/* Plain names only: a message behind pointers, in a list or in XML is not made up. */
static void add_fields(const struct settings *settings, struct selftest *out)
{
    const struct {
        const char *key, *value;
    } fields[] = { { "field_from", SELFTEST_FROM }, { "field_id", SELFTEST_ID }, { "field_text", SELFTEST_TEXT },
        { "field_to", SELFTEST_TO } };
    const char *format = settings_text(settings, "format");
    bool is_query = str_equal(format, "query"), is_json = str_equal(format, "json");
    AUTO_JSON *object = json_object();
    for (size_t i = 0; object && i < STR_COUNT(fields); i++) {
        const char *name = settings_text(settings, fields[i].key);
        out->is_proof_only |= strpbrk(name, "/:{") != NULL;
        if (is_query)
            selftest_query(out, name, fields[i].value);
        else if (is_json)
            json_object_set_new(object, name, json_string(fields[i].value));
        else
            selftest_field(out, name, fields[i].value);
    }
    bool is_known = is_query || is_json || str_equal(format, "form") || str_equal(format, "auto");
    out->is_proof_only |=
        !is_known || *settings_text(settings, "messages") || *settings_text(settings, "document_field");
    if (is_query)
        out->method = "GET";
    if (is_json)
        selftest_json(out, json_incref(object));
}

int generic_selftest_build(const struct settings *settings, int64_t now_ms, struct selftest *out, struct error *error)
{
    add_fields(settings, out);
    return generic_prove(settings, now_ms, out, error);
}
