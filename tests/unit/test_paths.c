/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_paths - one kind of path into JSON and XML; lists, and what is beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/xml/xml.h"
#include "handlers/paths.h"

static json_t *read_document(const char *text)
{
    struct error error = { "" };
    json_t *root = *text == '<' ? xml_read(span_of(text), "", &error) : json_read(span_of(text), &error);
    if (!root)
        fail_msg("%s: %s", text, error.text);
    return root;
}

static void values_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *document, *path;
        int want;
        const char *text;
    } cases[] = {
        { "{\"a\":{\"b\":[1,2]}}", "/a/b/1", 0, "2" },
        { "{\"a/b\":\"x\",\"c~d\":\"y\"}", "/a~1b", 0, "x" },
        { "{\"a/b\":\"x\",\"c~d\":\"y\"}", "/c~0d", 0, "y" },
        { "{\"a\":\"x\"}", "a", 0, "x" },
        { "{\"a\":{\"b\":true}}", "./a/b", 0, "true" },
        { "{\"a\":null}", "a", ERR_NOT_FOUND, "" },
        { "{\"a\":{\"b\":1}}", "/a", ERR_INVALID, "" },
        { "{\"a\":1}", "/b/c", ERR_NOT_FOUND, "" },
        { "{\"a\":1}", "../a", ERR_NOT_FOUND, "" },
        { "[\"x\"]", "/0", 0, "x" },
        { "<m><from>1</from></m>", "/m/from", 0, "1" },
        { "<m><from>1</from></m>", "from", 0, "1" },
        { "<m id=\"7\"><from>1</from></m>", "id", 0, "7" },
        { "<m id=\"7\"><from>1</from></m>", "/m/@id", 0, "7" },
        { "<m><t lang=\"tl\">po</t></m>", "/m/t", 0, "po" },
        { "<m><t lang=\"tl\">po</t></m>", "/m/t/@lang", 0, "tl" },
        { "<m><t lang=\"tl\"/></m>", "/m/t", 0, "" },
        { "<m><t>a</t><t>b</t></m>", "/m/t", 0, "a" },
        { "<m><t>a</t><t>b</t></m>", "/m/t/1", 0, "b" },
        { "<m><t>a</t></m>", "/m/t/0", 0, "a" },
        { "<m><t>a</t></m>", "/m/t/1", ERR_NOT_FOUND, "" },
        { "<m><p><q>a</q></p><p><q>b</q></p></m>", "/m/p/q", 0, "a" },
        { "<m><p><q>a</q></p></m>", "/m/p", ERR_INVALID, "" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        AUTO_BUF text;
        struct paths_place place;
        buf_init(&text, 100);
        json_t *root = read_document(cases[i].document);
        paths_begin(&place, root, *cases[i].document == '<');
        int rc = paths_get(&place, cases[i].path, &text);
        if (rc != cases[i].want || strcmp(text.len ? text.data : "", cases[i].text) != 0)
            fail_msg("%s %s: %d \"%s\"", cases[i].document, cases[i].path, rc, text.len ? text.data : "");
        json_decref(root);
    }
}

/* Appends "own/outer," of every entry. */
struct listing {
    const char *own, *outer;
    struct buf out;
};

static int list(void *context, const struct paths_place *entry)
{
    struct listing *listing = context;
    if (paths_get(entry, listing->own, &listing->out))
        buf_add_char(&listing->out, '?');
    buf_add_char(&listing->out, '/');
    if (paths_get(entry, listing->outer, &listing->out))
        buf_add_char(&listing->out, '?');
    buf_add_char(&listing->out, ',');
    return buf_check(&listing->out);
}

static void every_entry_of_a_list_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *document, *path, *own, *outer;
        int want;
        const char *seen;
    } cases[] = {
        { "{\"to\":9,\"r\":[{\"t\":1},{\"t\":2}]}", "/r", "t", "../to", 0, "1/9,2/9," },
        { "{\"to\":9,\"r\":[{\"t\":1},{\"t\":2}]}", "/r", "t", "/to", 0, "1/9,2/9," },
        { "{\"to\":9,\"r\":[{\"t\":1},{\"t\":2}]}", "r", "./t", "/to", 0, "1/9,2/9," },
        { "[{\"t\":1},{\"t\":2}]", "/*", "t", "/1/t", 0, "1/2,2/2," },
        { "{\"e\":[{\"n\":7,\"c\":[{\"v\":{\"m\":[{\"t\":1}]}}]},{\"n\":8,\"c\":[{\"v\":{\"m\":[{\"t\":2},{\"t\":3}]}}]}]}",
            "/e/*/c/*/v/m", "t", "../../../n", 0, "1/7,2/8,3/8," },
        { "{\"r\":[]}", "/r", "t", "t", 0, "" },
        { "{\"r\":{\"t\":1}}", "/r", "t", "t", ERR_INVALID, "" },
        { "{\"r\":{\"t\":1}}", "/r/*", "t", "t", 0, "1/1," },
        { "{\"r\":null}", "/r", "t", "t", ERR_INVALID, "" },
        { "{\"q\":1}", "/r", "t", "t", ERR_INVALID, "" },
        { "[[1,2],[3]]", "/*/*", "/0/0", "/1/0", 0, "1/3,1/3,1/3," },
        { "<l to=\"9\"><m><t>1</t></m><m><t>2</t></m></l>", "/l/m", "t", "../@to", 0, "1/9,2/9," },
        { "<l to=\"9\"><m><t>1</t></m></l>", "/l/m", "t", "/l/@to", 0, "1/9," },
        { "<l to=\"9\"><m><t>1</t></m></l>", "m", "t", "../@to", 0, "1/9," },
        { "<l><g n=\"a\"><m><t>1</t></m></g><g n=\"b\"><m><t>2</t></m><m><t>3</t></m></g></l>", "/l/g/*/m", "t",
            "../@n", 0, "1/a,2/b,3/b," },
        { "<l><count>0</count></l>", "/l/m", "t", "t", 0, "" },
        { "<other/>", "/l/m/x", "t", "t", ERR_INVALID, "" },
    };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct listing listing = { .own = cases[i].own, .outer = cases[i].outer };
        struct paths_place top;
        buf_init(&listing.out, 200);
        json_t *root = read_document(cases[i].document);
        paths_begin(&top, root, *cases[i].document == '<');
        int rc = paths_each(&top, cases[i].path, list, &listing);
        const char *seen = listing.out.len ? listing.out.data : "";
        if (rc != cases[i].want || strcmp(seen, cases[i].seen) != 0)
            fail_msg("%s %s: %d %s", cases[i].document, cases[i].path, rc, seen);
        buf_done(&listing.out);
        json_decref(root);
    }
}

static void a_path_that_cannot_be_meant_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool is_list;
        int want;
    } cases[] = { { "/a/b", false, 0 }, { "word", false, 0 }, { "/a/*/b", true, 0 }, { "/a/*/b", false, ERR_INVALID },
        { "/a/", true, ERR_INVALID }, { "/a~2", true, ERR_INVALID }, { "/a~", true, ERR_INVALID },
        { "../", false, ERR_INVALID }, { "../b", false, 0 }, { "a~b", false, 0 } };
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct error error = { "" };
        int rc = paths_check("field_x", cases[i].path, cases[i].is_list, &error);
        if (rc != cases[i].want || (rc && !strstr(error.text, "field_x")))
            fail_msg("%s: %d %s", cases[i].path, rc, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found),
        cmocka_unit_test(every_entry_of_a_list_is_seen),
        cmocka_unit_test(a_path_that_cannot_be_meant_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
