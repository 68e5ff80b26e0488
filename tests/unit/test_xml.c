/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_xml - the tree of a document, its charsets, what is mended, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/str.h"
#include "gateway/xml/xml.h"

#define TEXT(bytes) bytes, sizeof bytes - 1
#define BIG (XML_BYTES_MAX + 64)

struct xml_case {
    const char *label, *in;
    size_t in_len;
    const char *charset, *want; /* JSON, NULL = refused */
};

static const struct xml_case cases[] = {
    { "a text", TEXT("<t>tulong</t>"), "", "{\"t\":\"tulong\"}" },
    { "white space of a text stays", TEXT("<t> a\n b </t>"), "", "{\"t\":\" a\\n b \"}" },
    { "children, an attribute, something empty", TEXT("<m id=\"7\"><from>1</from><to/></m>"), "",
        "{\"m\":{\"@id\":\"7\",\"from\":\"1\",\"to\":\"\"}}" },
    { "what comes again is a list", TEXT("<l><m>a</m><x>q</x><m>b</m><m>c</m></l>"), "",
        "{\"l\":{\"m\":[\"a\",\"b\",\"c\"],\"x\":\"q\"}}" },
    { "text beside an attribute", TEXT("<t lang=\"tl\">po</t>"), "", "{\"t\":{\"@lang\":\"tl\",\"#text\":\"po\"}}" },
    { "blanks between children are no text", TEXT("<m>\n  <a>1</a>\n</m>"), "", "{\"m\":{\"a\":\"1\"}}" },
    { "prefixes are left out", TEXT("<s:e xmlns:s=\"urn:x\" s:v=\"1\"><s:b>x</s:b></s:e>"), "",
        "{\"e\":{\"@v\":\"1\",\"b\":\"x\"}}" },
    { "entities, references, CDATA", TEXT("<t>a &amp; b &lt;3 &#233;&#x1F64F; <![CDATA[<x> & y]]></t>"), "",
        "{\"t\":\"a & b <3 é🙏 <x> & y\"}" },
    { "comments and instructions", TEXT("<?xml version=\"1.0\"?><!-- c --><t>a<!-- d -->b</t>"), "", "{\"t\":\"ab\"}" },
    { "a mark of byte order", TEXT("\xef\xbb\xbf<t>\xc3\xa9</t>"), "", "{\"t\":\"é\"}" },
    { "Latin-1 by declaration", TEXT("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><t>caf\xe9</t>"), "",
        "{\"t\":\"café\"}" },
    { "Latin-1 by the transport", TEXT("<t>caf\xe9</t>"), "iso-8859-1", "{\"t\":\"café\"}" },
    { "Latin-1 that says nothing", TEXT("<t>caf\xe9</t>"), "", "{\"t\":\"café\"}" },
    { "Latin-1 that says UTF-8", TEXT("<?xml version=\"1.0\" encoding=\"UTF-8\"?><t>caf\xe9</t>"), "utf-8",
        "{\"t\":\"café\"}" },
    { "UTF-8 that says a charset nobody knows", TEXT("<?xml version='1.0' encoding='klingon'?><t>\xc3\xa9</t>"), "",
        "{\"t\":\"é\"}" },
    { "UTF-16BE with a mark", TEXT("\xfe\xff\0<\0t\0>\x12\0\0<\0/\0t\0>"), "", "{\"t\":\"ሀ\"}" },
    { "UTF-16LE without", TEXT("<\0t\0>\0\x00\x12<\0/\0t\0>\0"), "", "{\"t\":\"ሀ\"}" },
    { "a bare ampersand", TEXT("<t>food & water &no; &</t>"), "", "{\"t\":\"food & water &no; &\"}" },
    { "an ampersand in CDATA of a document that is mended", TEXT("<t><![CDATA[a & b]]> & c</t>"), "",
        "{\"t\":\"a & b & c\"}" },
    { "an emoji as two halves", TEXT("<t>&#55357;&#56911; &#xD83D;&#xDE4F;</t>"), "", "{\"t\":\"🙏 🙏\"}" },
    { "half an emoji, NUL and a control character",
        TEXT("<t>a&#55357;b&#0;c\x01"
             "d</t>"),
        "", "{\"t\":\"a�b�c�d\"}" },
    { "a DOCTYPE that names something elsewhere", TEXT("<!DOCTYPE t SYSTEM \"http://a.example/t.dtd\"><t>x&y;</t>"), "",
        "{\"t\":\"x&y;\"}" },
    { "an entity of its own", TEXT("<!DOCTYPE t [<!ENTITY a \"b\">]><t>&a;</t>"), "", NULL },
    { "an entity that reads a file", TEXT("<!DOCTYPE t [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><t>&a;</t>"), "",
        NULL },
    { "not closed", TEXT("<t><u>x</u>"), "", NULL },
    { "two roots", TEXT("<t/><t/>"), "", NULL },
    { "no XML at all", TEXT("text=help"), "", NULL },
    { "nothing", TEXT(""), "", NULL },
};

static void documents_become_trees(void **state)
{
    (void)state;
    for (size_t i = 0; i < STR_COUNT(cases); i++) {
        struct error error = { "" };
        json_t *root = xml_read((struct span){ cases[i].in, cases[i].in_len }, cases[i].charset, &error);
        char *got = root ? json_dumps(root, JSON_COMPACT) : NULL;
        if (!root != !cases[i].want || (root && strcmp(got, cases[i].want) != 0))
            fail_msg("%s: %s", cases[i].label, got ? got : error.text);
        if (!root && !strstr(error.text, "XML"))
            fail_msg("%s: no sentence", cases[i].label);
        free(got);
        json_decref(root);
    }
}

static void error_tells_the_line_and_not_the_text(void **state)
{
    (void)state;
    struct error error = { "" };
    assert_null(xml_read(span_of("<t>\nhelp me</u>"), "", &error));
    assert_non_null(strstr(error.text, "line 2"));
    assert_null(strstr(error.text, "help"));
}

/* `count` times the text, between two others. */
static bool is_read(const char *begin, const char *repeated, size_t count, const char *end, const char *closing)
{
    AUTO_BUF text;
    struct error error;
    buf_init(&text, 4 * BIG);
    buf_add_text(&text, begin);
    for (size_t i = 0; i < count; i++)
        buf_add_text(&text, repeated);
    buf_add_text(&text, end);
    for (size_t i = 0; *closing && i < count; i++)
        buf_add_text(&text, closing);
    json_t *root = xml_read(buf_span(&text), "", &error);
    bool is_document = root != NULL;
    json_decref(root);
    return is_document;
}

static void every_ceiling_holds(void **state)
{
    (void)state;
    assert_true(is_read("", "<a>", XML_DEPTH_MAX, "x", "</a>"));
    assert_false(is_read("", "<a>", XML_DEPTH_MAX + 1, "x", "</a>"));
    assert_true(is_read("<l>", "<a/>", XML_NODES_MAX - 1, "</l>", ""));
    assert_false(is_read("<l>", "<a/>", XML_NODES_MAX, "</l>", ""));
    assert_true(is_read("<", "n", XML_NAME_MAX - 1, "/>", ""));
    assert_false(is_read("<", "n", XML_NAME_MAX, "/>", ""));
    assert_true(is_read("<t>", "x", XML_BYTES_MAX - 7, "</t>", ""));
    assert_false(is_read("<t>", "x", XML_BYTES_MAX, "</t>", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_trees),
        cmocka_unit_test(error_tells_the_line_and_not_the_text),
        cmocka_unit_test(every_ceiling_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
