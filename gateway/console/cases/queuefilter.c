/* SPDX-License-Identifier: GPL-3.0-or-later */
/* queuefilter - see queuefilter.h. */
#include "gateway/console/cases/queuefilter.h"

#include <stdio.h>

#include "gateway/base/model.h"
#include "gateway/base/str.h"
#include "gateway/console/parts.h"

#define OPTIONS_MAX 64 /* words of one choice; the words of the domain are far fewer */

bool queuefilter_is_set(const struct queueview *view)
{
    for (int i = 0; i < QUEUE_FIELD_COUNT; i++)
        if (view->fields[i][0])
            return true;
    return false;
}

/* ---- views ----------------------------------------------------------------------------------------------------- */

static void write_view(struct html *html, const char *href, const char *name, bool is_here)
{
    H_LIT(html, "<li><a");
    H_ATTR(html, "href", href);
    if (is_here)
        H_ATTR(html, "aria-current", "page");
    H_LIT(html, ">");
    parts_write_name(html, name);
    H_LIT(html, "</a></li>\n");
}

static void write_standing(struct html *html, const struct queueview *view, const char *here)
{
    char mine[128];
    snprintf(mine, sizeof mine, "cases?owner=%s", view->me);
    const struct {
        const char *href, *name;
    } standing[] = { { "cases", "All open" }, { mine, "Mine" }, { "cases?owner=nobody", "Nobody's" },
        { "cases?unread=yes", "Unread" }, { "cases?unanswered=yes", "Unanswered" },
        { "cases?state=closed", "Closed" } };
    for (size_t i = 0; i < STR_COUNT(standing); i++)
        write_view(html, standing[i].href, standing[i].name, !view->find[0] && str_equal(here, standing[i].href));
}

static void write_views(struct html *html, const struct queueview *view)
{
    AUTO_BUF here;
    size_t i;
    json_t *row;
    buf_init(&here, PARTS_HREF_MAX);
    queueview_write_address(view, "", &here);
    if (buf_check(&here))
        return;
    H_LIT(html, "<nav aria-label=\"Views\"><ul class=\"views\">\n");
    write_standing(html, view, here.data);
    json_array_foreach(view->views, i, row)
    {
        char href[PARTS_HREF_MAX];
        snprintf(href, sizeof href, "cases?%s", json_text(row, "query", ""));
        write_view(html, href, json_text(row, "name", ""), str_equal(here.data, href));
    }
    H_LIT(html, "</ul></nav>\n");
}

/* ---- search ---------------------------------------------------------------------------------------------------- */

static void write_search(struct html *html, const struct queueview *view)
{
    H_LIT(html,
        "<form class=\"search\" method=\"get\" role=\"search\" action=\"cases\">\n"
        "<label class=\"field\"><span>Case or telephone number</span>\n"
        "<input type=\"search\" name=\"find\" autocomplete=\"off\" inputmode=\"tel\" dir=\"ltr\" maxlength=\"40\"");
    H_ATTR(html, "value", view->find);
    H_LIT(html, "></label>\n<button type=\"submit\">Find</button>\n</form>\n");
}

/* ---- filter ---------------------------------------------------------------------------------------------------- */

typedef const char *(*word_fn)(int index);
static const char *urgency_at(int index)
{
    return index < URGENCY_COUNT ? urgency_word((enum urgency)(URGENCY_COUNT - 1 - index)) : NULL;
}
static const char *category_at(int index)
{
    return index < CATEGORY_COUNT ? category_word((enum category)index) : NULL;
}
static const char *flag_at(int index)
{
    return index < FLAG_COUNT ? flag_word((enum flag)index) : NULL;
}

static void write_words(
    struct html *html, const struct queueview *view, enum queue_field field, const char *label, word_fn word_at)
{
    struct parts_option options[OPTIONS_MAX];
    size_t count = 0;
    for (const char *word; count < OPTIONS_MAX && (word = word_at((int)count)); count++)
        options[count] = (struct parts_option){ word, word };
    parts_write_choice(html, queueview_field_name(field), label, options, count, view->fields[field]);
}

static void write_state(struct html *html, const struct queueview *view)
{
    static const struct parts_option options[] = { { "open", "open: nobody has taken it" }, { "taken", "taken" },
        { "closed", "closed" }, { "all", "all, closed ones too" } };
    parts_write_choice(html, "state", "State", options, STR_COUNT(options), view->fields[QUEUE_STATE]);
}

static void write_owner(struct html *html, const struct queueview *view)
{
    struct parts_option options[OPTIONS_MAX] = { { "nobody", "nobody" }, { view->me, "you" } };
    size_t count = 2;
    for (unsigned i = 0; i < view->config->contact_count && count < OPTIONS_MAX; i++)
        if (!str_equal(view->config->contacts[i].name, view->me))
            options[count++] = (struct parts_option){ view->config->contacts[i].name, view->config->contacts[i].title };
    parts_write_choice(html, "owner", "Held by", options, count, view->fields[QUEUE_OWNER]);
}

static void write_filter(struct html *html, const struct queueview *view)
{
    H_LIT(html, "<details class=\"filters\"");
    if (queuefilter_is_set(view))
        H_LIT(html, " open");
    H_LIT(html, "><summary>Filter</summary>\n");
    parts_begin_filter(html, "cases", "Filter of cases");
    write_state(html, view);
    write_words(html, view, QUEUE_URGENCY, "Urgency", urgency_at);
    write_words(html, view, QUEUE_CATEGORY, "What it is about", category_at);
    write_words(html, view, QUEUE_FLAG, "Mark", flag_at);
    write_owner(html, view);
    parts_write_field(html, "language", "Language: tl, ar ...", "text", view->fields[QUEUE_LANGUAGE]);
    parts_write_field(html, "country", "Country: SA, AE ...", "text", view->fields[QUEUE_COUNTRY]);
    parts_write_check(html, "unread", "unread", view->fields[QUEUE_UNREAD][0]);
    parts_write_check(html, "unanswered", "unanswered", view->fields[QUEUE_UNANSWERED][0]);
    parts_end_filter(html, queuefilter_is_set(view) ? "cases" : NULL);
    H_LIT(html, "</details>\n");
}

void queuefilter_write(struct html *html, const struct queueview *view)
{
    write_search(html, view);
    write_views(html, view);
    write_filter(html, view);
}
