/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dutyparts - see dutyparts.h. */
#include "gateway/console/line/dutyparts.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

void dutyparts_write_tabs(struct html *html, const struct visit *visit, const char *here)
{
    static const struct shell_place tabs[] = { { "/contacts", "Contacts" }, { "/lexicon", "Words" },
        { "/replies", "Replies" } };
    H_LIT(html, "<nav aria-label=\"Duty, words and replies\"><ul class=\"views\">\n");
    for (size_t i = 0; i < STR_COUNT(tabs); i++)
        shell_write_place(html, visit, &tabs[i], here);
    H_LIT(html, "</ul></nav>\n");
}

void dutyparts_begin_link(struct html *html, const struct visit *visit, const char *path, const char *query)
{
    char way[VISITS_LINE_MAX], href[PARTS_HREF_MAX];
    visit_way(visit->request->path, path, way, sizeof way);
    snprintf(href, sizeof href, "%s%s%s", way, query ? "?" : "", query ? query : "");
    H_LIT(html, "<a");
    H_ATTR(html, "href", href);
    H_LIT(html, ">");
}

void dutyparts_add_query(struct buf *query, const char *name, const char *value)
{
    if (!value[0])
        return;
    buf_add_format(query, "%s%s=", query->len ? "&" : "", name);
    str_percent_encode(query, span_of(value));
}

void dutyparts_write_sum(struct html *html, int64_t number, const char *href, const char *label)
{
    H_LIT(html, "<li");
    if (!number)
        H_ATTR(html, "class", "zero");
    H_LIT(html, "><a");
    H_ATTR(html, "href", href);
    H_LIT(html, "><b>");
    html_number(html, number);
    H_LIT(html, "</b> ");
    html_string(html, label);
    H_LIT(html, "</a></li>\n");
}
