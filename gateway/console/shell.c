/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shell - see shell.h. */
#include "gateway/console/shell.h"

#include "gateway/base/str.h"
#include "gateway/console/page.h"
#include "gateway/console/parts.h"

static const struct shell_place places[] = { { "/cases", "Cases" }, { "/messages", "Messages" },
    { "/channels", "Line" }, { "/contacts", "Contacts" }, { "/figures", "Figures" }, { "/audit", "Audit" },
    { "/users", "Users" } };

void shell_write_place(struct html *html, const struct visit *visit, const struct shell_place *place, const char *here)
{
    char way[VISITS_LINE_MAX];
    int64_t id;
    const char *allow;
    const struct route *route = router_find("GET", place->path, &id, &allow);
    if (!route || !(route->roles & (1u << visit->who->role)))
        return;
    visit_way(visit->request->path, place->path, way, sizeof way);
    H_LIT(html, "<li><a");
    H_ATTR(html, "href", way);
    if (str_equal(here, place->path))
        H_ATTR(html, "aria-current", "page");
    H_LIT(html, ">");
    html_string(html, place->name);
    H_LIT(html, "</a></li>\n");
}

static void write_bar(struct html *html, const struct visit *visit, const char *here)
{
    char way[VISITS_LINE_MAX];
    H_LIT(html, "<header class=\"bar\"><p class=\"brand\">Help line</p>\n<nav aria-label=\"Main\"><ul>\n");
    for (size_t i = 0; i < STR_COUNT(places); i++)
        shell_write_place(html, visit, &places[i], here);
    visit_way(visit->request->path, "/me", way, sizeof way);
    H_LIT(html, "</ul></nav>\n<div class=\"me\"><a");
    H_ATTR(html, "href", way);
    H_LIT(html, ">");
    parts_write_name(html, visit->who->name);
    H_LIT(html, ", ");
    html_string(html, role_word(visit->who->role));
    H_LIT(html, "</a>\n");
    shell_form_begin(html, visit, "/leave");
    H_LIT(html, "<button type=\"submit\">Leave</button>\n");
    shell_form_end(html);
    H_LIT(html, "</div></header>\n");
}

static void write_sentence(struct html *html, struct session *who)
{
    if (!who->sentence[0])
        return;
    page_write_answer(html, who->sentence, !who->is_refusal);
    who->sentence[0] = '\0';
}

void shell_begin(struct html *html, struct visit *visit, const char *title, const char *here)
{
    page_begin_head(html, visit->request->path, title);
    H_LIT(html, "<body class=\"desk\">\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
    write_bar(html, visit, here);
    H_LIT(html, "<main id=\"main\">\n");
    write_sentence(html, visit->who);
}

void shell_end(struct html *html)
{
    H_LIT(html,
        "</main>\n<footer><p>What stands here is confidential. Times are of UTC. Leave when you are done: after "
        "fifteen silent minutes you have to come in again.</p></footer>\n</body>\n</html>\n");
}

void shell_form_begin(struct html *html, const struct visit *visit, const char *path)
{
    char way[VISITS_LINE_MAX];
    visit_way(visit->request->path, path, way, sizeof way);
    H_LIT(html, "<form method=\"post\"");
    H_ATTR(html, "action", way);
    H_LIT(html, ">\n<input type=\"hidden\" name=\"csrf\"");
    H_ATTR(html, "value", visit->who->csrf);
    H_LIT(html, ">\n");
}

void shell_form_end(struct html *html)
{
    H_LIT(html, "</form>\n");
}

int shell_say(struct visit *visit, int status, const char *title, const char *sentence, const char *next,
    struct visits_page *ret_page)
{
    AUTO_HTML *html = html_new(VISITS_BODY_MAX);
    if (!html)
        return ERR_NOMEM;
    shell_begin(html, visit, title, "");
    page_write_saying(html, title, sentence, next);
    shell_end(html);
    return page_finish(html, status, ret_page);
}
