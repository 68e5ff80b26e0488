/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lineparts - see lineparts.h. */
#include "gateway/console/line/lineparts.h"

#include <stdio.h>

#include "gateway/base/str.h"
#include "gateway/console/parts.h"
#include "gateway/console/shell.h"

void lineparts_write_tabs(struct html *html, const struct visit *visit, const char *here)
{
    static const struct shell_place tabs[] = { { "/channels", "Channels" }, { "/outbox", "What waits" },
        { "/quarantine", "Kept back" } };
    H_LIT(html, "<nav aria-label=\"The line\"><ul class=\"views\">\n");
    for (size_t i = 0; i < STR_COUNT(tabs); i++)
        shell_write_place(html, visit, &tabs[i], here);
    H_LIT(html, "</ul></nav>\n");
}

static int set(json_t *args, const char *key, const char *value)
{
    return value[0] && json_object_set_new(args, key, json_string(value)) ? ERR_NOMEM : 0;
}

int lineparts_ask(struct visit *visit, const char *verb, const char *state, const char *channel, int64_t before,
    unsigned limit, struct visit_answer *ret_answer)
{
    json_t *args = json_pack("{s:i}", "limit", (int)limit);
    int rc = args ? set(args, "state", state) : ERR_NOMEM;
    if (!rc)
        rc = set(args, "channel", channel);
    if (!rc && before > 0 && json_object_set_new(args, "before", json_integer(before)))
        rc = ERR_NOMEM;
    if (!rc)
        return visit_verb(visit, verb, args, ret_answer);
    json_decref(args);
    return rc;
}

void lineparts_write_pages(struct html *html, const struct lineparts_pages *pages)
{
    AUTO_BUF first;
    AUTO_BUF next;
    bool has_more = json_array_size(pages->rows) > pages->page_max;
    buf_init(&first, PARTS_HREF_MAX);
    buf_init(&next, PARTS_HREF_MAX);
    buf_add_format(&first, "%s?state=%s&channel=", pages->address, pages->state);
    str_percent_encode(&first, span_of(pages->channel));
    buf_add_span(&next, buf_span(&first));
    if (has_more) {
        const json_t *last = json_array_get(pages->rows, pages->page_max - 1);
        buf_add_format(&next, "&before=%lld", (long long)json_int(last, pages->key, 0));
    }
    if (buf_check(&first) == 0 && buf_check(&next) == 0)
        parts_write_pager(html, pages->is_further ? first.data : NULL, has_more ? next.data : NULL);
}

void lineparts_write_record_cell(struct html *html, const struct lineparts_record *record, int64_t now_ms)
{
    char href[64];
    snprintf(href, sizeof href, "%s/%lld", record->address, (long long)record->id);
    H_LIT(html, "<th scope=\"row\">");
    if (record->is_link) {
        H_LIT(html, "<a class=\"number\"");
        H_ATTR(html, "href", href);
        H_LIT(html, ">");
    }
    html_string(html, record->noun);
    H_LIT(html, " ");
    html_number(html, record->id);
    if (record->is_link)
        H_LIT(html, "</a>");
    H_LIT(html, " <span class=\"hint\">");
    parts_write_age(html, record->at, now_ms);
    H_LIT(html, "</span></th>\n");
}
