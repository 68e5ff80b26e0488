/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_html - any bytes as a text on a page.
 * Keeps: read back as text, as a text area and as an attribute value, they are what html.h promises, and the markup
 *        around them is untouched.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/console/html.h"
#include "tests/support/markup.h"
#include "tests/support/textcopy.h"

#define PAGE_MAX (8u << 20)
#define BEFORE "before"
#define AFTER "after"

static void must(const char *problem)
{
    if (!problem)
        return;
    fprintf(stderr, "fuzz_html: %s\n", problem);
    abort();
}

static void must_equal(struct span got, struct span want)
{
    must(span_equal(got, want) ? NULL : "the reader gets another text");
}

/* A C string ends at its first NUL; the attribute takes one. */
static void check_attr(struct span page, struct span text)
{
    AUTO_BUF got;
    AUTO_BUF want;
    buf_init(&got, PAGE_MAX);
    buf_init(&want, PAGE_MAX);
    const char *nul = text.len ? memchr(text.data, '\0', text.len) : NULL;
    markup_expect((struct span){ text.data, nul ? (size_t)(nul - text.data) : text.len }, &want);
    must(markup_read_attr(page, "title", &got));
    must_equal(buf_span(&got), buf_span(&want));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_BUF page;
    AUTO_BUF got;
    AUTO_BUF want;
    AUTO_HTML *html = html_new(PAGE_MAX);
    struct span text = { (const char *)data, size };
    AUTO_FREE char *value = textcopy_new(text);
    buf_init(&page, PAGE_MAX);
    buf_init(&got, PAGE_MAX);
    buf_init(&want, PAGE_MAX);
    if (!html || !value)
        return 0;
    H_LIT(html, "<p");
    H_ATTR(html, "title", value);
    H_LIT(html, ">" BEFORE);
    html_text(html, text);
    H_LIT(html, AFTER "</p>");
    if (html_finish(html, &page))
        must("a page that should be finished is not");
    buf_add_text(&want, BEFORE);
    markup_expect(text, &want);
    buf_add_text(&want, AFTER);
    must(markup_read_text(buf_span(&page), &got));
    must_equal(buf_span(&got), buf_span(&want));
    check_attr(buf_span(&page), text);
    return 0;
}
